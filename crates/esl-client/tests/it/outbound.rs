//! Calls that FreeSWITCH hands over.

use crate::peer::{NOTICE, Peer, SOON, UUID, call, channel, event, header, reply, response, taking};
use crate::recorded::rows;
use esl_client::{Error, Execute, HangupCause, Listener, Rejection};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

fn complete(command: &str, headers: &[(&str, &str)]) -> String {
    let uuid = header(command, "Event-UUID");
    let all = [&[("Event-Name", "CHANNEL_EXECUTE_COMPLETE"), ("Unique-ID", UUID), ("Application-UUID", uuid)], headers]
        .concat();
    event(&all, None)
}

fn hangup(name: &str, cause: &str) -> String {
    event(&[("Event-Name", name), ("Unique-ID", UUID), ("Hangup-Cause", cause)], None)
}

#[tokio::test]
async fn a_call_is_answered_asked_and_let_go() {
    let (call, mut peer) = call(taking()).await;
    assert_eq!((call.uuid(), &*call.caller(), &*call.destination()), (UUID, "1000", "5000"));
    assert!(call.is_full() && call.is_async());
    assert_eq!(call.channel().variable("test_var").unwrap(), "hello world");
    let server = async {
        let answer = peer.command().await;
        assert!(
            answer.starts_with("sendmsg\ncall-command: execute\nexecute-app-name: answer\nEvent-UUID: "),
            "{answer}"
        );
        peer.say(reply("+OK") + &complete(&answer, &[("Application-Response", "_none_")])).await;
        let play = peer.command().await;
        peer.say(reply("+OK") + &complete(&play, &[("Application-Response", "FILE NOT FOUND")])).await;
        let ask = peer.command().await;
        let argument: Vec<_> = header(&ask, "execute-app-arg").split(' ').collect();
        assert_eq!(
            (&argument[..6], &argument[8..]),
            (&["1", "4", "2", "5000", "#", "ivr/welcome.wav"][..], &[r"\d+", "3000"][..])
        );
        peer.say(reply("+OK") + &complete(&ask, &[(&format!("variable_{}", argument[7]), "1234")])).await;
        let bridge = peer.command().await;
        peer.say(reply("+OK") + &complete(&bridge, &[("variable_originate_disposition", "USER_BUSY")])).await;
        peer.answer(format!("api uuid_getvar {UUID} x"), response("~Reply-Text: forged")).await;
        let transfer = peer.command().await;
        assert!(
            transfer.ends_with("execute-app-name: transfer\n") || transfer.contains("execute-app-arg: 1234"),
            "{transfer}"
        );
        peer.say(reply("+OK")).await;
        peer.say(hangup("CHANNEL_HANGUP", "NORMAL_CLEARING") + &hangup("CHANNEL_HANGUP_COMPLETE", "NORMAL_CLEARING"))
            .await;
        peer.say(
            "Content-Type: text/disconnect-notice\nContent-Disposition: linger\nLinger-Time: 10\nContent-Length: 0\n\n",
        )
        .await;
        peer
    };
    let app = async {
        call.answer().await.unwrap();
        assert!(call.play("nosuch.wav").await.unwrap_err().to_string().contains("FILE NOT FOUND"));
        let digits = call.play_and_get_digits("ivr/welcome.wav").max(4).tries(2).await.unwrap();
        assert_eq!(digits, "1234");
        assert_eq!(
            call.bridge("user/1001").await.unwrap_err().rejection(),
            Some(&Rejection::Cause(HangupCause::UserBusy))
        );
        assert_eq!(call.variable("x").await.unwrap().unwrap(), "~Reply-Text: forged");
        call.transfer(&digits).await.unwrap();
        call.finished().await.unwrap()
    };
    let (mut peer, cause) = timeout(SOON, async { tokio::join!(server, app) }).await.unwrap();
    assert_eq!(cause, HangupCause::NormalClearing);
    // it lingers: commands still work
    let (version, ()) = tokio::join!(call.client().api("version", ""), peer.answer("api version", response("v")));
    assert_eq!(version.unwrap(), "v");
}

#[tokio::test]
async fn what_runs_when_the_caller_goes_ends_with_the_cause() {
    let (call, mut peer) = call(taking()).await;
    let (played, ()) = tokio::join!(call.execute(Execute::new("playback").argument("x")), async {
        peer.command().await;
        peer.say(reply("+OK") + &hangup("CHANNEL_HANGUP", "ORIGINATOR_CANCEL") + NOTICE).await;
    });
    let error = played.unwrap_err();
    assert!(matches!(&error, Error::HungUp { cause: HangupCause::OriginatorCancel, .. }), "{error}");
    assert_eq!(call.finished().await.unwrap(), HangupCause::OriginatorCancel);
}

#[tokio::test]
async fn a_hangup_is_done_if_the_call_is_over_and_only_then() {
    // the caller goes while it is said
    let (gone, mut peer) = call(taking()).await;
    let (done, ()) = tokio::join!(gone.hangup(HangupCause::UserBusy), async {
        peer.command().await;
        peer.say(hangup("CHANNEL_HANGUP", "ORIGINATOR_CANCEL") + NOTICE).await;
    });
    done.unwrap();
    assert_eq!(gone.hangup_cause(), Some(HangupCause::OriginatorCancel));
    // and again, without a connection
    gone.hangup(HangupCause::UserBusy).await.unwrap();
    // FreeSWITCH does not know the channel any more
    let (gone, mut peer) = call(taking()).await;
    let (done, _) = tokio::join!(gone.hangup(HangupCause::UserBusy), async {
        peer.command().await;
        peer.say(reply("-ERR invalid session id [x]")).await;
    });
    done.unwrap();
    // a refusal of another kind, and a connection that ends with no word of the call
    let (stays, mut peer) = call(taking()).await;
    let (refused, ()) = tokio::join!(stays.hangup(HangupCause::UserBusy), async {
        peer.command().await;
        peer.say(reply("-ERR memory error")).await;
    });
    assert_eq!(refused.unwrap_err().rejection(), Some(&Rejection::Other));
    drop(peer);
    let lost = stays.hangup(HangupCause::UserBusy).await;
    assert!(matches!(lost, Err(Error::Link(_))), "{lost:?}");
}

/// The recorded end of a call, as the end of this execution: the application that runs is completed between the two hangups.
fn recorded_end(command: &str) -> String {
    let rows = rows("outbound-hangup-linger");
    let end = rows.into_iter().filter(|row| row.from_server).filter_map(|row| row.bytes);
    let end =
        end.map(|bytes| String::from_utf8(bytes).unwrap()).find(|text| text.contains("Event-Name: CHANNEL_HANGUP"));
    end.unwrap().replace("9ff3ed3e-ece2-497d-a879-cd9c10fca0ca", header(command, "Event-UUID"))
}

#[tokio::test]
async fn what_the_hangup_breaks_off_is_not_done() {
    for application in ["playback", "answer", "set", "park"] {
        let (call, mut peer) = call(taking()).await;
        let (ended, ()) = tokio::join!(call.execute(Execute::new(application)), async {
            let command = peer.command().await;
            peer.say(reply("+OK") + &recorded_end(&command)).await;
        });
        let Err(Error::HungUp { request, cause, ended: Some(ended), .. }) = ended else { panic!("{ended:?}") };
        assert_eq!((&*request, cause), (&*format!("execute {application}"), HangupCause::NormalClearing));
        assert_eq!(ended.response(), "_none_");
    }
}

#[tokio::test]
async fn what_ends_the_call_itself_is_done() {
    for application in ["hangup", "bridge", "transfer", "redirect", "respond"] {
        let (call, mut peer) = call(taking()).await;
        let (ended, ()) = tokio::join!(call.execute(Execute::new(application)), async {
            let command = peer.command().await;
            peer.say(reply("+OK") + &recorded_end(&command)).await;
        });
        assert_eq!(ended.unwrap().hangup_cause(), Some(HangupCause::NormalClearing), "{application}");
    }
}

#[tokio::test]
async fn what_ends_before_the_hangup_is_done() {
    let (call, mut peer) = call(taking()).await;
    let (played, ()) = tokio::join!(call.play("x"), async {
        let command = peer.command().await;
        let done = complete(&command, &[("Application-Response", "FILE PLAYED")]);
        peer.say(reply("+OK") + &done + &hangup("CHANNEL_HANGUP", "NORMAL_CLEARING")).await;
    });
    assert_eq!(played.unwrap().hangup_cause(), None);
}

#[tokio::test]
async fn a_bridge_tells_who_hung_up() {
    for (disposition, goes) in
        [("USER_BUSY", false), ("ORIGINATOR_CANCEL", true), ("failure", true), ("SUCCESS", false)]
    {
        let (call, mut peer) = call(taking()).await;
        let (bridged, ()) = tokio::join!(call.bridge("user/1001"), async {
            let command = peer.command().await;
            let headers = [("Hangup-Cause", "USER_BUSY"), ("variable_originate_disposition", disposition)];
            peer.say(reply("+OK") + &complete(&command, &headers)).await;
        });
        match bridged {
            Ok(_) => assert_eq!(disposition, "SUCCESS"),
            Err(Error::HungUp { .. }) => assert!(goes, "{disposition}"),
            Err(Error::Rejected { .. }) => assert_eq!(disposition, "USER_BUSY"),
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn without_full_and_async_everything_still_works() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = Peer::new(theirs);
    let settings = taking();
    let (call, ()) = tokio::join!(settings.accept(ours), async {
        peer.answer("connect", channel("static", "single-channel")).await;
        // no linger: this connection has none
        peer.answer("myevents plain", reply("+OK Events Enabled")).await;
    });
    let call = call.unwrap();
    assert!(!call.is_full() && !call.is_async());
    let (played, ()) = tokio::join!(call.execute(Execute::new("sleep").argument("800")), async {
        let command = peer.command().await;
        // the answer comes when the application has ended, and its events after that
        peer.say(reply("+OK") + &complete(&command, &[("Application-Response", "_none_")])).await;
    });
    assert_eq!(played.unwrap().response(), "_none_");
    let (value, ()) =
        tokio::join!(call.variable("test_var"), peer.answer("connect", channel("static", "single-channel")));
    assert_eq!(value.unwrap().unwrap(), "hello world");
    assert!(call.set_variable("x", "${system(id)}").await.is_err());
    let (linger, ()) = tokio::join!(call.client().linger(None), peer.answer("linger", reply("-ERR command not found")));
    assert_eq!(linger.unwrap_err().rejection(), Some(&Rejection::UnknownCommand));
    let (resumed, ()) = tokio::join!(call.resume(), peer.answer("resume", reply("+OK")));
    resumed.unwrap();
    let (_, exit) = tokio::join!(call.client().close(), async {
        let exit = peer.command().await;
        drop(peer);
        exit
    });
    assert_eq!(exit, "exit");
    assert!(call.finished().await.is_err());
}

/// Says a recorded call's lines when the client says its own.
#[tokio::test]
async fn recorded_calls_are_taken() {
    for (name, full) in [
        ("outbound-sync", false),
        ("outbound-async", false),
        ("outbound-full", true),
        ("outbound-async-full", true),
        ("outbound-hangup-linger", true),
        ("outbound-hangup-nolinger", true),
        ("outbound-transfer", true),
        ("outbound-multiline-values", true),
    ] {
        let recorded: Vec<u8> = rows(name)
            .into_iter()
            .filter(|row| row.from_server && row.conn == 1)
            .flat_map(|row| row.bytes.unwrap_or_default())
            .collect();
        let end = recorded.windows(2).position(|two| two == b"\n\n").unwrap() + 2;
        let (connected, rest) = recorded.split_at(end);
        let (ours, theirs) = tokio::io::duplex(1 << 22);
        let mut peer = Peer::new(theirs);
        let settings = taking();
        let (call, ()) = tokio::join!(settings.accept(ours), async {
            peer.answer("connect", connected).await;
            if full {
                peer.answer("linger 10", reply("+OK will linger 10 seconds")).await;
            }
            peer.answer("myevents plain", reply("+OK Events Enabled")).await;
        });
        let call = call.unwrap();
        assert_eq!(call.is_full(), full, "{name}");
        let hung_up = rest.windows(26).any(|part| part == b"Event-Name: CHANNEL_HANGUP");
        let last = rest.windows(19).rposition(|part| part == b"Content-Disposition");
        assert!(last.is_some() || name == "outbound-sync" || rest.is_empty() || !hung_up, "{name}");
        peer.say(rest).await;
        drop(peer);
        let finished = timeout(SOON, call.finished()).await.unwrap();
        let ours =
            rest.windows(call.uuid().len() + 11).any(|part| part == format!("Unique-ID: {}", call.uuid()).as_bytes());
        assert_eq!(finished.is_ok(), hung_up && ours, "{name}: {finished:?}");
    }
}

/// FreeSWITCH's side of one call over TCP.
pub(crate) async fn dial(address: std::net::SocketAddr) -> TcpStream {
    let mut io = TcpStream::connect(address).await.unwrap();
    expect(&mut io, "connect\n\n").await;
    say_whose(&mut io).await;
    io
}

/// The rest of the exchange, after the question.
pub(crate) async fn say_whose(io: &mut TcpStream) {
    io.write_all(channel("async", "full").as_bytes()).await.unwrap();
    expect(io, "linger 10\n\n").await;
    io.write_all(reply("+OK will linger 10 seconds").as_bytes()).await.unwrap();
    expect(io, "myevents plain\n\n").await;
    io.write_all(reply("+OK Events Enabled").as_bytes()).await.unwrap();
}

async fn expect(io: &mut TcpStream, text: &str) {
    let mut bytes = vec![0; text.len()];
    timeout(SOON, io.read_exact(&mut bytes)).await.unwrap().unwrap();
    assert_eq!(String::from_utf8_lossy(&bytes), text);
}

#[tokio::test]
async fn many_calls_at_once_fail_each_for_itself() {
    let listener = Listener::builder().calls(64).bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = Arc::new(AtomicUsize::new(0));
    let (stop, stopped) = oneshot::channel::<()>();
    let counter = Arc::clone(&served);
    let serving = tokio::spawn(listener.serve_until(
        move |call| {
            let n = counter.fetch_add(1, Ordering::SeqCst);
            async move {
                if n.is_multiple_of(3) {
                    panic!("this one is broken, on purpose");
                }
                if n % 3 == 1 {
                    return Err("this one fails");
                }
                call.finished().await.map(drop).map_err(|_| "lost")
            }
        },
        async move { drop(stopped.await) },
    ));
    // more at once than may be served: the rest waits for a place
    let calls: Vec<_> = (0..150)
        .map(|_| {
            tokio::spawn(async move {
                let mut io = dial(address).await;
                io.write_all(hangup("CHANNEL_HANGUP_COMPLETE", "NORMAL_CLEARING").as_bytes()).await.unwrap();
                // each of them is ended properly
                expect(&mut io, "exit\n\n").await;
            })
        })
        .collect();
    // and one that says nothing of a call
    drop(TcpStream::connect(address).await.unwrap());
    for call in calls {
        timeout(SOON, call).await.unwrap().unwrap();
    }
    assert_eq!(served.load(Ordering::SeqCst), 150);
    stop.send(()).unwrap();
    timeout(SOON, serving).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_stop_waits_and_then_closes_what_is_left() {
    let listener = Listener::builder()
        .drain(Duration::from_millis(50))
        .allow(|peer| peer.ip().is_loopback())
        .bind("127.0.0.1:0")
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(
        listener.serve_until(|_call| std::future::pending::<Result<(), Error>>(), async move { drop(stopped.await) }),
    );
    let mut io = dial(address).await;
    stop.send(()).unwrap();
    expect(&mut io, "exit\n\n").await;
    drop(io);
    timeout(SOON, serving).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn who_may_not_connect_is_put_down() {
    let listener = Listener::builder().allow(|_| false).bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(listener.serve(|call| async move { call.finished().await }));
    let mut io = TcpStream::connect(address).await.unwrap();
    let mut bytes = Vec::new();
    assert_eq!(timeout(SOON, io.read_to_end(&mut bytes)).await.unwrap().unwrap_or(0), 0);
    serving.abort();
}
