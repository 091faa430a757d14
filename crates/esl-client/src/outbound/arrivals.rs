//! The beginnings of calls, side by side: one that says nothing holds no other back.

use super::{Call, ListenerBuilder};
use crate::error::Error;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinError, JoinSet};

/// What has connected, and has not said yet whose call it is. Dropped, all of it is closed.
#[derive(Debug, Default)]
pub(super) struct Arrivals(JoinSet<(SocketAddr, Result<Call, Error>)>);

impl Arrivals {
    /// The next call, while at most this many connections are on their way. Dropped, nothing is lost of what has connected.
    pub(super) async fn next(
        &mut self,
        socket: &TcpListener,
        settings: &Arc<ListenerBuilder>,
        most: usize,
    ) -> std::io::Result<Call> {
        loop {
            tokio::select! {
                Some(arrived) = self.0.join_next() => if let Some(call) = settled(arrived) {
                    return Ok(call);
                },
                accepted = socket.accept(), if self.0.len() < most => match accepted {
                    Ok((io, peer)) => self.begin(io, peer, settings),
                    // of one connection, and not of ours: it was given up before we took it
                    Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {
                        tracing::debug!(%error, "a connection that is gone already");
                    }
                    Err(error) => return Err(error),
                },
                // no room, and nothing on its way: whoever asks comes again when there is room
                else => std::future::pending().await,
            }
        }
    }

    /// The next call of those that have connected already; `None`: there is none.
    pub(super) async fn rest(&mut self) -> Option<Call> {
        while let Some(arrived) = self.0.join_next().await {
            if let Some(call) = settled(arrived) {
                return Some(call);
            }
        }
        None
    }

    /// Closes what is on its way.
    pub(super) async fn close(&mut self) {
        self.0.shutdown().await;
    }

    fn begin(&mut self, io: TcpStream, peer: SocketAddr, settings: &Arc<ListenerBuilder>) {
        if settings.allow.as_ref().is_some_and(|allow| !allow(peer)) {
            tracing::warn!(%peer, "not allowed to connect");
            return;
        }
        let _ = io.set_nodelay(true);
        let settings = Arc::clone(settings);
        self.0.spawn(async move { (peer, settings.accept(io).await) });
    }
}

fn settled(arrived: Result<(SocketAddr, Result<Call, Error>), JoinError>) -> Option<Call> {
    match arrived {
        Ok((_, Ok(call))) => return Some(call),
        Ok((peer, Err(error))) => tracing::debug!(%peer, %error, "a connection that brings no call"),
        Err(error) => tracing::debug!(%error, "a connection that brings no call"),
    }
    None
}
