//! Hold and resume, on both ends of a call, and hangups meanwhile.

use super::{CONTEXT, SOON, connect, hang_all_up, login, server, until, var};
use ami_client::action::{self, Originate};
use ami_client::{CallState, Client, Error, HoldEnd, Leg, Reason, event};
use tokio::time::timeout;

/// A call of two bridged channels: who calls, and who is called.
async fn bridged(pbx: &Client, exten: &str) -> (String, String) {
    let originate = Originate::new(format!("Local/wait@{CONTEXT}/n")).to(CONTEXT, exten, "1");
    let call = pbx.originate(originate).await.unwrap();
    let legs = || {
        let call = pbx.calls().by_uniqueid(&call.uniqueid);
        let bridged = call.iter().flat_map(|call| call.legs()).filter(|leg| leg.bridge.is_some());
        bridged.map(|leg| leg.channel.to_string()).collect::<Vec<_>>()
    };
    until("two channels are bridged", || legs().len() == 2).await;
    let called = legs().into_iter().find(|channel| *channel != call.channel).unwrap();
    (call.channel, called)
}

fn leg(pbx: &Client, channel: &str) -> Leg {
    pbx.calls().by_channel(channel).unwrap().leg(channel).unwrap().clone()
}

fn state(pbx: &Client, channel: &str) -> CallState {
    pbx.calls().by_channel(channel).unwrap().state
}

#[tokio::test]
async fn a_call_is_held_and_resumed_from_both_ends() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder).await;
    let (caller, called) = bridged(&pbx, "dial").await;
    for (holder, other, music) in
        [(&caller, &called, Some("default")), (&called, &caller, None), (&called, &caller, Some("nosuch"))]
    {
        let mut music_starts = pbx.events_of::<event::MusicOnHoldStart>();
        let held = pbx.hold(holder, music).await.unwrap();
        assert_eq!((held.channel(), held.peer()), (holder.as_str(), other.as_str()));
        let start = timeout(SOON, music_starts.recv()).await.unwrap().unwrap().event().unwrap();
        assert_eq!(start.channel(), *other);
        assert_eq!(state(&pbx, holder), CallState::OnHold);
        let (ours, theirs) = (leg(&pbx, holder), leg(&pbx, other));
        assert!(ours.held && !ours.on_hold && ours.bridge.is_none(), "{ours:?}");
        assert!(theirs.on_hold && !theirs.held && theirs.bridge.is_none(), "{theirs:?}");
        // another client sees the same from the list of channels
        let newcomer =
            timeout(SOON, login(Client::builder(&var("IFBUS_AMI").unwrap())).connect()).await.unwrap().unwrap();
        until("it has listed", || newcomer.calls().is_synchronized()).await;
        assert_eq!(state(&newcomer, holder), CallState::OnHold);
        assert!(leg(&newcomer, holder).held && leg(&newcomer, other).on_hold);
        // who is on hold has no partner
        let again = pbx.hold(holder, None).await.unwrap_err();
        assert!(matches!(again, Error::NotBridged { peers: 0, .. }), "{again}");
        let shown = pbx.channels().await.unwrap();
        assert!(shown.iter().filter(|channel| channel.application() == "BridgeWait").count() == 2);
        held.resume().await.unwrap();
        assert_eq!(state(&pbx, holder), CallState::Connected);
        let (ours, theirs) = (leg(&pbx, holder), leg(&pbx, other));
        assert!(!ours.held && !theirs.on_hold && ours.bridge.is_some() && ours.bridge == theirs.bridge);
        newcomer.close().await;
        let newcomer =
            timeout(SOON, login(Client::builder(&var("IFBUS_AMI").unwrap())).connect()).await.unwrap().unwrap();
        until("it has listed", || newcomer.calls().is_synchronized()).await;
        assert_eq!(state(&newcomer, holder), CallState::Connected, "{:?}", newcomer.calls().list());
        newcomer.close().await;
    }
    hang_all_up(&pbx).await;
    pbx.close().await;
}

#[tokio::test]
async fn a_hangup_on_hold_is_seen() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder).await;
    for peer_ends in [true, false] {
        let (caller, called) = bridged(&pbx, "dial").await;
        let mut held = pbx.hold(&caller, None).await.unwrap();
        let ends = if peer_ends { &called } else { &caller };
        pbx.hangup(ends, 17).await.unwrap();
        let end = timeout(SOON, held.ended()).await.unwrap().unwrap();
        match end {
            HoldEnd::PeerHungUp { cause, .. } if peer_ends => assert_eq!(cause, Some(17)),
            HoldEnd::HungUp { cause, .. } if !peer_ends => assert_eq!(cause, Some(17)),
            other => panic!("{other:?}"),
        }
        // the other stays, on hold
        let stays = if peer_ends { &caller } else { &called };
        assert_eq!(state(&pbx, stays), CallState::OnHold);
        let error = held.resume().await.unwrap_err();
        assert!(matches!(&error, Error::HungUp { channel, cause: Some(17), .. } if **channel == **ends), "{error}");
        hang_all_up(&pbx).await;
    }
    // without looking first
    let (caller, called) = bridged(&pbx, "dial").await;
    let held = pbx.hold(&called, None).await.unwrap();
    let mut hangups = pbx.events_of::<event::Hangup>();
    pbx.hangup(&caller, 16).await.unwrap();
    while timeout(SOON, hangups.recv()).await.unwrap().unwrap().event().unwrap().channel() != caller {}
    let error = held.resume().await.unwrap_err();
    assert!(matches!(&error, Error::HungUp { channel, .. } if **channel == *caller), "{error}");
    hang_all_up(&pbx).await;
    // sent elsewhere by somebody else
    let (caller, called) = bridged(&pbx, "dial").await;
    let mut held = pbx.hold(&caller, None).await.unwrap();
    pbx.bridge(&called, &caller).await.unwrap();
    assert_eq!(timeout(SOON, held.ended()).await.unwrap().unwrap(), HoldEnd::Left);
    let mut held = pbx.hold(&caller, None).await.unwrap();
    pbx.redirect(&called, ami_client::Destination::new(CONTEXT, "wait")).await.unwrap();
    assert_eq!(timeout(SOON, held.ended()).await.unwrap().unwrap(), HoldEnd::Left);
    until("it is not on hold any more", || !leg(&pbx, &called).on_hold && leg(&pbx, &caller).held).await;
    hang_all_up(&pbx).await;
    // after a resume, one end takes the other with it
    let (caller, called) = bridged(&pbx, "dial").await;
    pbx.hold(&caller, None).await.unwrap().resume().await.unwrap();
    pbx.hangup(&called, 16).await.unwrap();
    until("both are gone", || pbx.calls().is_empty()).await;
    pbx.close().await;
}

#[tokio::test]
async fn what_cannot_be_held_says_why() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder.clone()).await;
    let absent = pbx.hold("PJSIP/nobody-1", None).await.unwrap_err();
    assert_eq!(absent.reason(), Some(Reason::NotFound), "{absent}");
    let alone = pbx.originate(super::local("wait")).await.unwrap();
    let error = pbx.hold(&alone.channel, None).await.unwrap_err();
    assert!(matches!(error, Error::NotBridged { peers: 0, .. }), "{error}");
    hang_all_up(&pbx).await;
    // a context of the user's own that has no such extensions: the call is left as it is
    let (caller, called) = bridged(&pbx, "dial").await;
    let other = connect_quietly(builder.clone().dialplan_context(CONTEXT)).await;
    let error = other.hold(&caller, None).await.unwrap_err();
    assert!(matches!(&error, Error::Dialplan { .. }) && error.to_string().contains("Did not find"), "{error}");
    assert!(leg(&pbx, &called).bridge.is_some());
    other.close().await;
    // and one that has them
    let copy = [
        ("ifbus-hold", "BridgeWait", "ifbus-hold-${UNIQUEID},participant,e(m)m(${IFBUS_MUSIC})"),
        ("ifbus-wait", "BridgeWait", "ifbus-wait-${UNIQUEID},participant,e(s)"),
    ];
    for (exten, application, data) in copy {
        let add = action::DialplanExtensionAdd::new("ifbus-own", exten, "1", application).application_data(data);
        pbx.send(add.replace(true)).await.unwrap();
    }
    let other = connect_quietly(builder.dialplan_context("ifbus-own")).await;
    let held = other.hold(&caller, None).await.unwrap();
    // one connection may be told later than the other
    until("the other end is in the user's context", || &*leg(&pbx, &called).context == "ifbus-own").await;
    held.resume().await.unwrap();
    hang_all_up(&pbx).await;
    other.close().await;
    pbx.close().await;
}

async fn connect_quietly(builder: ami_client::Builder) -> Client {
    timeout(SOON, builder.connect()).await.unwrap().unwrap()
}
