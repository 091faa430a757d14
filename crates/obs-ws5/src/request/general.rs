//! Requests of the family `general`.

use crate::request::{replies, requests};

requests! {
    /// Asks for versions, available requests and the platform.
    GetVersion -> Version {}
    /// Asks for load and counters.
    GetStats -> Stats {}
}

replies! {
    /// What runs there.
    Version {
        /// The version of OBS Studio.
        obs_version: String,
        /// The version of obs-websocket.
        obs_web_socket_version: String,
        /// The RPC version.
        rpc_version: u64,
        /// Every request that this server knows, in no order: ask this, not the version, for a feature.
        available_requests: Vec<String>,
        /// Formats of screenshots.
        supported_image_formats: Vec<String>,
        /// Such as `linux`.
        platform: String,
        /// Such as `Debian GNU/Linux 12`.
        platform_description: String,
    }
    /// Load and counters of OBS.
    Stats {
        /// Percent.
        cpu_usage: f64,
        /// MB.
        memory_usage: f64,
        /// MB, of the disk that is recorded to.
        available_disk_space: f64,
        /// Frames per second.
        active_fps: f64,
        /// Milliseconds per frame.
        average_frame_render_time: f64,
        /// Frames skipped in rendering, since the start.
        render_skipped_frames: u64,
        /// Frames rendered, since the start.
        render_total_frames: u64,
        /// Frames skipped by outputs, since the start.
        output_skipped_frames: u64,
        /// Frames put out, since the start.
        output_total_frames: u64,
    }
}
