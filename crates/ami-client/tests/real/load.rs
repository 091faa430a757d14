//! A thousand calls, and a restart.

use super::{CONTEXT, SOON, connect, local, server, until, var};
use ami_client::{CallEvent, CallState, Delivery, Error, EventMask, LinkError, action};
use futures_util::FutureExt;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// A thousand calls at once, each of two channels: every one of them is known at each moment, and nothing is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_are_tracked_exactly() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder.event_queue(ami_client::Subscription::with_capacity(100_000))).await;
    let mut told = pbx.call_events();
    let calls: u32 = 1000;
    let mut waiting = tokio::task::JoinSet::new();
    for i in 0..calls {
        let pbx = pbx.clone();
        // 250 a second: what the server takes without strain
        waiting.spawn(async move {
            sleep(Duration::from_millis(4) * i).await;
            pbx.originate(local("wait")).await.unwrap()
        });
    }
    let answered = waiting.join_all().await;
    // the server tells of an originate and of its channels on threads of its own: the last channel may come a little later
    until("all are followed", || pbx.calls().channels() == 2000).await;
    assert_eq!((answered.len(), pbx.calls().len(), pbx.calls().channels()), (1000, 1000, 2000));
    let up = || pbx.calls().list().iter().all(|call| call.state == CallState::Connected);
    until("all are connected", up).await;
    for call in &answered {
        let tracked = pbx.calls().by_channel(&call.channel).unwrap();
        assert_eq!((tracked.state, tracked.legs().count()), (CallState::Connected, 2), "{tracked:?}");
    }
    assert_eq!(pbx.channels().await.unwrap().len(), 2000);
    pbx.send(action::Hangup::new(format!("/^Local/.*@{CONTEXT}/"))).await.unwrap();
    until("all hung up", || pbx.calls().is_empty()).await;
    let (mut started, mut ended) = (0, 0);
    while let Some(delivery) = told.recv().now_or_never().flatten() {
        match delivery {
            Delivery::Event(CallEvent::Started(_)) => started += 1,
            Delivery::Event(CallEvent::Ended(_)) => ended += 1,
            Delivery::Event(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((started, ended, pbx.stats().lagged), (1000, 1000, 0));
    pbx.close().await;
}

#[tokio::test]
async fn a_restart_in_mid_session() {
    let Some(builder) = server() else { return };
    if var("IFBUS_AMI_MAY_RESTART").is_none() {
        eprintln!("skipped: IFBUS_AMI_MAY_RESTART does not allow it");
        return;
    }
    let other = connect(builder.clone()).await;
    let pbx = connect(builder.events(EventMask::CALL | EventMask::SYSTEM)).await;
    let call = pbx.originate(local("wait")).await.unwrap();
    until("the call is followed", || pbx.calls().by_channel(&call.channel).is_some()).await;
    let mut events = pbx.events();
    // who asks for it gets neither an answer nor the event
    let lost = other.command("core restart now").await;
    assert!(matches!(lost, Ok(_) | Err(Error::Link(LinkError::ConnectionLost { sent: true, .. }))), "{lost:?}");
    let mut shutdown = false;
    loop {
        match timeout(SOON, events.recv()).await.unwrap().unwrap() {
            Delivery::Event(event) => shutdown |= event.is("Shutdown"),
            Delivery::Reconnected { .. } => break,
            other => panic!("{other:?}"),
        }
    }
    timeout(SOON, pbx.ready()).await.unwrap().unwrap();
    assert!(pbx.server().fully_booted, "it is waited for");
    assert!(shutdown, "Shutdown was told");
    assert!(pbx.calls().is_empty() && pbx.calls().is_synchronized());
    pbx.ping().await.unwrap();
    // the mask holds
    pbx.user_event("IfbusTest", &[]).await.unwrap();
    pbx.ping().await.unwrap();
    while let Some(delivery) = events.recv().now_or_never().flatten() {
        assert!(!delivery.event().is_some_and(|event| event.is("UserEvent")));
    }
    pbx.close().await;
}
