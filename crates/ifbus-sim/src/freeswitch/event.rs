//! Events: their headers, and the three forms in which they travel.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};
use std::sync::OnceLock;

/// The form of the events of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Plain,
    Json,
    Xml,
}

impl Format {
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "plain" => Some(Self::Plain),
            "json" => Some(Self::Json),
            "xml" => Some(Self::Xml),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }
}

/// One event: headers in order, duplicates included, and perhaps a body.
#[derive(Debug, Clone, Default)]
pub(super) struct Event {
    pub(super) name: Cow<'static, str>,
    pub(super) headers: Vec<(Cow<'static, str>, String)>,
    pub(super) body: Option<Vec<u8>>,
    plain: OnceLock<Vec<u8>>,
    json: OnceLock<Vec<u8>>,
    xml: OnceLock<Vec<u8>>,
}

impl Event {
    pub(super) fn named(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    pub(super) fn put(&mut self, name: impl Into<Cow<'static, str>>, value: impl Display) {
        self.headers.push((name.into(), value.to_string()));
    }

    /// As [`Event::put`], but `Name[2]` is an element of an array, and those missing before it are empty.
    pub(super) fn put_element(&mut self, name: &str, value: &str) {
        const MOST: usize = 4000;
        let parts = name.strip_suffix(']').and_then(|rest| rest.split_once('['));
        let at =
            parts.and_then(|(name, index)| Some((name, index.parse::<usize>().ok().filter(|index| *index <= MOST)?)));
        let Some((name, index)) = at else { return self.put(name.to_owned(), value) };
        let known = self.headers.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let mut list: Vec<String> = known
            .as_ref()
            .and_then(|(_, value)| elements(value))
            .map_or_else(Vec::new, |list| list.into_iter().map(str::to_owned).collect());
        if list.len() <= index {
            list.resize(index + 1, String::new());
        }
        if let Some(element) = list.get_mut(index) {
            value.clone_into(element);
        }
        let text = format!("ARRAY::{}", list.join("|:"));
        match known {
            Some((_, value)) => *value = text,
            None => self.put(name.to_owned(), text),
        }
    }

    /// The first header of this name, in whatever case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn unique_id(&self) -> Option<&str> {
        self.get("Unique-ID")
    }

    /// The body of the frame, rendered once for all who read this form.
    pub(super) fn text(&self, format: Format) -> &[u8] {
        match format {
            Format::Plain => self.plain.get_or_init(|| self.render_plain()),
            Format::Json => self.json.get_or_init(|| self.render_json()),
            Format::Xml => self.xml.get_or_init(|| self.render_xml()),
        }
    }

    /// The whole frame.
    pub(super) fn frame(&self, format: Format) -> Vec<u8> {
        let text = self.text(format);
        let mut frame =
            format!("Content-Length: {}\nContent-Type: text/event-{}\n\n", text.len(), format.name()).into_bytes();
        frame.extend_from_slice(text);
        frame
    }

    fn render_plain(&self) -> Vec<u8> {
        let mut out = self.header_lines();
        match &self.body {
            Some(body) => {
                let _ = write!(out, "Content-Length: {}\n\n", body.len());
                let mut out = out.into_bytes();
                out.extend_from_slice(body);
                out
            }
            None => {
                out.push('\n');
                out.into_bytes()
            }
        }
    }

    /// The header lines of the plain form.
    pub(super) fn header_lines(&self) -> String {
        let mut out = String::with_capacity(64 * self.headers.len());
        for (name, value) in &self.headers {
            out.push_str(name);
            out.push_str(": ");
            let single = elements(value).filter(|list| list.len() == 1).and_then(|list| list.first().copied());
            url_encode(single.unwrap_or(value), &mut out);
            out.push('\n');
        }
        out
    }

    fn render_json(&self) -> Vec<u8> {
        let mut out = String::with_capacity(64 * self.headers.len());
        out.push('{');
        for (name, value) in &self.headers {
            if out.len() > 1 {
                out.push(',');
            }
            json_string(name, &mut out);
            out.push(':');
            match elements(value) {
                Some(list) if list.len() > 1 => {
                    for (at, element) in list.iter().enumerate() {
                        out.push(if at == 0 { '[' } else { ',' });
                        json_string(element, &mut out);
                    }
                    out.push(']');
                }
                Some(list) => json_string(list.first().copied().unwrap_or_default(), &mut out),
                None => json_string(value, &mut out),
            }
        }
        let mut out = match &self.body {
            Some(body) => {
                if out.len() > 1 {
                    out.push(',');
                }
                let _ = write!(out, "\"Content-Length\":\"{}\",\"_body\":\"", body.len());
                let mut out = out.into_bytes();
                // bytes that are no UTF-8 pass as they are
                for chunk in body.utf8_chunks() {
                    let mut text = String::new();
                    json_escape(chunk.valid(), &mut text);
                    out.extend_from_slice(text.as_bytes());
                    out.extend_from_slice(chunk.invalid());
                }
                out.push(b'"');
                out
            }
            None => out.into_bytes(),
        };
        out.push(b'}');
        out
    }

    fn render_xml(&self) -> Vec<u8> {
        let mut out = String::from("<event>\n  <headers>\n");
        for (name, value) in &self.headers {
            let list = elements(value).unwrap_or_else(|| vec![value]);
            for element in list {
                let mut text = String::new();
                url_encode(element, &mut text);
                let _ = writeln!(out, "    <{name}>{}</{name}>", xml_escape(&text));
            }
        }
        out.push_str("  </headers>\n");
        if let Some(body) = &self.body {
            let text = String::from_utf8_lossy(body);
            let _ = write!(out, "  <Content-Length>{}</Content-Length>\n  <body>", body.len());
            out.push_str(&xml_escape(&text));
            out.push_str("</body>\n");
        }
        out.push_str("</event>\n");
        out.into_bytes()
    }
}

fn elements(value: &str) -> Option<Vec<&str>> {
    value.strip_prefix("ARRAY::").map(|list| list.split("|:").collect())
}

/// Encodes as the plain form does: a `%` before two upper-case hex digits stays as it is.
pub(super) fn url_encode(value: &str, out: &mut String) {
    const UNSAFE: &[u8] = b"\r\n \"#%&+:;<=>?@[\\]^`{|}";
    let bytes = value.as_bytes();
    let hex = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'));
    for (at, &byte) in bytes.iter().enumerate() {
        let escaped = byte == b'%' && hex(bytes.get(at + 1)) && hex(bytes.get(at + 2));
        if !escaped && (!(0x20..=0x7e).contains(&byte) || UNSAFE.contains(&byte)) {
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
    }
}

/// A JSON string with its quotes.
pub(super) fn json_string(text: &str, out: &mut String) {
    out.push('"');
    json_escape(text, out);
    out.push('"');
}

fn json_escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if u32::from(c) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

pub(super) fn xml_escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if !c.is_ascii() => {
                let _ = write!(out, "&#x{:X};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// The event names that a subscription may have.
#[rustfmt::skip]
pub(super) const NAMES: &[&str] = &[
    "CUSTOM", "CLONE", "CHANNEL_CREATE", "CHANNEL_DESTROY", "CHANNEL_STATE", "CHANNEL_CALLSTATE", "CHANNEL_ANSWER",
    "CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE", "CHANNEL_EXECUTE", "CHANNEL_EXECUTE_COMPLETE", "CHANNEL_HOLD",
    "CHANNEL_UNHOLD", "CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE", "CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA",
    "CHANNEL_OUTGOING", "CHANNEL_PARK", "CHANNEL_UNPARK", "CHANNEL_APPLICATION", "CHANNEL_ORIGINATE", "CHANNEL_UUID",
    "API", "LOG", "INBOUND_CHAN", "OUTBOUND_CHAN", "STARTUP", "SHUTDOWN", "PUBLISH", "UNPUBLISH", "TALK", "NOTALK",
    "SESSION_CRASH", "MODULE_LOAD", "MODULE_UNLOAD", "DTMF", "MESSAGE", "PRESENCE_IN", "NOTIFY_IN", "PRESENCE_OUT",
    "PRESENCE_PROBE", "MESSAGE_WAITING", "MESSAGE_QUERY", "ROSTER", "CODEC", "BACKGROUND_JOB", "DETECTED_SPEECH",
    "DETECTED_TONE", "PRIVATE_COMMAND", "HEARTBEAT", "TRAP", "ADD_SCHEDULE", "DEL_SCHEDULE", "EXE_SCHEDULE",
    "RE_SCHEDULE", "RELOADXML", "NOTIFY", "PHONE_FEATURE", "PHONE_FEATURE_SUBSCRIBE", "SEND_MESSAGE", "RECV_MESSAGE",
    "REQUEST_PARAMS", "CHANNEL_DATA", "GENERAL", "COMMAND", "SESSION_HEARTBEAT", "CLIENT_DISCONNECTED",
    "SERVER_DISCONNECTED", "SEND_INFO", "RECV_INFO", "RECV_RTCP_MESSAGE", "SEND_RTCP_MESSAGE", "CALL_SECURE", "NAT",
    "RECORD_START", "RECORD_STOP", "PLAYBACK_START", "PLAYBACK_STOP", "CALL_UPDATE", "FAILURE", "SOCKET_DATA",
    "MEDIA_BUG_START", "MEDIA_BUG_STOP", "CONFERENCE_DATA_QUERY", "CONFERENCE_DATA", "CALL_SETUP_REQ",
    "CALL_SETUP_RESULT", "CALL_DETAIL", "DEVICE_STATE", "TEXT", "SHUTDOWN_REQUESTED", "CERT_RELOAD", "ALL",
];
