//! The simulated FreeSWITCH, by raw sockets, beside what the real one was seen to send.

use crate::util::{soon, until};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::read::GzDecoder;
use ifbus_sim::freeswitch::{FreeSwitchSim, OutboundOptions, Phone};
use serde_json::Value;
use std::collections::VecDeque;
use std::io::Read as _;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A frame: its header block and its body.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Frame {
    head: String,
    body: Vec<u8>,
}

impl Frame {
    fn get<'a>(&'a self, name: &str) -> &'a str {
        lines(&self.head).into_iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    fn reply(&self) -> &str {
        self.get("Reply-Text")
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn is_event(&self) -> bool {
        self.get("Content-Type").starts_with("text/event-")
    }
}

fn lines(text: &str) -> Vec<(&str, &str)> {
    text.split('\n').filter_map(|line| line.split_once(": ")).collect()
}

/// The first frame of these bytes, and how long it is.
fn frame(bytes: &[u8]) -> Option<(Frame, usize)> {
    let skipped = bytes.iter().take_while(|byte| **byte == b'\n').count();
    let rest = &bytes[skipped..];
    let end = rest.windows(2).position(|pair| pair == b"\n\n")?;
    let head = String::from_utf8_lossy(&rest[..end]).into_owned();
    let data = head.starts_with("Event-Name: CHANNEL_DATA");
    let length = lines(&head).into_iter().find(|(key, _)| *key == "Content-Length" && !data);
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    let body = rest.get(end + 2..end + 2 + length)?.to_vec();
    Some((Frame { head, body }, skipped + end + 2 + length))
}

/// A connection of which nothing is hidden.
struct Esl {
    socket: TcpStream,
    buffer: Vec<u8>,
    /// Events that came before an answer.
    kept: VecDeque<Frame>,
}

impl Esl {
    async fn connect(addr: SocketAddr) -> Self {
        Self { socket: TcpStream::connect(addr).await.unwrap(), buffer: Vec::new(), kept: VecDeque::new() }
    }

    async fn login(addr: SocketAddr) -> Self {
        let mut esl = Self::connect(addr).await;
        assert_eq!(esl.next().await.unwrap().head, "Content-Type: auth/request");
        assert_eq!(esl.ask("auth ClueCon\n\n").await.reply(), "+OK accepted");
        esl
    }

    async fn send(&mut self, text: impl AsRef<[u8]>) {
        self.socket.write_all(text.as_ref()).await.unwrap();
    }

    /// The next frame that was not yet looked at.
    async fn any(&mut self) -> Option<Frame> {
        match self.kept.pop_front() {
            Some(frame) => Some(frame),
            None => self.next().await,
        }
    }

    async fn next(&mut self) -> Option<Frame> {
        soon(async {
            loop {
                if let Some((found, length)) = frame(&self.buffer) {
                    self.buffer.drain(..length);
                    return Some(found);
                }
                match self.socket.read_buf(&mut self.buffer).await {
                    Ok(count) if count > 0 => {}
                    _ => return None,
                }
            }
        })
        .await
    }

    /// Sends a command; its answer, whatever events come before it.
    async fn ask(&mut self, text: impl AsRef<[u8]>) -> Frame {
        self.send(text).await;
        loop {
            let frame = self.next().await.expect("an answer");
            if !frame.is_event() && frame.get("Content-Type") != "log/data" {
                return frame;
            }
            self.kept.push_back(frame);
        }
    }

    async fn api(&mut self, command: &str) -> String {
        let frame = self.ask(format!("api {command}\n\n")).await;
        assert_eq!(frame.get("Content-Type"), "api/response", "{command}: {frame:?}");
        frame.text()
    }

    /// The next plain event of this name: its headers.
    async fn event(&mut self, name: &str) -> Event {
        loop {
            let frame = self.any().await.unwrap_or_else(|| panic!("ended before {name}"));
            if frame.is_event() {
                let event = event(&frame);
                if event.get("Event-Name") == name {
                    return event;
                }
            }
        }
    }

    /// All events up to and with the last of that many of this name.
    async fn events_to(&mut self, name: &str, mut count: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while count > 0 {
            let frame = self.any().await.unwrap_or_else(|| panic!("ended before {name}: {events:?}"));
            if !frame.is_event() {
                continue;
            }
            let event = event(&frame);
            count -= usize::from(event.get("Event-Name") == name);
            events.push(event);
        }
        events
    }

    async fn is_over(&mut self) -> bool {
        while self.next().await.is_some() {}
        self.buffer.is_empty()
    }
}

#[derive(Debug, Clone)]
struct Event {
    headers: Vec<(String, String)>,
    body: String,
}

impl Event {
    fn get(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    fn names(&self) -> Vec<&str> {
        // the simulator has no patterns in its dialplan
        let names = self.headers.iter().map(|(name, _)| name.as_str());
        names.filter(|name| *name != "variable_DP_MATCH").collect()
    }
}

fn event(frame: &Frame) -> Event {
    assert_eq!(frame.get("Content-Type"), "text/event-plain");
    let text = frame.text();
    let (head, body) = text.split_once("\n\n").expect("an empty line");
    let decode = |(name, value): (&str, &str)| (name.to_owned(), percent(value));
    Event { headers: lines(head).into_iter().map(decode).collect(), body: body.to_owned() }
}

fn percent(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex.filter(|_| byte == b'%') {
            Some(decoded) => {
                out.push(decoded);
                rest = &after[2..];
            }
            None => {
                out.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// One side's bytes in a recording, in order, with those of the client between.
enum Recorded {
    Command(Vec<u8>),
    Frame(Frame),
}

fn recorded(name: &str) -> Vec<Recorded> {
    let path = format!("{}/tests/data/freeswitch/{name}.jsonl.gz", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let mut out = Vec::new();
    let mut buffer = Vec::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let bytes = match (row["text"].as_str(), row["b64"].as_str()) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Some(text)) => BASE64.decode(text).unwrap(),
            _ => continue,
        };
        if row["dir"] == "c2s" {
            out.push(Recorded::Command(bytes));
            continue;
        }
        buffer.extend_from_slice(&bytes);
        while let Some((found, length)) = frame(&buffer) {
            buffer.drain(..length);
            out.push(Recorded::Frame(found));
        }
    }
    out
}

fn recorded_events(name: &str) -> Vec<Event> {
    let frames = recorded(name).into_iter().filter_map(|row| match row {
        Recorded::Frame(frame) if frame.get("Content-Type") == "text/event-plain" => Some(event(&frame)),
        _ => None,
    });
    frames.collect()
}

/// Ids, times and counters, which are never the same, taken out.
fn plain(text: &str) -> String {
    let uuid = regex_lite::Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap();
    let changing = regex_lite::Regex::new(
        "(Event-Date-Local|Event-Date-GMT|Event-Date-Timestamp|Event-Sequence)(: |\":\"|>)[^\\n\"<]*",
    )
    .unwrap();
    let length = regex_lite::Regex::new("^Content-Length: [0-9]+\nContent-Type: text/event").unwrap();
    let text = uuid.replace_all(text, "UUID");
    let text = changing.replace_all(&text, "$1");
    length.replace_all(&text, "Content-Type: text/event").into_owned()
}

fn whole(frame: &Frame) -> String {
    plain(&format!("{}\n\n{}", frame.head, frame.text()))
}

/// Sends what the recorded client sent, and compares the answers, and the events if `events`.
async fn replay(name: &str, skipped: &[&str], events: bool) {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::connect(sim.addr()).await;
    let mut compares = true;
    let mut count = 0;
    for row in recorded(name) {
        match row {
            Recorded::Command(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                compares = !skipped.iter().any(|skipped| text.starts_with(skipped));
                if compares {
                    esl.send(&bytes).await;
                }
            }
            Recorded::Frame(frame) if compares && (events || !frame.is_event()) => {
                let got = esl.next().await.unwrap_or_else(|| panic!("{name}: ended before {}", whole(&frame)));
                assert_eq!(whole(&got), whole(&frame), "{name}");
                count += 1;
            }
            Recorded::Frame(_) => {}
        }
    }
    assert!(count > 5, "{name}: nothing to compare");
}

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

/// A listener that the simulated server dials.
async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    (listener, addr)
}

async fn accepted(listener: &TcpListener) -> Esl {
    let (socket, _) = soon(listener.accept()).await.unwrap();
    Esl { socket, buffer: Vec::new(), kept: VecDeque::new() }
}

#[tokio::test]
async fn an_asynchronous_call_is_told_as_recorded() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let (listener, addr) = listener().await;
    let id = sim.dial_out(addr, OutboundOptions::new().full(false).variable("x", "1"));
    let mut esl = accepted(&listener).await;
    let data = esl.ask("connect\n\n").await;
    assert_eq!((data.get("Unique-ID"), data.get("variable_x")), (&*id, "1"));
    let tail: Vec<&str> = data.head.lines().rev().take(4).collect();
    assert_eq!(
        tail,
        ["Control: single-channel", "Socket-Mode: async", "Reply-Text: %2BOK%0A", "Content-Type: command/reply"]
    );
    assert_eq!(esl.ask("myevents\n\n").await.reply(), "+OK Events Enabled");
    esl.send("sendmsg\ncall-command: execute\nexecute-app-name: answer\n\nsendmsg\ncall-command: execute\nexecute-app-name: sleep\nexecute-app-arg: 30\nevent-lock: true\n\nsendmsg\ncall-command: execute\nexecute-app-name: set\nexecute-app-arg: order=second\nevent-lock: true\n\n").await;
    let mut events = esl.events_to("CHANNEL_EXECUTE_COMPLETE", 3).await;
    assert_eq!(esl.ask("api status\n\n").await.reply(), "-ERR command not found");
    assert_eq!(esl.ask("linger\n\n").await.reply(), "-ERR command not found");
    assert_eq!(esl.ask("getvar order\n\n").await.reply(), "second");
    esl.send("sendmsg\ncall-command: hangup\nhangup-cause: CALL_REJECTED\n\n").await;
    events.extend(esl.events_to("CHANNEL_HANGUP_COMPLETE", 1).await);
    let names = |events: &[Event]| -> Vec<String> {
        events.iter().map(|event| format!("{} {}", event.get("Event-Name"), event.get("Application"))).collect()
    };
    assert_eq!(names(&events), names(&recorded_events("outbound-async")));
    let notice = esl.next().await.unwrap();
    assert_eq!(notice.get("Content-Disposition"), "disconnect");
    assert_eq!(notice.get("Controlled-Session-UUID"), id);
    assert!(esl.is_over().await);
}

#[tokio::test]
async fn a_listener_may_linger_resume_or_be_away() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let (listener, addr) = listener().await;
    let id = sim.dial_out(addr, OutboundOptions::new());
    let mut esl = accepted(&listener).await;
    esl.ask("connect\n\n").await;
    esl.ask("myevents\n\n").await;
    assert_eq!(esl.ask("linger\n\n").await.reply(), "+OK will linger");
    assert!(sim.hang_up(&id, "NORMAL_CLEARING"));
    esl.event("CHANNEL_HANGUP_COMPLETE").await;
    let notice = esl.next().await.unwrap();
    assert_eq!((notice.get("Content-Disposition"), notice.get("Linger-Time")), ("linger", "-1"));
    assert_eq!(esl.ask("getvar uuid\n\n").await.reply(), id);
    assert_eq!(esl.ask("exit\n\n").await.reply(), "+OK bye");
    assert!(esl.is_over().await);

    // in a session without async the reply comes when the application has ended
    let id = sim.dial_out(addr, OutboundOptions::new().asynchronous(false).then("set", "went=on").then("park", ""));
    let mut esl = accepted(&listener).await;
    esl.ask("connect\n\n").await;
    esl.ask("myevents\n\n").await;
    esl.send("sendmsg\ncall-command: execute\nexecute-app-name: sleep\nexecute-app-arg: 30\n\n").await;
    assert_eq!(esl.next().await.unwrap().reply(), "+OK");
    assert_eq!(esl.event("CHANNEL_EXECUTE_COMPLETE").await.get("Application"), "sleep");
    esl.ask("resume\n\n").await;
    esl.ask("exit\n\n").await;
    until(|| sim.variable(&id, "went").is_some()).await;

    // the first reply is lost, unless it is that of connect
    let id = sim.dial_out(addr, OutboundOptions::new());
    let mut esl = accepted(&listener).await;
    esl.send("getvar uuid\n\n").await;
    assert_eq!(esl.ask("getvar uuid\n\n").await.reply(), id);
    drop(esl);
    until(|| sim.channels().iter().all(|channel| channel.uuid != id)).await;

    // nobody is there: the extension goes on
    drop(listener);
    let id = sim.dial_out(addr, OutboundOptions::new().then("set", "went=on").then("park", ""));
    until(|| sim.variable(&id, "went").is_some()).await;
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
