//! What is recorded, and how that ends.

use super::{Esl, Event};
use crate::util::until;
use ifbus_sim::freeswitch::{ChannelState, FreeSwitchSim};

/// A call that leaves a message, and has just begun to. All its events come.
async fn message(data: &str, before: &[(&str, &str)]) -> (FreeSwitchSim, Esl, String) {
    let plan = [before, &[("record", data), ("set", "went=on"), ("park", "")]].concat();
    let sim = FreeSwitchSim::builder().extension("voicemail", &plan).start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain RECORD_START RECORD_STOP CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP_COMPLETE\n\n").await;
    let id = sim.dial_in("1000", "voicemail").unwrap();
    let start = esl.event("RECORD_START").await;
    assert_eq!(start.get("Record-File-Path"), data.split(' ').next().unwrap());
    assert_eq!(start.get("Event-Calling-Function"), "switch_ivr_record_file_event");
    (sim, esl, id)
}

fn state(sim: &FreeSwitchSim, id: &str) -> ChannelState {
    sim.channels().into_iter().find(|channel| channel.uuid == id).unwrap()
}

fn number(event: &Event, variable: &str) -> u64 {
    event.get(&format!("variable_{variable}")).parse().unwrap_or_else(|_| panic!("{variable} in {event:?}"))
}

/// What is told of the length, and that it fits together.
fn length(event: &Event) -> u64 {
    let (ms, samples) = (number(event, "record_ms"), number(event, "record_samples"));
    assert_eq!((number(event, "record_seconds"), samples), (ms / 1000, ms * 8));
    assert_eq!(number(event, "record_file_size"), 44 + 2 * samples);
    ms
}

#[tokio::test]
async fn a_message_ends_by_a_key_and_the_call_goes_on() {
    let (sim, mut esl, id) = message("/srv/vm/1.wav 60", &[("answer", "")]).await;
    let now = state(&sim, &id);
    assert_eq!((now.recordings, now.applications), (vec!["/srv/vm/1.wav".to_owned()], vec!["record".to_owned()]));
    assert!(sim.press(&id, "12#"));
    assert_eq!(state(&sim, &id).applications, ["record"], "other keys do nothing");
    // it is not what `uuid_record` knows
    let stop = esl.ask(format!("api uuid_record {id} stop all\n\n")).await;
    assert_eq!(stop.text(), "-ERR Cannot stop record session!\n");
    assert!(sim.press(&id, "*"));
    let stop = esl.event("RECORD_STOP").await;
    assert_eq!((stop.get("Record-File-Path"), stop.get("variable_playback_terminator_used")), ("/srv/vm/1.wav", "*"));
    assert!(length(&stop) < 60_000);
    let complete = esl.event("CHANNEL_EXECUTE_COMPLETE").await;
    assert_eq!((complete.get("Application"), complete.get("Application-Response")), ("record", "_none_"));
    assert_eq!(complete.get("variable_record_ms"), stop.get("variable_record_ms"));
    assert_eq!(sim.variable(&id, "went").as_deref(), Some("on"));
    assert!(state(&sim, &id).recordings.is_empty());
}

#[tokio::test]
async fn the_keys_that_end_it_are_a_variable() {
    for (keys, pressed, ends) in [("#", "*#", true), ("any", "5", true), ("none", "*#5", false)] {
        let before = [("answer", ""), ("set", &*format!("playback_terminators={keys}"))];
        let (sim, mut esl, id) = message("/srv/vm/1.wav", &before).await;
        assert!(sim.press(&id, pressed));
        assert_eq!(state(&sim, &id).recordings.is_empty(), ends, "{keys}");
        if !ends {
            esl.ask(format!("api uuid_break {id}\n\n")).await;
        }
        let stop = esl.event("RECORD_STOP").await;
        let used = stop.get("variable_playback_terminator_used");
        assert_eq!(used, if ends { &pressed[pressed.len() - 1..] } else { "" }, "{keys}");
        until(|| sim.variable(&id, "went").is_some()).await;
    }
}

#[tokio::test]
async fn a_message_is_no_longer_than_it_may_be() {
    // it answers early, so that the caller can be heard
    let (sim, mut esl, id) = message("/srv/vm/1.wav +1 200 3", &[]).await;
    assert!(!state(&sim, &id).answered);
    let stop = esl.event("RECORD_STOP").await;
    assert!(length(&stop) >= 1000);
    assert_eq!(stop.get("variable_playback_terminator_used"), "");
    until(|| sim.variable(&id, "went").is_some()).await;
}

#[tokio::test]
async fn a_caller_who_hangs_up_has_left_his_message() {
    let (sim, mut esl, id) = message("/srv/vm/1.wav 60", &[("answer", "")]).await;
    assert!(sim.hang_up(&id, "NORMAL_CLEARING"));
    length(&esl.event("RECORD_STOP").await);
    assert_eq!(esl.event("CHANNEL_EXECUTE_COMPLETE").await.get("Application"), "record");
    length(&esl.event("CHANNEL_HANGUP_COMPLETE").await);
}

#[tokio::test]
async fn what_cannot_be_written_ends_the_call_and_nothing_is_no_file() {
    let plan = [("answer", ""), ("record", ""), ("set", "went=on"), ("record", "/no-such/1.wav"), ("park", "")];
    let sim = FreeSwitchSim::builder().extension("voicemail", &plan).start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    esl.ask("event plain RECORD_START CHANNEL_HANGUP_COMPLETE\n\n").await;
    sim.dial_in("1000", "voicemail").unwrap();
    let end = esl.events_to("CHANNEL_HANGUP_COMPLETE", 1).await;
    let [end] = &end[..] else { panic!("{end:?}") };
    assert_eq!((end.get("Hangup-Cause"), end.get("variable_went")), ("DESTINATION_OUT_OF_ORDER", "on"));
}

#[tokio::test]
async fn what_goes_on_beside_is_seen_too() {
    let sim = FreeSwitchSim::start().await.unwrap();
    let mut esl = Esl::login(sim.addr()).await;
    let id = sim.dial_in("1000", "rec").unwrap();
    until(|| state(&sim, &id).recordings == ["/srv/rec/session.wav"]).await;
    esl.ask(format!("api uuid_record {id} start /srv/rec/a.wav\n\n")).await;
    assert_eq!(state(&sim, &id).recordings, ["/srv/rec/session.wav", "/srv/rec/a.wav"]);
    esl.ask(format!("api uuid_record {id} stop /srv/rec/session.wav\n\n")).await;
    assert_eq!(state(&sim, &id).recordings, ["/srv/rec/a.wav"]);
}
