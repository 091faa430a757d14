//! The REST API, against the simulated Home Assistant.

use crate::peer::{builder, home, soon};
use ha_client::{Client, Error, LinkError, Reconnect};
use ifbus_sim::ha::HomeSim;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn raw_states() {
    let (sim, home) = home().await;
    let rest = home.rest();
    rest.check().await.unwrap();
    let attributes = json!({"unit_of_measurement": "viewers", "friendly_name": "Zuschauer"});
    let (state, new) = rest.set_state("sensor.ifbus_viewers", "42", &attributes).await.unwrap();
    assert!(new);
    assert_eq!((state.number(), state.name()), (Some(42.0), "Zuschauer"));
    let (_, new) = rest.set_state("sensor.ifbus_viewers", "43", &attributes).await.unwrap();
    assert!(!new);
    assert_eq!(rest.state("sensor.ifbus_viewers").await.unwrap().unwrap().state, "43");
    home.wait_for("sensor.ifbus_viewers", |state| state.state == "43", Duration::from_secs(5)).await.unwrap();
    assert!(rest.remove_state("sensor.ifbus_viewers").await.unwrap());
    assert!(!rest.remove_state("sensor.ifbus_viewers").await.unwrap());
    assert_eq!(rest.state("sensor.ifbus_viewers").await.unwrap(), None);
    assert!(sim.entity("sensor.ifbus_viewers").is_none());
    assert_eq!(rest.states().await.unwrap().len(), home.states().await.unwrap().len());
    assert_eq!(rest.services().await.unwrap().keys().count(), home.services().await.unwrap().keys().count());
    let config = rest.request("GET", "api/config", None).await.unwrap();
    assert_eq!(config["version"], "2026.2.3");
}

#[tokio::test]
async fn refusals() {
    let (_sim, home) = home().await;
    let rest = home.rest();
    for refused in [
        rest.set_state("../config", "x", &json!({})).await.unwrap_err(),
        rest.set_state("sensor.x", &"x".repeat(256), &json!({})).await.unwrap_err(),
        rest.set_state("sensor.x", "x", &json!([])).await.unwrap_err(),
        rest.request("GET", "auth/token", None).await.unwrap_err(),
        rest.request("GET", "api/../auth", None).await.unwrap_err(),
        rest.request("GE T", "api/", None).await.unwrap_err(),
        rest.camera_still("camera/x").await.unwrap_err(),
    ] {
        assert!(matches!(refused, Error::Link(LinkError::InvalidArgument { .. })), "{refused}");
    }
    let error = rest.request("GET", "api/nope", None).await.unwrap_err();
    assert_eq!(
        (error.code(), error.to_string()),
        (Some("404"), "Home Assistant refused GET api/nope: 404: Not Found".into())
    );
}

#[tokio::test]
async fn a_wrong_token_and_a_server_that_is_not_there() {
    let sim = HomeSim::start().await.unwrap();
    let home = Client::builder(sim.url(), "wrong").reconnect(Reconnect::never()).connect_lazy().unwrap();
    let error = home.rest().check().await.unwrap_err();
    assert_eq!(error.code(), Some("401"));
    assert!(error.to_string().contains("ban"), "{error}");
    sim.stop().await;
    let error = soon(home.rest().check()).await.unwrap_err();
    assert!(matches!(error, Error::Link(LinkError::Connect(_))), "{error}");
    assert!(error.to_string().to_lowercase().contains("refused"), "{error}");
}

#[tokio::test]
async fn the_deadline_holds() {
    let sim = HomeSim::start().await.unwrap();
    let home = builder(&sim).request_timeout(Duration::from_millis(100)).connect().await.unwrap();
    sim.knobs().silent(true);
    let error = soon(home.rest().check()).await.unwrap_err();
    assert!(matches!(error, Error::Link(LinkError::Timeout { sent: true, .. })), "{error}");
}
