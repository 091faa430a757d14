//! A request ends exactly once, truly, and in bounded memory.

use crate::chat::Chat;
use crate::harbor::{Harbor, Plan, STANDS, config, lost_sent, settle, soon, state, timed_out_sent};
use ifbus_link::{ConnectionState, Error, Link, LinkConfig, Lost, Reconnect, Retry};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The slots of which at least a byte stands in what a connection wrote.
fn slots_in(written: &[u8]) -> HashSet<u64> {
    written
        .split(|byte| *byte == b'\n')
        .filter_map(|line| line.first().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0'))
        .map(u64::from)
        .collect()
}

/// Three requests over a connection that is cut where the plan says, then one more.
async fn conversation(plan: Plan, together: bool) -> (usize, usize) {
    let mut harbor = Harbor::new(1024).plan([plan]);
    let dialer = harbor.dialer();
    let notes = harbor.serve();
    let link = Link::lazy(Chat::default(), dialer, config());
    let say = |words: &str| link.request(words.to_owned());
    let results = if together {
        let (a, b, c) = tokio::join!(say("a"), say("b"), say("c"));
        [a, b, c]
    } else {
        [say("a").await, say("b").await, say("c").await]
    };
    let size = {
        let notes = notes.lock().unwrap();
        let first = notes.logs[0].lock().unwrap();
        (first.written.len(), first.read)
    };
    let again = say("again").await;
    assert!(again.is_ok() || lost_sent(&again).is_some(), "{again:?}");
    assert_eq!(say("and on").await.unwrap(), "AND ON", "it works after the reconnect");
    let written = notes.lock().unwrap().logs[0].lock().unwrap().written.clone();
    let all: Vec<u8> = notes.lock().unwrap().logs.iter().flat_map(|log| log.lock().unwrap().written.clone()).collect();
    let lines: Vec<&[u8]> = all.split(|byte| *byte == b'\n').collect();
    for (i, (result, words)) in results.iter().zip(["a", "b", "c"]).enumerate() {
        match result {
            Ok(reply) => assert_eq!(*reply, words.to_uppercase()),
            Err(Error::ConnectionLost { sent, .. }) => {
                let slot = i as u64 + 1;
                assert_eq!(*sent, slots_in(&written).contains(&slot), "request {words}, written {written:?}");
            }
            Err(other) => panic!("{other}"),
        }
        let times = lines.iter().filter(|line| line.ends_with(format!(" {words}").as_bytes())).count();
        assert!(times <= 1, "request {words} was sent {times} times");
        assert!(times == 1 || result.is_err(), "request {words} was answered but never sent");
    }
    soon(link.close()).await;
    size
}

#[tokio::test(start_paused = true)]
async fn a_connection_cut_at_any_byte_tells_the_truth_about_each_request() {
    for together in [true, false] {
        let (written, read) = conversation(STANDS, together).await;
        assert!(written > 20 && read > 20);
        for cut in 0..=written {
            conversation(Plan::Stands { write_cut: cut, read_cut: usize::MAX }, together).await;
        }
        for cut in 0..=read {
            conversation(Plan::Stands { write_cut: usize::MAX, read_cut: cut }, together).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lost_requests_say_whether_they_were_sent() {
    let mut harbor = Harbor::new(16);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    // 16 bytes go: all of the first, a part of the second, nothing of the third
    let requests = ["12345678", "abcdefgh", "never"].map(|words| {
        let link = link.clone();
        tokio::spawn(async move { link.request(words.to_owned()).await })
    });
    settle().await;
    peer.expect("1 12345678").await;
    drop(peer);
    let mut sent = Vec::new();
    for request in requests {
        let result = soon(request).await.unwrap();
        assert_eq!(result.as_ref().unwrap_err().retry() == Retry::Later, lost_sent(&result) == Some(false));
        sent.push(lost_sent(&result).unwrap());
    }
    let written = harbor.written(0);
    assert_eq!(sent, [true, written.contains("2 "), written.contains("3 ")]);
    let stats = link.stats();
    assert_eq!((stats.requests, stats.errors), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_request_while_disconnected_waits_until_its_deadline() {
    let mut harbor = Harbor::new(1024).plan([Plan::Hangs]);
    let link = Link::lazy(Chat::default(), harbor.dialer(), config());
    let start = tokio::time::Instant::now();
    let result = link.request_within("x".into(), Duration::from_secs(4)).await;
    assert_eq!(timed_out_sent(&result), Some(false), "{result:?}");
    assert_eq!(start.elapsed().as_secs(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_found_no_connection_says_why() {
    let mut harbor = Harbor::new(1024).plan([Plan::Refused; 3].into_iter().chain([STANDS]));
    let reconnect = Reconnect::forever().steps(Duration::from_secs(5), Duration::from_secs(5));
    let mut config = config();
    config.reconnect = reconnect;
    let dialer = harbor.dialer();
    let notes = harbor.serve();
    let link = Link::lazy(Chat::default(), dialer, config);
    let error = link.request_within("x".into(), Duration::from_millis(1)).await.unwrap_err();
    assert!(matches!(&error, Error::NotConnected { why, .. } if matches!(**why, Error::Connect(_))), "{error:?}");
    let words =
        "not connected within 1ms, nothing was sent: cannot connect to harbor (tried 0.0 s): connection refused";
    assert_eq!((error.to_string(), error.retry()), (words.into(), Retry::Later));
    // it is forgotten once the connection stands: a server that does not answer is another matter
    assert_eq!(link.request_within("x".into(), Duration::from_secs(60)).await.unwrap(), "X");
    assert_eq!(notes.lock().unwrap().dials.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn once_connected_it_is_no_longer_for_want_of_a_connection() {
    let mut harbor = Harbor::new(1024).plan([Plan::Refused]);
    let mut config = config();
    config.in_flight = 1;
    let link = Link::lazy(Chat::default(), harbor.dialer(), config);
    let mut peer = harbor.accept().await;
    peer.login().await;
    soon(link.ready()).await.unwrap();
    let first = tokio::spawn({
        let link = link.clone();
        async move { link.request_within("never answered".into(), Duration::from_secs(9)).await }
    });
    peer.expect("1 never answered").await;
    let behind = link.request_within("x".into(), Duration::from_secs(2)).await;
    assert_eq!(timed_out_sent(&behind), Some(false), "{behind:?}");
    assert_eq!(timed_out_sent(&first.await.unwrap()), Some(true));
}

#[tokio::test(start_paused = true)]
async fn a_request_while_disconnected_goes_out_once_connected() {
    let mut harbor = Harbor::new(1024).plan([Plan::Refused, Plan::Refused]);
    let dialer = harbor.dialer();
    let notes = harbor.serve();
    let link = Link::lazy(Chat::default(), dialer, config());
    assert_eq!(link.request("patience".into()).await.unwrap(), "PATIENCE");
    assert_eq!(notes.lock().unwrap().dials.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_requests_are_all_answered() {
    let mut harbor = Harbor::new(1024);
    let dialer = harbor.dialer();
    harbor.serve();
    let link = Link::connect(Chat::default(), dialer, config()).await.unwrap();
    let requests: Vec<_> = (0..10_000)
        .map(|i| {
            let link = link.clone();
            tokio::spawn(async move { link.request(format!("n{i}")).await })
        })
        .collect();
    for (i, request) in requests.into_iter().enumerate() {
        assert_eq!(soon(request).await.unwrap().unwrap(), format!("N{i}"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_request_over_the_limit_waits_and_times_out_unsent() {
    let limit = LinkConfig::default().pending;
    assert_eq!(limit, 16_384);
    let mut harbor = Harbor::new(1024).plan([Plan::Hangs]);
    let link = Link::lazy(Chat::default(), harbor.dialer(), config());
    let mut pending = tokio::task::JoinSet::new();
    for _ in 0..limit {
        let link = link.clone();
        pending.spawn(async move { link.request_within("x".into(), Duration::from_secs(60)).await });
    }
    settle().await;
    let one_more = link.request_within("y".into(), Duration::from_secs(2)).await;
    assert_eq!(timed_out_sent(&one_more), Some(false));
    assert_eq!(pending.len(), limit);
    // a place that becomes free is taken
    pending.abort_all();
    while pending.join_next().await.is_some() {}
    link.close().await;
    assert!(matches!(link.request("z".into()).await, Err(Error::Closed)));
}

#[tokio::test(start_paused = true)]
async fn no_more_in_flight_than_the_limit() {
    let mut config = config();
    config.in_flight = 2;
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config).await;
    let requests = ["a", "b", "c"].map(|words| {
        let link = link.clone();
        tokio::spawn(async move { link.request(words.to_owned()).await })
    });
    settle().await;
    assert_eq!(harbor.written(0), "login secret\n1 a\n2 b\n");
    peer.say("= 2 B").await;
    for line in ["1 a", "2 b", "3 c"] {
        peer.expect(line).await;
    }
    peer.say("= 1 A\n= 3 C").await;
    for (request, reply) in requests.into_iter().zip(["A", "B", "C"]) {
        assert_eq!(soon(request).await.unwrap().unwrap(), reply);
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_reply_is_thrown_away_and_counted() {
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let result = link.request_within("slow".into(), Duration::from_secs(1)).await;
    assert_eq!(timed_out_sent(&result), Some(true));
    peer.expect("1 slow").await;
    peer.say("= 1 SLOW\n= 99 NOBODY").await;
    let (reply, ()) = tokio::join!(link.request("next".into()), async {
        peer.expect("2 next").await;
        peer.say("= 2 NEXT").await;
    });
    assert_eq!(reply.unwrap(), "NEXT");
    assert_eq!(link.stats().late_replies, 2);
}

#[tokio::test(start_paused = true)]
async fn an_expired_head_closes_where_replies_carry_no_number() {
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat { ordered: true, ..Chat::default() }, config()).await;
    let (late, other, ()) = tokio::join!(
        link.request_within("late".into(), Duration::from_secs(1)),
        link.request_within("other".into(), Duration::from_secs(5)),
        async {
            peer.expect("1 late").await;
            peer.expect("2 other").await;
            assert_eq!(peer.line().await, None, "the link has hung up");
        }
    );
    assert_eq!(timed_out_sent(&late), Some(true));
    assert!(matches!(&other, Err(Error::ConnectionLost { sent: true, why: Lost::Protocol(_) })), "{other:?}");
    let mut peer = harbor.accept().await;
    peer.login().await;
    let (reply, ()) = tokio::join!(link.request("new".into()), async {
        peer.expect("3 new").await;
        peer.say("= NEW").await;
    });
    assert_eq!(reply.unwrap(), "NEW");
}

#[tokio::test(start_paused = true)]
async fn an_unsent_expired_request_closes_nothing() {
    let mut config = config();
    config.in_flight = 1;
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat { ordered: true, ..Chat::default() }, config).await;
    let (first, second, ()) = tokio::join!(
        link.request("first".into()),
        link.request_within("second".into(), Duration::from_secs(1)),
        async {
            peer.expect("1 first").await;
            tokio::time::sleep(Duration::from_secs(2)).await;
            peer.say("= FIRST").await;
        }
    );
    assert_eq!((first.unwrap().as_str(), timed_out_sent(&second)), ("FIRST", Some(false)));
    settle().await;
    assert_eq!((harbor.written(0).as_str(), harbor.dials()), ("login secret\n1 first\n", 1));
}

#[tokio::test(start_paused = true)]
async fn pending_requests_fail_at_once_when_the_link_gives_up() {
    let mut config = config();
    config.reconnect = Reconnect::never();
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config).await;
    let start = tokio::time::Instant::now();
    let (result, ()) = tokio::join!(link.request("x".into()), async {
        peer.expect("1 x").await;
        drop(peer);
    });
    assert_eq!(lost_sent(&result), Some(true));
    state(&link, ConnectionState::is_closed).await;
    assert_eq!(lost_sent(&link.request("y".into()).await), Some(false));
    assert!(start.elapsed() < Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn the_longest_deadline_is_no_overflow() {
    let mut harbor = Harbor::new(1024);
    let dialer = harbor.dialer();
    harbor.serve();
    let link = Link::connect(Chat::default(), dialer, config()).await.unwrap();
    assert_eq!(link.request_within("x".into(), Duration::MAX).await.unwrap(), "X");
    assert_eq!(timed_out_sent(&link.request_within("y".into(), Duration::ZERO).await), Some(false));
}

/// The same on both kinds of runtime, with the clock running.
async fn busy() {
    let mut harbor = Harbor::new(256);
    let dialer = harbor.dialer();
    harbor.serve();
    let link = Link::connect(Chat::default(), dialer, config()).await.unwrap();
    let wrong = Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let (link, wrong) = (link.clone(), Arc::clone(&wrong));
            tokio::spawn(async move {
                for i in 0..50 {
                    let reply = link.request(format!("t{task} {i}")).await;
                    if reply.as_deref().ok() != Some(format!("T{task} {i}").as_str()) {
                        wrong.lock().unwrap().push(reply);
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        soon(task).await.unwrap();
    }
    soon(link.close()).await;
    assert!(wrong.lock().unwrap().is_empty(), "{wrong:?}");
}

#[tokio::test(flavor = "current_thread")]
async fn it_runs_on_one_thread() {
    busy().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_runs_on_many_threads() {
    busy().await;
}
