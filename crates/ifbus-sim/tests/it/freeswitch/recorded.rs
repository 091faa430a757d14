//! Answers, events and calls, compared with recordings.

use super::{Esl, Event, Recorded, recorded, recorded_events, replay};
use crate::util::until;
use ifbus_sim::freeswitch::FreeSwitchSim;
use serde_json::Value;

#[tokio::test]
async fn errors_are_those_recorded() {
    // these are beyond the simulator, or answer with what the machine is
    let skipped = ["api conference\n", "api xml_locate", "sendmsg bad "];
    replay("api-and-command-errors", &skipped, false).await;
}

#[tokio::test]
async fn subscriptions_and_filters_answer_as_recorded() {
    replay("subscriptions", &[], false).await;
    replay("filters", &[], false).await;
}

#[tokio::test]
async fn events_of_clients_come_back_as_recorded() {
    replay("sendevent-values", &[], true).await;
}

/// The names of the events of a recording and of a simulated call are the same, channel by channel, and so are their headers.
fn assert_same(recorded: &[Event], got: &[Event], channel: &str) {
    let of = |events: &[Event]| -> Vec<Event> {
        events.iter().filter(|event| event.get("Channel-Name") == channel).cloned().collect()
    };
    let (recorded, got) = (of(recorded), of(got));
    let tell = |events: &[Event]| -> Vec<String> {
        events.iter().map(|event| format!("{} {}", event.get("Event-Name"), event.get("Channel-State"))).collect()
    };
    assert_eq!(tell(&got), tell(&recorded), "{channel}");
    for (got, recorded) in got.iter().zip(&recorded) {
        let name = got.get("Event-Name");
        let only = |a: &Event, b: &Event| -> String {
            a.names().into_iter().filter(|name| !b.names().contains(name)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(only(got, recorded), "", "{channel}: {name} has these and should not");
        assert_eq!(only(recorded, got), "", "{channel}: {name} lacks these");
        assert_eq!(got.names(), recorded.names(), "{channel}: {name}");
        for header in [
            "Channel-Call-State",
            "Channel-State-Number",
            "Answer-State",
            "Call-Direction",
            "Application",
            "Event-Calling-Function",
        ] {
            assert_eq!(got.get(header), recorded.get(header), "{channel}: {header} of {name}");
        }
    }
}

const ORIGINATE: &str = "bgapi originate {origination_uuid=11111111-1111-4111-8111-111111111101,test_utf8='Grüße €',test_pct=100%,test_hex=%41%zz,test_sp='a b',test_colon=a:b}loopback/sleep300/default &park\n\n";

#[tokio::test]
async fn a_call_is_told_as_recorded() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain ALL\n\n").await;
    let job = esl.ask(ORIGINATE).await.get("Job-UUID").to_owned();
    let events = esl.events_to("CHANNEL_DESTROY", 2).await;
    let events: Vec<Event> = [events, esl.events_to("CHANNEL_STATE", 1).await].concat();
    let recorded = recorded_events("events-plain-call");
    for channel in ["loopback/sleep300/default-a", "loopback/sleep300-a", "loopback/sleep300-b"] {
        assert_same(&recorded, &events, channel);
    }
    let answer = events.iter().find(|event| event.get("Event-Name") == "BACKGROUND_JOB").unwrap();
    assert_eq!(answer.get("Job-UUID"), job);
    assert_eq!(answer.body, "+OK 11111111-1111-4111-8111-111111111101\n");
    let last = events.iter().rfind(|event| event.get("Event-Name") == "CHANNEL_HANGUP_COMPLETE").unwrap();
    assert_eq!(last.get("variable_test_utf8"), "Grüße €");
    assert_eq!(last.get("variable_hangup_cause"), "NORMAL_CLEARING");
    assert!(sim.channels().is_empty());
}

#[tokio::test]
async fn a_bridge_is_told_as_recorded() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain CHANNEL_CREATE CHANNEL_ORIGINATE CHANNEL_PROGRESS CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE\n\n").await;
    let id = "22222222-2222-4222-8222-222222222206";
    let answer = esl.api(&format!("originate {{origination_uuid={id}}}loopback/bridge/default 5900 XML default")).await;
    assert_eq!(answer, format!("+OK {id}\n"));
    let mut events = esl.events_to("CHANNEL_BRIDGE", 1).await;
    let bridge = events.last().unwrap().clone();
    until(|| sim.channels().iter().any(|channel| channel.uuid == id && channel.applications == ["park"])).await;
    assert_eq!(esl.api(&format!("uuid_kill {id}")).await, "+OK\n");
    events.extend(esl.events_to("CHANNEL_DESTROY", 4).await);
    let recorded = recorded_events("bridge-events");
    let wanted = recorded.iter().find(|event| event.get("Event-Name") == "CHANNEL_BRIDGE").unwrap();
    let headers = |event: &Event| -> Vec<String> {
        event.names().into_iter().filter(|name| !name.starts_with("variable_")).map(str::to_owned).collect()
    };
    assert_eq!(headers(&bridge), headers(wanted));
    for channel in ["loopback/bridge-a", "loopback/bridge-b", "loopback/9196-a", "loopback/9196-b"] {
        let names = |events: &[Event]| -> Vec<String> {
            let mine = events.iter().filter(|event| event.get("Channel-Name") == channel);
            mine.map(|event| format!("{} {}", event.get("Event-Name"), event.get("Application")))
                .filter(|name| !name.starts_with("CHANNEL_OUTGOING") && !name.starts_with("CHANNEL_UUID"))
                .collect()
        };
        assert_eq!(names(&events), names(&recorded), "{channel}");
    }
}

#[tokio::test]
async fn the_three_forms_say_the_same() {
    let sim = FreeSwitchSim::start().await.unwrap();
    for (format, name) in [("json", "events-json-call"), ("xml", "events-xml-call")] {
        let mut esl = Esl::login(sim.addr()).await;
        esl.ask(format!("event {format} CHANNEL_EXECUTE\n\n")).await;
        esl.ask("bgapi originate loopback/sleep300/default &park\n\n").await;
        let got = loop {
            let frame = esl.any().await.unwrap();
            if frame.is_event() {
                break frame;
            }
        };
        let wanted = recorded(name).into_iter().find_map(|row| match row {
            Recorded::Frame(frame) if frame.is_event() && frame.text().contains("CHANNEL_EXECUTE") => Some(frame),
            _ => None,
        });
        let wanted = wanted.unwrap();
        assert_eq!(got.head.split('\n').nth(1), wanted.head.split('\n').nth(1));
        let names = |text: &str| -> Vec<String> {
            let pattern = if format == "json" { "\"([A-Za-z_-]+)\":" } else { "</([A-Za-z_-]+)>\n" };
            let pattern = regex_lite::Regex::new(pattern).unwrap();
            let names = pattern.captures_iter(text).map(|found| found[1].to_owned());
            names
                .filter(|name| !name.contains("test_") && !name.contains("DP_MATCH") && !name.contains("origination"))
                .collect()
        };
        assert_eq!(names(&got.text()), names(&wanted.text()), "{format}");
        if format == "json" {
            let value: Value = serde_json::from_slice(&got.body).unwrap();
            assert_eq!(value["Application"], "answer");
        }
        esl.api("hupall").await;
    }
}

#[tokio::test]
async fn conferences_answer_as_recorded() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain CUSTOM conference::maintenance\n\n").await;
    let rows = recorded("conference");
    let wanted: Vec<Event> = recorded_events("conference");
    let commands: Vec<(String, String)> = rows
        .iter()
        .zip(&rows[1..])
        .filter_map(|pair| match pair {
            (Recorded::Command(command), Recorded::Frame(answer)) => {
                Some((String::from_utf8_lossy(command).trim_end().to_owned(), answer.text()))
            }
            _ => None,
        })
        .collect();
    let kept = [
        "originate",
        "count",
        "mute",
        "unmute",
        "deaf",
        "undeaf",
        "volume_in",
        "energy",
        "lock",
        "unlock",
        "record",
        "chkrecord",
        "pause",
        "resume",
        "norecord",
        "hold",
        "unhold",
        "dtmf",
        "pin",
        "nopin",
        "nosuch",
        "kick",
        "transfer",
    ];
    for (command, answer) in commands {
        let Some(command) = command.strip_prefix("api ") else { continue };
        let verb = command.split(' ').find(|word| kept.contains(word));
        if verb.is_none() || command.contains("bgdial") || command.contains("3001 kick") {
            continue;
        }
        assert_eq!(esl.api(command).await, answer, "{command}");
        if command.starts_with("originate") {
            until(|| {
                sim.channels().last().is_some_and(|channel| channel.applications == ["conference"] || channel.inbound)
            })
            .await;
            while esl.event("CUSTOM").await.get("Action") != "add-member" {}
        }
    }
    esl.api("hupall").await;
    let mut seen = Vec::new();
    loop {
        let event = esl.event("CUSTOM").await;
        let over = event.get("Action") == "conference-destroy" && event.get("Conference-Name") == "3001";
        seen.push(event);
        if over {
            break;
        }
    }
    for action in [
        "mute-member",
        "lock",
        "kick-member",
        "del-member",
        "transfer",
        "dtmf-member",
        "start-recording",
        "floor-change",
    ] {
        let shape = |events: &[Event]| -> Vec<String> {
            let found = events.iter().find(|event| event.get("Action") == action && event.get("x").is_empty());
            let found = found.unwrap_or_else(|| panic!("no {action}"));
            found.names().into_iter().filter(|name| *name != "Caller-RDNIS").map(str::to_owned).collect()
        };
        if matches!(action, "kick-member" | "transfer" | "del-member") {
            assert!(seen.iter().any(|event| event.get("Action") == action), "no {action}");
        } else {
            assert_eq!(shape(&seen), shape(&wanted), "{action}");
        }
    }
}
