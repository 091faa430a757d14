//! What the clients' own tests share. Not published: users test with `ifbus-sim`.

mod logs;
pub mod recorded;

pub use logs::Logs;

use ifbus_link::{Direction, Tap, TapFrame};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where `cargo xtask coverage` wants to read what crossed the wire.
const VARIABLE: &str = "IFBUS_WIRE_LOG";

/// A tap for a client under test: it writes every frame, secrets redacted, to the file that `IFBUS_WIRE_LOG` names, and
/// does nothing without that variable. Each call makes a tap for one link.
///
/// Before each frame stands a line with the link, its connection, the direction and the number of bytes; a line feed follows it.
#[must_use]
pub fn wire_log() -> Arc<dyn Tap> {
    static LINKS: AtomicU64 = AtomicU64::new(1);
    let file = std::env::var_os(VARIABLE).and_then(|path| OpenOptions::new().create(true).append(true).open(path).ok());
    let link = format!("{}-{}", std::process::id(), LINKS.fetch_add(1, Ordering::Relaxed));
    Arc::new(WireLog { file, link })
}

struct WireLog {
    file: Option<File>,
    /// Names one link among those of all processes that write to the file.
    link: String,
}

impl Tap for WireLog {
    fn frame(&self, frame: TapFrame<'_>) {
        let Some(mut file) = self.file.as_ref() else { return };
        let direction = match frame.direction {
            Direction::Sent => "sent",
            Direction::Received => "received",
        };
        let mut entry = format!("{} {} {direction} {}\n", self.link, frame.connection, frame.bytes.len()).into_bytes();
        entry.extend_from_slice(frame.bytes);
        entry.push(b'\n');
        // one write, so that entries of several links do not mix; a log that cannot be written is found short
        let _ = file.write_all(&entry);
    }
}
