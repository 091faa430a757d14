//! Against a real Asterisk, 13 or later: `IFBUS_AMI` (host:port), `IFBUS_AMI_USER` and `IFBUS_AMI_PASSWORD` name it; its user needs all
//! rights. `IFBUS_AMI_TLS` and `IFBUS_AMI_CA` name its TLS port and the certificate to trust, `IFBUS_AMI_ROOT` the folder that
//! its paths begin in where that is on this machine, `IFBUS_AMI_MAY_RESTART=1` allows to restart it. It makes its own dialplan,
//! in the context `ifbus-test`, and calls over Local channels.
#![cfg(feature = "real-server")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "real/hold.rs"]
mod hold;
#[path = "real/load.rs"]
mod load;
#[path = "real/play.rs"]
mod play;

use ami_client::action::{self, Originate, Raw};
use ami_client::{Builder, CallState, Client, Error, EventMask, Failure, LinkError, Reason, Reconnect, event, values};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

const SOON: Duration = Duration::from_secs(20);
const CONTEXT: &str = "ifbus-test";

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The settings of a client of the server, or `None` with a word where none is named.
fn server() -> Option<Builder> {
    let Some(address) = var("IFBUS_AMI") else {
        eprintln!("skipped: IFBUS_AMI names no Asterisk; `cargo xtask real asterisk` starts one");
        return None;
    };
    Some(login(Client::builder(&address)))
}

fn login(builder: Builder) -> Builder {
    let quick = Reconnect::forever().steps(Duration::from_millis(20), Duration::from_millis(200));
    builder
        .login(var("IFBUS_AMI_USER").expect("IFBUS_AMI_USER"), var("IFBUS_AMI_PASSWORD").expect("IFBUS_AMI_PASSWORD"))
        .reconnect(quick)
        .tap(ifbus_testing::wire_log())
}

async fn connect(builder: Builder) -> Client {
    let pbx = timeout(SOON, builder.connect()).await.unwrap().unwrap();
    let extensions = [
        ("wait", 1, "Answer", ""),
        ("wait", 2, "Wait", "600"),
        ("busy", 1, "Busy", "1"),
        ("ring", 1, "Ringing", ""),
        ("ring", 2, "Wait", "600"),
        ("dial", 1, "Dial", "Local/wait@ifbus-test/n,20,g"),
        ("echo", 1, "Answer", ""),
        ("echo", 2, "Echo", ""),
        ("tone", 1, "Answer", ""),
        ("tone", 2, "Playtones", "440"),
        ("tone", 3, "Wait", "600"),
        ("still", 1, "Answer", ""),
        ("still", 2, "Playback", "silence/10&en_US_f_Allison/silence/10"),
        ("still", 3, "Wait", "600"),
        ("dialstill", 1, "Dial", "Local/still@ifbus-test/n,20,g"),
        ("dialtone", 1, "Dial", "Local/tone@ifbus-test/n,20,g"),
        ("queue", 1, "Answer", ""),
        ("queue", 2, "Queue", "support,,,,20"),
    ];
    for (exten, priority, app, data) in extensions {
        let add = action::DialplanExtensionAdd::new(CONTEXT, exten, priority.to_string(), app);
        let add = if data.is_empty() { add } else { add.application_data(data) };
        pbx.send(add.replace(true)).await.unwrap();
    }
    // what a test before left when it failed
    hang_all_up(&pbx).await;
    pbx
}

fn local(exten: &str) -> Originate {
    Originate::new(format!("Local/{exten}@{CONTEXT}/n")).run("Wait", "600")
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let by = Instant::now() + SOON;
    while !holds() {
        assert!(Instant::now() < by, "not in time: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// The recording whose name begins so and that holds more than the header of a WAV file; a conference's has the time in its name.
fn sound_in(root: &str, name: &str) -> Option<std::path::PathBuf> {
    let mut files = std::fs::read_dir(std::path::Path::new(root).join("tmp")).unwrap().map(|file| file.unwrap().path());
    files.find(|path| {
        path.file_name().unwrap().to_str().unwrap().starts_with(name)
            && path.metadata().is_ok_and(|data| data.len() > 44)
    })
}

async fn hang_all_up(pbx: &Client) {
    let _ = pbx.send(action::Hangup::new(format!("/^Local/.*@{CONTEXT}/"))).await;
    until("all hung up", || pbx.calls().is_empty()).await;
    assert!(pbx.channels().await.unwrap().is_empty());
}

#[tokio::test]
async fn logins() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder.clone()).await;
    assert!(pbx.server().version.major >= 2 && pbx.server().fully_booted, "{:?}", pbx.server());
    assert!(pbx.ping().await.unwrap() < SOON);
    let settings = pbx.send(action::CoreSettings::new()).await.unwrap();
    eprintln!("Asterisk {} (AMI {})", settings.get("AsteriskVersion").unwrap(), pbx.server().version);
    let denied = pbx.send(Raw::new("NoSuchAction")).await.unwrap_err();
    assert_eq!(denied.reason(), Some(Reason::UnknownAction), "{denied}");
    let hostile = pbx.hangup("PJSIP/1\r\nAction: Reload", 16).await.unwrap_err();
    assert!(matches!(hostile, Error::Link(LinkError::InvalidArgument { .. })));
    assert_eq!(pbx.hangup("PJSIP/nobody-1", 16).await.unwrap_err().reason(), Some(Reason::NotFound));
    pbx.close().await;
    let plain = connect(builder.clone().plain_login(true)).await;
    plain.ping().await.unwrap();
    plain.close().await;
    for plain in [true, false] {
        let user = var("IFBUS_AMI_USER").unwrap();
        let wrong = builder.clone().plain_login(plain).login(user, "wrong").connect().await.unwrap_err();
        assert!(matches!(&wrong, Error::Link(LinkError::Refused(_))), "{wrong}");
        assert!(wrong.to_string().contains("Authentication failed"), "{wrong}");
    }
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn tls() {
    let Some(address) = var("IFBUS_AMI_TLS") else {
        eprintln!("skipped: IFBUS_AMI_TLS names no Asterisk");
        return;
    };
    let mut config = ami_client::TlsConfig::new();
    if let Some(ca) = var("IFBUS_AMI_CA") {
        config = config.ca_pem(&std::fs::read(ca).unwrap()).unwrap();
    }
    let builder = login(Client::builder(&format!("amis://{address}"))).tls(config.build().unwrap());
    let pbx = connect(builder).await;
    pbx.ping().await.unwrap();
    assert!(pbx.command("core show help").await.unwrap().lines.len() > 50);
    pbx.close().await;
    let untrusted = login(Client::builder(&format!("amis://{address}"))).connect().await;
    assert!(untrusted.is_err());
}

#[tokio::test]
async fn every_list_comes_whole_or_is_refused_in_words() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder).await;
    let call = pbx.originate(local("wait")).await.unwrap();
    let mut refused = Vec::new();
    for (name, end, _) in ami_client::catalogue::LISTS {
        let raw = match name {
            "Hangup" => continue,
            "ShowDialPlan" => Raw::new(name).set("Context", CONTEXT),
            "DBGet" | "DBGetTree" => {
                pbx.db_put("ifbus", "key", "a: b").await.unwrap();
                Raw::new(name).set("Family", "ifbus").set("Key", "key")
            }
            "BridgeInfo" => Raw::new(name).set("BridgeUniqueid", "none"),
            "ConfbridgeList" => Raw::new(name).set("Conference", "none"),
            "CoreShowChannelMap" => Raw::new(name).set("Channel", call.channel.clone()),
            "PJSIPShowEndpoint" => Raw::new(name).set("Endpoint", "101"),
            "MWIGet" => Raw::new(name).set("Mailbox", "100"),
            other => Raw::new(other),
        };
        match pbx.send(raw).await {
            Ok(response) => {
                let mark = response.get("EventList").is_some_and(|mark| mark.eq_ignore_ascii_case("start"));
                assert!(mark, "{name} is a list, and came as {response:?}");
            }
            Err(Error::Rejected { message, .. }) => refused.push(format!("{name} ({end}): {message}")),
            Err(error) => panic!("{name}: {error}"),
        }
    }
    eprintln!("refused: {refused:#?}");
    assert!(refused.len() < 25, "{refused:#?}");
    // typed
    let channels = pbx.channels().await.unwrap();
    assert!(channels.iter().any(|channel| channel.channel() == call.channel), "{channels:?}");
    assert_eq!(channels.end.as_ref().unwrap().get("ListItems").unwrap(), channels.len().to_string());
    let status = pbx.send(action::Status::new().channel(call.channel.clone())).await.unwrap();
    assert_eq!(status.items[0].snapshot().uniqueid(), call.uniqueid);
    assert!(pbx.send(action::ConfbridgeListRooms::new()).await.unwrap().is_empty());
    assert!(pbx.queues(Some("no-such-queue")).await.unwrap().is_empty());
    let mut stream = pbx.stream(action::CoreShowChannels::new());
    let mut streamed = 0;
    while let Some(item) = stream.next().await {
        assert!(item.unwrap().is("CoreShowChannel"));
        streamed += 1;
    }
    assert_eq!(streamed, channels.len());
    assert!(stream.end().is_some());
    assert_eq!(pbx.db_get("ifbus", "key").await.unwrap().as_deref(), Some("a: b"));
    assert_eq!(pbx.db_get("ifbus", "nothing").await.unwrap(), None);
    pbx.db_del("ifbus", "key").await.unwrap();
    hang_all_up(&pbx).await;
    pbx.close().await;
}

#[tokio::test]
async fn originates_end_with_their_outcome() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder).await;
    let mut hangups = pbx.events_of::<event::Hangup>();
    let call = pbx.originate(local("wait").set("IFBUS", "a,b")).await.unwrap();
    assert!(call.channel.starts_with("Local/wait@ifbus-test-") && call.setup_time < SOON, "{call:?}");
    // of the two halves other threads of Asterisk's tell than of the outcome
    until("both halves are up", || {
        let tracked = pbx.calls().by_uniqueid(&call.uniqueid).unwrap();
        (tracked.state, tracked.legs().count()) == (CallState::Connected, 2)
    })
    .await;
    assert_eq!(pbx.variable(Some(&call.channel), "IFBUS").await.unwrap(), "a,b");
    pbx.set_variable(Some(&call.channel), "IFBUS", "c: d").await.unwrap();
    assert_eq!(pbx.variable(Some(&call.channel), "IFBUS").await.unwrap(), "c: d");
    pbx.play_dtmf(&call.channel, '5').await.unwrap();
    assert!(pbx.play_dtmf(&call.channel, 'x').await.is_err());
    pbx.hangup(&call.channel, 17).await.unwrap();
    let hangup = timeout(SOON, hangups.recv()).await.unwrap().unwrap().event().unwrap();
    assert_eq!(hangup.cause(), Some(17), "{hangup:?}");
    until("the call is over", || pbx.calls().is_empty()).await;
    let failure = |result: Result<ami_client::Answered, Error>| match result {
        Err(Error::NotAnswered { failure, .. }) => failure,
        other => panic!("{other:?}"),
    };
    assert_eq!(failure(pbx.originate(local("busy")).await), Failure::Busy);
    let ring = local("ring").timeout(Duration::from_millis(1500));
    assert_eq!(failure(pbx.originate(ring).await), Failure::NoAnswer);
    assert_eq!(failure(pbx.originate(local("nowhere")).await), Failure::Failed);
    let rejected = pbx.originate(Originate::new("no-slash").run("Wait", "1")).await.unwrap_err();
    assert!(matches!(rejected, Error::Rejected { .. } | Error::NotAnswered { .. }), "{rejected}");
    hang_all_up(&pbx).await;
    pbx.close().await;
}

#[tokio::test]
async fn conference_and_recording() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder).await;
    let room = pbx.conference("ifbus-room");
    let mut joins = pbx.events_of::<event::ConfbridgeJoin>();
    let one = room.invite(local("tone")).await.unwrap();
    let two = room.invite(local("wait")).await.unwrap();
    for _ in 0..2 {
        let join = timeout(SOON, joins.recv()).await.unwrap().unwrap().event().unwrap();
        assert_eq!(join.conference(), "ifbus-room");
    }
    assert_eq!(room.list().await.unwrap().len(), 2);
    room.mute(&one.channel).await.unwrap();
    let muted = room.list().await.unwrap();
    let muted = muted.iter().find(|member| member.channel() == one.channel).unwrap();
    assert_eq!(muted.muted(), Some(true));
    room.unmute(&one.channel).await.unwrap();
    room.lock().await.unwrap();
    room.unlock().await.unwrap();
    assert!(pbx.conferences().await.unwrap().iter().any(|found| found.conference() == "ifbus-room"));
    room.start_recording(Some("/tmp/ifbus-conference.wav")).await.unwrap();
    // so long is the recording; until it ends its file shows nothing, since Asterisk writes 32 KiB at a time
    sleep(Duration::from_millis(300)).await;
    room.stop_recording().await.unwrap();
    let root = var("IFBUS_AMI_ROOT");
    // Asterisk 22.10 gives a MixMonitor on a Local channel no sound at all now and then, and makes no file: it has three chances
    for attempt in 1..=3 {
        let recording = pbx.record(&one.channel, "/tmp/ifbus-mix.wav").await.unwrap();
        recording.pause().await.unwrap();
        recording.resume().await.unwrap();
        sleep(Duration::from_millis(300)).await;
        recording.stop().await.unwrap();
        let Some(root) = &root else { break };
        let by = Instant::now() + Duration::from_secs(5);
        while sound_in(root, "ifbus-mix").is_none() && (attempt == 3 || Instant::now() < by) {
            assert!(Instant::now() < by, "a recording has no file");
            sleep(Duration::from_millis(10)).await;
        }
        if let Some(file) = sound_in(root, "ifbus-mix") {
            std::fs::remove_file(file).unwrap();
            break;
        }
    }
    if let Some(root) = &root {
        until("the conference's file is there, and has sound", || sound_in(root, "ifbus-conference").is_some()).await;
        std::fs::remove_file(sound_in(root, "ifbus-conference").unwrap()).unwrap();
    }
    room.kick(&two.channel).await.unwrap();
    let by = Instant::now() + SOON;
    while room.list().await.unwrap().len() > 1 {
        assert!(Instant::now() < by);
    }
    hang_all_up(&pbx).await;
    assert!(room.list().await.unwrap().is_empty());
    pbx.close().await;
}

#[tokio::test]
async fn transfers_parking_and_bridges() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder).await;
    let dial = Originate::new(format!("Local/wait@{CONTEXT}/n")).to(CONTEXT, "dial", "1");
    let call = pbx.originate(dial).await.unwrap();
    until("the second leg answers", || {
        pbx.calls().by_uniqueid(&call.uniqueid).is_some_and(|call| {
            call.state == CallState::Connected && call.legs().filter(|leg| leg.bridge.is_some()).count() == 2
        })
    })
    .await;
    let mut transfers = pbx.events_of::<event::BlindTransfer>();
    pbx.blind_transfer(&call.channel, CONTEXT, "echo").await.unwrap();
    let told = timeout(SOON, transfers.recv()).await.unwrap().unwrap().event().unwrap();
    assert_eq!(told.result(), Some(values::TransferResult::Success));
    assert_eq!((&*told.extension(), told.transferer().channel()), ("echo", call.channel.as_str().into()));
    hang_all_up(&pbx).await;
    let (one, two) = (pbx.originate(local("wait")).await.unwrap(), pbx.originate(local("wait")).await.unwrap());
    assert_eq!(pbx.calls().len(), 2);
    pbx.bridge(&one.channel, &two.channel).await.unwrap();
    // the server links the channels that are in the bridge, and leaves the far halves of Local channels where they were
    let call = |uniqueid: &str| pbx.calls().by_uniqueid(uniqueid).unwrap().id.clone();
    until("two calls are one", || call(&one.uniqueid) == call(&two.uniqueid)).await;
    pbx.redirect(&one.channel, ami_client::Destination::new(CONTEXT, "wait")).await.unwrap();
    until("it has left the bridge", || {
        pbx.calls().by_uniqueid(&one.uniqueid).unwrap().leg(&one.channel).is_some_and(|leg| leg.bridge.is_none())
    })
    .await;
    let mut parked = pbx.events_of::<event::ParkedCall>();
    match pbx.park(&one.channel, None).await {
        Ok(()) => {
            let parked = timeout(SOON, parked.recv()).await.unwrap().unwrap().event().unwrap();
            assert_eq!(parked.parkee().channel(), one.channel);
            let call = pbx.calls().by_uniqueid(&one.uniqueid).unwrap();
            assert!(call.leg(&one.channel).unwrap().parked.is_some(), "{call:?}");
            let lot = pbx.send(action::ParkedCalls::new()).await.unwrap();
            assert_eq!(lot.items[0].parkee().uniqueid(), one.uniqueid);
        }
        Err(error) => eprintln!("no parking here: {error}"),
    }
    hang_all_up(&pbx).await;
    pbx.close().await;
}

#[tokio::test]
async fn queues() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder).await;
    let queues = pbx.queues(None).await.unwrap();
    let Some(queue) = queues.first() else {
        eprintln!("skipped: this Asterisk has no queue");
        return;
    };
    let name = queue.name.clone();
    let member = format!("Local/wait@{CONTEXT}/n");
    pbx.queue_add(&name, &member).await.unwrap();
    assert!(pbx.queue_add(&name, &member).await.unwrap_err().to_string().contains("Already there"));
    pbx.queue_pause(&member, true, Some(&name), Some("coffee: break")).await.unwrap();
    let queue = pbx.queues(Some(&name)).await.unwrap().remove(0);
    let found = queue.members.iter().find(|found| found.location() == member).unwrap();
    assert_eq!((found.paused(), &*found.paused_reason()), (Some(true), "coffee: break"));
    assert_eq!(found.status(), Some(values::MemberStatus::NotInUse));
    pbx.queue_remove(&name, &member).await.unwrap();
    pbx.close().await;
}

#[tokio::test]
async fn states_and_configuration() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder).await;
    pbx.set_device_state("ifbus", values::DeviceState::Inuse).await.unwrap();
    assert_eq!(pbx.device_state("Custom:ifbus").await.unwrap(), values::DeviceState::Inuse);
    pbx.set_device_state("Custom:ifbus", "NOT_INUSE").await.unwrap();
    assert_eq!(pbx.device_state("Custom:ifbus").await.unwrap(), values::DeviceState::NotInuse);
    assert!(pbx.set_device_state("ifbus", "BANANA").await.is_err());
    assert_eq!(pbx.extension_state(CONTEXT, "nobody").await.unwrap().status, -1);
    let file = pbx.config("extensions.conf").await.unwrap();
    assert!(!file.categories.is_empty());
    let mut events = pbx.events_of::<event::UserEvent>();
    pbx.user_event("IfbusTest", &[("Note", "smörgåsbord: a:b")]).await.unwrap();
    let told = timeout(SOON, events.recv()).await.unwrap().unwrap().event().unwrap();
    assert_eq!((&*told.user_event(), told.get("Note").as_deref()), ("IfbusTest", Some("smörgåsbord: a:b")));
    pbx.set_events(EventMask::NONE).await.unwrap();
    pbx.set_events(EventMask::ALL).await.unwrap();
    pbx.close().await;
}
