//! A thousand calls, and a restart.

use super::{CONTEXT, SOON, connect, local, server, until, var};
use ami_client::{CallEvent, CallState, Client, Delivery, Error, EventMask, LinkError, action};
use futures_util::FutureExt;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{Instant, sleep, timeout};

/// How many calls there are at once, each of two channels.
const CALLS: u32 = 1000;

/// The variable that makes a process of these tests the watcher.
const WATCHER: &str = "IFBUS_AMI_WATCHER";

/// What a process has used: CPU time since its start, and the most memory it ever had resident.
#[cfg(target_os = "linux")]
fn used() -> (Duration, u64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // behind the name: state is the 3rd field, user and system time are the 14th and 15th, in hundredths of a second
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    (Duration::from_millis(ticks * 10), peak.split_whitespace().next().unwrap().parse().unwrap())
}

/// Follows the calls of [`a_thousand_calls_are_tracked_exactly`] in a process of its own, with every event that there is, so
/// that what it uses is what one client uses. By itself it does nothing.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn watcher() {
    if var(WATCHER).is_none() {
        return;
    }
    let client = Client::builder(&var("IFBUS_AMI").unwrap());
    let client = client.login(var("IFBUS_AMI_USER").unwrap(), var("IFBUS_AMI_PASSWORD").unwrap());
    let pbx = timeout(SOON, client.connect()).await.unwrap().unwrap();
    let (mut events, mut told) = (pbx.events(), pbx.call_events());
    println!("\nwatching");
    let (since, before) = (Instant::now(), used().0);
    let (mut seen, mut started, mut ended, mut missed) = (0_u64, 0, 0, 0);
    while ended < CALLS {
        tokio::select! {
            event = events.recv() => match event.unwrap() {
                Delivery::Event(_) => seen += 1,
                other => { missed += 1; println!("{other:?}") }
            },
            change = told.recv() => match change.unwrap() {
                Delivery::Event(CallEvent::Started(_)) => started += 1,
                Delivery::Event(CallEvent::Ended(_)) => ended += 1,
                Delivery::Event(_) => {}
                other => { missed += 1; println!("{other:?}") }
            },
        }
    }
    let (cpu, peak) = used();
    let (cpu, took) = ((cpu - before).as_millis(), since.elapsed().as_millis());
    println!(
        "watched started={started} missed={missed} left={} events={seen} cpu_ms={cpu} ms={took} peak_kib={peak}",
        pbx.calls().len()
    );
    pbx.close().await;
}

/// Another process that follows the same calls.
async fn watch() -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "load::watcher", "--nocapture"])
        .env(WATCHER, "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while timeout(SOON, lines.next_line()).await.unwrap().unwrap().unwrap() != "watching" {}
    (child, lines)
}

/// A thousand calls at once, each of two channels: every one of them is known at each moment, and nothing is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_are_tracked_exactly() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder.event_queue(ami_client::Subscription::with_capacity(100_000))).await;
    let mut told = pbx.call_events();
    let watcher = if cfg!(target_os = "linux") { Some(watch().await) } else { None };
    let mut waiting = tokio::task::JoinSet::new();
    for i in 0..CALLS {
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
    if let Some((_child, mut lines)) = watcher {
        let said = async {
            loop {
                let line = lines.next_line().await.unwrap().expect("the watcher ends with a word");
                if line.starts_with("watched ") {
                    return line;
                }
            }
        };
        let said = timeout(SOON, said).await.unwrap();
        eprintln!("{said}");
        let figure = |name: &str| {
            let found = said.split(' ').find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
            found.unwrap().parse::<u64>().unwrap()
        };
        assert_eq!((figure("started"), figure("missed"), figure("left")), (1000, 0, 0), "{said}");
        assert!(figure("peak_kib") < 64 << 10, "{said}");
    }
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
