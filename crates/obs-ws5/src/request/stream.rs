//! Requests of the family `stream`.

use crate::request::{Accepted, replies, requests};

requests! {
    /// Asks for the state of the stream.
    GetStreamStatus -> StreamStatus {}
    /// Starts streaming. OBS answers at once; whether the stream stands is told by `StreamStateChanged` alone.
    StartStream -> Accepted {}
    /// Stops streaming.
    StopStream -> Accepted {}
}

replies! {
    /// The state of the stream.
    StreamStatus {
        /// Whether OBS streams.
        output_active: bool,
        /// Whether it has lost its server and tries again.
        output_reconnecting: bool,
        /// Its length as `HH:MM:SS.mmm`.
        output_timecode: String,
        /// Its length in milliseconds.
        output_duration: u64,
        /// 0 to 1.
        output_congestion: f64,
        /// Bytes sent.
        output_bytes: u64,
        /// Frames skipped.
        output_skipped_frames: u64,
        /// Frames sent.
        output_total_frames: u64,
    }
}
