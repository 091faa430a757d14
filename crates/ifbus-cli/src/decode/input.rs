//! The file: plain or gzip, and what it is.

use super::{Format, Protocol};
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

/// How far the first line of a transcript is looked for, in bytes.
const HEADER: usize = 256 << 10;

/// Opens a file; `-` is standard input.
pub(super) fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    if path.as_os_str() == "-" { Ok(Box::new(io::stdin().lock())) } else { Ok(Box::new(File::open(path)?)) }
}

/// An input of which some has been read ahead.
pub(super) type Ahead<'a> = BufReader<Box<dyn Read + 'a>>;

/// Reads ahead until `enough` says so, or the input ends; gives the input from its beginning.
fn peek<'a>(
    mut input: Box<dyn Read + 'a>,
    mut enough: impl FnMut(&[u8]) -> bool,
) -> io::Result<(Vec<u8>, Box<dyn Read + 'a>)> {
    let mut head = Vec::new();
    let mut chunk = vec![0; 4096];
    while !enough(&head) {
        match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(n) => head.extend_from_slice(chunk.get(..n).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // told again by the next reading, after what has been read
            Err(_) if !head.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    let whole = Box::new(Cursor::new(head.clone()).chain(input));
    Ok((head, whole))
}

/// Unpacks what is packed, and says what it is.
pub(super) fn sniff<'a>(
    input: impl Read + 'a,
    protocol: Protocol,
    format: Option<Format>,
) -> io::Result<(Format, Ahead<'a>)> {
    let (head, input) = peek(Box::new(input), |head| head.len() >= 2)?;
    let input: Box<dyn Read + 'a> = if head.starts_with(&[0x1f, 0x8b]) {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(64 << 10, input)))
    } else {
        input
    };
    if let Some(format) = format {
        return Ok((format, BufReader::with_capacity(64 << 10, input)));
    }
    // a JSON text is looked at to the end of its first line
    let (head, input) = peek(input, |head| match head.trim_ascii_start().first() {
        None => head.len() >= HEADER,
        Some(b'{') => head.len() >= HEADER || head.trim_ascii_start().contains(&b'\n'),
        Some(_) => true,
    })?;
    Ok((guess(head.trim_ascii_start(), protocol), BufReader::with_capacity(64 << 10, input)))
}

fn guess(head: &[u8], protocol: Protocol) -> Format {
    match (head.first(), protocol) {
        (Some(b'{'), _) if is_header(head) => Format::Transcript,
        (Some(b'{' | b'['), Protocol::Obs | Protocol::Ha) | (Some(b'<'), Protocol::Vmix) => Format::Message,
        _ => Format::Raw,
    }
}

/// The first line of a transcript names the protocol, and is no message of any.
fn is_header(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let header: Option<serde_json::Value> = serde_json::from_slice(line).ok();
    header.is_some_and(|header| header.get("protocol").is_some() && header.get("transport").is_some())
}

/// Reads a line without its end, of at most `limit` bytes; false at the end of the input.
pub(super) fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>, limit: usize) -> io::Result<bool> {
    line.clear();
    let read = input.by_ref().take(limit as u64 + 1).read_until(b'\n', line)?;
    if line.len() > limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a line of more than {limit} bytes")));
    }
    line.truncate(line.trim_ascii_end().len());
    Ok(read > 0)
}
