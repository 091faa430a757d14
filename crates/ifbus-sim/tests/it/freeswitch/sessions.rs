//! Logins, framing, jobs and what is done to channels.

use super::{Esl, event};
use crate::util::until;
use ifbus_sim::freeswitch::{FreeSwitchSim, Phone};
use serde_json::Value;
use std::time::Duration;

#[tokio::test]
async fn logins_are_refused_as_the_real_ones() {
    let sim = FreeSwitchSim::builder().auth_timeout(Duration::from_millis(50)).start().await.unwrap();
    let mut esl = Esl::connect(sim.addr()).await;
    esl.next().await;
    assert_eq!(esl.ask("api status\n\n").await.reply(), "-ERR command not found");
    assert_eq!(esl.ask("auth wrong\n\n").await.reply(), "-ERR invalid");
    let notice = esl.next().await.unwrap();
    assert_eq!(notice.head, "Content-Type: text/disconnect-notice\nContent-Length: 67");
    assert!(esl.is_over().await);

    let mut esl = Esl::connect(sim.addr()).await;
    esl.next().await;
    assert!(esl.next().await.unwrap().text().starts_with("Disconnected, goodbye."));
    assert!(esl.is_over().await);

    let mut esl = Esl::connect(sim.addr()).await;
    esl.next().await;
    let answer = esl.ask("userauth 1001@test.local:test-secret\n\n").await;
    assert_eq!(answer.get("Allowed-API"), "status,version,bgapi,uptime");
    assert_eq!(answer.get("Allowed-LOG"), "false");
    assert_eq!(esl.ask("api show channels\n\n").await.reply(), "-ERR permission denied");
    assert_eq!(esl.ask("bgapi show calls\n\n").await.reply(), "-ERR permission denied");
    assert_eq!(esl.ask("event plain ALL\n\n").await.reply(), "-ERR permission denied");
    assert!(esl.api("version").await.starts_with("FreeSWITCH Version 1.11.2"));
    assert!(!sim.requests().iter().any(|request| request.contains("secret")), "{:?}", sim.requests());

    sim.deny(true);
    let mut esl = Esl::connect(sim.addr()).await;
    let refusal = esl.next().await.unwrap();
    assert_eq!((refusal.get("Content-Type"), &*refusal.text()), ("text/rude-rejection", "Access Denied, go away.\n"));
}

#[tokio::test]
async fn framing_is_the_servers() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain CUSTOM test::p\n\n").await;
    // half a command holds the events
    esl.send("api hostname\n\napi echo ha").await;
    assert_eq!(esl.next().await.unwrap().text(), "fs-test");
    sim.emit("CUSTOM", Some("test::p"), &[("X-I", "0")], None);
    esl.send("lf\n\n").await;
    assert_eq!(esl.next().await.unwrap().text(), "half");
    assert_eq!(event(&esl.next().await.unwrap()).get("X-I"), "0");
    // a body that does not end in a newline runs into the next frame
    esl.send("\n\n\r\napi hostname\r\n\r\napi uuid_exists x\n\napi  version\n\n  api version\n\n").await;
    assert_eq!(esl.next().await.unwrap().text(), "fs-test");
    assert_eq!(esl.next().await.unwrap().text(), "false");
    assert_eq!(esl.next().await.unwrap().text(), "-ERR  Command not found!\n");
    assert_eq!(esl.next().await.unwrap().reply(), "-ERR command not found");
    assert_eq!(esl.api("echo").await, "-ERR no reply\n");
    // an impossible body ends it
    esl.send("sendevent CUSTOM\nContent-Length: -1\n\n").await;
    assert!(esl.is_over().await);
}

#[tokio::test]
async fn jobs_answer_in_their_own_time() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain BACKGROUND_JOB\n\n").await;
    esl.ask("bgapi msleep 60\nJob-UUID: slow\n\n").await;
    esl.ask("bgapi global_getvar nosuch\nJob-UUID: empty\n\n").await;
    esl.ask("bgapi originate user/1002 &park\nJob-UUID: busy\n\n").await;
    let mut jobs = Vec::new();
    for _ in 0..3 {
        let event = esl.event("BACKGROUND_JOB").await;
        jobs.push((event.get("Job-UUID").to_owned(), event.get("Content-Length").to_owned(), event.body));
    }
    jobs.sort();
    let row = |id: &str, length: &str, body: &str| (id.to_owned(), length.to_owned(), body.to_owned());
    assert_eq!(jobs, [row("busy", "15", "-ERR USER_BUSY\n"), row("empty", "", ""), row("slow", "3", "+OK")]);
}

#[tokio::test]
async fn channels_are_controlled() {
    let sim = FreeSwitchSim::builder().phone("77", Phone::Answers(Duration::ZERO)).start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain CHANNEL_PROGRESS CHANNEL_BRIDGE CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_PARK CHANNEL_HANGUP DTMF RECORD_START RECORD_STOP CHANNEL_EXECUTE_COMPLETE\n\n").await;
    esl.api("originate {origination_uuid=a}user/77 &park").await;
    assert_eq!(esl.event("CHANNEL_PARK").await.get("Unique-ID"), "a");
    esl.api("originate {origination_uuid=b}user/1001 &park").await;
    esl.event("CHANNEL_PARK").await;
    assert_eq!(esl.api("uuid_setvar a foo two words").await, "+OK\n");
    assert_eq!(esl.api("uuid_getvar a foo").await, "two words");
    assert_eq!(esl.api("uuid_bridge a b").await, "+OK b\n");
    let bridge = esl.event("CHANNEL_BRIDGE").await;
    assert_eq!((bridge.get("Bridge-A-Unique-ID"), bridge.get("Bridge-B-Unique-ID")), ("a", "b"));
    let calls: Value = serde_json::from_str(&esl.api("show calls as json").await).unwrap();
    assert_eq!((&calls["row_count"], &calls["rows"][0]["b_uuid"]), (&1.into(), &"b".into()));
    assert_eq!(esl.api("uuid_hold a").await, "+OK Success\n");
    esl.event("CHANNEL_HOLD").await;
    assert_eq!(esl.api("uuid_hold off a").await, "+OK Success\n");
    esl.event("CHANNEL_UNHOLD").await;
    assert_eq!(esl.api("uuid_send_dtmf a 1#").await, "+OK a sent DTMF 1#.\n");
    let digit = esl.event("DTMF").await;
    assert_eq!((digit.get("Unique-ID"), digit.get("DTMF-Digit")), ("b", "1"));
    assert_eq!(esl.api("uuid_record a start /srv/rec/a.wav").await, "+OK Success\n");
    assert_eq!(esl.event("RECORD_START").await.get("Record-File-Path"), "/srv/rec/a.wav");
    assert_eq!(esl.api("uuid_record a stop all").await, "+OK Success\n");
    esl.event("RECORD_STOP").await;
    assert_eq!(esl.api("uuid_transfer a 5900").await, "+OK\n");
    // the one that is left alone hangs up
    assert_eq!(esl.event("CHANNEL_HANGUP").await.get("Unique-ID"), "b");
    assert_eq!(esl.event("CHANNEL_PARK").await.get("Unique-ID"), "a");
    let sent = "sendmsg a\ncall-command: execute\nexecute-app-name: set\nexecute-app-arg: x=y\nEvent-UUID: mine\n\n";
    assert_eq!(esl.ask(sent).await.reply(), "+OK");
    loop {
        if esl.event("CHANNEL_EXECUTE_COMPLETE").await.get("Application-UUID") == "mine" {
            break;
        }
    }
    assert_eq!(sim.variable("a", "x").as_deref(), Some("y"));
    assert!(esl.api("uuid_dump a").await.contains("variable_x: y\n"));
    // an application that is not there ends the call
    esl.ask("sendmsg a\ncall-command: execute\nexecute-app-name: nosuch\n\n").await;
    assert_eq!(esl.event("CHANNEL_HANGUP").await.get("Hangup-Cause"), "DESTINATION_OUT_OF_ORDER");
    assert_eq!(esl.api("show channels as json").await, "{\"row_count\": 0}\n");
    assert_eq!(esl.api("originate {originate_timeout=0}user/1003 &park").await, "-ERR NO_ANSWER\n");
}

#[tokio::test]
async fn load_restart_and_logs() {
    let sim = FreeSwitchSim::builder().heartbeat(Duration::from_millis(20)).start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    assert_eq!(esl.ask("log info\n\n").await.reply(), "+OK log level info [6]");
    esl.send("api log info plain line\n\n").await;
    let line = loop {
        let frame = esl.any().await.unwrap();
        if frame.get("Content-Type") == "log/data" {
            break frame;
        }
    };
    assert_eq!(line.get("Log-Level"), "6");
    assert!(line.text().ends_with(" 0.10% [INFO] mod_commands.c:7247 plain line\n"), "{line:?}");
    assert_eq!(esl.ask("nolog\n\n").await.reply(), "+OK no longer logging");
    esl.ask("event plain HEARTBEAT CHANNEL_CREATE CHANNEL_HANGUP SHUTDOWN\n\n").await;
    let beat = esl.event("HEARTBEAT").await;
    assert_eq!(beat.get("Event-Info"), "System Ready");
    sim.load(20, 2000, "9196");
    esl.events_to("CHANNEL_CREATE", 40).await;
    until(|| sim.channels().iter().filter(|channel| channel.answered).count() == 40).await;
    sim.restart().await.unwrap();
    let ended = esl.events_to("CHANNEL_HANGUP", 40).await;
    assert!(ended.iter().any(|event| event.get("Event-Name") == "SHUTDOWN"));
    let notice = esl.next().await.unwrap();
    assert_eq!(notice.text(), "The system is being shut down.\n");
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain HEARTBEAT\n\n").await;
    assert_ne!(esl.event("HEARTBEAT").await.get("Core-UUID"), beat.get("Core-UUID"));
    sim.knobs().drop_replies(1);
    esl.send("api hostname\n\napi uuid_exists x\n\n").await;
    loop {
        let frame = esl.next().await.unwrap();
        if !frame.is_event() {
            assert_eq!(frame.text(), "false");
            break;
        }
    }
    sim.stop().await;
    assert!(esl.is_over().await);
}

/// Which of these callers come through the filters.
async fn through(esl: &mut Esl, filters: &[&str]) -> Vec<String> {
    esl.ask("filter delete all\n\n").await;
    for filter in filters {
        assert!(esl.ask(format!("filter {filter}\n\n")).await.reply().starts_with("+OK"), "{filter}");
    }
    for who in ["alice", "ALICE", "bob", "two words"] {
        esl.ask(format!("sendevent CUSTOM\nEvent-Subclass: test::f\nX-Who: {who}\n\n")).await;
    }
    esl.ask("filter delete all\n\n").await;
    esl.ask("sendevent CUSTOM\nEvent-Subclass: test::f\nX-Who: end\n\n").await;
    let mut seen = Vec::new();
    loop {
        let who = esl.event("CUSTOM").await.get("X-Who").to_owned();
        if who == "end" {
            return seen;
        }
        seen.push(who);
    }
}

#[tokio::test]
async fn filters_and_subclasses_let_through_what_the_real_ones_do() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain CUSTOM test::f\n\n").await;
    assert_eq!(through(&mut esl, &[]).await, ["alice", "ALICE", "bob", "two words"]);
    assert_eq!(through(&mut esl, &["x-who alice"]).await, ["alice", "ALICE"]);
    assert_eq!(through(&mut esl, &["X-Who alice", "X-Who bob", "delete X-Who alice"]).await, ["bob"]);
    assert_eq!(through(&mut esl, &["X-Who /^al/"]).await, ["alice"]);
    assert_eq!(through(&mut esl, &["X-Who two words"]).await, ["two words"]);
    // one that only excludes lets nothing through
    assert!(through(&mut esl, &["X-Who -bob"]).await.is_empty());
    assert_eq!(through(&mut esl, &["X-Who -bob", "X-Who +alice"]).await, ["alice", "ALICE"]);
    assert!(through(&mut esl, &["Unique-ID x"]).await.is_empty());

    // every word behind CUSTOM is a subclass; one that was not asked for does not come
    esl.ask("event plain CUSTOM test::two HEARTBEAT\n\n").await;
    esl.ask("nixevent CUSTOM test::f\n\n").await;
    for subclass in ["test::f", "test::three", "HEARTBEAT"] {
        sim.emit("CUSTOM", Some(subclass), &[("X-Sub", subclass)], None);
    }
    assert_eq!(esl.event("CUSTOM").await.get("X-Sub"), "HEARTBEAT");
    // nothing is heard any more, of whatever kind
    esl.ask("noevents\n\n").await;
    sim.emit("HEARTBEAT", None, &[], None);
    esl.ask("event plain HEARTBEAT\n\n").await;
    sim.emit("HEARTBEAT", None, &[("X-Sub", "heard")], None);
    assert_eq!(esl.event("HEARTBEAT").await.get("X-Sub"), "heard");
}

#[tokio::test]
async fn noise_ends_a_connection_at_most() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut random = numbers();
    for _ in 0..40 {
        let mut esl = Esl::connect(sim.addr()).await;
        let mut noise = b"auth ClueCon\n\n".to_vec();
        for _ in 0..400 {
            noise.push(b"\n\r: {}'/%&abeilnoprstuv019_\0\xff"[random() % 29]);
        }
        noise.extend_from_slice(b"\n\n\n\nexit\n\n");
        esl.send(noise).await;
        assert!(esl.is_over().await);
    }
    let mut esl = Esl::login(sim.addr()).await;
    assert_eq!(esl.api("hostname").await, "fs-test");
}

/// Numbers that are the same in each run.
fn numbers() -> impl FnMut() -> usize {
    let mut seed = 7_u64;
    move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 40).unwrap()
    }
}
