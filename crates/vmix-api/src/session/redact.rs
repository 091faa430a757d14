//! Frames as the wire tap shows them.

use crate::codec::Frame;

/// A frame as it came, but for the passwords of video calls; `secret`: the answer to a question for one.
pub(super) fn frame(frame: &Frame, secret: bool) -> Vec<u8> {
    let line = frame.line().bytes();
    if secret && frame.word() == b"XMLTEXT" {
        return b"XMLTEXT [redacted]\r\n".to_vec();
    }
    let mut shown = [line, b"\r\n"].concat();
    if let Frame::Sized { body, .. } = frame {
        let mut rest: &[u8] = body.bytes();
        const PASSWORD: &[u8] = b"callPassword=";
        while let Some(at) = memchr::memmem::find(rest, PASSWORD) {
            let (before, after) = rest.split_at(at + PASSWORD.len());
            shown.extend_from_slice(before);
            let quote = after.first().copied().unwrap_or(b'"');
            let end = after.iter().skip(1).position(|byte| *byte == quote).map_or(after.len(), |end| end + 2);
            shown.extend_from_slice(b"\"[redacted]\"");
            rest = after.get(end..).unwrap_or_default();
        }
        shown.extend_from_slice(rest);
    }
    shown
}
