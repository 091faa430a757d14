//! The simulated Asterisk, by raw sockets, beside what the real one was seen to send.

use crate::util::{DEADLINE, soon, until};
use flate2::read::GzDecoder;
use ifbus_sim::asterisk::{Application, AsteriskBuilder, AsteriskSim, Generation, Phone};
use md5::{Digest, Md5};
use serde_json::Value;
use std::io::Read as _;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A message: its headers in order.
pub(crate) type Message = Vec<(String, String)>;

pub(crate) fn get<'a>(message: &'a Message, name: &str) -> &'a str {
    message.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

/// A connection of which nothing is hidden.
pub(crate) struct Ami {
    socket: TcpStream,
    buffer: String,
}

impl Ami {
    async fn connect(addr: SocketAddr) -> Self {
        let mut ami = Self { socket: TcpStream::connect(addr).await.unwrap(), buffer: String::new() };
        let banner = ami.until("\r\n").await.expect("a banner");
        assert!(banner.starts_with("Asterisk Call Manager/"), "{banner}");
        ami
    }

    pub(crate) async fn login(addr: SocketAddr, events: &str) -> Self {
        let mut ami = Self::connect(addr).await;
        let answer = ami.ask(&format!("Login\r\nUsername: admin\r\nSecret: test-secret\r\nEvents: {events}")).await;
        assert_eq!(get(&answer, "Message"), "Authentication accepted");
        ami
    }

    async fn until(&mut self, end: &str) -> Option<String> {
        soon(async {
            loop {
                if let Some(at) = self.buffer.find(end) {
                    let rest = self.buffer.split_off(at + end.len());
                    return Some(std::mem::replace(&mut self.buffer, rest));
                }
                let mut bytes = Vec::with_capacity(65_536);
                match self.socket.read_buf(&mut bytes).await {
                    Ok(count) if count > 0 => self.buffer.push_str(&String::from_utf8_lossy(&bytes)),
                    _ => return None,
                }
            }
        })
        .await
    }

    async fn send(&mut self, text: &str) {
        self.socket.write_all(format!("Action: {text}\r\n\r\n").as_bytes()).await.unwrap();
    }

    pub(crate) async fn next(&mut self) -> Option<Message> {
        let text = self.until("\r\n\r\n").await?;
        let pair = |line: &str| line.split_once(": ").map(|(key, value)| (key.to_owned(), value.to_owned()));
        Some(text.split("\r\n").filter_map(pair).collect())
    }

    /// Sends an action; its answer, whatever events come before it.
    pub(crate) async fn ask(&mut self, text: &str) -> Message {
        self.send(&format!("{text}\r\nActionID: q")).await;
        loop {
            let message = self.next().await.expect("an answer");
            if message.first().is_some_and(|(key, _)| key == "Response") && get(&message, "ActionID") == "q" {
                return message;
            }
        }
    }

    /// The next event of this name.
    pub(crate) async fn event(&mut self, name: &str) -> Message {
        loop {
            let message = self.next().await.unwrap_or_else(|| panic!("ended before {name}"));
            if get(&message, "Event") == name {
                return message;
            }
        }
    }

    /// All events up to and with the one of this name.
    pub(crate) async fn events_to(&mut self, name: &str) -> Vec<Message> {
        let mut events = Vec::new();
        loop {
            let message = self.next().await.unwrap_or_else(|| panic!("ended before {name}: {events:?}"));
            let last = get(&message, "Event") == name;
            events.push(message);
            if last {
                return events;
            }
        }
    }

    /// The items of a list, and the number that its end says.
    pub(crate) async fn list(&mut self, text: &str) -> (Vec<Message>, usize) {
        let start = self.ask(text).await;
        assert_eq!(get(&start, "EventList"), "start", "{text}: {start:?}");
        let mut items = Vec::new();
        loop {
            let item = self.next().await.expect("an item");
            if get(&item, "EventList") == "Complete" {
                assert_eq!(get(&item, "ActionID"), "q");
                return (items, get(&item, "ListItems").parse().unwrap());
            }
            items.push(item);
        }
    }

    async fn is_over(&mut self) -> bool {
        while self.next().await.is_some() {}
        true
    }
}

pub(crate) fn recorded(name: &str) -> Vec<Message> {
    let path = format!("{}/tests/data/asterisk/{name}.jsonl.gz", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let sent: String =
        rows.filter(|row| row["dir"] == "s2c").map(|row| row["text"].as_str().unwrap_or_default().to_owned()).collect();
    let pair = |line: &str| line.split_once(": ").map(|(key, value)| (key.to_owned(), value.to_owned()));
    sent.split("\r\n\r\n").map(|message| message.split("\r\n").filter_map(pair).collect()).collect()
}

/// The header names that the real server was seen to send with an event, in order.
fn headers_of(event: &str) -> Vec<String> {
    let path = format!("{}/tests/data/asterisk/event-headers.json", env!("CARGO_MANIFEST_DIR"));
    let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let names = all["events"][event]["headers"].as_array().unwrap_or_else(|| panic!("{event} was never seen"));
    names.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Each header of the event is one that the real server sends, and in its order.
pub(crate) fn assert_shape(event: &Message) {
    let known = headers_of(get(event, "Event"));
    let mut from = 0;
    for (name, _) in &event[1..] {
        let at = known[from..].iter().position(|known| known == name);
        // the two channels of a dial come in either order
        let at = at.map(|at| from + at).or_else(|| known.iter().position(|known| known == name));
        from = at.unwrap_or_else(|| panic!("{name} does not belong into {event:?}")) + 1;
    }
}

/// Of what the simulator does not tell, and whose order varies.
fn told(messages: &[Message]) -> Vec<String> {
    let left_out = ["CEL", "DeviceStateChange", "", "OriginateResponse", "SoftHangupRequest", "NewCallerid"];
    let names = messages.iter().map(|message| get(message, "Event")).filter(|name| !left_out.contains(name));
    names.filter(|name| *name != "NewConnectedLine").map(str::to_owned).collect()
}

fn quick() -> AsteriskBuilder {
    AsteriskSim::builder().refusal_delay(Duration::from_millis(20))
}

#[tokio::test]
async fn logins_are_as_the_real_ones() {
    let sim = quick().start().await.unwrap();
    let mut ami = Ami::connect(sim.addr()).await;
    assert_eq!(get(&ami.ask("Ping").await, "Message"), "Permission denied");
    let challenge = get(&ami.ask("Challenge\r\nAuthType: md5").await, "Challenge").to_owned();
    let key: String = Md5::digest(format!("{challenge}test-secret")).iter().map(|b| format!("{b:02x}")).collect();
    let answer = ami.ask(&format!("Login\r\nAuthType: MD5\r\nUsername: admin\r\nKey: {key}")).await;
    assert_eq!(get(&answer, "Response"), "Success");
    assert_shape(&ami.event("FullyBooted").await);
    assert_eq!(get(&ami.ask("Logoff").await, "Response"), "Goodbye");
    assert!(ami.is_over().await);

    for wrong in ["Username: admin\r\nSecret: no", "Username: nobody\r\nSecret: test-secret"] {
        let mut ami = Ami::connect(sim.addr()).await;
        let answer = ami.ask(&format!("Login\r\n{wrong}")).await;
        assert_eq!((get(&answer, "Response"), get(&answer, "Message")), ("Error", "Authentication failed"));
        assert!(ami.is_over().await);
    }
    // upper case is refused
    let mut ami = Ami::connect(sim.addr()).await;
    let challenge = get(&ami.ask("Challenge\r\nAuthType: MD5").await, "Challenge").to_owned();
    let key: String = Md5::digest(format!("{challenge}test-secret")).iter().map(|b| format!("{b:02X}")).collect();
    let answer = ami.ask(&format!("Login\r\nAuthType: MD5\r\nUsername: admin\r\nKey: {key}")).await;
    // a digest may have no letter in it
    assert_eq!(get(&answer, "Response") == "Error", key.contains(|c: char| c.is_ascii_alphabetic()));

    let late = quick().auth_timeout(Duration::from_millis(30)).start().await.unwrap();
    assert!(Ami::connect(late.addr()).await.is_over().await, "who does not log in is cut");
}

#[tokio::test]
async fn a_call_is_told_as_the_real_one() {
    let sim = AsteriskSim::start().await.unwrap();
    let mut ami = Ami::login(sim.addr(), "call").await;
    for (channel, exten, status, reason) in [
        ("Local/wait@test", "wait", "ANSWER", "4"),
        ("Local/busy@test/n", "wait", "BUSY", "5"),
        ("Local/congestion@test/n", "wait", "CONGESTION", "8"),
    ] {
        let ask =
            format!("Originate\r\nChannel: {channel}\r\nContext: test\r\nExten: {exten}\r\nPriority: 1\r\nAsync: true");
        assert_eq!(get(&ami.ask(&ask).await, "Message"), "Originate successfully queued");
        let mut events = ami.events_to("OriginateResponse").await;
        let last = events.last().unwrap().clone();
        assert_eq!((get(&last, "Reason"), get(&last, "ActionID")), (reason, "q"), "{channel}");
        let end = events.iter().find(|event| get(event, "Event") == "DialEnd").unwrap();
        assert_eq!(get(end, "DialStatus"), status);
        if status != "ANSWER" {
            assert_eq!(get(&last, "Uniqueid"), "<unknown>");
            while events.iter().filter(|event| get(event, "Event") == "Hangup").count() < 2 {
                events.push(ami.next().await.unwrap());
            }
        }
        events.iter().for_each(assert_shape);
    }
    // the first call of the recording, event by event
    let real = recorded("originate-async");
    let from = real.iter().position(|message| get(message, "Event") == "Newchannel").unwrap();
    let to = real.iter().position(|message| get(message, "Event") == "DialEnd").unwrap();
    let real: Vec<String> = told(&real[from..=to]);
    let mut ami = Ami::login(sim.addr(), "call").await;
    ami.ask("Originate\r\nChannel: Local/wait@test\r\nContext: test\r\nExten: wait\r\nPriority: 1\r\nAsync: true")
        .await;
    let ours = told(&ami.events_to("DialEnd").await);
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(ours[..5], real[..5], "up to the first half that is up");
    assert_eq!(sorted(ours), sorted(real));
}

#[tokio::test]
async fn a_dial_is_bridged_and_ends_on_both_sides() {
    let sim = AsteriskSim::start().await.unwrap();
    let mut ami = Ami::login(sim.addr(), "call").await;
    ami.ask("Originate\r\nChannel: Local/dialwait@test/n\r\nApplication: Wait\r\nData: 600\r\nAsync: true").await;
    let mut events = ami.events_to("BridgeCreate").await;
    events.extend([ami.event("BridgeEnter").await, ami.event("BridgeEnter").await]);
    let linked: Vec<&str> =
        events.iter().filter(|event| get(event, "Event") == "Newchannel").map(|event| get(event, "Linkedid")).collect();
    assert_eq!(linked.len(), 4);
    assert!(linked.iter().all(|id| *id == linked[0]), "one call: {linked:?}");
    events.iter().for_each(assert_shape);
    // the recording has the same, in the same numbers
    let real = recorded("dial-transfer");
    let to = real.iter().position(|message| get(message, "Event") == "CoreShowChannel").unwrap();
    let count = |messages: &[Message]| {
        let mut names = told(messages);
        names.sort();
        names
    };
    assert_eq!(count(&events), count(&real[..to]));
    let (items, count) = ami.list("CoreShowChannels").await;
    assert_eq!((items.len(), count), (4, 4));
    items.iter().for_each(assert_shape);
    let bridged: Vec<&Message> = items.iter().filter(|item| !get(item, "BridgeId").is_empty()).collect();
    assert_eq!(bridged.len(), 2);
    let channel = get(bridged[0], "Channel").to_owned();
    assert_eq!(get(&ami.ask(&format!("Hangup\r\nChannel: {channel}\r\nCause: 17")).await, "Message"), "Channel Hungup");
    let mut ended = Vec::new();
    while ended.len() < 4 {
        let event = ami.event("Hangup").await;
        assert_shape(&event);
        ended.push(get(&event, "Uniqueid").to_owned());
    }
    assert!(sim.channels().is_empty());
    assert_eq!(get(&ami.ask(&format!("Hangup\r\nChannel: {channel}")).await, "Message"), "No such channel");
}

#[tokio::test]
async fn phones_ring_answer_and_are_busy() {
    let sim = AsteriskSim::builder().phone("SIP/slow", Phone::Rings).start().await.unwrap();
    let mut ami = Ami::login(sim.addr(), "call").await;
    let ask = |phone: &str| format!("Originate\r\nChannel: {phone}\r\nApplication: Echo\r\nTimeout: 60\r\nAsync: true");
    for (phone, reason) in [("PJSIP/101", "4"), ("PJSIP/102", "5"), ("SIP/slow", "3"), ("PJSIP/none", "0")] {
        ami.ask(&ask(phone)).await;
        assert_eq!(get(&ami.event("OriginateResponse").await, "Reason"), reason, "{phone}");
    }
    // a phone that dials in is a call of its own
    let name = sim.dial_in("PJSIP/9", "555", "dialwait").unwrap();
    until(|| sim.channels().iter().any(|channel| channel.name == name && channel.bridged)).await;
    assert!(sim.hold(&name, true) && sim.hold(&name, false));
    assert_eq!(get(&ami.event("Hold").await, "CallerIDNum"), "555");
    assert!(sim.hang_up(&name, 16));
    ami.event("Unhold").await;
    assert_eq!(sim.dial_in("PJSIP/9", "555", "nowhere"), None);
    // synchronous: the answer waits for the call
    let answer = ami.ask("Originate\r\nChannel: PJSIP/102\r\nApplication: Echo").await;
    assert_eq!(get(&answer, "Message"), "Originate failed");
    let answer = ami.ask("Originate\r\nChannel: PJSIP/101\r\nApplication: Echo").await;
    assert_eq!(get(&answer, "Response"), "Success");
}

#[tokio::test]
async fn a_conference_is_told_and_ruled() {
    let sim = AsteriskSim::start().await.unwrap();
    let mut ami = Ami::login(sim.addr(), "call").await;
    assert_eq!(get(&ami.ask("ConfbridgeListRooms").await, "Message"), "No active conferences.");
    for phone in ["PJSIP/1", "PJSIP/2"] {
        sim.dial_in(phone, phone, "conf").unwrap();
        assert_shape(&ami.event("ConfbridgeJoin").await);
    }
    let (items, _) = ami.list("ConfbridgeList\r\nConference: 1000").await;
    items.iter().for_each(assert_shape);
    let channel = get(&items[0], "Channel").to_owned();
    assert_eq!(
        get(&ami.ask(&format!("ConfbridgeMute\r\nConference: 1000\r\nChannel: {channel}")).await, "Message"),
        "User muted"
    );
    assert_shape(&ami.event("ConfbridgeMute").await);
    let (items, _) = ami.list("ConfbridgeList\r\nConference: 1000").await;
    assert_eq!((get(&items[0], "Muted"), get(&items[1], "Muted")), ("Yes", "No"));
    let start = "ConfbridgeStartRecord\r\nConference: 1000";
    assert_eq!(get(&ami.ask(start).await, "Response"), "Success");
    assert_eq!(get(&ami.ask(start).await, "Message"), "Conference is already being recorded.");
    assert_eq!(get(&ami.ask("ConfbridgeKick\r\nConference: 1000\r\nChannel: all").await, "Response"), "Success");
    let end = ami.events_to("ConfbridgeEnd").await;
    assert_eq!(end.iter().filter(|event| get(event, "Event") == "ConfbridgeLeave").count(), 2);
    end.iter().for_each(assert_shape);
}

#[tokio::test]
async fn queues_ring_their_members() {
    let sim = AsteriskSim::start().await.unwrap();
    let mut ami = Ami::login(sim.addr(), "agent").await;
    sim.dial_in("PJSIP/7", "777", "queue").unwrap();
    let events = ami.events_to("AgentConnect").await;
    events.iter().for_each(assert_shape);
    assert_eq!(get(&events[0], "Event"), "QueueCallerJoin");
    // nobody is there: the caller waits, until somebody comes
    sim.dial_in("PJSIP/8", "888", "emptyqueue").unwrap();
    ami.event("QueueCallerJoin").await;
    let (items, _) = ami.list("QueueStatus\r\nQueue: empty").await;
    let names: Vec<&str> = items.iter().map(|item| get(item, "Event")).collect();
    assert_eq!(names, ["QueueParams", "QueueEntry"]);
    items.iter().for_each(assert_shape);
    let add = "QueueAdd\r\nQueue: empty\r\nInterface: PJSIP/101\r\nMemberName: Ann";
    assert_eq!(get(&ami.ask(add).await, "Message"), "Added interface to queue");
    let events = ami.events_to("AgentConnect").await;
    assert_eq!((get(&events[0], "Event"), get(&events[0], "MemberName")), ("QueueMemberAdded", "Ann"));
    assert_eq!(get(&ami.ask(add).await, "Message"), "Unable to add interface: Already there");
    let other = "QueueAdd\r\nQueue: empty\r\nInterface: PJSIP/102\r\nMemberName: Bob\r\nPaused: true";
    assert_eq!(get(&ami.ask(other).await, "Message"), "Added interface to queue");
    for (asked, wanted) in [
        ("", &["PJSIP/101", "PJSIP/102"][..]),
        ("\r\nMember: PJSIP/102", &["PJSIP/102"]),
        ("\r\nMember: Ann", &["PJSIP/101"]),
        ("\r\nMember: PJSIP/1", &[]),
    ] {
        let (items, _) = ami.list(&format!("QueueStatus\r\nQueue: empty{asked}")).await;
        let members = items.iter().filter(|item| get(item, "Event") == "QueueMember");
        let members: Vec<&str> = members.map(|item| get(item, "Location")).collect();
        assert_eq!(members, wanted, "{asked}");
        assert_eq!(get(&items[0], "Event"), "QueueParams", "{asked}");
    }
    let pause = "QueuePause\r\nInterface: PJSIP/101\r\nPaused: true\r\nReason: tea";
    assert_eq!(get(&ami.ask(pause).await, "Message"), "Interface paused successfully");
    assert_eq!(get(&ami.event("QueueMemberPause").await, "PausedReason"), "tea");
}

#[tokio::test]
async fn requests_have_the_limits_of_the_real_server() {
    let sim = AsteriskSim::start().await.unwrap();
    let mut ami = Ami::login(sim.addr(), "off").await;
    let long = format!("Ping\r\nX: {}", "x".repeat(1100));
    assert_eq!(get(&ami.ask(&long).await, "Message"), "Failed to parse message: line too long");
    let many = format!("Ping{}", "\r\nA: b".repeat(130));
    assert!(get(&ami.ask(&many).await, "Message").starts_with("Too many lines"));
    let unknown = ami.ask("Nope").await;
    assert!(get(&unknown, "Message").starts_with("Invalid/unknown command: Nope."), "{unknown:?}");
    // a blank line is a request without an action
    ami.socket.write_all(b"\r\n").await.unwrap();
    assert_eq!(get(&ami.next().await.unwrap(), "Message"), "Missing action in request");
    // what was asked before the end is still answered
    ami.send("Ping\r\nActionID: last").await;
    ami.socket.shutdown().await.unwrap();
    assert_eq!(get(&ami.next().await.unwrap(), "Ping"), "Pong");
    assert!(ami.is_over().await);
}

#[tokio::test]
async fn masks_rights_and_filters_decide_what_is_heard() {
    let sim = quick().account("narrow", "x", "call", "no").event_filter("!Newstate").start().await.unwrap();
    let mut all = Ami::login(sim.addr(), "on").await;
    let mut narrow = Ami::connect(sim.addr()).await;
    narrow.ask("Login\r\nUsername: narrow\r\nSecret: x").await;
    assert_eq!(get(&narrow.ask("Originate\r\nChannel: PJSIP/101").await, "Message"), "Permission denied");
    assert_eq!(get(&narrow.ask("Events\r\nEventMask: system").await, "Events"), "On", "without the right, too");
    assert_eq!(get(&narrow.ask("Events\r\nEventMask: CALL").await, "Events"), "Off");
    assert_eq!(get(&narrow.ask("Events\r\nEventMask: call").await, "Events"), "On");
    sim.emit("Fantasy", &[("A", "b")]);
    sim.dial_in("PJSIP/7", "7", "short").unwrap();
    let heard = narrow.events_to("Hangup").await;
    assert_eq!(told(&heard), ["Newchannel", "Hangup"]);
    let heard = all.events_to("Hangup").await;
    for name in ["Fantasy", "Newstate", "Newexten"] {
        assert!(heard.iter().any(|event| get(event, "Event") == name), "{name}");
    }
    // the ActionID of one session reaches the others
    all.ask("UserEvent\r\nUserEvent: Mine\r\nText: a: b").await;
    let own = all.event("UserEvent").await;
    assert_eq!((get(&own, "ActionID"), get(&own, "Text")), ("q", "a: b"));
}

#[tokio::test]
async fn values_live_as_long_as_what_they_belong_to() {
    let sim = AsteriskSim::start().await.unwrap();
    let mut ami = Ami::login(sim.addr(), "dialplan").await;
    assert_eq!(get(&ami.ask("DBGet\r\nFamily: f\r\nKey: k").await, "Message"), "Database entry not found");
    ami.ask("DBPut\r\nFamily: f\r\nKey: k\r\nVal: a: b").await;
    let (items, _) = ami.list("DBGet\r\nFamily: f\r\nKey: k").await;
    assert_eq!((get(&items[0], "Val"), items[0].last().unwrap().0.as_str()), ("a: b", "ActionID"));
    let channel = sim.dial_in("PJSIP/7", "7", "echo").unwrap();
    ami.ask(&format!("Setvar\r\nChannel: {channel}\r\nVariable: X\r\nValue: it's \"\\\"")).await;
    let event = ami.event("VarSet").await;
    assert_eq!(get(&event, "Value"), "it\\'s \\\"\\\\\\\"", "escaped in the event");
    let answer = ami.ask(&format!("Getvar\r\nChannel: {channel}\r\nVariable: X")).await;
    assert_eq!(get(&answer, "Value"), "it's \"\\\"", "raw in the answer");
    let answer = ami.ask(&format!("Park\r\nChannel: {channel}")).await;
    assert_eq!(get(&answer, "Message"), "Park successful\n");
    let (items, _) = ami.list("ParkedCalls").await;
    assert_eq!(get(&items[0], "ParkingSpace"), "701");
}

#[tokio::test]
async fn the_old_generation_answers_commands_without_headers() {
    let sim = AsteriskSim::builder().generation(Generation::Legacy).start().await.unwrap();
    let mut ami = Ami::login(sim.addr(), "off").await;
    ami.send("Command\r\nCommand: core show version\r\nActionID: c").await;
    let text = ami.until("--END COMMAND--\r\n\r\n").await.unwrap();
    assert_eq!(
        text,
        "Response: Follows\r\nPrivilege: Command\r\nActionID: c\r\nAsterisk 11.25.3 on a x86_64\n--END COMMAND--\r\n\r\n"
    );
}

#[tokio::test]
async fn a_restart_ends_sessions_and_calls() {
    let sim = AsteriskSim::builder().boot_time(Duration::from_millis(50)).start().await.unwrap();
    let mut ami = Ami::login(sim.addr(), "on").await;
    sim.dial_in("PJSIP/7", "7", "echo").unwrap();
    sim.restart().await.unwrap();
    assert_eq!(get(&ami.event("Shutdown").await, "Restart"), "True");
    assert!(ami.is_over().await);
    assert!(sim.channels().is_empty());
    // the login works before it is booted
    let mut ami = Ami::login(sim.addr(), "on").await;
    assert_eq!(get(&ami.event("FullyBooted").await, "Status"), "Fully Booted");
}

#[tokio::test]
async fn load_comes_at_its_rate_and_is_told_whole() {
    let sim =
        AsteriskSim::builder().extension("talk", &[Application::Answer, Application::Stay]).start().await.unwrap();
    let mut ami = Ami::login(sim.addr(), "call").await;
    sim.load(200, 2000, "talk");
    let mut up = 0;
    while up < 200 {
        if get(&ami.event("DialEnd").await, "DialStatus") == "ANSWER" {
            up += 1;
        }
    }
    assert_eq!(sim.channels().len(), 400);
    let (items, count) = ami.list("Hangup\r\nChannel: /^Local/").await;
    assert_eq!(items.len(), count);
    until(|| sim.channels().is_empty()).await;
}

#[tokio::test]
async fn who_does_not_read_is_cut() {
    let sim = AsteriskSim::start().await.unwrap();
    let mut deaf = Ami::login(sim.addr(), "on").await;
    let text = "x".repeat(1000);
    for _ in 0..4 {
        for _ in 0..20_000 {
            sim.emit("Noise", &[("Text", &text)]);
        }
        tokio::task::yield_now().await;
    }
    // it may read what is in the sockets' buffers, and then it is over
    assert!(timeout(DEADLINE, deaf.is_over()).await.unwrap());
}
