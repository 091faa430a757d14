//! A simulator that misbehaves.

use ifbus_sim::vmix::VmixSim;
use std::time::Duration;
use vmix_api::{
    Builder, Client, Delivery, Error, Event, KeepAlive, LinkError, Lost, Reconnect, RefusalKind, Tally, function,
};

const QUICK: Duration = Duration::from_secs(5);

fn builder(sim: &VmixSim) -> Builder {
    let fast = Reconnect::forever().steps(Duration::from_millis(10), Duration::from_millis(50));
    Client::builder(&sim.tcp_addr().to_string()).tap(ifbus_testing::wire_log()).reconnect(fast)
}

/// Waits until the client has reconnected so often.
async fn reconnected(vmix: &Client, times: u64) {
    let mut connection = vmix.connection();
    let wait = async {
        while vmix.stats().reconnects < times || !connection.borrow().is_ready() {
            connection.changed().await.unwrap();
        }
    };
    tokio::time::timeout(QUICK, wait).await.unwrap();
}

#[tokio::test]
async fn a_lost_connection_is_marked_and_everything_is_restored() {
    let sim = VmixSim::start().await.unwrap();
    let vmix = builder(&sim).connect().await.unwrap();
    let mut events = vmix.events();
    let mut changes = vmix.changes();
    sim.knobs().refuse(true);
    sim.knobs().disconnect_all();
    tokio::time::timeout(QUICK, changes.wait_for(|show| show.stale)).await.unwrap().unwrap();
    assert!(sim.operate("ActiveInput", "Input=4"), "meanwhile, at the machine");
    sim.knobs().refuse(false);
    reconnected(&vmix, 1).await;
    let show = vmix.show();
    assert!(!show.stale);
    assert_eq!(show.active, Some(4), "read again before anybody hears of the new connection");
    loop {
        match tokio::time::timeout(QUICK, events.recv()).await.unwrap().unwrap() {
            Delivery::Reconnected { .. } => break,
            Delivery::Event(_) => {}
            other => panic!("{other:?}"),
        }
    }
    sim.operate("ActiveInput", "Input=2");
    let again = async {
        loop {
            if let Some(Delivery::Event(Event::Act(act))) = events.recv().await
                && (act.name(), act.input(), act.is_on()) == ("Input", Some(2), true)
            {
                return;
            }
        }
    };
    tokio::time::timeout(QUICK, again).await.expect("the subscriptions are there again");
    sim.restart().await.unwrap();
    reconnected(&vmix, 2).await;
    vmix.close().await;
}

#[tokio::test]
async fn a_request_under_a_cut_says_that_its_outcome_is_unknown_and_is_not_repeated() {
    let sim = VmixSim::start().await.unwrap();
    let vmix = builder(&sim).connect().await.unwrap();
    sim.knobs().drop_replies(1);
    let (result, ()) = tokio::join!(vmix.send(function::StartRecording::new()), async {
        while !sim.functions().contains(&"StartRecording".to_owned()) {
            tokio::task::yield_now().await;
        }
        sim.knobs().disconnect_all();
    });
    assert!(matches!(result, Err(Error::Link(LinkError::ConnectionLost { sent: true, .. }))), "{result:?}");
    reconnected(&vmix, 1).await;
    vmix.ping().await.unwrap();
    assert_eq!(sim.functions(), ["StartRecording"]);
    assert!(vmix.show().recording.on, "the show says what came of it");
}

#[tokio::test]
async fn a_cut_inside_the_document_is_lost_and_read_again() {
    let sim = VmixSim::builder().inputs(100).start().await.unwrap();
    let vmix = builder(&sim).connect().await.unwrap();
    let before = vmix.show();
    sim.knobs().cut_after(Some(3000));
    sim.knobs().disconnect_all();
    let mut changes = vmix.changes();
    tokio::time::timeout(QUICK, changes.wait_for(|show| show.stale)).await.unwrap().unwrap();
    assert_eq!(vmix.show().inputs.len(), 100, "the last known show stays");
    sim.knobs().cut_after(None);
    reconnected(&vmix, 1).await;
    assert_eq!(vmix.show().inputs, before.inputs);
}

#[tokio::test]
async fn byte_by_byte_and_late_pushes_change_nothing() {
    let sim = VmixSim::builder().inputs(30).late_pushes(true).start().await.unwrap();
    sim.knobs().chunk(Some(1));
    let vmix = builder(&sim).connect().await.unwrap();
    assert_eq!(vmix.show().inputs.len(), 30);
    let show = vmix.set_active(7).await.unwrap();
    assert_eq!(show.active, Some(7));
}

#[tokio::test]
async fn a_silent_server_and_a_wrong_port_are_told() {
    let sim = VmixSim::start().await.unwrap();
    let web = Client::builder(&sim.http_addr().to_string()).connect().await.unwrap_err();
    let Error::Link(LinkError::Refused(refusal)) = &web else { panic!("{web:?}") };
    assert_eq!(refusal.kind, RefusalKind::WrongService, "{web}");
    assert!(web.to_string().contains("8099"), "{web}");
    sim.knobs().silent(true);
    let silent = builder(&sim).login_timeout(Duration::from_millis(100)).connect().await.unwrap_err();
    assert!(matches!(silent, Error::Link(LinkError::Login { why: Lost::LoginTimeout(_), .. })), "{silent:?}");
    let addr = sim.tcp_addr();
    sim.stop().await;
    let gone = Client::connect(&addr.to_string()).await.unwrap_err();
    assert!(matches!(gone, Error::Link(LinkError::Connect(_))), "{gone:?}");
}

#[tokio::test]
async fn a_frozen_server_is_found_by_the_ping() {
    let sim = VmixSim::start().await.unwrap();
    let keep = KeepAlive::new(Duration::from_millis(100), Duration::from_millis(100));
    let vmix = builder(&sim).keep_alive(keep).connect().await.unwrap();
    let mut changes = vmix.changes();
    sim.knobs().freeze(true);
    tokio::time::timeout(QUICK, changes.wait_for(|show| show.stale)).await.unwrap().unwrap();
    sim.knobs().freeze(false);
    reconnected(&vmix, 1).await;
    assert!(!vmix.show().stale);
}

#[tokio::test]
async fn an_effect_that_does_not_come_is_not_confirmed() {
    let sim = VmixSim::start().await.unwrap();
    let vmix = builder(&sim).confirm_timeout(Duration::from_millis(300)).connect().await.unwrap();
    let error = vmix.set_active("No such title").await.unwrap_err();
    match error {
        Error::NotConfirmed { what, waited, .. } => {
            let told = "input No such title is on air (the show has no such input)";
            assert_eq!((&*what, waited), (told, Duration::from_millis(300)));
        }
        Error::Rejected { .. } => {} // vMix may say so at once
        other => panic!("{other:?}"),
    }
    let waiting = vmix.clone();
    let wait = tokio::spawn(async move { waiting.wait_for("never", Duration::from_secs(60), |_| false).await });
    tokio::task::yield_now().await;
    vmix.close().await;
    let ended = tokio::time::timeout(QUICK, wait).await.expect("a closed client ends it").unwrap();
    assert!(matches!(ended, Err(Error::Link(LinkError::Closed))), "{ended:?}");
}

#[tokio::test]
async fn a_lazy_client_finds_a_vmix_that_starts_later() {
    let sim = VmixSim::start().await.unwrap();
    let addr = sim.tcp_addr();
    sim.stop().await;
    drop(sim);
    let fast = Reconnect::forever().steps(Duration::from_millis(10), Duration::from_millis(50));
    let vmix = Client::builder(&addr.to_string()).reconnect(fast).connect_lazy().unwrap();
    assert!(vmix.show().stale);
    let sim = VmixSim::builder().bind(addr).start().await.unwrap();
    tokio::time::timeout(QUICK, vmix.ready()).await.unwrap().unwrap();
    assert!(!vmix.show().stale);
    let mut tally = vmix.events_of::<Tally>();
    sim.operate("ActiveInput", "Input=3");
    let lights = tokio::time::timeout(QUICK, tally.recv()).await.unwrap().unwrap();
    assert!(matches!(lights, Delivery::Event(lights) if lights.len() == 5));
}
