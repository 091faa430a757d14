//! Against a real vMix: reads only. `IFBUS_VMIX` names it.
#![cfg(feature = "real-server")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use vmix_api::Client;

#[tokio::test]
async fn the_show_of_a_real_vmix_is_read() {
    let Ok(address) = std::env::var("IFBUS_VMIX") else {
        eprintln!("skipped: IFBUS_VMIX names no vMix, such as studio-pc or 10.0.0.5:8099");
        return;
    };
    let vmix = Client::builder(&address).tap(ifbus_testing::wire_log()).connect().await.unwrap();
    let show = vmix.show();
    assert!(!show.stale);
    assert_eq!(vmix.version().await.unwrap(), show.version);
    assert_eq!(vmix.tally().await.unwrap().len(), show.inputs.len());
    assert_eq!(vmix.xml_text("vmix/version").await.unwrap(), show.version);
    vmix.ping().await.unwrap();
    vmix.close().await;
}
