//! The dialplan: extensions of the builder's, and those that clients add while it runs.

use super::actions::{item, nothing};
use super::channel::{Application, Channel};
use super::message::{Message, Request};
use super::world::World;
use std::collections::BTreeMap;

/// Extensions that were added by an action, by context and name: priority, application, data. A reload takes them away.
pub(super) type Added = BTreeMap<(String, String), BTreeMap<u32, (String, String)>>;

impl World {
    /// What an extension does from its first priority on: one that a client added, or one of the builder's, whatever the context.
    pub(super) fn extension(&self, context: &str, exten: &str) -> Option<Vec<Application>> {
        let Some(priorities) = self.added.get(&(context.to_owned(), exten.to_owned())) else {
            return self.extensions.get(exten).cloned();
        };
        let counted = priorities.iter().zip(1u32..).take_while(|((priority, _), count)| *priority == count);
        let plan = counted.map(|((_, (name, data)), _)| Application::Written(name.clone(), data.clone()));
        Some(plan.collect())
    }

    /// The text of an application's data with the channel's variables in it.
    pub(super) fn substitute(&self, id: &str, text: &str) -> String {
        let Some(channel) = self.channels.get(id) else { return text.to_owned() };
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("${") {
            result.push_str(before);
            let Some((name, after)) = behind.split_once('}') else {
                result.push_str("${");
                rest = behind;
                continue;
            };
            result.push_str(&self.value(channel, name));
            rest = after;
        }
        result.push_str(rest);
        expression(&result)
    }

    /// A variable of a channel, those that the server itself has included.
    pub(super) fn value(&self, channel: &Channel, name: &str) -> String {
        match name {
            "UNIQUEID" => channel.uniqueid.clone(),
            "CHANNEL" => channel.name.clone(),
            "CONTEXT" => channel.context.clone(),
            "EXTEN" => channel.exten.clone(),
            "PRIORITY" => channel.told.to_string(),
            "BRIDGEPEER" => {
                let bridge = channel.bridge.as_ref().and_then(|bridge| self.bridges.get(bridge));
                let others =
                    bridge.iter().flat_map(|bridge| bridge.channels.iter()).filter(|id| **id != channel.uniqueid);
                let names = others.filter_map(|id| Some(self.channels.get(id)?.name.as_str()));
                names.collect::<Vec<_>>().join(",")
            }
            _ => channel.variable(name).unwrap_or_default().to_owned(),
        }
    }

    /// An application that a client wrote into the dialplan, as this channel runs it; `None`: there is no such application.
    pub(super) fn read_written(&self, id: &str, name: &str, data: &str) -> Option<Application> {
        Application::parse(name, &self.substitute(id, data))
    }

    /// Jumps to another priority of the extension.
    pub(super) fn jump(&mut self, id: &str, priority: u32) {
        let Some(channel) = self.channels.get(id) else { return };
        let plan = self.extension(&channel.context, &channel.exten).unwrap_or_default();
        if let Some(channel) = self.channels.get_mut(id) {
            channel.priority = priority;
            channel.plan = plan.into_iter().skip(priority.saturating_sub(1) as usize).collect();
        }
    }
}

/// `$["a"="b"]` is 1 or 0; all else is not calculated.
fn expression(text: &str) -> String {
    let found = text.split_once("$[").and_then(|(before, rest)| {
        let (inner, after) = rest.split_once(']')?;
        let (left, right) = inner.split_once('=')?;
        Some(format!("{before}{}{after}", u8::from(left == right)))
    });
    found.unwrap_or_else(|| text.to_owned())
}

/// The actions on the dialplan; `None`: it is none of them.
pub(super) fn run(world: &mut World, action: &str, request: &Request) -> Option<String> {
    let refuse = |text: &str| Some(nothing(request, text));
    let done = |text: &str| Some(Message::success(request, text).end());
    match action {
        "dialplanextensionadd" => {
            let (Some(context), Some(exten), Some(priority), Some(name)) = (
                request.some("Context"),
                request.some("Extension"),
                request.some("Priority"),
                request.some("Application"),
            ) else {
                return refuse(
                    "Context, Extension, Priority, and Application must be defined for DialplanExtensionAdd.",
                );
            };
            let Some(priority) = priority.parse::<u32>().ok().filter(|priority| *priority > 0) else {
                return refuse("The priority specified was invalid.");
            };
            let replace = request.get("Replace").unwrap_or_default();
            let replace = ["yes", "true", "y", "t", "1", "on"].iter().any(|yes| replace.eq_ignore_ascii_case(yes));
            let priorities = world.added.entry((context.to_owned(), exten.to_owned())).or_default();
            if !replace && priorities.contains_key(&priority) {
                return refuse("That extension and priority already exist at that context");
            }
            let data = request.get("ApplicationData").unwrap_or_default();
            priorities.insert(priority, (name.to_owned(), data.to_owned()));
            done("Added requested extension")
        }
        "dialplanextensionremove" => {
            let (Some(context), Some(exten)) = (request.some("Context"), request.some("Extension")) else {
                return refuse("Context and Extension must be provided to DialplanExtensionRemove");
            };
            match world.added.remove(&(context.to_owned(), exten.to_owned())) {
                Some(_) => done("Removed the requested extension"),
                None => refuse("The requested extension does not exist"),
            }
        }
        "showdialplan" => {
            let (context, exten) = (request.some("Context"), request.some("Extension"));
            let chosen = world.added.iter().filter(|((in_context, name), _)| {
                context.is_none_or(|wanted| wanted == in_context) && exten.is_none_or(|wanted| wanted == name)
            });
            let items: Vec<Message> = chosen
                .flat_map(|((context, exten), priorities)| {
                    priorities.iter().map(move |(priority, (name, data))| {
                        item("ListDialplan", request)
                            .with("Context", context)
                            .with("Extension", exten)
                            .with("Priority", priority)
                            .with("Application", name)
                            .with("AppData", data)
                            .with("Registrar", "pbx_config")
                    })
                })
                .collect();
            match (context, exten) {
                (Some(context), Some(exten)) if items.is_empty() => {
                    refuse(&format!("Did not find extension {exten}@{context}"))
                }
                (Some(context), None) if items.is_empty() => refuse(&format!("Did not find context {context}")),
                _ => super::actions::listed(request, "DialPlan list will follow", items, "ShowDialPlanComplete"),
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        assert_eq!(expression("$[\"FAILED\"=\"FAILED\"]?5"), "1?5");
        assert_eq!(expression("$[\"\"=\"FAILED\"]?5"), "0?5");
        assert_eq!(expression("a=b"), "a=b");
    }
}
