//! The verbs, against what the recordings show.

use crate::peer::pair;
use std::time::Duration;
use yate_extmodule::{Attach, Error, Execute, Message, Routed};

macro_rules! exchange {
    ($peer:ident, $verb:expr, $asks:literal, $answers:literal) => {{
        let (done, ()) = tokio::join!($verb, $peer.answer_message($asks, $answers));
        done
    }};
}

#[tokio::test]
async fn calls_are_made_and_dropped() {
    let (client, mut peer) = pair().await;
    let call =
        Execute::originate("dumb/", "99991001").caller("1001").callername("Test User").maxcall(Duration::from_secs(5));
    let made = exchange!(
        peer,
        client.execute(call),
        "0:call.execute::callto=dumb/:target=99991001:caller=1001:callername=Test User:maxcall=5000",
        "true:call.execute::callto=dumb/:handlers=dumb%z90:id=dumb/1:peerid=tone/1"
    )
    .unwrap();
    assert_eq!((made.id.as_str(), made.peerid.as_str(), made.targetid.as_str()), ("dumb/1", "tone/1", ""));
    let failed = exchange!(
        peer,
        client.execute(Execute::originate("dumb/", "nobody")),
        "0:call.execute::callto=dumb/:target=nobody",
        "false:call.execute::callto=dumb/:target=nobody:error=offline"
    );
    assert_eq!(
        failed.unwrap_err().to_string(),
        "Yate did not handle call.execute (callto=dumb/, target=nobody): offline"
    );
    let failed = exchange!(
        peer,
        client.execute(Execute::to("nosuch/\nx")),
        "0:call.execute::callto=nosuch/%Jx",
        "false:call.execute::callto=nosuch/%Jx"
    );
    assert_eq!(
        failed.unwrap_err().to_string(),
        "Yate did not handle call.execute (callto=nosuch/\\nx): no module took it: driver not loaded, or the target busy or \
         not there?"
    );
    let dropped = exchange!(
        peer,
        client.drop_call("dumb/1", Some("normal:clear")),
        "0:call.drop::id=dumb/1:reason=normal%zclear",
        "true:call.drop::id=dumb/1:reason=normal%zclear"
    );
    assert!(dropped.unwrap());
    let dropped =
        exchange!(peer, client.drop_call("dumb/1", None), "0:call.drop::id=dumb/1", "false:call.drop::id=dumb/1");
    assert!(!dropped.unwrap());
    exchange!(
        peer,
        client.drop_all_calls(Some("cleanup")),
        "0:call.drop::reason=cleanup",
        "false:call.drop::reason=cleanup"
    )
    .unwrap();
}

#[tokio::test]
async fn routing_is_asked() {
    let (client, mut peer) = pair().await;
    let routed = exchange!(
        peer,
        client.route("1", "99991001"),
        "0:call.route::caller=1:called=99991001",
        "true:call.route:tone/dial:caller=1:called=99991001"
    );
    assert!(matches!(routed.unwrap(), Routed::To { target, .. } if target == "tone/dial"));
    let routed = exchange!(
        peer,
        client.route("1", "zzz"),
        "0:call.route::caller=1:called=zzz",
        "true:call.route:-:caller=1:error=noroute"
    );
    assert_eq!(routed.unwrap(), Routed::Rejected { error: "noroute".to_owned() });
    let routed =
        exchange!(peer, client.route("1", "z"), "0:call.route::caller=1:called=z", "false:call.route::caller=1");
    assert_eq!(routed.unwrap(), Routed::Unhandled);
}

#[tokio::test]
async fn channels_are_spoken_for() {
    let (client, mut peer) = pair().await;
    let attached = exchange!(
        peer,
        client.attach("dumb/1", Attach::new().source("tone/busy").single()),
        "0:chan.masquerade::message=chan.attach:id=dumb/1:source=tone/busy:single=yes",
        "true:chan.attach::id=dumb/1:single=yes"
    )
    .unwrap();
    assert!(!attached.source_failed && attached.message.is_handled());
    let attached = exchange!(
        peer,
        client.attach("dumb/1", Attach::new().source("nosuch/x")),
        "0:chan.masquerade::message=chan.attach:id=dumb/1:source=nosuch/x",
        "false:chan.attach::id=dumb/1:source=nosuch/x"
    );
    assert!(attached.unwrap().source_failed);
    exchange!(
        peer,
        client.record("dumb/1", "/tmp/a b.au"),
        "0:chan.masquerade::message=chan.attach:id=dumb/1:consumer=wave/record//tmp/a b.au",
        "false:chan.attach::id=dumb/1"
    )
    .unwrap();
    let room = exchange!(
        peer,
        client.conference("dumb/1", "other"),
        "0:chan.masquerade::message=call.conference:id=dumb/1:room=conf/other",
        "true:call.conference::id=dumb/1:room=conf/other:peerid=conf/3:newroom=true:users=1"
    )
    .unwrap();
    assert_eq!((room.newroom, room.users, room.peerid.as_str()), (true, 1, "conf/3"));
    let absent = exchange!(
        peer,
        client.conference("dumb/9", "other"),
        "0:chan.masquerade::message=call.conference:id=dumb/9:room=conf/other",
        "false:chan.masquerade::message=call.conference:id=dumb/9:room=conf/other"
    );
    assert_eq!(
        absent.unwrap_err().to_string(),
        "Yate did not handle call.conference (id=dumb/9, room=conf/other): no module took it: no such channel, or module \
         not loaded?"
    );
    let absent = exchange!(
        peer,
        client.record("dumb/9", "/tmp/a.au"),
        "0:chan.masquerade::message=chan.attach:id=dumb/9:consumer=wave/record//tmp/a.au",
        "false:chan.masquerade::message=chan.attach:id=dumb/9:consumer=wave/record//tmp/a.au"
    );
    let Err(Error::NotHandled { message, about, error, .. }) = absent else { panic!("{absent:?}") };
    assert_eq!((&*message, &*about, &*error), ("chan.attach", "id=dumb/9, consumer=wave/record//tmp/a.au", ""));
    for wrong in ["", "x!\r\n", "5x", "5 ", "E", "\u{665}"] {
        let error = client.dtmf("dumb/1", wrong).await.unwrap_err();
        assert_eq!(error.to_string(), "digits: must be of 0-9, *, # and A-D; nothing was sent", "{wrong:?}");
    }
    exchange!(
        peer,
        client.dtmf("dumb/1", "0189*#ADad"),
        "0:chan.dtmf::targetid=dumb/1:text=0189*#ADad",
        "false:chan.dtmf::targetid=dumb/1:text=0189*#ADad"
    )
    .unwrap();
    exchange!(
        peer,
        client.dtmf("dumb/1", "5"),
        "0:chan.dtmf::targetid=dumb/1:text=5",
        "false:chan.dtmf::targetid=dumb/1:text=5"
    )
    .unwrap();
    // a channel of its own cannot be slipped in
    let masked = Message::new("chan.text").set("id", "dumb/2").set("text", "hi");
    exchange!(
        peer,
        client.masquerade("dumb/1", masked),
        "0:chan.masquerade::message=chan.text:id=dumb/1:text=hi",
        "false:chan.text::id=dumb/1"
    )
    .unwrap();
}

#[tokio::test]
async fn the_engine_is_asked_and_told() {
    let (client, mut peer) = pair().await;
    let status = exchange!(
        peer,
        client.status(Some("dumb")),
        "0:engine.status::module=dumb",
        "true:engine.status:name=dumb,type=misc,format=Status|Address|Peer;chans=1;dumb/1=answered||tone/1%M%J:module=dumb"
    )
    .unwrap();
    assert_eq!((status[0].name(), status[0].counter("chans"), status[0].items.len()), ("dumb", Some(1), 1));
    let status =
        exchange!(peer, client.status(Some("x")), "0:engine.status::module=x", "false:engine.status::module=x");
    assert_eq!(
        status.unwrap_err().to_string(),
        "Yate did not handle engine.status (module=x): no module took it: not loaded?"
    );
    let said = exchange!(
        peer,
        client.command("external info"),
        "0:engine.command::line=external info",
        "true:engine.command:1. ext%M%J:line=external info"
    );
    assert_eq!(said.unwrap(), "1. ext\r\n");
    let said = exchange!(peer, client.command("x"), "0:engine.command::line=x", "false:engine.command::line=x");
    assert_eq!(
        said.unwrap_err().to_string(),
        "Yate did not handle engine.command (line=x): no module took it: not loaded?"
    );
    exchange!(
        peer,
        client.register("1001", "test", "test/1001", Duration::from_secs(60)),
        "0:user.register::username=1001:driver=test:data=test/1001:expires=60",
        "true:user.register::username=1001"
    )
    .unwrap();
    exchange!(
        peer,
        client.unregister("1001"),
        "0:user.unregister::username=1001",
        "true:user.unregister::username=1001"
    )
    .unwrap();
}
