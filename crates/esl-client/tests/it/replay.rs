//! Recorded bytes through the codec: the same frames however the bytes are cut, and none of a header is lost.

use crate::recorded::{Plain, data, headers, read_plainly, sent_by_server, transcripts, undone};
use bytes::BytesMut;
use esl_client::{Codec, Encoding, Event, Frame, Limits};
use ifbus_link::{Codec as _, Lost};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Feeds the pieces, and gives the frames and what is left.
fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Frame>, BytesMut) {
    let (mut codec, mut buffer, mut frames) = (Codec::default(), BytesMut::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        while let Some(frame) = codec.decode(&mut buffer).unwrap() {
            frames.push(frame);
        }
    }
    (frames, buffer)
}

/// Pieces of sizes that chance gives, the same in every run.
fn pieces(mut bytes: &[u8], largest: usize) -> Vec<&[u8]> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let (piece, rest) = bytes.split_at(random.usize(1..=largest).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

fn all(event: &Event) -> Vec<(String, String)> {
    event.iter().map(|(name, value)| (name.into_owned(), value.text().into_owned())).collect()
}

/// The headers of a plain event, and its body, without the codec.
fn event_plainly(body: &[u8]) -> (Vec<(String, String)>, Vec<u8>) {
    let end = body.windows(2).position(|two| two == b"\n\n").unwrap();
    let decoded = headers(&body[..end]).into_iter().map(|(name, value)| (name, undone(&value)));
    (decoded.collect(), body[end + 2..].to_vec())
}

/// The headers of a JSON event, duplicates too, by serde_json.
fn event_by_serde(body: &[u8]) -> (Vec<(String, String)>, Option<String>) {
    struct Pairs(Vec<(String, String)>);
    impl<'de> serde::Deserialize<'de> for Pairs {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Pairs;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                    let mut pairs = Vec::new();
                    while let Some((name, value)) = map.next_entry::<String, serde_json::Value>()? {
                        let value = match value {
                            serde_json::Value::String(text) => text,
                            serde_json::Value::Array(parts) => {
                                let parts: Vec<_> = parts.iter().map(|part| part.as_str().unwrap()).collect();
                                format!("ARRAY::{}", parts.join("|:"))
                            }
                            other => other.to_string(),
                        };
                        pairs.push((name, value));
                    }
                    Ok(Pairs(pairs))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }
    let Pairs(mut pairs) = serde_json::from_str(&String::from_utf8_lossy(body)).unwrap();
    let body = pairs.iter().position(|(name, _)| name == "_body").map(|at| pairs.remove(at).1);
    (pairs, body)
}

#[test]
fn every_transcript_reads_the_same_without_the_codec() {
    let (mut frames, mut events) = (0, BTreeMap::<&str, usize>::new());
    for name in transcripts() {
        for (conn, bytes) in sent_by_server(&name) {
            let (decoded, rest) = decode([&bytes[..]]);
            let plainly = read_plainly(&bytes);
            assert_eq!(decoded.len(), plainly.len(), "{name} {conn}");
            assert!(rest.is_empty(), "{name} {conn}: {rest:?}");
            frames += decoded.len();
            for (frame, (head, body)) in decoded.iter().zip(&plainly) {
                match frame {
                    Frame::Event(event) => {
                        assert!(event.is_whole(), "{name}: {}", String::from_utf8_lossy(body));
                        *events.entry(event.encoding().as_str()).or_default() += 1;
                        assert_eq!(event.bytes(), body);
                        match event.encoding() {
                            Encoding::Plain => {
                                let (headers, inner) = event_plainly(body);
                                assert_eq!(all(event), headers, "{name}");
                                assert_eq!(event.body().unwrap_or_default(), inner, "{name}");
                            }
                            Encoding::Json => {
                                let (headers, inner) = event_by_serde(body);
                                assert_eq!(all(event), headers, "{name}");
                                assert_eq!(event.body_text(), inner.unwrap_or_default(), "{name}");
                            }
                            _ => {
                                let text = String::from_utf8_lossy(body);
                                let lines = text.lines().filter(|line| line.starts_with("    <")).count();
                                let length = usize::from(text.contains("\n  <Content-Length>"));
                                // a value may hold a line break of its own, but never one that looks like an element
                                assert!(all(event).len() >= lines + length, "{name}: {text}");
                            }
                        }
                    }
                    Frame::Channel(channel) => {
                        let headers: Vec<_> = head.iter().map(|(name, value)| (name.clone(), undone(value))).collect();
                        assert_eq!(all(channel), headers, "{name}");
                    }
                    Frame::AuthRequest(block)
                    | Frame::Reply(block)
                    | Frame::Response(block)
                    | Frame::Log(block)
                    | Frame::Notice(block)
                    | Frame::Rejection(block) => {
                        let headers = block.iter().map(|(name, value)| {
                            (String::from_utf8_lossy(name).into_owned(), String::from_utf8_lossy(value).into_owned())
                        });
                        assert_eq!(headers.collect::<Vec<_>>(), *head, "{name}");
                        assert_eq!(block.body(), body, "{name}");
                    }
                    other => panic!("{name}: {other:?}"),
                }
            }
        }
    }
    // counted apart, by another program over the same bytes
    assert_eq!(frames, 1187);
    assert_eq!(events.into_iter().collect::<Vec<_>>(), [("json", 53), ("plain", 406), ("xml", 51)]);
}

#[test]
fn frames_are_the_same_at_every_split() {
    const NEXT: &[u8] = b"Content-Type: command/reply\nReply-Text: +OK\n\n";
    for name in transcripts() {
        for (conn, bytes) in sent_by_server(&name) {
            let (whole, _) = decode([&bytes[..]]);
            assert_eq!(decode(bytes.chunks(1)).0, whole, "{name} {conn} byte by byte");
            for size in [2, 3, 61, 1000] {
                assert_eq!(decode(bytes.chunks(size)).0, whole, "{name} {conn} in pieces of {size}");
            }
            // what the codec knows begins anew with each frame: each is cut at every byte, and the next one with it. A long one
            // of each recording stands for the others
            let mut long = 0;
            for frame in &whole {
                let pair = [frame.bytes(), NEXT].concat();
                long += usize::from(pair.len() > 600);
                let every = if pair.len() <= 600 { 1 } else { 3 };
                if every > 1 && long > 1 {
                    continue;
                }
                let (expected, _) = decode([&pair[..]]);
                for cut in (0..=pair.len()).step_by(every) {
                    let (one, other) = pair.split_at(cut);
                    assert_eq!(decode([one, other]).0, expected, "{name} {conn} cut at {cut}");
                }
            }
        }
    }
}

#[test]
fn the_plain_capture_keeps_every_header() {
    let bytes = data("events-plain-1000ch.raw");
    let (frames, rest) = decode(pieces(&bytes, 300_000));
    let plainly = read_plainly_in_part(&bytes);
    // the capture ends in the middle of a frame
    assert_eq!(
        (frames.len(), rest.len()),
        (plainly.len(), bytes.len() - plainly.iter().map(|(_, end)| *end).max().unwrap())
    );
    let (mut headers_seen, mut duplicates, mut events) = (0, 0, 0);
    for (frame, ((_, body), _)) in frames.iter().zip(&plainly) {
        let Frame::Event(event) = frame else { continue };
        let (headers, _) = event_plainly(body);
        let ours = all(event);
        assert_eq!(ours, headers);
        events += 1;
        headers_seen += ours.len();
        let mut names: Vec<_> = ours.iter().map(|(name, _)| name).collect();
        names.sort();
        let before = names.len();
        names.dedup();
        duplicates += usize::from(names.len() < before);
    }
    // counted apart from all of this code, by another program over the same bytes
    assert_eq!((events, headers_seen, duplicates), (7742, 455_717, 556));
}

#[test]
fn the_json_capture_keeps_every_header() {
    let bytes = data("events-json-1000ch.raw");
    let (frames, _) = decode(pieces(&bytes, 300_000));
    let (mut headers_seen, mut events) = (0, 0);
    for frame in &frames {
        let Frame::Event(event) = frame else { continue };
        let (headers, _) = event_by_serde(event.bytes());
        assert_eq!(all(event), headers);
        headers_seen += headers.len();
        events += 1;
    }
    assert_eq!((events, headers_seen), (7236, 425_834));
}

/// Frames of a capture that may be cut at its end, with where each of them ends.
fn read_plainly_in_part(bytes: &[u8]) -> Vec<(Plain, usize)> {
    let (mut frames, mut at) = (Vec::new(), 0);
    while let Some(end) = memchr_blank(&bytes[at..]) {
        let head = headers(&bytes[at..at + end]);
        let length =
            head.iter().find(|(name, _)| name == "Content-Length").map_or(0, |(_, length)| length.parse().unwrap());
        let from = at + end + 2;
        let Some(body) = bytes.get(from..from + length) else { break };
        at = from + length;
        frames.push(((head, body.to_vec()), at));
    }
    frames
}

fn memchr_blank(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|two| two == b"\n\n")
}

#[test]
fn plain_json_and_xml_say_the_same() {
    let events = |name: &str| -> Vec<Event> {
        let frames = sent_by_server(name).into_values().flat_map(|bytes| decode([&bytes[..]]).0);
        frames.filter_map(|frame| if let Frame::Event(event) = frame { Some(event) } else { None }).collect()
    };
    for name in ["events-plain-call", "events-json-call", "events-xml-call"] {
        let events = events(name);
        let complete = events.iter().find(|event| event.is("CHANNEL_HANGUP_COMPLETE")).unwrap();
        assert_eq!(complete.get_all("Hangup-Cause").count(), 2, "{name}");
        assert_eq!(complete.hangup_cause().unwrap().as_str(), "NORMAL_CLEARING");
        assert_eq!(complete.variable("test_utf8").unwrap(), "Grüße €", "{name}");
        // XML repeats the element
        let parts: Vec<_> = complete.get_all("variable_DP_MATCH").flat_map(esl_client::Value::parts).collect();
        assert_eq!(parts, ["sleep300", "300"], "{name}");
        assert_eq!(complete.variable("test_pct").unwrap(), "100%", "{name}");
        assert!(complete.sequence().is_some() && complete.timestamp().is_some());
        // a literal %41 is lost in all forms but JSON, as FreeSWITCH writes them
        let hex = if name == "events-json-call" { "%41%zz" } else { "A%zz" };
        assert_eq!(complete.variable("test_hex").unwrap(), hex, "{name}");
    }
}

#[test]
fn what_a_client_fired_comes_back_as_it_is() {
    let bytes: Vec<u8> = sent_by_server("sendevent-values").into_values().flatten().collect();
    let (frames, _) = decode([&bytes[..]]);
    let bodies: Vec<_> = frames
        .iter()
        .filter_map(
            |frame| if let Frame::Event(event) = frame { event.body().map(std::borrow::Cow::into_owned) } else { None },
        )
        .collect();
    assert!(bodies.iter().any(|body| body.windows(2).any(|two| two == [0x80, 0xff])), "bytes that are not UTF-8");
    for frame in &frames {
        if let Frame::Event(event) = frame {
            // the server's own comes last, whatever a client wrote before it
            assert!(event.name().chars().all(|c| c.is_ascii_uppercase() || c == '_'), "{event:?}");
        }
    }
}

#[test]
fn captures_are_the_same_in_pieces_of_any_size() {
    let bytes = &data("events-json-1000ch.raw")[..2_000_000];
    let (whole, _) = decode([bytes]);
    for largest in [7, 100, 4096, 70_000] {
        assert_eq!(decode(pieces(bytes, largest)).0, whole);
    }
}

fn limited(limits: Limits, bytes: &[u8]) -> (Vec<Frame>, Option<Lost>) {
    let (mut codec, mut buffer, mut frames) = (Codec::new(limits), BytesMut::new(), Vec::new());
    for piece in bytes.chunks(3) {
        buffer.extend_from_slice(piece);
        loop {
            match codec.decode(&mut buffer) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(lost) => return (frames, Some(lost)),
            }
        }
        assert!(buffer.len() <= limits.head + limits.body + 16, "{}", buffer.len());
    }
    (frames, None)
}

#[test]
fn what_is_over_the_limit_is_passed_over_or_ends_it() {
    let limits = Limits::default().head(100).lines(4).body(10);
    let next = b"Content-Type: api/response\nContent-Length: 2\n\nok";
    let long = [b"Content-Type: api/response\nContent-Length: 50\n\n", &[b'x'; 50][..], next].concat();
    let (frames, lost) = limited(limits, &long);
    assert!(lost.is_none());
    assert!(
        matches!(&frames[0], Frame::Oversized { length: 50, .. })
            && matches!(&frames[1], Frame::Response(ok) if ok.body() == b"ok")
    );
    for broken in [
        &b"Content-Type: api/response\nContent-Length: many\n\n"[..],
        b"Content-Type: api/response\nContent-Length: -1\n\n",
        b"Content-Type: api/response\nContent-Length: 99999999999999999999999\n\n",
        b"a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\n\n",
        &[b'x'; 200],
    ] {
        assert!(matches!(limited(limits, broken).1, Some(Lost::Malformed(_))), "{}", String::from_utf8_lossy(broken));
    }
    // a value that pretends to be a header of the frame's changes nothing
    let forged = b"Content-Type: command/reply\nReply-Text: x\nContent-Length: 5\n\nContent-Type: command/reply\nReply-Text: y\n\n";
    let (frames, _) = limited(Limits::default(), forged);
    assert!(matches!(&frames[..], [_, Frame::Reply(next)] if next.get("Reply-Text") == Some(b"y")), "{frames:?}");
    // a line without a colon is passed over
    let (frames, _) = limited(Limits::default(), b"odd\nContent-Type: command/reply\nReply-Text: +OK\n\n");
    assert!(matches!(&frames[0], Frame::Reply(reply) if reply.get("Reply-Text") == Some(b"+OK")));
}

#[test]
fn broken_events_keep_what_can_be_read() {
    for (encoding, text, whole, names) in [
        (Encoding::Plain, &b"Event-Name: X\nno colon\nA: 1"[..], false, vec!["Event-Name", "A"]),
        (Encoding::Plain, b"", false, vec![]),
        (Encoding::Json, br#"{"Event-Name":"X","A":"1"#, false, vec!["Event-Name"]),
        (Encoding::Json, br#"{"A":["x","y\"]"],"n":5,"_body":"b\n"}"#, true, vec!["A", "n"]),
        (Encoding::Json, b"{}", true, vec![]),
        (Encoding::Json, b"[[[[[[[[[[[[[[[", false, vec![]),
        (Encoding::Xml, b"<event><headers><A>1</A><B>2</C></headers></event>", false, vec!["A"]),
        (
            Encoding::Xml,
            b"<event>\n  <headers>\n    <A>1</A>\n    <>x</>\n  </headers>\n  <body>a&lt;b</body>\n</event>\n",
            true,
            vec!["A", ""],
        ),
    ] {
        let event = Event::parse(text, encoding);
        let found: Vec<_> = event.iter().map(|(name, _)| name.into_owned()).collect();
        assert_eq!(
            (event.is_whole(), found),
            (whole, names.into_iter().map(str::to_owned).collect()),
            "{}",
            String::from_utf8_lossy(text)
        );
    }
    // a client of the server's may have written a length of its own; the last is the server's
    let twice = Event::parse(&b"Content-Length: 1\nX: y\nContent-Length: 5\n\nhello"[..], Encoding::Plain);
    assert_eq!((twice.body_text(), twice.get_all("content-length").count()), ("hello".to_owned(), 2));
    assert_eq!(Event::parse(&br#"{"_body":"b\n"}"#[..], Encoding::Json).body_text(), "b\n");
}

proptest! {
    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..600), cut in 0_usize..600) {
        let cut = cut.min(bytes.len());
        let mut codec = Codec::new(Limits::default().head(200).body(200));
        let mut buffer = BytesMut::new();
        for piece in [&bytes[..cut], &bytes[cut..]] {
            buffer.extend_from_slice(piece);
            while let Ok(Some(frame)) = codec.decode(&mut buffer) {
                let _ = format!("{frame:?}");
            }
        }
        for encoding in [Encoding::Plain, Encoding::Json, Encoding::Xml] {
            let event = Event::parse(bytes.clone(), encoding);
            let _ = (all(&event), event.body(), event.name(), event.get("x"), event.variable("x"));
        }
    }

    #[test]
    fn no_event_does_harm(text in r#"[{}\[\]":,\\a<>/&;%41\n -]{0,80}"#, encoding in 0..3) {
        let encoding = [Encoding::Plain, Encoding::Json, Encoding::Xml][encoding as usize];
        for prefix in ["", "{\"a\":\"b\",", "<event>\n<headers>\n", "{\"a\":"] {
            let event = Event::parse(format!("{prefix}{text}"), encoding);
            let _ = (all(&event), event.body());
        }
    }

    #[test]
    fn encoded_values_come_back(values in prop::collection::vec((r"[A-Za-z0-9_-]{1,12}", r"\PC{0,20}"), 1..8), body in r"\PC{0,40}") {
        let mut plain = String::from("Event-Name: CUSTOM\n");
        let mut json = serde_json::Map::new();
        for (i, (name, value)) in values.iter().enumerate() {
            let encoded: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            plain.push_str(&format!("{i}{name}: {encoded}\n"));
            json.insert(format!("{i}{name}"), value.clone().into());
        }
        plain.push_str(&format!("Content-Length: {}\n\n{body}", body.len()));
        json.insert("_body".into(), body.clone().into());
        let plain = Event::parse(plain, Encoding::Plain);
        let json = Event::parse(serde_json::Value::from(json).to_string(), Encoding::Json);
        for (i, (name, value)) in values.iter().enumerate() {
            for event in [&plain, &json] {
                let found = event.get(&format!("{i}{name}")).unwrap().text().into_owned();
                prop_assert_eq!(&found, value);
            }
        }
        prop_assert_eq!(plain.body_text(), body);
    }
}
