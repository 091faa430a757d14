//! What people do with a switch, one method each.

mod channels;
mod conference;
mod config;
mod database;
mod originate;
mod queue;
mod record;
mod state;

pub use channels::Destination;
pub use conference::Conference;
pub use config::{Category, ConfigFile, ConfigUpdate};
pub use originate::{Answered, Failure};
pub use queue::Queue;
pub use record::{CallRecord, Recording};
pub use state::ExtensionState;
