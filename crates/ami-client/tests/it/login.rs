//! Logins, refusals, and what is restored after a loss.

use crate::data::stream;
use crate::peer::{BANNER, OLD_BANNER, Peer, SOON, builder, dialer, pair};
use ami_client::{Delivery, Error, EventMask, LinkError, RefusalKind, Retry, TapFrame};
use ifbus_testing::recorded;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test]
async fn plain_and_md5_are_sent_as_the_recordings_have_them() {
    // the recorded challenge and its key
    let transcript =
        recorded::file(crate::data::files("22.10").into_iter().find(|path| path.ends_with("login-md5.jsonl")).unwrap());
    let connection = recorded::connections(&transcript).remove(&1).unwrap();
    let (to, from) = (connection.to_server, connection.from_server);
    let field = |text: &[u8], name: &str| {
        let text = String::from_utf8_lossy(text).into_owned();
        text.split(&format!("\r\n{name}: ")).nth(1).unwrap().split("\r\n").next().unwrap().to_owned()
    };
    let (challenge, key) = (field(&from, "Challenge"), field(&to, "Key"));
    for plain in [true, false] {
        let (ours, theirs) = tokio::io::duplex(65536);
        let mut peer = Peer::new(theirs);
        let builder = builder().plain_login(plain).events(EventMask::CALL | EventMask::SYSTEM);
        let challenge = challenge.clone();
        let server = async {
            peer.say(BANNER).await;
            if !plain {
                let asked = peer.expect("Challenge").await;
                assert_eq!(asked.get("AuthType"), "MD5");
                peer.reply(&asked, &format!("Challenge: {challenge}\r\n")).await;
            }
            let login = peer.expect("Login").await;
            assert_eq!((login.get("Username"), login.get("Events")), ("admin", "system,call"));
            if plain {
                assert_eq!((login.get("Secret"), login.get("Key")), ("test-secret", ""));
            } else {
                assert_eq!((login.get("Secret"), login.get("Key")), ("", key.as_str()));
            }
            peer.reply(&login, "Message: Authentication accepted\r\n").await;
            peer.say("Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n").await;
            let list = peer.expect("CoreShowChannels").await;
            peer.say(format!("Response: Error\r\nActionID: {}\r\nMessage: Permission denied\r\n\r\n", list.id())).await;
        };
        let (client, ()) = tokio::join!(builder.from_io(ours), server);
        let client = client.unwrap();
        assert!(client.server().fully_booted && !client.calls().is_synchronized());
        let id = tokio::join!(client.ping(), async {
            let asked = peer.expect("Ping").await;
            peer.reply(&asked, "Ping: Pong\r\n").await;
            asked.id().to_owned()
        });
        assert!(id.0.is_ok() && id.1.len() <= 64 && id.1.is_ascii());
        tokio::join!(client.close(), async { peer.expect("Logoff").await });
    }
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let refused = |text: &'static str| async move {
        let (ours, theirs) = tokio::io::duplex(65536);
        let mut peer = Peer::new(theirs);
        let (client, ()) = tokio::join!(builder().from_io(ours), async {
            if text.starts_with("Response") {
                peer.say(BANNER).await;
                let asked = peer.next().await.unwrap();
                peer.say(text.replace("$ID", asked.id())).await;
            } else {
                peer.say(text).await;
            }
            peer.rest().await;
        });
        client.unwrap_err()
    };
    let error = refused("Response: Error\r\nActionID: $ID\r\nMessage: Authentication failed\r\n\r\n").await;
    assert!(matches!(&error, Error::Link(LinkError::Refused(why)) if why.kind == RefusalKind::Credentials), "{error}");
    assert!(error.to_string().contains("Authentication failed") && error.retry() == Retry::Never);
    let error = refused("SSH-2.0-OpenSSH_9.2p1\r\n").await;
    assert!(matches!(&error, Error::Link(LinkError::Refused(why)) if why.kind == RefusalKind::WrongService), "{error}");
    let error = refused("Response: Error\r\nActionID: $ID\r\nMessage: Asterisk is shutting down\r\n\r\n").await;
    assert_eq!(error.to_string(), "connected to pbx:5038, but not logged in: Asterisk is shutting down");
    assert_eq!(error.retry(), Retry::Later);
}

#[tokio::test(start_paused = true)]
async fn mask_and_filters_hold_after_a_loss() {
    let (dialer, mut peers) = dialer();
    let (client, mut peer) = tokio::join!(builder().filter("!Event: VarSet").connect_by(dialer), async {
        let mut peer = peers.recv().await.unwrap();
        let login = peer.accept(BANNER, "").await;
        assert_eq!(login.get("Events"), "on");
        peer
    });
    let client = client.unwrap();
    let mut events = client.events();
    let (set, ()) = tokio::join!(client.set_events(EventMask::CALL | EventMask::SYSTEM), async {
        let asked = peer.expect("Events").await;
        assert_eq!(asked.get("EventMask"), "system,call");
        peer.reply(&asked, "Events: On\r\n").await;
    });
    set.unwrap();
    let (added, ()) = tokio::join!(client.add_filter("Event: Newchannel"), async {
        let asked = peer.expect("Filter").await;
        peer.reply(&asked, "").await;
    });
    added.unwrap();
    let (refused, ()) = tokio::join!(client.add_filter("("), async {
        let asked = peer.expect("Filter").await;
        peer.say(format!("Response: Error\r\nActionID: {}\r\nMessage: Filter did not compile.\r\n\r\n", asked.id()))
            .await;
    });
    refused.unwrap_err();
    peer.say("Event: Newchannel\r\nChannel: SIP/a-1\r\nUniqueid: 1.1\r\nLinkedid: 1.1\r\n\r\n").await;
    drop(peer);
    let mut peer = peers.recv().await.unwrap();
    peer.say(BANNER).await;
    let challenge = peer.expect("Challenge").await;
    peer.reply(&challenge, "Challenge: 1\r\n").await;
    let login = peer.expect("Login").await;
    assert_eq!(login.get("Events"), "system,call");
    // it has not started whole: the client waits, since this server tells
    peer.reply(&login, "").await;
    let filters = [peer.expect("Filter").await, peer.expect("Filter").await];
    assert_eq!(filters.each_ref().map(|filter| filter.get("Filter")), ["!Event: VarSet", "Event: Newchannel"]);
    for filter in &filters {
        peer.reply(filter, "").await;
    }
    let list = peer.expect("CoreShowChannels").await;
    peer.reply(&list, "EventList: start\r\n").await;
    peer.say(format!("Event: CoreShowChannel\r\nActionID: {0}\r\nChannel: SIP/b-2\r\nChannelState: 6\r\nUniqueid: 2.2\r\nLinkedid: 2.2\r\nBridgeId: \r\nDuration: 00:00:09\r\n\r\nEvent: CoreShowChannelsComplete\r\nActionID: {0}\r\nEventList: Complete\r\n\r\n", list.id())).await;
    let waiting = client.connection();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(!waiting.borrow().is_ready());
    peer.say("Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n").await;
    timeout(SOON, client.ready()).await.unwrap().unwrap();
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(match timeout(SOON, events.recv()).await.unwrap().unwrap() {
            Delivery::Event(event) => event.event_name().into_owned(),
            Delivery::Reconnected { .. } => "reconnected".to_owned(),
            other => format!("{other:?}"),
        });
    }
    assert_eq!(seen, ["Newchannel", "reconnected", "FullyBooted"]);
    // the call that ended in the gap is gone, the one that began is there
    let calls: Vec<String> = client.calls().list().iter().map(|call| call.id.to_string()).collect();
    assert_eq!(calls, ["2.2"]);
    assert_eq!(client.calls().get("2.2").unwrap().legs().next().unwrap().state, ami_client::values::ChannelState::Up);
}

#[tokio::test(start_paused = true)]
async fn a_user_who_is_not_told_waits_once() {
    let (dialer, mut peers) = dialer();
    let server = tokio::spawn(async move {
        for _ in 0..2 {
            let mut peer: Peer = peers.recv().await.unwrap();
            peer.say(BANNER).await;
            let challenge = peer.expect("Challenge").await;
            peer.reply(&challenge, "Challenge: 1\r\n").await;
            let login = peer.expect("Login").await;
            peer.reply(&login, "").await;
            let list = peer.expect("CoreShowChannels").await;
            peer.say(format!("Response: Error\r\nActionID: {}\r\nMessage: Permission denied\r\n\r\n", list.id())).await;
            let ping = peer.expect("Ping").await;
            peer.reply(&ping, "Ping: Pong\r\n").await;
        }
        peers.recv().await
    });
    let started = tokio::time::Instant::now();
    let client = builder().connect_by(dialer).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
    client.ping().await.unwrap();
    let mut state = client.connection();
    state.wait_for(|state| !state.is_ready()).await.unwrap();
    let lost = tokio::time::Instant::now();
    client.ready().await.unwrap();
    assert!(lost.elapsed() < Duration::from_millis(500), "{:?}", lost.elapsed());
    assert!(!client.server().fully_booted);
    client.ping().await.unwrap();
    server.abort();
}

#[tokio::test]
async fn what_a_user_may_not_is_logged_with_the_right_that_is_missing() {
    let (logs, _guard) = ifbus_testing::Logs::here();
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = Peer::new(theirs);
    let server = async {
        peer.say(BANNER).await;
        let challenge = peer.expect("Challenge").await;
        peer.reply(&challenge, "Challenge: 1\r\n").await;
        let login = peer.expect("Login").await;
        peer.reply(&login, "").await;
        peer.say("Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n").await;
        for name in ["Filter", "CoreShowChannels"] {
            let asked = peer.expect(name).await;
            let denied = format!("Response: Error\r\nActionID: {}\r\nMessage: Permission denied\r\n\r\n", asked.id());
            peer.say(denied).await;
        }
    };
    let (client, ()) = tokio::join!(builder().filter("Event: Newchannel").from_io(ours), server);
    client.unwrap();
    assert_eq!(
        logs.take(),
        [
            "WARN message=a filter was refused: all events come reason=Permission denied needs=\"system\"",
            "WARN message=the channels cannot be listed: calls are known from now on only reason=Permission denied needs=\"system or reporting\"",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_without_a_greeting_is_named() {
    for (builder, most, said) in [
        (builder(), 10_000, "no greeting within 10s: it is not AMI, or a TLS port (amis://)"),
        (
            builder().login_timeout(Duration::from_secs(1)),
            900,
            "no greeting within 900ms: it is not AMI, or a TLS port (amis://)",
        ),
        (
            ami_client::Client::builder("amis://a:b@pbx"),
            10_000,
            "no greeting within 10s: it is not AMI, or a port without TLS (ami://)",
        ),
    ] {
        let started = tokio::time::Instant::now();
        let (ours, _theirs) = tokio::io::duplex(64);
        let error = builder.from_io(ours).await.unwrap_err();
        assert!(error.to_string().ends_with(said), "{error}");
        assert_eq!(error.retry(), Retry::Later);
        assert_eq!(started.elapsed().as_millis(), most);
    }
    // one that greets and then is silent is another matter
    let started = tokio::time::Instant::now();
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = Peer::new(theirs);
    peer.say(BANNER).await;
    let error = builder().from_io(ours).await.unwrap_err();
    assert!(error.to_string().contains("did not complete the login within 30s"), "{error}");
    assert_eq!(started.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_asked_and_then_given_up() {
    let (dialer, mut peers) = dialer();
    let (client, mut peer) = tokio::join!(builder().connect_by(dialer), async {
        let mut peer = peers.recv().await.unwrap();
        peer.accept(BANNER, "").await;
        peer
    });
    let client = client.unwrap();
    let started = tokio::time::Instant::now();
    peer.expect("Ping").await;
    assert!(started.elapsed() >= Duration::from_secs(15));
    let mut again = timeout(Duration::from_secs(60), peers.recv()).await.unwrap().unwrap();
    assert!(started.elapsed() >= Duration::from_secs(25));
    again.accept(BANNER, "").await;
    client.ready().await.unwrap();
}

#[tokio::test]
async fn no_secret_reaches_the_tap() {
    let shown = Arc::new(Mutex::new(String::new()));
    let to = Arc::clone(&shown);
    let tap = Arc::new(move |frame: TapFrame<'_>| to.lock().unwrap().push_str(&String::from_utf8_lossy(frame.bytes)));
    let (client, mut peer) = pair(builder().plain_login(true).tap(tap.clone()), BANNER).await;
    let (_, ()) = tokio::join!(client.send(ami_client::action::PJSIPShowAuths::new()), async {
        let asked = peer.next().await.unwrap();
        peer.reply(&asked, "EventList: start\r\n").await;
        peer.say(format!("Event: AuthList\r\nActionID: {0}\r\nUsername: 101\r\nPassword: hunter2\r\n\r\nEvent: AuthListComplete\r\nActionID: {0}\r\nEventList: Complete\r\n\r\n", asked.id())).await;
    });
    let (md5, _) = pair(builder().tap(tap), OLD_BANNER).await;
    drop((client, md5));
    let shown = shown.lock().unwrap();
    for secret in ["test-secret", "hunter2", "840415273"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(
        shown.contains("Secret: [redacted]") && shown.contains("Key: [redacted]") && shown.contains("Username: 101")
    );
    assert!(!stream("22.10", "tls-login-ping", 1).is_empty());
}
