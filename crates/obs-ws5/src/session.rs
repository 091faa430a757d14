//! The state machine of one obs-websocket session. No I/O.

use crate::codec::{Encoding, Hello, Incoming, Payload, Response, decode};
use crate::event::{Event, EventSubscription};
use crate::redact;
use crate::status::close;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use ifbus_link::ws::{WsIn, WsOut};
use ifbus_link::{Actions, Lost, Refusal, RefusalKind, Session, Slot};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::watch;

/// What the handle asks for.
pub(crate) enum Ask {
    /// One request; the data is encoded already.
    Request { name: Cow<'static, str>, data: Option<Vec<u8>> },
    /// A batch; the fields beside the id are encoded as one map, with the braces.
    Batch { fields: Vec<u8> },
    /// Other events from now on.
    Reidentify { events: EventSubscription },
}

/// What comes of it.
pub(crate) enum Answer {
    Response(Response),
    Batch(Vec<Response>),
    Identified,
}

pub(crate) struct ObsSession {
    encoding: Encoding,
    password: Option<SecretString>,
    events: EventSubscription,
    identified: bool,
    /// Reidentify is answered without an id, in order.
    reidentifying: VecDeque<Slot>,
    hello: watch::Sender<Option<Arc<Hello>>>,
}

/// `base64(sha256(base64(sha256(password + salt)) + challenge))`; salt and challenge are used as the text that they are.
fn authentication(password: &str, salt: &str, challenge: &str) -> String {
    let hash =
        |first: &str, second: &str| BASE64.encode(Sha256::new().chain_update(first).chain_update(second).finalize());
    hash(&hash(password, salt), challenge)
}

#[derive(Serialize)]
struct Message<D> {
    op: u8,
    d: D,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Identify {
    rpc_version: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication: Option<String>,
    event_subscriptions: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reidentify {
    event_subscriptions: u32,
}

impl ObsSession {
    pub(crate) fn new(
        encoding: Encoding,
        password: Option<SecretString>,
        events: EventSubscription,
        hello: watch::Sender<Option<Arc<Hello>>>,
    ) -> Self {
        Self { encoding, password, events, identified: false, reidentifying: VecDeque::new(), hello }
    }

    fn message<D: Serialize>(&self, op: u8, d: D) -> WsOut {
        // plain structs of numbers and text: encoding them cannot fail
        self.framed(crate::codec::encode(self.encoding, &Message { op, d }).unwrap_or_default())
    }

    fn framed(&self, bytes: Vec<u8>) -> WsOut {
        match self.encoding {
            Encoding::MsgPack => WsOut::Binary(bytes.into()),
            Encoding::Json => match ifbus_link::ws::Utf8Bytes::try_from(bytes) {
                Ok(text) => WsOut::Text(text),
                // what serde_json wrote is UTF-8
                Err(_) => WsOut::Text(ifbus_link::ws::Utf8Bytes::default()),
            },
        }
    }

    fn identify(&mut self, hello: Hello, actions: &mut Actions<Self>) {
        let authentication = match (&hello.authentication, &self.password) {
            (None, _) => None,
            (Some(challenge), Some(password)) => {
                Some(authentication(password.expose_secret(), &challenge.salt, &challenge.challenge))
            }
            (Some(_), None) => {
                actions.refuse(Refusal::new(RefusalKind::Credentials, None, "OBS wants a password and none was given"));
                return;
            }
        };
        if hello.rpc_version < 1 {
            actions.refuse(Refusal::new(
                RefusalKind::Unsupported,
                None,
                format!(
                    "obs-websocket {} speaks RPC version {}, this client needs 1",
                    hello.obs_web_socket_version, hello.rpc_version
                ),
            ));
            return;
        }
        self.hello.send_replace(Some(Arc::new(hello)));
        actions.send(self.message(1, Identify { rpc_version: 1, authentication, event_subscriptions: self.events.0 }));
    }

    fn closed(code: Option<u16>, reason: String, actions: &mut Actions<Self>) {
        let kind = match code {
            Some(close::AUTHENTICATION_FAILED) => RefusalKind::Credentials,
            Some(close::SESSION_INVALIDATED) => RefusalKind::Kicked,
            Some(close::UNSUPPORTED_RPC_VERSION | close::UNSUPPORTED_FEATURE) => RefusalKind::Unsupported,
            Some(code) if close::BAD_MESSAGE.contains(&code) => RefusalKind::Unsupported,
            // the wire reports the end with this code and these words
            _ => return,
        };
        actions.refuse(Refusal::new(kind, code.map(i64::from), reason));
    }

    fn incoming(&mut self, message: Incoming, actions: &mut Actions<Self>) {
        match message {
            Incoming::Hello(hello) => self.identify(hello, actions),
            Incoming::Identified { .. } if self.identified => {
                if let Some(slot) = self.reidentifying.pop_front() {
                    actions.reply(slot, Answer::Identified);
                }
            }
            Incoming::Identified { .. } => {
                self.identified = true;
                actions.ready();
            }
            Incoming::Event(event) => actions.event(event),
            Incoming::Response(response) => {
                if let Some(slot) = slot(response.request_id.as_deref()) {
                    actions.reply(slot, Answer::Response(response));
                }
            }
            Incoming::BatchResponse { request_id, results } => {
                if let Some(slot) = slot(request_id.as_deref()) {
                    actions.reply(slot, Answer::Batch(results));
                }
            }
            Incoming::Unknown { op, .. } => tracing::debug!(op, "a message of an unknown kind"),
        }
    }

    fn request(&self, slot: Slot, name: &str, data: Option<Vec<u8>>) -> WsOut {
        let id = slot.id();
        self.framed(match self.encoding {
            Encoding::Json => {
                // the name is an identifier, checked by the handle: it needs no escapes
                let mut text = format!(r#"{{"op":6,"d":{{"requestType":"{name}","requestId":"{id}""#).into_bytes();
                if let Some(data) = data {
                    text.extend_from_slice(br#","requestData":"#);
                    text.extend_from_slice(&data);
                }
                text.extend_from_slice(b"}}");
                text
            }
            Encoding::MsgPack => {
                let mut bytes = vec![0x82, 0xa2, b'o', b'p', 6, 0xa1, b'd', if data.is_some() { 0x83 } else { 0x82 }];
                put_str(&mut bytes, "requestType");
                put_str(&mut bytes, name);
                put_str(&mut bytes, "requestId");
                put_str(&mut bytes, &id.to_string());
                if let Some(data) = data {
                    put_str(&mut bytes, "requestData");
                    bytes.extend_from_slice(&data);
                }
                bytes
            }
        })
    }

    fn batch(&self, slot: Slot, fields: &[u8]) -> WsOut {
        let id = slot.id().to_string();
        self.framed(match self.encoding {
            Encoding::Json => {
                let mut text = format!(r#"{{"op":8,"d":{{"requestId":"{id}","#).into_bytes();
                text.extend_from_slice(fields.strip_prefix(b"{").unwrap_or(fields));
                text.push(b'}');
                text
            }
            Encoding::MsgPack => {
                let mut bytes = vec![0x82, 0xa2, b'o', b'p', 8, 0xa1, b'd'];
                // a batch has fewer than 15 fields: its map is one byte, with the count in it
                let (first, rest) = fields.split_first().map_or((0x80, &[][..]), |(first, rest)| (*first, rest));
                bytes.push(first + 1);
                put_str(&mut bytes, "requestId");
                put_str(&mut bytes, &id);
                bytes.extend_from_slice(rest);
                bytes
            }
        })
    }
}

fn slot(id: Option<&str>) -> Option<Slot> {
    id.and_then(|id| id.parse().ok()).map(Slot::from_id)
}

fn put_str(bytes: &mut Vec<u8>, text: &str) {
    // names and numbers: never 4 GiB, never refused
    bytes.extend_from_slice(&rmp_serde::to_vec(text).unwrap_or_default());
}

fn show(encoding: Encoding, bytes: &Bytes) -> Vec<u8> {
    match Payload::new(encoding, bytes.clone()).to_value() {
        Ok(tree) => redact::value(tree).to_string().into_bytes(),
        Err(error) => format!("unreadable message of {} bytes: {error}", bytes.len()).into_bytes(),
    }
}

impl Session for ObsSession {
    type In = WsIn;
    type Out = WsOut;
    type Request = Ask;
    type Reply = Answer;
    type Event = Event;
    type Question = Infallible;
    type Answer = Infallible;

    fn opened(&mut self, _: &mut Actions<Self>) {
        // the server speaks first
        self.identified = false;
        self.reidentifying.clear();
    }

    fn handle(&mut self, input: WsIn, actions: &mut Actions<Self>) {
        let decoded = match input {
            WsIn::Text(text) => decode(Encoding::Json, &text.into()),
            WsIn::Binary(bytes) => decode(Encoding::MsgPack, &bytes),
            WsIn::Close { code, reason, .. } => return Self::closed(code, reason, actions),
            _ => return,
        };
        match decoded {
            Ok(message) => self.incoming(message, actions),
            Err(error) if self.identified => tracing::warn!(error, "a message that cannot be read was passed over"),
            Err(error) => actions.disconnect(Lost::malformed(error)),
        }
    }

    fn submit(&mut self, slot: Slot, ask: Ask, actions: &mut Actions<Self>) {
        let message = match ask {
            Ask::Request { name, data } => self.request(slot, &name, data),
            Ask::Batch { fields } => self.batch(slot, &fields),
            Ask::Reidentify { events } => {
                self.events = events;
                self.reidentifying.push_back(slot);
                self.message(3, Reidentify { event_subscriptions: events.0 })
            }
        };
        actions.send_request(slot, message);
    }

    fn expired(&mut self, slot: Slot, sent: bool, actions: &mut Actions<Self>) {
        let reidentify = self.reidentifying.iter().any(|waiting| *waiting == slot);
        if reidentify && sent {
            // its answer carries no id: a later one could not be told from it
            actions.disconnect(Lost::protocol("OBS did not answer Reidentify in time"));
        }
        self.reidentifying.retain(|waiting| *waiting != slot);
    }

    fn ping(&mut self, actions: &mut Actions<Self>) {
        actions.send(WsOut::Ping);
    }

    fn lost(&mut self) {
        self.identified = false;
        self.reidentifying.clear();
    }

    fn name(ask: &Ask) -> Cow<'static, str> {
        match ask {
            Ask::Request { name, .. } => name.clone(),
            Ask::Batch { .. } => Cow::Borrowed("RequestBatch"),
            Ask::Reidentify { .. } => Cow::Borrowed("Reidentify"),
        }
    }

    fn show_in(&self, input: &WsIn) -> Vec<u8> {
        match input {
            WsIn::Text(text) => show(Encoding::Json, &text.clone().into()),
            WsIn::Binary(bytes) => show(Encoding::MsgPack, bytes),
            WsIn::Close { code, reason, .. } => format!("close {} {reason}", code.unwrap_or_default()).into_bytes(),
            _ => b"ping or pong".to_vec(),
        }
    }

    fn show_out(&self, output: &WsOut) -> Vec<u8> {
        match output {
            WsOut::Text(text) => show(Encoding::Json, &text.clone().into()),
            WsOut::Binary(bytes) => show(Encoding::MsgPack, bytes),
            _ => b"ping".to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ifbus_link::End;
    use tokio::time::Instant;

    fn session(encoding: Encoding, password: Option<&str>) -> (ObsSession, Actions<ObsSession>) {
        let (hello, _) = watch::channel(None);
        let session = ObsSession::new(encoding, password.map(SecretString::from), EventSubscription::ALL, hello);
        (session, Actions::new(Instant::now()))
    }

    // recorded from OBS 32.2.2, password `test-secret`
    const HELLO: &str = r#"{"d":{"authentication":{"challenge":"YBYA1nk3IixgvmNkXfGzkc5liL4Qqw7vg02Lan3GtoU=","salt":"JSl7Rb+GbjJrpa0vE0hv/Hd78XmTkrn6tgPveHNszdc="},"obsStudioVersion":"32.2.2+ds-1+b2","obsWebSocketVersion":"5.7.4","rpcVersion":1},"op":0}"#;

    #[test]
    fn the_login_of_the_recording() {
        let (mut session, mut actions) = session(Encoding::Json, Some("test-secret"));
        session.opened(&mut actions);
        session.handle(WsIn::Text(HELLO.into()), &mut actions);
        let sends = actions.take_sends();
        let [(None, WsOut::Text(identify))] = sends.as_slice() else { panic!("{sends:?}") };
        assert!(identify.contains(r#""authentication":"uGuidCCivPeuUEMqcoy5pvQ7v36ZJbQ5PM5RL2FCNs4=""#), "{identify}");
        let shown = String::from_utf8(session.show_out(&sends[0].1)).unwrap();
        assert!(shown.contains("[redacted]") && !shown.contains("uGuid"), "{shown}");
        let shown = String::from_utf8(session.show_in(&WsIn::Text(HELLO.into()))).unwrap();
        assert!(!shown.contains("YBYA") && !shown.contains("JSl7"), "{shown}");
        assert!(!actions.take_ready());
        session.handle(WsIn::Text(r#"{"d":{"negotiatedRpcVersion":1},"op":2}"#.into()), &mut actions);
        assert!(actions.take_ready());
    }

    #[test]
    fn a_missing_password_is_told_before_anything_is_sent() {
        let (mut session, mut actions) = session(Encoding::Json, None);
        session.handle(WsIn::Text(HELLO.into()), &mut actions);
        assert!(actions.take_sends().is_empty());
        assert!(matches!(actions.take_end(), Some(End::Refused(refusal)) if refusal.kind == RefusalKind::Credentials));
    }

    #[test]
    fn requests_are_well_formed_in_both_encodings() {
        for encoding in [Encoding::Json, Encoding::MsgPack] {
            let (mut session, mut actions) = session(encoding, None);
            let data = crate::codec::encode(encoding, &serde_json::json!({"sceneName": "É \"x\""})).unwrap();
            session.submit(Slot::from_id(7), Ask::Request { name: "SetX".into(), data: Some(data) }, &mut actions);
            session.submit(Slot::from_id(8), Ask::Request { name: "GetX".into(), data: None }, &mut actions);
            let fields =
                crate::codec::encode(encoding, &serde_json::json!({"haltOnFailure": true, "requests": []})).unwrap();
            session.submit(Slot::from_id(9), Ask::Batch { fields }, &mut actions);
            let trees: Vec<serde_json::Value> = actions
                .take_sends()
                .into_iter()
                .map(|(_, message)| match message {
                    WsOut::Text(text) => serde_json::from_str(&text).unwrap(),
                    WsOut::Binary(bytes) => rmp_serde::from_slice(&bytes).unwrap(),
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(
                trees,
                [
                    serde_json::json!({"op": 6, "d": {"requestType": "SetX", "requestId": "7", "requestData": {"sceneName": "É \"x\""}}}),
                    serde_json::json!({"op": 6, "d": {"requestType": "GetX", "requestId": "8"}}),
                    serde_json::json!({"op": 8, "d": {"requestId": "9", "haltOnFailure": true, "requests": []}}),
                ],
                "{encoding:?}"
            );
        }
    }

    #[test]
    fn the_tap_survives_nesting_without_end() {
        let (session, _) = session(Encoding::MsgPack, None);
        let shown = session.show_in(&WsIn::Binary(vec![0x91; 100_000].into()));
        assert!(shown.starts_with(b"unreadable message"), "{}", String::from_utf8_lossy(&shown));
    }

    #[test]
    fn close_codes_say_whether_to_come_back() {
        for (code, refused) in
            [(4009, true), (4010, true), (4011, true), (4012, true), (4002, true), (1001, false), (1006, false)]
        {
            let (mut session, mut actions) = session(Encoding::Json, None);
            ObsSession::closed(Some(code), "x".into(), &mut actions);
            assert_eq!(actions.take_end().is_some(), refused, "{code}");
            session.lost();
        }
    }
}
