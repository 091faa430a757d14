//! One connection: banner, login, actions, events.

use super::actions::{self, Outcome};
use super::builder::Account;
use super::mask::{self, Filters};
use super::message::{Message, Parsed, Reader, Request};
use super::world::Event;
use super::{Generation, Shared};
use crate::knobs::lock;
use crate::outbox::Outbox;
use md5::{Digest, Md5};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, sleep, sleep_until};

/// What a session may do, once it is logged in.
pub(super) struct Rights {
    pub(super) read: u32,
    pub(super) write: u32,
    pub(super) mask: u32,
    pub(super) filters: Filters,
}

pub(super) struct Session {
    pub(super) shared: Arc<Shared>,
    events: broadcast::Receiver<Arc<Event>>,
    reader: Reader,
    outbox: Outbox<String>,
    challenge: Option<String>,
    rights: Option<Rights>,
    /// A synchronous Originate that is under way: nothing else is answered until it is done.
    blocked: Option<(u64, Request)>,
    /// The session ends once everything has been written.
    leaving: bool,
}

/// Serves one connection, by TCP or by TLS.
pub(super) async fn serve(shared: Arc<Shared>, stream: impl AsyncRead + AsyncWrite + Send + Unpin) {
    let session = Session {
        events: shared.events.subscribe(),
        outbox: Outbox::new(shared.knobs.clone()),
        shared,
        reader: Reader::default(),
        challenge: None,
        rights: None,
        blocked: None,
        leaving: false,
    };
    session.run(stream).await;
}

enum Wake {
    Read(std::io::Result<usize>),
    Event(Result<Arc<Event>, RecvError>),
    Reply(String),
    Late,
    Done(u64, bool),
}

impl Session {
    async fn run(mut self, mut stream: impl AsyncRead + AsyncWrite + Send + Unpin) {
        let banner = format!("Asterisk Call Manager/{}\r\n", self.shared.config.generation.ami_version());
        if stream.write_all(banner.as_bytes()).await.is_err() || stream.flush().await.is_err() {
            return;
        }
        let mut done = self.shared.done.subscribe();
        let login_by = Instant::now() + self.shared.config.auth_timeout;
        loop {
            while self.blocked.is_none()
                && !self.outbox.is_full()
                && !self.leaving
                && let Some(parsed) = self.reader.next()
            {
                if self.on_message(parsed, &mut stream).await.is_none() {
                    return;
                }
            }
            if self.reader.is_flooded() || (self.leaving && self.outbox.len() == 0) {
                let _ = stream.shutdown().await;
                return;
            }
            let logged_in = self.rights.is_some();
            let wake = tokio::select! {
                biased;
                reply = self.outbox.next() => Wake::Reply(reply),
                // events wait behind a call that the session waits for
                event = self.events.recv(), if logged_in && self.blocked.is_none() => Wake::Event(event),
                Ok((ticket, answered)) = done.recv(), if self.blocked.is_some() => Wake::Done(ticket, answered),
                read = stream.read_buf(self.reader.buffer()), if self.blocked.is_none() && !self.outbox.is_full() => {
                    Wake::Read(read)
                }
                () = sleep_until(login_by), if !logged_in => Wake::Late,
            };
            let bytes = match wake {
                Wake::Reply(reply) => reply,
                Wake::Event(Ok(event)) => match self.show(&event) {
                    Some(text) => text,
                    None if event.name == "Gone" => return,
                    None => continue,
                },
                // who does not keep up is cut, as after `writetimeout`
                Wake::Event(Err(_)) | Wake::Late => return,
                Wake::Read(Ok(count)) if count > 0 => continue,
                Wake::Read(_) => {
                    // what was asked before the end is still answered
                    self.leaving = true;
                    if self.outbox.len() == 0 {
                        return;
                    }
                    continue;
                }
                Wake::Done(ticket, answered) => {
                    if self.blocked.as_ref().is_some_and(|(waiting, _)| *waiting == ticket)
                        && let Some((_, request)) = self.blocked.take()
                    {
                        let reply = if answered {
                            Message::success(&request, "Originate successfully queued")
                        } else {
                            Message::error(&request, "Originate failed")
                        };
                        self.outbox.reply(reply.end());
                    }
                    continue;
                }
            };
            if stream.write_all(bytes.as_bytes()).await.is_err() || stream.flush().await.is_err() {
                return;
            }
        }
    }

    fn show(&self, event: &Event) -> Option<String> {
        let rights = self.rights.as_ref()?;
        let visible = event.class & rights.read & rights.mask != 0;
        (visible && rights.filters.pass(event.name, &event.text)).then(|| event.text.to_string())
    }

    /// `None`: the connection is to end at once.
    async fn on_message(&mut self, parsed: Parsed, stream: &mut (impl AsyncWrite + Send + Unpin)) -> Option<()> {
        let request = match parsed {
            Parsed::Refused(text, id) => {
                self.outbox.reply(Message::response("Error", id.as_deref()).with("Message", text).end());
                return Some(());
            }
            Parsed::Request(request) => request,
        };
        let action = request.some("Action").unwrap_or_default().to_ascii_lowercase();
        self.shared.seen.push(request.some("Action").unwrap_or_default());
        let reply = match action.as_str() {
            "" => Message::error(&request, "Missing action in request"),
            "login" => return self.login(&request, stream).await,
            "challenge" => self.challenge(&request),
            "logoff" => {
                self.leaving = true;
                let goodbye = Message::response("Goodbye", request.action_id());
                goodbye.with("Message", "Thanks for all the fish.")
            }
            _ if self.rights.is_none() => Message::error(&request, "Permission denied"),
            _ => return self.act(&action, request),
        };
        self.outbox.reply(reply.end());
        Some(())
    }

    fn act(&mut self, action: &str, request: Request) -> Option<()> {
        let rights = self.rights.as_mut()?;
        match actions::run(&self.shared, rights, action, &request) {
            Outcome::Reply(text) => self.outbox.reply(text),
            Outcome::Wait(ticket) => self.blocked = Some((ticket, request)),
            Outcome::Gone => return None,
        }
        Some(())
    }

    fn challenge(&mut self, request: &Request) -> Message {
        if !request.get("AuthType").is_some_and(|kind| kind.eq_ignore_ascii_case("md5")) {
            return Message::error(request, "Must specify AuthType");
        }
        let challenge = self.challenge.get_or_insert_with(|| fastrand::u32(1..1_000_000_000).to_string());
        Message::response("Success", request.action_id()).with("Challenge", challenge)
    }

    fn account(&self, request: &Request) -> Option<&Account> {
        let account = self
            .shared
            .config
            .accounts
            .iter()
            .find(|account| Some(account.name.as_str()) == request.get("Username"))?;
        let right = match request.some("AuthType") {
            Some(kind) if kind.eq_ignore_ascii_case("md5") => {
                let challenge = self.challenge.as_ref()?;
                let digest = Md5::new().chain_update(challenge).chain_update(&account.secret).finalize();
                let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                Some(hex.as_str()) == request.get("Key")
            }
            _ => Some(account.secret.as_str()) == request.get("Secret"),
        };
        right.then_some(account)
    }

    async fn login(&mut self, request: &Request, stream: &mut (impl AsyncWrite + Send + Unpin)) -> Option<()> {
        if self.rights.is_some() {
            self.outbox.reply(Message::success(request, "Already authenticated").end());
            return Some(());
        }
        let Some(account) = self.account(request) else {
            // the reason is not told, and not at once
            sleep(self.shared.config.refusal_delay).await;
            let refusal = Message::error(request, "Authentication failed").end();
            let _ = stream.write_all(refusal.as_bytes()).await;
            let _ = stream.shutdown().await;
            return None;
        };
        let mask = request.get("Events").map_or(mask::ALL, mask::mask);
        let mut filters = Filters::default();
        account.filters.iter().for_each(|filter| {
            let _ = filters.add(filter, None);
        });
        let rights = Rights { read: account.read, write: account.write, mask, filters };
        let booted = rights.read & mask & mask::SYSTEM != 0 && self.shared.is_booted();
        self.rights = Some(rights);
        // only what happens from now on is this session's
        self.events = self.shared.events.subscribe();
        self.outbox.reply(Message::success(request, "Authentication accepted").end());
        if booted {
            let event = match self.shared.config.generation {
                Generation::Modern => {
                    let up = lock(&self.shared.world).booted.elapsed().as_secs();
                    Message::default()
                        .with("Event", "FullyBooted")
                        .with("Privilege", "system,all")
                        .with("Uptime", up)
                        .with("LastReload", up)
                        .with("Status", "Fully Booted")
                }
                Generation::Legacy => Message::default()
                    .with("Event", "FullyBooted")
                    .with("Privilege", "system,all")
                    .with("Status", "Fully Booted"),
            };
            self.outbox.follow(event.end());
        }
        Some(())
    }
}

/// How long a refused login waits for its answer.
pub(super) const REFUSAL: Duration = Duration::from_secs(1);
