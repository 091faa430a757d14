//! The commands of a connection.

use super::api::level_of;
use super::builder::Account;
use super::causes;
use super::channel::Job;
use super::channel_api::Message;
use super::clock::uuid;
use super::command::Command;
use super::event::{Event, Format, NAMES};
use super::jobs;
use super::session::{Session, reply, response};
use crate::knobs::lock;
use std::sync::Arc;
use std::time::Duration;

/// What is not said is the server's default. With another transport nothing comes of it but an error in the server's log.
fn unicast<'a>(header: &impl Fn(&'static str) -> Option<&'a str>) -> Message {
    if !matches!(header("transport").map(str::to_ascii_lowercase).as_deref(), None | Some("udp" | "tcp")) {
        return Message::Nothing;
    }
    let address =
        |ip, port, default| format!("{}:{}", header(ip).unwrap_or("127.0.0.1"), header(port).unwrap_or(default));
    Message::Unicast(address("local-ip", "local-port", "8025"), address("remote-ip", "remote-port", "8026"))
}

impl Session {
    pub(super) fn on_command(&mut self, command: &Command) {
        let verb = command.line.split(' ').next().unwrap_or_default();
        self.shared.seen.push(if verb.ends_with("auth") { verb } else { &command.line });
        if command.after("exit").is_some() || command.after("...").is_some() {
            self.say("+OK bye");
            return self.goodbye();
        }
        if self.outbound.is_some() {
            return self.outbound_command(command);
        }
        if self.account.is_none() {
            return self.log_in(command);
        }
        self.any_command(command);
    }

    /// Replies to a command.
    fn say(&mut self, text: &str) {
        self.send(reply(text), false);
    }

    fn send(&mut self, frame: Vec<u8>, always: bool) {
        let first = self.outbound.as_mut().is_some_and(|outbound| std::mem::take(&mut outbound.first));
        if !first || always {
            self.outbox.reply(frame);
        }
    }

    fn log_in(&mut self, command: &Command) {
        let account = if let Some(password) = command.after("auth ") {
            (password == self.shared.config.password).then(|| Arc::new(Account { log: true, ..Account::default() }))
        } else if let Some(who) = command.after("userauth ") {
            self.shared.config.accounts.iter().find(|account| account.is(who)).cloned().map(Arc::new)
        } else {
            return self.say("");
        };
        let Some(account) = account else {
            self.say("-ERR invalid");
            return self.goodbye();
        };
        if account.name.is_empty() {
            self.say("+OK accepted");
        } else {
            let list =
                |list: &Option<Vec<String>>| list.as_ref().map_or_else(|| "all".to_owned(), |list| list.join(","));
            let (events, api, log) = (list(&account.events), list(&account.api), account.log);
            self.say(&format!(
                "~Reply-Text: +OK accepted\nAllowed-Events: {events}\nAllowed-API: {api}\nAllowed-LOG: {log}\n\n"
            ));
        }
        self.account = Some(account);
    }

    fn outbound_command(&mut self, command: &Command) {
        if command.after("connect").is_some() {
            return self.connect();
        }
        if command.after("resume").is_some() {
            if let Some(outbound) = &mut self.outbound {
                outbound.resumes = true;
            }
            return self.say("+OK");
        }
        let full = self.outbound.as_ref().is_some_and(|outbound| outbound.dial.full);
        let single = ["sendmsg", "getvar ", "divert_events", "myevents", "filter "];
        if full || single.iter().any(|verb| command.after(verb).is_some()) {
            return self.any_command(command);
        }
        self.say("");
    }

    fn connect(&mut self) {
        let Some(outbound) = &mut self.outbound else { return };
        let dial = outbound.dial.clone();
        let first = !std::mem::replace(&mut outbound.connected, true);
        let text = self.shared.change(|world| {
            let mut event = world.data(&dial.uuid, true);
            event.put("Content-Type", "command/reply");
            event.put("Reply-Text", "+OK\n");
            event.put("Socket-Mode", if dial.asynchronous { "async" } else { "static" });
            event.put("Control", if dial.full { "full" } else { "single-channel" });
            if first && dial.asynchronous {
                let id = dial.uuid.clone();
                // the call parks on its own thread
                world.after(Duration::from_millis(5), move |world| {
                    world.park(&id);
                    world.run(&id);
                });
            }
            event.header_lines()
        });
        self.send(format!("{text}\n").into_bytes(), true);
    }

    fn any_command(&mut self, command: &Command) {
        if let Some(rest) = command.after("sendmsg") {
            return self.send_message(rest.trim(), command);
        }
        if let Some(rest) = command.after("api ") {
            return self.api(rest);
        }
        let allowed = self.account.as_ref().and_then(|account| account.events.clone());
        let answer = if let Some(name) = command.after("getvar ").filter(|_| self.control.is_some()) {
            self.variable(name.trim())
        } else if let Some(rest) = command.after("myevents") {
            self.my_events(rest.trim())
        } else if let Some(rest) = command.after("divert_events") {
            match (self.control.is_some(), rest.trim()) {
                (false, _) => "-ERR not controlling a session.".into(),
                (true, "on") => "+OK events diverted".into(),
                (true, "off") => "+OK events not diverted".into(),
                (true, _) => "-ERR missing value.".into(),
            }
        } else if let Some(rest) = command.after("sendevent") {
            self.send_event(rest.trim(), command)
        } else if let Some(rest) = command.after("bgapi ") {
            return self.background(rest, command.header("Job-UUID"));
        } else if let Some(rest) = command.after("filter ") {
            self.subscription.filter(rest)
        } else if let Some(rest) = command.after("linger") {
            self.set_linger(rest.trim())
        } else if command.after("nolinger").is_some() {
            if self.control.is_none() {
                "-ERR not controlling a session".into()
            } else {
                self.linger = None;
                "+OK will not linger".into()
            }
        } else if command.after("nolog").is_some() {
            if self.log.take().is_some() { "+OK no longer logging" } else { "-ERR not loging" }.into()
        } else if let Some(rest) = command.after("log") {
            self.set_log(rest)
        } else if command.after("noevents").is_some() {
            self.subscription.none()
        } else if let Some(rest) = command.after("nixevent") {
            self.subscription.nix(rest)
        } else if let Some(rest) = command.after("event") {
            self.subscription.event(rest, &allowed)
        } else {
            String::new()
        };
        self.say(&answer);
    }

    fn set_linger(&mut self, rest: &str) -> String {
        if self.control.is_none() {
            return "-ERR not controlling a session".into();
        }
        let seconds = rest.parse::<u64>().ok().filter(|seconds| *seconds > 0);
        self.linger = Some(seconds);
        seconds.map_or_else(|| "+OK will linger".into(), |seconds| format!("+OK will linger {seconds} seconds"))
    }

    fn set_log(&mut self, rest: &str) -> String {
        if self.account.as_ref().is_some_and(|account| !account.log) {
            return "-ERR permission denied".into();
        }
        // `logout` is `log` too
        let word = rest.strip_prefix(' ').unwrap_or_default().trim();
        match level_of(word) {
            Some(level) => {
                self.log = Some(level);
                format!("+OK log level {word} [{level}]")
            }
            None => "-ERR invalid log level".into(),
        }
    }

    fn variable(&self, name: &str) -> String {
        let world = lock(&self.shared.world);
        let channel = self.control.as_deref().and_then(|id| world.channels.get(id));
        match (channel, &self.grave) {
            (Some(channel), _) => channel.variable(name).unwrap_or_default().to_owned(),
            (None, Some(event)) => event.get(&format!("variable_{name}")).unwrap_or_default().to_owned(),
            (None, None) => String::new(),
        }
    }

    fn my_events(&mut self, rest: &str) -> String {
        let mut words = rest.split_ascii_whitespace();
        let id = match (&self.outbound, words.next()) {
            (Some(outbound), word) => {
                let format = word.and_then(Format::parse);
                let id = outbound.dial.uuid.clone();
                return self.enable(&id, format);
            }
            (None, Some(id)) => id.to_owned(),
            (None, None) => return String::new(),
        };
        let format = words.next().and_then(Format::parse);
        let answer = self.enable(&id, format);
        if answer.starts_with('+') && lock(&self.shared.world).channels.contains_key(&id) {
            self.control = Some(id);
        }
        answer
    }

    fn enable(&mut self, id: &str, format: Option<Format>) -> String {
        if self.subscription.my_events(id, format) { "+OK Events Enabled" } else { "-ERR aready enabled." }.into()
    }

    fn send_event(&self, name: &str, command: &Command) -> String {
        let id = uuid();
        let name = NAMES
            .iter()
            .find(|known| known.eq_ignore_ascii_case(name) && **known != "ALL")
            .copied()
            .unwrap_or("CUSTOM");
        let mut event = Event::named(name);
        // the subclass is put first
        for (key, value) in command.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case("Event-Subclass")) {
            event.put(key.clone(), value);
        }
        event.put("Command", &command.line);
        for (key, value) in command.headers.iter().filter(|(key, _)| !key.eq_ignore_ascii_case("Event-Subclass")) {
            event.put_element(key, value);
        }
        event.put("Event-UUID", &id);
        event.body.clone_from(&command.body);
        self.shared.change(|world| {
            let sequence = world.next_sequence();
            world.common(&mut event, ("mod_event_socket.c", "parse_command", 2283), sequence);
            world.fire(event);
        });
        format!("+OK {id}")
    }

    fn send_message(&mut self, target: &str, command: &Command) {
        let id = if target.is_empty() { self.control.clone().unwrap_or_default() } else { target.to_owned() };
        let header = |name| command.header(name);
        let is = |name, value: &str| header(name).is_some_and(|text| text.eq_ignore_ascii_case(value));
        let body = command.body.as_ref().map(|body| String::from_utf8_lossy(body).into_owned());
        let mut done = None;
        let waits =
            self.outbound.as_ref().is_some_and(|outbound| !outbound.dial.asynchronous && outbound.dial.uuid == id);
        let message = if is("call-command", "execute") && header("execute-app-name").is_some() {
            let mut job =
                Job::new(header("execute-app-name").unwrap_or_default(), header("execute-app-arg").unwrap_or_default());
            if let Some(body) = body.filter(|_| job.data.is_empty()) {
                job.data = body;
            }
            job.uuid = header("Event-UUID").map(str::to_owned);
            job.uuid_name = header("Event-UUID-Name").map(str::to_owned);
            job.lock = is("event-lock", "true");
            job.loops = header("loops").and_then(|text| text.parse().ok()).unwrap_or(1);
            if waits {
                let (tx, rx) = tokio::sync::oneshot::channel();
                (job.done, done) = (Some(tx), Some(rx));
            }
            Message::Execute(job)
        } else if is("call-command", "hangup") {
            Message::Hangup(causes::cause(header("hangup-cause").unwrap_or("NORMAL_CLEARING")))
        } else if is("call-command", "xferext") {
            let applications = command.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case("application"));
            let plan = applications.map(|(_, text)| {
                let (name, data) = text.split_once(' ').unwrap_or((text, ""));
                Job::new(name, data)
            });
            Message::Extension(plan.collect())
        } else if is("call-command", "unicast") {
            unicast(&header)
        } else {
            Message::Nothing
        };
        if self.shared.change(|world| world.send_message(&id, message)).is_none() {
            return self.say(&format!("-ERR invalid session id [{id}]"));
        }
        match done {
            // the application runs inside the command
            Some(done) => {
                let first = self.outbound.as_mut().is_some_and(|outbound| std::mem::take(&mut outbound.first));
                self.blocked = Some(Box::pin(async move {
                    let _ = done.await;
                    (!first).then(|| reply("+OK"))
                }));
            }
            None => self.say("+OK"),
        }
    }

    fn permits(&self, command: &str, args: &str) -> bool {
        let Some(list) = self.account.as_ref().and_then(|account| account.api.as_ref()) else { return true };
        let permitted = |command: &str| list.iter().any(|known| known == command);
        // what hides another command is looked into
        let inner = match command {
            "bgapi" | "eval" | "expand" | "xml_wrap" => args.split(' ').next().map(permitted),
            _ => None,
        };
        permitted(command) && inner.unwrap_or(true)
    }

    fn api(&mut self, text: &str) {
        let (command, args) = text.split_once(' ').unwrap_or((text, ""));
        if !self.permits(command, args) {
            return self.say("-ERR permission denied");
        }
        if command == "bgapi" {
            let job = uuid();
            jobs::start(&self.shared, args, &job, None);
            return self.send(response(&format!("+OK Job-UUID: {job}\n")), true);
        }
        match jobs::run(&self.shared, command, args) {
            jobs::Outcome::Now(text) => self.send(response(&text), true),
            jobs::Outcome::Later(answer) => {
                if let Some(outbound) = &mut self.outbound {
                    outbound.first = false;
                }
                self.blocked = Some(Box::pin(async move { answer.await.map(|text| response(&text)) }));
            }
            jobs::Outcome::Nothing => {}
        }
    }

    fn background(&mut self, text: &str, id: Option<&str>) {
        let (command, args) = text.split_once(' ').unwrap_or((text, ""));
        if !self.permits("bgapi", command) || !self.permits(command, args) {
            return self.say("-ERR permission denied");
        }
        let job = id.map_or_else(uuid, str::to_owned);
        let owner = self.outbound.as_ref().map(|outbound| outbound.dial.uuid.clone());
        self.say(&format!("~Reply-Text: +OK Job-UUID: {job}\nJob-UUID: {job}\n\n"));
        jobs::start(&self.shared, text, &job, owner);
    }
}
