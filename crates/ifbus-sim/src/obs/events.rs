//! Events, and the subscriptions that let them through.

use serde_json::{Value, json};

/// The bit of `eventSubscriptions` that an event belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Intent {
    General = 1,
    Scenes = 4,
    Inputs = 8,
    Transitions = 16,
    Outputs = 64,
    SceneItems = 128,
    Ui = 1024,
    InputVolumeMeters = 65536,
}

/// All but the high-volume ones: what a client gets that asks for nothing.
pub(super) const ALL: u64 = 0xfff;

#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) intent: Intent,
    pub(super) name: &'static str,
    data: Option<Value>,
}

impl Event {
    pub(super) fn new(intent: Intent, name: &'static str, data: Option<Value>) -> Self {
        Self { intent, name, data }
    }

    /// Whether a session with that mask gets it.
    pub(super) fn passes(&self, mask: u64) -> bool {
        mask & u64::from(self.intent as u32) != 0
    }

    /// The `d` of op 5.
    pub(super) fn payload(&self) -> Value {
        let mut d = json!({"eventIntent": self.intent as u32, "eventType": self.name});
        if let (Some(map), Some(data)) = (d.as_object_mut(), &self.data) {
            map.insert("eventData".to_owned(), data.clone());
        }
        d
    }
}
