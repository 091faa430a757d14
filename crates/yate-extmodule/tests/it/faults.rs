//! Losses, other servers, silence.

use crate::peer::{Peer, SOON, builder, pair, redialing};
use std::time::Duration;
use tokio::time::timeout;
use yate_extmodule::{Client, Delivery, Error, KeepAlive, LinkError, Message, Notice, RefusalKind};

#[tokio::test]
async fn a_reconnect_restores_what_was_in_force() {
    let (client, mut peer, mut peers) = redialing(builder()).await;
    let handler = client.handle("app.test").priority(30).filter("a", "b:c").on(|m| async move { Ok(m.handled("x")) });
    let (handler, ()) =
        tokio::join!(handler, peer.answer("%%>install:30:app.test:a:b%zc", "%%<install:30:app.test:true"));
    let _handler = handler.unwrap();
    let gone = client.handle("app.gone").on(|m| async move { Ok(m.pass()) });
    let (gone, ()) = tokio::join!(gone, peer.answer("%%>install:100:app.gone", "%%<install:100:app.gone:true"));
    let (gone, ()) =
        tokio::join!(gone.unwrap().uninstall(), peer.answer("%%>uninstall:app.gone", "%%<uninstall:100:app.gone:true"));
    gone.unwrap();
    let (stream, ()) = tokio::join!(
        client.messages_of("chan.hangup"),
        peer.answer("%%>watch:chan.hangup", "%%<watch:chan.hangup:true")
    );
    let mut stream = stream.unwrap();
    for name in ["timeout", "id"] {
        let (ask, told) = (format!("%%>setlocal:{name}:5000"), format!("%%<setlocal:{name}:5000:true"));
        let (set, ()) = tokio::join!(client.set_local(name, "5000"), peer.answer(&ask, &told));
        set.unwrap();
    }
    let mut notices = client.notices();

    // a message whose answer does not come
    let (lost, ()) = tokio::join!(client.send(Message::new("app.lost")), async {
        peer.message().await;
        drop(peer);
    });
    assert!(matches!(lost, Err(Error::Link(LinkError::ConnectionLost { sent: true, .. }))), "{lost:?}");
    let mut peer = peers.next().await;
    peer.log_in_with(&[
        ("%%>setlocal:timeout:5000", "%%<setlocal:timeout:5000:true"),
        ("%%>watch:chan.hangup", "%%<watch:chan.hangup:true"),
        ("%%>install:30:app.test:a:b%zc", "%%<install:30:app.test:false"),
    ])
    .await;
    peer.say("%%<message::false:chan.hangup::id=sip/1").await;
    peer.say("%%>message:q:1:app.test::a=b%zc").await;
    peer.expect("%%<message:q:true::x").await;
    let marker = timeout(SOON, stream.recv()).await.unwrap().unwrap();
    assert!(matches!(marker, Delivery::Reconnected { .. }), "{marker:?}");
    let event = timeout(SOON, stream.recv()).await.unwrap().unwrap();
    assert_eq!(event.event().unwrap().get("id").unwrap(), "sip/1");
    // what could not be restored is told
    let told = loop {
        if let Delivery::Event(Notice::NotRestored(line)) = timeout(SOON, notices.recv()).await.unwrap().unwrap() {
            break line;
        }
    };
    assert_eq!(&*told, "install:30:app.test:a:b%zc");
}

#[tokio::test]
async fn questions_of_a_lost_connection_are_not_answered_on_the_next() {
    let (client, mut peer, mut peers) = redialing(builder()).await;
    let gate = std::sync::Arc::new(tokio::sync::Notify::new());
    let handler = client.handle("app.test").with(gate.clone(), |gate, m| async move {
        if m.get("wait").is_some() {
            gate.notified().await;
        }
        Ok(m.handled("old"))
    });
    let (handler, ()) = tokio::join!(handler, peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true"));
    peer.say("%%>message:q:1:app.test::wait=1").await;
    peer.say("%%>message:r:1:app.test:").await;
    peer.expect("%%<message:r:true::old").await;
    drop(peer);
    let mut peer = peers.next().await;
    peer.log_in_with(&[("%%>install:100:app.test", "%%<install:100:app.test:true")]).await;
    gate.notify_waiters();
    peer.say("%%>message:s:1:app.test:").await;
    peer.expect("%%<message:s:true::old").await;
    // the one for the old connection came to nobody
    let stats = handler.unwrap().stats();
    assert_eq!((stats.answered, stats.late), (2, 1));
}

async fn greeted(greeting: &[u8]) -> Result<Client, Error> {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = Peer::new(theirs);
    peer.say_raw(greeting).await;
    let client = timeout(SOON, builder().from_io(ours)).await.unwrap();
    drop(peer);
    client
}

#[tokio::test]
async fn another_server_is_told_apart() {
    for greeting in ["Asterisk Call Manager/11.0.0\r\n", "\rYATE 6.4.1 ready\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"] {
        let refused = greeted(greeting.as_bytes()).await;
        let Err(Error::Link(LinkError::Refused(refusal))) = refused else { panic!("{refused:?}") };
        assert_eq!(refusal.kind, RefusalKind::WrongService);
    }
}

#[tokio::test]
async fn a_role_that_the_engine_does_not_want_is_a_failed_login() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = Peer::new(theirs);
    let (client, ()) = tokio::join!(timeout(SOON, builder().from_io(ours)), async {
        peer.expect("%%>connect:global").await;
        drop(peer);
    });
    assert!(matches!(client.unwrap(), Err(Error::Link(LinkError::Login { .. }))));
}

#[tokio::test(start_paused = true)]
async fn a_silent_engine_is_asked_and_given_up() {
    let keep = KeepAlive::new(Duration::from_secs(3), Duration::from_secs(2));
    let (client, mut peer, mut peers) = redialing(builder().keep_alive(keep)).await;
    peer.answer("%%>setlocal:engine.version:", "%%<setlocal:engine.version:6.4.1:true").await;
    peer.expect("%%>setlocal:engine.version:").await;
    let mut next = peers.next().await;
    next.log_in().await;
    client.ready().await.unwrap();
    assert_eq!(client.stats().reconnects, 1);
}

#[tokio::test(start_paused = true)]
async fn a_late_installation_is_taken_back() {
    let (client, mut peer) = pair().await;
    let late = client.handle("app.test").on(|m| async move { Ok(m.handled("x")) }).await;
    assert!(matches!(late, Err(Error::Link(LinkError::Timeout { sent: true, .. }))), "{late:?}");
    peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true").await;
    loop {
        match peer.line().await.as_str() {
            "%%>uninstall:app.test" => break,
            "%%>setlocal:engine.version:" => peer.say("%%<setlocal:engine.version:6.4.1:true").await,
            other => panic!("{other}"),
        }
    }
}
