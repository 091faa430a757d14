//! Lost connections, deadlines, and bytes that should not be.

use crate::peer::{BANNER, builder, pair};
use ami_client::action::{self, Raw};
use ami_client::{Builder, Client, Error, EventMask, Limits, LinkError, Reconnect};
use futures_util::FutureExt;
use std::time::Duration;

static_assertions::assert_impl_all!(Client: Clone, std::fmt::Debug, Send, Sync);
static_assertions::assert_impl_all!(ami_client::Event: Clone, std::fmt::Debug, Send, Sync);
static_assertions::assert_impl_all!(ami_client::Items: std::fmt::Debug, Send);
static_assertions::assert_impl_all!(Error: Clone, std::error::Error, Send, Sync);

fn quiet() -> Builder {
    builder().events(EventMask::NONE).reconnect(Reconnect::never())
}

#[tokio::test]
async fn a_loss_says_whether_the_action_was_sent() {
    let (client, mut peer) = pair(quiet(), BANNER).await;
    let (lost, ()) = tokio::join!(client.channels(), async {
        let asked = peer.expect("CoreShowChannels").await;
        peer.reply(&asked, "EventList: start\r\n").await;
        peer.say("Event: CoreShowChannel\r\nActionID: ").await;
        drop(peer);
    });
    assert!(matches!(lost, Err(Error::Link(LinkError::ConnectionLost { sent: true, .. }))), "{lost:?}");
    assert!(client.ping().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_one_action_and_its_late_answer_none() {
    let (client, mut peer) = pair(quiet(), BANNER).await;
    let mut events = client.events();
    let late = client.send_within(action::QueueStatus::new(), Duration::from_secs(1)).await;
    assert!(matches!(late, Err(Error::Link(LinkError::Timeout { sent: true, .. }))), "{late:?}");
    let asked = peer.expect("QueueStatus").await;
    let (pong, ()) = tokio::join!(client.ping(), async {
        let ping = peer.expect("Ping").await;
        peer.reply(&asked, "EventList: start\r\n").await;
        peer.say(format!("Event: QueueParams\r\nActionID: {0}\r\n\r\nEvent: QueueStatusComplete\r\nActionID: {0}\r\nEventList: Complete\r\n\r\n", asked.id())).await;
        peer.reply(&ping, "").await;
    });
    pong.unwrap();
    assert!(events.recv().now_or_never().is_none(), "the items of a late list are nobody's events");
}

#[tokio::test]
async fn hostile_values_send_nothing() {
    let (client, peer) = pair(quiet(), BANNER).await;
    for value in ["a\r\n\r\nAction: Reload", "a\nb", "a\rb", "a\0b"] {
        let results = [
            client.hangup(value, 16).await.err(),
            client.set_variable(None, "A", value).await.err(),
            client.db_put("f", "k", value).await.err(),
            client.originate(action::Originate::new("Local/x").set("A", value)).await.err(),
            client.user_event("E", &[("H", value)]).await.err(),
            client.action("X", &[(value, "v")]).await.err(),
            client.action(value, &[]).await.err(),
            client.command(value).await.err(),
            client.conference(value).list().await.err(),
            client.add_filter(value).await.err(),
        ];
        for error in results {
            let error = error.expect("refused");
            assert!(matches!(error, Error::Link(LinkError::InvalidArgument { .. })), "{error}");
            assert!(error.to_string().ends_with("nothing was sent"), "{error}");
        }
    }
    assert!(client.hangup("/.*/", 16).await.is_err(), "a pattern would hang up all");
    assert!(client.hangup("", 16).await.is_err());
    client.close().await;
    let rest = peer.rest().await;
    assert!(rest.starts_with("Action: Logoff\r\nActionID: "), "{rest:?}");
}

#[tokio::test]
async fn a_message_over_the_limit_ends_its_action_alone() {
    let (client, mut peer) = pair(quiet().limits(Limits::default().message(4000)), BANNER).await;
    let (replies, ()) = tokio::join!(
        async { tokio::join!(client.command("core show help"), client.ping(), client.channels()) },
        async {
            let command = peer.expect("Command").await;
            let ping = peer.expect("Ping").await;
            let list = peer.expect("CoreShowChannels").await;
            peer.reply(&command, &"Output: x\r\n".repeat(1000)).await;
            peer.say(format!("Event: Large\r\nA: {}\r\n\r\n", "y".repeat(10_000))).await;
            peer.reply(&ping, "").await;
            peer.reply(&list, "EventList: start\r\n").await;
            peer.say(format!("Event: CoreShowChannel\r\nActionID: {}\r\nA: {}\r\n\r\n", list.id(), "z".repeat(10_000)))
                .await;
            peer.say(format!(
                "Event: CoreShowChannelsComplete\r\nActionID: {}\r\nEventList: Complete\r\n\r\n",
                list.id()
            ))
            .await;
        }
    );
    assert!(matches!(replies.0, Err(Error::TooLarge { .. })), "{:?}", replies.0);
    replies.1.unwrap();
    assert!(matches!(replies.2, Err(Error::TooLarge { .. })), "{:?}", replies.2);
}

#[tokio::test]
async fn garbage_is_passed_over() {
    let (client, mut peer) = pair(quiet().events(EventMask::ALL), BANNER).await;
    let mut events = client.events();
    peer.say(b"\r\n\r\nno colon here\r\n\xff\xfe: \xff\r\n\r\n:\r\n\r\nEvent\r\n\r\nResponse: Success\r\nActionID: x\r\n\r\n").await;
    peer.say(b"Event: Odd\r\nno colon\r\nKey:value\r\nEmpty:\r\nLatin: sm\xf6rg\r\nA: 1\r\na: 2\r\n\r\n").await;
    let event = events.recv().await.unwrap().event().unwrap();
    assert_eq!(event.event_name(), "Odd");
    assert_eq!((event.get("key").unwrap(), event.get("EMPTY").unwrap()), ("value".into(), "".into()));
    assert_eq!(event.get("Latin").unwrap(), "sm\u{fffd}rg");
    assert_eq!(event.frame().get_bytes("Latin").unwrap(), b"sm\xf6rg");
    assert_eq!(event.frame().get_all("A").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(event.frame().iter().filter(|header| header.name.is_empty()).count(), 1);
    let (pong, ()) = tokio::join!(client.send(Raw::new("Ping")), async {
        let asked = peer.expect("Ping").await;
        peer.reply(&asked, "").await;
    });
    pong.unwrap();
}

#[tokio::test]
async fn what_nobody_waits_for_is_not_sent() {
    let (client, peer) = pair(quiet(), BANNER).await;
    drop(client.ping());
    client.close().await;
    assert!(!peer.rest().await.contains("Ping"));
}

#[tokio::test]
async fn the_login_is_not_left_to_others() {
    let (client, peer) = pair(builder(), BANNER).await;
    for name in ["Login", "Logoff", "Challenge", "logoff", "LOGIN", "challengE"] {
        let error = client.action(name, &[]).await.unwrap_err();
        let shown = format!(
            "Action: {name} is the client's own affair: it logs in after each connect, and off in close(); nothing was sent"
        );
        assert!(error.to_string() == shown, "{error}");
        assert!(matches!(error, Error::Link(LinkError::InvalidArgument { .. })), "{error:?}");
    }
    let mut items = client.stream(action::Logoff::new());
    assert!(matches!(items.next().await, Some(Err(Error::Link(LinkError::InvalidArgument { .. })))));
    let rest = tokio::join!(peer.rest(), client.close()).0;
    assert_eq!(rest.matches("Action: ").count(), 1, "{rest:?}");
    assert!(rest.starts_with("Action: Logoff\r\nActionID: "), "{rest:?}");
}
