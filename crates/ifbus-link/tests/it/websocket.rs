//! The WebSocket wire against tokio-tungstenite's server side.

use crate::harbor::{settle, soon};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use ifbus_link::ws::{WsIn, WsOut, WsTarget, WsWire};
use ifbus_link::{Lost, Wire};
use std::future::poll_fn;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::Frame};

type Server = WebSocketStream<DuplexStream>;

async fn pair(buffer: usize, change: impl FnOnce(WsTarget) -> WsTarget) -> (WsWire, Server) {
    let (ours, theirs) = tokio::io::duplex(buffer);
    let target = change(WsTarget::new("ws://studio.test:4455/").unwrap());
    let (wire, server) = tokio::join!(target.upgrade(ours), tokio_tungstenite::accept_async(theirs));
    (wire.unwrap(), server.unwrap())
}

/// The next messages; reads until there is one.
async fn receive(wire: &mut WsWire) -> Result<Vec<WsIn>, (Vec<WsIn>, Lost)> {
    let mut inbox = Vec::new();
    loop {
        match soon(poll_fn(|cx| wire.poll_recv(cx, &mut inbox))).await {
            Ok(()) if inbox.is_empty() => {}
            Ok(()) => return Ok(inbox),
            Err(lost) => return Err((inbox, lost)),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn messages_go_both_ways() {
    let (mut wire, mut server) = pair(1024, |target| target).await;
    wire.push(WsOut::Text("hello".into())).unwrap();
    wire.push(WsOut::Binary(Bytes::from_static(b"\x01\x02"))).unwrap();
    wire.push(WsOut::Ping).unwrap();
    assert!(wire.queued() > 0 && wire.written() == 0, "nothing is written before the flush");
    soon(poll_fn(|cx| wire.poll_flush(cx))).await.unwrap();
    assert_eq!(wire.queued(), wire.written());
    assert_eq!(server.next().await.unwrap().unwrap(), Message::text("hello"));
    assert_eq!(server.next().await.unwrap().unwrap(), Message::binary(&b"\x01\x02"[..]));
    assert!(server.next().await.unwrap().unwrap().is_ping());
    server.send(Message::text("one")).await.unwrap();
    server.send(Message::binary(&b"two"[..])).await.unwrap();
    let mut got = receive(&mut wire).await.unwrap();
    got.retain(|message| *message != WsIn::Alive); // the pong
    assert_eq!(got, [WsIn::Text("one".into()), WsIn::Binary(Bytes::from_static(b"two"))]);
}

#[tokio::test(start_paused = true)]
async fn a_fragmented_message_comes_whole() {
    let (mut wire, mut server) = pair(1024, |target| target).await;
    for (part, code, last) in [("a", Data::Text, false), ("b", Data::Continue, false), ("c", Data::Continue, true)] {
        server.send(Message::Frame(Frame::message(part, OpCode::Data(code), last))).await.unwrap();
    }
    assert_eq!(receive(&mut wire).await.unwrap(), [WsIn::Text("abc".into())]);
}

#[tokio::test(start_paused = true)]
async fn a_ping_is_answered() {
    let (mut wire, mut server) = pair(1024, |target| target).await;
    server.send(Message::Ping(Bytes::from_static(b"there?"))).await.unwrap();
    assert_eq!(receive(&mut wire).await.unwrap(), [WsIn::Alive]);
    soon(poll_fn(|cx| wire.poll_flush(cx))).await.unwrap();
    assert_eq!(soon(server.next()).await.unwrap().unwrap(), Message::Pong(Bytes::from_static(b"there?")));
}

#[tokio::test(start_paused = true)]
async fn a_close_brings_its_code_and_reason() {
    let (mut wire, mut server) = pair(1024, |target| target).await;
    let frame = CloseFrame { code: CloseCode::from(4009), reason: "Authentication failed.".into() };
    server.close(Some(frame)).await.unwrap();
    let got = receive(&mut wire).await.unwrap();
    assert!(matches!(&got[..], [WsIn::Close { code: Some(4009), reason, .. }] if reason == "Authentication failed."));
    // who sends now hears why it cannot
    let refused = wire.push(WsOut::Text("x".into()));
    assert!(matches!(&refused, Err(Lost::Closed { code: Some(4009), .. })), "{refused:?}");
    soon(poll_fn(|cx| wire.poll_flush(cx))).await.unwrap();
    assert!(soon(server.next()).await.is_none_or(|answer| answer.is_ok_and(|answer| answer.is_close())));
    drop(server);
    let (_, lost) = receive(&mut wire).await.unwrap_err();
    assert!(matches!(&lost, Lost::Closed { code: Some(4009), reason } if &**reason == "Authentication failed."));
}

#[tokio::test(start_paused = true)]
async fn closing_waits_for_the_servers_close() {
    let (mut wire, mut server) = pair(1024, |target| target).await;
    let close = async { soon(poll_fn(|cx| wire.poll_close(cx))).await };
    let (_, code) = tokio::join!(close, async {
        let Some(Ok(Message::Close(Some(frame)))) = server.next().await else { panic!("no close") };
        assert!(server.next().await.is_none());
        u16::from(frame.code)
    });
    assert_eq!(code, 1000);
}

#[tokio::test(start_paused = true)]
async fn a_message_over_the_limit_ends_the_connection() {
    assert_eq!(WsTarget::new("ws://a").unwrap().max_message, 64 << 20);
    let small = |mut target: WsTarget| {
        target.max_message = 1000;
        target
    };
    let (mut wire, mut server) = pair(4096, small).await;
    server.send(Message::text("x".repeat(1000))).await.unwrap();
    assert_eq!(receive(&mut wire).await.unwrap().len(), 1);
    server.send(Message::text("x".repeat(1001))).await.unwrap();
    let (_, lost) = receive(&mut wire).await.unwrap_err();
    assert!(matches!(lost, Lost::Malformed(_)), "{lost:?}");
}

#[tokio::test(start_paused = true)]
async fn bytes_of_an_unfinished_message_are_a_sign_of_life() {
    let (ours, mut theirs) = tokio::io::duplex(64 << 10);
    let target = WsTarget::new("ws://studio.test/").unwrap();
    let (wire, io) = tokio::join!(target.upgrade(ours), async {
        tokio_tungstenite::accept_async(&mut theirs).await.unwrap();
        theirs
    });
    let (mut wire, mut io) = (wire.unwrap(), io);
    io.write_all(&[0x81, 100, b'x']).await.unwrap();
    let mut inbox = Vec::new();
    soon(poll_fn(|cx| wire.poll_recv(cx, &mut inbox))).await.unwrap();
    assert!(inbox.is_empty());
    let again =
        tokio::time::timeout(std::time::Duration::from_secs(1), poll_fn(|cx| wire.poll_recv(cx, &mut inbox))).await;
    assert!(again.is_err(), "but only once");
}

#[tokio::test(start_paused = true)]
async fn a_refused_upgrade_tells_its_status() {
    let (ours, mut theirs) = tokio::io::duplex(4096);
    let target = WsTarget::new("ws://studio.test/").unwrap().header("X-Token", "very secret").subprotocol("obs");
    let server = async {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(theirs.read_u8().await.unwrap());
        }
        theirs.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 7\r\n\r\nbanned\n").await.unwrap();
        String::from_utf8(head).unwrap()
    };
    let (refused, head) = tokio::join!(target.upgrade(ours), server);
    let error = refused.unwrap_err();
    assert_eq!(error.attempts[0].http_status, Some(403));
    assert!(error.to_string().contains("HTTP 403"), "{error}");
    let head = head.to_lowercase();
    assert!(head.contains("x-token: very secret") && head.contains("sec-websocket-protocol: obs"), "{head}");
    assert!(!format!("{target:?} {error}").contains("very secret"));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_upgrades_is_given_up() {
    let (ours, _theirs) = tokio::io::duplex(4096);
    let start = tokio::time::Instant::now();
    assert!(WsTarget::new("ws://studio.test/").unwrap().upgrade(ours).await.is_err());
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn what_is_unwritten_can_be_taken_back() {
    let (mut wire, mut server) = pair(16, |target| target).await;
    let mut marks = vec![wire.queued()];
    for words in ["a message of more than sixteen bytes", "middle", "last"] {
        wire.push(WsOut::Text(words.into())).unwrap();
        marks.push(wire.queued());
    }
    let blocked = tokio::time::timeout(std::time::Duration::from_secs(1), poll_fn(|cx| wire.poll_flush(cx))).await;
    assert!(blocked.is_err());
    assert!(wire.written() > marks[0] && wire.written() < marks[1]);
    assert!(!wire.retract(marks[0], marks[1]), "a part of it has gone");
    assert!(wire.retract(marks[1], marks[2]));
    assert_eq!(wire.queued(), marks[3] - (marks[2] - marks[1]));
    let (flushed, ()) = tokio::join!(poll_fn(|cx| wire.poll_flush(cx)), async {
        assert_eq!(server.next().await.unwrap().unwrap(), Message::text("a message of more than sixteen bytes"));
        assert_eq!(server.next().await.unwrap().unwrap(), Message::text("last"));
    });
    flushed.unwrap();
    settle().await;
}

#[test]
fn addresses_that_are_no_websockets_are_refused() {
    for wrong in ["http://a", "ws://", "a:80", "ws://user:secret@a/", "ws://a b/", "ws://a:0/"] {
        let refused = WsTarget::new(wrong).expect_err(wrong);
        assert!(!refused.contains("secret"), "{refused}");
    }
    assert!(WsTarget::new("ws://a:1/x?y").is_ok());
}
