//! A hand-held server: reads lines and says what it is told.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use vmix_api::{Builder, Client, Error};

pub(crate) struct Peer(BufReader<DuplexStream>);

impl Peer {
    /// The next line of the client's, without its end.
    pub(crate) async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line.strip_suffix("\r\n").unwrap_or_else(|| panic!("not a line: {line:?}")).to_owned()
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).await.unwrap();
    }

    /// Waits for this line and answers it.
    pub(crate) async fn answer(&mut self, line: impl AsRef<str>, text: impl AsRef<str>) {
        assert_eq!(self.line().await, line.as_ref());
        self.say(text.as_ref()).await;
    }

    /// What the client has sent and nobody has read.
    pub(crate) async fn rest(mut self) -> String {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).await.unwrap();
        rest
    }
}

/// The document that the peer gives.
pub(crate) const DOCUMENT: &str = "<vmix><version>29.0.0.49</version><inputs><input key=\"a\" number=\"1\" title=\"One\" volume=\"100\" \
    muted=\"False\" audiobusses=\"M\"/><input key=\"b\" number=\"2\" title=\"Two\"/></inputs><overlays><overlay number=\"1\"/>\
    </overlays><preview>2</preview><active>1</active></vmix>";

/// A document as the server sends it.
pub(crate) fn sized(document: &str) -> String {
    format!("XML {}\r\n{document}\r\n", document.len() + 2)
}

/// A client and the server of it, logged in.
pub(crate) async fn pair(builder: Builder) -> (Client, Peer) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let mut peer = Peer(BufReader::new(theirs));
    let login = async {
        peer.say("VERSION OK 29.0.0.49\r\n").await;
        peer.answer("SUBSCRIBE TALLY", "SUBSCRIBE OK TALLY Subscribed\r\nTALLY OK 12\r\n").await;
        peer.answer("SUBSCRIBE ACTS", "SUBSCRIBE OK ACTS Subscribed\r\n").await;
        peer.answer("XML", sized(DOCUMENT)).await;
    };
    let (client, ()) = tokio::join!(builder.from_io(ours), login);
    (client.unwrap(), peer)
}

/// A client whose server says only this.
pub(crate) async fn greeted_with(text: &str) -> Result<Client, Error> {
    let (ours, mut theirs) = tokio::io::duplex(1 << 20);
    theirs.write_all(text.as_bytes()).await.unwrap();
    let client = Client::builder("test").from_io(ours).await;
    drop(theirs);
    client
}
