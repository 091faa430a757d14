//! Recorded bytes through the codec: the same frames however the bytes are cut.

use crate::data;
use base64::Engine;
use bytes::BytesMut;
use ifbus_link::{Codec as _, Lost};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::Read;
use vmix_api::{Codec, Frame, Limits};

/// What the server sent in a recording, and the pieces it came in.
fn server_bytes(name: &str) -> Vec<u8> {
    let text = String::from_utf8(data(name)).unwrap();
    let rows = text.lines().skip(1).map(|row| serde_json::from_str::<serde_json::Value>(row).unwrap());
    let mut bytes = Vec::new();
    for row in rows.filter(|row| row["dir"] == "s2c") {
        match (row["text"].as_str(), row["b64"].as_str()) {
            (Some(text), _) => bytes.extend_from_slice(text.as_bytes()),
            (_, Some(b64)) => bytes.extend(base64::engine::general_purpose::STANDARD.decode(b64).unwrap()),
            _ => assert_eq!(row["eof"], true),
        }
    }
    bytes
}

fn recordings() -> Vec<String> {
    let folder = std::fs::read_dir(format!("{}/tests/data", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with("tcp-") && name.ends_with(".jsonl")).collect();
    names.sort();
    assert_eq!(names.len(), 16);
    names
}

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

/// The bytes that made a frame.
fn bytes_of(frame: &Frame) -> Vec<u8> {
    let mut bytes = [frame.line().bytes(), b"\r\n"].concat();
    if let Frame::Sized { body, .. } = frame {
        bytes.extend_from_slice(body.bytes());
    }
    bytes
}

#[test]
fn frames_are_the_same_at_every_split_and_lose_nothing() {
    for name in recordings() {
        let bytes = server_bytes(&name);
        let (whole, rest) = decode([&bytes[..]]);
        if name != "tcp-eof-mid-body.jsonl" && name != "tcp-wrong-port-8088.jsonl" {
            assert!(rest.is_empty(), "{name}: {rest:?}");
            let again: Vec<u8> = whole.iter().flat_map(bytes_of).collect();
            // one recording holds an empty line on purpose
            let sent = String::from_utf8_lossy(&bytes).replace("\r\n\n", "\r\n");
            assert_eq!(String::from_utf8_lossy(&again), sent, "{name}");
        }
        for cut in 0..=bytes.len() {
            let (one, other) = bytes.split_at(cut);
            assert_eq!(decode([one, other]).0, whole, "{name} cut at {cut}");
        }
        assert_eq!(decode(bytes.chunks(1)).0, whole, "{name} byte by byte");
    }
}

#[test]
fn recordings_read_as_written() {
    let lines = |name: &str| -> Vec<String> {
        decode([&server_bytes(name)[..]]).0.iter().map(|frame| frame.line().to_string()).collect()
    };
    assert_eq!(
        lines("tcp-connect-tally.jsonl"),
        [
            "VERSION OK 29.0.0.49",
            "SUBSCRIBE OK TALLY Subscribed",
            "TALLY OK 1200",
            "TALLY OK 2100",
            "FUNCTION OK Completed",
            "TALLY OK 2101",
            "UNSUBSCRIBE OK TALLY"
        ]
    );
    let (frames, _) = decode([&server_bytes("tcp-xmltext.jsonl")[..]]);
    assert_eq!(frames[3].text(), "Single Д Line Only Д");
    assert!(matches!(&frames[5], Frame::Error(line) if line.text() == "XML Entry Not Found"));
    assert!(matches!(&frames[6], Frame::Sized { body, .. } if body.bytes().len() == 31));
    assert_eq!(frames[6].text(), "Line one\r\nLine two – æøå");
    let (frames, _) = decode([&server_bytes("tcp-fragmented.jsonl")[..]]);
    assert_eq!(frames[1].text(), "Réalisation – 東京 🎥");
    assert!(frames[2].text().contains(r"C:\🚀\preset3¾.vmix"), "{}", frames[2].text());
    // a server that is gone in the middle of a body has delivered no part of it
    let (frames, _) = decode([&server_bytes("tcp-eof-mid-body.jsonl")[..]]);
    assert_eq!(frames.len(), 3);
    assert_eq!(frames[2].text(), "120");
    let (frames, _) = decode([&server_bytes("tcp-wrong-port-8088.jsonl")[..]]);
    assert!(matches!(frames[0], Frame::Http(_)));
}

fn unpack(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&data(name)[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn streams_have_the_counts_that_were_written_down() {
    let counts: serde_json::Value = serde_json::from_slice(&data("raw-counts.json")).unwrap();
    for (name, expected) in counts.as_object().unwrap() {
        let bytes = unpack(name);
        assert_eq!(bytes.len(), expected["bytes"].as_u64().unwrap() as usize);
        let mut random = fastrand::Rng::with_seed(7);
        let mut pieces = Vec::new();
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(random.usize(1..=9000).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        let (frames, left) = decode(pieces);
        assert!(left.is_empty());
        assert_eq!(frames.len(), expected["messages"].as_u64().unwrap() as usize, "{name}");
        let mut by_command = BTreeMap::<String, u64>::new();
        let (mut bodies, mut body_bytes) = (0, 0);
        for frame in &frames {
            *by_command.entry(String::from_utf8_lossy(frame.word()).into_owned()).or_default() += 1;
            if let Frame::Sized { body, .. } = frame {
                (bodies, body_bytes) = (bodies + 1, body_bytes + body.bytes().len() as u64);
            }
        }
        assert_eq!(serde_json::to_value(by_command).unwrap(), expected["by_command"], "{name}");
        assert_eq!(
            (bodies, body_bytes),
            (expected["bodies"].as_u64().unwrap(), expected["body_bytes"].as_u64().unwrap())
        );
        assert!(frames == decode([&bytes[..]]).0, "{name}: in one piece");
    }
}

#[test]
fn limits_end_the_connection() {
    let mut codec = Codec::new(Limits::new(100, 1000));
    let mut buffer = BytesMut::from(&[b'a'; 101][..]);
    assert!(matches!(codec.decode(&mut buffer), Err(Lost::Malformed(_))));
    let mut codec = Codec::new(Limits::new(100, 1000));
    let mut long = BytesMut::from(format!("TALLY OK {}\r\n", "0".repeat(200)).as_bytes());
    assert!(matches!(codec.decode(&mut long), Err(Lost::Malformed(_))), "also when its end is there");
    for length in ["1001", "99999999999999999999999999"] {
        let mut codec = Codec::new(Limits::new(100, 1000));
        let error = codec.decode(&mut BytesMut::from(format!("XML {length}\r\n").as_bytes())).unwrap_err();
        assert!(error.to_string().contains("the limit is 1000 bytes"), "{error}");
    }
    let mut codec = Codec::new(Limits::new(100, 1000));
    assert!(matches!(codec.decode(&mut BytesMut::from(&b"XML 1000\r\n"[..])), Ok(None)));
}

#[test]
fn odd_lines_are_data() {
    let (frames, rest) =
        decode([&b"\r\n\nTALLY OK\r\nTALLY OK \r\nFOO\r\nXML 0\r\nWHAT 3 more text\r\nabcX \r\n\xff OK \xfe\n"[..]]);
    assert!(rest.is_empty());
    assert!(matches!(&frames[0], Frame::Ok(line) if line.text_bytes().is_empty()));
    assert!(matches!(&frames[1], Frame::Ok(line) if line.text_bytes().is_empty()));
    assert!(matches!(&frames[2], Frame::Other(line) if line.word() == b"FOO"));
    assert!(matches!(&frames[3], Frame::Sized { body, .. } if body.bytes().is_empty()));
    assert!(
        matches!(&frames[4], Frame::Sized { line, body, .. } if body.bytes() == "abc" && line.text() == "more text")
    );
    assert!(matches!(&frames[5], Frame::Other(line) if line.word() == b"X"));
    assert!(matches!(&frames[6], Frame::Ok(line) if line.text() == "\u{fffd}"));
    assert_eq!(frames.len(), 7);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_bytes_in_any_pieces(bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b' '), Just(b'1'), Just(b'O'), Just(b'K'), any::<u8>()], 0..300), cut in 0_usize..300) {
        let (one, other) = bytes.split_at(cut.min(bytes.len()));
        let run = |pieces: &[&[u8]]| {
            let (mut codec, mut buffer, mut frames) = (Codec::default(), BytesMut::new(), Vec::new());
            for piece in pieces {
                buffer.extend_from_slice(piece);
                loop {
                    match codec.decode(&mut buffer) {
                        Ok(Some(frame)) => frames.push(frame),
                        Ok(None) => break,
                        Err(_) => return (frames, true),
                    }
                }
            }
            (frames, false)
        };
        prop_assert_eq!(run(&[&bytes]), run(&[one, other]));
    }
}
