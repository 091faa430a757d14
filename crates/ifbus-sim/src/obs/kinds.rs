//! The input kinds of a plain OBS on Linux.

/// An input kind.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) unversioned: &'static str,
    pub(super) caps: u32,
    pub(super) audio: bool,
    /// Default settings, as JSON.
    pub(super) defaults: &'static str,
}

/// The kind of a microphone.
pub(super) const MICROPHONE: &str = "pulse_input_capture";

pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "image_source",
        unversioned: "image_source",
        caps: 32769,
        audio: false,
        defaults: r#"{"linear_alpha":false,"unload":false}"#,
    },
    Kind {
        name: "color_source_v3",
        unversioned: "color_source",
        caps: 32777,
        audio: false,
        defaults: r#"{"color":4291940817,"height":1080,"width":1920}"#,
    },
    Kind {
        name: "text_ft2_source_v2",
        unversioned: "text_ft2_source",
        caps: 9,
        audio: false,
        defaults: r#"{"antialiasing":true,"color1":4294967295,"color2":4294967295,"drop_shadow":false,"log_lines":6,"outline":false,"word_wrap":false}"#,
    },
    Kind {
        name: "ffmpeg_source",
        unversioned: "ffmpeg_source",
        caps: 8327,
        audio: true,
        defaults: r#"{"buffering_mb":2,"clear_on_media_end":true,"is_local_file":true,"linear_alpha":false,"log_changes":true,"looping":false,"reconnect_delay_sec":10,"restart_on_activate":true,"speed_percent":100}"#,
    },
    Kind {
        name: MICROPHONE,
        unversioned: "pulse_input_capture",
        caps: 162,
        audio: true,
        defaults: r#"{"device_id":"default"}"#,
    },
];

pub(super) fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.name == name)
}
