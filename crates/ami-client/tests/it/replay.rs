//! What real servers sent, through the codec, beside a plain reading of the same bytes.

use crate::data::{VERSIONS, decode, frame, frames, stream, streams};
use ami_client::{Frame, FrameKind, Incoming, catalogue, event};

type Headers = Vec<(Vec<u8>, Vec<u8>)>;

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn header(line: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let colon = if line.starts_with(b"ChanVariable(") { find(line, b"): ").map(|at| at + 1) } else { None };
    let Some(colon) = colon.or_else(|| line.iter().position(|byte| *byte == b':')) else {
        return (Vec::new(), line.to_vec());
    };
    let value = &line[colon + 1..];
    (line[..colon].to_vec(), value.strip_prefix(b" ").unwrap_or(value).to_vec())
}

/// The messages, read in the plainest way: lines end with CR LF, an empty line ends a message, a LF at the start of a line is
/// one; the output of an old command ends with its marker.
fn plainly(mut rest: &[u8]) -> Vec<Headers> {
    if rest.starts_with(b"Asterisk Call Manager") {
        rest = &rest[find(rest, b"\n").unwrap() + 1..];
    }
    let (mut messages, mut message) = (Vec::new(), Headers::new());
    loop {
        if message.first().is_some_and(|(_, value)| value == b"Follows") {
            let known = match message.len() {
                1 => rest.starts_with(b"Privilege: "),
                2 => rest.starts_with(b"ActionID: "),
                _ => false,
            };
            if !known {
                let Some(end) = find(rest, b"--END COMMAND--\r\n\r\n") else { return messages };
                message.push((b"*".to_vec(), rest[..end].to_vec()));
                messages.push(std::mem::take(&mut message));
                rest = &rest[end + 19..];
                continue;
            }
        }
        if rest.first() == Some(&b'\n') {
            rest = &rest[1..];
            if !message.is_empty() {
                messages.push(std::mem::take(&mut message));
            }
            continue;
        }
        let Some(end) = find(rest, b"\r\n") else { return messages };
        let line = &rest[..end];
        rest = &rest[end + 2..];
        if !line.is_empty() {
            message.push(header(line));
        } else if !message.is_empty() {
            messages.push(std::mem::take(&mut message));
        }
    }
}

fn headers(frame: &Frame) -> Headers {
    let mut all: Headers = frame.iter().map(|header| (header.name.to_vec(), header.value.to_vec())).collect();
    if frame.get("Response").is_some_and(|response| response == "Follows") {
        let heads: usize = frame.iter().map(|header| header.name.len() + header.value.len() + 4).sum();
        all.push((b"*".to_vec(), frame.bytes()[heads..].to_vec()));
    }
    all
}

#[test]
fn every_recording_decodes_as_it_reads() {
    for version in VERSIONS {
        let mut total = 0;
        for (label, bytes) in streams(version) {
            let (all, _) = decode(&bytes, bytes.len().max(1));
            let found: Vec<Frame> = all.into_iter().filter_map(frame).collect();
            // the captures are as large as all transcripts together: each tenth message of them
            let expected = if label.contains(".raw") { Vec::new() } else { plainly(&bytes) };
            if !label.contains(".raw") {
                assert_eq!(found.len(), expected.len(), "{label}");
            }
            for (frame, expected) in found.iter().zip(&expected) {
                assert_eq!(&headers(frame), expected, "{label}: {frame:?}");
            }
            total += found.len();
        }
        assert!(total > 15_000, "{version}: {total}");
    }
}

#[test]
fn captures_have_every_message() {
    // counted from the bytes: CR LF CR LF, less those inside of commands' outputs
    for (version, name, ends) in [("22.10", "events-1000-calls", 31_003), ("22.10", "events-1200-busy", 49_000)] {
        let (_, bytes) = streams(version).into_iter().find(|(label, _)| label.contains(name)).unwrap();
        let events = frames(&bytes).iter().filter(|frame| frame.kind() == FrameKind::Event).count();
        assert!(events >= ends, "{version} {name}: {events}");
        let blank = bytes.windows(4).filter(|window| *window == b"\r\n\r\n").count();
        assert_eq!(frames(&bytes).len(), blank, "{name}");
    }
}

#[test]
fn every_event_of_the_recordings_has_a_type() {
    let typed = |name: &str| {
        let known = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        let items = catalogue::LISTS.iter().any(|(_, end, items)| *end == name || items.contains(&name));
        known(&catalogue::EVENTS) || known(&catalogue::LEGACY_EVENTS) || items
    };
    let mut unknown = std::collections::BTreeSet::new();
    for version in VERSIONS {
        for (label, bytes) in streams(version) {
            for frame in frames(&bytes).iter().filter(|frame| frame.kind() == FrameKind::Event) {
                let name = String::from_utf8_lossy(frame.event_name()).into_owned();
                if !typed(&name) && !label.contains("injection") {
                    unknown.insert(name);
                }
            }
        }
    }
    // seen but not documented: they have types too, and stand in no list
    let seen = ["MonitorStart", "MonitorStop", "TestEvent", "WaitEventComplete", "SIPQualifyPeerDone", "Fake"];
    unknown.retain(|name| !seen.contains(&name.as_str()));
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn banner_login_and_goodbye_byte_for_byte() {
    let bytes = stream("22.10", "login-plain-ping-logoff", 1);
    let (all, rest) = decode(&bytes, bytes.len());
    assert!(rest.is_empty());
    assert_eq!(all[0], Incoming::Banner("Asterisk Call Manager/11.0.0".into()));
    let frames: Vec<Frame> = all.into_iter().filter_map(frame).collect();
    let accepted = Frame::parse("Response: Success\r\nActionID: login\r\nMessage: Authentication accepted\r\n\r\n");
    assert_eq!(headers(&frames[0]), headers(&accepted));
    let booted: event::FullyBooted = ami_client::Event::new(frames[1].clone()).view().unwrap();
    assert_eq!(booted.status(), "Fully Booted");
    assert_eq!(
        booted.get("Uptime").map(|uptime| uptime.parse::<u64>().unwrap()),
        booted.uptime().map(|time| time.as_secs())
    );
    assert_eq!(frames.last().unwrap().get("Response").unwrap(), "Goodbye");
}

#[test]
fn odd_messages_are_kept_as_they_are() {
    // a LF at the end of a text is dropped, one inside stays
    let list = frames(&stream("22.10", "lists-empty", 1));
    assert!(list.iter().any(|frame| frame.get("Message").is_some_and(|text| text == "No Contacts found")));
    // repeated headers, in order
    let large = frames(&stream("22.10", "command-cli-large", 1));
    let most = large.iter().map(|frame| frame.get_all("Output").count()).max().unwrap();
    assert!(most > 300, "{most}");
    // a line without a colon
    let misc = frames(&stream("22.10", "config-files", 1));
    let plain = misc.iter().flat_map(Frame::iter).any(|header| header.name.is_empty() && !header.value.is_empty());
    assert!(plain || misc.iter().any(|frame| frame.get("Message").is_some()));
    // old output: blank lines and colons inside
    let follows = frames(&stream("11.25.3", "command-follows", 1));
    let old = follows.iter().filter(|frame| frame.get("Response").is_some_and(|text| text == "Follows")).count();
    assert!(old >= 5, "{old}");
    // an event whose first line is the identifier
    let voicemail = frames(&stream("11.25.3", "lists", 1));
    let entry = voicemail.iter().find(|frame| frame.event_name() == b"VoicemailUserEntry").unwrap();
    assert_eq!((entry.kind(), entry.iter().next().unwrap().name), (FrameKind::Event, &b"ActionID"[..]));
}

#[test]
fn views_read_what_the_bytes_say() {
    let frames = frames(&stream("22.10", "originate-async", 1));
    let of = |name: &str| {
        ami_client::Event::new(frames.iter().find(|frame| frame.event_name() == name.as_bytes()).unwrap().clone())
    };
    let new: event::Newchannel = of("Newchannel").view().unwrap();
    assert_eq!((&*new.channel(), &*new.uniqueid()), ("Local/wait@test-00000005;1", "my-chan-1"));
    assert_eq!(new.snapshot().state(), Some(ami_client::values::ChannelState::Down));
    assert_eq!(new.snapshot().caller_id_num(), None);
    assert_eq!((&*new.snapshot().context(), new.snapshot().priority()), ("test", Some(1)));
    assert!(of("Newchannel").view::<event::Hangup>().is_none());
    let hangup: event::Hangup = of("Hangup").view().unwrap();
    assert_eq!(hangup.cause(), hangup.get("Cause").and_then(|cause| cause.parse().ok()));
    assert!(!hangup.cause_text().is_empty());
    let local: event::LocalBridge = of("LocalBridge").view().unwrap();
    assert_eq!(local.local_one().channel(), "Local/wait@test-00000005;1");
    assert_eq!(local.local_two().uniqueid(), "my-chan-1b");
    let old = crate::data::frames(&stream("11.25.3", "call-sip-basic", 1));
    let dial = old.iter().find(|frame| frame.event_name() == b"Dial").unwrap();
    let dial: event::legacy::Dial = ami_client::Event::new(dial.clone()).view().unwrap();
    assert_eq!(dial.sub_event(), "Begin");
    assert!(!dial.dest_unique_id().is_empty() && dial.destination().starts_with("SIP/bob-"));
}
