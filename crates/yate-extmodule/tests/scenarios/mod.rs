//! What is to be so with any Yate. What it does with calls needs the modules dumbchan, tonegen and cdrbuild, and is left out
//! without them. It makes and ends calls of its own only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::time::timeout;
use yate_extmodule::calls::LegState;
use yate_extmodule::{
    Attach, Builder, Client, Delivery, Error, EventStream, Execute, LinkError, Message, Received, Reconnect, Role,
    Routed, rmanager,
};

const SOON: Duration = Duration::from_secs(20);
/// Nobody's number.
const NUMBER: &str = "7390011223344";

/// Where a Yate is.
pub(crate) struct Yate {
    /// A listener of external modules without a role.
    pub(crate) address: String,
    /// Its console, if there is one.
    pub(crate) console: Option<String>,
    /// The console's.
    pub(crate) password: Option<String>,
}

impl Yate {
    fn builder(&self) -> Builder {
        builder(&self.address)
    }

    async fn client(&self) -> Client {
        timeout(SOON, self.builder().connect()).await.unwrap().unwrap()
    }

    fn console(&self) -> Option<rmanager::Builder> {
        let builder = rmanager::Client::builder(self.console.as_ref()?).tap(ifbus_testing::wire_log());
        Some(match &self.password {
            Some(password) => builder.password(password.as_str()),
            None => builder,
        })
    }
}

fn builder(address: &str) -> Builder {
    let quick = Reconnect::forever().steps(Duration::from_millis(10), Duration::from_millis(100));
    Client::builder(address).tap(ifbus_testing::wire_log()).reconnect(quick)
}

async fn next(stream: &mut EventStream<Received>) -> Received {
    loop {
        match timeout(SOON, stream.recv()).await.expect("nothing came") {
            Some(Delivery::Event(event)) => return event,
            Some(_) => {}
            None => panic!("the end"),
        }
    }
}

/// Waits until it is so.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let by = Instant::now() + SOON;
    while !is_so() {
        assert!(Instant::now() < by, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Calls can be made; says what is missing.
async fn has_calls(client: &Client) -> bool {
    for module in ["dumb", "tone"] {
        if client.status(Some(module)).await.is_err() {
            eprintln!("left out: this Yate has no module {module}");
            return false;
        }
    }
    true
}

pub(crate) async fn what_the_engine_is(yate: &Yate) {
    let client = yate.client().await;
    let server = client.server();
    assert!(!server.version.is_empty() && !server.runid.is_empty(), "{server:?}");
    assert_eq!(server.bufsize, 65_536);
    assert_eq!(client.local("engine.version").await.unwrap(), server.version);
    assert_eq!(client.local("loaded.certainly-not").await.unwrap(), "false");
    assert!(matches!(client.local("certainly-not").await, Err(Error::Refused { .. })));
    assert_eq!(client.set_local("timeout", "7000").await.unwrap(), "7000");
    let modules = client.status(None).await.unwrap();
    assert!(modules.iter().any(|module| module.name() == "engine"));
    assert_eq!(client.status(Some("engine")).await.unwrap().len(), 1);
    assert!(client.command("external info").await.unwrap().contains("Global"));
    assert!(matches!(client.command("certainly-not").await, Err(Error::NotHandled { .. })));
    client.output("a line of a test").await.unwrap();
    client.debug(9, "two\nlines").await.unwrap();
    client.ping().await.unwrap();
    client.close().await;
}

pub(crate) async fn every_byte_goes_there_and_back(yate: &Yate) {
    let client = yate.client().await;
    let all: Vec<u8> = (1..=255).collect();
    let sent = Message::new("app.ifbus.echo").set("all", &all).set("a:b%c", "x=y:z").ret_value(&all);
    let answer = client.send(sent).await.unwrap();
    assert!(!answer.is_handled());
    assert_eq!(answer.get_bytes("all").unwrap(), all);
    assert_eq!(answer.ret_bytes(), all);
    assert_eq!(answer.get("a:b%c").unwrap(), "x=y:z");
    // as long as it may be, and one more
    let long = |length| client.send(Message::new("app.ifbus.echo").set("a", "x".repeat(length)));
    assert_eq!(long(65_000).await.unwrap().get("a").unwrap().len(), 65_000);
    let refused = long(65_536).await;
    assert!(matches!(refused, Err(Error::Link(LinkError::InvalidArgument { .. }))), "{refused:?}");
    client.close().await;
}

pub(crate) async fn a_thousand_at_once_and_one_after_the_other(yate: &Yate) {
    let client = yate.client().await;
    let started = Instant::now();
    let sent = (0..1000).map(|n: u32| client.send(Message::new("app.ifbus.many").set("n", n.to_string())));
    for (n, answer) in futures_util::future::join_all(sent).await.into_iter().enumerate() {
        assert_eq!(answer.unwrap().number::<usize>("n"), Some(n));
    }
    eprintln!("1,000 messages at once: {:?}", started.elapsed());
    let started = Instant::now();
    for _ in 0..20 {
        client.send(Message::new("app.ifbus.one")).await.unwrap();
    }
    eprintln!("one after the other: {:?} each", started.elapsed() / 20);
    client.close().await;
}

pub(crate) async fn handlers_answer_whatever_becomes_of_them(yate: &Yate) {
    let (client, other) = (yate.client().await, yate.client().await);
    let handler = client.handle("app.ifbus.ask").priority(50).timeout(Duration::from_millis(500)).on(|m| async move {
        match m.get("do").as_deref() {
            Some("panic") => panic!("on purpose"),
            Some("hang") => std::future::pending().await,
            Some("error") => Err("on purpose".into()),
            _ => Ok(m.handled("yes").delete("x").set("y", ":\n")),
        }
    });
    let handler = handler.await.unwrap();
    let ask =
        |what: &'static str| other.send(Message::new("app.ifbus.ask").set("do", what).set("x", "1").ret_value("r"));
    let answer = ask("").await.unwrap();
    assert!(answer.is_handled() && answer.get("x").is_none());
    assert_eq!((answer.ret_value(), answer.get("y").unwrap()), ("yes".into(), ":\n".into()));
    // many of each, more than the engine has workers
    let all = ["panic", "hang", "error"].repeat(14);
    let started = Instant::now();
    for answer in futures_util::future::join_all(all.into_iter().map(ask)).await {
        let answer = answer.unwrap();
        assert!(!answer.is_handled());
        assert_eq!((answer.ret_value(), answer.get("x").unwrap()), ("r".into(), "1".into()));
    }
    eprintln!("42 that went wrong: {:?}", started.elapsed());
    let taken = client.handle("app.ifbus.ask").on(|m| async move { Ok(m.pass()) }).await;
    assert!(matches!(taken, Err(Error::Link(LinkError::InvalidArgument { .. }))));
    let stats = handler.stats();
    assert_eq!((stats.answered, stats.failed, stats.late), (1, 28, 14));
    handler.uninstall().await.unwrap();
    assert!(!ask("").await.unwrap().is_handled());
    client.close().await;
    other.close().await;
}

pub(crate) async fn filters_choose_and_watches_show(yate: &Yate) {
    let (client, other) = (yate.client().await, yate.client().await);
    let seen = Arc::new(AtomicU32::new(0));
    let handler =
        client.handle("app.ifbus.filter").filter("ki:nd", "go:od").with(Arc::clone(&seen), |seen, m| async move {
            seen.fetch_add(1, Ordering::Relaxed);
            Ok(m.handled(""))
        });
    let _handler = handler.await.unwrap();
    let mut watched = client.messages_of("app.ifbus.filter").await.unwrap();
    for (kind, handled) in [("bad", false), ("go:od", true)] {
        let answer = other.send(Message::new("app.ifbus.filter").set("ki:nd", kind)).await.unwrap();
        assert_eq!(answer.is_handled(), handled);
        assert_eq!(next(&mut watched).await.is_handled(), handled);
    }
    assert_eq!(seen.load(Ordering::Relaxed), 1);
    other.emit(Message::new("app.ifbus.filter").set("n", "5")).await.unwrap();
    assert_eq!(next(&mut watched).await.get("n").unwrap(), "5");
    client.close().await;
    other.close().await;
}

pub(crate) async fn calls_are_routed_followed_and_ended(yate: &Yate) {
    let client = timeout(SOON, yate.builder().track_calls(true).connect()).await.unwrap().unwrap();
    let router = yate.client().await;
    if !has_calls(&client).await {
        return;
    }
    let handler = router
        .handle("call.route")
        .priority(20)
        .filter("called", NUMBER)
        .on(|m| async move { Ok(m.handled("tone/dial")) });
    let _handler = handler.await.unwrap();
    let routed = client.route("1", NUMBER).await.unwrap();
    assert!(matches!(&routed, Routed::To { target, .. } if target == "tone/dial"), "{routed:?}");
    let mut cdrs = client.cdrs().await.unwrap();
    let made = client.execute(Execute::originate("dumb/", NUMBER).caller("ifbus").callername("a:b é")).await.unwrap();
    assert!(made.id.starts_with("dumb/"), "{made:?}");
    let calls = client.calls();
    until("the call is seen", || calls.leg(&made.id).is_some_and(|leg| leg.peer.is_some())).await;
    let leg = calls.leg(&made.id).unwrap();
    assert_eq!(leg.peer.as_deref(), Some(made.peerid.as_str()));
    assert_ne!(leg.state, LegState::Hangup);

    let attached = client.attach(&made.id, Attach::new().source("tone/busy").single()).await.unwrap();
    assert!(!attached.source_failed, "{attached:?}");
    client.dtmf(&made.id, "12*#").await.unwrap();
    let dumb = client.status(Some("dumb")).await.unwrap();
    assert!(dumb[0].items.iter().any(|(id, _)| *id == made.id), "{dumb:?}");
    if client.status(Some("conf")).await.is_ok() {
        let room = client.conference(&made.id, "ifbus-test").await.unwrap();
        // the tone that it was connected with comes, too
        assert!(room.newroom && room.users == 2, "{room:?}");
    }
    assert!(client.drop_call(&made.id, Some("test:done")).await.unwrap());
    until("the call has ended", || calls.leg(&made.id).is_none()).await;
    assert!(!client.drop_call(&made.id, None).await.unwrap());
    let cdr = loop {
        match timeout(SOON, cdrs.recv()).await.expect("no record").unwrap() {
            Delivery::Event(cdr) if cdr.chan == made.id => break cdr,
            _ => {}
        }
    };
    assert_eq!(cdr.status, "test:done");
    for call in [Execute::originate("certainly-not/", "1"), Execute::to("dumb/")] {
        assert!(matches!(client.execute(call).await, Err(Error::NotHandled { .. })));
    }
    client.close().await;
    router.close().await;
}

pub(crate) async fn a_channel_of_our_own_ends_with_its_call(yate: &Yate) {
    let router = yate.client().await;
    if !has_calls(&router).await {
        return;
    }
    let number = format!("{NUMBER}5");
    let _handler = router
        .handle("call.route")
        .priority(20)
        .filter("called", number.as_str())
        .on(|m| async move { Ok(m.handled("tone/dial")) })
        .await
        .unwrap();
    let channel = timeout(SOON, yate.builder().role(Role::Channel).connect()).await.unwrap().unwrap();
    let made = channel.execute(Execute::originate("dumb/", number)).await.unwrap();
    let own = format!("ifbus/{}", std::process::id());
    assert_eq!(channel.set_local("id", &own).await.unwrap(), own);
    assert!(router.drop_call(&made.peerid, None).await.unwrap());
    let mut state = channel.connection();
    let closed = timeout(SOON, state.wait_for(yate_extmodule::ConnectionState::is_closed)).await.expect("it goes on");
    assert!(closed.is_ok());
    drop(closed);
    router.close().await;
}

pub(crate) async fn a_wrong_door_is_told(yate: &Yate) {
    let Some(console) = &yate.console else { return };
    let wrong = timeout(SOON, builder(console).connect()).await.unwrap();
    assert!(matches!(wrong, Err(Error::Link(LinkError::Refused(_)))), "{wrong:?}");
}

pub(crate) async fn the_console_in_both_modes(yate: &Yate) {
    for machine in [false, true] {
        let Some(builder) = yate.console() else { return };
        let console = timeout(SOON, builder.machine(machine).connect()).await.unwrap().unwrap();
        let mut messages = console.messages();
        let uptime = console.uptime().await.unwrap();
        assert!(!(uptime.user + uptime.kernel).is_zero(), "{uptime:?}");
        assert!(console.status(None).await.unwrap().iter().any(|module| module.name() == "engine"));
        assert_eq!(console.status(Some("engine")).await.unwrap().len(), 1);
        assert!(console.command("help").await.unwrap().text().contains("status"));
        assert!(!console.drop_call("certainly-not/1", Some("why")).await.unwrap());
        assert!(matches!(console.command("certainly-not").await, Err(Error::Console { .. })));
        assert!(matches!(console.call("certainly-not/", "1").await, Err(Error::Console { .. })));
        if machine {
            let Some(Delivery::Event(message)) = timeout(SOON, messages.recv()).await.unwrap() else { panic!() };
            assert!(!message.name().is_empty());
        }
        console.close().await;
    }
}

/// The scenarios as tests, each with the Yate that this gives for it; without one it is skipped.
macro_rules! tests {
    ($yate:expr, [$($name:ident),* $(,)?]) => {
        $(
            #[tokio::test]
            async fn $name() {
                if let Some((yate, _alive)) = $yate {
                    crate::scenarios::$name(&yate).await;
                }
            }
        )*
    };
    ($yate:expr) => {
        crate::scenarios::tests!($yate, [
            what_the_engine_is,
            every_byte_goes_there_and_back,
            a_thousand_at_once_and_one_after_the_other,
            handlers_answer_whatever_becomes_of_them,
            filters_choose_and_watches_show,
            calls_are_routed_followed_and_ended,
            a_channel_of_our_own_ends_with_its_call,
            a_wrong_door_is_told,
            the_console_in_both_modes,
        ]);
    };
}
pub(crate) use tests;
