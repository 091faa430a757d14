//! Against the simulator.

use ifbus_sim::vmix::VmixSim;
use std::time::Duration;
use vmix_api::{Client, function};

async fn pair() -> (VmixSim, Client) {
    let sim = VmixSim::start().await.unwrap();
    let client = Client::builder(&sim.tcp_addr().to_string()).tap(ifbus_testing::wire_log()).connect().await.unwrap();
    (sim, client)
}

#[tokio::test]
async fn the_show_is_there_after_the_connect() {
    let (_sim, vmix) = pair().await;
    let show = vmix.show();
    assert!(!show.stale);
    assert_eq!(show.inputs.len(), 5);
    assert_eq!((show.active, show.preview), (Some(1), Some(2)));
    assert_eq!(show.version, vmix.version().await.unwrap());
    assert_eq!(show.tally.as_ref().unwrap().len(), 5);
    vmix.close().await;
    assert!(vmix.show().stale, "nobody keeps it up to date any more");
}

#[tokio::test]
async fn confirmed_actions_resolve_when_vmix_reports_them() {
    let (sim, vmix) = pair().await;
    sim.xml_lag(Duration::from_millis(200));
    assert!(vmix.start_recording().await.unwrap().recording.on);
    assert!(sim.state().recording);
    let show = vmix.start_streaming(Some(1)).await.unwrap();
    assert_eq!(show.streaming.channels[1], Some(true));
    assert!(!vmix.stop_recording().await.unwrap().recording.on);
    assert!(vmix.start_external().await.unwrap().external);
    let third = vmix.show().inputs[2].clone();
    assert_eq!(vmix.set_active(&third).await.unwrap().active, Some(3));
    assert_eq!(vmix.set_preview(4).await.unwrap().preview, Some(4));
    let before = vmix.show().inputs[0].key.clone();
    let show = vmix.open_preset(r"C:\Shows\Other & more.vmix").await.unwrap();
    assert_eq!(show.preset.as_deref(), Some(r"C:\Shows\Other & more.vmix"));
    assert_ne!(show.inputs[0].key, before, "the keys are those of the new preset");
    vmix.send(function::Cut::new()).await.unwrap();
    let show = vmix.wait_for("the cut", Duration::from_secs(5), |show| show.active == Some(2)).await.unwrap();
    assert_eq!(show.preview, Some(1));
}
