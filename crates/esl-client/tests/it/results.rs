//! Typed results, from the answers that a real FreeSWITCH gave.

use crate::peer::{Peer, UUID, pair, response};
use crate::recorded::rows;
use esl_client::{Client, Encoding, Error, Event, Execute, Leg, Record, Rejection, SendEvent, Unicast};
use std::time::Duration;

/// What the server answered to a command in a recording: all that it said before the next command.
fn answers(name: &str, command: &str) -> Vec<u8> {
    let rows = rows(name);
    let at = rows
        .iter()
        .position(|row| !row.from_server && row.bytes.as_deref() == Some(format!("{command}\n\n").as_bytes()));
    let rows = rows.into_iter().skip(at.unwrap_or_else(|| panic!("{command} was not asked")) + 1);
    rows.take_while(|row| row.from_server).flat_map(|row| row.bytes.unwrap_or_default()).collect()
}

async fn ask<T>(
    client: &Client,
    peer: &mut Peer,
    name: &str,
    command: &str,
    asks: impl AsyncFnOnce(&Client) -> T,
) -> T {
    let bytes = answers(name, command);
    tokio::join!(asks(client), peer.answer(command, bytes)).0
}

#[tokio::test]
async fn lists_are_read_as_they_were_recorded() {
    let (client, mut peer) = pair().await;
    let peer = &mut peer;
    let status = ask(&client, peer, "api-replies", "api status", async |c: &Client| c.status().await).await.unwrap();
    assert_eq!(
        (status.up, status.is_ready, status.max_sessions, status.max_per_second, status.sessions),
        (Duration::from_secs(3), true, 5000, 2000, 0)
    );
    let sofia = ask(&client, peer, "json-and-lists", "api sofia status", async |c: &Client| c.sofia_status().await)
        .await
        .unwrap();
    assert_eq!(sofia.len(), 1);
    assert_eq!(
        (&*sofia[0].name, &*sofia[0].kind, &*sofia[0].data, &*sofia[0].state),
        ("internal", "profile", "sip:mod_sofia@127.0.0.1:5066", "RUNNING (0)")
    );
    let users = ask(&client, peer, "sofia-register", "api show registrations as json", async |c: &Client| {
        c.registrations().await
    })
    .await
    .unwrap();
    assert_eq!((&*users[0].reg_user, &*users[0].network_port, &*users[0].expires), ("1000", "5099", "1795382198"));
    // without channels FreeSWITCH leaves the rows out
    let none = ask(&client, peer, "api-replies", "api show channels as json", async |c: &Client| c.channels().await)
        .await
        .unwrap();
    assert!(none.is_empty());
    // one row without a uuid is left from a call that has gone
    let calls =
        ask(&client, peer, "call-control", "api show calls as json", async |c: &Client| c.bridged_calls().await)
            .await
            .unwrap();
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|call| call.uuid.len() == 36) && calls.iter().any(|call| call.b_uuid.len() == 36));
    const A: &str = "22222222-2222-4222-8222-222222222204";
    let dump = format!("api uuid_dump {A} json");
    let channel = ask(&client, peer, "call-control", &dump, async |c: &Client| c.dump(A).await).await.unwrap();
    assert_eq!(
        (
            &*channel.name(),
            channel.unique_id().unwrap(),
            channel.variable("origination_caller_id_name").unwrap().text()
        ),
        ("CHANNEL_DATA", A.into(), "Alice A".into())
    );
    // the other forms of the dump hold the same, but for the time
    for (encoding, words) in
        [(Encoding::Plain, format!("api uuid_dump {A}")), (Encoding::Xml, format!("api uuid_dump {A} xml"))]
    {
        let bytes = answers("call-control", &words);
        let from = bytes.windows(2).position(|two| two == b"\n\n").unwrap() + 2;
        let other = Event::parse(bytes[from..].to_vec(), encoding);
        for (name, value) in channel.iter().filter(|(name, _)| !name.starts_with("Event-") && name != "Content-Length")
        {
            assert_eq!(
                other.get(&name).unwrap_or_else(|| panic!("{name}")).text(),
                value.text(),
                "{name} {encoding:?}"
            );
        }
        assert!(other.is_whole());
    }
}

#[tokio::test]
async fn refusals_carry_the_recorded_words() {
    let (client, mut peer) = pair().await;
    let recorded = rows("api-and-command-errors");
    let mut refused = 0;
    for pair in recorded.windows(2) {
        let [asked, answered] = pair else { continue };
        let (Some(command), Some(answer)) = (&asked.bytes, &answered.bytes) else { continue };
        let command = String::from_utf8_lossy(command).trim_end().to_owned();
        let Some((name, arguments)) =
            command.strip_prefix("api ").map(|rest| rest.split_once(' ').unwrap_or((rest, "")))
        else {
            continue;
        };
        if asked.from_server
            || !answered.from_server
            || name.is_empty()
            || command.contains('\n')
            || !answer.ends_with(b"\n") && !answer.starts_with(b"Content-Type: api/response")
        {
            continue;
        }
        let body =
            String::from_utf8_lossy(answer).split_once("\n\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        let (result, ()) =
            tokio::join!(client.api(name, arguments), peer.answer(command.trim_end_matches(' '), response(&body)));
        match result {
            Err(Error::Rejected { message, .. }) => {
                refused += 1;
                assert!(body.contains(&*message), "{command}: {message}");
            }
            Err(other) => panic!("{command}: {other}"),
            Ok(printed) => assert!(printed == body && !printed.starts_with("-ERR"), "{command}: {printed}"),
        }
    }
    assert!(refused > 30, "{refused}");
}

#[tokio::test]
async fn verbs_say_what_was_recorded() {
    let (client, mut peer) = pair().await;
    const A: &str = "22222222-2222-4222-8222-222222222204";
    const B: &str = "22222222-2222-4222-8222-222222222205";
    macro_rules! said {
        ($command:expr, $answer:expr, $asks:expr) => {
            tokio::join!($asks, peer.answer($command, $answer)).0
        };
    }
    let ok = || response("+OK\n");
    said!(format!("api uuid_bridge {A} {B}"), response(&format!("+OK {B}\n")), client.bridge(A, B)).unwrap();
    said!(format!("api uuid_hold {A}"), response("+OK Success\n"), client.hold(A)).unwrap();
    let error =
        said!(format!("api uuid_hold off {A}"), response("-ERR Operation failed\n"), client.unhold(A)).unwrap_err();
    assert_eq!(error.rejection(), Some(&Rejection::Other));
    said!(format!("api uuid_record {A} start /srv/rec/a.wav"), ok(), client.record(A, Record::Start, "/srv/rec/a.wav"))
        .unwrap();
    said!(
        format!("api uuid_record {A} mask '/srv/rec/a b.wav'"),
        ok(),
        client.record(A, Record::Mask, "/srv/rec/a b.wav")
    )
    .unwrap();
    said!(format!("api uuid_send_dtmf {A} 12#"), ok(), client.send_dtmf(A, "12#")).unwrap();
    said!(
        format!("api uuid_broadcast {A} tone_stream://%(200,0,440) aleg"),
        ok(),
        client.play(A, "tone_stream://%(200,0,440)", Leg::A)
    )
    .unwrap();
    said!(format!("api uuid_break {A} all"), ok(), client.break_media(A)).unwrap();
    said!(
        format!("api uuid_transfer {A} -both 9664 XML default"),
        ok(),
        client.transfer(A, Leg::Both, "9664", "default")
    )
    .unwrap();
    said!(format!("api uuid_park {B}"), ok(), client.park(B)).unwrap();
    said!(format!("api uuid_audio {A} start read mute 1"), ok(), client.mute(A, true)).unwrap();
    assert!(said!(format!("api uuid_exists {A}"), response("true"), client.exists(A)).unwrap());
    let reply = || crate::peer::reply("+OK");
    said!(
        format!("sendmsg {A}\ncall-command: hangup\nhangup-cause: USER_BUSY"),
        reply(),
        client.hangup(A, "USER_BUSY")
    )
    .unwrap();
    said!(format!("sendmsg {A}\ncall-command: nomedia\nnomedia-uuid: {B}"), reply(), client.no_media(A, B)).unwrap();
    let unicast = Unicast::new(("127.0.0.1", 8025), ("127.0.0.1", 8026)).tcp().native();
    let words = format!(
        "sendmsg {A}\ncall-command: unicast\nlocal-ip: 127.0.0.1\nlocal-port: 8025\nremote-ip: 127.0.0.1\nremote-port: 8026\ntransport: tcp\nflags: native"
    );
    said!(words, reply(), client.unicast(A, &unicast)).unwrap();
    let words = format!("sendmsg {A}\ncall-command: xferext\napplication: answer\napplication: playback a.wav");
    said!(words, reply(), client.transfer_to_applications(A, &[("answer", ""), ("playback", "a.wav")])).unwrap();
    let words = "sendevent CUSTOM\nEvent-Subclass: test::x\nX: a\nX: b\nContent-Length: 5\n\n+OK\n\n";
    let sent = SendEvent::custom("test::x").header("X", "a").header("X", "b").body("+OK\n\n");
    let uuid = said!(words, crate::peer::reply(&format!("+OK {UUID}")), client.send_event(sent)).unwrap();
    assert_eq!(uuid, UUID);
    said!(format!("myevents {A}"), crate::peer::reply("+OK Events Enabled"), client.my_events(A)).unwrap();
    said!("divert_events on", crate::peer::reply("+OK events diverted"), client.divert_events(true)).unwrap();
    said!("linger 3", crate::peer::reply("+OK will linger 3 seconds"), client.linger(Duration::from_secs(3))).unwrap();
    said!("nolinger", crate::peer::reply("+OK will not linger"), client.no_linger()).unwrap();
    let queued = client.queue(A, Execute::new("playback").argument("a.wav"));
    let (queued, command) = tokio::join!(queued, async {
        let command = peer.command().await;
        peer.say(reply()).await;
        command
    });
    queued.unwrap();
    assert!(command.contains("execute-app-name: playback\n"));
    for bad in ["5000 x", "-both"] {
        let error = client.transfer(A, Leg::A, bad, "default");
        if bad == "-both" {
            assert!(error.await.is_err());
        } else {
            said!(format!("api uuid_transfer {A} '5000 x' XML default"), ok(), error).unwrap();
        }
    }
}

#[tokio::test]
async fn a_recorded_conference_is_read() {
    let (client, mut peer) = pair().await;
    let rows = rows("conference");
    let command = rows
        .iter()
        .filter(|row| !row.from_server)
        .filter_map(|row| row.bytes.clone())
        .map(|bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned());
    let list = command.into_iter().find(|command| command.ends_with(" json_list")).unwrap();
    let name = list.split(' ').nth(2).unwrap().to_owned();
    let conference = client.conference(&name).unwrap();
    let members =
        ask(&client, &mut peer, "conference", &list, async |_: &Client| conference.members().await).await.unwrap();
    assert_eq!(members.len(), 2);
    assert!(
        members
            .iter()
            .all(|member| member.id > 0 && member.uuid.len() == 36 && member.kind == "caller" && member.flags.can_hear)
    );
    let kick = format!("api conference {name} kick 99");
    let (error, ()) = tokio::join!(conference.kick(99), peer.answer(&kick, response("-ERR Non-Existant ID 99\n")));
    assert_eq!(error.unwrap_err().to_string(), "FreeSWITCH refused api conference: Non-Existant ID 99");
    let (error, ()) = tokio::join!(
        conference.mute(1),
        peer.answer(format!("api conference {name} mute 1"), response(&format!("-ERR Conference {name} not found\n")))
    );
    assert!(error.is_err());
    assert!(client.conference("a b").is_err());
}
