//! The session without a socket.

use super::*;
use crate::event::Encoding;
use ifbus_link::{Codec as _, End};

const SECOND: Duration = Duration::from_secs(1);

fn frames(text: &str) -> Vec<Frame> {
    let (mut codec, mut buffer) = (crate::Codec::default(), bytes::BytesMut::from(text));
    let mut frames = Vec::new();
    while let Some(frame) = codec.decode(&mut buffer).unwrap() {
        frames.push(frame);
    }
    frames
}

fn hear(session: &mut EslSession, text: &str, actions: &mut Actions<EslSession>) {
    for frame in frames(text) {
        session.handle(frame, actions);
    }
}

fn sent(actions: &mut Actions<EslSession>) -> Vec<String> {
    let sends = actions.take_sends().into_iter();
    sends.map(|(_, command)| String::from_utf8_lossy(command.bytes()).trim_end().to_owned()).collect()
}

fn ready() -> (EslSession, Actions<EslSession>) {
    let auth = Auth { user: None, password: "ClueCon".to_owned().into() };
    let intent = Intent::new(Encoding::Plain, Selection::from("BACKGROUND_JOB"));
    let settings = Settings { idle: Some(SECOND), grace: SECOND };
    let mut session = EslSession::new(Login::Inbound(auth), settings, intent, None);
    let mut actions = Actions::new(Instant::now());
    session.opened(&mut actions);
    assert!(sent(&mut actions).is_empty(), "the server speaks first");
    hear(&mut session, "Content-Type: auth/request\n\n", &mut actions);
    assert_eq!(sent(&mut actions), ["auth ClueCon"]);
    hear(&mut session, "Content-Type: command/reply\nReply-Text: +OK accepted\n\n", &mut actions);
    assert_eq!(sent(&mut actions), ["api version", "event plain BACKGROUND_JOB"]);
    hear(&mut session, "Content-Type: api/response\nContent-Length: 2\n\nv1", &mut actions);
    assert!(!actions.take_ready());
    hear(&mut session, OK, &mut actions);
    assert!(actions.take_ready());
    (session, actions)
}

const OK: &str = "Content-Type: command/reply\nReply-Text: +OK\n\n";

fn ask(what: What) -> Ask {
    Ask { what, within: SECOND }
}

fn status() -> What {
    What::Command(Command::line("api", "status").unwrap())
}

#[test]
fn a_tombstone_keeps_the_order() {
    let (mut session, mut actions) = ready();
    for id in 1..=3 {
        session.submit(Slot::from_id(id), ask(status()), &mut actions);
    }
    // the second is gone before it was written, the first after
    session.expired(Slot::from_id(2), false, &mut actions);
    session.expired(Slot::from_id(1), true, &mut actions);
    hear(&mut session, OK, &mut actions);
    assert!(actions.take_replies().is_empty());
    hear(&mut session, OK, &mut actions);
    let replies = actions.take_replies();
    assert_eq!(replies.into_iter().map(|(slot, _)| slot.id()).collect::<Vec<_>>(), [3]);
}

#[test]
fn a_refused_step_refuses_the_change_and_changes_nothing() {
    let (mut session, mut actions) = ready();
    let change = Change::Filter("Unique-ID".into(), "x".into());
    session.submit(Slot::from_id(1), ask(What::Change(change)), &mut actions);
    assert_eq!(sent(&mut actions), ["filter Event-Name BACKGROUND_JOB", "filter Unique-ID x"]);
    hear(&mut session, "Content-Type: command/reply\nReply-Text: -ERR permission denied\n\n", &mut actions);
    hear(&mut session, OK, &mut actions);
    let replies = actions.take_replies();
    assert!(matches!(&replies[..], [(_, Ok(Reply::Frame(frame)))] if words(frame) == "-ERR permission denied"));
    assert_eq!(session.intent.restore().unwrap().len(), 1);
}

#[test]
fn the_time_of_the_oldest_command_tells_slow_from_dead() {
    let (mut session, mut actions) = ready();
    let now = actions.now();
    assert_eq!(session.timeout(), Some(now + SECOND));
    session.submit(Slot::from_id(1), Ask { what: status(), within: 60 * SECOND }, &mut actions);
    assert_eq!(session.timeout(), Some(now + 61 * SECOND));
    session.handle_timeout(&mut actions);
    assert!(actions.take_end().is_none(), "too soon");
    let mut late = Actions::new(now + 61 * SECOND);
    session.handle_timeout(&mut late);
    assert!(matches!(late.take_end(), Some(End::Lost(Lost::Silent(_)))));
    // an answer makes it idle again, and then it is asked
    hear(&mut session, OK, &mut actions);
    let mut idle = Actions::new(now + SECOND);
    session.handle_timeout(&mut idle);
    assert_eq!(sent(&mut idle), ["api uptime"]);
}

#[test]
fn a_job_of_a_caller_who_has_gone_is_forgotten() {
    let (mut session, mut actions) = ready();
    let job = || What::Job(Command::line("bgapi", "x").unwrap(), "j1".into());
    session.submit(Slot::from_id(1), ask(job()), &mut actions);
    hear(&mut session, OK, &mut actions);
    assert_eq!(session.jobs.len(), 1);
    session.expired(Slot::from_id(1), true, &mut actions);
    assert!(session.jobs.is_empty());
    hear(
        &mut session,
        "Content-Length: 43\nContent-Type: text/event-plain\n\nEvent-Name: BACKGROUND_JOB\nJob-UUID: j1\n\nxyz",
        &mut actions,
    );
    assert!(actions.take_replies().is_empty());
    assert_eq!(actions.take_events().len(), 1);
    session.submit(Slot::from_id(2), ask(job()), &mut actions);
    hear(&mut session, OK, &mut actions);
    session.lost();
    assert!(session.jobs.is_empty() && session.sent.is_empty() && session.timeout().is_none());
}

#[test]
fn notices_of_an_end_and_of_a_linger_are_told_apart() {
    let (mut session, mut actions) = ready();
    hear(
        &mut session,
        "Content-Type: text/disconnect-notice\nContent-Disposition: linger\nLinger-Time: -1\nContent-Length: 0\n\n",
        &mut actions,
    );
    assert!(actions.take_end().is_none());
    assert!(matches!(&actions.take_events()[..], [News::Linger(_)]));
    hear(
        &mut session,
        "Content-Type: text/disconnect-notice\nContent-Length: 20\n\nbye\nSee you at Clue!\n",
        &mut actions,
    );
    assert!(matches!(actions.take_end(), Some(End::Lost(Lost::Closed { reason, .. })) if &*reason == "bye"));
}
