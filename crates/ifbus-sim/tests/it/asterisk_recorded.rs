//! The simulated Asterisk beside the recording of calls that are put on hold and played into.

use crate::asterisk::{Ami, Message, assert_shape, get, recorded};
use ifbus_sim::asterisk::{Application, AsteriskSim};
use std::time::Duration;

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
    for (exten, priority, application, data) in [
        ("ifbus-hold", 1, "BridgeWait", "ifbus-hold-${UNIQUEID},participant,e(m)m(${IFBUS_MUSIC})"),
        ("ifbus-wait", 1, "BridgeWait", "ifbus-wait-${UNIQUEID},participant,e(s)"),
        ("ifbus-play", 1, "Answer", ""),
        ("ifbus-play", 2, "Playback", "${IFBUS_FILE}"),
        ("ifbus-play", 3, "GotoIf", "$[\"${PLAYBACKSTATUS}\"=\"FAILED\"]?5"),
        ("ifbus-play", 4, "Hangup", "31"),
        ("ifbus-play", 5, "Hangup", "47"),
    ] {
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
