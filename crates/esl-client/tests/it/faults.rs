//! A server that dies, is slow, is silent, or says what it should not; subscribers that sleep.

use crate::peer::{NOTICE, Peer, SOON, UUID, builder, event, log_in, pair, reply, response};
use esl_client::{Delivery, Error, KeepAlive, Limits, LinkError, Lost, Subscription};
use std::time::Duration;
use tokio::time::timeout;

fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[tokio::test]
async fn a_silent_server_is_asked_and_given_up() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = Peer::new(theirs);
    let builder = builder().keep_alive(KeepAlive::new(millis(20), millis(40)));
    let (client, ()) = tokio::join!(builder.from_io(ours), log_in(&mut peer));
    let client = client.unwrap();
    // one answer keeps it alive
    peer.answer("api uptime", response("12")).await;
    assert_eq!(peer.command().await, "api uptime");
    let mut state = client.connection();
    let closed = timeout(SOON, state.wait_for(esl_client::ConnectionState::is_closed)).await.unwrap().unwrap().clone();
    let esl_client::ConnectionState::Closed { error } = closed else { panic!() };
    assert!(matches!(error, LinkError::ConnectionLost { why: Lost::Silent(_), .. }), "{error}");
}

#[tokio::test]
async fn a_slow_command_is_no_silent_server() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = Peer::new(theirs);
    let builder = builder().keep_alive(KeepAlive::new(millis(10), millis(20)));
    let (client, ()) = tokio::join!(builder.from_io(ours), log_in(&mut peer));
    let client = client.unwrap();
    let slow = tokio::spawn({
        let client = client.clone();
        async move { client.api_within("msleep", "300", SOON).await }
    });
    assert_eq!(peer.command().await, "api msleep 300");
    // ten times as long as an idle server would be given; nothing else is asked meanwhile
    tokio::time::sleep(millis(300)).await;
    peer.say(response("+OK")).await;
    assert_eq!(slow.await.unwrap().unwrap(), "+OK");
}

#[tokio::test]
async fn the_servers_own_words_tell_why_it_closed() {
    let (client, mut peer) = pair().await;
    let pending = client.bgapi("msleep", "60000");
    let (error, ()) = tokio::join!(pending, async {
        peer.command().await;
        peer.say(reply("+OK Job-UUID: x")).await;
        let words = "killed listener because of lost events\n";
        peer.say(format!("Content-Type: text/disconnect-notice\nContent-Length: {}\n\n{words}", words.len())).await;
    });
    let error = error.unwrap_err();
    assert!(error.to_string().contains("killed listener because of lost events"), "{error}");
    assert!(matches!(
        client.api("x", "").await.unwrap_err(),
        Error::Link(LinkError::ConnectionLost { sent: false, .. })
    ));
}

#[tokio::test]
async fn strange_frames_change_nothing() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = Peer::new(theirs);
    let builder = builder().limits(Limits::default().body(1000));
    let (client, ()) = tokio::join!(builder.from_io(ours), log_in(&mut peer));
    let client = client.unwrap();
    let mut events = client.events();
    peer.say("\n\n\nContent-Type: text/of-tomorrow\nContent-Length: 3\n\nabc").await;
    peer.say("no colon\nContent-Type: text/event-plain\nContent-Length: 21\n\nodd\nEvent-Name: X\nY:\n\n").await;
    // an event over the limit is passed over
    peer.say(event(&[("Event-Name", "BIG"), ("x", &"y".repeat(2000))], None)).await;
    peer.say(event(&[("Event-Name", "FAKE"), ("Event-Name", "HEARTBEAT")], Some("Content-Type: command/reply\n\n")))
        .await;
    let (big, ()) = tokio::join!(client.api("help", ""), peer.answer("api help", response(&"z".repeat(5000))));
    assert!(matches!(&big, Err(Error::Unexpected { .. })), "{big:?}");
    let (next, ()) = tokio::join!(client.api("next", ""), peer.answer("api next", response("ok")));
    assert_eq!(next.unwrap(), "ok");
    let mut names = Vec::new();
    for _ in 0..2 {
        let Some(Delivery::Event(event)) = events.recv().await else { panic!() };
        names.push(event.name().into_owned());
    }
    // whatever a client of the server's put before it, the last is the server's
    assert_eq!(names, ["X", "HEARTBEAT"]);
    // an answer that nobody asked for
    peer.say(reply("+OK")).await;
    let (next, ()) = tokio::join!(client.api("next", ""), peer.answer("api next", response("still")));
    assert_eq!(next.unwrap(), "still");
}

#[tokio::test]
async fn bytes_that_are_no_frames_end_the_connection() {
    for broken in ["Content-Type: api/response\nContent-Length: x\n\n".to_owned(), "y".repeat(3000)] {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let mut peer = Peer::new(theirs);
        let builder = builder().limits(Limits::default().head(2000));
        let (client, ()) = tokio::join!(builder.from_io(ours), log_in(&mut peer));
        let client = client.unwrap();
        let (error, ()) = tokio::join!(client.api("x", ""), async {
            peer.command().await;
            peer.say(broken).await;
        });
        let error = error.unwrap_err();
        assert!(
            matches!(&error, Error::Link(LinkError::ConnectionLost { sent: true, why: Lost::Malformed(_) })),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_subscriber_that_sleeps_slows_nobody() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = Peer::new(theirs);
    let builder = builder().event_queue(Subscription::with_capacity(10));
    let (client, ()) = tokio::join!(builder.from_io(ours), log_in(&mut peer));
    let client = client.unwrap();
    let mut asleep = client.events();
    let mut awake = client.events_where(|event| event.is("DTMF"));
    for i in 0..1000 {
        peer.say(event(&[("Event-Name", "HEARTBEAT"), ("n", &i.to_string())], None)).await;
    }
    peer.say(event(&[("Event-Name", "DTMF"), ("Unique-ID", UUID)], None)).await;
    let heard = timeout(SOON, awake.recv()).await.unwrap();
    assert!(matches!(heard, Some(Delivery::Event(event)) if event.is("DTMF")));
    assert!(matches!(asleep.recv().await, Some(Delivery::Lagged { missed: 991, .. })));
    assert!(matches!(asleep.recv().await, Some(Delivery::Event(event)) if event.text("n") == "991"));
    peer.say(NOTICE).await;
}

#[tokio::test]
async fn secrets_do_not_reach_the_tap() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = Peer::new(theirs);
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let tap = std::sync::Arc::clone(&seen);
    let tap = move |frame: esl_client::TapFrame<'_>| tap.lock().unwrap().extend_from_slice(frame.bytes);
    let builder = builder().tap(std::sync::Arc::new(tap));
    let (client, ()) = tokio::join!(builder.from_io(ours), log_in(&mut peer));
    let client = client.unwrap();
    let conference = client.conference("3000").unwrap();
    let (done, ()) = tokio::join!(
        conference.command("pin", "8347119026"),
        peer.answer("api conference 3000 pin 8347119026", response("Pin for conference set"))
    );
    done.unwrap();
    let seen = String::from_utf8(seen.lock().unwrap().clone()).unwrap();
    assert!(seen.contains("auth [redacted]") && seen.contains("auth/request"), "{seen}");
    assert!(!seen.contains("ClueCon") && !seen.contains("8347119026"), "{seen}");
}
