//! Calls that dial a listener.

use super::Shared;
use super::channel::{Job, Profile, State};
use super::clock::uuid;
use super::session;
use super::world::{Dial, World};
use crate::net;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How the server dials a listener.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct OutboundOptions {
    asynchronous: bool,
    full: bool,
    path: Option<String>,
    uuid: Option<String>,
    caller: (String, String),
    destination: Option<String>,
    variables: Vec<(String, String)>,
    then: Vec<(String, String)>,
}

impl OutboundOptions {
    /// With `async` and `full`, as most applications are dialled.
    pub fn new() -> Self {
        Self { asynchronous: true, full: true, ..Self::default() }
    }

    /// Whether commands return at once instead of when their application has ended.
    pub fn asynchronous(mut self, on: bool) -> Self {
        self.asynchronous = on;
        self
    }

    /// Whether the listener may do more than control its own channel.
    pub fn full(mut self, on: bool) -> Self {
        self.full = on;
        self
    }

    /// A path behind the address; the channel has it as the variable `socket_path`.
    pub fn path(mut self, path: &str) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The uuid of the call; one of its own unless set.
    pub fn uuid(mut self, uuid: &str) -> Self {
        self.uuid = Some(uuid.into());
        self
    }

    /// Who calls: name and number.
    pub fn caller(mut self, name: &str, number: &str) -> Self {
        self.caller = (name.into(), number.into());
        self
    }

    /// The number that was dialled; `socket` unless set.
    pub fn destination(mut self, exten: &str) -> Self {
        self.destination = Some(exten.into());
        self
    }

    /// Adds a variable of the channel.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Adds an application that the extension has behind `socket`: it runs if the listener cannot be reached, or resumes.
    pub fn then(mut self, application: &str, data: &str) -> Self {
        self.then.push((application.into(), data.into()));
        self
    }
}

impl World {
    /// A call from outside, told of up to the dialplan.
    fn incoming(
        &mut self,
        name: &str,
        id: &str,
        caller: (String, String),
        exten: &str,
        variables: &[(String, String)],
    ) {
        let profile = Profile {
            dialplan: "XML".into(),
            ani: caller.1.clone(),
            original: caller.clone(),
            caller,
            destination: exten.to_owned(),
            context: "default".into(),
            ..Profile::default()
        };
        self.tell_codecs(id, name, true);
        self.add(id.to_owned(), name, true, "mod_sofia", profile);
        if let Some(channel) = self.channels.get_mut(id) {
            for (name, value) in variables {
                channel.set(name, value.clone());
            }
        }
        self.state(id, State::Init, State::Init);
        if let Some(channel) = self.channels.get_mut(id) {
            channel.next = State::Routing;
        }
        self.tell("CHANNEL_CREATE", id);
        self.enter(id);
    }

    /// A phone dials an extension.
    pub(super) fn dial_in(&mut self, phone: &str, exten: &str) -> Option<String> {
        if !self.extensions.contains_key(exten) {
            return None;
        }
        let id = uuid();
        let name = format!("sofia/internal/{phone}@127.0.0.1");
        self.incoming(&name, &id, (phone.to_owned(), phone.to_owned()), exten, &[]);
        let call = id.clone();
        self.after(Duration::ZERO, move |world| world.route(&call));
        Some(id)
    }

    /// A call whose extension dials a listener.
    pub(super) fn dial_out(&mut self, addr: SocketAddr, options: OutboundOptions) -> String {
        let id = options.uuid.unwrap_or_else(uuid);
        let (name, number) = options.caller;
        let number = if number.is_empty() { "1000".to_owned() } else { number };
        let channel = format!("sofia/internal/{number}@127.0.0.1");
        let exten = options.destination.unwrap_or_else(|| "socket".into());
        self.incoming(&channel, &id, (name, number), &exten, &options.variables);
        let path = options.path.map_or_else(String::new, |path| format!("/{path}"));
        let words = [(options.asynchronous, " async"), (options.full, " full")];
        let flags: String = words.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.plan.push_back(Job::new("socket", &format!("{addr}{path}{flags}")));
            channel.plan.extend(options.then.iter().map(|(name, data)| Job::new(name, data)));
        }
        self.state(&id, State::Execute, State::Execute);
        self.run(&id);
        id
    }
}

/// Dials a listener, and serves it as long as it is there.
pub(super) fn dial(shared: &Arc<Shared>, run: u64, dial: Dial) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let (weak, call) = (Arc::downgrade(&shared), dial.clone());
        let served =
            net::dial(dial.addr, shared.knobs.clone(), |stream| session::serve_outbound(shared, stream, call)).await;
        // one that cannot be reached is passed over
        let resumes = match served {
            Ok(resumes) => resumes.unwrap_or(false),
            Err(_) => true,
        };
        let Some(shared) = weak.upgrade() else { return };
        shared.change(|world| {
            if world.run == run {
                world.socket_over(&dial.uuid, &dial.application, resumes);
            }
        });
    });
}
