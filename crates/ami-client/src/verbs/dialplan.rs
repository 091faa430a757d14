//! The extensions that some verbs need, since AMI has no action for what they do.

use crate::action::{self, Action as _, ShowDialPlan};
use crate::client::Client;
use crate::error::{Error, Reason};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// The context that the client makes for itself, unless [`Builder::dialplan_context`](crate::Builder::dialplan_context) names
/// another.
pub(super) const CONTEXT: &str = "ifbus-verbs";

/// Where the party waits that another one holds.
pub(crate) const HOLD: &str = "ifbus-hold";
/// Where the party waits that holds.
pub(crate) const WAIT: &str = "ifbus-wait";
/// The half of a Local channel that plays a file.
pub(super) const PLAY: &str = "ifbus-play";

/// The variable that names the class of the music on hold.
pub(super) const MUSIC: &str = "IFBUS_MUSIC";
/// The variable that names the file to play.
pub(super) const FILE: &str = "IFBUS_FILE";
/// The priority at which [`PLAY`] plays.
pub(super) const PLAYS: &str = "2";
/// The cause with which [`PLAY`] ends after the end of the file; nobody hangs up so by hand.
pub(super) const PLAYED: u32 = 31;
/// The cause with which [`PLAY`] ends if the file could not be played.
pub(super) const NOT_PLAYED: u32 = 47;

/// Extension, priority, application, its data. A holding bridge of its own for each party: those who wait hear each other
/// never, and two parties in one are a call again. Values come in variables, whose text Asterisk does not read as dialplan.
const EXTENSIONS: [(&str, &str, &str, &str); 7] = [
    (HOLD, "1", "BridgeWait", "ifbus-hold-${UNIQUEID},participant,e(m)m(${IFBUS_MUSIC})"),
    (WAIT, "1", "BridgeWait", "ifbus-wait-${UNIQUEID},participant,e(s)"),
    (PLAY, "1", "Answer", ""),
    (PLAY, "2", "Playback", "${IFBUS_FILE}"),
    (PLAY, "3", "GotoIf", "$[\"${PLAYBACKSTATUS}\"=\"FAILED\"]?5"),
    (PLAY, "4", "Hangup", "31"),
    (PLAY, "5", "Hangup", "47"),
];

impl Client {
    /// The context that has these extensions. The client's own is made anew each time: a reload of the dialplan takes it away, and
    /// whoever is sent to an extension that is not there is hung up.
    pub(super) async fn dialplan(&self, extensions: &[&str]) -> Result<String, Error> {
        let wanted = |exten: &str| extensions.contains(&exten);
        if let Some(context) = self.own_dialplan() {
            for exten in extensions {
                match self.send(ShowDialPlan::new().context(context).extension(*exten)).await {
                    // where it cannot be looked at, the user knows
                    Ok(_) | Err(Error::Rejected { reason: Reason::PermissionDenied | Reason::UnknownAction, .. }) => {}
                    Err(Error::Rejected { message, .. }) => return Err(Error::dialplan(context, &message)),
                    Err(other) => return Err(other),
                }
            }
            return Ok(context.to_owned());
        }
        let adding =
            EXTENSIONS.iter().filter(|(exten, ..)| wanted(exten)).map(|(exten, priority, application, data)| {
                let add = action::DialplanExtensionAdd::new(CONTEXT, *exten, *priority, *application);
                let add = if data.is_empty() { add } else { add.application_data(*data) };
                self.send(add.replace(true).into_raw())
            });
        match all(adding).await {
            Ok(_) => Ok(CONTEXT.to_owned()),
            Err(Error::Rejected { reason: Reason::PermissionDenied, message, .. }) => {
                Err(Error::dialplan(CONTEXT, &format!("{message}: the right `system` is needed to make it")))
            }
            Err(Error::Rejected { reason: Reason::UnknownAction, .. }) => {
                Err(Error::dialplan(CONTEXT, "it can be made since Asterisk 13, and with the module pbx_config"))
            }
            Err(Error::Rejected { message, .. }) => Err(Error::dialplan(CONTEXT, &message)),
            Err(other) => Err(other),
        }
    }
}

/// Awaits them at once, in one round trip; the first error ends it.
async fn all<F: Future<Output = Result<T, Error>>, T>(futures: impl Iterator<Item = F>) -> Result<(), Error> {
    let mut pending: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    poll_fn(|cx| {
        let mut failed = None;
        pending.retain_mut(|future| match future.as_mut().poll(cx) {
            Poll::Ready(Ok(_)) => false,
            Poll::Ready(Err(error)) => {
                failed.get_or_insert(error);
                false
            }
            Poll::Pending => true,
        });
        match failed {
            Some(error) => Poll::Ready(Err(error)),
            None if pending.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_extensions_are_those_that_are_made() {
        let mut written = String::new();
        let mut last = "";
        for (exten, priority, application, data) in EXTENSIONS {
            let line =
                if exten == last { format!("same => {priority}") } else { format!("exten => {exten},{priority}") };
            written.push_str(&format!("    /// {line},{application}({data})\n"));
            last = exten;
        }
        assert!(include_str!("../config.rs").contains(&written), "{written}");
    }
}
