//! What is to happen at its time: tasks with a number and a group (`switch_scheduler.c` of 1.11).

use super::api::Answer;
use super::causes;
use super::clock::micros;
use super::jobs;
use super::world::{News, World};
use std::time::Duration;

/// A task that waits.
#[derive(Debug)]
pub(super) struct Task {
    description: &'static str,
    group: String,
    /// Seconds since 1970.
    at: u64,
    /// Seconds from one time to the next; 0: it is done once.
    every: u64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Api(String, String),
    HangUp(String, &'static str),
}

/// Tasks of the server's own, whose numbers come first.
pub(super) const OWN_TASKS: u32 = 3;

impl World {
    /// `[+@]time group command`.
    pub(super) fn sched_api(&mut self, args: &str) -> String {
        let parsed = args.split_once(' ').and_then(|(time, rest)| Some((time, rest.split_once(' ')?)));
        let Some((time, (group, command))) = parsed else {
            return "-ERR Invalid syntax. USAGE: [+@]<time> <group_name> <command_string>[&]\n".into();
        };
        let now = micros() / 1_000_000;
        let (at, every) = match (time.strip_prefix('+'), time.strip_prefix('@')) {
            (Some(time), _) => (now + number(time), 0),
            (_, Some(time)) => (now + number(time), number(time)),
            _ => (number(time), 0),
        };
        // it would run on a thread of its own
        let command = command.strip_suffix('&').unwrap_or(command);
        let (name, data) = command.split_once(' ').unwrap_or((command, ""));
        let id = self.schedule("sched_api_function", group, at, every, What::Api(name.into(), data.into()));
        format!("+OK Added: {id}\n")
    }

    pub(super) fn sched_hangup(&mut self, words: &[&str]) -> String {
        let (Some(time), Some(id)) = (words.first(), words.get(1)) else {
            return "-USAGE: [+]<time> <uuid> [<cause>]\n".into();
        };
        if !self.channels.contains_key(*id) {
            return "-ERR No such channel!\n".into();
        }
        let cause = words.get(2).map_or("ALLOTTED_TIMEOUT", |cause| causes::cause(cause));
        let at = match time.strip_prefix('+') {
            Some("0") => {
                self.hang_up(id, cause);
                return "+OK\n".into();
            }
            Some(seconds) => micros() / 1_000_000 + number(seconds),
            None => number(time),
        };
        self.schedule("switch_ivr_schedule_hangup", id, at, 0, What::HangUp((*id).to_owned(), cause));
        "+OK\n".into()
    }

    /// By number or by group.
    pub(super) fn sched_del(&mut self, args: &str) -> String {
        let ids: Vec<u32> = if args.bytes().all(|byte| byte.is_ascii_digit()) {
            args.parse().ok().into_iter().filter(|id| self.scheduled.contains_key(id)).collect()
        } else {
            self.tasks_of(args)
        };
        for id in &ids {
            self.unschedule(*id);
        }
        format!("+OK Deleted: {}\n", ids.len())
    }

    pub(super) fn unsched_api(&mut self, args: &str) -> String {
        match u32::try_from(number(args)).unwrap_or(0) {
            // it prints nothing
            0 => String::new(),
            id if self.unschedule(id) => "+OK\n".into(),
            _ => "-ERR No such id\n".into(),
        }
    }

    /// Those of a channel end with it.
    pub(super) fn unschedule_group(&mut self, group: &str) {
        for id in self.tasks_of(group) {
            self.unschedule(id);
        }
    }

    fn tasks_of(&self, group: &str) -> Vec<u32> {
        let ours = self.scheduled.iter().filter(|(_, task)| task.group.eq_ignore_ascii_case(group));
        ours.map(|(id, _)| *id).collect()
    }

    fn schedule(&mut self, description: &'static str, group: &str, at: u64, every: u64, what: What) -> u32 {
        let now = micros() / 1_000_000;
        // a time that is over is taken for an interval
        let (at, every) = if at < now { (at + now, at) } else { (at, every) };
        self.tasks += 1;
        let id = self.tasks;
        self.scheduled.insert(id, Task { description, group: group.to_owned(), at, every, what });
        self.tell_task("ADD_SCHEDULE", id);
        self.wait_for(id, at);
        id
    }

    fn unschedule(&mut self, id: u32) -> bool {
        let is_there = self.scheduled.contains_key(&id);
        if is_there {
            self.tell_task("DEL_SCHEDULE", id);
            self.scheduled.remove(&id);
        }
        is_there
    }

    fn wait_for(&mut self, id: u32, at: u64) {
        let left = (at * 1_000_000).saturating_sub(micros());
        self.after(Duration::from_micros(left), move |world| world.due(id));
    }

    fn due(&mut self, id: u32) {
        let Some(task) = self.scheduled.get(&id) else { return };
        match task.what.clone() {
            What::HangUp(channel, cause) => self.hang_up(&channel, cause),
            What::Api(name, data) => self.scheduled_api(&name, &data),
        }
        let Some(task) = self.scheduled.get_mut(&id) else { return };
        if task.every == 0 {
            self.unschedule(id);
            return;
        }
        task.at = micros() / 1_000_000 + task.every;
        let at = task.at;
        self.tell_task("RE_SCHEDULE", id);
        self.wait_for(id, at);
    }

    /// What it answers goes to the server's log only.
    fn scheduled_api(&mut self, name: &str, data: &str) {
        let sequence = self.next_sequence();
        match self.api(name, data) {
            Answer::Reloads => self.news.push(News::Gone(Some(jobs::SHUT_DOWN))),
            Answer::Shuts(properly) => self.shut_down(properly),
            Answer::Now(_) | Answer::Later(_) | Answer::Dialled(_) | Answer::After(..) => {}
        }
        self.tell_api(sequence, name, data);
    }

    fn tell_task(&mut self, name: &'static str, id: u32) {
        let Some(task) = self.scheduled.get(&id) else { return };
        let (description, group, at) = (task.description, task.group.clone(), task.at);
        let mut event = self.event(name);
        event.put("Task-ID", id);
        event.put("Task-Desc", description);
        event.put("Task-Group", group);
        event.put("Task-Runtime", at);
        self.fire(event);
    }
}

/// As `atol` reads it, without a sign.
fn number(text: &str) -> u64 {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(0).min(u64::from(u32::MAX))
}
