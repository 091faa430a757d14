//! What the verbs send, and what they make of the answers.

use crate::peer::{Asked, BANNER, Peer, builder, pair};
use ami_client::action::{self, Originate};
use ami_client::{ConfigUpdate, Error, EventMask, Failure, event};
use std::time::Duration;

async fn answer(peer: &mut Peer, text: &str) -> Asked {
    let asked = peer.next().await.unwrap();
    peer.reply(&asked, text).await;
    asked
}

#[tokio::test]
async fn an_originate_waits_for_its_own_outcome() {
    let (client, mut peer) = pair(builder(), BANNER).await;
    let mut told = client.events_of::<event::OriginateResponse>();
    let originate =
        Originate::new("PJSIP/101").run("Playback", "hello").timeout(Duration::from_secs(20)).set("A", "b,c");
    let (answered, ()) = tokio::join!(client.originate(originate.clone()), async {
        let asked = peer.expect("Originate").await;
        assert_eq!((asked.get("Async"), asked.get("Timeout"), asked.get("Application")), ("true", "20000", "Playback"));
        assert_eq!(asked.get("Variable"), "\"A=b,c\"");
        peer.say("Event: OriginateResponse\r\nActionID: 1\r\nResponse: Failure\r\nReason: 5\r\n\r\n").await;
        peer.reply(&asked, "Message: Originate successfully queued\r\n").await;
        peer.say("Event: OriginateResponse\r\nActionID: 1\r\nResponse: Failure\r\nReason: 5\r\n\r\n").await;
        peer.say(format!("Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: {}\r\nResponse: Success\r\nChannel: PJSIP/101-1\r\nReason: 4\r\nUniqueid: 1.7\r\n\r\n", asked.id())).await;
    });
    let answered = answered.unwrap();
    assert_eq!((&*answered.channel, &*answered.uniqueid), ("PJSIP/101-1", "1.7"));
    // everyone hears of each of them
    for _ in 0..3 {
        told.recv().await.unwrap().event().unwrap();
    }
    let (failed, ()) = tokio::join!(client.originate(originate.clone()), async {
        let asked = answer(&mut peer, "").await;
        peer.say(format!("Event: OriginateResponse\r\nActionID: {}\r\nResponse: Failure\r\nChannel: PJSIP/101\r\nReason: 5\r\nUniqueid: <unknown>\r\n\r\n", asked.id())).await;
    });
    assert!(matches!(&failed, Err(Error::NotAnswered { failure: Failure::Busy, .. })), "{failed:?}");
    assert_eq!(failed.unwrap_err().to_string(), "the call to PJSIP/101 was not answered: it is busy");
    let (rejected, ()) = tokio::join!(client.originate(originate), async {
        let asked = peer.next().await.unwrap();
        peer.say(format!("Response: Error\r\nActionID: {}\r\nMessage: Extension does not exist.\r\n\r\n", asked.id()))
            .await;
    });
    assert!(matches!(rejected, Err(Error::Rejected { .. })));
}

#[tokio::test]
async fn an_originate_without_a_goal_is_not_sent() {
    let (client, mut peer) = pair(builder(), BANNER).await;
    let aimless = [Originate::new("PJSIP/101"), Originate::new("PJSIP/101").to("", "", "")];
    for originate in aimless {
        let error = client.originate(originate).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "Originate: has nothing to connect the call to: run() or to() says it; nothing was sent"
        );
    }
    // what is there in part is the server's to judge
    let (refused, ()) = tokio::join!(client.originate(Originate::new("PJSIP/101").exten("100")), async {
        let asked = peer.expect("Originate").await;
        peer.say(format!("Response: Error\r\nActionID: {}\r\nMessage: Originate with 'Exten' requires 'Context' and 'Priority'\r\n\r\n", asked.id())).await;
    });
    assert_eq!(refused.unwrap_err().reason(), Some(ami_client::Reason::InvalidParameter));
    let (failed, ()) = tokio::join!(client.originate(Originate::new("PJSIP/101").run("Echo", "")), async {
        let asked = answer(&mut peer, "").await;
        peer.say(format!("Event: OriginateResponse\r\nActionID: {}\r\nResponse: Failure\r\nChannel: PJSIP/101\r\nReason: 0\r\nUniqueid: <null>\r\n\r\n", asked.id())).await;
    });
    assert_eq!(
        failed.unwrap_err().to_string(),
        "the call to PJSIP/101 was not answered: it could not be called: unknown, not registered, or ended by another cause"
    );
}

#[tokio::test]
async fn a_partner_that_hangs_up_before_the_hold_is_named() {
    let (client, mut peer) = pair(builder().events(EventMask::NONE), BANNER).await;
    let (held, ()) = tokio::join!(client.hold("PJSIP/a-1", None), async {
        answer(&mut peer, "Variable: UNIQUEID\r\nValue: 1.1\r\n").await;
        answer(&mut peer, "Variable: BRIDGEPEER\r\nValue: PJSIP/b-2\r\n").await;
        let asked = peer.expect("Getvar").await;
        assert_eq!(asked.get("Channel"), "PJSIP/b-2");
        peer.say(format!("Response: Error\r\nActionID: {}\r\nMessage: No such channel\r\n\r\n", asked.id())).await;
    });
    assert_eq!(held.unwrap_err().to_string(), "PJSIP/b-2 hung up");
}

#[tokio::test]
async fn verbs_are_the_actions_that_they_say() {
    let (client, mut peer) = pair(builder().events(EventMask::NONE), BANNER).await;
    let (done, asked) = tokio::join!(
        async {
            client.hangup("SIP/a-1", 17).await.unwrap();
            client.blind_transfer("SIP/a-1", "test", "100").await.unwrap();
            client.park("SIP/a-1", Some(Duration::from_millis(1500))).await.unwrap();
            client.queue_pause("SIP/a", true, None, Some("lunch")).await.unwrap();
            client.mute("SIP/a-1", ami_client::values::AudioDirection::In, true).await.unwrap();
            let recording = client.record("SIP/a-1", "x.wav").await.unwrap();
            assert_eq!(recording.id(), Some("0x7f"));
            recording.pause().await.unwrap();
            recording.stop().await.unwrap();
            client
                .update_config(ConfigUpdate::new("x.conf").new_category("a").append("a", "k", "v").reload("app_queue"))
                .await
                .unwrap();
            client.send(action::AbsoluteTimeout::new("SIP/a-1", Duration::from_secs(60))).await.unwrap();
        },
        async {
            let mut all = Vec::new();
            for _ in 0..10 {
                all.push(answer(&mut peer, "MixMonitorID: 0x7f\r\n").await);
            }
            all
        }
    );
    let () = done;
    let shown: Vec<String> = asked
        .iter()
        .map(|asked| {
            let headers = asked.0.iter().filter(|(name, _)| name != "ActionID");
            headers.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Action=Hangup Channel=SIP/a-1 Cause=17",
            "Action=BlindTransfer Channel=SIP/a-1 Context=test Exten=100",
            "Action=Park Channel=SIP/a-1 Timeout=1500",
            "Action=QueuePause Interface=SIP/a Paused=true Reason=lunch",
            "Action=MuteAudio Channel=SIP/a-1 Direction=in State=on",
            "Action=MixMonitor Channel=SIP/a-1 File=x.wav Options=i(IFBUS_MIXMONITOR)",
            "Action=MixMonitorMute Channel=SIP/a-1 Direction=both State=1",
            "Action=StopMixMonitor Channel=SIP/a-1 MixMonitorID=0x7f",
            "Action=UpdateConfig SrcFilename=x.conf DstFilename=x.conf Action-000000=NewCat Cat-000000=a \
             Action-000001=Append Cat-000001=a Var-000001=k Value-000001=v Reload=app_queue",
            "Action=AbsoluteTimeout Channel=SIP/a-1 Timeout=60",
        ]
    );
}

#[tokio::test]
async fn configuration_and_queues_are_read_in_order() {
    let (client, mut peer) = pair(builder().events(EventMask::NONE), BANNER).await;
    let (file, ()) = tokio::join!(client.config("queues.conf"), async {
        answer(&mut peer, "Category-000000: general\r\nLine-000000-000000: autofill=yes\r\nCategory-000001: support\r\nLine-000001-000000: member=SIP/a=b\r\nLine-000001-000001: member=SIP/c\r\n").await;
    });
    let file = file.unwrap();
    assert_eq!(file.category("general").unwrap().get("autofill"), Some("yes"));
    let support = file.category("support").unwrap();
    assert_eq!(support.settings, [("member".into(), "SIP/a=b".into()), ("member".into(), "SIP/c".into())]);
    assert!(!format!("{file:?}").contains("SIP/c"), "values may be secrets");
    let (state, ()) = tokio::join!(client.extension_state("test", "101"), async {
        answer(&mut peer, "Exten: 101\r\nContext: test\r\nHint: PJSIP/101\r\nStatus: 4\r\nStatusText: Unavailable\r\n")
            .await;
    });
    let state = state.unwrap();
    assert_eq!((state.status, &*state.text, &*state.hint), (4, "Unavailable", "PJSIP/101"));
    let record = ami_client::CallRecord::from(&ami_client::Event::new(ami_client::Frame::parse(
        "Event: Cdr\r\nSource: 100\r\nDuration: 12\r\nBillableSeconds: 7\r\nDisposition: NO ANSWER\r\nUniqueID: 1.1\r\n\r\n",
    )).view().unwrap());
    assert_eq!((record.duration.as_secs(), record.billable.as_secs(), &*record.uniqueid), (12, 7, "1.1"));
    assert_eq!(record.disposition, Some(ami_client::values::Disposition::NoAnswer));
}
