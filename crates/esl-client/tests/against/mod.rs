//! What every FreeSWITCH has to do, the real one and the simulated one. It makes and ends calls of its own only.

use esl_client::event::{ChannelAnswer, ChannelExecute, ChannelHangupComplete, Custom, Heartbeat};
use esl_client::{
    Call, Client, Delivery, Encoding, Error, EventStream, Execute, HangupCause, LegState, Listener, LogLevel,
    Originate, Rejection, Selection, SendEvent,
};
use std::time::Duration;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(20);

/// The server that is put to the test.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) password: String,
    /// An endpoint that answers by itself.
    pub(crate) endpoint: String,
    /// Where it reaches a listener on this machine.
    pub(crate) callback: String,
}

impl Server {
    pub(crate) fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            password: "ClueCon".to_owned(),
            endpoint: "loopback/9196/default".to_owned(),
            callback: "127.0.0.1".to_owned(),
        }
    }

    async fn client(&self, track: bool) -> Client {
        let builder = Client::builder(&self.address, self.password.clone()).track_calls(track);
        timeout(SOON, builder.connect()).await.unwrap().unwrap()
    }

    fn call(&self) -> Originate {
        Originate::new(&*self.endpoint).application("park", "")
    }

    /// Makes a call.
    async fn originate(&self, client: &Client, change: impl Fn(Originate) -> Originate) -> String {
        client.originate(change(self.call())).await.unwrap()
    }
}

/// Each of these as a test against a server: the expression is a future of `Option<(Server, what must live as long)>`.
macro_rules! tests {
    ($server:expr) => {
        $crate::against::tests! { $server;
            logins commands_jobs_and_refusals events_in_every_encoding the_log values_cannot_escape
            a_call_is_made_run_and_tracked bridge_hold_park_and_transfer a_conference outbound_in_its_four_modes
        }
    };
    ($server:expr; $($name:ident)*) => { $(
        #[tokio::test]
        async fn $name() {
            if let Some((server, _lives)) = $server.await {
                $crate::against::$name(&server).await;
            }
        }
    )* };
}
pub(crate) use tests;

async fn next<T>(stream: &mut EventStream<T>) -> T {
    loop {
        match timeout(SOON, stream.recv()).await.expect("nothing came") {
            Some(Delivery::Event(event)) => return event,
            Some(_) => {}
            None => panic!("the end"),
        }
    }
}

pub(crate) async fn logins(server: &Server) {
    let error = Client::builder(&server.address, "certainly-wrong".to_owned()).connect().await.unwrap_err();
    assert!(matches!(&error, Error::Link(esl_client::LinkError::Refused(_))) && !error.is_access_denied(), "{error}");
    let client = server.client(false).await;
    assert!(!client.server().version().is_empty(), "{:?}", client.server());
    client.close().await;
}

pub(crate) async fn commands_jobs_and_refusals(server: &Server) {
    let client = server.client(false).await;
    assert!(client.status().await.unwrap().is_ready);
    assert_eq!(client.api("echo", "Grüße  €").await.unwrap(), "Grüße  €");
    let error = client.api("nosuch_of_ifbus", "").await.unwrap_err();
    assert_eq!(error.rejection(), Some(&Rejection::UnknownCommand), "{error}");
    let error = client.hangup("no-such-channel", "NORMAL_CLEARING").await.unwrap_err();
    assert_eq!(error.rejection(), Some(&Rejection::NoSuchChannel), "{error}");
    assert!(client.bgapi("nosuch_of_ifbus", "").await.is_err());
    // jobs end in another order than they began
    let (slow, quick) = tokio::join!(client.bgapi("msleep", "300"), client.bgapi("echo", "quick"));
    assert_eq!((slow.unwrap().trim(), quick.unwrap().trim()), ("+OK", "quick"));
    let many = (0..500).map(|i| {
        let client = client.clone();
        tokio::spawn(async move { (i.to_string(), client.api("echo", &i.to_string()).await.unwrap()) })
    });
    for one in many.collect::<Vec<_>>() {
        let (asked, answered) = one.await.unwrap();
        assert_eq!(asked, answered);
    }
    client.channels().await.unwrap();
    client.bridged_calls().await.unwrap();
    client.registrations().await.unwrap();
    let _ = client.sofia_status().await;
    client.close().await;
}

pub(crate) async fn events_in_every_encoding(server: &Server) {
    for encoding in [Encoding::Plain, Encoding::Json, Encoding::Xml] {
        let client =
            Client::builder(&server.address, server.password.clone()).encoding(encoding).connect().await.unwrap();
        let mut events = client.events_of::<Custom>();
        client.subscribe(Selection::new().custom("ifbus::test")).await.unwrap();
        let body = "Content-Type: command/reply\n\n{\"a\":[1]} <b>&amp; 100% Grüße €\r\n";
        let sent = SendEvent::custom("ifbus::test")
            .header("X-Value", "a \"quoted\" <value> & 100% Grüße €")
            .header("X-Twice", "1")
            .header("X-Twice", "2")
            .body(body);
        let uuid = client.send_event(sent).await.unwrap();
        let event = next(&mut events).await;
        assert_eq!(event.encoding(), encoding);
        assert_eq!(event.text("Event-UUID"), uuid);
        assert_eq!(event.text("X-Value"), "a \"quoted\" <value> & 100% Grüße €", "{encoding:?}");
        assert_eq!(event.get_all("X-Twice").count(), 2);
        assert_eq!(event.body_text().replace('\r', ""), body.replace('\r', ""), "{encoding:?}");
        assert!(event.is_whole() && event.sequence().is_some());
        client.unsubscribe(Selection::new().custom("ifbus::test")).await.unwrap();
        client.subscribe("HEARTBEAT").await.unwrap();
        client.filter("Event-Name", "NOTHING").await.unwrap();
        // what the client lives by passes its filters
        assert_eq!(client.bgapi("echo", "x").await.unwrap().trim(), "x");
        client.unfilter_all().await.unwrap();
        client.unsubscribe_all().await.unwrap();
        assert_eq!(client.bgapi("echo", "y").await.unwrap().trim(), "y");
        drop(client.events_of::<Heartbeat>());
        client.close().await;
    }
}

pub(crate) async fn the_log(server: &Server) {
    let client = server.client(false).await;
    let mut log = client.log(LogLevel::Debug).await.unwrap();
    client.api("log", "warning of-ifbus").await.unwrap();
    loop {
        let line = next(&mut log).await;
        if line.text().contains("of-ifbus") {
            assert_eq!(line.level(), Some(LogLevel::Warning));
            break;
        }
    }
    client.no_log().await.unwrap();
    assert!(client.no_log().await.is_err());
    client.close().await;
}

pub(crate) async fn values_cannot_escape(server: &Server) {
    let client = server.client(false).await;
    let values = [
        "plain",
        "two words",
        "O'Brien, \"X\"",
        "a=b,c=d",
        "back\\slash\\n",
        "'quoted'",
        " outer ",
        "{pair}",
        "Grüße €",
        "100%",
        "a|b;c",
        "\\'\\,",
    ];
    let uuid = server
        .originate(&client, |call| {
            values.iter().enumerate().fold(call, |call, (i, value)| call.variable(&format!("ifbus_{i}"), value))
        })
        .await;
    for (i, value) in values.iter().enumerate() {
        assert_eq!(client.variable(&uuid, &format!("ifbus_{i}")).await.unwrap().as_deref(), Some(*value), "originate");
        client.set_variable(&uuid, "ifbus_set", value).await.unwrap();
        assert_eq!(client.variable(&uuid, "ifbus_set").await.unwrap().as_deref(), Some(*value), "uuid_setvar");
    }
    assert_eq!(client.variable(&uuid, "ifbus_unset").await.unwrap(), None);
    let dump = client.dump(&uuid).await.unwrap();
    assert_eq!(dump.variable("ifbus_2").unwrap(), values[2]);
    client.hangup(&uuid, "NORMAL_CLEARING").await.unwrap();
    client.close().await;
}

pub(crate) async fn a_call_is_made_run_and_tracked(server: &Server) {
    let client = server.client(true).await;
    let calls = client.calls().unwrap().clone();
    assert!(!calls.is_stale());
    let mut answers = client.events_of::<ChannelAnswer>();
    let mut hangups = client.events_of::<ChannelHangupComplete>();
    let uuid = server.originate(&client, |call| call.caller_id("Alice A", "1000")).await;
    assert!(client.exists(&uuid).await.unwrap());
    while next(&mut answers).await.unique_id().unwrap() != uuid {}
    timeout(SOON, calls.wait_until(|calls| calls.leg(&uuid).is_some_and(|leg| leg.state == LegState::Active)))
        .await
        .unwrap();
    let ended = client.execute(&uuid, Execute::new("sleep").argument("200")).await.unwrap();
    assert_eq!(ended.response(), "_none_");
    let played = client
        .execute(&uuid, Execute::new("playback").argument("/nosuch/of-ifbus.wav").event_lock(true))
        .await
        .unwrap();
    assert!(played.response().contains("FILE NOT FOUND"), "{}", played.response());
    let multiline = client.execute(&uuid, Execute::new("set").argument("ifbus_lines=one\ntwo")).await;
    multiline.unwrap();
    assert_eq!(client.variable(&uuid, "ifbus_lines").await.unwrap().unwrap().trim_end(), "one\ntwo");
    // it ends while something runs; that something begins is no event that the client lives by
    let mut begun = client.events_of::<ChannelExecute>();
    client.subscribe("CHANNEL_EXECUTE").await.unwrap();
    let (slept, ()) = tokio::join!(client.execute(&uuid, Execute::new("sleep").argument("60000")), async {
        loop {
            let begun = next(&mut begun).await;
            if begun.unique_id().unwrap() == uuid && begun.application().unwrap() == "sleep" {
                break;
            }
        }
        client.hangup(&uuid, HangupCause::CallRejected).await.unwrap();
    });
    assert!(slept.is_ok() || matches!(slept, Err(Error::HungUp { .. })), "{slept:?}");
    let gone = loop {
        let gone = next(&mut hangups).await;
        if gone.unique_id().unwrap() == uuid {
            break gone;
        }
    };
    assert_eq!(gone.hangup_cause(), Some(HangupCause::CallRejected));
    timeout(SOON, calls.wait_until(|calls| calls.legs().iter().all(|leg| leg.uuid != uuid))).await.unwrap();
    let leg = calls.leg(&uuid).unwrap();
    assert_eq!((leg.cause, leg.state), (Some(HangupCause::CallRejected), LegState::Hangup));
    assert!(leg.created > 0 && leg.ended >= leg.created);
    client.close().await;
}

pub(crate) async fn bridge_hold_park_and_transfer(server: &Server) {
    let client = server.client(true).await;
    let calls = client.calls().unwrap().clone();
    let a = server.originate(&client, |call| call).await;
    let b = server.originate(&client, |call| call).await;
    client.bridge(&a, &b).await.unwrap();
    let bridged = |calls: &esl_client::Calls| calls.leg(&a).is_some_and(|leg| leg.bridged_to.as_deref() == Some(&b));
    timeout(SOON, calls.wait_until(bridged)).await.unwrap();
    assert!(calls.calls().iter().any(|call| call.is_bridged() && call.legs.len() >= 2));
    client.send_dtmf(&a, "12#").await.unwrap();
    client.hold(&a).await.unwrap();
    client.park(&b).await.unwrap();
    timeout(SOON, calls.wait_until(|calls| calls.leg(&a).is_none_or(|leg| leg.bridged_to.is_none()))).await.unwrap();
    client.hangup(&a, "NORMAL_CLEARING").await.ok();
    client.hangup(&b, "NORMAL_CLEARING").await.ok();
    timeout(SOON, calls.wait_until(|calls| calls.legs().iter().all(|leg| leg.uuid != a && leg.uuid != b)))
        .await
        .unwrap();
    client.close().await;
}

pub(crate) async fn a_conference(server: &Server) {
    let client = server.client(false).await;
    let conference = client.conference("ifbus-test").unwrap();
    assert!(conference.members().await.is_err(), "nobody is in it");
    let uuid = server.originate(&client, |call| call.application("conference", "ifbus-test@default")).await;
    let members = timeout(SOON, async {
        loop {
            match conference.members().await {
                Ok(members) if !members.is_empty() => return members,
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    })
    .await
    .unwrap();
    conference.mute(members[0].id).await.unwrap();
    assert!(!conference.members().await.unwrap()[0].flags.can_speak);
    conference.unmute(members[0].id).await.unwrap();
    assert!(conference.kick(9999).await.is_err());
    conference.kick(members[0].id).await.unwrap();
    client.hangup(&uuid, "NORMAL_CLEARING").await.ok();
    client.close().await;
}

pub(crate) async fn outbound_in_its_four_modes(server: &Server) {
    let client = server.client(false).await;
    let listener = Listener::bind((&*server.callback, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    for mode in ["", " async", " full", " async full"] {
        let making = client.originate(
            Originate::new("null/ifbus")
                .application("socket", format!("{address}{mode}"))
                .variable("ifbus_var", "hello world"),
        );
        let serving = async {
            let call: Call = timeout(SOON, listener.next()).await.unwrap().unwrap();
            assert_eq!((call.is_async(), call.is_full()), (mode.contains("async"), mode.contains("full")), "{mode}");
            assert_eq!(call.channel().variable("ifbus_var").unwrap(), "hello world");
            call.answer().await.unwrap();
            call.set_variable("ifbus_set", "a 'b' c").await.unwrap();
            let _ = call.sleep(Duration::from_millis(100)).await;
            assert_eq!(call.variable("ifbus_var").await.unwrap().as_deref(), Some("hello world"));
            assert_eq!(call.variable("ifbus_unset").await.unwrap(), None);
            if mode.contains("full") {
                assert_eq!(call.variable("ifbus_set").await.unwrap().as_deref(), Some("a 'b' c"));
            }
            call.hangup(HangupCause::UserBusy).await.unwrap();
            let finished = timeout(SOON, call.finished()).await.unwrap();
            if mode.contains("full") {
                assert_eq!(finished.unwrap(), HangupCause::UserBusy, "{mode}");
            }
            call.client().close().await;
        };
        let (made, ()) = tokio::join!(making, serving);
        if let Err(error) = made {
            eprintln!("{mode}: {error}");
        }
    }
    client.close().await;
}
