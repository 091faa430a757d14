//! How a server ends a WebSocket.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::net::{SimStream, drain};

/// The code of a message that is too large.
pub(crate) const TOO_LARGE: u16 = 1009;
/// How long the rest of a message that was too large is read, so that no reset swallows the close.
const REST: Duration = Duration::from_secs(1);

/// Sends a close and waits for the peer's, together for at most `limit`.
pub(crate) async fn close(mut ws: WebSocketStream<SimStream>, code: u16, reason: &str, limit: Duration) {
    let frame = CloseFrame { code: CloseCode::from(code), reason: reason.into() };
    let _ = timeout(limit, async {
        if ws.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = ws.next().await {}
        }
    })
    .await;
    if code == TOO_LARGE {
        let _ = timeout(REST, drain(ws.get_mut())).await;
    }
}
