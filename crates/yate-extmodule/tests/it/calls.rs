//! The calls that are up, through losses.

use crate::peer::{Again, Peer, SOON, builder};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use yate_extmodule::calls::{CallEvent, LegState};
use yate_extmodule::{Delivery, Reconnect};

const WATCHED: [&str; 10] = [
    "chan.startup",
    "chan.connected",
    "chan.disconnected",
    "chan.hangup",
    "call.execute",
    "call.progress",
    "call.ringing",
    "call.answered",
    "call.update",
    "call.cdr",
];

async fn connected(peers: &mut mpsc::UnboundedReceiver<DuplexStream>, before: &[&str], status: &str) -> Peer {
    let mut peer = Peer::new(timeout(SOON, peers.recv()).await.unwrap().unwrap());
    let lines: Vec<(String, String)> =
        WATCHED.iter().map(|name| (format!("%%>watch:{name}"), format!("%%<watch:{name}:true"))).collect();
    let lines: Vec<(&str, &str)> = lines.iter().map(|(line, answer)| (line.as_str(), answer.as_str())).collect();
    peer.log_in_with(&lines).await;
    let (id, rest) = peer.message().await;
    assert!(id.ends_with(".status"));
    assert_eq!(rest, "0:engine.status::details=true");
    for line in before {
        peer.say(line).await;
    }
    peer.say(format!("%%<message:{id}:false:engine.status:{status}:details=true")).await;
    peer
}

#[tokio::test]
async fn a_gap_is_closed_by_the_engines_status() {
    let (sender, mut peers) = mpsc::unbounded_channel();
    let quick = Reconnect::forever().steps(std::time::Duration::from_millis(1), std::time::Duration::from_millis(1));
    let status = "name=sip,type=varchans,format=Status|Address|Peer;chans=2;sip/1=answered|10.0.0.7%z5060|tone/1,sip/2=ringing|10.0.0.8|%M%J\
                  name=tone,type=misc,format=Status|Address|Peer;chans=1;tone/1=incoming|dial|sip/1%M%J";
    let client = builder().track_calls(true).reconnect(quick).connect_by(Again(sender));
    let (client, mut peer) = tokio::join!(client, connected(&mut peers, &[], status));
    let client = client.unwrap();
    let mut events = client.call_events();
    peer.say("%%<message::false:chan.startup::id=sip/3:module=sip:billid=1-3:status=incoming:direction=incoming:caller=a:called=b").await;
    let leg = loop {
        match timeout(SOON, events.recv()).await.unwrap().unwrap() {
            Delivery::Event(CallEvent::Started(leg)) if leg.id == "sip/3" => break leg,
            Delivery::Event(_) => {} // what the status brought
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((leg.id.as_str(), leg.caller.as_str(), leg.called.as_str()), ("sip/3", "a", "b"));
    let ids = |client: &yate_extmodule::Client| client.calls().legs().into_iter().map(|leg| leg.id).collect::<Vec<_>>();
    assert_eq!(ids(&client), ["sip/1", "sip/2", "sip/3"]);
    assert_eq!(client.calls().leg("sip/1").unwrap().state, LegState::Answered);
    assert_eq!(client.calls().leg("sip/1").unwrap().peer.as_deref(), Some("tone/1"));

    drop(peer);
    // sip/2 went meanwhile, sip/4 came, and sip/5 comes while the list is on its way, and ends sip/1
    let status = "name=sip,type=varchans,format=Status|Address|Peer;chans=2;sip/1=answered||tone/1,sip/3=incoming||,sip/4=answered||sip/3%M%J";
    let before = [
        "%%<message::false:chan.startup::id=sip/5:module=sip:billid=1-5",
        "%%<message::false:chan.hangup::id=sip/1:status=answered:reason=busy",
    ];
    let mut peer = connected(&mut peers, &before, status).await;
    let mut ended = Vec::new();
    while ended.len() < 2 {
        if let Delivery::Event(CallEvent::Ended(leg)) = timeout(SOON, events.recv()).await.unwrap().unwrap() {
            ended.push((leg.id, leg.reason));
        }
    }
    assert_eq!(ended, [("sip/1".to_owned(), "busy".to_owned()), ("sip/2".to_owned(), String::new())]);
    assert_eq!(ids(&client), ["sip/3", "sip/4", "sip/5"]);
    assert!(!client.calls().is_stale());
    let calls = client.calls().list();
    assert_eq!(calls.iter().map(|call| call.legs.len()).collect::<Vec<_>>(), [2, 1]);

    // watching what the tracker watches is no request
    assert!(client.watch("chan.hangup").await.unwrap());
    let mut hangups = client.messages();
    peer.say("%%<message::false:chan.hangup::id=sip/5").await;
    assert!(matches!(timeout(SOON, hangups.recv()).await.unwrap(), Some(Delivery::Event(_))));
    assert!(client.unwatch("chan.hangup").await.unwrap());
    assert_eq!(client.calls().len(), 2);
}
