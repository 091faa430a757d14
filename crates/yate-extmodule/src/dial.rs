//! Dialing. TCP has its own way here: it must acknowledge at once.

use crate::codec::Codec;
use ifbus_link::{Address, Attempt, BoxedIo, ConnectError, Dial, Open, OpenFuture, StreamWire};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// A TCP stream that acknowledges what it has read at once, where the system can (Linux, Android).
///
/// Yate writes a line and its end in two pieces, and with Nagle's algorithm the second waits for the acknowledgement of the first:
/// with delayed acknowledgements each round trip takes 40 ms longer.
struct Quick(TcpStream);

impl Quick {
    fn acknowledge(&self) {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        // a hint: without it the line comes later, but comes
        let _ = socket2::SockRef::from(&self.0).set_tcp_quickack(true);
    }
}

impl AsyncRead for Quick {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let read = Pin::new(&mut self.0).poll_read(cx, buffer);
        if read.is_ready() {
            // the system forgets it: it acknowledges what is due now, and what comes next
            self.acknowledge();
        }
        read
    }
}

impl AsyncWrite for Quick {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Opens connections to one address.
pub(crate) struct Opener<F> {
    pub(crate) address: Address,
    pub(crate) timeout: Duration,
    pub(crate) codec: F,
}

impl<C: ifbus_link::Codec, F: FnMut() -> C + Send + 'static> Open for Opener<F> {
    type Wire = StreamWire<C>;

    fn open(&mut self) -> OpenFuture<Self::Wire> {
        let (address, limit, codec) = (self.address.clone(), self.timeout, (self.codec)());
        Box::pin(async move {
            let io = match &address {
                Address::Tcp(host, port) => tcp(&address, host, *port, limit).await?,
                _ => Dial::new(address).timeout(limit).connect().await?,
            };
            Ok(StreamWire::new(io, codec))
        })
    }
}

/// Tries each address of the name in turn, each with its share of the time that is left.
async fn tcp(target: &Address, host: &str, port: u16, limit: Duration) -> Result<BoxedIo, ConnectError> {
    let started = Instant::now();
    let failed = |attempts| ConnectError::new(target.to_string(), attempts, started.elapsed());
    let unresolved = |why: String| failed(vec![Attempt::new(None, why)]);
    let addresses: Vec<SocketAddr> = timeout(limit, tokio::net::lookup_host((host, port)))
        .await
        .map_err(|_| unresolved("the name server does not answer".into()))?
        .map_err(|error| unresolved(format!("the name does not resolve: {error}")))?
        .collect();
    let mut attempts = Vec::new();
    for (tried, address) in addresses.iter().enumerate() {
        let left = limit.saturating_sub(started.elapsed());
        let share = left / u32::try_from(addresses.len() - tried).unwrap_or(1);
        let error = match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // a message is one small write: waiting for more would only delay it
                let _ = stream.set_nodelay(true);
                let quick = Quick(stream);
                quick.acknowledge();
                return Ok(Box::new(quick));
            }
            Ok(Err(error)) => error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase(),
            Err(_) => format!("no answer within {:.1} s", share.as_secs_f32()),
        };
        attempts.push(Attempt::new(Some(*address), error));
    }
    Err(failed(attempts))
}

/// The opener of this protocol.
pub(crate) fn opener(address: Address, timeout: Duration, limit: usize) -> impl Open<Wire = StreamWire<Codec>> {
    Opener { address, timeout, codec: move || Codec::new(limit) }
}
