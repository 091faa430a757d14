//! A channel runs its extension.

use super::channel::{Application, BUSY};
use super::world::{Step, World};
use std::time::Duration;

/// How long every file is.
const PLAYING: Duration = Duration::from_millis(200);

impl World {
    /// Runs the extension until something takes time.
    pub(super) fn run_plan(&mut self, id: &str) {
        self.run_plan_from(id, false);
    }

    /// Runs the extension until something takes time; `told`: its place is known already.
    pub(super) fn run_plan_from(&mut self, id: &str, mut told: bool) {
        self.end_wait(id);
        loop {
            let Some(channel) = self.channels.get_mut(id) else { return };
            channel.turn += 1;
            channel.told = channel.priority;
            let Some(application) = channel.plan.pop_front() else { return self.hang_up(id, 16) };
            let application = match application {
                Application::Written(name, data) => match self.read_written(id, &name, &data) {
                    Some(application) => application,
                    // no such application
                    None => return self.hang_up(id, 16),
                },
                known => known,
            };
            let Some(channel) = self.channels.get_mut(id) else { return };
            channel.application = application.show();
            let (name, data) = application.show();
            let exten = channel.exten.clone();
            if !std::mem::take(&mut told) {
                self.tell("Newexten", id, &[("Extension", &exten), ("Application", name), ("AppData", &data)]);
            }
            if let Some(channel) = self.channels.get_mut(id) {
                channel.priority += 1;
            }
            match application {
                Application::Answer => self.answer(id),
                Application::Ringing => {
                    if let Some(called) = self.called_half(id) {
                        self.outgoing_rings(&called);
                    }
                }
                Application::Wait(time) => return self.after(time, id, Step::Resume),
                Application::Stay => return,
                Application::Busy => {
                    self.set_state(id, BUSY);
                    return self.refuse(id, "BUSY", 5, 17);
                }
                Application::Congestion => {
                    self.set_state(id, BUSY);
                    return self.refuse(id, "CONGESTION", 8, 34);
                }
                Application::Hangup(cause) => return self.hang_up(id, cause),
                Application::Dial(to, timeout) => {
                    if self.dial(id, &to, timeout, None) {
                        return;
                    }
                    self.set_variable(id, "DIALSTATUS", "CHANUNAVAIL");
                }
                Application::ConfBridge(name, admin) => {
                    self.answer(id);
                    return self.join_conference(id, &name, admin);
                }
                Application::Queue(name) => {
                    if self.join_queue(id, &name) {
                        return;
                    }
                }
                Application::Park => {
                    self.answer(id);
                    return self.park(id, "default");
                }
                Application::Set(name, value) => self.set_variable(id, &name, &value),
                Application::Playback(file) => {
                    self.answer(id);
                    if !self.missing.contains(&file) {
                        let extra = format!(r#"{{"sound":"{file}","format":"gsm","language":"en"}}"#);
                        self.tell_cel("STREAM_BEGIN", id, &extra);
                        return self.after(PLAYING, id, Step::Resume);
                    }
                    self.set_variable(id, "PLAYBACKSTATUS", "FAILED");
                }
                Application::BridgeWait(name, music) => {
                    self.answer(id);
                    return self.wait_in_bridge(id, &name, music.as_deref());
                }
                Application::ChanSpy(data) => {
                    self.answer(id);
                    let target = data.split(',').next().unwrap_or_default();
                    if !self.spy(id, target) {
                        return self.hang_up(id, 0);
                    }
                    return;
                }
                Application::GotoIf(true, priority) => self.jump(id, priority),
                Application::GotoIf(false, _) | Application::NoOp | Application::Written(..) => {}
            }
        }
    }
}
