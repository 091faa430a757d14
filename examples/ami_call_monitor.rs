//! A live call monitor for Asterisk: each call with its parties, its state and how long it has been in it, from the moment at
//! which it begins to its end and the reason for that. It goes on through restarts of the server.
//!
//! ```text
//! cargo run --example ami_call_monitor                 # a simulated Asterisk with a few calls, for two seconds
//! cargo run --example ami_call_monitor -- ami://user:secret@10.0.0.5
//! cargo run --example ami_call_monitor -- amis://user:secret@pbx.example --seconds 60
//! ```
//!
//! The user needs to read the classes `call` and `system`, and the right `reporting` to list the calls that are up already.

use ami_client::{Call, CallEvent, CallState, Client, Delivery, EventMask};
use clap::Parser;
use ifbus_sim::asterisk::AsteriskSim;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

#[derive(Parser)]
struct Options {
    /// Where Asterisk is: `ami://user:secret@host[:5038]` or `amis://…`; also from IFBUS_AMI_URL
    #[arg(env = "IFBUS_AMI_URL")]
    url: Option<String>,
    /// End after so many seconds; until Ctrl-C unless given
    #[arg(long)]
    seconds: Option<u64>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = Options::parse();
    let (url, _simulated) = match options.url {
        Some(url) => (url, None),
        None => {
            let simulated = simulated().await?;
            options.seconds.get_or_insert(2);
            (format!("ami://admin:test-secret@{}", simulated.addr()), Some(simulated))
        }
    };
    // what calls are made of is enough: the steps of the dialplan would be nine tenths of all events
    let pbx = Client::builder(&url).events(EventMask::CALL | EventMask::SYSTEM).connect().await?;
    // subscribed first, so that no call can begin between the list and the stream
    let mut calls = pbx.call_events();
    println!("AMI {}: {} calls", pbx.server().version, pbx.calls().len());
    pbx.calls().list().iter().for_each(|call| show("up", call));

    let end = async {
        match options.seconds {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(end);
    // the line that was shown last for each call: not every change is one to see
    let mut shown = HashMap::new();
    loop {
        let delivery = tokio::select! {
            delivery = calls.recv() => delivery,
            () = &mut end => break,
            _ = tokio::signal::ctrl_c() => break,
        };
        match delivery {
            Some(Delivery::Event(CallEvent::Started(call))) => show("new", &call),
            Some(Delivery::Event(CallEvent::Changed(call))) => {
                let look = (word(call.state), parties(&call));
                if shown.insert(Arc::clone(&call.id), look.clone()) != Some(look) {
                    show("", &call);
                }
            }
            Some(Delivery::Event(CallEvent::Merged { from, into, .. })) => show(&format!("with {from}"), &into),
            Some(Delivery::Event(CallEvent::Ended(call))) => {
                shown.remove(&call.id);
                ended(&call);
            }
            // after either the list is right, and what was missed is known by what it says
            Some(Delivery::Lagged { missed, .. }) => again(&pbx, &format!("too slow: {missed} changes were not shown")),
            Some(Delivery::Reconnected { gap, .. }) => again(&pbx, &format!("no connection for {gap:.1?}")),
            Some(_) => {}
            None => break, // closed
        }
    }
    pbx.close().await;
    Ok(())
}

/// An Asterisk in this process, where somebody calls a phone, the queue and a conference, and hangs up.
async fn simulated() -> std::io::Result<Arc<AsteriskSim>> {
    let asterisk = Arc::new(AsteriskSim::start().await?);
    println!("simulated: an Asterisk in this process; name yours to watch it");
    let calls = Arc::downgrade(&asterisk);
    tokio::spawn(async move {
        let pause = || tokio::time::sleep(Duration::from_millis(250));
        for (caller, exten) in [("101", "dialwait"), ("4687654321", "queue"), ("102", "conf"), ("103", "busy")] {
            pause().await;
            let Some(asterisk) = calls.upgrade() else { return };
            let channel = asterisk.dial_in("PJSIP/trunk", caller, exten);
            pause().await;
            channel.inspect(|channel| {
                asterisk.hang_up(channel, 16);
            });
        }
    });
    Ok(asterisk)
}

fn again(pbx: &Client, why: &str) {
    println!("-- {why}; {} calls", pbx.calls().len());
    pbx.calls().list().iter().for_each(|call| show("up", call));
}

fn parties(call: &Call) -> String {
    let legs = call.legs().map(|leg| {
        let number = if leg.caller.number.is_empty() { "?" } else { &leg.caller.number };
        format!("{} <{number}>{}", leg.channel, if leg.held { " holds" } else { "" })
    });
    legs.collect::<Vec<_>>().join(" — ")
}

fn show(what: &str, call: &Call) {
    println!("{:20} {:14} {:8.1?} {what:10} {}", call.id, word(call.state), age(call.started), parties(call));
}

fn ended(call: &Call) {
    let talked = call.answered.zip(call.ended).and_then(|(from, to)| to.duration_since(from).ok());
    let talked = talked.map_or_else(|| "not answered".to_owned(), |time| format!("talked {time:.1?}"));
    println!("{:20} {:14} {:8.1?} {:10} {talked}", call.id, "over", age(call.started), call.cause_text);
}

fn age(since: SystemTime) -> Duration {
    since.elapsed().unwrap_or_default()
}

fn word(state: CallState) -> &'static str {
    match state {
        CallState::Created => "created",
        CallState::Dialing => "dialing",
        CallState::Ringing => "ringing",
        CallState::Incoming => "incoming",
        CallState::Connected => "connected",
        CallState::OnHold => "on hold",
        CallState::Transferring => "transferring",
        CallState::HangingUp => "hanging up",
        _ => "over",
    }
}
