//! The commands behind `api` and `bgapi` that are not about one channel.

use super::channel::State;
use super::event::url_encode;
use super::separate::separate;
use super::world::{HOST, VERSION, World};
use super::{causes, clock};
use std::fmt::Write as _;
use std::time::Duration;
use tokio::sync::oneshot;

/// What an api command answers, and when.
pub(super) enum Answer {
    Now(String),
    /// When a call is decided.
    Later(oneshot::Receiver<String>),
    /// As that, but in the words of a conference.
    Dialled(oneshot::Receiver<String>),
    After(Duration, &'static str),
    /// The module that answers is unloaded.
    Reloads,
    /// The server goes, with its farewell or without.
    Shuts(bool),
}

impl Answer {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Now(text.into())
    }
}

/// `0 years, 0 days, …`
pub(super) fn up_time(up: Duration) -> String {
    let seconds = up.as_secs();
    let parts = [
        (seconds / 31_536_000, "year"),
        (seconds / 86_400 % 365, "day"),
        (seconds / 3600 % 24, "hour"),
        (seconds / 60 % 60, "minute"),
        (seconds % 60, "second"),
        (u64::from(up.subsec_millis()), "millisecond"),
        (u64::from(up.subsec_micros() % 1000), "microsecond"),
    ];
    let text: Vec<String> =
        parts.iter().map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" })).collect();
    text.join(", ")
}

impl World {
    /// Runs an api command.
    pub(super) fn api(&mut self, command: &str, args: &str) -> Answer {
        let words = separate(args, ' ', 25);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let first = words.first().copied().unwrap_or_default();
        let text = match command {
            "originate" => match self.originate(args) {
                Ok(answer) => return Answer::Later(answer),
                Err(text) => text,
            },
            "conference" => return self.conference(args),
            "msleep" => return Answer::After(Duration::from_millis(first.parse().unwrap_or(0)), "+OK"),
            "fsctl" => match (first, words.get(1).copied()) {
                ("shutdown", Some("now")) => return Answer::Shuts(false),
                ("shutdown", None | Some("asap")) => return Answer::Shuts(true),
                ("pause" | "resume" | "sync_clock", _) => "+OK\n".into(),
                _ => "-USAGE: [recover|send_sighup|hupall|pause [inbound|outbound]|resume [inbound|outbound]|shutdown [cancel|elegant|asap|now|restart]]\n".into(),
            },
            "reload" if first == "mod_event_socket" => return Answer::Reloads,
            "load" => "+OK Reloading XML\n-ERR [module load file routine returned an error]\n".into(),
            "unload" => "-ERR [No such module!]\n".into(),
            "reload" => "+OK Reloading XML\n-ERR unloading module [No such module!]\n-ERR loading module [module load file routine returned an error]\n".into(),
            "reloadxml" => "+OK [Success]\n".into(),
            "version" => format!("FreeSWITCH Version {VERSION} (git 3f13ad1 2026-08-09 16:23:10Z 64bit)\n"),
            "hostname" | "switchname" => HOST.into(),
            "status" => self.status(),
            "uptime" => {
                let up = self.started.elapsed();
                match first {
                    "us" | "microseconds" => format!("{}\n", up.as_micros()),
                    "ms" | "milliseconds" => format!("{}\n", up.as_millis()),
                    "m" | "minutes" => format!("{}\n", up.as_secs() / 60),
                    "h" | "hours" => format!("{}\n", up.as_secs() / 3600),
                    "d" | "days" => format!("{}\n", up.as_secs() / 86_400),
                    _ => format!("{}\n", up.as_secs()),
                }
            }
            "echo" => args.into(),
            "create_uuid" => clock::uuid(),
            "strepoch" => (clock::micros() / 1_000_000).to_string(),
            "url_encode" => {
                let mut out = String::new();
                url_encode(args, &mut out);
                out
            }
            "module_exists" => {
                const MODULES: &[&str] =
                    &["mod_commands", "mod_conference", "mod_dptools", "mod_event_socket", "mod_hash", "mod_loopback", "mod_sofia"];
                MODULES.contains(&first).to_string()
            }
            "global_getvar" => self.globals.get(first).cloned().unwrap_or_default(),
            "global_setvar" => match args.split_once('=') {
                Some((name, value)) => {
                    self.globals.insert(name.to_owned(), value.to_owned());
                    "+OK".into()
                }
                None => "-USAGE: <var>=<value> [=<value2>]\n".into(),
            },
            "eval" => args.replace("${hostname}", HOST).replace("${core_uuid}", &self.core),
            "hash" => self.hash(args),
            "hupall" => self.hang_up_all(first),
            "log" => self.log_command(args),
            "show" => self.show(args),
            "sofia" => sofia(&words),
            "sched_hangup" => self.sched_hangup(&words),
            "sched_api" => self.sched_api(args),
            "unsched_api" => self.unsched_api(args),
            "sched_del" => self.sched_del(args),
            _ => match self.channel_command(command, args, &words) {
                Some(text) => text,
                None => format!("-ERR {command} Command not found!\n"),
            },
        };
        Answer::Now(text)
    }

    fn status(&self) -> String {
        let (live, peak, ever) = (self.channels.len(), self.peak, self.sessions);
        format!(
            "UP {}\nFreeSWITCH (Version 1.11.2-release git 3f13ad1 2026-08-09 16:23:10Z 64bit) is ready\n\
             {ever} session(s) since startup\n{live} session(s) - peak {peak}, last 5min {peak} \n\
             0 session(s) per Sec out of max 2000, peak 0, last 5min 0 \n5000 session(s) max\n\
             min idle cpu 0.00/96.67\nCurrent Stack Size/Max 240K/8192K\n",
            up_time(self.started.elapsed())
        )
    }

    fn hash(&mut self, args: &str) -> String {
        let parts: Vec<&str> = args.splitn(4, '/').collect();
        let key = |parts: &[&str]| parts.get(1..3).map(|parts| parts.join("/"));
        match (parts.first().copied(), key(&parts), parts.get(3)) {
            (Some("insert"), Some(key), Some(value)) => {
                self.hashes.insert(key, (*value).to_owned());
                "+OK\n".into()
            }
            (Some("select"), Some(key), _) => self.hashes.get(&key).cloned().unwrap_or_default(),
            (Some("delete"), Some(key), _) if self.hashes.remove(&key).is_some() => "+OK\n".into(),
            (Some("delete"), Some(_), _) => "-ERR Not found\n".into(),
            _ => "-USAGE: [insert|delete|select]/<realm>/<key>/<value>\n".into(),
        }
    }

    /// Ends every call.
    pub(super) fn hang_up_all(&mut self, cause: &str) -> String {
        let cause = if cause.is_empty() { "MANAGER_REQUEST" } else { causes::cause(cause) };
        for id in self.order.clone().into_iter().rev() {
            self.hang_up(&id, cause);
        }
        format!("+OK hangup all channels with cause {cause}\n")
    }

    fn log_command(&mut self, args: &str) -> String {
        let Some((level, text)) = args.split_once(' ') else { return "-USAGE: <level> <message>\n".into() };
        let Some(level) = level_of(level) else { return "-USAGE: <level> <message>\n".into() };
        self.log(level, 3, ("mod_commands.c", "log_function", 7247), "", text.to_owned());
        "+OK\n".into()
    }

    /// The parts of two calls become one call.
    pub(super) fn bridge_channels(&mut self, a: &str, b: &str) {
        for (id, state) in [(a, State::SoftExecute), (b, State::ExchangeMedia)] {
            if let Some((x, y)) = self.unbridge(id) {
                let other = if x == id { y } else { x };
                if other != a && other != b {
                    self.hang_up(&other, "NORMAL_CLEARING");
                }
            }
            if let Some(channel) = self.channels.get_mut(id) {
                channel.profile.index += 1;
                channel.profile.created = clock::micros();
            }
            self.pull_out(id, state);
        }
        self.bridge(a, b);
    }
}

/// The level of a log line, by name or number.
pub(super) fn level_of(text: &str) -> Option<u8> {
    const LEVELS: &[&str] = &["console", "alert", "crit", "err", "warning", "notice", "info", "debug"];
    if text.is_empty() {
        return Some(7);
    }
    if let Ok(number) = text.parse::<u8>() {
        return (number < 8).then_some(number);
    }
    LEVELS.iter().position(|level| level.eq_ignore_ascii_case(text)).and_then(|at| u8::try_from(at).ok())
}

/// The name of a level, as log lines have it.
pub(super) fn level_name(level: u8) -> &'static str {
    match level {
        0 => "CONSOLE",
        1 => "ALERT",
        2 => "CRIT",
        3 => "ERR",
        4 => "WARNING",
        5 => "NOTICE",
        6 => "INFO",
        _ => "DEBUG",
    }
}

fn sofia(words: &[&str]) -> String {
    let line = "=".repeat(97);
    match words {
        ["status"] => {
            let mut out = String::new();
            let _ = writeln!(out, "{:>25}\t{:>7}\t{:>42}\tState", "Name", "Type", "Data");
            let _ = writeln!(out, "{line}");
            let _ = writeln!(out, "{:>25}\tprofile\t{:>42}\tRUNNING (0)", "internal", "sip:mod_sofia@127.0.0.1:5066");
            let _ = writeln!(out, "{line}\n1 profile 0 aliases");
            out
        }
        ["status", "profile", ..] => "Invalid Profile!\n".into(),
        ["status", ..] => "Invalid Syntax!\n".into(),
        ["xmlstatus"] => "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<profiles>\n<profile>\n<name>internal</name>\n<type>profile</type>\n<data>sip:mod_sofia@127.0.0.1:5066</data>\n<state>RUNNING (0)</state>\n</profile>\n</profiles>\n".into(),
        [word, ..] => format!("Unknown Command [{word}]\n"),
        [] => "-USAGE: <cmd> <args>\n".into(),
    }
}
