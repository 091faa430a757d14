//! The state machine without a socket: what it sends, replies and tells for what comes.

use super::*;
use ifbus_link::End;
use serde_json::{Value, json};
use tokio::time::Instant;

type Did = Actions<HomeSession>;

fn session(mirrored: bool) -> (HomeSession, Arc<Shared>, Did) {
    let shared = Arc::new(Shared::default());
    let session = HomeSession::new("test-secret".into(), Arc::clone(&shared), mirrored, true);
    (session, shared, Actions::new(Instant::now()))
}

fn hear(session: &mut HomeSession, actions: &mut Did, message: &Value) {
    session.handle(WsIn::Text(message.to_string().into()), actions);
}

/// What was sent, in order.
fn sent(actions: &mut Did) -> Vec<Value> {
    let texts = actions.take_sends().into_iter().map(|(_, output)| match output {
        WsOut::Text(text) => serde_json::from_str(&text).unwrap(),
        other => panic!("{other:?}"),
    });
    texts.collect()
}

fn login(session: &mut HomeSession, actions: &mut Did) -> Vec<Value> {
    session.opened(actions);
    assert!(sent(actions).is_empty(), "the server speaks first");
    hear(session, actions, &json!({"type": "auth_required", "ha_version": "2026.2.3"}));
    assert_eq!(sent(actions), [json!({"type": "auth", "access_token": "test-secret"})]);
    hear(session, actions, &json!({"type": "auth_ok", "ha_version": "2026.2.3"}));
    sent(actions)
}

fn standing() -> (HomeSession, Did) {
    let (mut session, _, mut actions) = session(false);
    login(&mut session, &mut actions);
    assert!(actions.take_ready());
    (session, actions)
}

fn command(name: &'static str) -> Command {
    Command { name: name.into(), body: format!("{{\"type\":\"{name}\"}}") }
}

fn subscribe(session: &mut HomeSession, actions: &mut Did, key: u64) -> Arc<()> {
    let owner = Arc::new(());
    let ask = Ask::Subscribe { key, owner: Arc::downgrade(&owner), command: command("subscribe_events") };
    session.submit(Slot::from_id(1000 + key), ask, actions);
    owner
}

fn replies(actions: &mut Did) -> Vec<(u64, Result<Value, String>)> {
    let replies = actions.take_replies().into_iter();
    replies.map(|(slot, reply)| (slot.id(), reply.unwrap().map(|json| json.value()).map_err(|f| f.code))).collect()
}

#[test]
fn the_mirror_is_full_before_requests_go_out() {
    let (mut session, shared, mut actions) = session(true);
    let first = login(&mut session, &mut actions);
    assert_eq!(
        first,
        [
            json!({"id": 1, "type": "supported_features", "features": {"coalesce_messages": 1}}),
            json!({"id": 2, "type": "subscribe_entities"}),
        ]
    );
    assert_eq!(&*shared.version(), "2026.2.3");
    let dump = json!([
        {"id": 1, "type": "result", "success": true, "result": null},
        {"id": 2, "type": "result", "success": true, "result": null},
    ]);
    hear(&mut session, &mut actions, &dump);
    assert!(!actions.take_ready() && shared.mirror.read().stale);
    hear(
        &mut session,
        &mut actions,
        &json!({"id": 2, "type": "event", "event": {"a": {"light.x": {"s": "on", "lc": 1.0}}}}),
    );
    assert!(actions.take_ready() && !shared.mirror.read().stale);
    assert!(shared.mirror.read().get("light.x").unwrap().is_on());
    assert!(matches!(&actions.take_events()[..], [News::Entity(change)] if change.old.is_none()));
    session.lost();
    assert!(shared.mirror.read().stale && shared.mirror.read().get("light.x").is_some());
}

#[test]
fn a_server_without_the_mirror_is_used_without_it() {
    let (mut session, shared, mut actions) = session(true);
    login(&mut session, &mut actions);
    let refusal = json!({"id": 2, "type": "result", "success": false, "error": {"code": "unknown_command", "message": "Unknown command."}});
    hear(&mut session, &mut actions, &refusal);
    assert!(actions.take_ready() && shared.mirror.read().stale);
}

#[test]
fn a_refused_token_ends_it_in_home_assistants_words() {
    let (mut session, _, mut actions) = session(true);
    hear(&mut session, &mut actions, &json!({"type": "auth_required"}));
    hear(&mut session, &mut actions, &json!({"type": "auth_invalid", "message": "Invalid access token or password"}));
    let Some(End::Refused(refusal)) = actions.take_end() else { panic!() };
    assert_eq!((refusal.kind, &*refusal.message), (RefusalKind::Credentials, "Invalid access token or password"));
}

#[test]
fn no_token_for_another_kind_of_server() {
    for first in ["{\"op\":0}", "hello", "[]{}", "{\"type\":\"pong\",\"id\":1}"] {
        let (mut session, _, mut actions) = session(true);
        session.handle(WsIn::Text(first.into()), &mut actions);
        let Some(End::Refused(refusal)) = actions.take_end() else { panic!("{first}") };
        assert_eq!(refusal.kind, RefusalKind::WrongService);
        assert!(sent(&mut actions).is_empty());
    }
}

#[test]
fn replies_find_their_requests_in_any_order_and_late_ones_nobody() {
    let (mut session, mut actions) = standing();
    for slot in 1..=3 {
        session.submit(Slot::from_id(slot), Ask::Command(command("get_states")), &mut actions);
    }
    let ids: Vec<_> = sent(&mut actions).iter().map(|message| message["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, [2, 3, 4], "1 was supported_features");
    session.expired(Slot::from_id(2), true, &mut actions);
    let messages = json!([
        {"id": 4, "type": "result", "success": true, "result": "c"},
        {"id": 3, "type": "result", "success": true, "result": "late"},
        {"id": 99, "type": "result", "success": true, "result": "never asked"},
        {"id": null, "type": "result", "success": false, "error": {"code": "invalid_format", "message": ""}},
        {"id": 99, "type": "event", "event": {}},
        {"id": 2, "type": "result", "success": false, "error": {"code": "not_found", "message": "x"}},
        {"id": 2, "type": "result", "success": true, "result": "twice"},
    ]);
    hear(&mut session, &mut actions, &messages);
    assert_eq!(replies(&mut actions), [(3, Ok(json!("c"))), (1, Err("not_found".into()))]);
    assert!(actions.take_end().is_none() && actions.take_events().is_empty());
}

#[test]
fn a_ping_is_answered_by_pong() {
    let (mut session, mut actions) = standing();
    session.submit(Slot::from_id(1), Ask::Command(command("ping")), &mut actions);
    session.ping(&mut actions);
    assert_eq!(sent(&mut actions), [json!({"id": 2, "type": "ping"}), json!({"id": 3, "type": "ping"})]);
    hear(&mut session, &mut actions, &json!([{"id": 3, "type": "pong"}, {"id": 2, "type": "pong"}]));
    assert_eq!(replies(&mut actions), [(1, Ok(Value::Null))]);
}

#[test]
fn accepted_subscriptions_with_an_owner_are_restored() {
    let (mut session, mut actions) = standing();
    let kept = subscribe(&mut session, &mut actions, 1);
    let orphan = subscribe(&mut session, &mut actions, 2);
    let _refused = subscribe(&mut session, &mut actions, 3);
    let _unanswered = subscribe(&mut session, &mut actions, 4);
    let ok = |id: u64| json!({"id": id, "type": "result", "success": true, "result": null});
    let no = |id: u64| json!({"id": id, "type": "result", "success": false, "error": {"code": "unauthorized", "message": "Unauthorized"}});
    hear(&mut session, &mut actions, &json!([ok(2), ok(3), no(4)]));
    assert_eq!(replies(&mut actions).len(), 3);
    sent(&mut actions);
    session.lost();
    drop(orphan);
    let again = login(&mut session, &mut actions);
    assert_eq!(again[1..], [json!({"id": 2, "type": "subscribe_events"})]);
    // its events come under the new id
    hear(&mut session, &mut actions, &json!([ok(2), {"type": "event", "event": 7, "id": 2}]));
    assert!(matches!(&actions.take_events()[..], [News::Event { key: 1, event }] if event.text() == "7"));
    // a server that refuses it this time: the owner is told
    session.lost();
    login(&mut session, &mut actions);
    hear(&mut session, &mut actions, &no(2));
    assert!(matches!(&actions.take_events()[..], [News::Ended { key: 1, why }] if why.code == "unauthorized"));
    session.lost();
    assert_eq!(login(&mut session, &mut actions).len(), 1);
    drop(kept);
}

#[test]
fn what_is_refused_while_the_server_still_starts_is_asked_for_again() {
    let (mut session, mut actions) = standing();
    let kept = subscribe(&mut session, &mut actions, 1);
    let outcome = |id: u64, success: bool| json!({"id": id, "type": "result", "success": success, "result": null, "error": {"code": "unknown_error", "message": "not there yet"}});
    hear(&mut session, &mut actions, &outcome(2, true));
    sent(&mut actions);
    session.lost();
    login(&mut session, &mut actions);
    let refused = |session: &mut HomeSession, id: u64, now: Instant| {
        let mut actions = Actions::new(now);
        hear(session, &mut actions, &outcome(id, false));
        actions
    };
    let mut now = actions.now();
    let mut pauses = Vec::new();
    let mut id = 2;
    // the pause doubles, and one day it has been enough
    let why = loop {
        let mut actions = refused(&mut session, id, now);
        if let Some(event) = actions.take_events().pop() {
            break event;
        }
        let due = session.timeout().expect("it will be asked for again");
        pauses.push((due - now).as_millis());
        now = due;
        let mut actions = Actions::new(now);
        session.handle_timeout(&mut actions);
        id += 1;
        assert_eq!(sent(&mut actions), [json!({"id": id, "type": "subscribe_events"})]);
        assert_eq!(session.timeout(), None, "the answer is awaited");
    };
    assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 16000, 32000]);
    assert!(matches!(why, News::Ended { key: 1, why } if why.code == "unknown_error"));
    drop(kept);
    // one that is accepted the second time goes on under its new id
    let kept = subscribe(&mut session, &mut actions, 2);
    hear(&mut session, &mut actions, &outcome(id + 1, true));
    sent(&mut actions);
    session.lost();
    login(&mut session, &mut actions);
    refused(&mut session, 2, now);
    let mut actions = Actions::new(session.timeout().unwrap());
    session.handle_timeout(&mut actions);
    hear(&mut session, &mut actions, &json!([outcome(3, true), {"type": "event", "event": 7, "id": 3}]));
    assert!(matches!(&actions.take_events()[..], [News::Event { key: 2, event }] if event.text() == "7"));
    assert_eq!(session.timeout(), None);
    drop(kept);
}

#[test]
fn who_has_gone_is_unsubscribed() {
    let (mut session, mut actions) = standing();
    let by_sweep = subscribe(&mut session, &mut actions, 1);
    let by_event = subscribe(&mut session, &mut actions, 2);
    let _by_deadline = subscribe(&mut session, &mut actions, 3);
    let kept = subscribe(&mut session, &mut actions, 4);
    sent(&mut actions);
    drop((by_sweep, by_event));
    hear(&mut session, &mut actions, &json!({"type": "event", "event": {}, "id": 3}));
    assert_eq!(sent(&mut actions), [json!({"id": 6, "type": "unsubscribe_events", "subscription": 3})]);
    session.submit(Slot::from_id(9), Ask::Sweep, &mut actions);
    assert_eq!(sent(&mut actions), [json!({"id": 7, "type": "unsubscribe_events", "subscription": 2})]);
    session.expired(Slot::from_id(1003), true, &mut actions);
    assert_eq!(sent(&mut actions), [json!({"id": 8, "type": "unsubscribe_events", "subscription": 4})]);
    assert!(actions.take_events().is_empty());
    hear(&mut session, &mut actions, &json!({"type": "event", "event": {}, "id": 5}));
    assert_eq!(actions.take_events().len(), 1);
    drop(kept);
}

#[test]
fn the_connection_ends_with_a_close_and_with_nonsense() {
    let (mut session, mut actions) = standing();
    session.handle(WsIn::Text("no json".into()), &mut actions);
    assert!(matches!(actions.take_end(), Some(End::Lost(Lost::Malformed(_)))));
    session.handle(WsIn::Binary(vec![0, 1].into()), &mut actions);
    session.handle(WsIn::Alive, &mut actions);
    hear(&mut session, &mut actions, &json!({"type": "novelty", "x": 1}));
    assert!(actions.take_end().is_none());
    assert!(matches!(&actions.take_events()[..], [News::Unknown(_)]));
}

#[test]
fn the_tap_sees_no_token() {
    let (session, ..) = session(true);
    let text = WsOut::Text(r#"{"type":"auth","access_token":"test-secret"}"#.into());
    assert_eq!(session.show_out(&text), br#"{"type":"auth","access_token":"[redacted]"}"#);
    let text = WsIn::Text(format!("{{\"result\":\"eyJa.b.{}\"}}", "c".repeat(20)).into());
    assert_eq!(session.show_in(&text), br#"{"result":"[redacted]"}"#);
}
