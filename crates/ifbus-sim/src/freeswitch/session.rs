//! One connection, of either kind: what it reads, what it is sent, how it ends.

use super::builder::Account;
use super::command::Reader;
use super::event::Event;
use super::subscription::Subscription;
use super::world::{Dial, LogLine, News};
use super::{Shared, api, clock};
use crate::net::SimStream;
use crate::outbox::Outbox;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Duration, Instant, sleep_until};

const GOODBYE: &str = "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n";

/// Something that the session waits for before it does anything else, and the frame that comes of it.
pub(super) type Blocked = Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send>>;

/// A session that the server has dialled.
pub(super) struct Outbound {
    pub(super) dial: Dial,
    /// The reply to the first command is lost, unless it is one of two.
    pub(super) first: bool,
    pub(super) connected: bool,
    pub(super) resumes: bool,
}

pub(super) struct Session {
    pub(super) shared: Arc<Shared>,
    news: broadcast::Receiver<News>,
    reader: Reader,
    pub(super) outbox: Outbox<Vec<u8>>,
    pub(super) account: Option<Arc<Account>>,
    pub(super) subscription: Subscription,
    pub(super) log: Option<u8>,
    /// The channel that it controls.
    pub(super) control: Option<String>,
    pub(super) outbound: Option<Outbound>,
    /// Whether it is to stay when its channel ends, and for how many seconds.
    pub(super) linger: Option<Option<u64>>,
    until: Option<Instant>,
    /// What its channel knew when it ended.
    pub(super) grave: Option<Arc<Event>>,
    pub(super) blocked: Option<Blocked>,
    pub(super) leaving: bool,
    deadline: Option<Instant>,
}

enum Wake {
    Read(std::io::Result<usize>),
    News(Result<News, RecvError>),
    Reply(Vec<u8>),
    Late,
    Over,
    Done(Option<Vec<u8>>),
}

/// Serves a client that has come.
pub(super) async fn serve(shared: Arc<Shared>, mut stream: SimStream) {
    if shared.is_denied() {
        let mut text = b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n".to_vec();
        text.extend_from_slice(&notice(None, GOODBYE));
        let _ = stream.write_all(&text).await;
        let _ = stream.shutdown().await;
        return;
    }
    if stream.write_all(b"Content-Type: auth/request\n\n").await.is_err() {
        return;
    }
    let deadline = Instant::now() + shared.config.auth_timeout;
    Session::new(shared, None, Some(deadline)).run(stream).await;
}

/// Serves a listener that the server has dialled. Whether the extension is to go on.
pub(super) async fn serve_outbound(shared: Arc<Shared>, stream: SimStream, dial: Dial) -> bool {
    let outbound = Outbound { dial, first: true, connected: false, resumes: false };
    let deadline = Instant::now() + shared.config.auth_timeout;
    let mut session = Session::new(shared, Some(outbound), Some(deadline));
    session.run(stream).await;
    let resumes = session.grave.is_none() && session.channel_resumes();
    session.outbound.is_some_and(|outbound| outbound.resumes) || resumes
}

pub(super) fn reply(text: &str) -> Vec<u8> {
    // a value with a tilde before it goes out as it is
    if let Some(raw) = text.strip_prefix('~') {
        return format!("Content-Type: command/reply\n{raw}").into_bytes();
    }
    let text = if text.is_empty() { "-ERR command not found" } else { text };
    let mut cut = text.as_bytes();
    cut = cut.get(..511).unwrap_or(cut);
    let mut frame = b"Content-Type: command/reply\nReply-Text: ".to_vec();
    frame.extend_from_slice(cut);
    frame.extend_from_slice(b"\n\n");
    frame
}

pub(super) fn response(text: &str) -> Vec<u8> {
    let text = if text.is_empty() { "-ERR no reply\n" } else { text };
    format!("Content-Type: api/response\nContent-Length: {}\n\n{text}", text.len()).into_bytes()
}

fn notice(controlled: Option<&str>, text: &str) -> Vec<u8> {
    let controlled = controlled
        .map_or_else(String::new, |uuid| format!("Controlled-Session-UUID: {uuid}\nContent-Disposition: disconnect\n"));
    format!("Content-Type: text/disconnect-notice\n{controlled}Content-Length: {}\n\n{text}", text.len()).into_bytes()
}

impl Session {
    fn new(shared: Arc<Shared>, outbound: Option<Outbound>, deadline: Option<Instant>) -> Self {
        Self {
            news: shared.news.subscribe(),
            outbox: Outbox::new(shared.knobs.clone()),
            shared,
            reader: Reader::default(),
            account: None,
            subscription: Subscription::default(),
            log: None,
            control: outbound.as_ref().map(|outbound| outbound.dial.uuid.clone()),
            outbound,
            linger: None,
            until: None,
            grave: None,
            blocked: None,
            leaving: false,
            deadline,
        }
    }

    async fn run(&mut self, mut stream: SimStream) {
        loop {
            while self.blocked.is_none() && !self.outbox.is_full() && !self.leaving {
                match self.reader.next() {
                    Ok(Some(command)) => {
                        // once it has said something it may take its time
                        self.deadline = None;
                        self.on_command(&command);
                    }
                    Ok(None) => break,
                    Err(_) => return,
                }
            }
            if self.leaving && self.blocked.is_none() && self.outbox.len() == 0 {
                let _ = stream.shutdown().await;
                return;
            }
            let ready = self.blocked.is_none();
            let far = Instant::now() + Duration::from_secs(86_400);
            let wake = tokio::select! {
                biased;
                frame = self.outbox.next() => Wake::Reply(frame),
                frame = wait(&mut self.blocked), if !ready => Wake::Done(frame),
                // not while half a command is here, nor while one is at work
                news = self.news.recv(), if ready && self.reader.is_idle() && !self.leaving => Wake::News(news),
                read = stream.read_buf(self.reader.buffer()), if ready && !self.outbox.is_full() => Wake::Read(read),
                () = sleep_until(self.deadline.unwrap_or(far)), if self.deadline.is_some() => Wake::Late,
                () = sleep_until(self.until.unwrap_or(far)), if self.until.is_some() => Wake::Over,
            };
            let bytes = match wake {
                Wake::Reply(frame) => frame,
                Wake::Done(frame) => {
                    self.blocked = None;
                    if let Some(frame) = frame {
                        self.outbox.reply(frame);
                    }
                    continue;
                }
                Wake::News(Ok(news)) => match self.on_news(news) {
                    Some(bytes) => bytes,
                    None => continue,
                },
                Wake::News(Err(RecvError::Lagged(_))) => {
                    self.part("killed listener because of lost events\n");
                    continue;
                }
                Wake::News(Err(RecvError::Closed)) => return,
                Wake::Read(Ok(count)) if count > 0 => continue,
                Wake::Read(_) => {
                    // what was asked before the end is still answered
                    self.leaving = true;
                    continue;
                }
                Wake::Late | Wake::Over => {
                    self.until = None;
                    self.deadline = None;
                    self.part(GOODBYE);
                    continue;
                }
            };
            if stream.write_all(&bytes).await.is_err() {
                return;
            }
        }
    }

    /// Says goodbye, and goes.
    pub(super) fn part(&mut self, text: &str) {
        let frame = notice(self.control.as_deref(), text);
        self.outbox.follow(frame);
        self.leaving = true;
    }

    pub(super) fn goodbye(&mut self) {
        self.part(GOODBYE);
    }

    fn on_news(&mut self, news: News) -> Option<Vec<u8>> {
        match news {
            News::Event(event) => {
                let mut bytes = if self.may_hear() && self.subscription.wants(&event) {
                    event.frame(self.subscription.format())
                } else {
                    Vec::new()
                };
                if let Some(frame) = self.watch(&event) {
                    bytes.extend_from_slice(&frame);
                }
                (!bytes.is_empty()).then_some(bytes)
            }
            News::Log(line) => self.log.filter(|level| line.level <= *level).map(|_| log_frame(&line)),
            News::Gone(Some(text)) => {
                self.control = None;
                self.part(text);
                None
            }
            News::Gone(None) => {
                self.leaving = true;
                None
            }
        }
    }

    fn may_hear(&self) -> bool {
        self.account.is_some() || self.outbound.is_some()
    }

    /// Looks for the end of the channel that it controls.
    fn watch(&mut self, event: &Arc<Event>) -> Option<Vec<u8>> {
        let control = self.control.as_deref()?;
        let (hangup, complete) = (event.name == "CHANNEL_HANGUP", event.name == "CHANNEL_HANGUP_COMPLETE");
        if !(hangup || complete) || event.unique_id() != Some(control) {
            return None;
        }
        self.grave = Some(Arc::clone(event));
        let asynchronous = self.outbound.as_ref().is_some_and(|outbound| outbound.dial.asynchronous);
        match self.linger {
            // a channel that is parked leaves later than one that runs in the session itself
            Some(seconds) if complete == asynchronous => {
                self.until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
                let name = event.get("Channel-Name").unwrap_or_default();
                let time = seconds.map_or_else(|| "-1".to_owned(), |seconds| seconds.to_string());
                let text = format!(
                    "Content-Type: text/disconnect-notice\nControlled-Session-UUID: {control}\nContent-Disposition: linger\nChannel-Name: {name}\nLinger-Time: {time}\nContent-Length: 0\n\n"
                );
                Some(text.into_bytes())
            }
            None if complete => {
                self.goodbye();
                None
            }
            _ => None,
        }
    }

    fn channel_resumes(&self) -> bool {
        let world = crate::knobs::lock(&self.shared.world);
        let channel = self.control.as_deref().and_then(|id| world.channels.get(id));
        channel.is_some_and(|channel| channel.is_true("socket_resume"))
    }
}

async fn wait(blocked: &mut Option<Blocked>) -> Option<Vec<u8>> {
    match blocked {
        Some(blocked) => blocked.await,
        None => std::future::pending().await,
    }
}

fn log_frame(line: &LogLine) -> Vec<u8> {
    let LogLine { level, channel, file, function, line: number, uuid, text } = line;
    let body = if *channel == 1 {
        format!("{text}\n")
    } else {
        let now = clock::micros();
        let name = api::level_name(*level);
        format!("{}.{:06} 0.10% [{name}] {file}:{number} {text}\n", clock::stamp(now), now % 1_000_000)
    };
    format!(
        "Content-Type: log/data\nContent-Length: {}\nLog-Level: {level}\nText-Channel: {channel}\nLog-File: {file}\nLog-Func: {function}\nLog-Line: {number}\nUser-Data: {uuid}\n\n{body}",
        body.len()
    )
    .into_bytes()
}
