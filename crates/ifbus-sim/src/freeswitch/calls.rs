//! Calls: endpoints that ring and answer, bridges.

use super::builder::Phone;
use super::channel::{Goal, Job, Profile, Purpose, State};
use super::clock::{micros, uuid};
use super::dial_string::{self, Leg};
use super::dialing::Wish;
use super::world::World;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long an answered channel takes until it does what it was called for.
const SETTLE: Duration = Duration::from_millis(1);

pub(super) type Cause = &'static str;

impl World {
    /// `originate`. What it answers comes when the call is answered or has failed.
    pub(super) fn originate(&mut self, text: &str) -> Result<oneshot::Receiver<String>, String> {
        let asked = dial_string::originate(text).map_err(|cause| match cause {
            Some(cause) => format!("-ERR {cause}\n"),
            None => "-USAGE: <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>] [<cid_name>] [<cid_num>] [<timeout_sec>]\n".into(),
        })?;
        let (name, number) = asked.caller;
        let caller = (name.unwrap_or_default(), number.unwrap_or_else(|| "0000000000".into()));
        let timeout = asked.timeout.unwrap_or(Duration::from_secs(60));
        let (tx, rx) = oneshot::channel();
        match self.dial(asked.calls, caller, Wish::Originate(tx, asked.goal), timeout) {
            Ok(_) => Ok(rx),
            Err(cause) => Err(format!("-ERR {cause}\n")),
        }
    }

    /// Calls an endpoint; the channel that was made.
    pub(super) fn ring_up(&mut self, leg: &Leg, caller: &(String, String), purpose: Purpose) -> Result<String, Cause> {
        let (kind, rest) = leg.endpoint.split_once('/').ok_or("CHAN_NOT_IMPLEMENTED")?;
        let own = |name: &str, or: &String| {
            let variable = leg.variables.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name));
            variable.map_or(or, |(_, value)| value).clone()
        };
        let caller = (own("origination_caller_id_name", &caller.0), own("origination_caller_id_number", &caller.1));
        let callee = ("Outbound Call".to_owned(), rest.rsplit('/').next().unwrap_or(rest).to_owned());
        let profile = |destination: &str| Profile {
            dialplan: "xml".into(),
            ani: caller.1.clone(),
            original: caller.clone(),
            caller: caller.clone(),
            callee: callee.clone(),
            destination: destination.to_owned(),
            context: "default".into(),
            ..Profile::default()
        };
        let phone = |world: &Self, user: &str| {
            let user = user.split_once('@').map_or(user, |(user, _)| user);
            world.phones.get(user).copied().map(|phone| (user.to_owned(), phone))
        };
        let id = match kind {
            "loopback" => {
                let exten = rest.split('/').next().unwrap_or(rest);
                if !self.extensions.contains_key(exten) {
                    return Err("NO_ROUTE_DESTINATION");
                }
                self.loopback(exten, &leg.variables, &profile(exten), purpose)
            }
            "user" | "sofia" => {
                let (user, phone) = match (kind, rest.split_once('/')) {
                    ("user", _) => phone(self, rest).ok_or("SUBSCRIBER_ABSENT")?,
                    (_, Some(("gateway", _))) => return Err("INVALID_GATEWAY"),
                    (_, Some(("internal", user))) => phone(self, user).ok_or("USER_NOT_REGISTERED")?,
                    _ => return Err("INVALID_PROFILE"),
                };
                let name = format!("sofia/internal/{user}@127.0.0.1:5060");
                let profile = Profile { callee: (callee.0.clone(), user.clone()), ..profile(&user) };
                self.single(&name, "mod_sofia", "sofia", phone, &leg.variables, profile, purpose)
            }
            "null" => {
                let answers = Phone::Answers(Duration::ZERO);
                self.single(&leg.endpoint, "mod_loopback", "null", answers, &leg.variables, profile(rest), purpose)
            }
            "error" => return Err(super::causes::cause(rest)),
            _ => return Err("CHAN_NOT_IMPLEMENTED"),
        };
        Ok(id)
    }

    /// The first leg of a call: made, named, given its variables, and told of.
    fn leg(
        &mut self,
        name: &str,
        source: &'static str,
        variables: &[(String, String)],
        profile: Profile,
        purpose: Purpose,
    ) -> String {
        let chosen = variables.iter().find(|(key, _)| key == "origination_uuid").map(|(_, value)| value.clone());
        // two cannot have one: the second keeps its own
        let chosen = chosen.filter(|chosen| !self.channels.contains_key(chosen));
        let made = uuid();
        let long = name.strip_suffix("-a").filter(|_| source == "mod_loopback");
        let first = long.map_or_else(|| name.to_owned(), |name| format!("{name}/{}-a", profile.context));
        self.tell_codecs(&made, &first, false);
        let id = chosen.clone().unwrap_or_else(|| made.clone());
        self.add(id.clone(), name, false, source, profile);
        self.log(
            5,
            3,
            ("switch_channel.c", "switch_channel_set_name", 1143),
            &made,
            format!("New Channel {first} [{made}]"),
        );
        if chosen.is_some() {
            self.tell_with("CHANNEL_UUID", &id, &[("Old-Unique-ID", &made)], &[]);
        }
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.purpose = Some(purpose);
        }
        self.tell("CHANNEL_OUTGOING", &id);
        let caller = match self.channels.get(&id).and_then(|channel| channel.purpose.as_ref()) {
            Some(Purpose::Bridge(caller, _)) => Some(caller.clone()),
            _ => None,
        };
        if let Some(channel) = self.channels.get_mut(&id) {
            if let Some(caller) = caller {
                channel.call_uuid.clone_from(&caller);
                channel.set("call_uuid", &*caller);
                channel.set("originator", caller);
            }
            for (key, value) in variables {
                channel.set(key, value.clone());
            }
            channel.set("originate_early_media", "true");
        }
        id
    }

    fn created(&mut self, id: &str) {
        if let Some(channel) = self.channels.get_mut(id) {
            (channel.state, channel.next) = (State::Init, State::Routing);
        }
        self.tell("CHANNEL_CREATE", id);
        if self.channels.get(id).is_some_and(|channel| !channel.inbound) {
            self.tell("CHANNEL_ORIGINATE", id);
        }
    }

    fn loopback(&mut self, exten: &str, variables: &[(String, String)], profile: &Profile, purpose: Purpose) -> String {
        let name = format!("loopback/{exten}");
        let a = self.leg(&format!("{name}-a"), "mod_loopback", variables, profile.clone(), purpose);
        if let Some(channel) = self.channels.get_mut(&a) {
            channel.set("originate_endpoint", "loopback");
        }
        self.state(&a, State::Init, State::Init);
        let b = uuid();
        self.tell_codecs(&b, &format!("{name}-b"), true);
        self.add(b.clone(), &format!("{name}-b"), true, "mod_loopback", profile.clone());
        for (half, other, letter) in [(&a, &b, "A"), (&b, &a, "B")] {
            if let Some(channel) = self.channels.get_mut(half) {
                if letter == "B" {
                    for (key, value) in variables {
                        channel.set(key, value.clone());
                    }
                }
                channel.set("other_loopback_leg_uuid", other.clone());
                channel.set("loopback_leg", letter);
                channel.other = Some(other.clone());
            }
        }
        self.created(&a);
        self.state(&b, State::Init, State::Init);
        self.state(&a, State::Routing, State::Routing);
        self.created(&b);
        self.state(&a, State::ConsumeMedia, State::ConsumeMedia);
        self.enter(&b);
        let half = b.clone();
        // the other half runs on a thread of its own
        self.after(Duration::ZERO, move |world| world.route(&half));
        a
    }

    /// A channel comes into the dialplan.
    pub(super) fn enter(&mut self, id: &str) {
        if let Some(channel) = self.channels.get_mut(id) {
            channel.hit_dialplan = true;
            (channel.state, channel.next) = (State::Routing, State::Routing);
        }
        if self.channels.get(id).is_some_and(|channel| !channel.answered) {
            self.callstate(id, "RINGING");
        }
        self.state(id, State::Routing, State::Routing);
        let (exten, context) = self
            .channels
            .get(id)
            .map(|channel| (channel.profile.destination.clone(), channel.profile.context.clone()))
            .unwrap_or_default();
        let text = format!("Processing  <0000000000>->{exten} in context {context}");
        self.log(6, 3, ("mod_dialplan_xml.c", "dialplan_hunt", 648), id, text);
    }

    /// It runs the extension that it was called at.
    pub(super) fn route(&mut self, id: &str) {
        let Some(channel) = self.channels.get_mut(id).filter(|channel| !channel.is_hung_up()) else { return };
        let Some(plan) = self.extensions.get(&channel.profile.destination) else {
            return self.hang_up(id, "NO_ROUTE_DESTINATION");
        };
        channel.plan = plan.iter().map(|(name, data)| Job::new(name, data)).collect();
        let call = channel.call_uuid.clone();
        channel.set("call_uuid", call);
        self.state(id, State::Execute, State::Execute);
        self.run(id);
    }

    #[expect(clippy::too_many_arguments, reason = "what a leg is made of")]
    fn single(
        &mut self,
        name: &str,
        source: &'static str,
        endpoint: &str,
        phone: Phone,
        variables: &[(String, String)],
        profile: Profile,
        purpose: Purpose,
    ) -> String {
        let id = self.leg(name, source, variables, profile, purpose);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.set("originate_endpoint", endpoint);
        }
        self.state(&id, State::Init, State::Init);
        self.created(&id);
        self.state(&id, State::Routing, State::Routing);
        self.state(&id, State::ConsumeMedia, State::ConsumeMedia);
        let called = id.clone();
        match phone {
            Phone::Answers(after) => {
                if source == "mod_sofia" {
                    let ringing = id.clone();
                    self.after(Duration::ZERO, move |world| world.ring(&ringing));
                }
                self.after(after, move |world| world.answer(&called));
            }
            Phone::Rings => self.after(Duration::ZERO, move |world| world.ring(&called)),
            Phone::Busy => self.after(Duration::ZERO, move |world| world.hang_up(&called, "USER_BUSY")),
        }
        id
    }

    /// A called channel rings.
    pub(super) fn ring(&mut self, id: &str) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        if channel.answered || channel.is_hung_up() || channel.times.progress > 0 {
            return;
        }
        channel.times.progress = micros();
        self.tell("CHANNEL_PROGRESS", id);
        self.callstate(id, "RINGING");
        let caller = match self.channels.get(id).and_then(|channel| channel.purpose.as_ref()) {
            Some(Purpose::Bridge(caller, _)) => caller.clone(),
            _ => return,
        };
        self.ring(&caller);
        self.ring_half(&caller);
    }

    /// The other half of a loopback pair hears that it rings.
    pub(super) fn ring_half(&mut self, id: &str) {
        if let Some(other) = self.channels.get(id).and_then(|channel| channel.other.clone()) {
            self.ring(&other);
        }
    }

    /// A channel is answered, and so is what waits for it.
    pub(super) fn answer(&mut self, id: &str) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        if channel.answered || channel.is_hung_up() {
            return;
        }
        let other = channel.other.clone().filter(|_| channel.inbound);
        // the half that was called is answered first
        if let Some(other) = other {
            self.answer(&other);
        }
        let Some(channel) = self.channels.get_mut(id) else { return };
        channel.answered = true;
        channel.times.answered = micros();
        self.tell("CHANNEL_ANSWER", id);
        if let Some(channel) = self.channels.get_mut(id) {
            channel.set("endpoint_disposition", "ANSWER");
        }
        self.callstate(id, "ACTIVE");
        let purpose = self.channels.get_mut(id).and_then(|channel| channel.purpose.take());
        match purpose.and_then(|purpose| self.leg_won(purpose.call(), id)) {
            Some(Wish::Originate(answer, goal)) => {
                let id = id.to_owned();
                self.after(SETTLE, move |world| {
                    world.flip(&id);
                    let _ = answer.send(format!("+OK {id}\n"));
                    world.start_goal(&id, goal);
                });
            }
            Some(Wish::Bridge(caller)) => {
                if let Some(channel) = self.channels.get_mut(&caller) {
                    channel.set("originate_disposition", "SUCCESS");
                    channel.set("DIALSTATUS", "SUCCESS");
                }
                self.answer(&caller);
                self.bridge(&caller, id);
            }
            None => {}
        }
    }

    /// Caller and callee change their places, as the called channel sees it.
    fn flip(&mut self, id: &str) {
        let Some(channel) = self.channels.get_mut(id) else { return };
        let number = channel.profile.caller.1.clone();
        let name = channel.profile.caller.0.clone();
        channel.set("pre_transfer_caller_id_name", name);
        channel.set("pre_transfer_caller_id_number", number);
        channel.set("channel_cid_flipped", "yes");
        let profile = &mut channel.profile;
        std::mem::swap(&mut profile.caller, &mut profile.callee);
        self.tell_with("CALL_UPDATE", id, &[("Direction", "RECV")], &[]);
    }

    fn start_goal(&mut self, id: &str, goal: Goal) {
        match goal {
            Goal::Application(name, data) => {
                let Some(channel) = self.channels.get_mut(id).filter(|channel| !channel.is_hung_up()) else { return };
                channel.plan = [Job::new(&name, &data)].into();
                let call = channel.call_uuid.clone();
                channel.set("call_uuid", call);
                self.state(id, State::Execute, State::Execute);
                self.run(id);
            }
            Goal::Exten(exten, dialplan, context) => self.transfer(id, &exten, &dialplan, &context),
        }
    }

    /// Two channels hear each other; the first one called.
    pub(super) fn bridge(&mut self, a: &str, b: &str) {
        let now = micros();
        for (id, other, caller) in [(a, b, true), (b, a, false)] {
            let name = self.channels.get(other).map(|channel| channel.name.clone()).unwrap_or_default();
            let Some(channel) = self.channels.get_mut(id) else { return };
            channel.bridge = Some((other.to_owned(), caller));
            channel.set("bridge_channel", name);
            channel.set("bridge_uuid", other);
            channel.set("signal_bond", other);
            channel.set("last_bridge_to", other);
            if caller {
                channel.times.bridged = now;
                channel.profile.logical = Some("inbound").filter(|_| !channel.inbound);
            } else {
                a.clone_into(&mut channel.call_uuid);
            }
        }
        self.state(b, State::ExchangeMedia, State::ExchangeMedia);
        self.tell_with("CHANNEL_BRIDGE", a, &[("Bridge-A-Unique-ID", a), ("Bridge-B-Unique-ID", b)], &[]);
    }

    /// They hear each other no more. The one that called, and the one that was called.
    pub(super) fn unbridge(&mut self, id: &str) -> Option<(String, String)> {
        let (peer, caller) = self.channels.get(id)?.bridge.clone()?;
        let (a, b) = if caller { (id.to_owned(), peer) } else { (peer, id.to_owned()) };
        self.tell_with("CHANNEL_UNBRIDGE", &a, &[("Bridge-A-Unique-ID", &a), ("Bridge-B-Unique-ID", &b)], &[]);
        for id in [&a, &b] {
            if let Some(channel) = self.channels.get_mut(id) {
                channel.bridge = None;
                channel.held = false;
                channel.call_uuid.clone_from(id);
            }
        }
        Some((a, b))
    }
}
