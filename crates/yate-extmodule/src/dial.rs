//! Dialing: TCP must acknowledge at once.

use ifbus_link::{Address, Dial};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

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

/// How to reach this address.
pub(crate) fn dial(address: Address, timeout: Duration) -> Dial {
    let mut dial = Dial::new(address);
    dial.timeout = timeout;
    dial.tcp = |stream| {
        let quick = Quick(stream);
        quick.acknowledge();
        Box::new(quick)
    };
    dial
}
