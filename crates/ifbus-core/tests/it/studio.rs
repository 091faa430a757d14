//! The bus over the three simulated servers.

use futures_util::StreamExt;
use ifbus_core::adapters::{HomeAssistant, Obs, Vmix};
use ifbus_core::{Adapter, Bus, Command, Error, Event, EventStream, Kind, Retry};
use ifbus_sim::ha::HomeSim;
use ifbus_sim::obs::ObsSim;
use ifbus_sim::vmix::VmixSim;
use serde_json::{Map, json};
use std::time::Duration;
use tokio::time::timeout;

static_assertions::assert_obj_safe!(Adapter, ifbus_core::Production, ifbus_core::Telephony, ifbus_core::HomeAutomation);
static_assertions::assert_impl_all!(Bus: Clone, Send, Sync);

struct Studio {
    obs: ObsSim,
    vmix: VmixSim,
    home: HomeSim,
    bus: Bus,
}

async fn studio() -> Studio {
    let (obs, vmix, home) =
        (ObsSim::start().await.unwrap(), VmixSim::start().await.unwrap(), HomeSim::start().await.unwrap());
    let bus = Bus::builder()
        .add("studio", Obs::new(&obs.url(), "test-secret"))
        .add("mypro", Vmix::new(&vmix.tcp_addr().to_string()))
        .add("home", HomeAssistant::new(&home.url(), home.token()))
        .connect()
        .await
        .unwrap();
    Studio { obs, vmix, home, bus }
}

/// The first event of which `wanted` is true.
async fn wait(events: &mut EventStream, wanted: impl Fn(&Event) -> bool) -> Event {
    timeout(Duration::from_secs(10), async {
        loop {
            let event = events.next().await.expect("the stream ended");
            if wanted(&event) {
                return event;
            }
        }
    })
    .await
    .expect("no such event")
}

#[tokio::test]
async fn native_commands_and_the_events_that_they_cause() {
    let studio = studio().await;
    let mut events = studio.bus.events();
    studio.bus.execute("studio", Command::new("StartRecord")).await.unwrap();
    let recording = wait(&mut events, |event| matches!(event.kind, Kind::Recording { active: true, .. })).await;
    assert_eq!(
        (&*recording.source, recording.native.as_ref().unwrap().name.as_str()),
        ("studio", "RecordStateChanged")
    );
    let line = serde_json::to_string(&recording).unwrap();
    assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), recording);

    studio.bus.execute("mypro", Command::new("ActiveInput").param("Input", 2)).await.unwrap();
    wait(&mut events, |event| matches!(&event.kind, Kind::Tally { program, .. } if program == &[2])).await;
    let active = studio.bus.execute("mypro", Command::new("XMLTEXT").param("Path", "vmix/active")).await.unwrap();
    assert_eq!(active.value, "2");

    let red =
        Command::new("light.turn_on").param("entity_id", "light.on_air_sign").param("rgb_color", json!([255, 0, 0]));
    studio.bus.execute("home", red).await.unwrap();
    let on = |event: &Event| matches!(&event.kind, Kind::Entity { entity, state: Some(state) } if entity == "light.on_air_sign" && state == "on");
    wait(&mut events, on).await;
    let sign =
        studio.bus.execute("home", Command::new("get_state").param("entity_id", "light.on_air_sign")).await.unwrap();
    assert_eq!(sign.value["attributes"]["rgb_color"], json!([255, 0, 0]));
    studio.bus.close().await;
    assert!(timeout(Duration::from_secs(5), events.collect::<Vec<_>>()).await.is_ok(), "the stream ends with the bus");
}

#[tokio::test]
async fn what_the_platforms_have_in_common() {
    let studio = studio().await;
    for name in ["studio", "mypro"] {
        let production = studio.bus.production(name).unwrap();
        production.record(true).await.unwrap();
        assert!(production.is_recording().await.unwrap(), "{name}");
        production.record(false).await.unwrap();
        assert!(!production.is_recording().await.unwrap(), "{name}");
        production.stream(true).await.unwrap();
        assert!(production.is_streaming().await.unwrap(), "{name}");
        assert!(!production.program().await.unwrap().is_empty(), "{name}");
    }
    studio.bus.production("studio").unwrap().set_program("Interview").await.unwrap();
    assert_eq!(studio.bus.production("studio").unwrap().program().await.unwrap(), "Interview");
    studio.bus.production("mypro").unwrap().set_program("Camera 2").await.unwrap();
    assert_eq!(studio.bus.production("mypro").unwrap().program().await.unwrap(), "Camera 2");
    studio.bus.production("studio").unwrap().virtual_camera(true).await.unwrap();
    assert!(studio.obs.state().virtual_cam && studio.vmix.state().active == 2);
    let none = studio.bus.production("mypro").unwrap().virtual_camera(true).await.unwrap_err();
    assert!(matches!(none, Error::Unsupported { .. }), "{none}");

    let home = studio.bus.home_automation("home").unwrap();
    home.act("light.turn_on", &["light.key_light", "light.fill_light"], Map::new()).await.unwrap();
    assert_eq!(home.entity("light.fill_light").await.unwrap().state, "on");
    assert!(home.entities().await.unwrap().len() > 5);
    assert_eq!(studio.home.entity("light.key_light").unwrap().state, "on");
    let wrong = home.entity("light.key_lihgt").await.unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "home: Home Assistant has no entity \"light.key_lihgt\"; did you mean light.key_light?"
    );

    let wrong = studio.bus.production("home").err().unwrap().to_string();
    assert_eq!(wrong, "home: it has no production; these have: mypro, studio");
    for (name, health) in studio.bus.health().await {
        assert!(health.ok && health.latency.is_some(), "{name}: {}", health.detail);
    }
}

#[tokio::test]
async fn names_that_do_not_exist() {
    let studio = studio().await;
    let error = |instance: &'static str, name: &'static str| {
        let bus = studio.bus.clone();
        async move { bus.execute(instance, Command::new(name)).await.unwrap_err() }
    };
    let wrong = error("studoi", "StartRecord").await;
    assert_eq!(
        wrong.to_string(),
        "there is no instance \"studoi\"; there are: home, mypro, studio. Did you mean studio?"
    );
    assert_eq!(wrong.retry(), Retry::Never);
    let wrong = error("studio", "StartRecrod").await;
    assert_eq!(wrong.to_string(), "studio: OBS Studio has no command \"StartRecrod\"; did you mean StartRecord?");
    let wrong = error("mypro", "StartStreeming").await;
    assert_eq!(wrong.to_string(), "mypro: vMix has no command \"StartStreeming\"; did you mean StartStreaming?");
    let wrong = error("home", "light.turn_onn").await;
    assert_eq!(
        wrong.to_string(),
        "home: Home Assistant has no command \"light.turn_onn\"; did you mean light.turn_on?"
    );
    assert!(studio.vmix.functions().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn an_entity_that_does_not_exist_is_not_switched() {
    let studio = studio().await;
    let switch = |entity| {
        let command = Command::new("light.turn_on").param("entity_id", entity);
        let bus = &studio.bus;
        async move { bus.execute("home", command).await }
    };
    let error = switch(json!(["light.key_light", "light.key_lihgt"])).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "home: Home Assistant has no entity \"light.key_lihgt\" (did you mean \"light.key_light\"?); nothing was sent"
    );
    assert_eq!(studio.home.entity("light.key_light").unwrap().state, "off", "nothing was sent");
    let error = switch(json!(5)).await.unwrap_err().to_string();
    assert!(error.contains("entity_id: 5 is no name, nor a list of names"), "{error}");
    switch(json!("light.key_light, light.fill_light")).await.unwrap();
    switch(json!("all")).await.unwrap();
}

#[tokio::test]
async fn servers_that_are_not_there_are_all_told() {
    let (obs, home) = (ObsSim::start().await.unwrap(), HomeSim::start().await.unwrap());
    let gone = VmixSim::start().await.unwrap();
    let address = gone.tcp_addr().to_string();
    gone.stop().await;
    let failures = Bus::builder()
        .add("studio", Obs::new(&obs.url(), "wrong"))
        .add("mypro", Vmix::new(&address))
        .add("home", HomeAssistant::new(&home.url(), home.token()))
        .connect()
        .await
        .unwrap_err();
    let text = failures.to_string();
    assert_eq!(failures.0.len(), 2, "{text}");
    assert!(
        text.contains(" refused the login (4009): Authentication failed.") && text.contains("studio: ws://"),
        "{text}"
    );
    assert!(text.contains(&format!("mypro: cannot connect to {address}")) && text.contains("refused"), "{text}");
    timeout(Duration::from_secs(5), async {
        while home.knobs().connections() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the one that stood is closed again");
}

#[tokio::test]
async fn a_restart_is_told_and_overcome() {
    let studio = studio().await;
    let mut events = studio.bus.events();
    studio.obs.restart().await.unwrap();
    let lost = wait(&mut events, |event| matches!(event.kind, Kind::Connection { connected: false, .. })).await;
    assert_eq!(&*lost.source, "studio");
    wait(&mut events, |event| matches!(event.kind, Kind::Connection { connected: true, .. })).await;
    studio.bus.execute("studio", Command::new("StartRecord")).await.unwrap();
    wait(&mut events, |event| matches!(event.kind, Kind::Recording { active: true, .. })).await;
    assert!(studio.obs.state().recording);
}
