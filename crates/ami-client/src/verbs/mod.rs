//! What people do with a switch, one method each.

mod channels;
mod conference;
mod config;
mod database;
pub(crate) mod dialplan;
mod follow;
mod hold;
mod originate;
mod play;
mod queue;
mod record;
mod state;

pub use channels::Destination;
pub use conference::Conference;
pub use config::{Category, ConfigFile, ConfigUpdate};
pub use hold::{Held, HoldEnd};
pub use originate::{Answered, Failure};
pub use play::{Play, PlayEnd, Playing};
pub use queue::Queue;
pub use record::{CallRecord, Recording};
pub use state::ExtensionState;
