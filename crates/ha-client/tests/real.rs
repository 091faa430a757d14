//! Against a real Home Assistant: `IFBUS_HA` and `IFBUS_HA_TOKEN` (of an administrator) name it. It switches the lamps of the demo
//! studio.
#![cfg(feature = "real-server")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use ha_client::request::Raw;
use ha_client::{Client, Delivery, Error, EventStream, LinkError, Reconnect, State, StateChanged};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(20);

fn var(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: `cargo xtask servers` starts a Home Assistant and says it"))
}

async fn home() -> Client {
    let quick = Reconnect::forever().steps(Duration::from_millis(10), Duration::from_millis(100));
    let builder =
        Client::builder(var("IFBUS_HA"), var("IFBUS_HA_TOKEN")).tap(ifbus_testing::wire_log()).reconnect(quick);
    timeout(SOON, builder.connect()).await.unwrap().unwrap()
}

async fn event<T: 'static>(stream: &mut EventStream<T>) -> T {
    loop {
        match timeout(SOON, stream.recv()).await.unwrap() {
            Some(Delivery::Event(event)) => return event,
            Some(_) => {}
            None => panic!("the end: {:?}", stream.error()),
        }
    }
}

/// One test, since there is one house: each part finds it as the part before left it.
#[tokio::test]
async fn everything_that_the_studio_needs() {
    if std::env::var_os("IFBUS_HA").is_none() {
        eprintln!("skipped: IFBUS_HA names no Home Assistant; `cargo xtask real homeassistant` starts one");
        return;
    }
    let home = home().await;
    system(&home).await;
    let lamp = lamp(&home);
    services(&home, &lamp).await;
    refusals(&home).await;
    events(&home, &lamp).await;
    templates(&home).await;
    #[cfg(feature = "rest")]
    rest(&home).await;
    thousand(&home).await;
    the_mirror_is_what_is(&home).await;
    home.close().await;
    wrong_token().await;
}

/// A lamp that can have a colour.
fn lamp(home: &Client) -> String {
    let wanted = "light.on_air_sign";
    if home.entity(wanted).is_some() {
        return wanted.to_owned();
    }
    let lamps = home.entities();
    lamps.iter().find(|state| state.domain() == "light" && state.is_available()).unwrap().entity_id.to_string()
}

async fn system(home: &Client) {
    let config = home.config().await.unwrap();
    assert_eq!((&*config.version, &*config.state), (&*home.version(), "RUNNING"));
    assert!(home.current_user().await.unwrap().is_admin);
    assert!(home.services().await.unwrap().contains_key("light"));
    home.ping().await.unwrap();
    assert!(home.request(json!({"type": "config/area_registry/list"})).await.unwrap().is_array());
}

async fn services(home: &Client, lamp: &str) {
    home.call_service("light", "turn_off").entity(lamp).await.unwrap();
    let mut changed = home.events_of::<StateChanged>().await.unwrap();
    let call = home.call_service("light", "turn_on").entity(lamp).data("brightness", 200);
    let reply = call.check_targets().await.unwrap();
    // the state comes before the reply
    let state = home.entity(lamp).unwrap();
    assert!(state.is_on());
    assert_eq!((state.attribute("brightness"), &state.context.id), (Some(&json!(200)), &reply.context.id));
    loop {
        let change = event(&mut changed).await;
        if &*change.entity_id == lamp {
            assert_eq!(change.context.id, reply.context.id);
            assert_eq!(change.new_state.unwrap().last_changed, state.last_changed);
            break;
        }
    }
    // success for what is not there
    home.call_service("light", "turn_on").entity("light.no_such_lamp").await.unwrap();
    home.call_service("light", "turn_off").entity("all").await.unwrap();
    home.wait_for(lamp, State::is_off, SOON).await.unwrap();
}

async fn refusals(home: &Client) {
    let error = home.call_service("light", "nope").await.unwrap_err();
    assert_eq!(error.code(), Some("not_found"), "{error}");
    let error = home.call_service("light", "turn_on").data("bogus", 1).entity("all").await.unwrap_err();
    assert_eq!(error.code(), Some("invalid_format"), "{error}");
    let error = home.send(Raw::new("no/such")).await.unwrap_err();
    assert_eq!(error.code(), Some("unknown_command"), "{error}");
}

async fn events(home: &Client, lamp: &str) {
    let mut mine = home.events_named("ifbus_test").await.unwrap();
    let fired =
        home.fire_event("ifbus_test", json!({"n": 12_345_678_901_234_567_890_u64, "s": "\r\n\0😀"})).await.unwrap();
    let heard = event(&mut mine).await;
    assert_eq!(heard.context, fired.context);
    assert_eq!(heard.data.value(), json!({"n": 12_345_678_901_234_567_890_u64, "s": "\r\n\0😀"}));
    let mut on = home.trigger(json!({"platform": "state", "entity_id": lamp, "to": "on"})).await.unwrap();
    home.call_service("light", "turn_on").entity(lamp).await.unwrap();
    let fired = event(&mut on).await;
    assert_eq!((fired.entity_id.as_deref(), fired.from_state.unwrap().is_off()), (Some(lamp), true));
}

async fn templates(home: &Client) {
    let mut sum = home.render_template("{{ [1, 2] }}").await.unwrap();
    assert_eq!(event(&mut sum).await.result, Ok(json!([1, 2])));
    let mut wrong = home.render_template("{{ 1 / 0 }}").await.unwrap();
    assert!(event(&mut wrong).await.result.unwrap_err().contains("division"));
}

#[cfg(feature = "rest")]
async fn rest(home: &Client) {
    let rest = home.rest();
    rest.check().await.unwrap();
    let (_, new) = rest.set_state("sensor.ifbus_probe", "1", &json!({"x": [1]})).await.unwrap();
    assert!(new);
    home.wait_for("sensor.ifbus_probe", |state| state.number() == Some(1.0), SOON).await.unwrap();
    assert_eq!(rest.state("sensor.ifbus_probe").await.unwrap().unwrap().attribute("x"), Some(&json!([1])));
    assert!(rest.remove_state("sensor.ifbus_probe").await.unwrap());
    assert!(rest.state("sensor.ifbus_probe").await.unwrap().is_none());
    assert_eq!(rest.template("{{ a }} {{ 1 + 1 }}", &json!({"a": "{{ x }}"})).await.unwrap(), "{{ x }} 2");
    assert_eq!(rest.template("{{ bad", &json!({})).await.unwrap_err().code(), Some("400"));
    assert!(rest.services().await.unwrap().contains_key("light"));
    let camera = home.entities().into_iter().find(|state| state.domain() == "camera" && state.is_available());
    if let Some(camera) = camera {
        // 503 while it is off
        home.call_service("camera", "turn_on").entity(&*camera.entity_id).await.unwrap();
        let still = rest.camera_still(&camera.entity_id).await.unwrap();
        assert!(still.content_type.starts_with("image/") && still.bytes.len() > 100);
    }
    assert_eq!(rest.camera_still("camera.no_such").await.unwrap_err().code(), Some("404"));
}

/// More than the server takes in one burst, were they sent in one.
async fn thousand(home: &Client) {
    let pings = (0..6000).map(|_| home.ping());
    let replies = timeout(SOON, futures_util::future::join_all(pings)).await.unwrap();
    assert!(replies.iter().all(Result::is_ok));
    assert_eq!(home.stats().reconnects, 0);
}

async fn the_mirror_is_what_is(home: &Client) {
    let states = home.states().await.unwrap();
    assert_eq!(states.len(), home.entities().len());
    for state in states {
        let mirrored = home.entity(&state.entity_id).unwrap();
        if mirrored.last_updated == state.last_updated {
            assert_eq!(
                (&mirrored.state, &mirrored.attributes),
                (&state.state, &state.attributes),
                "{}",
                state.entity_id
            );
            assert_eq!((&mirrored.context, mirrored.last_changed), (&state.context, state.last_changed));
        }
    }
}

async fn wrong_token() {
    let error = Client::connect(var("IFBUS_HA"), "wrong").await.unwrap_err();
    assert!(matches!(error, Error::Link(LinkError::Refused(_))), "{error}");
}

/// Restarts the server, where that is allowed: `cargo xtask real` allows it for those that it started.
#[tokio::test]
async fn everything_comes_back_after_a_restart() {
    if std::env::var_os("IFBUS_HA_MAY_RESTART").is_none() {
        eprintln!("skipped: IFBUS_HA_MAY_RESTART is not set");
        return;
    }
    let minutes = Duration::from_secs(180);
    let home = home().await;
    let mut mine = home.events_named("ifbus_test").await.unwrap();
    let mut started = home.events_named("homeassistant_started").await.unwrap();
    let before = home.entities().len();
    // the server goes before it answers
    let _ = home.call_service("homeassistant", "restart").await;
    assert!(matches!(timeout(minutes, mine.recv()).await.unwrap(), Some(Delivery::Reconnected { .. })));
    while home.config().await.unwrap().state != "RUNNING" {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(event(&mut started).await.event_type, "homeassistant_started");
    home.fire_event("ifbus_test", json!({})).await.unwrap();
    assert_eq!(event(&mut mine).await.event_type, "ifbus_test");
    assert!(home.entities().len() >= before && !home.is_stale());
}
