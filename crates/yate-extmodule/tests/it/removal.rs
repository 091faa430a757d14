//! Handlers that go, whatever becomes of who removes them.

use crate::peer::{Peer, SOON, builder, pair, redialing};
use std::future::Future;
use std::task::{Context, Waker};
use std::time::Duration;
use tokio::time::timeout;
use yate_extmodule::{Client, Error, HandlerHandle, LinkError};

const INSTALL: (&str, &str) = ("%%>install:100:app.test", "%%<install:100:app.test:true");
const UNINSTALL: (&str, &str) = ("%%>uninstall:app.test", "%%<uninstall:100:app.test:true");

async fn install(client: &Client, peer: &mut Peer, answer: &'static str) -> HandlerHandle {
    let handler = client.handle("app.test").on(move |m| async move { Ok(m.handled(answer)) });
    let (handler, ()) = tokio::join!(handler, peer.answer(INSTALL.0, INSTALL.1));
    handler.unwrap()
}

#[tokio::test]
async fn a_removal_that_nobody_waits_for_is_carried_out() {
    let (client, mut peer, mut peers) = redialing(builder()).await;
    let handler = install(&client, &mut peer, "old").await;
    {
        let removal = std::pin::pin!(handler.uninstall());
        assert!(removal.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    peer.expect(UNINSTALL.0).await;
    // it is not certain yet
    peer.say("%%>message:a:1:app.test:").await;
    peer.expect("%%<message:a:true::old").await;
    let taken = client.handle("app.test").on(|m| async move { Ok(m.pass()) }).await;
    assert!(matches!(taken, Err(Error::Link(LinkError::InvalidArgument { .. }))), "{taken:?}");
    // whoever wants to know waits until it is, and finds that it was done already
    let (again, ()) = tokio::join!(client.uninstall("app.test"), peer.say(UNINSTALL.1));
    assert!(!again.unwrap());
    peer.say("%%>message:b:1:app.test:").await;
    peer.expect("%%<message:b:false:").await;
    // the name is free, and what is restored is what stands under it now
    let _new = install(&client, &mut peer, "new").await;
    drop(peer);
    let mut peer = peers.next().await;
    peer.log_in_with(&[INSTALL]).await;
    peer.say("%%>message:c:1:app.test:").await;
    peer.expect("%%<message:c:true::new").await;
}

#[tokio::test]
async fn a_handler_goes_by_its_name_too() {
    let (client, mut peer) = pair().await;
    drop(install(&client, &mut peer, "x").await);
    peer.say("%%>message:a:1:app.test:").await;
    peer.expect("%%<message:a:true::x").await;
    let (gone, ()) = tokio::join!(client.uninstall("app.test"), peer.answer(UNINSTALL.0, UNINSTALL.1));
    assert!(gone.unwrap());
    assert!(!client.uninstall("app.test").await.unwrap() && !client.uninstall("app.nobody").await.unwrap());
    peer.say("%%>message:b:1:app.test:").await;
    peer.expect("%%<message:b:false:").await;
}

#[tokio::test(start_paused = true)]
async fn what_is_removed_without_a_connection_is_not_restored() {
    let (client, peer, mut peers) = redialing(builder().request_timeout(Duration::from_secs(1))).await;
    let mut peer = peer;
    let handler = install(&client, &mut peer, "x").await;
    drop(peer);
    // a connection that does not come to its login
    let silent = peers.next().await;
    let removed = handler.uninstall().await;
    assert!(matches!(
        removed,
        Err(Error::Link(LinkError::Timeout { sent: false, .. } | LinkError::NotConnected { .. }))
    ));
    drop(silent);
    let mut peer = timeout(SOON, peers.next()).await.unwrap();
    peer.log_in().await;
    peer.say("%%>message:a:1:app.test:").await;
    peer.expect("%%<message:a:false:").await;
    let _handler = install(&client, &mut peer, "x").await;
}
