//! For `cargo xtask coverage`: a link that nobody taps writes its frames, redacted, to the file that `IFBUS_WIRE_LOG` names.

use crate::tap::{Direction, Tap, TapFrame};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

struct WireLog {
    file: File,
    /// Names one link among those of all processes that write to the file.
    link: String,
}

/// The tap of a new link; none without the variable.
pub(crate) fn tap() -> Option<Arc<dyn Tap>> {
    static LINKS: AtomicU64 = AtomicU64::new(1);
    let path = std::env::var_os("IFBUS_WIRE_LOG")?;
    let file = OpenOptions::new().create(true).append(true).open(path).ok()?;
    let link = format!("{}-{}", std::process::id(), LINKS.fetch_add(1, Ordering::Relaxed));
    Some(Arc::new(WireLog { file, link }))
}

impl Tap for WireLog {
    /// A line with the link, the connection, the direction and the number of bytes; the bytes; a line feed.
    fn frame(&self, frame: TapFrame<'_>) {
        let direction = match frame.direction {
            Direction::Sent => "sent",
            Direction::Received => "received",
        };
        let mut entry = format!("{} {} {direction} {}\n", self.link, frame.connection, frame.bytes.len()).into_bytes();
        entry.extend_from_slice(frame.bytes);
        entry.push(b'\n');
        // one write, so that entries of several links do not mix; a log that cannot be written is found short
        let _ = (&self.file).write_all(&entry);
    }
}
