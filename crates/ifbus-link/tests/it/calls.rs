//! A question of the server's gets exactly one answer, whatever becomes of it here.

use crate::chat::{ASK_WITHIN, Chat};
use crate::harbor::{Harbor, config, settle, soon};
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn exactly_one_answer_to_each_question() {
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    peer.say("? 1 nobody listens yet").await;
    peer.expect("a 1 nobody").await;

    let mut calls = link.calls(2);
    peer.say("? 2 answered").await;
    let call = soon(calls.recv()).await.unwrap();
    assert_eq!(call.question(), "answered");
    call.answer("yes".into());
    peer.expect("a 2 yes").await;

    peer.say("? 3 dropped").await;
    drop(soon(calls.recv()).await.unwrap());
    peer.expect("a 3 nobody").await;

    peer.say("? 4 panic").await;
    let call = soon(calls.recv()).await.unwrap();
    let handler = tokio::spawn(async move {
        let _held = call;
        panic!("a handler with a mistake");
    });
    assert!(handler.await.is_err());
    peer.expect("a 4 nobody").await;

    peer.say("? 5 fits\n? 6 fits\n? 7 finds the queue full").await;
    peer.expect("a 7 nobody").await;
    soon(calls.recv()).await.unwrap().answer("five".into());
    soon(calls.recv()).await.unwrap().answer("six".into());
    peer.expect("a 5 five").await;
    peer.expect("a 6 six").await;

    peer.say("? 8 late").await;
    let late = soon(calls.recv()).await.unwrap();
    let asked = tokio::time::Instant::now();
    peer.expect("a 8 nobody").await;
    assert_eq!(asked.elapsed(), ASK_WITHIN);
    // the server may use the number again: the late answer is for the question before
    peer.say("? 8 again").await;
    let again = soon(calls.recv()).await.unwrap();
    late.answer("too late".into());
    settle().await;
    again.answer("in time".into());
    peer.expect("a 8 in time").await;

    drop(calls);
    peer.say("? 9 nobody listens any more").await;
    peer.expect("a 9 nobody").await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let written = harbor.written(0);
    for token in 1..=9 {
        let answers = written.lines().filter(|line| line.starts_with(&format!("a {token} "))).count();
        assert_eq!(answers, if token == 8 { 2 } else { 1 }, "token {token}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_for_a_connection_that_is_gone_reaches_no_other() {
    let mut harbor = Harbor::new(1024);
    let (link, mut peer) = harbor.up(Chat::default(), config()).await;
    let mut calls = link.calls(8);
    peer.say("? 1 before").await;
    let before = soon(calls.recv()).await.unwrap();
    drop(peer);
    let mut peer = harbor.accept().await;
    peer.login().await;
    peer.say("? 1 after").await;
    let after = soon(calls.recv()).await.unwrap();
    before.answer("before".into());
    settle().await;
    after.answer("after".into());
    peer.expect("a 1 after").await;
}

#[tokio::test(start_paused = true)]
async fn the_questions_end_with_the_link() {
    let mut harbor = Harbor::new(1024);
    let (link, _peer) = harbor.up(Chat::default(), config()).await;
    let mut calls = link.calls(1);
    link.close().await;
    assert!(soon(calls.recv()).await.is_none());
    assert!(soon(link.calls(1).recv()).await.is_none(), "those asked for afterwards too");
}
