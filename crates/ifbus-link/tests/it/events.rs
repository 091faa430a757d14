//! The fan-out: bounded, counted, marked, and nobody waits.

use crate::chat::Chat;
use crate::harbor::{Harbor, config, settle, soon, state};
use futures_util::StreamExt;
use ifbus_link::{Address, Delivery, Dial, Dialed, Events, Link, Overflow, Subscription};

fn numbers(events: &mut Events<String>) -> (Vec<u32>, u64, usize) {
    let (mut seen, mut missed, mut markers) = (Vec::new(), 0, 0);
    while let Some(delivery) = events.try_recv() {
        match delivery {
            Delivery::Event(event) => seen.push(event.parse().unwrap()),
            Delivery::Lagged { missed: n, .. } => missed += n,
            Delivery::Reconnected { .. } => markers += 1,
            _ => {}
        }
    }
    (seen, missed, markers)
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_never_reads_loses_its_own_events_and_nobody_elses() {
    const SENT: u32 = 5000;
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let mut oldest = link.subscribe(Subscription::with_capacity(100));
    let mut newest = link.subscribe(Subscription::with_capacity(100).overflow(Overflow::DropNewest));
    let mut all = link.subscribe(Subscription::with_capacity(10_000));
    let even = |event: &String| event.parse::<u32>().is_ok_and(|n| n % 2 == 0);
    let mut some = link.subscribe_where(Subscription::with_capacity(10_000), even);
    for i in 0..SENT {
        peer.say(&format!("! {i}")).await;
    }
    // the reader has not stopped, and a reply finds the events that came before it
    let (reply, ()) = tokio::join!(link.request("x".into()), async {
        peer.expect("1 x").await;
        peer.say("= 1 X").await;
    });
    assert_eq!(reply.unwrap(), "X");
    let missed = u64::from(SENT) - 100;
    let first = oldest.try_recv();
    assert!(matches!(first, Some(Delivery::Lagged { missed: n, .. }) if n == missed), "told where they are missing");
    assert_eq!(numbers(&mut oldest), ((SENT - 100..SENT).collect(), 0, 0));
    assert_eq!(numbers(&mut newest), ((0..100).collect(), missed, 0));
    assert_eq!(numbers(&mut all), ((0..SENT).collect(), 0, 0));
    assert_eq!(numbers(&mut some), ((0..SENT).step_by(2).collect(), 0, 0));
    let stats = link.stats();
    assert_eq!((stats.events, stats.lagged), (u64::from(SENT), 2 * missed));
    // both go on
    peer.say("! 7000").await;
    assert_eq!(soon(oldest.next()).await, Some(Delivery::Event("7000".into())));
    assert_eq!(soon(newest.next()).await, Some(Delivery::Event("7000".into())));
}

/// The stream as a text: numbers, `L` with the loss, `R`.
fn story(events: &mut Events<String>) -> String {
    let mut words = Vec::new();
    while let Some(delivery) = events.try_recv() {
        words.push(match delivery {
            Delivery::Event(event) => event,
            Delivery::Lagged { missed, .. } => format!("L{missed}"),
            _ => "R".into(),
        });
    }
    words.join(" ")
}

#[tokio::test(start_paused = true)]
async fn one_marker_for_each_reconnect_in_its_place() {
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let mut whole = link.subscribe(Subscription::default());
    let mut oldest = link.subscribe(Subscription::with_capacity(2));
    let mut newest = link.subscribe(Subscription::with_capacity(2).overflow(Overflow::DropNewest));
    for round in 0..3 {
        peer.say(&format!("! {round}1\n! {round}2")).await;
        settle().await;
        drop(peer);
        state(&link, |state| !state.is_ready()).await;
        // one that fails in its login makes no marker
        drop(harbor.accept().await);
        peer = harbor.accept().await;
        // events may come before the login is done: the gap lies before them
        peer.expect("login secret").await;
        peer.say(&format!("! {round}3")).await;
        settle().await;
        peer.say("ok").await;
        link.ready().await.unwrap();
    }
    peer.say("! 99").await;
    settle().await;
    assert_eq!(story(&mut whole), "01 02 R 03 11 12 R 13 21 22 R 23 99");
    assert_eq!(story(&mut oldest), "L8 R 23 99", "a marker survives the overflow, after the loss");
    assert_eq!(story(&mut newest), "01 02 L8 R");
    let mut late = link.subscribe(Subscription::default());
    peer.say("! 100").await;
    settle().await;
    assert_eq!((story(&mut late).as_str(), story(&mut newest).as_str()), ("100", "100"));
    assert_eq!(link.stats().reconnects, 3);
}

#[tokio::test(start_paused = true)]
async fn a_picked_stream_keeps_the_markers() {
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let mut even =
        link.subscribe(Subscription::default()).pick(|event| event.parse::<u32>().ok().filter(|n| n % 2 == 0));
    peer.say("! 1\n! 2").await;
    drop(peer);
    let mut peer = harbor.accept().await;
    peer.login().await;
    peer.say("! 3\n! 4").await;
    assert_eq!(soon(even.recv()).await, Some(Delivery::Event(2)));
    assert!(matches!(soon(even.recv()).await, Some(Delivery::Reconnected { .. })));
    assert_eq!(soon(even.next()).await, Some(Delivery::Event(4)));
}

/// Tells when it is freed.
#[derive(Clone)]
struct Guard(#[expect(dead_code)] std::sync::Arc<()>);

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_is_forgotten_even_if_no_event_comes() {
    let mut harbor = Harbor::new(1024);
    let (link, _peer) = harbor.up(Chat::default(), config()).await;
    let alive = std::sync::Arc::new(());
    for _ in 0..10_000 {
        let guard = Guard(std::sync::Arc::clone(&alive));
        drop(link.subscribe_where(Subscription::default(), move |_| {
            let _ = &guard;
            true
        }));
    }
    let left = std::sync::Arc::strong_count(&alive);
    assert!(left < 100, "{left} subscriptions are left of streams that are gone");
}

/// A flood many times the size of the queue, on a real socket and on one thread: whoever reads as fast as it can misses
/// nothing, and one that sleeps changes nothing about that.
#[tokio::test]
async fn who_keeps_up_loses_nothing_whatever_others_do() {
    const SENT: usize = 200_000;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let dial = Dial::new(Address::Tcp("127.0.0.1".into(), address.port()));
    let link = Link::lazy(Chat::default(), Dialed::new(dial, crate::chat::Lines::default), config());
    let flood = std::thread::spawn(move || {
        use std::io::{BufRead, Write};
        let (socket, _) = listener.accept().unwrap();
        let mut lines = std::io::BufReader::new(socket.try_clone().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "login secret");
        (&socket).write_all(b"ok\n").unwrap();
        // the subscriber is there before the flood begins
        lines.next().unwrap().unwrap();
        let text: String = (0..SENT).map(|number| format!("! {number}\n")).collect();
        (&socket).write_all(text.as_bytes()).unwrap();
        lines.map_while(Result::ok).last()
    });
    soon(link.ready()).await.unwrap();
    let mut asleep = link.subscribe(Subscription::with_capacity(16));
    let mut awake = link.subscribe(Subscription::with_capacity(1024));
    let asked = tokio::spawn({
        let link = link.clone();
        async move { link.request("go".into()).await }
    });
    for number in 0..SENT {
        let delivery = soon(awake.next()).await;
        assert_eq!(delivery, Some(Delivery::Event(number.to_string())), "after {number}");
    }
    let (seen, missed, _) = numbers(&mut asleep);
    assert_eq!(seen.len() as u64 + missed, SENT as u64);
    assert!(missed > 0, "it slept");
    link.close().await;
    assert!(asked.await.unwrap().is_err(), "nobody has answered");
    assert_eq!(flood.join().unwrap().as_deref(), Some("bye"));
}
