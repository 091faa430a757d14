//! Calls, and what is told of them.

use super::{Lines, Told, id, recorded};
use crate::util::until;
use ifbus_sim::yate::{Phone, YateSim};
use std::time::Duration;

const WATCHED: &[&str] = &[
    "call.route",
    "call.execute",
    "call.drop",
    "call.cdr",
    "chan.startup",
    "chan.connected",
    "chan.disconnected",
    "chan.hangup",
];

#[tokio::test]
async fn a_call_is_told_as_recorded() {
    let sim = YateSim::builder().timer(Duration::from_secs(3600)).start().await.unwrap();
    let (mut watcher, mut client) = (Lines::global(sim.addr()).await, Lines::global(sim.addr()).await);
    for name in WATCHED {
        watcher.ask(&format!("%%>watch:{name}")).await;
    }
    let made = "%%>message:e1:0:call.execute::callto=dumb/:caller=1001:callername=Test User:target=99991001";
    let answer = Told::parse(&client.ask(made).await).unwrap();
    assert_eq!((answer.handled, answer.get("id"), answer.get("peerid")), (true, "dumb/1", "tone/1"));
    let status = Told::parse(&client.ask("%%>message:e2:0:engine.status::module=dumb").await).unwrap();
    assert!(status.ret.ends_with("total=1,chans=1;dumb/1=answered||tone/1%M%J"), "{}", status.ret);
    let digits =
        Told::parse(&client.ask("%%>message:e3:0:chan.masquerade::message=chan.dtmf:id=dumb/1:text=12*#").await)
            .unwrap();
    assert_eq!((digits.name.as_str(), digits.get("peerid"), digits.get("sequence")), ("chan.dtmf", "tone/1", "1"));
    let dropped = Told::parse(&client.ask("%%>message:e8:0:call.drop::id=dumb/1:reason=normal%zclear").await).unwrap();
    assert!(dropped.handled);
    let again = Told::parse(&client.ask("%%>message:e9:0:call.drop::id=dumb/1").await).unwrap();
    assert!(!again.handled);
    let mut got = Vec::new();
    while got.len() < 13 {
        got.push(Told::parse(&watcher.next().await.unwrap()).unwrap());
    }
    let lines: Vec<u8> = recorded("call-execute-dumb")
        .into_iter()
        .filter(|(conn, ours, _)| *conn == 1 && !ours)
        .flat_map(|(_, _, bytes)| bytes)
        .collect();
    let wanted = String::from_utf8(lines).unwrap();
    let wanted: Vec<Told> =
        wanted.lines().filter_map(Told::parse).filter(|told| WATCHED.contains(&told.name.as_str())).take(13).collect();
    let sorted = |list: &[Told]| -> Vec<String> {
        // those of the end come beside the answers to later messages
        let mut shapes: Vec<String> = list.iter().map(Told::shape).collect();
        shapes[9..].sort();
        shapes
    };
    // status and lastpeerid are as of the moment: the real engine answers a tone a little earlier or later
    assert_eq!(sorted(&got), sorted(&wanted));
}

#[tokio::test]
async fn calls_ring_and_are_answered() {
    let sim = YateSim::builder().phone("1003", Phone::Rings).start().await.unwrap();
    let mut client = Lines::global(sim.addr()).await;
    for name in ["chan.startup", "call.ringing", "call.answered", "chan.hangup", "call.cdr", "chan.disconnected"] {
        client.ask(&format!("%%>watch:{name}")).await;
    }
    let caller = sim.dial_in("alice", "1001").await;
    assert_eq!(client.told("chan.startup").await.get("id"), caller);
    let answered = client.told("call.answered").await;
    assert_eq!((answered.get("targetid"), answered.get("status")), (&*caller, "answered"));
    assert_eq!(sim.channels().iter().filter(|channel| channel.answered).count(), 2);
    assert!(sim.hang_up(&caller).await);
    assert_eq!(client.told("chan.hangup").await.get("id"), caller);
    assert!(sim.channels().is_empty());
    // a handler routes
    client.ask("%%>install:20:call.route:called:7777").await;
    let (dialled, asked) = tokio::join!(sim.dial_in("alice", "7777"), async {
        loop {
            let line = client.next().await.unwrap();
            if line.starts_with("%%>message:") {
                client.send(format!("%%<message:{}:true::tone/ring\n", id(&line))).await;
                return line;
            }
        }
    });
    assert!(asked.contains(":caller=alice:called=7777"), "{asked}");
    assert!(sim.channels().iter().any(|channel| channel.id == dialled && channel.answered));
    // busy, and nowhere to go
    let busy = sim.dial_in("alice", "1002").await;
    until(|| sim.channels().iter().all(|channel| channel.id != busy)).await;
    let nobody = sim.dial_in("alice", "nobody").await;
    assert!(sim.channels().iter().all(|channel| channel.id != nobody));
    sim.load(20, 2000, "1003");
    until(|| sim.channels().iter().filter(|channel| channel.status == "ringing").count() == 40).await;
    let all = Told::parse(&client.ask("%%>message:d:0:call.drop:").await).unwrap();
    assert!(!all.handled);
    until(|| sim.channels().is_empty()).await;
}

#[tokio::test]
async fn a_client_may_be_the_channel() {
    let sim = YateSim::start().await.unwrap();
    let mut channel = Lines::connect(sim.addr()).await;
    channel.send("%%>connect:channel\n").await;
    assert_eq!(channel.ask("%%>setlocal:id:").await, "%%<setlocal:id::false");
    let made = channel.ask("%%>message:x1:0:call.execute::callto=dumb/:caller=ext:target=99991001").await;
    let made = Told::parse(&made).unwrap();
    assert_eq!(
        (made.handled, made.get("id"), made.get("targetid"), made.get("autoring")),
        (true, "ExtModule", "dumb/1", "true")
    );
    assert_eq!(channel.ask("%%>setlocal:id:ext/mychan").await, "%%<setlocal:id:ext/mychan:true");
    assert_eq!(channel.ask("%%>setlocal:disconnected:true").await, "%%<setlocal:disconnected:true:true");
    let mut client = Lines::global(sim.addr()).await;
    client.ask("%%>watch:chan.disconnected").await;
    client.ask("%%>message:d:0:call.drop::id=dumb/1").await;
    assert_eq!(client.told("chan.disconnected").await.get("id"), "ext/mychan");
    assert!(channel.is_over().await);
}
