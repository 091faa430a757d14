//! A server that does as it is told.

use ami_client::{Builder, Client, Codec, Limits, Reconnect};
use ifbus_link::{BoxedIo, ConnectError, Open, OpenFuture, StreamWire};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

pub(crate) const SOON: Duration = Duration::from_secs(10);

/// The server's end of a connection.
pub(crate) struct Peer(BufReader<DuplexStream>);

/// One action, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked(pub(crate) Vec<(String, String)>);

impl Asked {
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    pub(crate) fn id(&self) -> &str {
        self.get("ActionID")
    }
}

pub(crate) const BANNER: &str = "Asterisk Call Manager/11.0.0\r\n";
pub(crate) const OLD_BANNER: &str = "Asterisk Call Manager/1.1\r\n";

impl Peer {
    pub(crate) fn new(io: DuplexStream) -> Self {
        Self(BufReader::new(io))
    }

    pub(crate) async fn say(&mut self, text: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(text.as_ref()).await.unwrap();
    }

    /// The next action; `None` at the end of the connection.
    pub(crate) async fn next(&mut self) -> Option<Asked> {
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            if timeout(SOON * 3, self.0.read_line(&mut line)).await.unwrap().unwrap_or(0) == 0 {
                return None;
            }
            let line = line.strip_suffix("\r\n").expect("lines end with CR LF");
            if line.is_empty() {
                return Some(Asked(headers));
            }
            let (name, value) = line.split_once(": ").unwrap();
            headers.push((name.to_owned(), value.to_owned()));
        }
    }

    pub(crate) async fn expect(&mut self, action: &str) -> Asked {
        let asked = self.next().await.unwrap();
        assert_eq!(asked.get("Action"), action, "{asked:?}");
        asked
    }

    pub(crate) async fn reply(&mut self, to: &Asked, rest: &str) {
        let text = format!("Response: Success\r\nActionID: {}\r\n{rest}\r\n", to.id());
        self.say(text).await;
    }

    /// Logs the client in, with the channels (items of the list) that it asks for.
    pub(crate) async fn accept(&mut self, banner: &str, channels: &str) -> Asked {
        self.say(banner).await;
        let mut asked = self.next().await.unwrap();
        if asked.get("Action") == "Challenge" {
            self.reply(&asked, "Challenge: 840415273\r\n").await;
            asked = self.next().await.unwrap();
        }
        assert_eq!(asked.get("Action"), "Login");
        self.reply(&asked, "Message: Authentication accepted\r\n").await;
        if asked.get("Events") != "off" {
            self.say("Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n").await;
        }
        loop {
            let fence = self.next().await.unwrap();
            match fence.get("Action") {
                "CoreShowChannels" => {
                    let channels = channels.replace("$ID", fence.id());
                    let end = format!(
                        "Event: CoreShowChannelsComplete\r\nActionID: {}\r\nEventList: Complete\r\nListItems: 0\r\n\r\n",
                        fence.id()
                    );
                    self.reply(&fence, "EventList: start\r\nMessage: Channels will follow\r\n").await;
                    self.say(channels + &end).await;
                    return asked;
                }
                "Ping" => {
                    self.reply(&fence, "Ping: Pong\r\n").await;
                    return asked;
                }
                "Filter" => self.reply(&fence, "").await,
                other => panic!("{other}"),
            }
        }
    }

    /// What the client still sends until it closes.
    pub(crate) async fn rest(mut self) -> String {
        let mut rest = String::new();
        let _ = timeout(SOON, self.0.read_to_string(&mut rest)).await.unwrap();
        rest
    }
}

pub(crate) fn builder() -> Builder {
    let quick = Reconnect::forever().steps(Duration::from_millis(1), Duration::from_millis(5));
    Client::builder("pbx").login("admin", "test-secret").reconnect(quick)
}

/// A client and the server's end of its connection, logged in.
pub(crate) async fn pair(builder: Builder, banner: &str) -> (Client, Peer) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let mut peer = Peer::new(theirs);
    let (client, _) = tokio::join!(builder.from_io(ours), peer.accept(banner, ""));
    (client.unwrap(), peer)
}

/// Opens connections to the peers that a test gets.
pub(crate) struct Dialer(mpsc::UnboundedSender<Peer>);

pub(crate) fn dialer() -> (Dialer, mpsc::UnboundedReceiver<Peer>) {
    let (sender, peers) = mpsc::unbounded_channel();
    (Dialer(sender), peers)
}

impl Open for Dialer {
    type Wire = StreamWire<Codec>;

    fn open(&mut self) -> OpenFuture<Self::Wire> {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let sent = self.0.send(Peer::new(theirs));
        Box::pin(async move {
            sent.map_err(|_| ConnectError::new("nobody", Vec::new(), Duration::ZERO))?;
            Ok(StreamWire::new(Box::new(ours) as BoxedIo, Codec::new(Limits::default())))
        })
    }
}
