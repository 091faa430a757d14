//! Whatever a value holds, FreeSWITCH reads it as it is, or nothing is sent. The simulator takes strings apart as the server does.

use crate::peer::SOON;
use esl_client::event::RecordStart;
use esl_client::{Client, Delivery, Encoding, Error, LinkError, Listener, Originate, Record, Selection};
use ifbus_sim::freeswitch::{FreeSwitchSim, OutboundOptions};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tokio::time::timeout;

/// What is likely to break out, what is likely to be changed, and text.
fn value() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "'", "\\", ",", "=", " ", "{", "}", "[", "]", "<", ">", "|", ":_:", "_:", "^^", ";", "\"", "$", "${", "\t",
        "n", "s", "x", "ARRAY::", "|:", "(", ")", "&", "%20", "€",
    ]);
    prop_oneof![
        3 => prop::collection::vec(nasty, 0..9).prop_map(|parts| parts.concat()),
        1 => "[ -~äß€\t]{0,12}",
    ]
}

fn is_refusal(error: &Error) -> bool {
    matches!(error, Error::Link(LinkError::InvalidArgument { .. }))
}

fn values(count: usize, most: usize) -> impl Iterator<Item = Vec<String>> {
    let mut runner = TestRunner::default();
    let strategy = prop::collection::vec(value(), most / 2..most);
    (0..count).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

async fn client(sim: &FreeSwitchSim) -> Client {
    Client::builder(&sim.addr().to_string(), "ClueCon").encoding(Encoding::Json).connect().await.unwrap()
}

#[tokio::test]
async fn no_value_escapes_from_originate() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let client = client(&sim).await;
    let mut sent = 0;
    for mut values in values(40, 40) {
        for endpoint in ["null/x", "user/1003:_:null/x"] {
            let call = |values: &[String]| {
                let names = (0..).map(|number| format!("v{number}"));
                names.zip(values).fold(Originate::new(endpoint), |call, (name, value)| call.variable(&name, value))
            };
            let before = sim.requests().len();
            // those that cannot be sent are not, and the others are
            let channel = loop {
                match client.originate(call(&values)).await {
                    Ok(channel) => break channel,
                    Err(error) => {
                        assert!(is_refusal(&error), "{values:?}: {error}");
                        assert_eq!(sim.requests().len(), before, "{values:?}");
                        let Error::Link(LinkError::InvalidArgument { field, .. }) = &error else { unreachable!() };
                        values.remove(field[1..].parse().unwrap());
                    }
                }
            };
            for (number, value) in values.iter().enumerate() {
                let read = sim.variable(&channel, &format!("v{number}"));
                assert_eq!(read.as_deref(), Some(&**value), "{endpoint}, {values:?}");
                sent += 1;
            }
            for channel in sim.channels() {
                sim.hang_up(&channel.uuid, "NORMAL_CLEARING");
            }
        }
    }
    assert!(sent > 300, "only {sent} of the values could be sent");
}

#[tokio::test]
async fn no_value_escapes_from_a_variable() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let client = client(&sim).await;
    let listener = Listener::bind("127.0.0.1:0").await.unwrap();
    sim.dial_out(listener.local_addr().unwrap(), OutboundOptions::default());
    let call = timeout(SOON, listener.next()).await.unwrap().unwrap();
    assert!(!call.is_full());
    let mut sent = 0;
    for value in values(1, 600).flatten() {
        let both = [client.set_variable(call.uuid(), "x", &value).await, call.set_variable("y", &value).await];
        for (result, name) in both.iter().zip(["x", "y"]) {
            match result {
                Ok(()) => {
                    let read = sim.variable(call.uuid(), name).unwrap_or_default();
                    assert_eq!(read, value, "{name}");
                    sent += 1;
                }
                Err(error) => assert!(
                    is_refusal(error)
                        && (value.starts_with("ARRAY::") || value.contains("${") || value.contains("$\\")),
                    "{value:?}: {error}"
                ),
            }
        }
    }
    assert!(sent > 200, "only {sent} of the values could be sent");
}

#[tokio::test]
async fn no_argument_is_two() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let client = client(&sim).await;
    let channel = client.originate(Originate::new("null/x")).await.unwrap();
    client.subscribe(Selection::new().name("RECORD_START")).await.unwrap();
    let mut started = client.events_of::<RecordStart>();
    // a header of an event that begins so is a list, as a variable is
    for value in values(1, 200).flatten().filter(|value| !value.starts_with("ARRAY::")) {
        match client.record(&channel, Record::Start, &value).await {
            Ok(()) => {
                let Some(Delivery::Event(event)) = timeout(SOON, started.recv()).await.unwrap() else {
                    panic!("{value}")
                };
                assert_eq!(event.text("Record-File-Path"), value);
            }
            Err(error) => assert!(is_refusal(&error) && value.is_empty(), "{value:?}: {error}"),
        }
    }
}
