//! Messages, watches, settings: what goes out, and what comes of it.

use crate::peer::{SOON, builder, pair, pair_with};
use tokio::time::timeout;
use yate_extmodule::{Client, Delivery, Error, LinkError, Message, Notice, Role};

fn field(error: &Error) -> String {
    match error {
        Error::Link(LinkError::InvalidArgument { field, .. }) => field.clone().into_owned(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn answers_find_their_messages_in_any_order() {
    let (client, mut peer) = pair().await;
    assert_eq!((client.server().version.as_str(), client.server().bufsize), ("6.4.1", 65_536));
    let sent = (0..3).map(|n| client.send(Message::new("app.test").set("n", n.to_string())));
    let answers = async {
        let asked = [peer.message().await, peer.message().await, peer.message().await];
        assert_eq!(asked[1].1, "0:app.test::n=1");
        peer.say(format!("%%<message:{}:true:app.test:two:n=2", asked[2].0)).await;
        peer.say("%%<message:somebody.1:true:app.test:else:n=2").await;
        peer.say(format!("%%<message:{}:false:app.test::n=0", asked[0].0)).await;
        peer.say(format!("%%<message:{}:true:app.test:one:n=1:handlers=a%z1", asked[1].0)).await;
    };
    let (answers, ()) = tokio::join!(futures_util::future::join_all(sent), answers);
    let seen: Vec<_> = answers
        .into_iter()
        .map(|answer| {
            let answer = answer.unwrap();
            (answer.is_handled(), answer.ret_value().into_owned(), answer.get("n").unwrap().into_owned())
        })
        .collect();
    assert_eq!(
        seen,
        [(false, "".into(), "0".into()), (true, "one".into(), "1".into()), (true, "two".into(), "2".into())]
    );
}

#[tokio::test]
async fn values_cannot_end_a_line_or_a_field() {
    let (client, mut peer) = pair().await;
    let evil = "a\r\n%%>quit\n:x=y%z\u{1}";
    let message = Message::new("app.test").set("e:v", evil).set("n", b"\xe9\xff".as_slice()).ret_value(evil).time(5);
    let (answer, ()) = tokio::join!(client.send(message), async {
        let (id, rest) = peer.message().await;
        let carried = "a%M%J%%%%>quit%J%zx=y%%z%A";
        assert_eq!(rest, format!("5:app.test:{carried}:e%zv={carried}:n=\u{fffd}\u{fffd}"));
        peer.say(format!("%%<message:{id}:false:{rest}").replacen("5:", "", 1)).await;
    });
    assert_eq!(answer.unwrap().get("e:v").unwrap(), evil);

    for (message, wrong) in [
        (Message::new("app.test").set("a", "x\0y"), "a"),
        (Message::new("app.test").set("a=b", "x"), "parameter name"),
        (Message::new("app.test").set("", "x"), "parameter name"),
        (Message::new("app.test").set("a\0", "x"), "parameter name"),
        (Message::new(""), "message name"),
        (Message::new("a\0b"), "message name"),
        (Message::new("app.test").ret_value("\0"), "return value"),
        (Message::new("app.test").set("a", vec![b'x'; 65_536]), "message"),
        // without an id it drops all calls
        (Message::new("call.drop"), "id"),
        (Message::new("call.drop").set("id", " "), "id"),
        (Message::new("chan.masquerade").set("message", "call.drop"), "id"),
    ] {
        assert_eq!(field(&client.send(message.clone()).await.unwrap_err()), wrong);
        assert_eq!(field(&client.emit(message).await.unwrap_err()), wrong);
    }
    for name in ["a\nb", "a:b", "a\rb", "a\0b"] {
        assert_eq!(field(&client.watch(name).await.unwrap_err()), "message name");
        assert_eq!(field(&client.unwatch(name).await.unwrap_err()), "message name");
        assert_eq!(field(&client.handle(name).on(|m| async move { Ok(m.pass()) }).await.unwrap_err()), "message name");
        assert_eq!(field(&client.set_local(name, "1").await.unwrap_err()), "name");
    }
    let filter = |value: &'static str| client.handle("x").filter("a", value).on(|m| async move { Ok(m.pass()) });
    assert_eq!(field(&filter("a\0").await.unwrap_err()), "filter value");
    assert_eq!(field(&client.set_local("timeout", "1\n%%>quit").await.unwrap_err()), "timeout");
    assert_eq!(field(&client.set_local("timeout", "").await.unwrap_err()), "value");
    assert_eq!(field(&client.output("a\nb").await.unwrap_err()), "text");
    assert_eq!(field(&client.debug(1, "a\0").await.unwrap_err()), "text");
    assert_eq!(field(&client.drop_call("", None).await.unwrap_err()), "id");
    assert_eq!(field(&client.masquerade(" ", Message::new("chan.attach")).await.unwrap_err()), "id");
    // nothing of that was sent
    client.output("the end").await.unwrap();
    peer.expect("%%>output:the end").await;
}

#[tokio::test]
async fn lines_without_an_answer_are_done_once_sent() {
    let (client, mut peer) = pair().await;
    client.emit(Message::new("app.note").set("a", "1")).await.unwrap();
    client.debug(3, "two\nlines: 5%").await.unwrap();
    peer.expect("%%>message::0:app.note::a=1").await;
    peer.expect("%%>debug:3:two%Jlines%z 5%%").await;
}

#[tokio::test]
async fn what_the_engine_does_not_understand_is_an_error_of_its_caller() {
    let (client, mut peer) = pair().await;
    let mut notices = client.notices();
    let (sent, ()) = tokio::join!(client.send(Message::new("user.auth").set("password", "hunter2")), async {
        let line = peer.line().await;
        peer.say(format!("Error in: {line}")).await;
    });
    let Err(Error::NotUnderstood { line, .. }) = sent else { panic!("{sent:?}") };
    assert!(line.ends_with(":user.auth::password=[redacted]"), "{line}");
    let (watched, ()) = tokio::join!(client.watch("app.x"), peer.answer("%%>watch:app.x", "Error in: %%>watch:app.x"));
    assert!(matches!(watched, Err(Error::NotUnderstood { .. })));
    peer.say("Error in: %%>debug:nolevel").await;
    peer.say("something else").await;
    for text in ["%%>debug:nolevel", "something else"] {
        let Delivery::Event(Notice::Stray(line)) = timeout(SOON, notices.recv()).await.unwrap().unwrap() else {
            panic!()
        };
        assert_eq!(&*line, text);
    }
}

#[tokio::test]
async fn settings_are_asked_and_set() {
    let (client, mut peer) = pair().await;
    let (value, ()) =
        tokio::join!(client.local("engine.x"), peer.answer("%%>setlocal:engine.x:", "%%<setlocal:engine.x:a:b:true"));
    assert_eq!(value.unwrap(), "a:b", "the last colon stands before the success");
    let (value, ()) = tokio::join!(
        client.set_local("bufsize", "9"),
        peer.answer("%%>setlocal:bufsize:9", "%%<setlocal:bufsize:2048:true")
    );
    assert_eq!(value.unwrap(), "2048");
    let (value, ()) = tokio::join!(
        client.set_local("nosuch", "1"),
        peer.answer("%%>setlocal:nosuch:1", "%%<setlocal:nosuch:1:false")
    );
    assert!(matches!(value, Err(Error::Refused { command: "setlocal", .. })));
    let (ping, ()) = tokio::join!(client.ping(), peer.answer("%%>setlocal:runid:", "%%<setlocal:runid:1:true"));
    ping.unwrap();
}

#[tokio::test]
async fn watched_messages_come_as_events() {
    let (client, mut peer) = pair().await;
    let (stream, ()) =
        tokio::join!(client.messages_of("chan.dtmf"), peer.answer("%%>watch:chan.dtmf", "%%<watch:chan.dtmf:true"));
    let (cdrs, ()) = tokio::join!(client.cdrs(), peer.answer("%%>watch:call.cdr", "%%<watch:call.cdr:true"));
    let (mut stream, mut cdrs) = (stream.unwrap(), cdrs.unwrap());
    for operation in ["initialize", "update", "finalize"] {
        peer.say(format!("%%<message::false:call.cdr::time=1795381210.126:chan=dumb/8:cdrid=8:operation={operation}:duration=0.010:billtime=-1:status=test%zdone")).await;
    }
    peer.say("%%<message::false:chan.dtmf::id=dumb/1:text=12*#").await;
    let Delivery::Event(dtmf) = timeout(SOON, stream.recv()).await.unwrap().unwrap() else { panic!() };
    assert_eq!(dtmf.get("text").unwrap(), "12*#");
    let Delivery::Event(cdr) = timeout(SOON, cdrs.recv()).await.unwrap().unwrap() else { panic!() };
    assert_eq!(
        (cdr.chan.as_str(), cdr.cdrid, cdr.duration.as_millis(), cdr.billtime.as_millis()),
        ("dumb/8", 8, 10, 0)
    );
    assert_eq!((cdr.status.as_str(), cdr.time.as_millis()), ("test:done", 1_795_381_210_126));
    let (known, ()) =
        tokio::join!(client.watch("chan.dtmf"), peer.answer("%%>watch:chan.dtmf", "%%<watch:chan.dtmf:false"));
    assert!(!known.unwrap());
    let (gone, ()) =
        tokio::join!(client.unwatch("chan.dtmf"), peer.answer("%%>unwatch:chan.dtmf", "%%<unwatch:chan.dtmf:true"));
    assert!(gone.unwrap());
}

#[tokio::test]
async fn an_answer_over_the_limit_is_skipped_and_told() {
    let (client, mut peer) = pair_with(builder().max_line(4096)).await;
    let (answer, ()) = tokio::join!(client.send(Message::new("engine.status")), async {
        let (id, _) = peer.message().await;
        peer.say(format!("%%<message:{id}:false:engine.status:{}", "x".repeat(9000))).await;
    });
    assert!(matches!(answer, Err(Error::TooLarge { limit: 4096, .. })), "{answer:?}");
    let (answer, ()) =
        tokio::join!(client.send(Message::new("app.test")), peer.answer_message("0:app.test:", "true:app.test:fine"));
    assert_eq!(answer.unwrap().ret_value(), "fine");
}

#[tokio::test]
async fn a_channel_says_so_and_a_listener_with_a_role_needs_nothing() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = crate::peer::Peer::new(theirs);
    let (client, ()) = tokio::join!(builder().role(Role::Channel).from_io(ours), async {
        peer.expect("%%>connect:channel").await;
        peer.settings(&[]).await;
    });
    drop(client.unwrap());
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = crate::peer::Peer::new(theirs);
    let (client, ()) = tokio::join!(builder().from_io(ours), async {
        peer.answer("%%>connect:global", "Error in: %%>connect:global").await;
        peer.settings(&[]).await;
    });
    let client: Client = client.unwrap();
    assert_eq!(client.server().nodename, "yatehost");
}
