//! `setlocal`.

use super::NODE;
use super::engine::{Engine, Local};
use crate::knobs::lock;

fn boolean(word: &str, old: bool) -> bool {
    match word {
        "true" | "yes" | "on" | "enable" | "t" | "1" => true,
        "false" | "no" | "off" | "disable" | "f" | "0" => false,
        _ => old,
    }
}

impl Engine {
    /// The value that a name has then, and whether it is one that could be asked for or set.
    pub(super) fn set_local(&self, client: u64, name: &str, value: &str) -> (String, bool) {
        if let Some(name) = name.strip_prefix("engine.") {
            let known = match name {
                "version" => "6.4.1".into(),
                "release" => "devel1".into(),
                "nodename" => NODE.into(),
                "runid" => self.runid.to_string(),
                "configname" => "yate".into(),
                "sharedpath" => "./share".into(),
                "maxworkers" => "10".into(),
                "clientmode" | "supervised" => "false".into(),
                _ => String::new(),
            };
            let ok = !known.is_empty() && value.is_empty();
            return (known, ok);
        }
        if let Some(name) = name.strip_prefix("loaded.") {
            const LOADED: &[&str] =
                &["ysipchan", "extmodule", "rmanager", "dumbchan", "tonegen", "cdrbuild", "regexroute"];
            return (LOADED.contains(&name).to_string(), true);
        }
        if let Some(name) = name.strip_prefix("config.") {
            return match name {
                "general.modload" => ("disable".into(), true),
                "general" | "modules" => (String::new(), true),
                _ => (String::new(), false),
            };
        }
        if name == "runid" {
            return (self.runid.to_string(), value.is_empty());
        }
        let mut state = lock(&self.state);
        let Some(client) = state.clients.get_mut(&client) else { return (String::new(), false) };
        let answer = set(&mut client.local, name, value);
        // the channel is known by its new name
        if name == "id" && answer.1 && !value.is_empty() {
            let old = answer.0.clone();
            client.local.id = Some(value.to_owned());
            state.switch.rename(&old, value);
            return (value.to_owned(), true);
        }
        answer
    }
}

fn set(local: &mut Local, name: &str, value: &str) -> (String, bool) {
    let flag = |flag: &mut bool| {
        *flag = boolean(value, *flag);
        (flag.to_string(), true)
    };
    let text = |text: &mut String| {
        if !value.is_empty() {
            value.clone_into(text);
        }
        (text.clone(), true)
    };
    match name {
        "timeout" => {
            local.timeout = value.parse().unwrap_or(local.timeout);
            (local.timeout.to_string(), true)
        }
        "maxqueue" => {
            local.maxqueue = value.parse::<usize>().map_or(local.maxqueue, |number| number.min(10_000));
            (local.maxqueue.to_string(), true)
        }
        "bufsize" => {
            local.bufsize = value.parse::<usize>().map_or(local.bufsize, |number| number.clamp(2048, 65_536));
            (local.bufsize.to_string(), true)
        }
        "timebomb" => flag(&mut local.timebomb),
        "reenter" => flag(&mut local.reenter),
        "selfwatch" => flag(&mut local.selfwatch),
        "setdata" => flag(&mut local.setdata),
        "settime" => flag(&mut local.settime),
        // for scripts only
        "restart" => ("false".into(), true),
        "trackparam" => text(&mut local.trackparam),
        "reason" => text(&mut local.reason),
        "debuglevel" => text(&mut local.debuglevel),
        "debugname" => {
            if !value.is_empty() && !std::mem::replace(&mut local.named, true) {
                value.clone_into(&mut local.debugname);
            }
            (local.debugname.clone(), true)
        }
        "id" => match &local.id {
            Some(id) => (id.clone(), true),
            None => (value.to_owned(), false),
        },
        "disconnected" if local.id.is_some() => flag(&mut local.disconnected),
        name => {
            let value = if name == "disconnected" { boolean(value, false).to_string() } else { value.to_owned() };
            (value, false)
        }
    }
}
