//! Who connects to a listener, and in what order calls are given out.

use crate::outbound::dial;
use crate::peer::{SOON, UUID};
use esl_client::{Error, Listener};
use std::future::Future;
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Nobody here waits for a stranger's time to be over.
async fn listener(calls: usize) -> Listener {
    Listener::builder().login_timeout(30 * SOON).calls(calls).bind("127.0.0.1:0").await.unwrap()
}

/// One that connects, and is asked whose call it brings.
async fn stranger(listener: &Listener) -> TcpStream {
    let mut io = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let mut connect = [0; 9];
    tokio::select! {
        call = listener.next() => panic!("there is no call: {call:?}"),
        read = timeout(SOON, io.read_exact(&mut connect)) => drop(read.unwrap().unwrap()),
    }
    io
}

#[tokio::test]
async fn a_stranger_holds_no_call_back_and_ends_no_loop() {
    let listener = listener(1024).await;
    let address = listener.local_addr().unwrap();
    // all of them are there before the first call is asked for
    let silent = TcpStream::connect(address).await.unwrap();
    let mut babbles = TcpStream::connect(address).await.unwrap();
    babbles.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    drop(TcpStream::connect(address).await.unwrap());
    for _ in 0..3 {
        let (call, _io) = timeout(SOON, async { tokio::join!(listener.next(), dial(address)) }).await.unwrap();
        assert_eq!(call.unwrap().uuid(), UUID);
    }
    drop(silent);
}

#[tokio::test]
async fn a_call_is_not_lost_with_who_waits_for_it() {
    let listener = listener(1024).await;
    let address = listener.local_addr().unwrap();
    let dialing = tokio::spawn(dial(address));
    // whoever asks leaves at once, at whatever point the call is
    let call = timeout(SOON, async {
        loop {
            let next = std::pin::pin!(listener.next());
            if let Poll::Ready(call) = next.poll(&mut Context::from_waker(Waker::noop())) {
                break call;
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(call.await.unwrap().unwrap().uuid(), UUID);
    dialing.await.unwrap();
}

#[tokio::test]
async fn no_more_are_on_their_way_than_may_be() {
    let listener = listener(2).await;
    let address = listener.local_addr().unwrap();
    let (first, _second) = (stranger(&listener).await, stranger(&listener).await);
    let mut dialing = tokio::spawn(dial(address));
    let call = async {
        // it waits in the system's queue, and is not asked
        tokio::select! {
            biased;
            call = listener.next() => panic!("there is no room: {call:?}"),
            _ = &mut dialing => panic!("there is no room"),
            // as long as another connection takes to come and go
            () = async {
                for _ in 0..100 {
                    drop(TcpStream::connect(address).await.unwrap());
                    tokio::task::yield_now().await;
                }
            } => {}
        }
        drop(first);
        listener.next().await
    };
    assert_eq!(timeout(SOON, call).await.unwrap().unwrap().uuid(), UUID);
    timeout(SOON, dialing).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_on_its_way_at_a_stop_may_still_come() {
    let listener = listener(1024).await;
    let mut late = stranger(&listener).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let (took, taken) = oneshot::channel::<String>();
    let took = std::sync::Mutex::new(Some(took));
    let handler = move |call: esl_client::Call| {
        let _ = took.lock().unwrap().take().unwrap().send(call.uuid().to_owned());
        async { Ok::<_, Error>(()) }
    };
    let serving = tokio::spawn(listener.serve_until(handler, async move { drop(stopped.await) }));
    stop.send(()).unwrap();
    crate::outbound::say_whose(&mut late).await;
    assert_eq!(timeout(SOON, taken).await.unwrap().unwrap(), UUID);
    timeout(SOON, serving).await.unwrap().unwrap().unwrap();
}
