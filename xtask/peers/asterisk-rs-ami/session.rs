//! A session of asterisk-rs-ami with an Asterisk that is real or simulated.

use std::{
    env,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use asterisk_rs_ami::{
    AmiClient, AmiEvent,
    action::{
        AmiAction, ConfbridgeListRoomsAction, CoreSettingsAction, CoreShowChannelsAction, DBDelAction, DBGetAction,
        DBPutAction, EventsAction, GetVarAction, HangupAction, MixMonitorAction, OriginateAction, PingAction,
        QueueAddAction, QueuePauseAction, QueueRemoveAction, QueueStatusAction, SetVarAction, StopMixMonitorAction,
        UserEventAction,
    },
    error::AmiError,
    response::AmiResponse,
};
use asterisk_rs_core::event::EventReceive;
use serde_json::{Value, json};

/// What belongs to a step comes within this time of what it waited for, or not at all.
const QUIET: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(8);

/// No affair of a call, or in an order of their own: records, devices, the dialplan's variables.
const LEFT_OUT: [&str; 13] = [
    "Cdr",
    "CEL",
    "DeviceStateChange",
    "FullyBooted",
    "NewAccountCode",
    "NewCallerid",
    "NewConnectedLine",
    "Newexten",
    "QueueMemberStatus",
    "SoftHangupRequest",
    "SuccessfulAuth",
    "TestEvent",
    "VarSet",
];

type Events = Arc<Mutex<Vec<AmiEvent>>>;

struct Session {
    client: AmiClient,
    events: Events,
}

fn write(step: &str, key: &str, seen: Value) {
    println!("{}", json!({"step": step, key: seen}));
}

/// The number of a channel is its server's own: `Local/x@y-0000001f;1`.
fn unnumbered(channel: &str) -> String {
    match channel.rsplit_once('-') {
        Some((name, number)) => format!("{name}-#{}", number.get(8..).unwrap_or_default()),
        None => channel.to_owned(),
    }
}

fn shown(response: &AmiResponse, keys: &[&str]) -> Value {
    let headers = keys.iter().filter_map(|key| Some(((*key).to_owned(), json!(response.headers.get(*key)?))));
    let mut shown: serde_json::Map<String, Value> = headers.collect();
    shown.insert("success".to_owned(), json!(response.success));
    shown.insert("message".to_owned(), json!(response.message));
    Value::Object(shown)
}

fn outcome(result: Result<AmiResponse, AmiError>, keys: &[&str]) -> Value {
    match result {
        Ok(response) => shown(&response, keys),
        Err(error) => json!({"error": error.to_string()}),
    }
}

impl Session {
    async fn ask(&self, step: &str, action: impl AmiAction, keys: &[&str]) {
        write(step, "answer", outcome(self.client.send_action(&action).await, keys));
    }

    /// A list: how many items of which kind, and the channels or rooms in them.
    async fn list(&self, step: &str, action: impl AmiAction) -> Vec<AmiEvent> {
        match self.client.send_collecting(&action).await {
            Ok(list) => {
                let mut names: Vec<_> = list.events.iter().map(named).collect();
                names.sort();
                write(step, "list", json!({"answer": shown(&list.response, &["EventList"]), "items": names}));
                list.events
            }
            Err(error) => {
                write(step, "list", json!({"error": error.to_string()}));
                Vec::new()
            }
        }
    }

    /// Waits for so many events of a name, then writes all that came; several threads of the server tell of one call, so that
    /// their order is nobody's.
    async fn told(&self, step: &str, name: &str, count: usize) {
        let by = Instant::now() + PATIENCE;
        let enough = || {
            let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
            events.iter().filter(|event| event.event_name() == name).count() >= count
        };
        while !enough() && Instant::now() < by {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // those that belong to it come right after it, or not at all
        let told = || self.events.lock().unwrap_or_else(PoisonError::into_inner).len();
        let mut seen = None;
        while seen != Some(told()) && Instant::now() < by {
            seen = Some(told());
            tokio::time::sleep(QUIET).await;
        }
        let events = std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner));
        let mut seen: Vec<_> = events.iter().map(named).collect();
        seen.sort();
        write(step, "events", json!(seen));
    }

    async fn call(&self, step: &str, channel: &str, last: (&str, usize)) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let call = OriginateAction::new(channel).application("Wait").data("600").async_originate(true);
        self.ask(step, call, &[]).await;
        self.told(&format!("{step} events"), last.0, last.1).await;
    }
}

/// An event as this client understands it.
fn named(event: &AmiEvent) -> String {
    let channel = event.channel().map(unnumbered).unwrap_or_default();
    let cause = event.hangup_cause().map(|cause| format!(" {cause:?}")).unwrap_or_default();
    format!("{} {channel}{cause}", event.event_name())
}

fn variable(channel: Option<&str>, name: &str) -> GetVarAction {
    GetVarAction { channel: channel.map(str::to_owned), variable: name.to_owned() }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = env::var("PEER_ADDRESS")?;
    let (host, port) = address.rsplit_once(':').ok_or("PEER_ADDRESS is host:port")?;
    let port = port.parse()?;
    let builder = || AmiClient::builder().host(host).port(port).timeout(PATIENCE);
    let refused = builder().credentials("nobody", "wrong").build().await.err();
    write("refused", "answer", json!(refused.is_some()));
    let client = builder().credentials(env::var("PEER_USER")?, env::var("PEER_PASSWORD")?).build().await?;
    let settings = client.send_action(&CoreSettingsAction).await?;
    let version = settings.headers.get("AsteriskVersion").map(|text| text.split(['+', '~']).next().unwrap_or_default());
    write("login", "version", json!(version));

    let events = Events::default();
    let mut heard = client.subscribe();
    let kept = Arc::clone(&events);
    tokio::spawn(async move {
        loop {
            match heard.recv().await {
                EventReceive::Event(event) if !LEFT_OUT.contains(&event.event_name()) => {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(event);
                }
                EventReceive::Closed => return,
                _ => {}
            }
        }
    });
    let session = Session { client, events };

    session.ask("ping", PingAction, &["Ping"]).await;
    session.ask("mask", EventsAction { event_mask: "call,agent,user".into() }, &["Events"]).await;
    session.ask("no channel", HangupAction::new("Local/none@test-0;1"), &[]).await;
    session.ask("no slash", OriginateAction::new("none").application("Echo"), &[]).await;
    session.ask("no goal", OriginateAction::new("Local/wait@test"), &[]).await;

    let (family, key) = ("sim-check-rs".to_owned(), "key".to_owned());
    let put = DBPutAction { family: family.clone(), key: key.clone(), val: "a: b, c".into() };
    session.ask("put", put, &[]).await;
    session.list("get", DBGetAction { family: family.clone(), key: key.clone() }).await;
    session.ask("delete", DBDelAction { family: family.clone(), key: key.clone() }, &[]).await;
    session.ask("get nothing", DBGetAction { family, key }, &[]).await;
    let global = SetVarAction { channel: None, variable: "SIMCHECKRS".into(), value: "it's \"one\"".into() };
    session.ask("global", global, &[]).await;
    session.ask("global back", variable(None, "SIMCHECKRS"), &["Variable", "Value"]).await;

    session.call("answered", "Local/wait@test/n", ("OriginateResponse", 1)).await;
    let channels = session.list("channels", CoreShowChannelsAction).await;
    let channel = channels.iter().filter_map(AmiEvent::channel).min().unwrap_or_default().to_owned();
    let set = SetVarAction { channel: Some(channel.clone()), variable: "X".into(), value: "1, 2".into() };
    session.ask("channel variable", set, &[]).await;
    session.ask("channel variable back", variable(Some(&channel), "X"), &["Variable", "Value"]).await;
    session.ask("record", MixMonitorAction::new(&*channel).file("sim-check-rs.wav"), &[]).await;
    let stop = StopMixMonitorAction { channel: channel.clone(), mix_monitor_id: None };
    session.ask("record no more", stop, &[]).await;
    session.told("record events", "MixMonitorStart", 1).await;
    session.ask("hangup", HangupAction::new(channel).cause(16), &[]).await;
    session.told("hangup events", "Hangup", 2).await;
    session.call("busy", "Local/busy@test/n", ("Hangup", 2)).await;
    session.call("no such extension", "Local/nowhere@test/n", ("OriginateResponse", 1)).await;

    session.ask("no conference", ConfbridgeListRoomsAction, &[]).await;
    let (queue, interface) = ("support".to_owned(), "Local/ring@test/n".to_owned());
    let add = || QueueAddAction::new("support", "Local/ring@test/n").penalty(2).member_name("Ann: x");
    session.ask("add", add(), &[]).await;
    session.ask("add again", add(), &[]).await;
    let pause = QueuePauseAction {
        queue: Some(queue.clone()),
        interface: interface.clone(),
        paused: true,
        reason: Some("tea: hot".into()),
    };
    session.ask("pause", pause, &[]).await;
    session.list("queue", QueueStatusAction { queue: Some(queue.clone()), member: Some(interface.clone()) }).await;
    session.ask("remove", QueueRemoveAction { queue: queue.clone(), interface: interface.clone() }, &[]).await;
    session.ask("remove again", QueueRemoveAction { queue, interface }, &[]).await;
    session.told("queue events", "QueueMemberRemoved", 1).await;

    let event = UserEventAction { user_event: "SimCheck".into(), headers: vec![("Text".into(), "a: b".into())] };
    session.ask("user event", event, &[]).await;
    session.told("user event events", "UserEvent", 1).await;
    session.client.disconnect().await?;
    Ok(())
}
