//! WebSocket as a [`Wire`], over the stream that link dialed.

use crate::dial::{Address, Dial};
use crate::error::{Attempt, ConnectError, Lost};
#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::wire::{BoxedIo, Io, Open, OpenFuture, Outbox, Wire};
use bytes::Bytes;
use futures_util::{Sink, Stream};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, timeout};
pub use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig, frame::coding::CloseCode};
use tokio_tungstenite::tungstenite::{
    ClientRequestBuilder, Error as WsError, Message, error::ProtocolError, http::Uri,
};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// A message from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WsIn {
    /// A text message.
    Text(Utf8Bytes),
    /// A binary message.
    Binary(Bytes),
    /// A ping (answered already) or a pong: the server lives.
    Alive,
    /// The server closes.
    #[non_exhaustive]
    Close {
        /// Its code, if it gave one.
        code: Option<u16>,
        /// Its words, may be empty.
        reason: String,
    },
}

/// A message to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WsOut {
    /// A text message.
    Text(Utf8Bytes),
    /// A binary message.
    Binary(Bytes),
    /// A ping.
    Ping,
}

/// Where a WebSocket is, and what its messages may be.
#[derive(Clone)]
#[non_exhaustive]
#[must_use]
pub struct WsTarget {
    url: String,
    uri: Uri,
    address: Address,
    subprotocols: Vec<String>,
    headers: Vec<(String, String)>,
    /// The largest message that is taken, in bytes. Default 64 MiB: real servers send tens of megabytes.
    pub max_message: usize,
    /// Bytes asked for in one read; the buffer grows on demand. Default 16 KiB.
    pub read_buffer: usize,
    /// The limit for dialing and the upgrade together. Default 10 s.
    pub timeout: Duration,
    /// TLS settings of a `wss://` address; the platform's roots if there are none.
    #[cfg(feature = "tls")]
    pub tls: Option<Tls>,
}

impl std::fmt::Debug for WsTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // headers may hold credentials
        f.debug_struct("WsTarget")
            .field("url", &self.url)
            .field("subprotocols", &self.subprotocols)
            .finish_non_exhaustive()
    }
}

impl WsTarget {
    /// Reads a `ws://` or `wss://` address.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn new(url: &str) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|error| format!("{url:?}: {error}"))?;
        let secure = match uri.scheme_str() {
            Some("ws") => false,
            Some("wss") => true,
            _ => return Err(format!("{url:?} must begin with ws:// or wss://")),
        };
        if secure && cfg!(not(feature = "tls")) {
            return Err(format!("{url:?}: this build has no TLS (feature `tls`)"));
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err("user and password do not belong into the address".into());
        }
        let address = Address::parse(authority, if secure { 443 } else { 80 })?;
        Ok(Self {
            url: url.to_owned(),
            uri,
            address,
            subprotocols: Vec::new(),
            headers: Vec::new(),
            max_message: 64 << 20,
            read_buffer: 16 << 10,
            timeout: Duration::from_secs(10),
            #[cfg(feature = "tls")]
            tls: None,
        })
    }

    /// Offers a subprotocol.
    pub fn subprotocol(mut self, name: impl Into<String>) -> Self {
        self.subprotocols.push(name.into());
        self
    }

    /// Adds a header to the upgrade.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    fn dial(&self) -> Result<Dial, String> {
        let mut dial = Dial::new(self.address.clone());
        dial.timeout = self.timeout;
        #[cfg(feature = "tls")]
        if self.uri.scheme_str() == Some("wss") {
            let tls = self.tls.clone().map_or_else(Tls::platform, Ok);
            dial.tls = Some(tls.map_err(|error| error.to_string())?);
        }
        Ok(dial)
    }

    /// Dials and upgrades.
    ///
    /// # Errors
    /// Every address that was tried, or how the server answered the upgrade.
    pub async fn connect(&self) -> Result<WsWire, ConnectError> {
        let started = Instant::now();
        let dial = self.dial().map_err(|error| self.failed(Attempt::new(None, error), started))?;
        self.upgrade_since(dial.connect().await?, started).await
    }

    /// Upgrades a given stream: a tunnel, a test.
    ///
    /// # Errors
    /// How the server answered the upgrade.
    pub async fn upgrade(&self, io: impl Io) -> Result<WsWire, ConnectError> {
        self.upgrade_since(Box::new(io), Instant::now()).await
    }

    async fn upgrade_since(&self, io: BoxedIo, started: Instant) -> Result<WsWire, ConnectError> {
        let mut request = ClientRequestBuilder::new(self.uri.clone());
        for name in &self.subprotocols {
            request = request.with_sub_protocol(name);
        }
        for (name, value) in &self.headers {
            request = request.with_header(name, value);
        }
        let config = WebSocketConfig::default()
            .read_buffer_size(self.read_buffer)
            // frames go straight into the outbox, where the driver counts them and makes one write of many
            .write_buffer_size(0)
            .max_write_buffer_size(usize::MAX)
            .max_message_size(Some(self.max_message))
            .max_frame_size(Some(self.max_message));
        let io = Outgoing { io, outbox: Outbox::default(), buffering: false, has_read: false };
        let handshake = client_async_with_config(request, io, Some(config));
        match timeout(self.timeout.saturating_sub(started.elapsed()), handshake).await {
            Ok(Ok((mut stream, _))) => {
                stream.get_mut().buffering = true;
                Ok(WsWire { stream, closed: None })
            }
            Ok(Err(error)) => Err(self.failed(refused_upgrade(&error), started)),
            Err(_) => {
                Err(self.failed(Attempt::new(None, "connected, but no answer to the WebSocket upgrade"), started))
            }
        }
    }

    fn failed(&self, attempt: Attempt, started: Instant) -> ConnectError {
        ConnectError::new(self.url.clone(), vec![attempt], started.elapsed())
    }
}

fn refused_upgrade(error: &WsError) -> Attempt {
    match error {
        WsError::Http(response) => {
            let body = response.body().as_deref().unwrap_or_default();
            let text: String = String::from_utf8_lossy(body).chars().filter(|c| !c.is_control()).take(120).collect();
            let status = response.status().as_u16();
            let said = format!("HTTP {status} in answer to the WebSocket upgrade: {text}");
            Attempt { http_status: Some(status), ..Attempt::new(None, said) }
        }
        other => Attempt::new(None, format!("no WebSocket there: {other}")),
    }
}

impl Open for WsTarget {
    type Wire = WsWire;

    fn open(&mut self) -> OpenFuture<WsWire> {
        let target = self.clone();
        Box::pin(async move { target.connect().await })
    }
}

/// A WebSocket connection.
pub struct WsWire {
    stream: WebSocketStream<Outgoing>,
    closed: Option<Lost>,
}

impl std::fmt::Debug for WsWire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WsWire").field("outbox", &self.stream.get_ref().outbox).finish_non_exhaustive()
    }
}

/// Messages taken in one turn, so that writing gets its own.
const BURST: usize = 256;

impl WsWire {
    fn lost(&mut self, error: WsError) -> Lost {
        if let Some(closed) = &self.closed {
            return closed.clone(); // whatever fails after the close, the close is the reason
        }
        match error {
            WsError::ConnectionClosed
            | WsError::AlreadyClosed
            | WsError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Lost::Eof { mid_frame: false },
            WsError::Io(error) => Lost::Io(Arc::new(error)),
            other => Lost::malformed(other.to_string()),
        }
    }
}

impl Wire for WsWire {
    type In = WsIn;
    type Out = WsOut;

    fn poll_recv(&mut self, cx: &mut Context<'_>, into: &mut Vec<WsIn>) -> Poll<Result<(), Lost>> {
        let before = into.len();
        while into.len() - before < BURST {
            let message = match Pin::new(&mut self.stream).poll_next(cx) {
                Poll::Ready(Some(Ok(message))) => message,
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(self.lost(error))),
                Poll::Ready(None) => {
                    return Poll::Ready(Err(self.closed.clone().unwrap_or(Lost::Eof { mid_frame: false })));
                }
                Poll::Pending => {
                    // bytes of an unfinished message are told too: they are a sign of life
                    let has_read = std::mem::take(&mut self.stream.get_mut().has_read);
                    return if has_read || into.len() > before { Poll::Ready(Ok(())) } else { Poll::Pending };
                }
            };
            into.push(match message {
                Message::Text(text) => WsIn::Text(text),
                Message::Binary(bytes) => WsIn::Binary(bytes),
                Message::Close(frame) => {
                    let code = frame.as_ref().map(|frame| u16::from(frame.code));
                    let reason = frame.map(|frame| frame.reason.to_string()).unwrap_or_default();
                    self.closed = Some(Lost::Closed { code, reason: reason.as_str().into() });
                    WsIn::Close { code, reason }
                }
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => WsIn::Alive,
            });
        }
        Poll::Ready(Ok(()))
    }

    fn push(&mut self, message: WsOut) -> Result<(), Lost> {
        let message = match message {
            WsOut::Text(text) => Message::Text(text),
            WsOut::Binary(bytes) => Message::Binary(bytes),
            WsOut::Ping => Message::Ping(Bytes::new()),
        };
        // never pending: the outbox takes everything, and the driver bounds it
        Pin::new(&mut self.stream).start_send(message).map_err(|error| self.lost(error))
    }

    fn queued(&self) -> u64 {
        self.stream.get_ref().outbox.queued()
    }

    fn written(&self) -> u64 {
        self.stream.get_ref().outbox.written
    }

    fn retract(&mut self, start: u64, end: u64) -> bool {
        self.stream.get_mut().outbox.retract(start, end)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        let Outgoing { io, outbox, .. } = self.stream.get_mut();
        outbox.poll_write_to(io, cx)
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let frame = CloseFrame { code: CloseCode::Normal, reason: Utf8Bytes::default() };
        if self.closed.is_none() {
            self.closed = Some(Lost::Shutdown);
            // refused only where the closing has begun already
            let _ = Pin::new(&mut self.stream).start_send(Message::Close(Some(frame)));
        }
        if std::task::ready!(self.poll_flush(cx)).is_err() {
            return Poll::Ready(());
        }
        let mut inbox = Vec::new();
        loop {
            inbox.clear();
            match self.poll_recv(cx, &mut inbox) {
                Poll::Ready(Ok(())) if inbox.iter().any(|message| matches!(message, WsIn::Close { .. })) => break,
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => break,
                Poll::Pending => return Poll::Pending,
            }
        }
        pin!(self.stream.get_mut().io.shutdown()).poll(cx).map(|_| ())
    }
}

/// The stream below the WebSocket: what it writes is collected, and written by the driver.
struct Outgoing {
    io: BoxedIo,
    outbox: Outbox,
    /// False during the upgrade, which writes for itself.
    buffering: bool,
    /// Bytes came since this was asked last.
    has_read: bool,
}

impl AsyncRead for Outgoing {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.io).poll_read(cx, buffer);
        self.has_read |= buffer.filled().len() > before;
        result
    }
}

impl AsyncWrite for Outgoing {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.buffering {
            self.outbox.bytes.extend_from_slice(bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.buffering {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
