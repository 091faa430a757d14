//! A hand-held FreeSWITCH: reads commands and says what it is told.

use esl_client::{Builder, Call, Client, Error, Listener, ListenerBuilder};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::timeout;

/// Longer than anything here takes.
pub(crate) const SOON: Duration = Duration::from_secs(10);

pub(crate) struct Peer {
    io: DuplexStream,
    input: Vec<u8>,
}

impl Peer {
    pub(crate) fn new(io: DuplexStream) -> Self {
        Self { io, input: Vec::new() }
    }

    async fn more(&mut self) -> bool {
        let mut chunk = [0; 4096];
        let read = timeout(SOON, self.io.read(&mut chunk)).await.expect("the client says nothing").unwrap_or(0);
        self.input.extend_from_slice(&chunk[..read]);
        read > 0
    }

    /// The next command with its headers and body, without the empty line; `None`: the client has gone.
    pub(crate) async fn try_command(&mut self) -> Option<String> {
        loop {
            let end = self.input.windows(2).position(|two| two == b"\n\n");
            if let Some(end) = end {
                let head = String::from_utf8(self.input[..end].to_vec()).unwrap();
                let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse::<usize>().ok());
                let whole = end + 2 + length.unwrap_or(0);
                if self.input.len() >= whole {
                    let body = String::from_utf8(self.input[end + 2..whole].to_vec()).unwrap();
                    self.input.drain(..whole);
                    return Some(if length.is_some() { format!("{head}\n\n{body}") } else { head });
                }
            }
            if !self.more().await {
                return None;
            }
        }
    }

    pub(crate) async fn command(&mut self) -> String {
        self.try_command().await.expect("the client has gone")
    }

    pub(crate) async fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.io.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Waits for this command and answers it.
    pub(crate) async fn answer(&mut self, command: impl AsRef<str>, bytes: impl AsRef<[u8]>) {
        assert_eq!(self.command().await, command.as_ref());
        self.say(bytes).await;
    }
}

/// `command/reply` with these words.
pub(crate) fn reply(words: &str) -> String {
    format!("Content-Type: command/reply\nReply-Text: {words}\n\n")
}

/// `api/response` with this body.
pub(crate) fn response(body: &str) -> String {
    format!("Content-Type: api/response\nContent-Length: {}\n\n{body}", body.len())
}

/// A plain event.
pub(crate) fn event(headers: &[(&str, &str)], body: Option<&str>) -> String {
    let mut text = String::new();
    for (name, value) in headers {
        let value = value.replace('%', "%25").replace(' ', "%20").replace(':', "%3A").replace('\n', "%0A");
        text.push_str(&format!("{name}: {value}\n"));
    }
    if let Some(body) = body {
        text.push_str(&format!("Content-Length: {}\n", body.len()));
    }
    text.push('\n');
    text.push_str(body.unwrap_or_default());
    format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{text}", text.len())
}

pub(crate) const NOTICE: &str = "Content-Type: text/disconnect-notice\nContent-Length: 67\n\nDisconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n";
const BANNER: &str = "FreeSWITCH Version 1.11.2-release+git~20260809T162310Z~3f13ad1b1d~64bit (git 3f13ad1 2026-08-09 16:23:10Z 64bit)\n";

/// Answers the login of a client with the default settings.
pub(crate) async fn log_in(peer: &mut Peer) {
    peer.say("Content-Type: auth/request\n\n").await;
    peer.answer("auth ClueCon", reply("+OK accepted")).await;
    peer.answer("api version", response(BANNER)).await;
    peer.answer("event plain BACKGROUND_JOB", reply("+OK event listener enabled plain")).await;
}

pub(crate) fn builder() -> Builder {
    Client::builder("test", "ClueCon".to_owned())
}

/// A client and its server, logged in.
pub(crate) async fn pair() -> (Client, Peer) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let mut peer = Peer::new(theirs);
    let (client, ()) = tokio::join!(builder().from_io(ours), log_in(&mut peer));
    (client.unwrap(), peer)
}

/// A client whose server says only this.
pub(crate) async fn greeted_with(bytes: &[u8]) -> Result<Client, Error> {
    let (ours, mut theirs) = tokio::io::duplex(1 << 20);
    theirs.write_all(bytes).await.unwrap();
    let client = timeout(SOON, builder().from_io(ours)).await.unwrap();
    drop(theirs);
    client
}

pub(crate) const UUID: &str = "52870535-afef-44ab-b178-21aba54d1183";

/// The answer to `connect`.
pub(crate) fn channel(mode: &str, control: &str) -> String {
    format!(
        "Event-Name: CHANNEL_DATA\nChannel-Caller-ID-Number: 1000\nChannel-Destination-Number: 5000\nUnique-ID: {UUID}\n\
         variable_test_var: hello%20world\nContent-Type: command/reply\nReply-Text: %2BOK%0A\nSocket-Mode: {mode}\nControl: {control}\n\n"
    )
}

/// A call that FreeSWITCH handed over, `async full`.
pub(crate) async fn call(settings: ListenerBuilder) -> (Call, Peer) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let mut peer = Peer::new(theirs);
    let hand_over = async {
        peer.answer("connect", channel("async", "full")).await;
        peer.answer("linger 10", reply("+OK will linger 10 seconds")).await;
        peer.answer("myevents plain", reply("+OK Events Enabled")).await;
    };
    let (call, ()) = tokio::join!(settings.accept(ours), hand_over);
    (call.unwrap(), peer)
}

pub(crate) fn taking() -> ListenerBuilder {
    Listener::builder()
}

/// The value of a header of a command.
pub(crate) fn header<'a>(command: &'a str, name: &str) -> &'a str {
    let prefix = format!("{name}: ");
    command.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_else(|| panic!("no {name} in {command}"))
}
