//! Every recording, decoded: against a second reading of the bytes, and the same however they are cut.

use crate::data::{MODULE, file, streams, windows};
use bytes::BytesMut;
use yate_extmodule::{Codec, Line, Received};

/// What a line says, as this file reads it.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Message {
        question: bool,
        id: Vec<u8>,
        second: Vec<u8>,
        name: Vec<u8>,
        ret: Vec<u8>,
        params: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    },
    Answer {
        command: Vec<u8>,
        middle: Vec<u8>,
        ok: bool,
    },
    ErrorIn(Vec<u8>),
    Other(Vec<u8>),
}

/// Byte by byte, by the table of the protocol.
fn plain(field: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = field.iter();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => match bytes.next()? {
                b'z' => b':',
                b'%' => b'%',
                b'}' => b'=',
                code @ 0x41..=0x5F => code - 0x40,
                _ => return None,
            },
            byte => *byte,
        });
    }
    Some(out)
}

fn message(line: &[u8]) -> Option<Seen> {
    let fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
    let question = match fields[0] {
        b"%%>message" => true,
        b"%%<message" => false,
        _ => return None,
    };
    let field = |at: usize| fields.get(at).map_or(Some(Vec::new()), |field| plain(field));
    if fields.len() < if question { 5 } else { 4 } {
        return None;
    }
    let params = fields.iter().skip(5).filter(|field| !field.is_empty()).map(|field| {
        Some(match field.iter().position(|byte| *byte == b'=') {
            Some(at) => (plain(&field[..at])?, Some(plain(&field[at + 1..])?)),
            None => (plain(field)?, None),
        })
    });
    let params = params.collect::<Option<_>>()?;
    Some(Seen::Message { question, id: field(1)?, second: field(2)?, name: field(3)?, ret: field(4)?, params })
}

fn read(stream: &[u8]) -> Vec<Seen> {
    let mut seen = Vec::new();
    let whole = stream.iter().rposition(|byte| matches!(byte, b'\n' | 0)).map_or(0, |end| end + 1);
    for line in stream[..whole].split(|byte| matches!(byte, b'\n' | 0)) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        seen.push(if let Some(wrong) = line.strip_prefix(b"Error in: ") {
            Seen::ErrorIn(wrong.to_vec())
        } else if let Some(message) = message(line) {
            message
        } else if line.starts_with(b"%%<") && !line.starts_with(b"%%<message") {
            let fields: Vec<&[u8]> = line[3..].split(|byte| *byte == b':').collect();
            let middle = fields.get(1..fields.len() - 1).unwrap_or_default().join(&b':');
            Seen::Answer { command: fields[0].to_vec(), middle, ok: fields.last() == Some(&&b"true"[..]) }
        } else {
            Seen::Other(line.to_vec())
        });
    }
    seen
}

fn second(message: &Received) -> Vec<u8> {
    // what the interface gives as a number or a flag, as it stands in the line
    message.line().split(|byte| *byte == b':').nth(2).unwrap().to_vec()
}

fn shown(line: &Line) -> Seen {
    match line {
        Line::Message(message) => Seen::Message {
            question: message.is_question(),
            id: message.id().into_owned(),
            second: second(message),
            name: message.name().as_bytes().to_vec(),
            ret: message.ret_bytes().into_owned(),
            params: message
                .params()
                .map(|param| {
                    let value = (!param.is_deletion()).then(|| param.bytes().into_owned());
                    (param.name().as_bytes().to_vec(), value)
                })
                .collect(),
        },
        Line::Answer(answer) => {
            Seen::Answer { command: answer.command().to_vec(), middle: answer.middle().to_vec(), ok: answer.is_ok() }
        }
        Line::ErrorIn(line) => Seen::ErrorIn(line.to_vec()),
        Line::Other(line) => Seen::Other(line.to_vec()),
        other => panic!("{other:?}"),
    }
}

fn decode(parts: &[&[u8]]) -> Vec<Line> {
    let mut codec = Codec::default();
    let mut buffer = BytesMut::new();
    let mut lines = Vec::new();
    for part in parts {
        buffer.extend_from_slice(part);
        lines.extend(std::iter::from_fn(|| codec.decode(&mut buffer)));
    }
    lines
}

fn show(lines: &[Line]) -> Vec<Seen> {
    lines.iter().map(shown).collect()
}

#[test]
fn every_recording_says_what_its_bytes_say() {
    let mut lines = 0;
    for name in MODULE {
        for ((conn, direction), stream) in streams(name) {
            let got = decode(&[&stream]);
            assert_eq!(show(&got), read(&stream), "{name} {conn} {direction}");
            lines += got.len();
        }
    }
    assert!(lines > 500, "{lines}");
}

#[test]
fn a_cut_anywhere_changes_nothing() {
    for name in MODULE {
        for ((conn, direction), stream) in streams(name) {
            let whole = decode(&[&stream]);
            let bytes: Vec<&[u8]> = stream.chunks(1).collect();
            assert_eq!(decode(&bytes), whole, "{name} {conn} {direction} byte by byte");
            for piece in windows(&stream) {
                let whole = decode(&[piece]);
                // a line of 60,000 bytes is the same anywhere in it
                let step = if piece.len() > 20_000 { 997 } else { 1 };
                for at in (0..piece.len()).step_by(step) {
                    let (head, tail) = piece.split_at(at);
                    assert_eq!(decode(&[head, tail]), whole, "{name} {conn} {direction} at {at}");
                }
            }
        }
    }
}

#[test]
fn the_capture_of_1500_calls_is_whole() {
    let stream = file("watch-all-calls.raw.gz");
    let got = decode(&[&stream]);
    assert_eq!(got.len(), stream.iter().filter(|byte| **byte == b'\n').count());
    assert_eq!(show(&got), read(&stream));
    let count =
        |name: &str| got.iter().filter(|line| matches!(line, Line::Message(message) if message.is(name))).count();
    let counted =
        ["call.cdr", "call.drop", "call.execute", "call.route", "chan.connected", "chan.hangup", "chan.startup"]
            .map(count);
    assert_eq!(counted, [4498, 1200, 2998, 1499, 2398, 1500, 1499]);
    for size in [1, 61, 4096] {
        let parts: Vec<&[u8]> = stream.chunks(size).collect();
        assert!(decode(&parts) == got, "in pieces of {size}");
    }
}

#[test]
fn values_come_as_the_engine_meant_them() {
    let stream = &streams("messages-basic")[&(1, "s2c")];
    let lines = decode(&[stream]);
    let of = |id: &str| {
        lines
            .iter()
            .find_map(|line| match line {
                Line::Message(message) if *message.id() == *id.as_bytes() => Some(message.clone()),
                _ => None,
            })
            .unwrap()
    };
    assert_eq!(of("m2").get("b").unwrap(), "x:y");
    assert_eq!(of("m2").get("c").unwrap(), "100%");
    assert!(!of("m2").is_handled());
    assert_eq!(of("m8").ret_value(), "ret\nval");
    assert_eq!(of("m8").get("a").unwrap(), "l1\nl2\tq");
    assert_eq!((of("m8").get("e").unwrap(), of("m8").get("dup").unwrap()), ("".into(), "2".into()));
    assert_eq!(of("m8").get("novalue"), None);
    assert_eq!(of("m9e").get_bytes("Z").unwrap(), &b"a\x1ab"[..]);
    assert_eq!(of("m9e").get("z").unwrap(), "a:b");
    assert_eq!(of("m9f").get("utf").unwrap(), "héé€🙂");
    assert_eq!(of("m9f").get("eq").unwrap(), "a=b=c");
    assert_eq!(of("m9h").get_bytes("latin").unwrap(), &b"z\xe9\xff"[1..]);
    assert_eq!(of("m18").ret_value(), "tone/dial");
    assert_eq!(of("m18").handlers().unwrap(), "javascript:15,cdrbuild:50,fileinfo:90,subscription:100,regexroute:100");
    assert_eq!((of("m20").ret_value(), of("m20").get("error").unwrap()), ("-".into(), "noroute".into()));
    // the clear password of a user does not show
    assert_eq!(of("m16").ret_value(), "test-secret");
    assert!(!format!("{:?}", of("m16")).contains("test-secret"));
}
