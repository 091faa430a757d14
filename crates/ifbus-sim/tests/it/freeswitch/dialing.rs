//! Forked dial strings, and what is done to a channel or later.

use super::{Esl, Event};
use ifbus_sim::freeswitch::FreeSwitchSim;

const EVENTS: &str = "event plain CHANNEL_ORIGINATE CHANNEL_ANSWER CHANNEL_HANGUP CHANNEL_BRIDGE CHANNEL_EXECUTE\n\n";

/// Name, called number and cause of each.
fn told(events: &[Event]) -> Vec<(String, String, String)> {
    let parts = |event: &Event, name: &str| event.get(name).to_owned();
    events
        .iter()
        .map(|event| {
            let name = parts(event, "Event-Name").replace("CHANNEL_", "");
            (name, parts(event, "Caller-Destination-Number"), parts(event, "Hangup-Cause"))
        })
        .collect()
}

fn lines(list: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    list.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect()
}

#[tokio::test]
async fn the_first_to_answer_wins_the_race() {
    let sim = FreeSwitchSim::start().await.unwrap();
    for dial_string in [
        "[leg=1]user/1003,[leg=2]user/1001,user/1002",
        "[leg=1]user/1003:_:[leg=2]user/1001",
        "<x=1>[leg=1]user/1003:_:[leg=0]user/1002|[leg=2]user/1001",
    ] {
        let mut esl = Esl::login(sim.addr()).await;
        esl.ask(EVENTS).await;
        let answer = esl.api(&format!("originate {dial_string} &park")).await;
        let winner = answer.strip_prefix("+OK ").unwrap().trim_end();
        assert_eq!(sim.variable(winner, "leg").as_deref(), Some("2"), "{dial_string}");
        assert_eq!(sim.channels().len(), 1, "{dial_string}");
        let events = esl.events_to("CHANNEL_EXECUTE", 1).await;
        let ended = told(&events);
        assert!(ended.contains(&("HANGUP".into(), "1003".into(), "LOSE_RACE".into())), "{ended:?}");
        sim.hang_up(winner, "NORMAL_CLEARING");
    }
}

#[tokio::test]
async fn attempts_are_made_one_after_the_other() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask(EVENTS).await;
    let answer = esl.api("originate nosuch/x,user/1002|user/nobody|user/1001 &park").await;
    let winner = answer.strip_prefix("+OK ").unwrap().trim_end().to_owned();
    let events = esl.events_to("CHANNEL_EXECUTE", 1).await;
    assert_eq!(
        told(&events),
        lines(&[
            ("ORIGINATE", "1002", ""),
            ("HANGUP", "1002", "USER_BUSY"),
            ("ORIGINATE", "1001", ""),
            ("ANSWER", "1001", ""),
            ("EXECUTE", "1001", ""),
        ])
    );
    sim.hang_up(&winner, "NORMAL_CLEARING");
    for (dial_string, cause) in [
        ("user/nobody|user/1002", "USER_BUSY"),
        ("user/1002|user/nobody", "SUBSCRIBER_ABSENT"),
        ("user/1002,user/1003|user/nobody", "NO_ANSWER"),
        ("[leg_timeout=1]user/1003|user/1002", "USER_BUSY"),
        ("error/CALL_REJECTED:_:user/1002", "USER_BUSY"),
        ("{a=1user/1001", "DESTINATION_OUT_OF_ORDER"),
        ("{a=1}", "DESTINATION_OUT_OF_ORDER"),
    ] {
        // when time is up nothing else is tried, unless one leg only has run out of it
        let seconds = if dial_string.contains("leg_timeout") { 60 } else { 1 };
        let answer = esl.api(&format!("originate {dial_string} &park XML default undef undef {seconds}")).await;
        assert_eq!(answer, format!("-ERR {cause}\n"), "{dial_string}");
    }
    assert!(sim.channels().is_empty());
    assert!(esl.api("originate user/1001 &park a b c d 1 e").await.starts_with("-USAGE: "));
}

#[tokio::test]
async fn a_bridge_forks_too() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask(EVENTS).await;
    let answer = esl.api("originate null/x '&bridge(user/1003,user/1001|user/1002)'").await;
    let caller = answer.strip_prefix("+OK ").unwrap().trim_end();
    let bridged = esl.event("CHANNEL_BRIDGE").await;
    assert_eq!(bridged.get("Bridge-A-Unique-ID"), caller);
    assert_eq!(sim.channels().len(), 2);
    sim.hang_up(caller, "NORMAL_CLEARING");
    // the caller goes while they ring
    let answer = esl.api("originate null/x '&bridge(user/1003,user/1003)'").await;
    esl.events_to("CHANNEL_ORIGINATE", 3).await;
    sim.hang_up(answer.strip_prefix("+OK ").unwrap().trim_end(), "NORMAL_CLEARING");
    let causes: Vec<_> =
        [esl.event("CHANNEL_HANGUP").await, esl.event("CHANNEL_HANGUP").await, esl.event("CHANNEL_HANGUP").await]
            .iter()
            .map(|event| event.get("Hangup-Cause").to_owned())
            .collect();
    assert_eq!(causes, ["NORMAL_CLEARING", "ORIGINATOR_CANCEL", "ORIGINATOR_CANCEL"]);
    assert!(sim.channels().is_empty());
}

#[tokio::test]
async fn tasks_wait_run_and_are_deleted() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain ADD_SCHEDULE DEL_SCHEDULE RE_SCHEDULE API\n\n").await;
    // as recorded
    assert_eq!(esl.api("sched_api +1 none version").await, "+OK Added: 4\n");
    let added = esl.event("ADD_SCHEDULE").await;
    assert_eq!(["Task-ID", "Task-Desc", "Task-Group"].map(|name| added.get(name)), ["4", "sched_api_function", "none"]);
    while esl.event("API").await.get("API-Command") != "version" {}
    assert_eq!(esl.event("DEL_SCHEDULE").await.get("Task-ID"), "4");
    assert_eq!(esl.api("sched_api @1 Ours global_setvar a=b").await, "+OK Added: 5\n");
    assert_eq!(esl.event("RE_SCHEDULE").await.get("Task-ID"), "5");
    assert_eq!(esl.api("global_getvar a").await, "b");
    assert_eq!(esl.api("sched_api +60 ours version").await, "+OK Added: 6\n");
    assert_eq!(esl.api("sched_del ours").await, "+OK Deleted: 2\n");
    assert_eq!(esl.api("sched_del 99").await, "+OK Deleted: 0\n");
    assert_eq!(esl.api("sched_api +60 ours version").await, "+OK Added: 7\n");
    assert_eq!(esl.api("unsched_api 7").await, "+OK\n");
    assert_eq!(esl.api("unsched_api 7").await, "-ERR No such id\n");
    assert_eq!(esl.api("unsched_api x").await, "-ERR no reply\n");
    let usage = "-ERR Invalid syntax. USAGE: [+@]<time> <group_name> <command_string>[&]\n";
    assert_eq!(esl.api("sched_api +1 none").await, usage);
    // one of a channel goes with it
    let channel = esl.api("originate null/x &park").await;
    let channel = channel.strip_prefix("+OK ").unwrap().trim_end();
    assert_eq!(esl.api(&format!("sched_hangup +60 {channel}")).await, "+OK\n");
    assert_eq!(esl.event("ADD_SCHEDULE").await.get("Task-Group"), "ours");
    assert_eq!(esl.event("ADD_SCHEDULE").await.get("Task-Group"), "ours");
    assert_eq!(esl.event("ADD_SCHEDULE").await.get("Task-Group"), channel);
    sim.hang_up(channel, "NORMAL_CLEARING");
    assert_eq!(esl.event("DEL_SCHEDULE").await.get("Task-Group"), channel);
}

#[tokio::test]
async fn messages_to_a_channel() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_PARK\n\n").await;
    let channel = esl.api("originate null/x &park").await;
    let channel = channel.strip_prefix("+OK ").unwrap().trim_end();
    esl.event("CHANNEL_PARK").await;
    for message in [
        "call-command: nomedia\nnomedia-uuid: noid",
        "call-command: unicast\nlocal-ip: 127.0.0.1\nlocal-port: 18025\nremote-ip: 127.0.0.1\nremote-port: 18026\ntransport: udp",
        "call-command: unicast\ntransport: carrier-pigeon",
        "call-command: xferext\napplication: log INFO one\napplication: sleep 10\napplication: park",
    ] {
        assert_eq!(esl.ask(format!("sendmsg {channel}\n{message}\n\n")).await.reply(), "+OK");
    }
    // as recorded
    let events = esl.events_to("CHANNEL_PARK", 1).await;
    let seen: Vec<_> = events
        .iter()
        .map(|event| ["Event-Name", "Application", "Application-Data"].map(|name| event.get(name)))
        .collect();
    assert_eq!(
        seen,
        [
            ["CHANNEL_EXECUTE_COMPLETE", "park", ""],
            ["CHANNEL_EXECUTE", "log", "INFO one"],
            ["CHANNEL_EXECUTE_COMPLETE", "log", "INFO one"],
            ["CHANNEL_EXECUTE", "sleep", "10"],
            ["CHANNEL_EXECUTE_COMPLETE", "sleep", "10"],
            ["CHANNEL_EXECUTE", "park", ""],
            ["CHANNEL_PARK", "", ""],
        ]
    );
}
