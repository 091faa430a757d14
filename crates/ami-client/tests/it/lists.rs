//! Answers of many messages, and which message answers what.

use crate::peer::{BANNER, OLD_BANNER, SOON, builder, pair};
use ami_client::action::{self, Raw};
use ami_client::{Error, Event, EventMask, Limits, Reason, event};
use futures_util::FutureExt;
use tokio::time::timeout;

const QUIET: EventMask = EventMask::NONE;

#[tokio::test]
async fn a_list_ends_with_its_own_end_and_nobody_elses() {
    let (client, mut peer) = pair(builder(), BANNER).await;
    let mut events = client.events();
    let (list, ()) = tokio::join!(client.channels(), async {
        let asked = peer.expect("CoreShowChannels").await;
        let id = asked.id();
        peer.reply(&asked, "EventList: start\r\nMessage: Channels will follow\r\n").await;
        peer.say(format!(
            "Event: CoreShowChannel\r\nActionID: {id}\r\nChannel: SIP/a:b-1\r\nDuration: 00:01:05\r\n\r\n"
        ))
        .await;
        // between the items: events of others, and one that claims to be the end
        peer.say("Event: VarSet\r\nPrivilege: dialplan,all\r\nVariable: A\r\nValue: b\r\n\r\n").await;
        peer.say("Event: CoreShowChannel\r\nActionID: 1\r\nChannel: SIP/foreign-1\r\n\r\n").await;
        peer.say(format!("Event: UserEvent\r\nActionID: {id}\r\nEventList: Complete\r\nResponse: Success\r\n\r\n"))
            .await;
        // our identifier in a value, also where the value has a line of its own for it
        for forged in [format!("ActionID: {id}"), format!("x\nActionID: {id}"), format!("{id}\r\nX-ActionID: {id}")] {
            peer.say(format!("Event: CoreShowChannel\r\nApplicationData: {forged}\r\n\r\n")).await;
        }
        peer.say(format!("Event: CoreShowChannel\r\nChannel: SIP/c-2\r\nAccountCode: {id}\r\nActionID: {id}\r\n\r\n"))
            .await;
        peer.say(format!(
            "Event: CoreShowChannelsComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: 2\r\n\r\n"
        ))
        .await;
    });
    let list = list.unwrap();
    let names: Vec<String> = list.iter().map(|channel| channel.channel().into_owned()).collect();
    assert_eq!((names, list.others.len()), (vec!["SIP/a:b-1".to_owned(), "SIP/c-2".to_owned()], 0));
    assert_eq!(list.items[0].duration().unwrap().as_secs(), 65);
    assert_eq!(list.end.unwrap().get("ListItems").unwrap(), "2");
    let mut seen = Vec::new();
    while let Some(delivery) = events.recv().now_or_never().flatten() {
        seen.push(delivery.event().unwrap().event_name().into_owned());
    }
    let forged = ["CoreShowChannel"; 3];
    assert_eq!(seen, [&["VarSet", "CoreShowChannel", "UserEvent"], &forged[..]].concat());
}

#[tokio::test]
async fn pipelined_answers_find_their_callers() {
    let (client, mut peer) = pair(builder().events(QUIET), BANNER).await;
    let calls = (0..64).map(|i| client.variable(None, format!("V{i}").leak()));
    let (values, ()) = tokio::join!(futures_util::future::join_all(calls), async {
        let mut all = Vec::new();
        for _ in 0..64 {
            all.push(peer.expect("Getvar").await);
        }
        // an identifier is never used twice
        let mut ids: Vec<&str> = all.iter().map(crate::peer::Asked::id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 64);
        for asked in &all {
            peer.reply(asked, &format!("Variable: x\r\nValue: of {}\r\n", asked.get("Variable"))).await;
        }
    });
    for (i, value) in values.into_iter().enumerate() {
        assert_eq!(value.unwrap(), format!("of V{i}"));
    }
}

#[tokio::test]
async fn answers_without_an_identifier_are_the_oldests() {
    let (client, mut peer) = pair(builder().events(QUIET), BANNER).await;
    let (replies, ()) = tokio::join!(
        async { tokio::join!(client.send(action::ModuleLoad::new("load")), client.ping(), client.action("Odd", &[])) },
        async {
            let load = peer.expect("ModuleLoad").await;
            peer.expect("Ping").await;
            let odd = peer.expect("Odd").await;
            // three answers to one action, as Asterisk gives them
            for message in ["Incomplete ModuleLoad action.", "Need module name", "Incomplete"] {
                peer.say(format!("Response: Error\r\nActionID: {}\r\nMessage: {message}\r\n\r\n\r\n", load.id())).await;
            }
            peer.say("Response: Error\r\nMessage: Missing action in request\r\n\r\n").await;
            peer.say("Response: Success\r\nPing: Pong\r\n\r\n").await;
            peer.say("Response: Success\r\nActionID: another's\r\n\r\n").await;
            peer.say(format!(
                "Response: Error\r\nActionID: {}\r\nMessage: Invalid/unknown command: Odd.\r\n\r\n",
                odd.id()
            ))
            .await;
        }
    );
    assert_eq!(replies.0.unwrap_err().to_string(), "Asterisk refused ModuleLoad: Incomplete ModuleLoad action.");
    replies.1.unwrap();
    assert_eq!(replies.2.unwrap_err().reason(), Some(Reason::UnknownAction));
}

#[tokio::test]
async fn refusals_that_mean_an_empty_list() {
    let (client, mut peer) = pair(builder().events(QUIET), BANNER).await;
    let (lists, ()) = tokio::join!(
        async {
            tokio::join!(client.conferences(), client.send(action::PJSIPShowContacts::new()), client.queues(None))
        },
        async {
            for message in ["No active conferences.", "No Contacts found\n", "Permission denied"] {
                let asked = peer.next().await.unwrap();
                peer.say(format!("Response: Error\r\nActionID: {}\r\nMessage: {message}\r\n\r\n", asked.id())).await;
            }
        }
    );
    assert!(lists.0.unwrap().is_empty() && lists.1.unwrap().is_empty());
    assert_eq!(lists.2.unwrap_err().reason(), Some(Reason::PermissionDenied));
}

#[tokio::test]
async fn old_servers_mark_no_lists() {
    let (client, mut peer) = pair(builder().events(QUIET), OLD_BANNER).await;
    assert!(client.server().version.is_legacy());
    let (replies, ()) = tokio::join!(
        async {
            tokio::join!(
                client.queues(None),
                client.send(action::Parkinglots::new()),
                client.db_get("cidname", "100"),
                client.send(action::VoicemailUsersList::new()),
                client.command("core show version"),
            )
        },
        async {
            let asked = peer.expect("QueueStatus").await;
            let id = asked.id();
            peer.reply(&asked, "Message: Queue status will follow\r\n").await;
            peer.say(format!("Event: QueueParams\r\nQueue: sales\r\nMax: 0\r\nActionID: {id}\r\n\r\n")).await;
            peer.say(format!("Event: QueueMember\r\nQueue: sales\r\nName: Jan Novák: x\r\nLocation: SIP/bob\r\nStatus: 1\r\nPaused: 1\r\nActionID: {id}\r\n\r\n")).await;
            peer.say(format!("Event: QueueStatusComplete\r\nActionID: {id}\r\n\r\n")).await;
            let asked = peer.expect("Parkinglots").await;
            peer.reply(&asked, "Message: Parking lots will follow\r\n").await;
            // no identifier, on Asterisk 11
            peer.say("Event: Parkinglot\r\nName: default\r\nStartSpace: 701\r\nStopSpace: 720\r\n\r\n").await;
            peer.say(format!("Event: ParkinglotsComplete\r\nActionID: {}\r\n\r\n", asked.id())).await;
            let asked = peer.expect("DBGet").await;
            peer.reply(&asked, "Message: Result will follow\r\n").await;
            peer.say(format!("Event: DBGetResponse\r\nFamily: cidname\r\nKey: 100\r\nVal: a: b\r\nActionID: {0}\r\n\r\nEvent: DBGetComplete\r\nActionID: {0}\r\n\r\n", asked.id())).await;
            let asked = peer.expect("VoicemailUsersList").await;
            peer.reply(&asked, "Message: Voicemail user list will follow\r\n").await;
            peer.say(format!("ActionID: {0}\r\nEvent: VoicemailUserEntry\r\nVMContext: default\r\nVoiceMailbox: 1234\r\n\r\nEvent: VoicemailUserEntryComplete\r\nActionID: {0}\r\n\r\n", asked.id())).await;
            let asked = peer.expect("Command").await;
            peer.say(format!("Response: Follows\r\nPrivilege: Command\r\nActionID: {}\r\nAsterisk 1.8.32.3\n\n key : value\n--END COMMAND--\r\n\r\n", asked.id())).await;
        }
    );
    let queues = replies.0.unwrap();
    assert_eq!((queues.len(), queues[0].members[0].name().into_owned()), (1, "Jan Novák: x".to_owned()));
    assert_eq!(replies.1.unwrap().items[0].start_space(), Some(701));
    assert_eq!(replies.2.unwrap().as_deref(), Some("a: b"));
    assert_eq!(replies.3.unwrap().items[0].voice_mailbox(), "1234");
    assert_eq!(replies.4.unwrap().lines, ["Asterisk 1.8.32.3", "", " key : value"]);
}

#[tokio::test]
async fn actions_that_have_no_response_end_with_what_is_behind_them() {
    let (client, mut peer) = pair(builder().events(QUIET), OLD_BANNER).await;
    let (replies, ()) = tokio::join!(
        async {
            tokio::join!(
                client.send(action::legacy::SIPqualifypeer::new("alice")),
                client.send(action::legacy::Queues::new()),
                client.send(action::legacy::SIPqualifypeer::new("nobody")),
            )
        },
        async {
            let mut all = Vec::new();
            for _ in 0..3 {
                all.push((peer.next().await.unwrap(), peer.expect("Ping").await));
            }
            peer.say("\r\n\r\n").await;
            peer.reply(&all[0].1, "Ping: Pong\r\n").await;
            peer.say("sales has 0 calls\r\n   No Members\r\n\r\nempty has 0 calls\r\n\r\n\r\n").await;
            peer.reply(&all[1].1, "Ping: Pong\r\n").await;
            peer.say(format!(
                "Response: Error\r\nActionID: {}\r\nMessage: Peer nobody not found.\r\n\r\n",
                all[2].0.id()
            ))
            .await;
            peer.reply(&all[2].1, "Ping: Pong\r\n").await;
        }
    );
    assert_eq!(replies.0.unwrap().message(), "");
    let texts: Vec<String> = replies
        .1
        .unwrap()
        .events()
        .iter()
        .map(|text| String::from_utf8_lossy(text.frame().bytes()).into_owned())
        .collect();
    assert_eq!(texts, ["sales has 0 calls\r\n   No Members\r\n", "empty has 0 calls\r\n"]);
    assert_eq!(replies.2.unwrap_err().reason(), Some(Reason::NotFound));
}

fn item(id: &str, i: usize) -> String {
    format!("Event: CoreShowChannel\r\nActionID: {id}\r\nChannel: SIP/x-{i}\r\nPadding: {}\r\n\r\n", "x".repeat(100))
}

#[tokio::test]
async fn a_list_over_the_limit_is_an_error_and_the_next_is_read() {
    let (client, mut peer) = pair(builder().events(QUIET).limits(Limits::default().list(10_000)), BANNER).await;
    let (replies, ()) = tokio::join!(async { tokio::join!(client.channels(), client.ping()) }, async {
        let asked = peer.expect("CoreShowChannels").await;
        peer.reply(&asked, "EventList: start\r\n").await;
        for i in 0..200 {
            peer.say(item(asked.id(), i)).await;
        }
        peer.say(format!("Event: CoreShowChannelsComplete\r\nActionID: {}\r\nEventList: Complete\r\n\r\n", asked.id()))
            .await;
        let ping = peer.expect("Ping").await;
        peer.reply(&ping, "").await;
    });
    assert!(matches!(replies.0, Err(Error::TooLarge { limit: 10_000, .. })), "{:?}", replies.0);
    replies.1.unwrap();
}

#[tokio::test]
async fn a_stream_gives_the_items_as_they_come() {
    let (client, mut peer) = pair(builder().events(QUIET).limits(Limits::default().list(10_000)), BANNER).await;
    let mut stream = client.stream(action::CoreShowChannels::new());
    let count = std::cell::Cell::new(0);
    tokio::join!(
        async {
            while let Some(item) = stream.next().await {
                let item: event::CoreShowChannel = item.unwrap().view().unwrap();
                assert_eq!(item.channel(), format!("SIP/x-{}", count.get()));
                count.set(count.get() + 1);
            }
        },
        async {
            let asked = peer.expect("CoreShowChannels").await;
            peer.reply(&asked, "EventList: start\r\n").await;
            for i in 0..500 {
                peer.say(item(asked.id(), i)).await;
                // the reader keeps up, and the list may be longer than what may wait
                let reads = async {
                    while count.get() + 20 < i {
                        tokio::task::yield_now().await;
                    }
                };
                timeout(SOON, reads).await.expect("the reader stands still");
            }
            peer.say(format!(
                "Event: CoreShowChannelsComplete\r\nActionID: {}\r\nEventList: Complete\r\nListItems: 500\r\n\r\n",
                asked.id()
            ))
            .await;
        }
    );
    assert_eq!(
        (count.get(), stream.end().map(|end: &Event| end.get("ListItems").unwrap().into_owned())),
        (500, Some("500".into()))
    );
    let mut refused = client.stream(Raw::new("Nope"));
    let (error, ()) = tokio::join!(refused.next(), async {
        let asked = peer.expect("Nope").await;
        peer.say(format!("Response: Error\r\nActionID: {}\r\nMessage: Permission denied\r\n\r\n", asked.id())).await;
    });
    assert_eq!(error.unwrap().unwrap_err().reason(), Some(Reason::PermissionDenied));
    assert!(refused.next().await.is_none());
}
