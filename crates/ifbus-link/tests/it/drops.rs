//! A request whose caller goes away.

use crate::chat::Chat;
use crate::harbor::{Harbor, Plan, config, lost_sent, settle, soon, timed_out_sent};
use ifbus_link::Link;
use std::time::Duration;
use tokio::task::JoinHandle;

fn ask(link: &Link<Chat>, words: &str) -> JoinHandle<Result<String, ifbus_link::Error>> {
    let (link, words) = (link.clone(), words.to_owned());
    tokio::spawn(async move { link.request(words).await })
}

#[tokio::test(start_paused = true)]
async fn a_future_dropped_while_disconnected_is_never_sent() {
    let mut harbor = Harbor::new(1024).plan([Plan::Refused]);
    let link = Link::lazy(Chat::default(), harbor.dialer(), config());
    let dropped = ask(&link, "dropped");
    let kept = ask(&link, "kept");
    tokio::task::yield_now().await;
    dropped.abort();
    let mut peer = harbor.accept().await;
    peer.login().await;
    peer.expect("1 kept").await;
    peer.say("= 1 KEPT").await;
    assert_eq!(soon(kept).await.unwrap().unwrap(), "KEPT");
}

#[tokio::test(start_paused = true)]
async fn a_future_dropped_in_the_buffer_is_cut_out_of_it() {
    let mut harbor = Harbor::new(16);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let first = ask(&link, "first goes in part");
    let middle = ask(&link, "middle");
    let last = ask(&link, "last");
    settle().await;
    assert!(harbor.written(0).ends_with("1 first goes in "));
    // nothing wakes the link here but the socket that becomes free
    middle.abort();
    settle().await;
    peer.expect("1 first goes in part").await;
    peer.expect("3 last").await;
    peer.say("= 1 A\n= 3 C").await;
    assert_eq!(soon(first).await.unwrap().unwrap(), "A");
    assert_eq!(soon(last).await.unwrap().unwrap(), "C");
    assert!(!harbor.written(0).contains("middle"));
}

#[tokio::test(start_paused = true)]
async fn what_stood_behind_a_cut_still_says_whether_it_was_sent() {
    let mut harbor = Harbor::new(16);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let first = ask(&link, "first goes in part");
    let middle = ask(&link, "in the middle stood a long one");
    let last = ask(&link, "last");
    settle().await;
    middle.abort();
    peer.expect("1 first goes in part").await;
    settle().await;
    assert!(harbor.written(0).ends_with("3 last\n"));
    drop(peer);
    for request in [first, last] {
        assert_eq!(lost_sent(&soon(request).await.unwrap()), Some(true));
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_in_the_buffer_cuts_the_request_out_and_says_unsent() {
    let mut harbor = Harbor::new(16);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let first = ask(&link, "first goes in part");
    settle().await;
    let middle = link.request_within("middle".into(), Duration::from_secs(1));
    let begun = link.request_within("x".into(), Duration::from_secs(2));
    let (middle, last) = tokio::join!(middle, begun);
    assert_eq!((timed_out_sent(&middle), timed_out_sent(&last)), (Some(false), Some(false)));
    let after = ask(&link, "after");
    settle().await;
    peer.expect("1 first goes in part").await;
    peer.expect("4 after").await;
    peer.say("= 4 D\n= 1 A").await;
    assert_eq!((soon(first).await.unwrap().unwrap(), soon(after).await.unwrap().unwrap()), ("A".into(), "D".into()));
}

#[tokio::test(start_paused = true)]
async fn a_future_dropped_when_half_written_is_finished() {
    let mut harbor = Harbor::new(16);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let half = ask(&link, "half of this is written");
    settle().await;
    half.abort();
    let next = ask(&link, "next");
    settle().await;
    peer.expect("1 half of this is written").await;
    peer.expect("2 next").await;
    peer.say("= 1 HALF\n= 2 NEXT").await;
    assert_eq!(soon(next).await.unwrap().unwrap(), "NEXT");
    assert_eq!(link.stats().late_replies, 1);
}

#[tokio::test(start_paused = true)]
async fn a_tombstone_counts_among_the_pending() {
    let mut config = config();
    config.pending = 2;
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config).await;
    let gone = [ask(&link, "a"), ask(&link, "b")];
    settle().await;
    for request in gone {
        request.abort();
    }
    peer.expect("1 a").await;
    peer.expect("2 b").await;
    let refused = link.request_within("c".into(), Duration::from_secs(1)).await;
    assert_eq!(timed_out_sent(&refused), Some(false), "both places are taken by those who left");
    peer.say("= 1 A").await;
    let (reply, ()) = tokio::join!(link.request("d".into()), async {
        peer.expect("3 d").await;
        peer.say("= 3 D").await;
    });
    assert_eq!(reply.unwrap(), "D");
    // the other tombstone goes with its deadline
    tokio::time::sleep(Duration::from_secs(11)).await;
    let (e, f) = (ask(&link, "e"), ask(&link, "f"));
    peer.expect("4 e").await;
    peer.expect("5 f").await;
    peer.say("= 4 E\n= 5 F").await;
    assert!(soon(e).await.unwrap().is_ok() && soon(f).await.unwrap().is_ok());
}
