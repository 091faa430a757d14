//! The wire tap: every frame, redacted, for recordings and for tests.

/// Which way a frame went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From this side to the server.
    Sent,
    /// From the server to this side.
    Received,
}

/// One frame as the tap sees it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct TapFrame<'a> {
    /// The protocol's short name.
    pub protocol: &'static str,
    /// Counts the connections of a link from 1.
    pub connection: u64,
    /// Which way it went.
    pub direction: Direction,
    /// The frame, secrets replaced by `[redacted]`.
    pub bytes: &'a [u8],
}

/// Sees every frame of a link. Called on the driver's task: hand the bytes on, do not wait.
pub trait Tap: Send + Sync {
    /// One frame.
    fn frame(&self, frame: TapFrame<'_>);
}

impl std::fmt::Debug for dyn Tap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tap")
    }
}

impl<F: Fn(TapFrame<'_>) + Send + Sync> Tap for F {
    fn frame(&self, frame: TapFrame<'_>) {
        self(frame);
    }
}
