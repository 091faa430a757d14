//! The recorded bytes of real servers.

use crate::phone;
use anyhow::{Context as _, Result, bail};
use std::{io::Read as _, path::Path};

/// The text messages of a recording, in order.
pub(crate) fn messages(file: &str) -> Result<Vec<String>> {
    let bytes = read(file)?;
    let mut rest = match bytes.starts_with(b"HTTP") {
        true => &bytes[memchr::memmem::find(&bytes, b"\r\n\r\n").context("no end of the upgrade")? + 4..],
        false => &bytes[..],
    };
    let mut messages = Vec::new();
    // The last frame may be cut where the recording ended.
    while let Some((text, after)) = frame(rest) {
        rest = after;
        messages.extend(text.map(|text| String::from_utf8_lossy(text).into_owned()));
    }
    Ok(messages)
}

type Text<'a> = Option<&'a [u8]>;

/// One unmasked frame off the front: its payload if it is text, and what follows it.
fn frame(bytes: &[u8]) -> Option<(Text<'_>, &[u8])> {
    let (opcode, short) = (bytes.first()? & 15, usize::from(bytes.get(1)? & 127));
    let (start, length) = match short {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        length => (2, length),
    };
    let payload = bytes.get(start..start + length)?;
    Some(((opcode == 1).then_some(payload), &bytes[start + length..]))
}

/// An unmasked text frame.
pub(crate) fn framed(text: &str, out: &mut Vec<u8>) {
    out.push(0x81);
    match text.len() {
        short @ 0..126 => out.push(short as u8),
        middle @ 126..65_536 => {
            out.push(126);
            out.extend_from_slice(&(middle as u16).to_be_bytes());
        }
        long => {
            out.push(127);
            out.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(text.as_bytes());
}

/// A file below `crates/`, unpacked.
pub(crate) fn read(file: &str) -> Result<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates").join(file);
    let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
    if !file.ends_with(".gz") {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).with_context(|| path.display().to_string())?;
    if unpacked.is_empty() {
        bail!("{} is empty", path.display());
    }
    Ok(unpacked)
}

/// The events of OBS 5.7.4, three minutes of them.
pub(crate) fn obs_events() -> Result<Vec<String>> {
    let all = messages("obs-ws5/tests/data/5.7.4/events-60s.json.raw.gz")?;
    let events: Vec<_> = all.into_iter().filter(|text| text.contains("\"op\":5")).collect();
    Ok([&events[..], &events[..], &events[..]].concat())
}

/// The `state_changed` events of Home Assistant 2026.2.3, without the end that holds the number of the subscription.
pub(crate) fn home_events() -> Result<Vec<String>> {
    let all = messages("ha-client/tests/data/2026.2.3/state-changed-plain.raw.gz")?;
    Ok(all.iter().filter_map(|text| text.strip_suffix("\"id\":1}")).map(str::to_owned).collect())
}

/// The pushes of a vMix with 200 inputs.
pub(crate) fn vmix_pushes() -> Result<Vec<u8>> {
    let all = read("vmix-api/tests/data/acts-tally-stream.raw.gz")?;
    let is_push = |line: &&[u8]| (line.starts_with(b"ACTS") || line.starts_with(b"TALLY")) && line.ends_with(b"\r\n");
    Ok(all.split_inclusive(|byte| *byte == b'\n').filter(is_push).flatten().copied().collect())
}

/// The events of an Asterisk 22 with a thousand calls.
pub(crate) fn ami_events() -> Result<Vec<u8>> {
    let all = read("ami-client/tests/data/22.10/events-1000-calls.raw.gz")?;
    let from = memchr::memmem::find(&all, b"\r\n\r\nEvent: Newchannel").context("no call")? + 4;
    let to = memchr::memmem::rfind(&all, b"\r\n\r\n").context("no event")? + 4;
    let events = all.get(from..to).context("no events")?;
    if memchr::memmem::find(events, b"\r\nResponse: Goodbye").is_some() {
        bail!("an answer stands among the events of Asterisk");
    }
    Ok(events.to_vec())
}

/// The events of a FreeSWITCH with a thousand channels, in the plain encoding.
pub(crate) fn esl_events() -> Result<Vec<u8>> {
    let all = read("esl-client/tests/data/events-plain-1000ch.raw.gz")?;
    let from = memchr::memmem::find(&all, b"Content-Length: ").context("no event")?;
    // the capture is cut: what is whole counts
    let mut to = from;
    while let Some(rest) = all.get(to..)
        && let Some(length) = phone::whole_event(rest)
    {
        to += length;
    }
    Ok(all.get(from..to).context("no events")?.to_vec())
}

/// The state of a vMix with 200 inputs.
pub(crate) fn vmix_state() -> Result<String> {
    Ok(String::from_utf8(read("vmix-api/tests/data/state-200-inputs.xml")?)?)
}
