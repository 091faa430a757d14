//! The HTTP API of the simulator.

use ifbus_sim::vmix::VmixSim;
use std::time::Duration;
use vmix_api::function::{self, Raw};
use vmix_api::{Client, Error, Http, LinkError};

#[tokio::test]
async fn functions_run_and_unknown_ones_are_told() {
    let sim = VmixSim::start().await.unwrap();
    let http = Http::builder(&sim.http_addr().to_string()).build().unwrap();
    assert_eq!(http.show().await.unwrap().inputs.len(), 5);
    http.send(function::ActiveInput::new(3)).await.unwrap();
    assert_eq!(http.show().await.unwrap().active, Some(3));
    let unknown = http.send(Raw::new("NoSuchFunction").unchecked()).await;
    assert!(matches!(unknown, Err(Error::Rejected { status: Some(500), .. })), "{unknown:?}");
    assert!(matches!(http.send(Raw::new("SendKeys")).await, Err(Error::Link(LinkError::InvalidArgument { .. }))));
    assert_eq!(http.stats().requests, 4);
}

#[tokio::test]
async fn a_password_is_sent_and_a_wrong_one_is_told() {
    let sim = VmixSim::builder().password("admin", "test-secret").start().await.unwrap();
    let none = Http::builder(&sim.http_addr().to_string()).build().unwrap().show().await;
    assert!(matches!(none, Err(Error::Rejected { status: Some(401), .. })), "{none:?}");
    let vmix = Client::builder(&sim.tcp_addr().to_string())
        .tap(ifbus_testing::wire_log())
        .http_port(sim.http_addr().port())
        .http_login("admin", "test-secret")
        .connect()
        .await
        .unwrap();
    let http = vmix.http().unwrap();
    assert_eq!(http.show().await.unwrap().inputs.len(), 5);
    assert!(!format!("{http:?}").contains("secret"));
}

#[tokio::test]
async fn a_server_that_is_gone_or_silent_is_told_in_time() {
    let sim = VmixSim::start().await.unwrap();
    let address = sim.http_addr().to_string();
    let http = Http::builder(&address).request_timeout(Duration::from_millis(200)).build().unwrap();
    sim.knobs().silent(true);
    let late = http.show().await;
    assert!(matches!(late, Err(Error::Link(LinkError::Timeout { sent: true, .. }))), "{late:?}");
    sim.stop().await;
    let gone = http.show().await;
    assert!(matches!(gone, Err(Error::Link(LinkError::ConnectionLost { sent: false, .. }))), "{gone:?}");
}
