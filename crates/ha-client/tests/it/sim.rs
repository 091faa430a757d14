//! Against the simulated Home Assistant: what people do with a client.

use crate::peer::{Seen, builder, event, home, soon};
use futures_util::StreamExt;
use ha_client::request::{CallService, GetStates, Raw, SubscribeEntities, SubscribeTrigger};
use ha_client::{Client, Delivery, Error, LinkError, Retry, State, StateChanged, Subscription};
use ifbus_sim::ha::HomeSim;
use serde_json::{Value, json};
use std::time::Duration;

static_assertions::assert_impl_all!(Client: Clone, Send, Sync, std::fmt::Debug);

#[tokio::test]
async fn the_mirror_is_full_when_the_connection_stands() {
    let (sim, home) = home().await;
    assert_eq!(&*home.version(), "2026.2.3");
    assert!(!home.is_stale());
    assert_eq!(home.entities().len(), home.send(GetStates::new()).await.unwrap().len());
    let sensor = home.entity("sensor.studio_temperature").unwrap();
    assert_eq!((sensor.number(), sensor.attribute("unit_of_measurement")), (Some(21.4), Some(&json!("°C"))));
    sim.set_state("sensor.new_one", "7", json!({"x": 1}));
    let new =
        home.wait_for("sensor.new_one", |state| state.number() == Some(7.0), Duration::from_secs(5)).await.unwrap();
    assert_eq!(new.attribute("x"), Some(&json!(1)));
    // the mirror and a full read agree
    for state in home.states().await.unwrap() {
        let mirrored = home.entity(&state.entity_id).unwrap();
        assert_eq!((&mirrored.state, &mirrored.attributes), (&state.state, &state.attributes));
        assert_eq!(mirrored.context.id, state.context.id);
        assert_eq!((mirrored.last_changed, mirrored.last_updated), (state.last_changed, state.last_updated));
    }
}

#[tokio::test]
async fn a_service_call_and_its_effects() {
    let (sim, home) = home().await;
    let mut changed = home.events_of::<StateChanged>().await.unwrap();
    let call = home.call_service("light", "turn_on").entity("light.on_air_sign").data("rgb_color", [255, 0, 0]);
    let reply = call.data("brightness", 200).await.unwrap();
    // the state comes before the reply: the mirror has it, and so has the stream
    let sign = home.entity("light.on_air_sign").unwrap();
    assert!(sign.is_on());
    assert_eq!(sign.attribute("rgb_color"), Some(&json!([255, 0, 0])));
    assert_eq!(sign.context.id, reply.context.id);
    let told = event(&mut changed).await;
    assert_eq!((&*told.entity_id, &told.context), ("light.on_air_sign", &reply.context));
    assert!(told.old_state.unwrap().is_off() && told.new_state.unwrap().is_on());
    assert_eq!(sim.calls(), ["light.turn_on"]);
    // the same as a plain request
    home.send(CallService::new("light", "turn_off").entities(["light.on_air_sign", "light.key_light"])).await.unwrap();
    assert!(home.entity("light.on_air_sign").unwrap().is_off());
}

#[tokio::test]
async fn refusals_are_told_in_home_assistants_words() {
    let (_sim, home) = home().await;
    let error = home.call_service("light", "nope").await.unwrap_err();
    let Error::Rejected { request, code, message, translation_key, .. } = &error else { panic!("{error}") };
    assert_eq!((&**request, &**code, &**message), ("call_service", "not_found", "Service light.nope not found."));
    assert_eq!((translation_key.as_deref(), error.retry()), (Some("service_not_found"), Retry::Never));
    let error = home.request(json!({"id": 1, "type": "no/such"})).await.unwrap_err();
    assert_eq!(error.code(), Some("unknown_command"));
    let error =
        home.call_service("light", "turn_on").entity("light.key_light").data("brightness", "x").await.unwrap_err();
    assert_eq!(error.code(), Some("invalid_format"));
    let error = home.subscribe(SubscribeTrigger::new(json!({"platform": "nope"}))).await.unwrap_err();
    assert_eq!(error.code(), Some("invalid_format"));
}

#[tokio::test]
async fn unknown_entities_can_be_found_out_before() {
    let (sim, home) = home().await;
    let call = || home.call_service("light", "turn_on").entity("light.key_ligth");
    call().await.unwrap();
    let error = call().check_targets().await.unwrap_err();
    let Error::UnknownEntity { entity_id, suggestion, .. } = &error else { panic!("{error}") };
    assert_eq!((&**entity_id, suggestion.as_deref()), ("light.key_ligth", Some("light.key_light")));
    assert_eq!(sim.calls().len(), 1);
    let careful = builder(&sim).check_targets(true).connect().await.unwrap();
    assert!(careful.call_service("light", "turn_on").entity("light.nothing_like_it_at_all").await.is_err());
    careful.call_service("light", "turn_on").entity("all").await.unwrap();
    let blind = builder(&sim).check_targets(true).entities(false).connect().await.unwrap();
    assert!(matches!(
        blind.call_service("light", "turn_on").entity("light.x").await,
        Err(Error::Link(LinkError::InvalidArgument { .. }))
    ));
    assert!(blind.is_stale() && blind.entities().is_empty());
    assert!(blind.wait_for("light.x", |_| true, Duration::from_secs(5)).await.is_err());
    assert_eq!(sim.calls().len(), 2);
}

#[tokio::test]
async fn waiting_for_a_state() {
    let (sim, home) = home().await;
    let (motion, second) = ("binary_sensor.studio_motion", Duration::from_secs(5));
    let soon_on = home.wait_for(motion, State::is_on, second);
    let switching = async {
        sim.set_state("light.key_light", "on", Value::Null);
        // a state that stands for no time at all is seen
        sim.set_state(motion, "on", Value::Null);
        sim.set_state(motion, "off", Value::Null);
    };
    let (reached, ()) = tokio::join!(soon_on, switching);
    assert!(reached.unwrap().is_on());
    // at once
    home.wait_for(motion, State::is_off, second).await.unwrap();
    let error = home.wait_for(motion, State::is_on, Duration::from_millis(20)).await.unwrap_err();
    assert!(matches!(&error, Error::NotReached { last: Some(last), .. } if &**last == "off"), "{error}");
    let error = home.wait_for("light.not_there", |_| true, Duration::from_millis(20)).await.unwrap_err();
    assert!(matches!(&error, Error::NotReached { last: None, .. }), "{error}");
}

#[tokio::test]
async fn events_of_ones_own() {
    let (_sim, home) = home().await;
    let mut mine = home.events_named("ifbus_production").await.unwrap();
    let mut all = home.events().await.unwrap();
    let fired = home.fire_event("ifbus_production", json!({"state": "live"})).await.unwrap();
    let heard = event(&mut mine).await;
    assert_eq!((&*heard.event_type, heard.data.text()), ("ifbus_production", r#"{"state":"live"}"#));
    assert_eq!(heard.context, fired.context);
    assert_eq!(event(&mut all).await, heard);
    home.close().await;
    assert!(soon(mine.next()).await.is_none() && soon(all.next()).await.is_none());
}

#[tokio::test]
async fn triggers_run_at_the_server() {
    let (sim, home) = home().await;
    let trigger = json!({"platform": "numeric_state", "entity_id": "sensor.studio_temperature", "above": 25});
    let mut hot = home.trigger(trigger).await.unwrap();
    let mut on = home.subscribe(SubscribeTrigger::state("binary_sensor.studio_motion", "on")).await.unwrap();
    sim.set_state("sensor.studio_temperature", "26.5", Value::Null);
    sim.set_state("binary_sensor.studio_motion", "on", Value::Null);
    let fired = event(&mut hot).await;
    assert_eq!((&*fired.platform, fired.to_state.unwrap().number()), ("numeric_state", Some(26.5)));
    let fired = event(&mut on).await;
    assert_eq!(fired.entity_id.as_deref(), Some("binary_sensor.studio_motion"));
    assert!(fired.from_state.unwrap().is_off());
}

#[tokio::test]
async fn any_command_and_any_subscription() {
    let (_sim, home) = home().await;
    let config = home.config().await.unwrap();
    assert_eq!((&*config.state, &*config.version), ("RUNNING", "2026.2.3"));
    assert!(home.current_user().await.unwrap().is_admin);
    assert!(home.services().await.unwrap()["light"].contains_key("turn_on"));
    home.ping().await.unwrap();
    let target = json!({"entity_id": ["light.key_light"]});
    let found = home.send(Raw::new("extract_from_target").field("target", target)).await.unwrap();
    assert_eq!(found["referenced_entities"], json!(["light.key_light"]));
    let mut raw = home.subscribe(Raw::new("subscribe_events").field("event_type", "x")).await.unwrap();
    home.fire_event("x", json!({})).await.unwrap();
    assert!(event(&mut raw).await.text().contains(r#""event_type":"x""#));
    let mut one = home.subscribe(SubscribeEntities::only(["light.key_light"])).await.unwrap();
    assert!(event(&mut one).await.text().contains("light.key_light"));
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_unsubscribed() {
    let sim = HomeSim::start().await.unwrap();
    let seen = Seen::default();
    let home = builder(&sim).tap(seen.tap()).connect().await.unwrap();
    let stream = home.events_named("x").await.unwrap();
    drop(stream);
    seen.has("\"type\":\"unsubscribe_events\",\"subscription\":3}").await;
    // and so is one whose future was dropped on the way
    sim.knobs().reply_delay(Duration::from_millis(300));
    let opening = home.events_named("y");
    assert!(tokio::time::timeout(Duration::from_millis(30), opening).await.is_err());
    seen.has("\"type\":\"unsubscribe_events\",\"subscription\":5}").await;
}

#[tokio::test]
async fn a_slow_reader_loses_its_own_events_and_is_told() {
    let sim = HomeSim::start().await.unwrap();
    let home = builder(&sim).event_queue(Subscription::with_capacity(8)).connect().await.unwrap();
    let mut slow = home.changes_of("counter.takes");
    for _ in 0..50 {
        home.call_service("counter", "increment").entity("counter.takes").await.unwrap();
    }
    assert!(matches!(soon(slow.recv()).await, Some(Delivery::Lagged { missed: 42, .. })));
    let last = event(&mut slow).await;
    assert_eq!(last.new.unwrap().state, "43");
    assert_eq!(home.entity("counter.takes").unwrap().state, "50");
}

#[tokio::test]
async fn more_than_a_thousand_at_once() {
    let (_sim, home) = home().await;
    let calls = (0..1500).map(|_| {
        let home = home.clone();
        async move { home.call_service("counter", "increment").entity("counter.takes").await }
    });
    let replies = soon(futures_util::future::join_all(calls)).await;
    assert!(replies.iter().all(Result::is_ok));
    assert_eq!(home.entity("counter.takes").unwrap().state, "1500");
}

#[tokio::test]
async fn nothing_shows_the_token() {
    let sim = HomeSim::builder().token("a-plain-token-1234").start().await.unwrap();
    let seen = Seen::default();
    let home = builder(&sim).tap(seen.tap()).connect().await.unwrap();
    let code = home.call_service("lock", "lock").entity("lock.studio_door").data("code", "open-sesame").await;
    #[cfg(feature = "rest")]
    home.rest().check().await.unwrap();
    let shown = format!("{home:?} {code:?} {:?} {:?}", builder(&sim), seen.all());
    assert!(!shown.contains("a-plain-token") && !shown.contains("open-sesame"), "{shown}");
    assert!(shown.contains("auth_ok") && shown.contains("[redacted]"));
}
