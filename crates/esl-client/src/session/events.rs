//! What the server sends unasked: events, and notices of an end.

use super::{EslSession, News, Reply};
use crate::block::Block;
use crate::cause::HangupCause;
use crate::event::Event;
use ifbus_link::{Actions, Lost};

impl EslSession {
    pub(super) fn event(&mut self, event: Event, actions: &mut Actions<Self>) {
        if let Some(tracker) = &mut self.tracker {
            tracker.event(&event);
        }
        if (!self.jobs.is_empty() || !self.executions.is_empty() || self.login.is_outbound())
            && let Some(name) = event.get_last("Event-Name")
        {
            match name.raw() {
                b"BACKGROUND_JOB" => {
                    let slot = event.get("Job-UUID").and_then(|uuid| self.jobs.remove(&*uuid.text()));
                    if let Some(slot) = slot {
                        actions.reply(slot, Reply::Event(event.clone()));
                    }
                }
                b"CHANNEL_EXECUTE_COMPLETE" => {
                    let uuid = event.get("Application-UUID");
                    if let Some((slot, _)) = uuid.and_then(|uuid| self.executions.remove(&*uuid.text())) {
                        actions.reply(slot, Reply::Event(event.clone()));
                    }
                }
                b"CHANNEL_HANGUP" | b"CHANNEL_HANGUP_COMPLETE" | b"CHANNEL_DESTROY" => {
                    self.hung_up(&event, name.raw(), actions);
                }
                _ => {}
            }
        }
        actions.event(News::Event(event));
    }

    /// A channel has gone: what it was to execute will never be completed.
    fn hung_up(&mut self, event: &Event, name: &[u8], actions: &mut Actions<Self>) {
        let Some(uuid) = event.unique_id() else { return };
        let cause = HangupCause::from_name(&event.text("Hangup-Cause"));
        if name != b"CHANNEL_HANGUP" {
            // what was running when it was hung up has been completed by now, with the cause
            for (_, (slot, _)) in self.executions.extract_if(|_, (_, channel)| *channel == uuid) {
                actions.reply(slot, Reply::HungUp(cause.clone()));
            }
        }
        let ours = self.shared.channel.get().and_then(Event::unique_id).is_some_and(|ours| ours == uuid);
        if ours {
            self.hangup.send_if_modified(|known| {
                let news = known.is_none() || name == b"CHANNEL_HANGUP_COMPLETE";
                if news {
                    *known = Some(cause);
                }
                news
            });
        }
    }

    pub(super) fn notice(&mut self, notice: Block, actions: &mut Actions<Self>) {
        if notice.get("Content-Disposition") == Some(b"linger") {
            actions.event(News::Linger(notice));
            return;
        }
        // the second line of a goodbye is an advertisement
        let reason = notice.text().trim().lines().next().unwrap_or_default().to_owned();
        actions.disconnect(Lost::Closed { code: None, reason: reason.into() });
    }
}
