//! Applications: how a channel runs the extension it is in, and what is sent to it meanwhile.

use super::channel::{Channel, Job, Running, State};
use super::clock::uuid;
use super::expand::expand;
use super::world::World;
use std::time::{Duration, Instant};

/// Applications that look for what is sent to the channel while they run.
const POLLING: &[&str] = &["park", "socket", "playback", "record", "echo", "conference", "bridge", "uuid_bridge"];

/// Where an application leaves what it has to say in the end.
const RESPONSE: &str = "current_application_response";

/// What an application that has begun is up to.
pub(super) enum Begun {
    /// It is over, with this response.
    Done(&'static str),
    /// It goes on until something ends it.
    Stays,
    /// It ends after that long, with this response.
    For(Duration, &'static str),
    /// The channel is somewhere else, or gone.
    Left,
}

impl World {
    /// Runs what is to be run until something takes time.
    pub(super) fn run(&mut self, id: &str) {
        loop {
            let Some(channel) = self.channels.get_mut(id).filter(|channel| !channel.is_hung_up()) else { return };
            let polls = channel.stack.last().is_none_or(|running| {
                let free = !channel.queue.front().is_some_and(|job| job.lock && running.queued);
                // with `async` the channel is parked first
                let rests = running.job.name != "socket" || channel.parked || !running.job.data.contains(" async");
                POLLING.contains(&&*running.job.name) && free && rests && !(running.job.lock && running.queued)
            });
            let next = if polls { channel.queue.pop_front() } else { None };
            let (job, queued) = match next {
                Some(job) => (job, true),
                None if channel.stack.is_empty() && !channel.parked => match channel.plan.pop_front() {
                    Some(job) => (job, false),
                    // `uuid_bridge` and `uuid_park` leave it where it is
                    None if channel.bridge.is_some() || channel.state != State::Execute => return,
                    None => return self.hang_up(id, "NORMAL_CLEARING"),
                },
                None => return,
            };
            self.begin(id, job, queued);
        }
    }

    fn begin(&mut self, id: &str, job: Job, queued: bool) {
        let app_uuid = job.uuid.clone().unwrap_or_else(uuid);
        let (name, data) = (job.name.clone(), self.expand(id, &job.data));
        let known = super::apps::is_known(&name);
        let Some(channel) = self.channels.get_mut(id) else { return };
        if !known {
            let text = format!("Invalid Application {name}");
            self.log(3, 3, ("switch_core_session.c", "switch_core_session_execute_application", 2740), id, text);
            return self.hang_up(id, "DESTINATION_OUT_OF_ORDER");
        }
        channel.set("current_application", &*name);
        channel.set("current_application_data", &*data);
        channel.set(RESPONSE, "");
        if let Some(name) = &job.uuid_name {
            channel.set("app_uuid_name", &**name);
        }
        let text = format!("EXECUTE [depth=0] {} {name}({data})", channel.name);
        self.log(6, 1, ("switch_core_session.c", "switch_core_session_exec", 2907), id, text);
        self.application("CHANNEL_EXECUTE", id, (&name, &data), None, (&app_uuid, job.uuid_name.as_deref()));
        let Some(channel) = self.channels.get_mut(id) else { return };
        let job = Job { data: data.clone(), ..job };
        channel.stack.push(Running { job, uuid: app_uuid.clone(), since: Instant::now(), queued });
        match self.apply(id, &app_uuid, &name, &data) {
            Begun::Done(response) => self.end(id, &app_uuid, response),
            Begun::For(time, response) => {
                let id = id.to_owned();
                self.after(time, move |world| {
                    if world.is_running(&id, &app_uuid) {
                        world.end(&id, &app_uuid, response);
                        world.run(&id);
                    }
                });
            }
            Begun::Stays | Begun::Left => {}
        }
    }

    pub(super) fn is_running(&self, id: &str, app: &str) -> bool {
        self.channels.get(id).is_some_and(|channel| channel.stack.iter().any(|running| running.uuid == app))
    }

    /// Variables in the data of an application.
    pub(super) fn expand(&self, id: &str, data: &str) -> String {
        expand(data, &|name| {
            let value = self.channels.get(id).and_then(|channel| channel.variable(name));
            value.or_else(|| self.globals.get(name).map(String::as_str)).unwrap_or_default().to_owned()
        })
    }

    /// Ends an application, and runs it again if it is to.
    pub(super) fn end(&mut self, id: &str, app: &str, response: &str) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        let Some(at) = channel.stack.iter().position(|running| running.uuid == app) else { return };
        let running = channel.stack.remove(at);
        if running.job.name == "playback" {
            let data = running.job.data.clone();
            self.playback_stopped(id, &data, "done");
        }
        let long = running.since.elapsed() >= Duration::from_millis(500);
        let loops = running.job.loops;
        let again = (loops > 1 || loops == -1) && long;
        let next = Job {
            loops: if loops > 0 { loops - 1 } else { loops },
            lock: running.job.lock,
            ..Job::new(&running.job.name, &running.job.data)
        };
        self.complete(id, running, response);
        if again && let Some(channel) = self.channels.get_mut(id) {
            channel.queue.push_front(next);
        }
    }

    pub(super) fn complete(&mut self, id: &str, running: Running, response: &str) {
        self.question_over(id, &running.uuid);
        self.record_over(id, &running.uuid);
        let job = running.job;
        // one that had data is named anew
        if let Some(channel) = self.channels.get_mut(id).filter(|_| !job.data.is_empty()) {
            channel.set("current_application", &*job.name);
        }
        // the response is a variable of the channel: what ran inside of this one may have left its own
        if let Some(channel) = self.channels.get_mut(id).filter(|_| response != "_none_") {
            channel.set(RESPONSE, response);
        }
        let left = self.channels.get(id).and_then(|channel| channel.variable(RESPONSE)).map(str::to_owned);
        let response = left.as_deref().unwrap_or("_none_");
        let uuids = (running.uuid.as_str(), job.uuid_name.as_deref());
        self.application("CHANNEL_EXECUTE_COMPLETE", id, (&job.name, &job.data), Some(response), uuids);
        if let Some(done) = job.done {
            let _ = done.send(());
        }
    }

    fn application(
        &mut self,
        event: &'static str,
        id: &str,
        (name, data): (&str, &str),
        response: Option<&str>,
        (app, app_name): (&str, Option<&str>),
    ) {
        let mut after = vec![("Application", name)];
        if !data.is_empty() {
            after.push(("Application-Data", data));
        }
        if let Some(response) = response {
            after.push(("Application-Response", response));
        }
        after.push(("Application-UUID", app));
        if let Some(name) = app_name {
            after.push(("Application-UUID-Name", name));
        }
        self.tell_with(event, id, &[], &after);
    }

    /// Sends an application to a channel. False: there is no such channel.
    pub(super) fn enqueue(&mut self, id: &str, job: Job) -> bool {
        let Some(channel) = self.channels.get_mut(id).filter(|channel| !channel.is_hung_up()) else { return false };
        channel.queue.push_back(job);
        let id = id.to_owned();
        self.after(Duration::ZERO, move |world| world.run(&id));
        true
    }

    /// Sends a channel into an extension. False: there is no such channel.
    pub(super) fn transfer(&mut self, id: &str, exten: &str, dialplan: &str, context: &str) {
        let Some(channel) = self.channels.get_mut(id).filter(|channel| !channel.is_hung_up()) else { return };
        let old = channel.profile.clone();
        channel.plan.clear();
        channel.queue.clear();
        channel.next = State::Routing;
        let profile = &mut channel.profile;
        if channel.answered && !old.destination.is_empty() {
            profile.rdnis = Some(old.destination);
        }
        profile.index += 1;
        profile.created = super::clock::micros();
        exten.clone_into(&mut profile.destination);
        dialplan.clone_into(&mut profile.dialplan);
        context.clone_into(&mut profile.context);
        self.leave_conference(id);
        if let Some((a, b)) = self.unbridge(id) {
            let other = if a == id { b } else { a };
            self.end_applications(&other);
            self.hang_up(&other, "NORMAL_CLEARING");
        }
        self.end_applications(id);
        self.enter(id);
        let id = id.to_owned();
        self.after(Duration::ZERO, move |world| world.route(&id));
    }

    /// Sends a channel into an extension that is made of these applications.
    pub(super) fn run_extension(&mut self, id: &str, plan: Vec<Job>) {
        if self.channels.get(id).is_none_or(Channel::is_hung_up) {
            return;
        }
        if let Some((a, b)) = self.unbridge(id) {
            let other = if a == id { b } else { a };
            self.hang_up(&other, "NORMAL_CLEARING");
        }
        self.pull_out(id, State::Routing);
        if let Some(channel) = self.channels.get_mut(id) {
            channel.plan = plan.into();
        }
        self.state(id, State::Execute, State::Execute);
        self.run(id);
    }

    /// The channel waits for what is sent to it.
    pub(super) fn park(&mut self, id: &str) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        channel.parked = true;
        self.tell("CHANNEL_PARK", id);
    }

    pub(super) fn unpark(&mut self, id: &str) {
        if self.channels.get_mut(id).is_some_and(|channel| std::mem::take(&mut channel.parked)) {
            self.tell("CHANNEL_UNPARK", id);
        }
    }

    /// Breaks off what a channel runs and leaves it in a state of its own.
    pub(super) fn pull_out(&mut self, id: &str, state: State) {
        if let Some(channel) = self.channels.get_mut(id) {
            channel.plan.clear();
            channel.next = state;
        }
        self.leave_conference(id);
        self.end_applications(id);
        self.state(id, state, state);
    }

    /// The one that was called with `bridge` has hung up: its caller goes on, or not.
    pub(super) fn bridge_over(&mut self, id: &str, cause: &'static str) {
        let Some(channel) = self.channels.get_mut(id).filter(|channel| !channel.is_hung_up()) else { return };
        channel.set("last_bridge_hangup_cause", cause);
        let hangs_up = channel.is_true("hangup_after_bridge") || channel.plan.is_empty();
        let bridge =
            channel.stack.iter().find(|running| running.job.name == "bridge").map(|running| running.uuid.clone());
        if hangs_up {
            return self.hang_up(id, "NORMAL_CLEARING");
        }
        if let Some(bridge) = bridge {
            self.end(id, &bridge, "_none_");
        }
        self.run(id);
    }

    /// Nobody answered a `bridge`.
    pub(super) fn bridge_failed(&mut self, id: &str, cause: &'static str) {
        let Some(channel) = self.channels.get_mut(id).filter(|channel| !channel.is_hung_up()) else { return };
        let goes_on = channel.is_true("continue_on_fail");
        let bridge =
            channel.stack.iter().find(|running| running.job.name == "bridge").map(|running| running.uuid.clone());
        let Some(bridge) = bridge else { return };
        self.end(id, &bridge, cause);
        if goes_on { self.run(id) } else { self.hang_up(id, cause) }
    }
}
