//! The actions on queues.

use super::actions::{listed, nothing};
use super::message::{Message, Request};
use super::rooms::{Member, Queue};
use super::world::{World, epoch};

/// `None`: it is none of them.
pub(super) fn run(world: &mut World, action: &str, request: &Request) -> Option<String> {
    let done = |text: &str| Some(Message::success(request, text).end());
    let wanted = request.some("Queue").map(str::to_owned);
    let interface = request.some("Interface").or_else(|| request.some("Location")).unwrap_or_default().to_owned();
    match action {
        "queuestatus" | "queuesummary" => {
            let chosen = world.queues.iter().filter(|(name, _)| wanted.as_ref().is_none_or(|wanted| wanted == *name));
            let mut items = Vec::new();
            for (name, queue) in chosen {
                if action == "queuesummary" {
                    items.push(summary(name, queue).id(request.action_id()));
                } else {
                    status(world, name, queue, request, &mut items);
                }
            }
            let text = if action == "queuesummary" { "Queue summary will follow" } else { "Queue status will follow" };
            let complete = if action == "queuesummary" { "QueueSummaryComplete" } else { "QueueStatusComplete" };
            listed(request, text, items, complete)
        }
        "queueadd" => {
            let Some(name) = wanted else { return Some(nothing(request, "'Queue' not specified.")) };
            if interface.is_empty() {
                return Some(nothing(request, "'Interface' not specified."));
            }
            let Some(queue) = world.queues.get_mut(&name) else {
                return Some(nothing(request, "Unable to add interface to queue: No such queue"));
            };
            if queue.members.iter().any(|member| member.interface == interface) {
                return Some(nothing(request, "Unable to add interface: Already there"));
            }
            let mut member = Member::new(&interface, request.get("MemberName").unwrap_or_default(), true);
            member.penalty = request.some("Penalty").and_then(|penalty| penalty.parse().ok()).unwrap_or(0);
            member.paused = request.get("Paused").is_some_and(|paused| paused == "true" || paused == "yes");
            if let Some(state) = request.some("StateInterface") {
                state.clone_into(&mut member.state_interface);
            }
            queue.members.push(member.clone());
            world.tell_member("QueueMemberAdded", &name, &member);
            let waiting = world.queues.get(&name)?.callers.first().map(|(caller, _)| caller.clone());
            if let Some(caller) =
                waiting.filter(|caller| world.channels.get(caller).is_some_and(|channel| channel.dialing.is_none()))
            {
                world.call_members(&caller);
            }
            done("Added interface to queue")
        }
        "queueremove" => {
            let Some(name) = wanted else { return Some(nothing(request, "'Queue' not specified.")) };
            let Some(queue) = world.queues.get_mut(&name) else {
                return Some(nothing(request, "Unable to remove interface from queue: No such queue"));
            };
            let Some(at) = queue.members.iter().position(|member| member.interface == interface) else {
                return Some(nothing(request, "Unable to remove interface: Not there"));
            };
            let member = queue.members.remove(at);
            world.tell_member("QueueMemberRemoved", &name, &member);
            done("Removed interface from queue")
        }
        "queuepause" => {
            let pause =
                request.get("Paused").is_some_and(|paused| paused == "true" || paused == "yes" || paused == "1");
            let reason = request.get("Reason").unwrap_or_default().to_owned();
            let changed = change(world, wanted.as_deref(), &interface, |member| {
                member.paused = pause;
                member.reason.clone_from(&reason);
                if pause {
                    member.last_pause = epoch();
                }
            });
            if changed.is_empty() {
                return Some(nothing(request, "Interface not found"));
            }
            changed.iter().for_each(|(queue, member)| world.tell_member("QueueMemberPause", queue, member));
            done(if pause { "Interface paused successfully" } else { "Interface unpaused successfully" })
        }
        "queuepenalty" => {
            let Some(penalty) = request.some("Penalty").and_then(|penalty| penalty.parse().ok()) else {
                return Some(nothing(request, "Need 'Penalty' parameter."));
            };
            let changed = change(world, wanted.as_deref(), &interface, |member| member.penalty = penalty);
            if changed.is_empty() {
                return Some(nothing(request, "Invalid interface, queuename or penalty"));
            }
            changed.iter().for_each(|(queue, member)| world.tell_member("QueueMemberPenalty", queue, member));
            done("Interface penalty set successfully")
        }
        "queuereset" => {
            for (name, queue) in &mut world.queues {
                if wanted.as_ref().is_none_or(|wanted| wanted == name) {
                    (queue.completed, queue.abandoned) = (0, 0);
                }
            }
            done("Queue stats reset successfully")
        }
        "queuelog" => done("Event added successfully"),
        _ => None,
    }
}

/// Changes a member in one queue or in all; gives those that were changed.
fn change(
    world: &mut World,
    queue: Option<&str>,
    interface: &str,
    change: impl Fn(&mut Member),
) -> Vec<(String, Member)> {
    let mut changed = Vec::new();
    for (name, of) in world.queues.iter_mut().filter(|(name, _)| queue.is_none_or(|queue| queue == name.as_str())) {
        for member in of.members.iter_mut().filter(|member| member.interface == interface) {
            change(member);
            changed.push((name.clone(), member.clone()));
        }
    }
    changed
}

fn summary(name: &str, queue: &Queue) -> Message {
    let longest = queue.callers.iter().filter_map(|(_, since)| Some(since.as_ref()?.elapsed().as_secs())).max();
    let message = Message::default().with("Event", "QueueSummary").with("Queue", name);
    let message = message.with("LoggedIn", queue.members.len());
    let message = message.with("Available", queue.members.iter().filter(|member| !member.paused).count());
    let message = message.with("Callers", queue.callers.len()).with("HoldTime", 0).with("TalkTime", 0);
    message.with("LongestHoldTime", longest.unwrap_or(0))
}

/// The three kinds of items of a queue. Their ActionID stands last.
fn status(world: &World, name: &str, queue: &Queue, request: &Request, items: &mut Vec<Message>) {
    let mut params = Message::default().with("Event", "QueueParams").with("Queue", name);
    params.put("Max", 0);
    params.put("Strategy", "ringall");
    params.put("Calls", queue.callers.len());
    for (key, value) in [("Holdtime", 0), ("TalkTime", 0), ("Completed", queue.completed)] {
        params.put(key, value);
    }
    params.put("Abandoned", queue.abandoned);
    params.put("ServiceLevel", 60);
    params.put("ServicelevelPerf", "0.0");
    params.put("ServicelevelPerf2", "0.0");
    params.put("Weight", 0);
    items.push(params.id(request.action_id()));
    // one member may be asked for, by interface or by name
    let asked = request.some("Member");
    for member in &queue.members {
        if asked.is_some_and(|asked| member.interface != asked && member.name != asked) {
            continue;
        }
        let mut message = Message::default().with("Event", "QueueMember");
        member.fields(name, ("Name", "Location"), false, &mut message);
        items.push(message.id(request.action_id()));
    }
    for (position, (caller, since)) in queue.callers.iter().enumerate() {
        let Some(channel) = world.channels.get(caller) else { continue };
        let mut message = Message::default().with("Event", "QueueEntry").with("Queue", name);
        message.put("Position", position + 1);
        message.put("Channel", &channel.name);
        message.put("Uniqueid", caller);
        message.put("CallerIDNum", channel.caller_num());
        message.put("CallerIDName", channel.caller_name());
        message.put("ConnectedLineNum", "<unknown>");
        message.put("ConnectedLineName", "<unknown>");
        message.put("Wait", since.map_or(0, |since| since.elapsed().as_secs()));
        message.put("Priority", 0);
        items.push(message.id(request.action_id()));
    }
}
