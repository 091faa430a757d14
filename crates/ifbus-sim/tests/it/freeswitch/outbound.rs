//! Calls that dial a listener.

use super::{Esl, Event, recorded_events};
use crate::util::{soon, until};
use ifbus_sim::freeswitch::{FreeSwitchSim, OutboundOptions};
use std::collections::VecDeque;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// A listener that the simulated server dials.
async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    (listener, addr)
}

async fn accepted(listener: &TcpListener) -> Esl {
    let (socket, _) = soon(listener.accept()).await.unwrap();
    Esl { socket, buffer: Vec::new(), kept: VecDeque::new() }
}

#[tokio::test]
async fn an_asynchronous_call_is_told_as_recorded() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let (listener, addr) = listener().await;
    let id = sim.dial_out(addr, OutboundOptions::new().full(false).variable("x", "1"));
    let mut esl = accepted(&listener).await;
    let data = esl.ask("connect\n\n").await;
    assert_eq!((data.get("Unique-ID"), data.get("variable_x")), (&*id, "1"));
    let tail: Vec<&str> = data.head.lines().rev().take(4).collect();
    assert_eq!(
        tail,
        ["Control: single-channel", "Socket-Mode: async", "Reply-Text: %2BOK%0A", "Content-Type: command/reply"]
    );
    assert_eq!(esl.ask("myevents\n\n").await.reply(), "+OK Events Enabled");
    esl.send("sendmsg\ncall-command: execute\nexecute-app-name: answer\n\nsendmsg\ncall-command: execute\nexecute-app-name: sleep\nexecute-app-arg: 30\nevent-lock: true\n\nsendmsg\ncall-command: execute\nexecute-app-name: set\nexecute-app-arg: order=second\nevent-lock: true\n\n").await;
    let mut events = esl.events_to("CHANNEL_EXECUTE_COMPLETE", 3).await;
    assert_eq!(esl.ask("api status\n\n").await.reply(), "-ERR command not found");
    assert_eq!(esl.ask("linger\n\n").await.reply(), "-ERR command not found");
    assert_eq!(esl.ask("getvar order\n\n").await.reply(), "second");
    esl.send("sendmsg\ncall-command: hangup\nhangup-cause: CALL_REJECTED\n\n").await;
    events.extend(esl.events_to("CHANNEL_HANGUP_COMPLETE", 1).await);
    let names = |events: &[Event]| -> Vec<String> {
        events.iter().map(|event| format!("{} {}", event.get("Event-Name"), event.get("Application"))).collect()
    };
    assert_eq!(names(&events), names(&recorded_events("outbound-async")));
    let notice = esl.next().await.unwrap();
    assert_eq!(notice.get("Content-Disposition"), "disconnect");
    assert_eq!(notice.get("Controlled-Session-UUID"), id);
    assert!(esl.is_over().await);
}

#[tokio::test]
async fn a_listener_may_linger_resume_or_be_away() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let (listener, addr) = listener().await;
    let id = sim.dial_out(addr, OutboundOptions::new());
    let mut esl = accepted(&listener).await;
    esl.ask("connect\n\n").await;
    esl.ask("myevents\n\n").await;
    assert_eq!(esl.ask("linger\n\n").await.reply(), "+OK will linger");
    assert!(sim.hang_up(&id, "NORMAL_CLEARING"));
    esl.event("CHANNEL_HANGUP_COMPLETE").await;
    let notice = esl.next().await.unwrap();
    assert_eq!((notice.get("Content-Disposition"), notice.get("Linger-Time")), ("linger", "-1"));
    assert_eq!(esl.ask("getvar uuid\n\n").await.reply(), id);
    assert_eq!(esl.ask("exit\n\n").await.reply(), "+OK bye");
    assert!(esl.is_over().await);

    // in a session without async the reply comes when the application has ended
    let id = sim.dial_out(addr, OutboundOptions::new().asynchronous(false).then("set", "went=on").then("park", ""));
    let mut esl = accepted(&listener).await;
    esl.ask("connect\n\n").await;
    esl.ask("myevents\n\n").await;
    esl.send("sendmsg\ncall-command: execute\nexecute-app-name: sleep\nexecute-app-arg: 30\n\n").await;
    assert_eq!(esl.next().await.unwrap().reply(), "+OK");
    assert_eq!(esl.event("CHANNEL_EXECUTE_COMPLETE").await.get("Application"), "sleep");
    esl.ask("resume\n\n").await;
    esl.ask("exit\n\n").await;
    until(|| sim.variable(&id, "went").is_some()).await;

    // the first reply is lost, unless it is that of connect
    let id = sim.dial_out(addr, OutboundOptions::new());
    let mut esl = accepted(&listener).await;
    esl.send("getvar uuid\n\n").await;
    assert_eq!(esl.ask("getvar uuid\n\n").await.reply(), id);
    drop(esl);
    until(|| sim.channels().iter().all(|channel| channel.uuid != id)).await;

    // what it has dialled ends with it
    let other = FreeSwitchSim::start().await.unwrap();
    other.dial_out(addr, OutboundOptions::new());
    let mut esl = accepted(&listener).await;
    esl.ask("connect\n\n").await;
    drop(other);
    assert!(esl.is_over().await);

    // nobody is there: the extension goes on
    drop(listener);
    let id = sim.dial_out(addr, OutboundOptions::new().then("set", "went=on").then("park", ""));
    until(|| sim.variable(&id, "went").is_some()).await;
}
