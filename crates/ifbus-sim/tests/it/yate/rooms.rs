//! Conferences.

use super::{Lines, Told, recorded};
use crate::util::until;
use ifbus_sim::yate::YateSim;
use std::time::Duration;

/// The messages that connection 1 of the recording watched.
fn watched() -> Vec<Told> {
    let lines: Vec<u8> = recorded("conference")
        .into_iter()
        .filter(|(conn, ours, _)| *conn == 1 && !ours)
        .flat_map(|(_, _, bytes)| bytes)
        .collect();
    String::from_utf8(lines).unwrap().lines().filter_map(Told::parse).collect()
}

#[tokio::test]
async fn a_conference_is_told_as_recorded() {
    let sim = YateSim::builder().route("99991020", "conf/test").timer(Duration::from_secs(3600)).start().await.unwrap();
    let (mut watcher, mut client) = (Lines::global(sim.addr()).await, Lines::global(sim.addr()).await);
    let mut asked = String::new();
    let mut answers = 0;
    for (conn, ours, bytes) in recorded("conference") {
        let text = String::from_utf8(bytes).unwrap();
        match (conn, ours) {
            (1, true) if text.starts_with("%%>watch") => {
                watcher.ask(text.trim()).await;
            }
            (2, true) => asked = text.trim().to_owned(),
            // its command is one that no module of the simulator has
            (2, false) if text.starts_with("%%<message:") && !text.contains("line=status conf") => {
                let (got, wanted) =
                    (Told::parse(&client.ask(&asked).await).unwrap(), Told::parse(text.trim()).unwrap());
                assert_eq!(got.shape(), wanted.shape());
                answers += 1;
            }
            _ => {}
        }
    }
    assert_eq!(answers, 8);
    until(|| sim.channels().is_empty()).await;
    let wanted = watched();
    let mut got = Vec::new();
    while got.len() < wanted.len() {
        got.push(Told::parse(&watcher.next().await.unwrap()).unwrap());
    }
    let sorted = |list: &[Told]| -> Vec<String> {
        let mut shapes: Vec<String> = list.iter().map(Told::shape).collect();
        shapes.sort();
        shapes
    };
    // which of two that happen at once is told first differs from run to run of the real engine
    assert_eq!(sorted(&got), sorted(&wanted));
}

#[tokio::test]
async fn both_ends_of_a_call_move_and_a_room_ends_with_all_in_it() {
    let sim = YateSim::start().await.unwrap();
    let mut client = Lines::global(sim.addr()).await;
    client.ask("%%>message:a:0:call.execute::callto=dumb/:caller=1:target=99991001").await;
    let moved = client.ask("%%>message:b:0:chan.masquerade::message=call.conference:id=dumb/1:room=conf/a").await;
    let moved = Told::parse(&moved).unwrap();
    assert_eq!((moved.get("peerid"), moved.get("newroom"), moved.get("users")), ("conf/1", "true", "2"));
    let again = client.ask("%%>message:c:0:chan.masquerade::message=call.conference:id=dumb/1:room=conf/a").await;
    assert!(Told::parse(&again).unwrap().handled);
    for wrong in ["id=dumb/1:room=other", "id=conf/1:room=conf/a", "id=dumb/1"] {
        let answer = client.ask(&format!("%%>message:d:0:chan.masquerade::message=call.conference:{wrong}")).await;
        assert!(!Told::parse(&answer).unwrap().handled, "{wrong}");
    }
    assert!(Told::parse(&client.ask("%%>message:e:0:call.drop::id=conf/a").await).unwrap().handled);
    until(|| sim.channels().is_empty()).await;
}
