//! What goes over the wire, and how.

use crate::chat::Chat;
use crate::harbor::{Harbor, config, settle, soon, state};
use ifbus_link::{ConnectionState, Direction, Error, Link, Lost, TapFrame};
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt;

#[tokio::test(start_paused = true)]
async fn many_requests_become_one_write() {
    let mut harbor = Harbor::new(64 << 10);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let requests: Vec<_> = (0..100)
        .map(|i| {
            let link = link.clone();
            tokio::spawn(async move { link.request(format!("n{i}")).await })
        })
        .collect();
    settle().await;
    assert_eq!(harbor.log(0).lock().unwrap().write_calls, 2, "the login, and all requests together");
    for i in 0..100 {
        peer.expect(&format!("{} n{i}", i + 1)).await;
        peer.say(&format!("= {} ok", i + 1)).await;
    }
    for request in requests {
        soon(request).await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_flush_holds_back_goes_with_the_next() {
    let mut harbor = Harbor::new(1024).lazy_flush();
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let (reply, ()) = tokio::join!(link.request("x".into()), async {
        peer.expect("1 x").await;
        peer.say("= 1 X").await;
    });
    assert_eq!(reply.unwrap(), "X");
}

#[tokio::test(start_paused = true)]
async fn a_write_ahead_is_bounded() {
    let mut config = config();
    config.write_ahead = 1000;
    let mut harbor = Harbor::new(16);
    let taps = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&taps);
    config.tap = Some(Arc::new(move |frame: TapFrame<'_>| {
        if frame.direction == Direction::Sent {
            *counted.lock().unwrap() += frame.bytes.len();
        }
    }));
    let (link, _peer) = harbor.up(Chat::default(), config).await;
    for _ in 0..100 {
        let link = link.clone();
        tokio::spawn(async move { link.request("x".repeat(100)).await });
    }
    settle().await;
    let encoded = *taps.lock().unwrap();
    assert!((1000..1300).contains(&encoded), "{encoded}");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_asks_and_does_not_read_is_left() {
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let flood = tokio::spawn(async move {
        let line = "? 123456789 x\n".repeat(100);
        for sent in 0..100_000_u64 {
            if peer.0.write_all(line.as_bytes()).await.is_err() {
                return Some(sent * line.len() as u64);
            }
        }
        None
    });
    let sent = soon(flood).await.unwrap().expect("the answers pile up without end");
    assert!(sent < 64 << 20, "{sent}");
    let why = state(&link, |state| !state.is_ready()).await;
    assert!(
        matches!(&why, ConnectionState::Waiting { error: Error::ConnectionLost { why: Lost::Protocol(_), .. }, .. }),
        "{why:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_tap_sees_every_frame_in_order_and_no_secret() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let mut config = config();
    config.tap = Some(Arc::new(move |frame: TapFrame<'_>| {
        let arrow = if frame.direction == Direction::Sent { '>' } else { '<' };
        notes.lock().unwrap().push(format!("{}{arrow}{}", frame.connection, String::from_utf8_lossy(frame.bytes)));
    }));
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config).await;
    let (_, ()) = tokio::join!(link.request("x".into()), async {
        peer.expect("1 x").await;
        peer.say("! e\n= 1 X").await;
    });
    drop(peer);
    let mut peer = harbor.accept().await;
    peer.login().await;
    soon(link.ready()).await.unwrap();
    link.close().await;
    let expected = ["1>login [redacted]", "1<ok", "1>1 x", "1<! e", "1<= 1 X", "2>login [redacted]", "2<ok", "2>bye"];
    assert_eq!(*seen.lock().unwrap(), expected);
    assert!(!format!("{link:?} {:?}", link.config()).contains("secret"));
}

#[tokio::test(start_paused = true)]
async fn a_pipe_of_one_byte_carries_everything() {
    let mut harbor = Harbor::new(1);
    let dialer = harbor.dialer();
    harbor.serve();
    let link = Link::connect(Chat::default(), dialer, config()).await.unwrap();
    let (a, b) = tokio::join!(link.request("piece by piece".into()), link.request("and another".into()));
    assert_eq!((a.unwrap().as_str(), b.unwrap().as_str()), ("PIECE BY PIECE", "AND ANOTHER"));
}
