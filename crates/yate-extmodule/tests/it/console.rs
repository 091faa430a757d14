//! The console: its recordings, and a hand-held one.

use crate::data::streams;
use crate::peer::{Peer, SOON};
use bytes::BytesMut;
use tokio::time::timeout;
use yate_extmodule::rmanager::{Builder, Client, Codec, Line};
use yate_extmodule::{Delivery, Error, LinkError, RefusalKind};

fn decode(parts: &[&[u8]]) -> Vec<Line> {
    let (mut codec, mut buffer, mut lines) = (Codec::default(), BytesMut::new(), Vec::new());
    for part in parts {
        buffer.extend_from_slice(part);
        lines.extend(std::iter::from_fn(|| codec.decode(&mut buffer)));
    }
    lines
}

#[test]
fn recordings_are_read_however_they_are_cut() {
    for name in ["rmanager-telnet", "rmanager-auth"] {
        for ((conn, direction), stream) in streams(name) {
            let whole = decode(&[&stream]);
            assert_eq!(whole.len(), stream.iter().filter(|byte| **byte == b'\n').count(), "{name} {conn} {direction}");
            let bytes: Vec<&[u8]> = stream.chunks(1).collect();
            assert_eq!(decode(&bytes), whole);
            for piece in crate::data::windows(&stream) {
                let whole = decode(&[piece]);
                for at in 0..piece.len() {
                    let (head, tail) = piece.split_at(at);
                    assert_eq!(decode(&[head, tail]), whole, "{name} {conn} {direction} at {at}");
                }
            }
        }
    }
    let lines = decode(&[&streams("rmanager-telnet")[&(1, "s2c")]]);
    let greeting =
        "YATE 6.4.1-devel1 r1647cdc467274b293c040d5b4d8880cea2b18072 (http://YATE.null.ro) ready on yatehost.";
    assert_eq!(lines[0], Line::Text(greeting.into()));
    let text = |wanted: &str| lines.contains(&Line::Text(wanted.to_owned().into()));
    assert!(text("Calling 'dumb/4' dumb/ 99991001") && text("%%=drop:fail:dumb/8") && text("%%=quit"));
    let messages = lines.iter().filter(|line| matches!(line, Line::Message(message) if message.is("engine.timer")));
    assert_eq!(messages.count(), 9);
    assert!(!lines.iter().any(|line| matches!(line, Line::Text(text) if text.starts_with(b"%%<"))));
}

const UPTIME: &str = "Uptime: 0 00:00:21 (21) user: 0.203 kernel: 0.323\r";
const MACHINE_UPTIME: &str = "%%=uptime:31:0.278:0.402\r";

struct Console {
    peer: Peer,
    uptime: &'static str,
}

impl Console {
    async fn expect(&mut self, line: &str) {
        self.peer.expect(&format!("{line}\r")).await;
    }

    /// Waits for a command and its beacon, and answers both.
    async fn answer(&mut self, command: &str, said: &str) {
        self.expect(command).await;
        self.expect("uptime").await;
        self.peer.say_raw(said).await;
        self.peer.say(self.uptime).await;
    }
}

fn builder() -> Builder {
    Client::builder("127.0.0.1").tap(ifbus_testing::wire_log())
}

async fn pair(machine: bool) -> (Client, Console) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let mut console = Console { peer: Peer::new(theirs), uptime: if machine { MACHINE_UPTIME } else { UPTIME } };
    let log_in = async {
        console.peer.say_raw(b"\xff\xfb\x03\xff\xfb\x01\xff\xfd\x1f\r  \x08\x08\rYATE 6.4.1 ready.\r\n").await;
        console.expect("auth test-secret").await;
        console.peer.say("Authenticated successfully as admin!\r").await;
        if machine {
            console.expect("machine on").await;
            console.peer.say("Machine mode: on\r").await;
        }
        console.expect("uptime").await;
        console.peer.say(console.uptime).await;
    };
    let (client, ()) = tokio::join!(builder().password("test-secret").machine(machine).from_io(ours), log_in);
    (client.unwrap(), console)
}

#[tokio::test]
async fn commands_are_answered_in_plain_words() {
    let (client, mut console) = pair(false).await;
    let status = "%%+status:dumb\r\nname=dumb,type=misc,format=Status|Address|Peer;chans=1;dumb/4=answered||tone/1\r\n%%-status\r\n";
    let (modules, ()) = tokio::join!(client.status(Some("dumb")), console.answer("status dumb", status));
    let modules = modules.unwrap();
    assert_eq!((modules[0].name(), modules[0].items.len()), ("dumb", 1));
    let said = format!("{UPTIME}\n");
    let (up, ()) = tokio::join!(client.uptime(), console.answer("uptime", &said));
    let up = up.unwrap();
    assert_eq!((up.uptime.as_secs(), up.user.as_millis(), up.kernel.as_millis()), (21, 203, 323));
    let (id, ()) = tokio::join!(
        client.call("dumb/", "99991001"),
        console.answer("call dumb/ 99991001", "Calling 'dumb/4' dumb/ 99991001\r\n")
    );
    assert_eq!(id.unwrap(), "dumb/4");
    let (id, ()) = tokio::join!(
        client.call("dumb/", "nobody"),
        console.answer("call dumb/ nobody", "Could not call dumb/ nobody\r\n")
    );
    assert_eq!(id.unwrap_err().to_string(), "Yate's console refused call: Could not call dumb/ nobody");
    for (said, there) in [("Dropped dumb/7\r\n", true), ("Could not drop dumb/7\r\n", false)] {
        let (dropped, ()) =
            tokio::join!(client.drop_call("dumb/7", Some("go away")), console.answer("drop dumb/7 go away", said));
        assert_eq!(dropped.unwrap(), there);
    }
    let (said, ()) =
        tokio::join!(client.command("help"), console.answer("help", "Available commands:\r\n  quit\r\n\r\n  echo\r\n"));
    assert_eq!(said.unwrap().text(), "Available commands:\n  quit\n\n  echo");
    for said in ["Cannot understand: nosuch\r\n", "Not authenticated!\r\n"] {
        let (refused, ()) = tokio::join!(client.command("nosuch"), console.answer("nosuch", said));
        assert!(matches!(refused, Err(Error::Console { .. })), "{refused:?}");
    }
    let farewell = async {
        console.expect("quit").await;
        assert_eq!(console.peer.try_line().await, None);
    };
    tokio::join!(client.close(), farewell);
}

#[tokio::test]
async fn machine_mode_streams_messages_between_the_answers() {
    let (client, mut console) = pair(true).await;
    let mut messages = client.messages();
    let said = "%%<message::true:call.execute::callto=tone/dial:caller=J%z%% user\r\n%%=call:success:dumb/6:dumb/ 99991001\r\n";
    let (id, ()) = tokio::join!(client.call("dumb/", "99991001"), console.answer("call dumb/ 99991001", said));
    assert_eq!(id.unwrap(), "dumb/6");
    let Delivery::Event(message) = timeout(SOON, messages.recv()).await.unwrap().unwrap() else { panic!() };
    assert_eq!((message.name(), message.get("caller").unwrap()), ("call.execute".into(), "J:% user".into()));
    let said = format!("{MACHINE_UPTIME}\n");
    let (up, ()) = tokio::join!(client.uptime(), console.answer("uptime", &said));
    assert_eq!((up.as_ref().unwrap().uptime.as_secs(), up.unwrap().kernel.as_millis()), (31, 402));
    let (done, ()) = tokio::join!(
        client.control("x", "y", &[("a", "b")]),
        console.answer("control x y a=b", "%%=control:success:x:done\r\n")
    );
    assert_eq!(done.unwrap(), "done");
    let (done, ()) =
        tokio::join!(client.control("x", "y", &[]), console.answer("control x y", "%%=control:fail:x y\r\n"));
    assert!(matches!(done, Err(Error::Console { .. })));
    let (done, ()) = tokio::join!(client.command("stop"), async {
        console.expect("stop").await;
        console.peer.say("%%=shutdown\r").await;
    });
    assert_eq!(done.unwrap().first(), "%%=shutdown");
}

#[tokio::test]
async fn nothing_gets_in() {
    let (client, mut console) = pair(false).await;
    let refused = |error: Error| matches!(error, Error::Link(LinkError::InvalidArgument { .. }));
    for line in ["a\r\ndrop all", "a\nb", "a\0", "\u{1c}", "", " ", "quit", "a\u{7f}"] {
        assert!(refused(client.command(line).await.unwrap_err()), "{line:?}");
    }
    for id in ["", "all", "ALL", "a b", "dumb/1\r\nstop"] {
        assert!(refused(client.drop_call(id, None).await.unwrap_err()), "{id:?}");
    }
    assert!(refused(client.drop_call("a", Some("x\r\n")).await.unwrap_err()));
    assert!(refused(client.call("a b", "c").await.unwrap_err()));
    assert!(refused(client.control("a", "b", &[("c", "d e")]).await.unwrap_err()));
    assert!(refused(client.status(Some("a\n")).await.unwrap_err()));
    let (said, ()) = tokio::join!(client.command("date"), console.answer("date", "today\r\n"));
    assert_eq!(said.unwrap().first(), "today");
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_is_not_the_next_ones() {
    let (client, mut console) = pair(false).await;
    let late = client.command("slow").await;
    assert!(matches!(late, Err(Error::Link(LinkError::Timeout { sent: true, .. }))), "{late:?}");
    console.answer("slow", "the slow one\r\n").await;
    let (said, ()) = tokio::join!(client.command("date"), console.answer("date", "today\r\n"));
    assert_eq!(said.unwrap().text(), "today");
}

#[tokio::test]
async fn refusals_are_told() {
    for (greeting, kind) in [
        ("YATE ready\r\nBad authentication password!\r\n", RefusalKind::Credentials),
        ("YATE ready\r\nNot authenticated!\r\n", RefusalKind::Credentials),
        ("Asterisk Call Manager/11.0.0\r\n", RefusalKind::WrongService),
        ("Content-Type: auth/request\n\n", RefusalKind::WrongService),
        ("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html>", RefusalKind::WrongService),
    ] {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let mut peer = Peer::new(theirs);
        peer.say_raw(greeting).await;
        let refused = timeout(SOON, builder().from_io(ours)).await.unwrap();
        let Err(Error::Link(LinkError::Refused(refusal))) = refused else { panic!("{refused:?}") };
        assert_eq!(refusal.kind, kind);
    }
}
