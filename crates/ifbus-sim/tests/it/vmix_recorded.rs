//! The wire files that are derived from the public record of vMix 29, played to the simulator.

use ifbus_sim::vmix::VmixSim;
use serde_json::Value;

use crate::util::{Lines, http, rows};

/// Plays the client's lines, and wants the server's lines among what comes, in their order.
async fn play(file: &str, inputs: usize, leave: &[&str]) {
    let sim = VmixSim::builder().inputs(inputs).start().await.unwrap();
    let mut lines = Lines::connect(sim.tcp_addr()).await;
    let mut compared = 0;
    let mut skip = false;
    for row in rows(&format!("vmix/{file}")) {
        let Some(text) = row["text"].as_str() else { continue };
        if row["dir"] == "c2s" {
            skip = leave.iter().any(|l| text.trim_end() == *l);
            if !skip {
                lines.send(text).await;
            }
            continue;
        }
        for wanted in text.split_terminator("\r\n") {
            let another = row["note"].as_str().is_some_and(|n| n.contains("another operator"));
            if skip || another {
                continue;
            }
            let got = lines.line().await.unwrap_or_else(|| panic!("{file}: ended before {wanted}"));
            assert_eq!(got, wanted, "{file}");
            compared += 1;
        }
    }
    assert!(compared > 1, "{file}");
}

#[tokio::test]
async fn tally() {
    play("tcp-connect-tally.jsonl", 4, &[]).await;
}

#[tokio::test]
async fn function_replies() {
    let leave = ["FUNCTION PreviewInput Input=5"];
    play("tcp-function-replies.jsonl", 5, &leave).await;
}

#[tokio::test]
async fn use_cases() {
    // An endless fade and the last show with more inputs are tested apart.
    let leave = [
        "FUNCTION Fade Duration=500",
        "FUNCTION Transition1",
        "FUNCTION OpenPreset Value=C%3A%5CShows%5CTest%20Show%5Clast.vmix",
    ];
    play("tcp-seed-usecases.jsonl", 5, &leave).await;
}

#[tokio::test]
async fn small_commands() {
    play("tcp-ping.jsonl", 5, &[]).await;
    play("tcp-unknown-and-quit.jsonl", 5, &[]).await;
    play("tcp-acts-query.jsonl", 5, &["ACTS InputVolume 2"]).await;
    let multi = ["XMLTEXT vmix/inputs/input[3]/text[2]", "XMLTEXT vmix/inputs/input[4]/@title"];
    play("tcp-xmltext.jsonl", 5, &multi).await;
}

#[tokio::test]
async fn http_api() {
    let sim = VmixSim::builder().start().await.unwrap();
    for file in ["http-functions.jsonl", "http-errors.jsonl"] {
        let rows: Vec<Value> = rows(&format!("vmix/{file}"));
        for pair in rows.chunks(2) {
            let (method, path) = (pair[0]["method"].as_str().unwrap(), pair[0]["path"].as_str().unwrap());
            if pair[1]["status"] == 401 {
                continue;
            }
            let got = http(sim.http_addr(), method, path, "", b"").await;
            assert_eq!(Value::from(got.status), pair[1]["status"], "{method} {path}");
            if let Some(text) = pair[1]["text"].as_str().filter(|_| got.status == 200) {
                assert_eq!(got.body, text, "{path}");
            }
        }
    }
}

#[tokio::test]
async fn tcp_text_on_the_web_port() {
    let sim = VmixSim::start().await.unwrap();
    let wanted = rows("vmix/tcp-wrong-port-8088.jsonl")[1]["text"].as_str().unwrap().to_owned();
    for line in ["SUBSCRIBE ACTS\r\n", "XML\r\n", "VERSION\r\n", "\u{1}\u{2}\u{3}"] {
        let mut lines = Lines::connect(sim.http_addr()).await;
        lines.send(line).await;
        assert_eq!(String::from_utf8(lines.rest().await).unwrap(), wanted, "{line:?}");
    }
}
