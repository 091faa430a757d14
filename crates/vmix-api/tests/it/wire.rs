//! What goes over the wire, byte by byte, and what is refused before it does.

use crate::peer::{DOCUMENT, greeted_with, pair, sized};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vmix_api::function::{self, Raw};
use vmix_api::request::{Command, XmlText};
use vmix_api::{
    Act, Client, Delivery, Direction, Error, Event, Fader, Frame, InputRef, LinkError, RefusalKind, TapFrame,
};

const QUICK: Duration = Duration::from_secs(5);

fn builder() -> vmix_api::Builder {
    Client::builder("test")
}

#[tokio::test]
async fn functions_are_encoded_as_the_recordings_are() {
    let (vmix, mut peer) = pair(builder()).await;
    let (path, preset) = (r"C:\Shows\logo æ.png", r"C:\Shows\Test Show\last.vmix");
    let cases: Vec<(Raw, &str)> = vec![
        (
            Raw::new("SetText").input("Lower Third 3").field("Headline.Text").value("H&M + Co 100%"),
            "FUNCTION SetText Input=Lower%20Third%203&SelectedName=Headline.Text&Value=H%26M%20%2B%20Co%20100%25",
        ),
        (
            Raw::new("SetTextColour").input(3).field("Headline.Text").value("#FF8800"),
            "FUNCTION SetTextColour Input=3&SelectedName=Headline.Text&Value=%23FF8800",
        ),
        (
            Raw::new("SetText").input("Réalisation – 東京 🎥").param("SelectedIndex", 0).value("東京"),
            "FUNCTION SetText Input=R%C3%A9alisation%20%E2%80%93%20%E6%9D%B1%E4%BA%AC%20%F0%9F%8E%A5&SelectedIndex=0&Value=%E6%9D%B1%E4%BA%AC",
        ),
        (Raw::new("SetText").value("a\r\nFUNCTION Quit\0"), "FUNCTION SetText Value=a%0D%0AFUNCTION%20Quit%00"),
        (Raw::new("NoSuchFunction").unchecked(), "FUNCTION NoSuchFunction"),
        (Raw::new("Cut").param("Mix", 1).param("Mix", 2), "FUNCTION Cut Mix=2"),
    ];
    for (raw, line) in cases {
        let (sent, ()) = tokio::join!(vmix.send(raw), peer.answer(line, "FUNCTION OK Completed\r\n"));
        sent.unwrap();
    }
    macro_rules! typed {
        ($($function:expr => $line:expr),* $(,)?) => {$({
            let (sent, ()) = tokio::join!(vmix.send($function), peer.answer($line, "FUNCTION OK Completed\r\n"));
            sent.unwrap();
        })*};
    }
    typed! {
        function::Cut::new() => "FUNCTION Cut",
        function::Fade::new().input(3).duration(Duration::from_millis(500)) => "FUNCTION Fade Input=3&Duration=500",
        function::ActiveInput::new(3).mix(1) => "FUNCTION ActiveInput Input=3&Mix=1",
        function::PreviewInput::new(InputRef::Active) => "FUNCTION PreviewInput Input=-1",
        function::CutDirect::new("b") => "FUNCTION CutDirect Input=b",
        function::OverlayIn::new(1, 4) => "FUNCTION OverlayInput1In Input=4",
        function::OverlayOff::new(8) => "FUNCTION OverlayInput8Off",
        function::SetVolumeFade::new(1, Fader::new(50.0), Duration::from_secs(2)) => "FUNCTION SetVolumeFade Input=1&Value=50,2000",
        function::SetVolume::new(1, Fader::new(50.5)) => "FUNCTION SetVolume Input=1&Value=50.5",
        function::SetImage::new(3, path).field("Logo.Source") =>
            "FUNCTION SetImage Input=3&Value=C%3A%5CShows%5Clogo%20%C3%A6.png&SelectedName=Logo.Source",
        function::OpenPreset::new(preset) => "FUNCTION OpenPreset Value=C%3A%5CShows%5CTest%20Show%5Clast.vmix",
        function::StartStreaming::new().channel(1) => "FUNCTION StartStreaming Value=1",
        function::Transition::new(1) => "FUNCTION Transition1",
        function::Stinger::new(8) => "FUNCTION Stinger8",
        function::Effect::new("CubeZoom").duration(Duration::from_secs(1)) => "FUNCTION CubeZoom Duration=1000",
    }
    // the manual's form of the answer, and ER
    let (sent, ()) = tokio::join!(
        vmix.send(function::PreviewInput::new(99)),
        peer.answer("FUNCTION PreviewInput Input=99", "FUNCTION ER Input 99 does not exist\r\n")
    );
    assert!(
        matches!(sent, Err(Error::Rejected { message, status: None, .. }) if &*message == "Input 99 does not exist")
    );
    vmix.close().await;
    assert_eq!(peer.rest().await, "QUIT\r\n", "and nothing more than was asked");
}

#[tokio::test]
async fn what_must_not_be_sent_is_refused() {
    let (vmix, peer) = pair(builder()).await;
    let refused = |result: Result<(), Error>, says: &str| {
        let Err(Error::Link(LinkError::InvalidArgument { reason, .. })) = result else { panic!("{result:?}") };
        assert!(reason.contains(says), "{reason}");
    };
    refused(vmix.send(Raw::new("StartStreming")).await, "Did you mean StartStreaming?");
    refused(vmix.send(Raw::new("cut")).await, "Did you mean Cut?");
    refused(vmix.send(Raw::new("Transition")).await, "vMix has no function");
    refused(vmix.send(function::OverlayIn::new(9, 1)).await, "vMix has no function");
    refused(vmix.send(Raw::new("Cut\r\nFUNCTION Fade").unchecked()).await, "letters and digits");
    refused(vmix.send(Raw::new("Cut Input=3").unchecked()).await, "letters and digits");
    refused(vmix.send(Raw::new("Cut").param("Input\r\n", 1)).await, "letters and digits");
    refused(vmix.send(Raw::new("Cut").param("A&B", 1)).await, "letters and digits");
    refused(vmix.xml_text("vmix/version\r\nFUNCTION Cut").await.map(drop), "at byte 12");
    refused(vmix.acts("Input 1\r\nX", None).await.map(drop), "letters and digits");
    refused(Command::raw("XMLTEXT", "a\nb").map(drop), "at byte 1");
    refused(Command::raw("FUNCTION", "Cut").map(drop), "function::Raw");
    refused(Command::raw("TALLY X", "").map(drop), "not a word");
    refused(vmix.send(Raw::new("Cut").param("Inputt", 1)).await, "there are: Input, Value");
    refused(vmix.set_active("").await.map(drop), "is empty");
    refused(vmix.set_preview(" ").await.map(drop), "is empty");
    refused(vmix.open_preset("").await.map(drop), "is empty");
    for name in ["ScriptStartDynamic", "SendKeys", "KeyPress"] {
        refused(vmix.send(Raw::new(name).value("x")).await, "allow_dangerous");
    }
    refused(vmix.send(Raw::new("sendkeys").unchecked().value("x")).await, "allow_dangerous");
    vmix.close().await;
    assert_eq!(peer.rest().await, "QUIT\r\n");

    let (vmix, mut peer) = pair(builder().allow_dangerous(true)).await;
    let (sent, ()) = tokio::join!(
        vmix.send(Raw::new("SendKeys").value("^c")),
        peer.answer("FUNCTION SendKeys Value=%5Ec", "FUNCTION OK Completed\r\n")
    );
    sent.unwrap();
}

#[tokio::test]
async fn pushes_between_are_events_and_answer_only_what_they_fit() {
    let (vmix, mut peer) = pair(builder()).await;
    let mut events = vmix.events();
    let server = async {
        peer.answer(
            "FUNCTION Cut",
            "TALLY OK 21\r\nACTS OK Input 1 0\r\nFUNCTION OK Completed\r\nACTS OK Input 2 1\r\n",
        )
        .await;
        // the first line is a push: another activator
        peer.answer("ACTS InputVolume 1", "ACTS OK InputVolume 2 0.5\r\nACTS OK InputVolume 1 0.0625\r\n").await;
        peer.answer("ACTS Overlay1", "ACTS ER No Input\r\n").await;
        peer.answer("ACTS InputPreview", "ACTS OK InputPreview 1 1\r\n").await;
        peer.answer("TALLY", "SOMETHING NEW\r\nTALLY OK 21\r\n").await;
    };
    let asked = async {
        vmix.send(function::Cut::new()).await.unwrap();
        assert_eq!(vmix.acts("InputVolume", Some(1)).await.unwrap().number(), Some(0.0625));
        assert!(
            matches!(vmix.acts("Overlay1", None).await, Err(Error::Rejected { message, .. }) if &*message == "No Input")
        );
        assert_eq!(vmix.acts("InputPreview", None).await.unwrap().input(), Some(1));
        assert_eq!(vmix.tally().await.unwrap().len(), 2);
    };
    tokio::join!(server, asked);
    let show = vmix.show();
    assert_eq!((show.active, show.preview), (Some(2), Some(1)));
    assert_eq!(show.inputs[0].audio.as_ref().unwrap().volume, Fader::new(50.0).amplitude());
    vmix.close().await;
    let mut seen = Vec::new();
    while let Some(delivery) = events.recv().await {
        let Delivery::Event(event) = delivery else { panic!("{delivery:?}") };
        seen.push(match event {
            Event::Act(act) => act.to_string(),
            Event::Tally(tally) => format!("{tally:?}"),
            Event::Unknown(unknown) => unknown.line().to_string(),
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(
        seen,
        [
            "Tally(21)",
            "Input 1 0",
            "Input 2 1",
            "InputVolume 2 0.5",
            "InputVolume 1 0.0625",
            "InputPreview 1 1",
            "SOMETHING NEW",
            "Tally(21)"
        ]
    );
}

#[tokio::test]
async fn all_three_forms_of_xmltext_and_raw_commands() {
    let (vmix, mut peer) = pair(builder()).await;
    let (one, ()) =
        tokio::join!(vmix.xml_text("vmix/version"), peer.answer("XMLTEXT vmix/version", "XMLTEXT OK 29.0.0.49\r\n"));
    assert_eq!(one.unwrap(), "29.0.0.49");
    let path = "vmix/inputs/input[3]/text[2]";
    let (two, ()) = tokio::join!(
        vmix.send(XmlText::new(path)),
        peer.answer("XMLTEXT vmix/inputs/input[3]/text[2]", "XMLTEXT 31\r\nLine one\r\nLine two – æøå\r\n")
    );
    assert_eq!(two.unwrap(), "Line one\r\nLine two – æøå");
    let (none, ()) = tokio::join!(
        vmix.xml_text("vmix/nothing"),
        peer.answer("XMLTEXT vmix/nothing", "XMLTEXT ER XML Entry Not Found\r\n")
    );
    assert!(matches!(none, Err(Error::Rejected { .. })), "{none:?}");
    let foo = Command::raw("FOO", "BAR").unwrap();
    let (foo, ()) = tokio::join!(vmix.request(foo), peer.answer("FOO BAR", "FOO ER Unknown Command\r\n"));
    assert!(matches!(foo.unwrap(), Frame::Error(line) if line.text() == "Unknown Command"));
    let (odd, ()) = tokio::join!(vmix.refresh(), peer.answer("XML", "XML 9\r\n<html/>\r\n"));
    assert!(matches!(odd, Err(Error::Unexpected { .. })), "{odd:?}");
    assert_eq!(vmix.show().inputs.len(), 2, "a document that cannot be read changes nothing");
}

#[tokio::test]
async fn other_servers_are_told_at_once() {
    for (greeting, says) in [
        ("HTTP/1.0 400 Bad Request\r\nConnection: close\r\n", "8099"),
        ("220 ftp.example.org ready\r\n", "220 ftp.example.org ready"),
        ("VERSION ER no\r\n", "VERSION ER no"),
    ] {
        let error = tokio::time::timeout(QUICK, greeted_with(greeting)).await.unwrap().unwrap_err();
        let Error::Link(LinkError::Refused(refusal)) = &error else { panic!("{error:?}") };
        assert_eq!(refusal.kind, RefusalKind::WrongService);
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[tokio::test]
async fn no_secret_is_shown() {
    let shown = Arc::new(Mutex::new(Vec::new()));
    let writer = Arc::clone(&shown);
    let tap = Arc::new(move |frame: TapFrame<'_>| {
        let arrow = if frame.direction == Direction::Sent { "> " } else { "< " };
        writer.lock().unwrap().push(format!("{arrow}{}", String::from_utf8_lossy(frame.bytes)));
    });
    let (vmix, mut peer) = pair(builder().tap(tap)).await;
    let key = Raw::new("StreamingSetKey").value("0,test-secret");
    assert_eq!(format!("{key:?}"), "StreamingSetKey(Value=[redacted])");
    let (sent, ()) = tokio::join!(
        vmix.send(key),
        peer.answer("FUNCTION StreamingSetKey Value=0,test-secret", "FUNCTION OK Completed\r\n")
    );
    sent.unwrap();
    let path = "vmix/inputs/input[1]/@callPassword";
    let (text, ()) =
        tokio::join!(vmix.xml_text(path), peer.answer(format!("XMLTEXT {path}"), "XMLTEXT OK test-secret\r\n"));
    assert_eq!(text.unwrap(), "test-secret");
    let call = DOCUMENT.replace("title=\"Two\"", "title=\"Two\" callPassword=\"test-secret\" callConnected='True'");
    let (show, ()) = tokio::join!(vmix.refresh(), peer.answer("XML", sized(&call)));
    assert!(!format!("{:?}", show.unwrap()).contains("test-secret"));
    vmix.close().await;
    let shown = shown.lock().unwrap().join("\n");
    assert!(!shown.contains("test-secret"), "{shown}");
    assert!(shown.contains("> FUNCTION StreamingSetKey Value=[redacted]"), "{shown}");
    assert!(shown.contains("< XMLTEXT [redacted]"), "{shown}");
    assert!(shown.contains("callPassword=\"[redacted]\" callConnected='True'"), "{shown}");
}

#[tokio::test]
async fn a_dropped_request_is_never_sent() {
    let (vmix, mut peer) = pair(builder()).await;
    let first = tokio::spawn({
        let vmix = vmix.clone();
        async move { vmix.ping().await }
    });
    assert_eq!(peer.line().await, "PING");
    // it waits behind the ping, and its caller goes away
    assert!(tokio::time::timeout(Duration::from_millis(50), vmix.send(function::Cut::new())).await.is_err());
    peer.say("PING OK PONG\r\n").await;
    first.await.unwrap().unwrap();
    let (version, ()) = tokio::join!(vmix.version(), peer.answer("VERSION", "VERSION OK 29.0.0.49\r\n"));
    assert_eq!(version.unwrap(), "29.0.0.49");
}

#[tokio::test]
async fn a_late_answer_ends_the_connection() {
    let (vmix, mut peer) = pair(builder()).await;
    let late = vmix.send_within(function::Cut::new(), Duration::from_millis(50)).await;
    assert!(matches!(late, Err(Error::Link(LinkError::Timeout { sent: true, .. }))), "{late:?}");
    assert_eq!(peer.line().await, "FUNCTION Cut");
    let error = vmix.version().await.unwrap_err();
    assert!(error.to_string().contains("overdue"), "{error}");
    assert!(vmix.show().stale);
    let acts = vmix.events_of::<Act>().recv().await;
    assert_eq!(acts, None);
}

#[tokio::test]
async fn a_document_that_lags_does_not_take_back_what_was_pushed() {
    let (vmix, mut peer) =
        pair(builder().reread(Duration::from_millis(20), None).settle(Duration::from_secs(60))).await;
    peer.say("ACTS OK Input 1 0\r\nACTS OK Input 2 1\r\n").await;
    let show = vmix.changes().wait_for(|show| show.active == Some(2)).await.unwrap().clone();
    assert_eq!(show.preview, Some(2));
    // the document still says 1, and is asked for once more because of that
    let (show, ()) = tokio::join!(vmix.refresh(), peer.answer("XML", sized(DOCUMENT)));
    assert_eq!(show.unwrap().active, Some(2));
    let settled = DOCUMENT.replace("<preview>2</preview><active>1</active>", "<preview>1</preview><active>2</active>");
    peer.answer("XML", sized(&settled)).await;
    vmix.changes().wait_for(|show| show.preview == Some(1) && show.active == Some(2)).await.unwrap();
    // inputs have come: numbers and keys are others
    peer.say("TALLY OK 120\r\n").await;
    assert_eq!(peer.line().await, "XML");
}

#[tokio::test]
async fn a_preset_counts_as_loaded_by_a_document_that_is_read_afterwards() {
    let (vmix, mut peer) = pair(builder().reread(Duration::from_secs(60), None)).await;
    let named = DOCUMENT.replace("</version>", "</version><preset>C:\\Shows\\a.vmix</preset>");
    let (show, ()) = tokio::join!(vmix.refresh(), peer.answer("XML", sized(&named)));
    assert_eq!(show.unwrap().preset.as_deref(), Some(r"C:\Shows\a.vmix"));
    let loaded = named.replace("key=\"a\"", "key=\"c\"");
    let server = async {
        peer.answer("FUNCTION OpenPreset Value=c%3A%5Cshows%5Ca.vmix", "FUNCTION OK Completed\r\n").await;
        peer.answer("XML", sized(&loaded)).await;
    };
    let (show, ()) = tokio::join!(tokio::time::timeout(QUICK, vmix.open_preset(r"c:\shows\a.vmix")), server);
    assert_eq!(show.unwrap().unwrap().inputs[0].key, "c");
}
