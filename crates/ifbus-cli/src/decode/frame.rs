//! One object of the output.

use super::Protocol;
use super::node::Node;
use super::redact;
use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, Write};

/// Who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) enum Direction {
    /// The client.
    #[serde(rename = "c2s")]
    ToServer,
    /// The server.
    #[serde(rename = "s2c")]
    ToClient,
}

/// One frame, decoded, or what is wrong with it.
#[derive(Debug, Serialize)]
pub(super) struct Frame {
    pub(super) offset: u64,
    /// The line of the transcript, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) row: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dir: Option<Direction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conn: Option<u64>,
    pub(super) kind: Cow<'static, str>,
    pub(super) fields: Vec<(Node, Node)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Node>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// Nothing can be read after it.
    #[serde(skip)]
    pub(super) fatal: bool,
    /// Its fields `Value` and `text` and its body are secrets: vMix does not tell by names.
    #[serde(skip)]
    pub(super) secret: bool,
}

impl Frame {
    pub(super) fn new(kind: impl Into<Cow<'static, str>>) -> Self {
        Self {
            offset: 0,
            row: None,
            dir: None,
            conn: None,
            kind: kind.into(),
            fields: Vec::new(),
            body: None,
            error: None,
            fatal: false,
            secret: false,
        }
    }

    pub(super) fn field(mut self, name: &str, value: impl Into<Node>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    pub(super) fn body(mut self, body: Node) -> Self {
        self.body = Some(body);
        self
    }

    pub(super) fn at(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// What is wrong; the first reason stays.
    pub(super) fn error(mut self, error: impl Into<String>) -> Self {
        self.error.get_or_insert_with(|| error.into());
        self
    }

    /// Something after which nothing can be read.
    pub(super) fn fatal(kind: &'static str, error: impl Into<String>) -> Self {
        Self { fatal: true, ..Self::new(kind) }.error(error)
    }
}

/// What has been written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Objects.
    pub frames: u64,
    /// Objects with an error.
    pub errors: u64,
    /// Objects of kind `other`: what the protocol does not know. All of them are, where the bytes are another protocol's.
    pub others: u64,
    /// Something could not be read to its end.
    pub fatal: bool,
}

/// Where the objects go.
pub(super) struct Output<W> {
    writer: W,
    protocol: Protocol,
    show_secrets: bool,
    pub(super) summary: Summary,
}

impl<W: Write> Output<W> {
    pub(super) fn new(writer: W, protocol: Protocol, show_secrets: bool) -> Self {
        Self { writer, protocol, show_secrets, summary: Summary::default() }
    }

    pub(super) fn write(&mut self, mut frame: Frame) -> io::Result<()> {
        if !self.show_secrets {
            redact::frame(self.protocol, &mut frame);
        }
        self.summary.frames += 1;
        self.summary.errors += u64::from(frame.error.is_some());
        self.summary.others += u64::from(frame.kind == "other");
        self.summary.fatal |= frame.fatal;
        serde_json::to_writer(&mut self.writer, &frame)?;
        self.writer.write_all(b"\n")
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
