//! However the bytes are cut, the messages are the same; hostile bytes end in an error or in silence.

use crate::data::{VERSIONS, codec, decode, streams};
use ami_client::{Codec, Incoming, Limits};
use bytes::BytesMut;
use proptest::prelude::*;
use std::collections::HashMap;

/// Of a capture as much as has every kind of message.
fn part<'a>(label: &str, bytes: &'a [u8]) -> &'a [u8] {
    &bytes[..bytes.len().min(if label.contains(".raw") { 200_000 } else { usize::MAX })]
}

#[test]
fn one_byte_at_a_time() {
    for version in VERSIONS {
        for (label, bytes) in streams(version) {
            let bytes = part(&label, &bytes);
            let whole = decode(bytes, bytes.len().max(1));
            assert_eq!(decode(bytes, 1), whole, "{label}");
            assert_eq!(decode(bytes, 7), whole, "{label}");
        }
    }
}

/// Each message is cut at each of its bytes; of many of the same shape, two.
#[test]
fn every_split() {
    for version in VERSIONS {
        let mut shapes: HashMap<(Vec<u8>, usize), u32> = HashMap::new();
        for (label, bytes) in streams(version) {
            let bytes = part(&label, &bytes);
            let mut decoder = codec(bytes);
            let mut buffer = BytesMut::from(bytes);
            loop {
                let before = &bytes[bytes.len() - buffer.len()..];
                let Some(incoming) = decoder.decode(&mut buffer).unwrap() else { break };
                let Incoming::Message(frame) = &incoming else { continue };
                let taken = before.len() - buffer.len();
                let first = frame.iter().next().map(|header| [header.name, header.value].concat()).unwrap_or_default();
                let seen = shapes.entry((first, frame.len())).or_default();
                *seen += 1;
                if *seen > 2 {
                    continue;
                }
                // a long one at some of its bytes: the same code sees each kind of byte
                let step = (taken / 400).max(1);
                for cut in (0..=taken).step_by(step) {
                    let mut decoder = Codec::without_banner(Limits::default());
                    let mut part = BytesMut::from(&before[..cut]);
                    let early = decoder.decode(&mut part).unwrap();
                    let found = early.or_else(|| {
                        part.extend_from_slice(&before[cut..taken]);
                        decoder.decode(&mut part).unwrap()
                    });
                    assert_eq!(found.as_ref(), Some(&incoming), "{label} cut at {cut}");
                }
            }
        }
        assert!(shapes.len() > 120, "{version}: {}", shapes.len());
    }
}

#[test]
fn a_message_over_the_limit_is_skipped_and_the_next_is_read() {
    let limits = Limits::default().message(2000).lines(100);
    let long = format!("Response: Success\r\nActionID: 7\r\nOutput: {}\r\nMore: x\r\n\r\n", "y".repeat(5000));
    let many = format!("Event: Big\r\nActionID: 8\r\n{}\r\n", "A: b\r\n".repeat(150));
    let old = format!(
        "Response: Follows\r\nPrivilege: Command\r\nActionID: 9\r\n{}--END COMMAND--\r\n\r\n",
        "z\r\n\r\n".repeat(900)
    );
    let next = "Event: Next\r\nA: b\r\n\r\n";
    for (text, id) in [(&long, "7"), (&many, "8"), (&old, "9")] {
        let bytes = format!("{text}{next}{text}{next}");
        for piece in [bytes.len(), 1, 3, 1999] {
            let mut decoder = Codec::without_banner(limits);
            let mut buffer = BytesMut::new();
            let mut found = Vec::new();
            let mut most = 0;
            for piece in bytes.as_bytes().chunks(piece) {
                buffer.extend_from_slice(piece);
                while let Some(incoming) = decoder.decode(&mut buffer).unwrap() {
                    found.push(incoming);
                }
                most = most.max(buffer.len());
            }
            assert!(most <= 2000 + piece, "{most} bytes are kept");
            let shown: Vec<String> = found
                .iter()
                .map(|incoming| match incoming {
                    Incoming::TooLarge { head, .. } => head.get("ActionID").unwrap_or_default().into_owned(),
                    Incoming::Message(frame) => String::from_utf8_lossy(frame.event_name()).into_owned(),
                    other => format!("{other:?}"),
                })
                .collect();
            assert_eq!(shown, [id, "Next", id, "Next"], "in pieces of {piece}");
        }
    }
}

#[test]
fn a_peer_that_is_no_asterisk_is_not_read_on() {
    let mut decoder = Codec::new(Limits::default());
    assert!(decoder.decode(&mut BytesMut::from(&[b'x'; 5000][..])).is_err());
    let mut stray = BytesMut::from("\r\n".repeat(200_000).as_bytes());
    assert_eq!(Codec::without_banner(Limits::default()).decode(&mut stray).unwrap(), None);
    assert!(stray.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_cut_anywhere(pieces in prop::collection::vec(prop::sample::select(vec![
        &b"\r\n"[..], b"\n", b"\r", b": ", b":", b"Event", b"Response: Follows\r\n", b"Privilege: Command\r\n",
        b"ActionID: 1\r\n", b"--END COMMAND--", b"\xff\0", b"value",
    ]), 0..60), piece in 1usize..9) {
        let bytes: Vec<u8> = pieces.concat();
        let mut whole = Codec::without_banner(Limits::default());
        let mut parts = Codec::without_banner(Limits::default());
        let (mut all, mut buffer) = (BytesMut::from(&bytes[..]), BytesMut::new());
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        while let Some(incoming) = whole.decode(&mut all).unwrap() {
            expected.push(incoming);
        }
        for piece in bytes.chunks(piece) {
            buffer.extend_from_slice(piece);
            while let Some(incoming) = parts.decode(&mut buffer).unwrap() {
                found.push(incoming);
            }
        }
        prop_assert_eq!(found, expected);
    }
}
