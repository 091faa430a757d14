//! What the engine's own modules do with messages: routes, calls and their end.

use super::builder::Phone;
use super::engine::Engine;
use super::help;
use super::message::Message;
use super::switch::Channel;
use crate::knobs::lock;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

type Acted = Pin<Box<dyn Future<Output = (bool, Message)> + Send>>;

impl Engine {
    /// A module gets a message. Whether it has handled it.
    pub(super) fn act(
        self: Arc<Self>,
        module: &'static str,
        priority: u32,
        mut message: Message,
        from: Option<u64>,
    ) -> Acted {
        Box::pin(async move {
            let handled = match (message.name().as_str(), module) {
                ("call.route", "regexroute") => self.route(&mut message),
                ("user.auth" | "user.register" | "user.unregister", "regfile") => self.user(&mut message),
                ("monitor.query", module) => self.query(module, &mut message),
                ("engine.status", module) => self.status(module, &mut message),
                ("engine.help", "extmodule") => self.help(&mut message),
                ("engine.command", "extmodule") => self.external_command(&mut message).await,
                ("call.execute", "dumb") => self.execute_dumb(&mut message).await,
                ("call.execute", "tone") => self.execute_tone(&mut message).await,
                ("call.execute", "sip") => self.execute_sip(&mut message).await,
                ("call.execute", "conf") => self.execute_conference(&mut message).await,
                #[cfg(unix)]
                ("call.execute", "extmodule") => self.execute_program(&mut message).await,
                ("call.conference", "conf") => self.conference(&mut message).await,
                ("call.drop", "dumb" | "tone" | "sip") => self.drop_by_message(module, &message),
                ("call.drop", "conf") => self.drop_room(&message.text("id")) || self.drop_by_message(module, &message),
                ("chan.attach", "tone") => {
                    let attaches = message.get("source").is_some_and(|source| source.starts_with(b"tone/"));
                    if attaches {
                        message.clear(b"source");
                    }
                    attaches && lock(&self.state).switch.channels.contains_key(&message.text("id"))
                }
                ("chan.masquerade", "dumb") if priority == 10 => {
                    let channel = lock(&self.state).switch.channels.get(&message.text("id")).cloned();
                    let Some(channel) = channel.filter(|_| message.get("message").is_some()) else {
                        return (false, message);
                    };
                    message.name = message.get("message").unwrap_or_default().to_vec();
                    message.clear(b"message");
                    if message.name == b"chan.dtmf" {
                        message = message.with("sequence", "1").with("duplicate", "false");
                    }
                    let mut message = channel.describe(message);
                    message.channel = Some(channel.id);
                    return self.dispatch(message, from).await;
                }
                _ => false,
            };
            (handled, message)
        })
    }

    /// Adds the module's command to the list of all, or tells of it alone.
    fn help(&self, message: &mut Message) -> bool {
        let asked = message.get("line").is_some_and(|line| line == b"external");
        if asked || message.get("line").is_none() {
            message.ret.extend_from_slice(help::EXTERNAL.as_bytes());
        }
        asked
    }

    /// `external`: who is there, and on unix which programs are to be.
    async fn external_command(&self, message: &mut Message) -> bool {
        let line = message.text("line");
        let Some(rest) = line.strip_prefix("external").map(str::trim) else { return false };
        if matches!(rest, "" | "info") {
            message.ret = self.modules_text().into_bytes();
            return true;
        }
        #[cfg(unix)]
        if let Some(said) = self.control_program(rest).await {
            message.ret = said.into();
            return true;
        }
        false
    }

    fn route(&self, message: &mut Message) -> bool {
        let to = self.config.routes.get(&message.text("called")).map_or("-noroute", String::as_str);
        match to.strip_prefix('-') {
            Some(error) => {
                message.ret = b"-".to_vec();
                message.set(b"error", error.as_bytes());
            }
            None => message.ret = to.as_bytes().to_vec(),
        }
        true
    }

    pub(super) fn channel(&self, id: &str) -> Option<Channel> {
        lock(&self.state).switch.channels.get(id).cloned()
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Channel)) {
        if let Some(channel) = lock(&self.state).switch.channels.get_mut(id) {
            change(channel);
        }
    }

    /// Makes a channel; it is not told of.
    pub(super) fn create(&self, module: &'static str, outgoing: bool, fill: impl FnOnce(&mut Channel)) -> Channel {
        let mut state = lock(&self.state);
        let mut channel = state.switch.add(module, self.runid, outgoing);
        fill(&mut channel);
        state.switch.insert(channel.clone());
        channel
    }

    /// Makes the channel that a client of the role channel is.
    pub(super) fn create_external(&self, caller: &str) -> String {
        self.create("external", false, |channel| {
            caller.clone_into(&mut channel.caller);
            channel.billid.clear();
        })
        .id
    }

    async fn tell_channel(&self, name: &str, id: &str) {
        if let Some(channel) = self.channel(id) {
            self.emit(channel.message(name)).await;
        }
    }

    async fn record(&self, operation: &str, id: &str) {
        let record = {
            let mut state = lock(&self.state);
            state.switch.cdr(id);
            state.switch.channels.get(id).map(|channel| channel.record(operation, self.runid))
        };
        if let Some(record) = record {
            self.emit(record).await;
        }
    }

    /// Connects two channels; what is told of it names the reason, if there is one.
    pub(super) async fn connect(&self, a: &str, b: &str, reason: Option<&str>) {
        lock(&self.state).switch.connect(a, b);
        for id in [b, a] {
            // nobody is told of a channel that a client is
            let Some(channel) = self.channel(id).filter(|channel| channel.module != "external") else { continue };
            if id == a {
                self.record("update", a).await;
            }
            let connected = channel.message("chan.connected");
            self.emit(reason.iter().fold(connected, |message, reason| message.with("reason", reason))).await;
            // it is the last one from now on, while it still is the peer
            self.change(id, |channel| channel.last_peer = channel.peer.clone());
        }
    }

    async fn execute_dumb(&self, message: &mut Message) -> bool {
        if !message.text("callto").starts_with("dumb/") {
            return false;
        }
        let caller = message.text("caller");
        if let Some(existing) = self.channel(&message.text("id")) {
            let channel = self.create("dumb", true, |channel| {
                channel.caller = caller;
                channel.billid.clear();
            });
            message.set(b"peerid", channel.id.as_bytes());
            message.set(b"targetid", channel.id.as_bytes());
            message.set(b"autoring", b"true");
            let startup = channel.message("chan.startup").with("caller", &channel.caller).with("callto", "dumb/");
            self.emit(startup).await;
            self.connect(&existing.id, &channel.id, None).await;
            self.record("initialize", &channel.id).await;
            return true;
        }
        let Some(target) = message.get("target").map(|target| String::from_utf8_lossy(target).into_owned()) else {
            return false;
        };
        let channel = self.create("dumb", false, |channel| {
            channel.caller.clone_from(&caller);
            channel.called.clone_from(&target);
        });
        let mut route = Message::new("call.route")
            .with("driver", "dumb")
            .with("id", &channel.id)
            .with("caller", &caller)
            .with("called", &target);
        if let Some(name) = message.get("callername") {
            route.set(b"callername", name);
        }
        match self.route_and_execute(&channel.id, route).await {
            Ok(peer) => {
                self.change(&channel.id, |channel| {
                    channel.status = "answered".into();
                    channel.answered = true;
                });
                message.set(b"id", channel.id.as_bytes());
                message.set(b"peerid", peer.as_bytes());
                true
            }
            Err(error) => {
                if !error.is_empty() {
                    message.set(b"error", error.as_bytes());
                }
                if let Some(engine) = self.weak.upgrade() {
                    tokio::spawn(async move {
                        let id = channel.id;
                        engine.tell_channel("chan.startup", &id).await;
                        engine.record("initialize", &id).await;
                        engine.tell_channel("chan.hangup", &id).await;
                        engine.record("update", &id).await;
                        engine.record("finalize", &id).await;
                        lock(&engine.state).switch.channels.remove(&id);
                    });
                }
                false
            }
        }
    }

    /// Where a call goes, and that it goes there: the other channel, or an error.
    async fn route_and_execute(&self, id: &str, route: Message) -> Result<String, String> {
        let (handled, mut routed) = self.emit(route).await;
        let to = String::from_utf8_lossy(&routed.ret).into_owned();
        let sip = self.channel(id).is_some_and(|channel| channel.module == "sip");
        let refused = !handled || matches!(to.as_str(), "" | "-" | "error");
        if refused {
            let error = routed.text("error");
            if to == "-" && !sip {
                routed.name = b"call.execute".to_vec();
                routed.ret.clear();
                self.emit(routed.with("callto", "-")).await;
            }
            return Err(error);
        }
        if sip {
            self.record("update", id).await;
            self.change(id, |channel| channel.status = "routed".into());
        } else {
            self.tell_channel("chan.startup", id).await;
            self.record("initialize", id).await;
        }
        routed.name = b"call.execute".to_vec();
        routed.ret.clear();
        let (handled, executed) = self.emit(routed.with("callto", &to)).await;
        if handled { Ok(executed.text("peerid")) } else { Err(executed.text("error")) }
    }

    async fn execute_tone(&self, message: &mut Message) -> bool {
        let callto = message.text("callto");
        let (Some(tone), Some(caller)) = (callto.strip_prefix("tone/"), self.channel(&message.text("id"))) else {
            return false;
        };
        let channel = self.create("tone", false, |channel| tone.clone_into(&mut channel.address));
        message.set(b"peerid", channel.id.as_bytes());
        self.connect(&caller.id, &channel.id, None).await;
        true
    }

    async fn execute_sip(&self, message: &mut Message) -> bool {
        let callto = message.text("callto");
        let Some(uri) = callto.strip_prefix("sip/") else { return false };
        let number = uri.trim_start_matches("sip:").split('@').next().unwrap_or_default().to_owned();
        let Some(phone) = self.config.phones.get(&number).copied() else {
            message.set(b"error", b"offline");
            return false;
        };
        let Some(caller) = self.channel(&message.text("id")) else { return false };
        let channel = self.create("sip", true, |channel| {
            channel.address = "127.0.0.1:5060".into();
            channel.caller.clone_from(&caller.caller);
            channel.called.clone_from(&number);
            if !caller.billid.is_empty() {
                channel.billid.clone_from(&caller.billid);
            }
        });
        let id = channel.id.clone();
        message.set(b"peerid", id.as_bytes());
        message.set(b"targetid", id.as_bytes());
        let startup = channel.message("chan.startup");
        self.emit(startup.with("caller", &channel.caller).with("called", &number).with("callto", &callto)).await;
        self.record("initialize", &id).await;
        self.connect(&caller.id, &id, None).await;
        if let Some(engine) = self.weak.upgrade() {
            tokio::spawn(async move { engine.be_phone(&id, &caller.id, phone).await });
        }
        true
    }

    /// What a called phone does.
    async fn be_phone(&self, id: &str, caller: &str, phone: Phone) {
        if phone == Phone::Busy {
            self.drop_channel(id, Some("busy")).await;
            return;
        }
        self.progress("call.ringing", "ringing", id, caller).await;
        if let Phone::Answers(after) = phone {
            tokio::time::sleep(after).await;
            self.progress("call.answered", "answered", id, caller).await;
        }
    }

    async fn progress(&self, name: &str, status: &str, id: &str, caller: &str) {
        let answered = status == "answered";
        for id in [id, caller] {
            self.change(id, |channel| {
                status.clone_into(&mut channel.status);
                channel.answered = answered;
                let since = if answered { &mut channel.talking } else { &mut channel.ringing };
                *since = Some(Instant::now());
            });
        }
        let Some(channel) = self.channel(id) else { return };
        self.emit(channel.message(name).with("targetid", caller)).await;
        for id in [id, caller] {
            if self.channel(id).is_some_and(|channel| channel.module != "external") {
                self.record("update", id).await;
            }
        }
    }

    /// A call comes in over SIP.
    pub(super) async fn dial_in(&self, caller: &str, called: &str) -> String {
        let channel = self.create("sip", false, |channel| {
            channel.address = "127.0.0.1:45070".into();
            caller.clone_into(&mut channel.caller);
            called.clone_into(&mut channel.called);
        });
        let id = channel.id.clone();
        let who = |message: Message| message.with("caller", caller).with("called", called);
        self.emit(who(channel.message("chan.startup"))).await;
        self.record("initialize", &id).await;
        let preroute = who(channel.message("call.preroute")).with("callername", caller);
        let (_, mut route) = self.emit(preroute).await;
        route.name = b"call.route".to_vec();
        route.ret.clear();
        route.clear(b"handlers");
        match self.route_and_execute(&id, route).await {
            Ok(peer) => {
                // a tone is an answer of its own
                if self.channel(&peer).is_some_and(|channel| channel.module == "tone") {
                    self.change(&id, |channel| {
                        channel.status = "answered".into();
                        channel.answered = true;
                        channel.talking = Some(Instant::now());
                    });
                    if let Some(channel) = self.channel(&id) {
                        self.emit(channel.message("call.update").with("operation", "cdrbuild")).await;
                    }
                    self.record("update", &id).await;
                }
            }
            Err(error) => {
                self.drop_channel(&id, Some(if error.is_empty() { "noroute" } else { &error })).await;
            }
        }
        id
    }
}
