//! Against the simulated OBS, well and badly behaved.

use ifbus_sim::obs::ObsSim;
use obs_ws5::event::{CurrentProgramSceneChanged, RecordStateChanged};
use obs_ws5::request::{Batch, GetInputMute, GetVersion, Raw, SetInputMute, SetStudioModeEnabled, StartVirtualCam};
use obs_ws5::{Client, Delivery, Encoding, Error, EventSubscription, KeepAlive, LinkError, Reconnect, StatusCode};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, timeout};

static_assertions::assert_impl_all!(Client: Clone, Send, Sync, std::fmt::Debug);

/// Every future can be spawned on a runtime of many threads.
#[allow(dead_code, reason = "compiling it is the test")]
fn futures_are_send(obs: &Client) {
    fn send<T: Send>(_: T) {}
    send(obs.record().start());
    send(obs.record().stop());
    send(obs.virtual_cam().start());
    send(obs.scenes().program());
    send(obs.send(GetVersion::new()));
    send(obs.request(Raw::new("x")));
    send(obs.batch(Batch::new()));
}

fn quick(sim: &ObsSim) -> obs_ws5::Builder {
    let steps = Reconnect::forever().steps(Duration::from_millis(5), Duration::from_millis(50));
    Client::builder(&sim.url()).password("test-secret").reconnect(steps).tap(ifbus_testing::wire_log())
}

#[tokio::test]
async fn a_recording_from_start_to_stop_in_both_encodings() {
    for encoding in [Encoding::Json, Encoding::MsgPack] {
        let sim = ObsSim::start().await.unwrap();
        let obs = quick(&sim).encoding(encoding).connect().await.unwrap();
        let version = obs.send(GetVersion::new()).await.unwrap();
        assert_eq!(version.rpc_version, 1);
        assert!(version.available_requests.iter().any(|name| name == "StartRecord"));
        let mut states = obs.events_of::<RecordStateChanged>();
        let recording = obs.record().start().await.unwrap();
        assert!(sim.state().recording, "{encoding:?}");
        assert!(obs.record().status().await.unwrap().output_active);
        let again = obs.record().start().await.unwrap_err();
        assert_eq!(again.code(), Some(StatusCode::OutputRunning), "{again}");
        let stopped = recording.stop().await.unwrap();
        assert!(stopped.output_path.is_some_and(|path| !path.is_empty()));
        assert!(!sim.state().recording);
        let mut seen = Vec::new();
        while seen.len() < 4 {
            match timeout(Duration::from_secs(5), states.recv()).await.unwrap() {
                Some(Delivery::Event(state)) => seen.push(state.output_active),
                other => panic!("{other:?}"),
            }
        }
        obs.close().await;
        assert!(obs.connection().borrow().is_closed());
        assert!(matches!(obs.scenes().program().await, Err(Error::Link(LinkError::Closed))));
    }
}

#[tokio::test]
async fn scenes_inputs_batches_and_anything_by_name() {
    let sim = ObsSim::start().await.unwrap();
    let obs = quick(&sim).connect().await.unwrap();
    let scenes = obs.scenes().list().await.unwrap();
    let other =
        scenes.scenes.iter().find(|scene| Some(&scene.scene_name) != scenes.current_program_scene_name.as_ref());
    let other = &other.unwrap().scene_name;
    let mut changes = obs.events_of::<CurrentProgramSceneChanged>();
    obs.scenes().set_program(other).await.unwrap();
    assert_eq!(&obs.scenes().program().await.unwrap(), other);
    let change = timeout(Duration::from_secs(5), changes.recv()).await.unwrap().unwrap().event().unwrap();
    assert_eq!(&change.scene_name, other);

    let missing = obs.scenes().set_program("No such scene").await.unwrap_err();
    assert_eq!(missing.code(), Some(StatusCode::ResourceNotFound));
    assert!(missing.to_string().contains("No source was found by the name of `No such scene`"), "{missing}");
    assert!(matches!(obs.scenes().set_program("a\0b").await, Err(Error::Link(LinkError::InvalidArgument { .. }))));

    let inputs = obs.send(obs_ws5::request::GetInputList::new()).await.unwrap();
    let input =
        &inputs.inputs.iter().find(|input| input.input_kind.contains("pulse")).unwrap_or(&inputs.inputs[0]).input_name;
    obs.send(SetInputMute::new(input, true)).await.unwrap();
    assert!(obs.send(GetInputMute::new(input)).await.unwrap().input_muted);

    let unknown = obs.request(Raw::new("NoSuchRequest")).await.unwrap_err();
    assert_eq!(unknown.code(), Some(StatusCode::UnknownRequestType));
    let injected = obs.request(Raw::new("A\",\"op\":1,\"x\":\"")).await.unwrap_err();
    assert!(matches!(injected, Error::Link(LinkError::InvalidArgument { .. })), "{injected}");
    let value = obs.request(Raw::new("GetInputMute").field("inputName", input.as_str())).await.unwrap().unwrap();
    assert_eq!(value.to_value().unwrap()["inputMuted"], true);

    let batch = Batch::new()
        .with(Raw::new("SetInputMute").field("inputName", input.as_str()).field("inputMuted", false))
        .with(Raw::new("GetInputMute").field("inputName", "No such input"))
        .with(Raw::new("GetInputMute").field("inputName", input.as_str()));
    let results = obs.batch(batch.clone()).await.unwrap();
    assert_eq!(results.iter().map(|result| result.status.result).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(obs.batch(batch.halt_on_failure(true)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_missing_virtual_camera_in_the_words_of_obs() {
    let sim = ObsSim::builder().virtual_camera(false).start().await.unwrap();
    let obs = quick(&sim).connect().await.unwrap();
    let error = obs.virtual_cam().start().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "OBS refused StartVirtualCam: 604 InvalidResourceState: VirtualCam is not available."
    );
    assert!(obs.send(StartVirtualCam::new()).await.is_err());
}

#[tokio::test]
async fn a_wrong_password_is_told_at_once_and_never_tried_again() {
    let sim = ObsSim::start().await.unwrap();
    let error = quick(&sim).password("wrong").connect().await.unwrap_err();
    assert!(error.to_string().contains("4009") && error.to_string().contains("Authentication failed."), "{error}");
    assert!(!error.to_string().contains("wrong"));
    let lazy = quick(&sim).password("wrong").connect_lazy().unwrap();
    let error = lazy.scenes().program().await.unwrap_err();
    assert!(matches!(error, Error::Link(LinkError::Refused(_))), "{error}");
    let dialed = sim.knobs().accepted();
    assert!(lazy.scenes().program().await.is_err());
    assert_eq!((dialed, sim.knobs().accepted()), (2, 2), "one dial each, no storm");
}

#[tokio::test]
async fn nobody_there_says_which_address_was_tried() {
    let sim = ObsSim::start().await.unwrap();
    let (url, addr) = (sim.url(), sim.addr());
    sim.stop().await;
    let error = Client::connect(&url, "x").await.unwrap_err().to_string();
    assert!(error.contains(&addr.to_string()) && error.contains("refused"), "{error}");
}

#[tokio::test]
async fn a_server_that_accepts_and_says_nothing() {
    let sim = ObsSim::start().await.unwrap();
    sim.knobs().silent(true);
    let patience = Duration::from_millis(200);
    let started = Instant::now();
    let error = quick(&sim).connect_timeout(patience).login_timeout(patience).connect().await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(3), "{error}");
}

#[tokio::test]
async fn not_ready_is_asked_again() {
    let sim = ObsSim::builder().not_ready_for(3).start().await.unwrap();
    let obs = quick(&sim).connect().await.unwrap();
    assert!(!obs.scenes().program().await.unwrap().is_empty());
    let sim = ObsSim::builder().not_ready_for(1).start().await.unwrap();
    let obs = quick(&sim).retry_not_ready(false).connect().await.unwrap();
    assert_eq!(obs.scenes().program().await.unwrap_err().code(), Some(StatusCode::NotReady));
}

#[tokio::test]
async fn a_restart_reconnects_restores_the_subscription_and_marks_the_gap() {
    let sim = ObsSim::start().await.unwrap();
    let obs = quick(&sim).connect().await.unwrap();
    obs.subscribe(EventSubscription::UI).await.unwrap();
    let mut events = obs.events();
    let mut connection = obs.connection();
    sim.restart().await.unwrap();
    // what is asked before it is noticed is lost with the connection
    timeout(Duration::from_secs(5), connection.changed()).await.unwrap().unwrap();
    obs.send_within(SetStudioModeEnabled::new(true), Duration::from_secs(10)).await.unwrap();
    let first = timeout(Duration::from_secs(5), events.recv()).await.unwrap().unwrap();
    assert!(matches!(first, Delivery::Reconnected { .. }), "{first:?}");
    let second = timeout(Duration::from_secs(5), events.recv()).await.unwrap().unwrap();
    assert_eq!(second.event().unwrap().event_type, "StudioModeStateChanged");
    obs.scenes().set_program("Interview").await.ok();
    obs.send(SetStudioModeEnabled::new(false)).await.unwrap();
    let third = timeout(Duration::from_secs(5), events.recv()).await.unwrap().unwrap();
    assert_eq!(third.event().unwrap().event_type, "StudioModeStateChanged", "scenes are not subscribed");
    assert_eq!(obs.stats().reconnects, 1);
}

#[tokio::test]
async fn a_dead_peer_is_noticed_and_the_request_says_that_it_was_sent() {
    let sim = ObsSim::start().await.unwrap();
    let keep = KeepAlive::new(Duration::from_millis(50), Duration::from_millis(100));
    let obs = quick(&sim).keep_alive(Some(keep)).reconnect(Reconnect::never()).connect().await.unwrap();
    sim.knobs().freeze(true);
    let error = obs.scenes().program().await.unwrap_err();
    assert!(matches!(&error, Error::Link(LinkError::ConnectionLost { sent: true, .. })), "{error}");
    assert!(error.to_string().contains("silent"), "{error}");
}

#[tokio::test]
async fn cut_at_many_bytes_every_request_ends_exactly_once() {
    let sim = ObsSim::start().await.unwrap();
    let whole = {
        let obs = quick(&sim).connect().await.unwrap();
        obs.scenes().program().await.unwrap();
        obs
    };
    whole.close().await;
    // the answers up to the reply are well under this many bytes; every place of a cut is met
    for cut in (1..900).step_by(29) {
        sim.knobs().cut_after(Some(cut));
        let obs = quick(&sim).request_timeout(Duration::from_secs(5)).connect_lazy().unwrap();
        let asked = tokio::spawn({
            let obs = obs.clone();
            async move { obs.send_within(GetVersion::new(), Duration::from_millis(100)).await }
        });
        let outcome = timeout(Duration::from_secs(5), asked).await.expect("it hangs").unwrap();
        match outcome {
            Ok(_)
            | Err(Error::Link(
                LinkError::ConnectionLost { .. } | LinkError::Timeout { .. } | LinkError::NotConnected { .. },
            )) => {}
            other => panic!("cut after {cut}: {other:?}"),
        }
        sim.knobs().cut_after(None);
        sim.knobs().disconnect_all();
        assert!(
            obs.scenes().program().await.is_ok() || obs.scenes().program().await.is_ok(),
            "cut after {cut}: no recovery"
        );
    }
}

#[tokio::test]
async fn the_tap_sees_everything_and_no_secret() {
    let sim = ObsSim::start().await.unwrap();
    let seen = Arc::new(Mutex::new(String::new()));
    let tap = {
        let seen = Arc::clone(&seen);
        Arc::new(move |frame: obs_ws5::TapFrame<'_>| {
            let mut seen = seen.lock().unwrap();
            seen.push_str(&format!("{:?} {}\n", frame.direction, String::from_utf8_lossy(frame.bytes)));
        })
    };
    let obs = quick(&sim).tap(tap).connect().await.unwrap();
    obs.scenes().program().await.unwrap();
    obs.close().await;
    let seen = seen.lock().unwrap();
    for wanted in
        ["Received {\"d\":{\"authentication\":\"[redacted]\"", "\"op\":1", "Sent", "GetCurrentProgramScene", "\"op\":7"]
    {
        assert!(seen.contains(wanted), "{wanted} is not in\n{seen}");
    }
    assert!(!seen.contains("salt"), "{seen}");
}
