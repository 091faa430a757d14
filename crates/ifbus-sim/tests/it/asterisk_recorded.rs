//! The simulated Asterisk beside the recording of calls that are put on hold and played into.

use crate::asterisk::{Ami, Message, assert_shape, get, recorded};
use ifbus_sim::asterisk::{Application, AsteriskSim};
use std::time::Duration;

const EXTENSIONS: [(&str, u32, &str, &str); 7] = [
    ("ifbus-hold", 1, "BridgeWait", "ifbus-hold-${UNIQUEID},participant,e(m)m(${IFBUS_MUSIC})"),
    ("ifbus-wait", 1, "BridgeWait", "ifbus-wait-${UNIQUEID},participant,e(s)"),
    ("ifbus-play", 1, "Answer", ""),
    ("ifbus-play", 2, "Playback", "${IFBUS_FILE}"),
    ("ifbus-play", 3, "GotoIf", "$[\"${PLAYBACKSTATUS}\"=\"FAILED\"]?5"),
    ("ifbus-play", 4, "Hangup", "31"),
    ("ifbus-play", 5, "Hangup", "47"),
];

/// What is told of a channel, without what varies: the threads of the real server tell it when they come to it.
fn of_channel(messages: &[Message], channel: &str) -> Vec<String> {
    let tells = |message: &&Message| {
        let about = ["Channel", "SpyerChannel", "DestChannel"].iter().any(|key| get(message, key) == channel);
        about && !["CEL", "Cdr", "SoftHangupRequest", "Newexten", "VarSet"].contains(&get(message, "Event"))
    };
    let names = messages.iter().filter(tells).map(|message| {
        let (event, bridge) = (get(message, "Event"), get(message, "BridgeTechnology"));
        // who leaves a bridge may show its old place or its new one
        let exten = if event == "BridgeLeave" { "" } else { get(message, "Exten") };
        [event, bridge, exten, get(message, "Cause")].join(" ").trim().to_owned()
    });
    names.filter(|name| !name.starts_with("New") && !name.is_empty()).collect()
}

#[tokio::test]
async fn holding_and_playing_is_told_as_the_real_one() {
    let real = recorded("hold-play");
    let at = |id: &str| {
        real.iter().position(|message| get(message, "ActionID") == id && !get(message, "Response").is_empty()).unwrap()
    };
    let real_channel = |id: &str| get(real.iter().find(|m| get(m, "Uniqueid") == id).unwrap(), "Channel").to_owned();
    let sim = AsteriskSim::builder()
        .missing_sound("no-such-file")
        .extension("dialtone", &[Application::Dial("Local/wait@ifbus-verbs/n".into(), Duration::from_secs(20))])
        .start()
        .await
        .unwrap();
    let mut ami = Ami::login(sim.addr(), "call").await;
    for (exten, priority, application, data) in EXTENSIONS {
        let add = format!(
            "DialplanExtensionAdd\r\nContext: ifbus-verbs\r\nExtension: {exten}\r\nPriority: {priority}\r\nApplication: {application}\r\nApplicationData: {data}"
        );
        assert_eq!(get(&ami.ask(&add).await, "Message"), get(&real[at("a2")], "Message"));
        assert_eq!(get(&ami.ask(&add).await, "Message"), get(&real[at("a13")], "Message"));
    }
    let wrong = "DialplanExtensionAdd\r\nContext: c\r\nExtension: e\r\nPriority: x\r\nApplication: Answer";
    assert_eq!(get(&ami.ask(wrong).await, "Message"), get(&real[at("a14")], "Message"));
    assert_eq!(get(&ami.ask("DialplanExtensionAdd\r\nContext: c").await, "Message"), get(&real[at("a15")], "Message"));
    let (items, count) = ami.list("ShowDialPlan\r\nContext: ifbus-verbs\r\nExtension: ifbus-play").await;
    assert_eq!((items.len(), count), (5, 5));
    let missing = ami.ask("ShowDialPlan\r\nContext: ifbus-verbs\r\nExtension: nothing").await;
    assert_eq!(get(&missing, "Message"), get(&real[at("a17")], "Message"));

    ami.ask("Originate\r\nChannel: Local/wait@ifbus-verbs/n\r\nContext: ifbus-verbs\r\nExten: dialtone\r\nPriority: 1\r\nAsync: true\r\nChannelId: one\r\nOtherChannelId: one-far").await;
    ami.event("BridgeEnter").await;
    ami.event("BridgeEnter").await;
    let two = get(&ami.ask("Getvar\r\nChannel: one\r\nVariable: BRIDGEPEER").await, "Value").to_owned();
    let one = get(&ami.ask("Getvar\r\nChannel: one\r\nVariable: CHANNEL").await, "Value").to_owned();
    ami.ask(&format!("Setvar\r\nChannel: {two}\r\nVariable: IFBUS_MUSIC\r\nValue: default")).await;
    let (real_one, real_two) = (real_channel("one"), get(&real[at("a19")], "Value").to_owned());
    let hold = format!(
        "Redirect\r\nChannel: {two}\r\nContext: ifbus-verbs\r\nExten: ifbus-hold\r\nPriority: 1\r\nExtraChannel: {one}\r\nExtraContext: ifbus-verbs\r\nExtraExten: ifbus-wait\r\nExtraPriority: 1"
    );
    let mut ours = Vec::new();
    assert_eq!(get(&ami.ask(&hold).await, "Message"), get(&real[at("a22")], "Message"));
    ours.extend(ami.events_to("MusicOnHoldStart").await);
    while ours.iter().filter(|event| get(event, "Event") == "BridgeEnter").count() < 2 {
        ours.push(ami.next().await.unwrap());
    }
    let same = |ours: &[Message], real: &[Message]| {
        for (ours_of, real_of) in [(&one, &real_one), (&two, &real_two)] {
            assert_eq!(of_channel(ours, ours_of), of_channel(real, real_of), "{ours_of}");
        }
        ours.iter().for_each(assert_shape);
    };
    same(&ours, &real[at("a22")..at("a23")]);
    assert_eq!(get(&ami.ask("Getvar\r\nChannel: one\r\nVariable: BRIDGEPEER").await, "Value"), "");
    assert_eq!(
        get(&ami.ask(&format!("Bridge\r\nChannel1: {one}\r\nChannel2: {two}")).await, "Message"),
        get(&real[at("a25")], "Message")
    );
    let mut ours = Vec::new();
    while ours.iter().filter(|event| get(event, "Event") == "BridgeEnter").count() < 2 {
        ours.push(ami.next().await.unwrap());
    }
    same(&ours, &real[at("a25")..at("a26")]);

    for (file, from, to) in [("beep", "a27", "a28"), ("no-such-file", "a28", "a29")] {
        ami.ask(&format!("Originate\r\nChannel: Local/ifbus-play@ifbus-verbs/n\r\nApplication: ChanSpy\r\nData: one,quwES\r\nAsync: true\r\nChannelId: near\r\nOtherChannelId: far\r\nVariable: IFBUS_FILE={file}")).await;
        let mut ours = Vec::new();
        while ours.iter().filter(|event| get(event, "Event") == "Hangup").count() < 2 {
            ours.push(ami.next().await.unwrap());
        }
        ours.iter().for_each(assert_shape);
        let real = &real[at(from)..at(to)];
        let halves = |messages: &[Message], id: &str| {
            get(
                messages.iter().find(|m| get(m, "Event") == "Newchannel" && get(m, "Uniqueid") == id).unwrap(),
                "Channel",
            )
            .to_owned()
        };
        for id in ["near", "far"] {
            let (mut ours, mut real) = (of_channel(&ours, &halves(&ours, id)), of_channel(real, &halves(real, id)));
            // when the outcome is told varies, and the cause of the half that ChanSpy lets go
            for list in [&mut ours, &mut real] {
                list.retain(|event| !event.starts_with("OriginateResponse"));
                list.iter_mut()
                    .filter(|event| id == "near" && event.starts_with("Hangup "))
                    .for_each(|event| event.truncate(6));
            }
            assert_eq!(ours, real, "{file} {id}");
        }
    }
    ami.ask(&hold).await;
    ami.event("MusicOnHoldStart").await;
    ami.ask("Ping").await;
    let extra = "Redirect\r\nChannel: one\r\nContext: c\r\nExten: e\r\nPriority: 1\r\nExtraChannel: none";
    assert_eq!(get(&ami.ask(extra).await, "Message"), get(&real[at("a32")], "Message"));
    ami.ask(&format!("Hangup\r\nChannel: {two}\r\nCause: 17")).await;
    let ours = ami.events_to("Hangup").await;
    assert_eq!(of_channel(&ours, &two), of_channel(&real[at("a33")..at("a34")], &real_two));
}

/// The records of a channel's life: what happened, in which application, and what is said of it beside.
fn life(messages: &[Message], uniqueid: &str) -> Vec<[String; 4]> {
    let cel = messages.iter().filter(|message| get(message, "Event") == "CEL" && get(message, "UniqueID") == uniqueid);
    let shown = cel.map(|message| {
        let extra: serde_json::Value = serde_json::from_str(get(message, "Extra")).unwrap_or_default();
        let mut extra = extra.as_object().cloned().unwrap_or_default();
        extra.remove("bridge_id");
        // the folder of this server's sounds
        extra.remove("sound");
        [
            get(message, "EventName").to_owned(),
            get(message, "Application").to_owned(),
            serde_json::to_string(&extra).unwrap(),
            (if get(message, "Peer").is_empty() { "alone" } else { "with a peer" }).to_owned(),
        ]
    });
    shown.collect()
}

#[tokio::test]
async fn records_are_as_the_real_ones() {
    let real = recorded("hold-play");
    let at = |id: &str| {
        real.iter().position(|message| get(message, "ActionID") == id && !get(message, "Response").is_empty()).unwrap()
    };
    let sim = AsteriskSim::builder()
        .records(true)
        .missing_sound("no-such-file")
        .extension("tone", &[Application::Answer, Application::Wait(Duration::from_secs(600))])
        .extension("dialtone", &[Application::Dial("Local/tone@ifbus-verbs/n".into(), Duration::from_secs(20))])
        .start()
        .await
        .unwrap();
    let mut ami = Ami::login(sim.addr(), "off").await;
    let mut watcher = Ami::login(sim.addr(), "call,cdr").await;
    for (exten, priority, application, data) in EXTENSIONS {
        ami.ask(&format!("DialplanExtensionAdd\r\nContext: ifbus-verbs\r\nExtension: {exten}\r\nPriority: {priority}\r\nApplication: {application}\r\nApplicationData: {data}")).await;
    }
    ami.ask("Originate\r\nChannel: Local/tone@ifbus-verbs/n\r\nContext: ifbus-verbs\r\nExten: dialtone\r\nPriority: 1\r\nAsync: true\r\nChannelId: one\r\nOtherChannelId: one-far").await;
    let mut ours = watcher.events_to("BridgeCreate").await;
    while ours.iter().filter(|event| get(event, "EventName") == "BRIDGE_ENTER").count() < 2 {
        ours.push(watcher.next().await.unwrap());
    }
    let two = get(&ami.ask("Getvar\r\nChannel: one\r\nVariable: BRIDGEPEER").await, "Value").to_owned();
    let two_id = get(&ami.ask(&format!("Getvar\r\nChannel: {two}\r\nVariable: UNIQUEID")).await, "Value").to_owned();
    let hold = format!(
        "Redirect\r\nChannel: {two}\r\nContext: ifbus-verbs\r\nExten: ifbus-hold\r\nPriority: 1\r\nExtraChannel: one\r\nExtraContext: ifbus-verbs\r\nExtraExten: ifbus-wait\r\nExtraPriority: 1"
    );
    ami.ask(&hold).await;
    ami.ask(&format!("Bridge\r\nChannel1: one\r\nChannel2: {two}")).await;
    let mut plays = Vec::new();
    for file in ["beep", "no-such-file"] {
        ami.ask(&format!("Originate\r\nChannel: Local/ifbus-play@ifbus-verbs/n\r\nApplication: ChanSpy\r\nData: one,quwES\r\nAsync: true\r\nChannelId: near\r\nOtherChannelId: far\r\nVariable: IFBUS_FILE={file}")).await;
        let mut play = Vec::new();
        while !play.iter().any(|event| get(event, "EventName") == "LINKEDID_END") {
            play.push(watcher.next().await.unwrap());
        }
        ours.extend(play.clone());
        plays.push(play);
    }
    ami.ask(&hold).await;
    ami.ask(&format!("Hangup\r\nChannel: {two}\r\nCause: 17")).await;
    ami.ask("Hangup\r\nChannel: one\r\nCause: 16").await;
    while !ours.iter().any(|event| get(event, "EventName") == "LINKEDID_END" && get(event, "LinkedID") == "one") {
        ours.push(watcher.next().await.unwrap());
    }
    ours.iter().filter(|event| ["CEL", "Cdr"].contains(&get(event, "Event"))).for_each(assert_shape);
    let real_two = get(&real[at("a19")], "Value");
    let real_two = get(
        real.iter().find(|m| get(m, "Event") == "Newchannel" && get(m, "Channel") == real_two).unwrap(),
        "Uniqueid",
    );
    for (of, real_of) in [("one", "one"), (&*two_id, real_two), ("one-far", "one-far")] {
        assert_eq!(life(&ours, of), life(&real, real_of), "{of}");
    }
    let records = |messages: &[Message], id: &str| -> Vec<[String; 4]> {
        let of = messages.iter().filter(|message| get(message, "Event") == "Cdr" && get(message, "UniqueID") == id);
        let fields = ["Destination", "DestinationContext", "LastApplication", "Disposition"];
        of.map(|message| fields.map(|field| get(message, field).to_owned())).collect()
    };
    for (play, (from, to)) in plays.iter().zip([("a27", "a28"), ("a28", "a29")]) {
        let real = &real[at(from)..at(to)];
        assert_eq!(life(play, "far"), life(real, "far"));
        for id in ["near", "far"] {
            assert_eq!(records(play, id), records(real, id), "{id}");
        }
    }
    assert_eq!(records(&ours, "one-far"), records(&real, "one-far"));
    let dialed = ours.iter().find(|event| get(event, "Event") == "Cdr" && get(event, "UniqueID") == "one").unwrap();
    assert_eq!(get(dialed, "DestinationChannel"), two);
}
