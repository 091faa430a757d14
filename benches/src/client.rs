//! The line protocol and an echo over WebSocket, as sessions of `ifbus-link`.

use crate::frame::{Frame, Splitter};
use bytes::BytesMut;
use ifbus_link::ws::{WsIn, WsOut};
use ifbus_link::{Actions, Codec, Lost, Session, Slot};
use std::convert::Infallible;
use std::fmt::Write as _;

/// Frames in, a body and its number out.
#[derive(Debug, Default)]
pub struct LineCodec(Splitter);

impl Codec for LineCodec {
    type In = Frame;
    type Out = (&'static str, u64);

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Frame>, Lost> {
        Ok(self.0.next(buffer))
    }

    fn encode(&mut self, (body, id): Self::Out, buffer: &mut BytesMut) {
        let _ = write!(buffer, "{body}ActionID: {id}\r\n\r\n");
    }
}

/// The line protocol without a login.
#[derive(Debug, Default)]
pub struct LineSession;

impl Session for LineSession {
    type In = Frame;
    type Out = (&'static str, u64);
    type Request = &'static str;
    type Reply = Frame;
    type Event = Frame;
    type Question = Infallible;
    type Answer = Infallible;

    fn opened(&mut self, actions: &mut Actions<Self>) {
        actions.ready();
    }

    fn handle(&mut self, frame: Frame, actions: &mut Actions<Self>) {
        if !frame.is_reply() {
            actions.event(frame);
        } else if let Some(id) = frame.id() {
            actions.reply(Slot::from_id(id), frame);
        }
    }

    fn submit(&mut self, slot: Slot, body: &'static str, actions: &mut Actions<Self>) {
        actions.send_request(slot, (body, slot.id()));
    }

    fn lost(&mut self) {}

    fn show_in(&self, _: &Frame) -> Vec<u8> {
        Vec::new()
    }

    fn show_out(&self, _: &Self::Out) -> Vec<u8> {
        Vec::new()
    }
}

/// Text messages that begin with their number, echoed by the server.
#[derive(Debug, Default)]
pub struct EchoSession;

impl Session for EchoSession {
    type In = WsIn;
    type Out = WsOut;
    type Request = &'static str;
    type Reply = WsIn;
    type Event = ();
    type Question = Infallible;
    type Answer = Infallible;

    fn opened(&mut self, actions: &mut Actions<Self>) {
        actions.ready();
    }

    fn handle(&mut self, message: WsIn, actions: &mut Actions<Self>) {
        let WsIn::Text(text) = &message else { return };
        if let Some(id) = text.split(' ').next().and_then(|id| id.parse().ok()) {
            actions.reply(Slot::from_id(id), message);
        }
    }

    fn submit(&mut self, slot: Slot, body: &'static str, actions: &mut Actions<Self>) {
        actions.send_request(slot, WsOut::Text(format!("{} {body}", slot.id()).into()));
    }

    fn lost(&mut self) {}

    fn show_in(&self, _: &WsIn) -> Vec<u8> {
        Vec::new()
    }

    fn show_out(&self, _: &WsOut) -> Vec<u8> {
        Vec::new()
    }
}
