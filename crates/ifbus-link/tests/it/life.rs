//! Connecting, losing, reconnecting, giving up and closing.

use crate::chat::{Chat, LINE_LIMIT};
use crate::harbor::{Harbor, Plan, STANDS, config, lost_sent, settle, soon, state, timed_out_sent};
use ifbus_link::{ConnectionState, Delivery, Error, KeepAlive, Link, Lost, Reconnect, Subscription};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// What the link says of the connection that it lost.
async fn why_lost(link: &Link<Chat>) -> Lost {
    match state(link, |state| matches!(state, ConnectionState::Waiting { .. })).await {
        ConnectionState::Waiting { error: Error::ConnectionLost { why, .. }, .. } => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_accepts_and_says_nothing_fails_the_connect() {
    let mut harbor = Harbor::new(1024);
    let start = Instant::now();
    let result = Link::connect(Chat::default(), harbor.dialer(), config()).await;
    let error = result.unwrap_err();
    assert!(matches!(&error, Error::Login { why: Lost::LoginTimeout(d), .. } if *d == 10 * SECOND), "{error:?}");
    assert_eq!(
        error.to_string(),
        "connected to harbor:1, but not logged in: the server did not complete the login within 10s"
    );
    assert_eq!(start.elapsed().as_secs(), 10);
    settle().await;
    assert_eq!((harbor.dials(), harbor.log(0).lock().unwrap().dropped), (1, true), "nothing is left running");
}

#[tokio::test(start_paused = true)]
async fn a_lazy_link_tries_again_after_a_login_timeout() {
    let mut harbor = Harbor::new(1024);
    let link = Link::lazy(Chat::default(), harbor.dialer(), config());
    let silent = harbor.accept().await;
    let mut peer = harbor.accept().await;
    drop(silent);
    peer.login().await;
    soon(link.ready()).await.unwrap();
    assert!(matches!(&*link.state().borrow(), ConnectionState::Ready { connection: 1, .. }));
    assert_eq!(link.stats().reconnects, 0, "the first standing connection is no reconnect");
}

#[tokio::test(start_paused = true)]
async fn a_dial_without_answer_ends() {
    let mut harbor = Harbor::new(1024).plan([Plan::Hangs]);
    let result = soon(Link::connect(Chat::default(), harbor.dialer(), config())).await;
    assert!(matches!(result, Err(Error::Connect(_))), "{result:?}");
}

#[tokio::test(start_paused = true)]
async fn a_half_open_peer_is_found_out() {
    let mut config = config();
    config.keep_alive = Some(KeepAlive::new(5 * SECOND, 2 * SECOND));
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config).await;
    let start = Instant::now();
    peer.expect("ping").await;
    assert_eq!(start.elapsed().as_secs(), 5);
    peer.say("pong").await;
    peer.expect("ping").await;
    assert_eq!(start.elapsed().as_secs(), 10);
    // any frame counts as the answer
    peer.say("! news").await;
    peer.expect("ping").await;
    assert!(matches!(why_lost(&link).await, Lost::Silent(within) if within == 2 * SECOND));
    assert_eq!(start.elapsed().as_secs(), 17);
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_comes_slowly_is_no_silence() {
    let mut config = config();
    config.keep_alive = Some(KeepAlive::new(5 * SECOND, 2 * SECOND));
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config).await;
    let mut events = link.subscribe(Subscription::default());
    for _ in 0..30 {
        tokio::time::sleep(SECOND).await;
        peer.0.write_all(b"!!!").await.expect("it was taken for dead");
        if harbor.written(0).contains("ping") {
            panic!("bytes are a sign of life");
        }
        peer.0.write_all(b"").await.unwrap();
    }
    let _ = events.try_recv();
    assert_eq!(harbor.dials(), 1);
}

#[tokio::test(start_paused = true)]
async fn garbage_and_frames_over_the_limit_end_the_connection() {
    let endless = vec![b'x'; LINE_LIMIT + 5000];
    for bytes in [&b"what is this\n"[..], b"! \xff\xfe\n", &endless] {
        let mut harbor = Harbor::new(64 << 10);
        let (link, mut peer) = harbor.up(Chat::default(), config()).await;
        peer.0.write_all(bytes).await.unwrap();
        assert!(matches!(why_lost(&link).await, Lost::Malformed(_)));
        let mut peer = harbor.accept().await;
        peer.login().await;
        soon(link.ready()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_came_before_the_garbage_is_delivered() {
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let mut events = link.subscribe(Subscription::default());
    peer.say("! one\n! two\nrubbish\n! three").await;
    why_lost(&link).await;
    assert_eq!(events.try_recv(), Some(Delivery::Event("one".into())));
    assert_eq!(events.try_recv(), Some(Delivery::Event("two".into())));
    assert_eq!(events.try_recv(), None);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_stream_says_whether_a_message_was_cut() {
    for (last, cut) in [("! whole\n", false), ("! ha", true)] {
        let mut harbor = Harbor::new(1024);
        let (link, mut peer) = harbor.up(Chat::default(), config()).await;
        peer.0.write_all(last.as_bytes()).await.unwrap();
        drop(peer);
        assert!(matches!(why_lost(&link).await, Lost::Eof { mid_frame } if mid_frame == cut));
    }
}

#[tokio::test(start_paused = true)]
async fn wrong_credentials_stop_at_once() {
    for lazy in [false, true] {
        let mut harbor = Harbor::new(1024);
        let dialer = harbor.dialer();
        let server = async {
            let mut peer = harbor.accept().await;
            peer.expect("login secret").await;
            peer.say("no such user").await;
        };
        let error = if lazy {
            let link = Link::lazy(Chat::default(), dialer, config());
            let (waiting, ()) = tokio::join!(link.request("x".into()), server);
            let after = link.request("y".into()).await.unwrap_err();
            assert!(matches!(after, Error::Refused(_)));
            waiting.unwrap_err()
        } else {
            tokio::join!(Link::connect(Chat::default(), dialer, config()), server).0.unwrap_err()
        };
        assert!(
            matches!(&error, Error::Refused(why) if why.code == Some(7) && why.message == "such user" && why.to_string().starts_with("harbor:1 refused the login")),
            "{error:?}"
        );
        tokio::time::sleep(100 * SECOND).await;
        assert_eq!(harbor.dials(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn delays_grow_to_the_cap_and_are_all_different() {
    let mut config = config();
    config.reconnect = Reconnect::forever().steps(SECOND, 8 * SECOND);
    let mut harbor = Harbor::new(64).plan([Plan::Refused; 500]);
    let _link = Link::lazy(Chat::default(), harbor.dialer(), config);
    while harbor.dials() < 400 {
        tokio::time::sleep(SECOND).await;
    }
    let dials = harbor.notes.lock().unwrap().dials.clone();
    let delays: Vec<f64> = dials.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
    assert!(delays[0] <= 1.01 && delays[1] <= 2.01 && delays[2] <= 4.01, "{:?}", &delays[..3]);
    let late = &delays[4..];
    let mean = late.iter().sum::<f64>() / late.len() as f64;
    assert!((3.2..4.8).contains(&mean), "full jitter halves the cap of 8 s: {mean}");
    assert!(late.iter().all(|delay| *delay <= 8.01));
    assert!(late.iter().any(|delay| *delay < 1.0) && late.iter().any(|delay| *delay > 7.0), "from zero to the cap");
}

/// How many attempts a link with a limit makes after connections that stand so long.
async fn dials_with_limit(stands: Duration) -> (usize, bool) {
    let mut config = config();
    config.reconnect = Reconnect::at_most(3).steps(SECOND, SECOND);
    let mut harbor = Harbor::new(1024);
    let (link, peer) = harbor.up(Chat::default(), config).await;
    let mut peer = Some(peer);
    for _ in 0..8 {
        tokio::time::sleep(stands).await;
        drop(peer.take());
        state(&link, |state| !state.is_ready()).await;
        let mut state = link.state();
        tokio::select! {
            biased;
            _ = state.wait_for(ConnectionState::is_closed) => break,
            mut next = harbor.accept() => {
                next.login().await;
                link.ready().await.unwrap();
                peer = Some(next);
            }
        }
    }
    (harbor.dials(), link.state().borrow().is_closed())
}

#[tokio::test(start_paused = true)]
async fn only_a_stable_connection_resets_the_delays_and_the_limit() {
    assert_eq!(dials_with_limit(5 * SECOND).await, (4, true), "a connection that flaps counts as failed");
    assert_eq!(dials_with_limit(11 * SECOND).await, (9, false));
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_attempts_ends_the_link() {
    let mut config = config();
    config.reconnect = Reconnect::at_most(3);
    let mut harbor = Harbor::new(1024).plan([STANDS].into_iter().chain([Plan::Refused; 10]));
    let (link, peer) = harbor.up(Chat::default(), config).await;
    let mut events = link.subscribe(Subscription::default());
    drop(peer);
    state(&link, ConnectionState::is_closed).await;
    assert_eq!(harbor.dials(), 4);
    assert!(matches!(link.request("x".into()).await, Err(Error::Connect(_))));
    assert_eq!(soon(events.recv()).await, None);
}

#[tokio::test(start_paused = true)]
async fn close_says_goodbye_and_joins() {
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let mut events = link.subscribe(Subscription::default());
    let request = tokio::spawn({
        let link = link.clone();
        async move { link.request("x".into()).await }
    });
    peer.expect("1 x").await;
    link.close().await;
    assert!(harbor.log(0).lock().unwrap().dropped, "the task is done when close returns");
    peer.expect("bye").await;
    assert_eq!(peer.line().await, None);
    let result = request.await.unwrap();
    assert!(matches!(&result, Err(Error::ConnectionLost { sent: true, why: Lost::Shutdown })), "{result:?}");
    assert_eq!(events.recv().await, None);
    assert_eq!(link.subscribe(Subscription::default()).recv().await, None, "a later stream ends too");
    assert!(matches!(link.request("y".into()).await, Err(Error::Closed)));
    assert!(matches!(link.ready().await, Err(Error::Closed)));
    link.close().await;
}

#[tokio::test(start_paused = true)]
async fn close_flushes_and_says_truly_what_was_sent() {
    let mut harbor = Harbor::new(16);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let requests = ["12345678", "abcdefgh", "and a third"].map(|words| {
        let link = link.clone();
        tokio::spawn(async move { link.request(words.to_owned()).await })
    });
    settle().await;
    let ((), lines) = tokio::join!(link.close(), async {
        settle().await;
        let mut lines = Vec::new();
        while let Some(line) = peer.line().await {
            lines.push(line);
        }
        lines
    });
    assert_eq!(lines.last().map(String::as_str), Some("bye"));
    for (i, request) in requests.into_iter().enumerate() {
        let sent = lines.iter().any(|line| line.starts_with(&format!("{} ", i + 1)));
        assert_eq!(lost_sent(&request.await.unwrap()), Some(sent), "request {} in {lines:?}", i + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn close_does_not_wait_for_a_peer_that_reads_nothing() {
    let mut harbor = Harbor::new(16);
    let (link, peer) = harbor.up(Chat::default(), config()).await;
    let request = tokio::spawn({
        let link = link.clone();
        async move { link.request("longer than the buffer".into()).await }
    });
    settle().await;
    let start = Instant::now();
    link.close().await;
    assert_eq!(start.elapsed().as_secs(), 2);
    assert_eq!(lost_sent(&request.await.unwrap()), Some(true));
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn close_while_connecting_logging_in_and_waiting() {
    for plan in [Plan::Hangs, STANDS, Plan::Refused] {
        let mut config = config();
        config.reconnect = Reconnect::forever().steps(1000 * SECOND, 1000 * SECOND);
        let mut harbor = Harbor::new(1024).plan([plan]);
        let link = Link::lazy(Chat::default(), harbor.dialer(), config);
        let request = tokio::spawn({
            let link = link.clone();
            async move { link.request("x".into()).await }
        });
        settle().await;
        let start = Instant::now();
        link.close().await;
        assert!(start.elapsed() < SECOND / 10);
        assert!(matches!(request.await.unwrap(), Err(Error::Closed)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_handle_that_is_dropped_closes() {
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let mut events = link.subscribe(Subscription::default());
    let other = link.clone();
    drop(link);
    settle().await;
    assert!(!harbor.log(0).lock().unwrap().dropped);
    drop(other);
    peer.expect("bye").await;
    assert_eq!(peer.line().await, None);
    assert_eq!(soon(events.recv()).await, None);
    assert!(harbor.log(0).lock().unwrap().dropped);
}

#[tokio::test(start_paused = true)]
async fn a_connect_that_is_dropped_leaves_nothing() {
    let mut harbor = Harbor::new(1024);
    let connect = Link::connect(Chat::default(), harbor.dialer(), config());
    assert!(tokio::time::timeout(SECOND, connect).await.is_err());
    settle().await;
    assert!(harbor.log(0).lock().unwrap().dropped);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_panics_hangs_nobody() {
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let mut events = link.subscribe(Subscription::default());
    let mut calls = link.calls(1);
    let request = tokio::spawn({
        let link = link.clone();
        async move { link.request("x".into()).await }
    });
    peer.expect("1 x").await;
    peer.say("! panic").await;
    assert!(matches!(soon(request).await.unwrap(), Err(Error::Ended)));
    assert_eq!(soon(events.recv()).await, None);
    assert!(soon(calls.recv()).await.is_none());
    assert!(matches!(link.request("y".into()).await, Err(Error::Ended)));
    assert!(
        matches!(&*link.state().borrow(), ConnectionState::Closed { error: Error::Ended }),
        "nor believes it stands"
    );
    assert!(link.ready().await.is_err());
}

#[test]
fn a_runtime_that_goes_away_hangs_nobody() {
    let first = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let (link, mut events) = first.block_on(async {
        let mut harbor = Harbor::new(1024);
        let dialer = harbor.dialer();
        harbor.serve();
        let link = Link::connect(Chat::default(), dialer, config()).await.unwrap();
        let events = link.subscribe(Subscription::default());
        (link, events)
    });
    drop(first);
    let second = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    second.block_on(async {
        assert_eq!(soon(events.recv()).await, None);
        assert!(matches!(soon(link.request("x".into())).await, Err(Error::Ended)));
        soon(link.close()).await;
    });
}

#[tokio::test(start_paused = true)]
async fn a_given_stream_is_not_dialed_again() {
    let (ours, theirs) = tokio::io::duplex(64);
    let wire = ifbus_link::StreamWire::new(ours, crate::chat::Lines::default());
    let mut peer = crate::harbor::Peer(tokio::io::BufReader::new(theirs));
    let (link, ()) = tokio::join!(Link::connect(Chat::default(), ifbus_link::Once::new(wire), config()), async {
        peer.login().await;
    });
    let link = link.unwrap();
    drop(peer);
    state(&link, ConnectionState::is_closed).await;
    assert_eq!(lost_sent(&link.request("x".into()).await), Some(false));
}

#[tokio::test(start_paused = true)]
async fn the_session_is_woken_when_it_asks() {
    let mut harbor = Harbor::new(1024);
    let (link, _peer) = harbor.up(Chat { alarm: Some(3 * SECOND), ..Chat::default() }, config()).await;
    let mut events = link.subscribe(Subscription::default());
    let start = Instant::now();
    assert_eq!(soon(events.recv()).await, Some(Delivery::Event("woken".into())));
    assert_eq!(start.elapsed().as_secs(), 3);
    let late = link.request_within("x".into(), SECOND).await;
    assert_eq!(timed_out_sent(&late), Some(true));
}
