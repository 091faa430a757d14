//! The protocol's state machine: login, ids, correlation, subscriptions, the mirror. No I/O, no clock.

use crate::codec::{self, Failure, Message};
use crate::entities::{EntityChange, Mirror};
use crate::json::Json;
use crate::redact::redact;
use ifbus_link::ws::{Utf8Bytes, WsIn, WsOut};
use ifbus_link::{Actions, Lost, Refusal, RefusalKind, Session, Slot};
use secrecy::{ExposeSecret, SecretString};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::time::Instant;

/// A command without its id.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub(crate) name: Cow<'static, str>,
    /// A JSON object, its `type` included.
    pub(crate) body: String,
}

/// What the handles ask for.
#[derive(Debug)]
pub(crate) enum Ask {
    Command(Command),
    /// Keeps a subscription up, over reconnects, as long as its owner lives. `key` names its events.
    Subscribe {
        key: u64,
        owner: Weak<()>,
        command: Command,
    },
    /// Gives up the subscriptions whose owners have gone.
    Sweep,
}

/// What the handles hear.
#[derive(Debug, Clone)]
pub(crate) enum News {
    Event {
        key: u64,
        event: Json,
    },
    Entity(EntityChange),
    /// A subscription could not be restored: its owner hears no more.
    Ended {
        key: u64,
        why: Arc<Failure>,
    },
    Unknown(Json),
}

/// What the session shares with the handles.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) mirror: Mirror,
    version: Mutex<Arc<str>>,
}

impl Shared {
    pub(crate) fn version(&self) -> Arc<str> {
        Arc::clone(&self.version.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How far the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Login,
    /// Waits for the first states.
    Filling,
    Standing,
}

/// What a sent id was for.
enum Purpose {
    Request(Slot),
    Subscribe(Slot, u64),
    Restore(u64),
    Mirror,
    /// Nobody waits for the answer.
    Chore,
}

struct Subscribed {
    owner: Weak<()>,
    command: Command,
    /// On this connection.
    id: Option<u64>,
    /// The server has accepted it once.
    accepted: bool,
    /// The server has refused to restore it: when to ask again, and after which pause.
    again: Option<(Instant, Duration)>,
}

/// The first and the last pause before a refused subscription is asked for again, each twice as long as the one before. After a
/// restart Home Assistant takes connections before all of its integrations are there, and refuses what needs one of them.
const ASK_AGAIN: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(32));

pub(crate) struct HomeSession {
    token: SecretString,
    shared: Arc<Shared>,
    mirrored: bool,
    coalesce: bool,
    phase: Phase,
    next_id: u64,
    sent: HashMap<u64, Purpose>,
    /// By key, so that they are restored in the order in which they were made.
    subscriptions: BTreeMap<u64, Subscribed>,
    /// From the id of a subscription on this connection to its key.
    routes: HashMap<u64, u64>,
    /// The id of the mirror's subscription.
    mirror_id: Option<u64>,
    /// When the first of the refused subscriptions is asked for again.
    ask_again_at: Option<Instant>,
}

impl HomeSession {
    pub(crate) fn new(token: SecretString, shared: Arc<Shared>, mirrored: bool, coalesce: bool) -> Self {
        shared.mirror.write().stale = true;
        Self {
            token,
            shared,
            mirrored,
            coalesce,
            phase: Phase::Login,
            next_id: 1,
            sent: HashMap::new(),
            subscriptions: BTreeMap::new(),
            routes: HashMap::new(),
            mirror_id: None,
            ask_again_at: None,
        }
    }

    fn transmit(&mut self, slot: Option<Slot>, purpose: Purpose, body: &str, actions: &mut Actions<Self>) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.sent.insert(id, purpose);
        let output = WsOut::Text(codec::command(id, body));
        match slot {
            Some(slot) => actions.send_request(slot, output),
            None => actions.send(output),
        }
        id
    }

    fn login(&mut self, message: Message, actions: &mut Actions<Self>) {
        match message {
            Message::AuthRequired { .. } => {
                let token = serde_json::Value::from(self.token.expose_secret());
                actions.send(WsOut::Text(format!("{{\"type\":\"auth\",\"access_token\":{token}}}").into()));
            }
            Message::AuthInvalid { message } => {
                // each further attempt would count towards a ban of this address
                actions.refuse(Refusal::new(RefusalKind::Credentials, None, message));
            }
            Message::AuthOk { version } => {
                *self.shared.version.lock().unwrap_or_else(PoisonError::into_inner) = version.into();
                self.phase = Phase::Filling;
                if self.coalesce {
                    let body = r#"{"type":"supported_features","features":{"coalesce_messages":1}}"#;
                    self.transmit(None, Purpose::Chore, body, actions);
                }
                if self.mirrored {
                    let id = self.transmit(None, Purpose::Mirror, r#"{"type":"subscribe_entities"}"#, actions);
                    self.mirror_id = Some(id);
                } else {
                    self.stand(actions);
                }
            }
            _ => actions.refuse(Refusal::new(
                RefusalKind::WrongService,
                None,
                "its first message is not Home Assistant's",
            )),
        }
    }

    /// The login is done and the mirror is full: requests may come, and subscriptions go out again.
    fn stand(&mut self, actions: &mut Actions<Self>) {
        self.phase = Phase::Standing;
        actions.ready();
        self.subscriptions.retain(|_, subscribed| subscribed.owner.strong_count() > 0);
        self.restore(|_| true, actions);
    }

    /// Sends those subscriptions again.
    fn restore(&mut self, which: impl Fn(&Subscribed) -> bool, actions: &mut Actions<Self>) {
        let wanted = self.subscriptions.iter().filter(|(_, kept)| which(kept));
        let commands: Vec<_> = wanted.map(|(key, kept)| (*key, kept.command.body.clone())).collect();
        for (key, body) in commands {
            let id = self.transmit(None, Purpose::Restore(key), &body, actions);
            self.route(id, key);
        }
    }

    /// The server does not restore a subscription: it may yet, unless it is a matter of rights.
    fn not_restored(&mut self, id: u64, key: u64, why: Failure, actions: &mut Actions<Self>) {
        self.routes.remove(&id);
        let Some(kept) = self.subscriptions.get_mut(&key) else { return };
        kept.id = None;
        let pause = kept.again.map_or(ASK_AGAIN.0, |(_, pause)| pause * 2);
        if why.code != "unauthorized" && pause <= ASK_AGAIN.1 {
            tracing::debug!(code = why.code, ?pause, "a subscription was refused after the reconnect, asking again");
            let due = actions.now() + pause;
            kept.again = Some((due, pause));
            self.ask_again_at = Some(self.ask_again_at.map_or(due, |at| at.min(due)));
        } else {
            tracing::warn!(code = why.code, "a subscription was refused after the reconnect");
            self.subscriptions.remove(&key);
            actions.event(News::Ended { key, why: Arc::new(why) });
        }
    }

    fn route(&mut self, id: u64, key: u64) {
        self.routes.insert(id, key);
        if let Some(subscribed) = self.subscriptions.get_mut(&key) {
            subscribed.id = Some(id);
        }
    }

    fn unsubscribe(&mut self, key: u64, actions: &mut Actions<Self>) {
        let Some(id) = self.subscriptions.remove(&key).and_then(|subscribed| subscribed.id) else { return };
        self.routes.remove(&id);
        // the same command ends every kind of subscription
        let body = format!("{{\"type\":\"unsubscribe_events\",\"subscription\":{id}}}");
        self.transmit(None, Purpose::Chore, &body, actions);
    }

    fn sweep(&mut self, actions: &mut Actions<Self>) {
        let dead = self.subscriptions.iter().filter(|(_, subscribed)| subscribed.owner.strong_count() == 0);
        let dead: Vec<u64> = dead.map(|(key, _)| *key).collect();
        for key in dead {
            self.unsubscribe(key, actions);
        }
    }

    fn result(&mut self, id: u64, outcome: Result<Json, Failure>, actions: &mut Actions<Self>) {
        match self.sent.remove(&id) {
            Some(Purpose::Request(slot)) => actions.reply(slot, outcome),
            Some(Purpose::Subscribe(slot, key)) => {
                if outcome.is_ok() {
                    if let Some(subscribed) = self.subscriptions.get_mut(&key) {
                        subscribed.accepted = true;
                    }
                } else {
                    self.subscriptions.remove(&key);
                    self.routes.remove(&id);
                }
                actions.reply(slot, outcome);
            }
            Some(Purpose::Restore(key)) => {
                if let Err(why) = outcome {
                    self.not_restored(id, key, why, actions);
                } else if let Some(kept) = self.subscriptions.get_mut(&key) {
                    kept.again = None;
                }
            }
            Some(Purpose::Mirror) => {
                if let Err(why) = outcome {
                    tracing::warn!(code = why.code, "no mirror of the entities: the server refused");
                    self.mirror_id = None;
                    self.stand(actions);
                }
            }
            // late, or a chore
            Some(Purpose::Chore) | None => {}
        }
    }

    fn event(&mut self, id: u64, event: Json, actions: &mut Actions<Self>) {
        if self.mirror_id == Some(id) {
            let first = self.phase == Phase::Filling;
            let mut entities = self.shared.mirror.write();
            entities.apply(&event, first, |change| actions.event(News::Entity(change)));
            if first {
                entities.stale = false;
                drop(entities);
                self.stand(actions);
            }
            return;
        }
        let Some(key) = self.routes.get(&id).copied() else { return };
        if self.subscriptions.get(&key).is_some_and(|subscribed| subscribed.owner.strong_count() > 0) {
            actions.event(News::Event { key, event });
        } else {
            self.unsubscribe(key, actions);
        }
    }

    fn message(&mut self, message: Message, actions: &mut Actions<Self>) {
        if self.phase == Phase::Login {
            return self.login(message, actions);
        }
        match message {
            Message::Result { id: Some(id), outcome } => self.result(id, outcome, actions),
            Message::Pong { id } => self.result(id, Ok(Json::default()), actions),
            Message::Event { id, event } => self.event(id, event, actions),
            Message::Unknown(json) => actions.event(News::Unknown(json)),
            // an answer to what cannot be told; whom it concerns finds out by his deadline
            Message::Result { id: None, .. } => tracing::debug!("an answer without an id"),
            Message::AuthRequired { .. } | Message::AuthOk { .. } | Message::AuthInvalid { .. } => {}
        }
    }

    fn text(&mut self, text: Utf8Bytes, actions: &mut Actions<Self>) {
        if let Err(error) = codec::decode(text, |message| self.message(message, actions)) {
            if self.phase == Phase::Login {
                let words = "it does not speak JSON";
                actions.refuse(Refusal::new(RefusalKind::WrongService, None, words));
            } else {
                actions.disconnect(Lost::malformed(error));
            }
        }
    }
}

impl Session for HomeSession {
    type In = WsIn;
    type Out = WsOut;
    type Request = Ask;
    type Reply = Result<Json, Failure>;
    type Event = News;
    type Question = Infallible;
    type Answer = Infallible;

    fn opened(&mut self, _: &mut Actions<Self>) {
        // the server speaks first; a token goes only to one that says what Home Assistant says
    }

    fn handle(&mut self, input: WsIn, actions: &mut Actions<Self>) {
        match input {
            WsIn::Text(text) => self.text(text, actions),
            // the code is 1000 and the reason empty whatever has happened
            WsIn::Close { code, reason, .. } => {
                actions.disconnect(Lost::Closed { code, reason: reason.as_str().into() });
            }
            WsIn::Binary(_) => tracing::debug!("a binary message"),
            _ => {}
        }
    }

    fn submit(&mut self, slot: Slot, request: Ask, actions: &mut Actions<Self>) {
        match request {
            Ask::Command(command) => {
                self.transmit(Some(slot), Purpose::Request(slot), &command.body, actions);
            }
            Ask::Subscribe { key, owner, command } => {
                let id = self.transmit(Some(slot), Purpose::Subscribe(slot, key), &command.body, actions);
                self.subscriptions.insert(key, Subscribed { owner, command, id: None, accepted: false, again: None });
                self.route(id, key);
            }
            Ask::Sweep => {
                self.sweep(actions);
                actions.reply(slot, Ok(Json::default()));
            }
        }
    }

    fn expired(&mut self, slot: Slot, _: bool, actions: &mut Actions<Self>) {
        // rare, and there are at most a thousand
        let mine = |purpose: &Purpose| matches!(purpose, Purpose::Request(s) | Purpose::Subscribe(s, _) if *s == slot);
        let id = self.sent.iter().find(|(_, purpose)| mine(purpose)).map(|(id, _)| *id);
        if let Some(Purpose::Subscribe(_, key)) = id.and_then(|id| self.sent.remove(&id)) {
            // the server may accept it yet
            self.unsubscribe(key, actions);
        }
    }

    fn ping(&mut self, actions: &mut Actions<Self>) {
        self.transmit(None, Purpose::Chore, r#"{"type":"ping"}"#, actions);
    }

    fn lost(&mut self) {
        self.phase = Phase::Login;
        self.next_id = 1;
        self.sent.clear();
        self.routes.clear();
        self.mirror_id = None;
        self.ask_again_at = None;
        self.shared.mirror.write().stale = true;
        self.subscriptions.retain(|_, subscribed| {
            (subscribed.id, subscribed.again) = (None, None);
            subscribed.accepted && subscribed.owner.strong_count() > 0
        });
    }

    fn timeout(&self) -> Option<Instant> {
        self.ask_again_at
    }

    fn handle_timeout(&mut self, actions: &mut Actions<Self>) {
        let now = actions.now();
        // one whose answer is awaited has an id
        self.restore(|kept| kept.id.is_none() && kept.again.is_some_and(|(due, _)| due <= now), actions);
        let waiting = self.subscriptions.values().filter(|kept| kept.id.is_none());
        self.ask_again_at = waiting.filter_map(|kept| Some(kept.again?.0)).min();
    }

    fn name(request: &Ask) -> Cow<'static, str> {
        match request {
            Ask::Command(command) | Ask::Subscribe { command, .. } => command.name.clone(),
            Ask::Sweep => Cow::Borrowed("unsubscribe_events"),
        }
    }

    fn show_in(&self, input: &WsIn) -> Vec<u8> {
        match input {
            WsIn::Text(text) => redact(text).into_owned().into_bytes(),
            other => format!("{other:?}").into_bytes(),
        }
    }

    fn show_out(&self, output: &WsOut) -> Vec<u8> {
        match output {
            WsOut::Text(text) => redact(text).into_owned().into_bytes(),
            other => format!("{other:?}").into_bytes(),
        }
    }
}

#[cfg(test)]
mod tests;
