//! What the simulated vMix does, seen over raw sockets.

use std::time::Duration;

use ifbus_sim::vmix::VmixSim;

use crate::util::{Lines, http, until};

async fn tcp(sim: &VmixSim) -> Lines {
    let mut lines = Lines::connect(sim.tcp_addr()).await;
    assert_eq!(lines.line().await.as_deref(), Some("VERSION OK 29.0.0.49"));
    lines
}

/// Sends lines and gives as many lines back.
async fn say(lines: &mut Lines, text: &str, answers: usize) -> Vec<String> {
    lines.send(&format!("{text}\r\n")).await;
    let mut got = Vec::new();
    for _ in 0..answers {
        got.push(lines.line().await.unwrap());
    }
    got
}

async fn xml(lines: &mut Lines) -> String {
    lines.send("XML\r\n").await;
    let head = lines.line().await.unwrap();
    let size: usize = head.strip_prefix("XML ").unwrap().parse().unwrap();
    let body = String::from_utf8(lines.bytes(size).await).unwrap();
    body.strip_suffix("\r\n").unwrap().to_owned()
}

async fn field(lines: &mut Lines, path: &str) -> String {
    say(lines, &format!("XMLTEXT {path}"), 1).await.remove(0)
}

#[tokio::test]
async fn both_are_on_air_while_a_fade_runs() {
    let sim = VmixSim::start().await.unwrap();
    let mut lines = tcp(&sim).await;
    say(&mut lines, "SUBSCRIBE TALLY", 2).await;
    say(&mut lines, "SUBSCRIBE ACTS", 1).await;
    let got = say(&mut lines, "FUNCTION Fade Input=3&Duration=300", 7).await;
    assert_eq!(
        got,
        [
            "TALLY OK 12100",
            "FUNCTION OK Completed",
            "ACTS OK Input 1 0",
            "ACTS OK Input 3 1",
            "ACTS OK InputPreview 2 0",
            "ACTS OK InputPreview 1 1",
            "TALLY OK 20100",
        ]
    );
    assert_eq!((sim.state().active, sim.state().preview), (3, 1));
}

#[tokio::test]
async fn the_document_counts_its_bytes_and_follows_the_functions() {
    let sim = VmixSim::start().await.unwrap();
    let mut lines = tcp(&sim).await;
    say(&mut lines, "FUNCTION SetText Input=Lower%20Third&SelectedName=Headline.Text&Value=H%26M%20%2B%20%C3%A9", 1)
        .await;
    say(&mut lines, "FUNCTION SetVolume Input=1&Value=75", 1).await;
    say(&mut lines, "FUNCTION OverlayInput2In Input=4", 1).await;
    say(&mut lines, "FUNCTION StartStreaming Value=1", 1).await;
    say(&mut lines, "FUNCTION StartRecording", 1).await;
    let doc = xml(&mut lines).await;
    assert!(doc.starts_with("<vmix><version>29.0.0.49</version><edition>4K</edition><preset>"), "{doc}");
    for part in [
        ">H&amp;M + é</text>",
        r#" volume="31.64063""#,
        r#"<overlay number="2">4</overlay>"#,
        r#"<overlay number="16" />"#,
        r#"<streaming channel2="True">True</streaming>"#,
        "Line one&#xD;\nLine two",
        r#"<mix number="2"><preview>0</preview>"#,
    ] {
        assert!(doc.contains(part), "{part} is not in {doc}");
    }
    // Inputs without sound have no sound attributes.
    let slides = doc.split("<input ").find(|p| p.contains("\"Slides\"")).unwrap();
    assert!(!slides.contains("muted"), "{slides}");
    assert_eq!(http(sim.http_addr(), "GET", "/API/", "", b"").await.body, xml(&mut lines).await);
    assert_eq!(say(&mut lines, "ACTS InputVolume 1", 1).await, ["ACTS OK InputVolume 1 0.3164063"]);
}

#[tokio::test]
async fn text_of_several_lines_is_sized() {
    let sim = VmixSim::start().await.unwrap();
    let mut lines = tcp(&sim).await;
    let got = say(&mut lines, "XMLTEXT vmix/inputs/input[4]/text[2]", 3).await;
    assert_eq!(got, ["XMLTEXT 20", "Line one", "Line two"]);
    assert_eq!(field(&mut lines, "vmix/inputs/input[@title='Music']/@number").await, "XMLTEXT OK 5");
    assert_eq!(field(&mut lines, "vmix/nope").await, "XMLTEXT ER XML Entry Not Found");
}

#[tokio::test]
async fn inputs_are_found_by_number_place_key_and_title() {
    let sim = VmixSim::start().await.unwrap();
    let mut lines = tcp(&sim).await;
    let key = field(&mut lines, "vmix/inputs/input[5]/@key").await.replace("XMLTEXT OK ", "");
    for (input, number) in [("3", 3), (key.as_str(), 5), ("Camera%202", 2), ("-1", 1)] {
        say(&mut lines, &format!("FUNCTION PreviewInput Input={input}"), 1).await;
        assert_eq!(sim.state().preview, number, "{input}");
    }
    say(&mut lines, "FUNCTION PreviewInput Input=4", 1).await;
    // 0 is the preview.
    say(&mut lines, "FUNCTION ActiveInput Input=0", 1).await;
    assert_eq!(sim.state().active, 4);
}

#[tokio::test]
async fn a_mix_of_its_own_leaves_the_main_one() {
    let sim = VmixSim::start().await.unwrap();
    let mut lines = tcp(&sim).await;
    say(&mut lines, "FUNCTION ActiveInput Input=3&Mix=1", 1).await;
    assert_eq!(field(&mut lines, "vmix/mix[@number='2']/active").await, "XMLTEXT OK 3");
    assert_eq!(sim.state().active, 1);
    // CutDirect knows no mix.
    say(&mut lines, "FUNCTION CutDirect Input=5&Mix=1", 1).await;
    assert_eq!(sim.state().active, 5);
    assert_eq!(sim.state().preview, 2);
}

#[tokio::test]
async fn a_preset_brings_new_keys() {
    let sim = VmixSim::start().await.unwrap();
    let mut lines = tcp(&sim).await;
    let before = field(&mut lines, "vmix/inputs/input[1]/@key").await;
    say(&mut lines, "FUNCTION Cut", 1).await;
    say(&mut lines, "FUNCTION OpenPreset Value=C%3A%5CShows%5CLive.vmix", 1).await;
    assert_ne!(field(&mut lines, "vmix/inputs/input[1]/@key").await, before);
    let state = sim.state();
    assert_eq!((state.active, state.preview, state.preset.as_str()), (1, 2, "C:\\Shows\\Live.vmix"));
    assert_eq!(sim.functions(), ["Cut", "OpenPreset"]);
}

#[tokio::test]
async fn the_document_lags_when_told_to() {
    let sim = VmixSim::builder().xml_lag(Duration::from_millis(600)).start().await.unwrap();
    let mut lines = tcp(&sim).await;
    say(&mut lines, "FUNCTION Cut", 1).await;
    assert_eq!(field(&mut lines, "vmix/active").await, "XMLTEXT OK 1");
    assert_eq!(say(&mut lines, "TALLY", 1).await, ["TALLY OK 21000"]);
    crate::util::soon(async { while field(&mut lines, "vmix/active").await != "XMLTEXT OK 2" {} }).await;
}

#[tokio::test]
async fn a_password_is_asked_for_on_http_only() {
    let sim = VmixSim::builder().password("test", "test-secret").start().await.unwrap();
    assert_eq!(http(sim.http_addr(), "GET", "/api/", "", b"").await.status, 401);
    let good = "Authorization: Basic dGVzdDp0ZXN0LXNlY3JldA==\r\n";
    assert_eq!(http(sim.http_addr(), "GET", "/api/?function=Cut", good, b"").await.status, 200);
    assert_eq!(sim.state().active, 2);
    tcp(&sim).await;
}

#[tokio::test]
async fn a_restart_begins_anew_on_the_same_ports() {
    let sim = VmixSim::start().await.unwrap();
    let mut lines = tcp(&sim).await;
    say(&mut lines, "FUNCTION Cut", 1).await;
    let ports = (sim.tcp_addr(), sim.http_addr());
    sim.restart().await.unwrap();
    assert_eq!(lines.line().await, None);
    assert_eq!(ports, (sim.tcp_addr(), sim.http_addr()));
    tcp(&sim).await;
    assert_eq!(sim.state().active, 1);
}

#[tokio::test]
async fn a_thousand_inputs_and_no_input_fit() {
    let sim = VmixSim::builder().inputs(1000).start().await.unwrap();
    let mut lines = tcp(&sim).await;
    assert_eq!(say(&mut lines, "TALLY", 1).await[0].len(), 1009);
    let none = VmixSim::builder().inputs(0).start().await.unwrap();
    let mut lines = tcp(&none).await;
    assert_eq!(say(&mut lines, "TALLY", 1).await, ["TALLY OK "]);
    assert_eq!(say(&mut lines, "FUNCTION Cut", 1).await, ["FUNCTION OK Completed"]);
    assert!(xml(&mut lines).await.contains("<inputs></inputs>"));
}

#[tokio::test]
async fn somebody_else_works_the_mixer_too() {
    let sim = VmixSim::start().await.unwrap();
    let mut lines = tcp(&sim).await;
    say(&mut lines, "SUBSCRIBE TALLY", 2).await;
    assert!(sim.operate("OverlayInput1In", "Input=4"));
    assert!(!sim.operate("NoSuchFunction", ""));
    assert_eq!(lines.line().await.as_deref(), Some("TALLY OK 12010"));
    assert!(sim.operate("Fade", "Duration=30"));
    until(|| sim.state().active == 2).await;
}

#[tokio::test]
async fn junk_is_borne() {
    let sim = VmixSim::start().await.unwrap();
    let mut lines = tcp(&sim).await;
    for junk in
        ["FUNCTION", "ACTS", "XMLTEXT", "SUBSCRIBE", "\u{0}\u{1}", "FUNCTION Cut Mix=99999999999", "XMLTEXT ///[["]
    {
        let got = say(&mut lines, junk, 1).await;
        assert!(got[0].contains(" ER ") || got[0].contains(" OK "), "{junk}: {got:?}");
    }
    for overlay in ["OverlayInput9In", "OverlayInputIn", "OverlayInput99999999999999999999", "SetVolume Value=NaN"] {
        sim.operate(overlay, "Input=1&Value=inf&Duration=1e999&Mix=-1");
    }
    // A line without end is not kept for ever.
    let chunk = "x".repeat(64 * 1024);
    let mut endless = tcp(&sim).await;
    let cut = async {
        for _ in 0..1024 {
            if tokio::time::timeout(Duration::from_secs(5), endless.try_send(&chunk)).await.is_ok_and(|sent| !sent) {
                return true;
            }
        }
        false
    };
    assert!(cut.await);
}

#[tokio::test]
async fn pushes_may_come_after_the_reply() {
    let sim = VmixSim::builder().late_pushes(true).start().await.unwrap();
    let mut lines = tcp(&sim).await;
    say(&mut lines, "SUBSCRIBE TALLY", 2).await;
    assert_eq!(say(&mut lines, "FUNCTION Cut", 2).await, ["FUNCTION OK Completed", "TALLY OK 21000"]);
}
