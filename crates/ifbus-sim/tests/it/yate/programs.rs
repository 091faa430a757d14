//! Programs that the engine starts, and unix sockets.

use super::{Lines, Told};
use crate::util::{soon, until};
use ifbus_sim::yate::YateSim;
use std::path::PathBuf;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

fn place(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("ifbus-sim-{}-{name}", std::process::id()))
}

/// Written by a process of its own: what this one has open for writing, another test's child may hold when we start it.
fn program(name: &str, text: &str) -> PathBuf {
    let path = place(name);
    let write = "printf '#!/bin/sh\n%s' \"$1\" > \"$2\" && chmod +x \"$2\"";
    let written = std::process::Command::new("sh").args(["-c", write, "sh", text]).arg(&path).status();
    assert!(written.unwrap().success());
    path
}

#[tokio::test]
async fn a_unix_socket_is_a_listener() {
    let path = place("listener.sock");
    // one that a killed program has left behind
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let sim = YateSim::builder().unix(&path).start().await.unwrap();
    assert_eq!(sim.unix().as_ref(), Some(&path));
    let ask = async || {
        let mut stream = BufReader::new(UnixStream::connect(&path).await.unwrap());
        stream.get_mut().write_all(b"%%>connect:global\n%%>setlocal:engine.version:\n").await.unwrap();
        let mut line = String::new();
        soon(stream.read_line(&mut line)).await.unwrap();
        line
    };
    assert_eq!(ask().await, "%%<setlocal:engine.version:6.4.1:true\n");
    assert!(YateSim::builder().unix(&path).start().await.is_err(), "somebody listens there");
    sim.restart().await.unwrap();
    assert_eq!(ask().await, "%%<setlocal:engine.version:6.4.1:true\n");
    drop(sim);
    assert!(!path.exists());
}

/// Takes the call if it has an argument, and answers tones with a message that holds them.
const IVR: &str = r#"
[ -n "$1" ] || exit 1
while read -r line; do
    rest=${line#%%>message:}
    case "$line" in
    %%\>message:*call.execute*) printf '%%%%<message:%s:true::\n%%%%>install::chan.dtmf\n' "${rest%%:*}" ;;
    %%\>message:*chan.dtmf*) printf '%%%%<message:%s:true::\n%%%%>message::0:ivr.heard::%s\n' "${rest%%:*}" "$1" ;;
    esac
done
"#;

#[tokio::test]
async fn a_program_is_a_channel() {
    let ivr = program("ivr", IVR);
    let sim = YateSim::builder()
        .program("ivr", &ivr)
        .route("800", "external/nodata/ivr a=b")
        .route("801", "external/nodata/ivr")
        .route("802", "external/nodata/nosuch")
        .start()
        .await
        .unwrap();
    let mut client = Lines::global(sim.addr()).await;
    client.ask("%%>watch:ivr.heard").await;
    let made = Told::parse(&client.ask("%%>message:a:0:call.execute::callto=dumb/:caller=1:target=800").await).unwrap();
    assert!(made.handled);
    let info = client.ask("%%>message:b:0:engine.command::line=external info").await;
    assert!(info.contains(". ivr a=b%M%J%IChannel, has channel, pid="), "{info}");
    until(|| sim.channels().iter().any(|channel| channel.id == "ExtModule")).await;
    until(|| sim.requests().iter().any(|request| request == "install chan.dtmf")).await;
    client.ask("%%>message:c:0:chan.dtmf::id=dumb/1:text=5").await;
    assert_eq!(client.told("ivr.heard").await.get("a"), "b");
    assert!(Told::parse(&client.ask("%%>message:d:0:call.drop::id=dumb/1").await).unwrap().handled);
    until(|| sim.channels().is_empty() && sim.knobs().connections() == 1).await;
    // it ends without an answer, and nobody has allowed it
    for number in ["801", "802"] {
        let made = client.ask(&format!("%%>message:e:0:call.execute::callto=dumb/:caller=1:target={number}")).await;
        assert!(!Told::parse(&made).unwrap().handled, "{number}");
    }
    until(|| sim.channels().is_empty()).await;
    std::fs::remove_file(ivr).unwrap();
}

#[tokio::test]
async fn programs_are_started_and_stopped_by_command() {
    let ivr = program("started", IVR);
    let sim = YateSim::builder().program("ivr", &ivr).start().await.unwrap();
    let mut client = Lines::global(sim.addr()).await;
    let mut run = async |line: &str| {
        let answer = client.ask(&format!("%%>message:a:0:engine.command::line=external {line}")).await;
        Told::parse(&answer).unwrap().ret.replace("%M%J", "")
    };
    assert_eq!(run("start nosuch.py").await, "External start attempt");
    assert_eq!(run("stop ivr x").await, "External not running");
    assert_eq!(run("start ivr x").await, "External start attempt");
    assert_eq!(run("start ivr x").await, "External already running");
    assert!(run("info").await.contains("2. ivr x%IGlobal, pid="));
    assert_eq!(run("stop ivr x").await, "External command stopped");
    until(|| sim.knobs().connections() == 1).await;
    run("start ivr x").await;
    sim.restart().await.unwrap();
    assert_eq!(sim.knobs().connections(), 0, "a program lives no longer than the engine");
    std::fs::remove_file(ivr).unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_program_hears_and_plays() {
    // takes the call when it has heard 40 ms, and has played as much; and hears the end of it
    let phone = program(
        "phone",
        r#"
read -r line
rest=${line#%%>message:}
heard=$(head -c 640 <&3 | wc -c)
head -c 640 /dev/zero >&4
printf '%%%%<message:%s:true:::heard=%s\n' "${rest%%:*}" "$heard"
cat <&3 > /dev/null
: > "$1"
"#,
    );
    let ended = place("phone-ended");
    let route = format!("external/playrec/phone {}", ended.display());
    let sim = YateSim::builder().program("phone", &phone).route("810", &route).start().await.unwrap();
    let mut client = Lines::global(sim.addr()).await;
    client.ask("%%>watch:call.execute").await;
    client.ask("%%>message:a:0:call.execute::callto=dumb/:caller=1:target=810").await;
    let heard = client.told("call.execute").await;
    assert_eq!((heard.handled, heard.get("heard").trim()), (true, "640"));
    until(|| sim.channels().iter().any(|channel| channel.id == "ExtModule" && channel.peer.is_some())).await;
    client.ask("%%>message:b:0:call.drop::id=dumb/1").await;
    until(|| ended.exists()).await;
    std::fs::remove_file(ended).unwrap();
    std::fs::remove_file(phone).unwrap();
}
