//! The client against a hand-held server.

use crate::peer::{NOTICE, Peer, SOON, UUID, event, greeted_with, header, log_in, pair, reply, response};
use crate::recorded::sent_by_server;
use esl_client::event::{BackgroundJob, ChannelAnswer, ConferenceMaintenance, Dtmf};
use esl_client::{
    Client, Delivery, Error, Execute, HangupCause, LinkError, LogLevel, Originate, RefusalKind, Rejection, Selection,
    SendEvent,
};
use tokio::time::timeout;

#[tokio::test]
async fn recorded_refusals_are_told_apart() {
    let first = |name: &str| sent_by_server(name).into_values().next().unwrap();
    let error = greeted_with(&first("login-refused")).await.unwrap_err();
    let Error::Link(LinkError::Refused(refusal)) = &error else { panic!("{error}") };
    assert_eq!(
        (refusal.kind, &*refusal.message, error.is_access_denied()),
        (RefusalKind::Credentials, "invalid", false)
    );
    let error = greeted_with(&first("login-acl-rejected")).await.unwrap_err();
    assert!(error.is_access_denied() && error.to_string().contains("Access Denied, go away."), "{error}");
    let error = greeted_with(&first("login-timeout")).await.unwrap_err();
    assert!(matches!(&error, Error::Link(LinkError::Login { .. })) && !error.is_access_denied(), "{error}");
}

#[tokio::test]
async fn another_kind_of_server_is_told_by_its_first_line() {
    for line in [
        "HTTP/1.1 400 Bad Request",
        "Asterisk Call Manager/11.0.0",
        "YATE 6.4.1-1 r6546 (http://YATE.null.ro) ready on test.",
        "SSH-2.0-OpenSSH_9.2p1",
        "220 mail.test.local: ESMTP",
    ] {
        // nothing more comes, and the connection stays
        let error = greeted_with(format!("{line}\r\n").as_bytes()).await.unwrap_err();
        let Error::Link(LinkError::Refused(refusal)) = &error else { panic!("{error}") };
        assert_eq!((refusal.kind, &*refusal.message), (RefusalKind::WrongService, line));
    }
    // a block that is whole, of headers that mean nothing
    let error = greeted_with(b"X-Powered-By: y\n\n").await.unwrap_err();
    assert!(matches!(&error, Error::Link(LinkError::Refused(refusal)) if refusal.kind == RefusalKind::WrongService));
}

#[tokio::test]
async fn a_user_logs_in_with_limited_rights() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = Peer::new(theirs);
    let login = async {
        peer.say("Content-Type: auth/request\n\n").await;
        let words = "Content-Type: command/reply\nReply-Text: +OK accepted\nAllowed-Events: HEARTBEAT\nAllowed-API: status version\nAllowed-LOG: false\n\n";
        peer.answer("userauth 1001@test.local:test-secret", words).await;
        peer.answer("api version", reply("-ERR permission denied")).await;
        peer.answer("event plain BACKGROUND_JOB", reply("-ERR permission denied")).await;
    };
    let builder = Client::builder("test", "test-secret".to_owned()).user("1001@test.local");
    let (client, ()) = tokio::join!(builder.from_io(ours), login);
    let client = client.unwrap();
    let server = client.server();
    assert_eq!(
        (server.allowed_events.as_deref(), server.allowed_log, server.version()),
        (Some("HEARTBEAT"), Some(false), "")
    );
    let (denied, ()) =
        tokio::join!(client.api("originate", "x"), peer.answer("api originate x", reply("-ERR permission denied")));
    assert_eq!(denied.unwrap_err().rejection(), Some(&Rejection::PermissionDenied));
    // its end could never be heard: it is not begun
    let error = client.bgapi("status", "").await.unwrap_err();
    assert_eq!(error.rejection(), Some(&Rejection::PermissionDenied), "{error}");
    assert!(error.to_string().contains("allowed events need it"), "{error}");
}

#[tokio::test]
async fn answers_go_to_who_asked_in_order() {
    let (client, mut peer) = pair().await;
    assert_eq!(client.server().version(), "1.11.2-release");
    let asked: Vec<_> = (0..50)
        .map(|i| {
            let client = client.clone();
            tokio::spawn(async move { client.api("echo", &i.to_string()).await })
        })
        .collect();
    for _ in 0..50 {
        let command = peer.command().await;
        let argument = command.strip_prefix("api echo ").unwrap().to_owned();
        // an event between two answers changes nothing
        peer.say(event(&[("Event-Name", "HEARTBEAT")], None) + &response(&argument)).await;
    }
    for (i, asked) in asked.into_iter().enumerate() {
        assert_eq!(asked.await.unwrap().unwrap(), i.to_string());
    }
}

#[tokio::test]
async fn the_answer_to_one_who_has_gone_is_thrown_away() {
    let (client, mut peer) = pair().await;
    let slow = client.api("msleep", "60000");
    assert!(
        timeout(std::time::Duration::from_millis(20), async { tokio::join!(slow, peer.command()).0 }).await.is_err()
    );
    let late = client.api_within("late", "", std::time::Duration::from_millis(20)).await;
    assert!(matches!(late, Err(Error::Link(LinkError::Timeout { sent: true, .. }))), "{late:?}");
    assert_eq!(peer.command().await, "api late");
    let next = tokio::spawn({
        let client = client.clone();
        async move { client.api("next", "").await }
    });
    assert_eq!(peer.command().await, "api next");
    peer.say(response("slept") + &response("too late") + &response("mine")).await;
    assert_eq!(next.await.unwrap().unwrap(), "mine");
}

#[tokio::test]
async fn jobs_end_by_their_uuid_in_any_order() {
    let (client, mut peer) = pair().await;
    let jobs: Vec<_> = ["a", "b", "c"]
        .map(|name| {
            let client = client.clone();
            tokio::spawn(async move { client.bgapi(name, "x y").await })
        })
        .into();
    let mut uuids = std::collections::HashMap::new();
    for _ in 0..3 {
        let command = peer.command().await;
        let name = command.split(' ').nth(1).unwrap().to_owned();
        let uuid = header(&command, "Job-UUID").to_owned();
        assert!(command.starts_with(&format!("bgapi {name} x y\n")));
        peer.say(reply(&format!("+OK Job-UUID: {uuid}"))).await;
        uuids.insert(name, uuid);
    }
    let mut seen = client.events_of::<BackgroundJob>();
    // somebody else's job, with a result that looks like headers
    let job = |uuid: &str, body: Option<&str>| event(&[("Event-Name", "BACKGROUND_JOB"), ("Job-UUID", uuid)], body);
    peer.say(job("not-ours", Some("Job-UUID: x\n\n"))).await;
    peer.say(
        job(&uuids["c"], Some("+OK\nContent-Length: 5\n\nend"))
            + &job(&uuids["a"], None)
            + &job(&uuids["b"], Some("-ERR USER_BUSY\n")),
    )
    .await;
    let mut results = Vec::new();
    for job in jobs {
        results.push(job.await.unwrap());
    }
    assert_eq!(results[0].as_ref().unwrap(), "");
    assert_eq!(results[1].as_ref().unwrap_err().rejection(), Some(&Rejection::Cause(HangupCause::UserBusy)));
    assert_eq!(results[2].as_ref().unwrap(), "+OK\nContent-Length: 5\n\nend");
    let Some(Delivery::Event(first)) = seen.recv().await else { panic!() };
    assert_eq!(first.job_uuid().unwrap(), "not-ours");
    let (refused, ()) = tokio::join!(client.bgapi("x", ""), async {
        peer.command().await;
        peer.say(reply("-ERR permission denied")).await;
    });
    assert_eq!(refused.unwrap_err().rejection(), Some(&Rejection::PermissionDenied));
}

fn complete(uuid: &str, response: &str) -> String {
    event(
        &[
            ("Event-Name", "CHANNEL_EXECUTE_COMPLETE"),
            ("Unique-ID", UUID),
            ("Application-UUID", uuid),
            ("Application-Response", response),
        ],
        None,
    )
}

#[tokio::test]
async fn executions_end_by_their_uuid_or_with_the_channel() {
    let (client, mut peer) = pair().await;
    let run = |execute: Execute| {
        let client = client.clone();
        tokio::spawn(async move { client.execute(UUID, execute).await })
    };
    let first = run(Execute::new("playback").argument("a.wav").event_lock(true).loops(2));
    assert_eq!(peer.command().await, "event plain CHANNEL_DESTROY CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP_COMPLETE");
    peer.say(reply("+OK event listener enabled plain")).await;
    let command = peer.command().await;
    let uuid = header(&command, "Event-UUID").to_owned();
    assert_eq!(
        command,
        format!(
            "sendmsg {UUID}\ncall-command: execute\nexecute-app-name: playback\nEvent-UUID: {uuid}\nevent-lock: true\nloops: 2\nexecute-app-arg: a.wav"
        )
    );
    peer.say(reply("+OK")).await;
    let second = run(Execute::new("set").argument("a=one\ntwo"));
    let command = peer.command().await;
    assert!(command.ends_with("Content-Type: text/plain\nContent-Length: 9\n\na=one\ntwo"), "{command}");
    // another one's completion, of an application of the same name
    peer.say(reply("+OK") + &complete("someone-else", "WRONG") + &complete(&uuid, "FILE PLAYED")).await;
    assert_eq!(first.await.unwrap().unwrap().response(), "FILE PLAYED");
    peer.say(event(
        &[("Event-Name", "CHANNEL_HANGUP_COMPLETE"), ("Unique-ID", "another"), ("Hangup-Cause", "USER_BUSY")],
        None,
    ))
    .await;
    peer.say(event(
        &[("Event-Name", "CHANNEL_HANGUP_COMPLETE"), ("Unique-ID", UUID), ("Hangup-Cause", "ORIGINATOR_CANCEL")],
        None,
    ))
    .await;
    let error = second.await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::HungUp { cause: HangupCause::OriginatorCancel, .. }), "{error}");
    let (error, ()) = tokio::join!(client.execute("nosuch", Execute::new("answer")), async {
        peer.command().await;
        peer.say(reply("-ERR invalid session id [nosuch]")).await;
    });
    assert_eq!(error.unwrap_err().rejection(), Some(&Rejection::NoSuchChannel));
}

#[tokio::test]
async fn subscriptions_filters_and_the_log_are_the_servers() {
    let (client, mut peer) = pair().await;
    let script = async {
        peer.answer(
            "event plain CHANNEL_ANSWER DTMF CUSTOM conference::maintenance",
            reply("+OK event listener enabled plain"),
        )
        .await;
        peer.answer("filter Event-Name BACKGROUND_JOB", reply("+OK filter added. [Event-Name]=[BACKGROUND_JOB]")).await;
        peer.answer(
            "filter Caller-Caller-ID-Name Alice A",
            reply("+OK filter added. [Caller-Caller-ID-Name]=[Alice A]"),
        )
        .await;
        peer.answer("log 7", reply("+OK log level debug [7]")).await;
        peer.answer("nixevent DTMF", reply("+OK events nixed")).await;
        peer.answer("nolog", reply("-ERR not loging")).await;
        peer
    };
    let asks = async {
        client.subscribe(Selection::from(["CHANNEL_ANSWER", "DTMF"]).custom("conference::maintenance")).await.unwrap();
        client.filter("Caller-Caller-ID-Name", "Alice A").await.unwrap();
        let log = client.log(LogLevel::Debug).await.unwrap();
        client.unsubscribe("DTMF").await.unwrap();
        assert_eq!(client.no_log().await.unwrap_err().to_string(), "FreeSWITCH refused nolog: not loging");
        log
    };
    let (mut peer, mut log) = tokio::join!(script, asks);
    let mut answers = client.events_of::<ChannelAnswer>();
    let mut talks = client.events_of::<ConferenceMaintenance>();
    peer.say(event(
        &[
            ("Event-Subclass", "conference::maintenance"),
            ("Event-Name", "CUSTOM"),
            ("Action", "start-talking"),
            ("Member-ID", "7"),
            ("Talking", "true"),
        ],
        None,
    ))
    .await;
    peer.say(event(&[("Event-Name", "CHANNEL_ANSWER"), ("Unique-ID", UUID), ("variable_x", "a b")], None)).await;
    peer.say(
        sent_by_server("log-frames")
            .into_values()
            .flat_map(|bytes| {
                let at = bytes.windows(22).position(|part| part == b"Content-Type: log/data").unwrap();
                bytes[at..].to_vec()
            })
            .collect::<Vec<_>>(),
    )
    .await;
    let Some(Delivery::Event(talk)) = talks.recv().await else { panic!() };
    assert_eq!(
        (talk.action().unwrap(), talk.member_id(), talk.talking()),
        ("start-talking".into(), Some(7), Some(true))
    );
    let Some(Delivery::Event(answer)) = answers.recv().await else { panic!() };
    assert_eq!((answer.unique_id().unwrap(), answer.variable("X").unwrap().text()), (UUID.into(), "a b".into()));
    let Some(Delivery::Event(line)) = log.recv().await else { panic!() };
    assert!(line.level().is_some() && line.text().ends_with('\n') && line.file().is_some(), "{line:?}");
    assert!(client.subscribe("CHANNEL_ANSWERED").await.is_err());
    assert!(client.stats().events >= 2 + 21);
    drop(client.events_of::<Dtmf>());
}

#[tokio::test]
async fn everything_is_restored_after_a_reconnect() {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let quick = esl_client::Reconnect::forever()
        .steps(std::time::Duration::from_millis(1), std::time::Duration::from_millis(5));
    let connect = Client::builder(&address, "ClueCon".to_owned()).reconnect(quick).connect();
    let accept = || async {
        let (io, _) = socket.accept().await.unwrap();
        let (theirs, ours) = tokio::io::duplex(1 << 16);
        tokio::spawn(async move {
            let (mut io, mut theirs) = (io, theirs);
            let _ = tokio::io::copy_bidirectional(&mut io, &mut theirs).await;
        });
        Peer::new(ours)
    };
    let (client, mut peer) = tokio::join!(connect, async {
        let mut peer = accept().await;
        log_in(&mut peer).await;
        peer
    });
    let client = client.unwrap();
    let mut events = client.events();
    let (_, ()) = tokio::join!(
        async {
            client.subscribe(Selection::from("HEARTBEAT").custom("sofia::register")).await.unwrap();
            client.filter("Unique-ID", "u1").await.unwrap();
            client.log(LogLevel::Warning).await.unwrap();
        },
        async {
            for _ in 0..4 {
                peer.command().await;
                peer.say(reply("+OK")).await;
            }
        }
    );
    let pending = tokio::spawn({
        let client = client.clone();
        async move { client.api("status", "").await }
    });
    assert_eq!(peer.command().await, "api status");
    peer.say(NOTICE).await;
    drop(peer);
    let error = pending.await.unwrap().unwrap_err();
    assert!(
        matches!(&error, Error::Link(LinkError::ConnectionLost { sent: true, .. }))
            && error.to_string().contains("goodbye"),
        "{error}"
    );
    let mut peer = accept().await;
    peer.say("Content-Type: auth/request\n\n").await;
    peer.answer("auth ClueCon", reply("+OK accepted")).await;
    peer.answer("api version", response("x")).await;
    for line in [
        "event plain BACKGROUND_JOB",
        "event plain HEARTBEAT CUSTOM sofia::register",
        "filter Event-Name BACKGROUND_JOB",
        "filter Unique-ID u1",
        "log 4",
    ] {
        peer.answer(line, reply("+OK")).await;
    }
    peer.say(event(&[("Event-Name", "HEARTBEAT")], None)).await;
    assert!(matches!(timeout(SOON, events.recv()).await.unwrap(), Some(Delivery::Reconnected { .. })));
    assert!(
        matches!(timeout(SOON, events.recv()).await.unwrap(), Some(Delivery::Event(event)) if event.is("HEARTBEAT"))
    );
    let (status, ()) = tokio::join!(client.api("status", ""), peer.answer("api status", response("UP")));
    assert_eq!(status.unwrap(), "UP");
    let (_, exit) = tokio::join!(client.close(), async {
        let exit = peer.command().await;
        drop(peer);
        exit
    });
    assert_eq!(exit, "exit");
}

#[tokio::test]
async fn nothing_can_be_slipped_in() {
    let (client, peer) = pair().await;
    let bad = "x\n\napi shutdown";
    let field = |error: Error| match error {
        Error::Link(LinkError::InvalidArgument { field, .. }) => field.into_owned(),
        other => panic!("{other}"),
    };
    assert_eq!(field(client.api("status", bad).await.unwrap_err()), "arguments");
    assert_eq!(field(client.bgapi(bad, "").await.unwrap_err()), "command");
    assert_eq!(field(client.execute(bad, Execute::new("answer")).await.unwrap_err()), "channel");
    assert_eq!(field(client.execute(UUID, Execute::new(bad)).await.unwrap_err()), "application");
    assert_eq!(field(client.send_event(SendEvent::custom(bad)).await.unwrap_err()), "Event-Subclass");
    assert_eq!(field(client.send_event(SendEvent::new("X").body("a\0")).await.unwrap_err()), "body");
    assert_eq!(field(client.filter("Unique-ID", bad).await.unwrap_err()), "arguments");
    assert_eq!(field(client.filter(bad, "x").await.unwrap_err()), "header");
    assert_eq!(field(client.hangup(UUID, bad).await.unwrap_err()), "hangup-cause");
    assert_eq!(field(client.set_variable(UUID, "x", bad).await.unwrap_err()), "value");
    assert_eq!(field(client.set_variable(UUID, "x y", "z").await.unwrap_err()), "variable");
    assert_eq!(field(client.originate(Originate::new("user/1").variable("v", bad)).await.unwrap_err()), "v");
    assert_eq!(field(client.originate(Originate::new(bad)).await.unwrap_err()), "endpoint");
    assert_eq!(field(client.send_dtmf(UUID, "1 x").await.unwrap_err()), "digits");
    for line in ["getvar x", "GetVar x", "auth x", "exit", "exited", "...", "", " api x"] {
        assert_eq!(field(client.command(line).await.unwrap_err()), "command", "{line}");
    }
    // nothing was sent
    let mut peer = peer;
    let (_, next) = tokio::join!(client.close(), async {
        let next = peer.command().await;
        drop(peer);
        next
    });
    assert_eq!(next, "exit");
}

#[tokio::test]
async fn a_call_is_made_by_a_job() {
    let (client, mut peer) = pair().await;
    let call =
        Originate::new("loopback/9196/default").caller_id("Alice A", "1000").uuid(UUID).extension("5900", "default");
    let (uuid, ()) = tokio::join!(client.originate(call), async {
        let command = peer.command().await;
        assert!(
            command.starts_with(&format!(
                "bgapi originate '{{origination_uuid={UUID},origination_caller_id_name=Alice A,origination_caller_id_number=1000}}loopback/9196/default' 5900 XML default\n"
            )),
            "{command}"
        );
        let uuid = header(&command, "Job-UUID").to_owned();
        peer.say(reply(&format!("+OK Job-UUID: {uuid}"))).await;
        peer.say(event(&[("Event-Name", "BACKGROUND_JOB"), ("Job-UUID", &uuid)], Some(&format!("+OK {UUID}\n")))).await;
    });
    assert_eq!(uuid.unwrap(), UUID);
    let value = client.variable(UUID, "x");
    let (value, ()) =
        tokio::join!(value, peer.answer(format!("api uuid_getvar {UUID} x"), response("-ERR said the caller\nx: y")));
    assert_eq!(value.unwrap().unwrap(), "-ERR said the caller\nx: y");
    let (value, ()) =
        tokio::join!(client.variable(UUID, "x"), peer.answer(format!("api uuid_getvar {UUID} x"), response("_undef_")));
    assert_eq!(value.unwrap(), None);
    let set = client.set_variable(UUID, "x", "it's  two ");
    let (set, ()) =
        tokio::join!(set, peer.answer(format!("api uuid_setvar {UUID} x 'it\\'s  two '"), response("+OK\n")));
    set.unwrap();
}
