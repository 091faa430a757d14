//! External modules: commands, handlers, watchers.

use super::{Lines, Told, id, recorded, replay};
use crate::util::until;
use ifbus_sim::yate::YateSim;
use std::time::Duration;

#[tokio::test]
async fn commands_answer_as_recorded() {
    replay("connect-and-basics", &[]).await;
}

#[tokio::test]
async fn messages_come_back_as_recorded() {
    // what the machine is, and modules that are not here; ten at once may come back in any order
    replay("messages-basic", &["module=extmodule", "external info", "partial=", "engine.help", "pipe0"]).await;
}

#[tokio::test]
async fn first_lines_that_are_no_connect_end_it() {
    let sim = YateSim::start().await.unwrap();
    for line in ["%%>install:50:x\n", "%%>connect:player:ch/1:audio\n", "%%>connect:\n", "garbage\n"] {
        let mut lines = Lines::connect(sim.addr()).await;
        lines.send(line).await;
        assert_eq!(lines.next().await, None, "{line}");
    }
    let mut lines = Lines::connect(sim.addr()).await;
    lines.send("%%>connect:global:extra:params\n").await;
    assert_eq!(lines.ask("%%>connect:global").await, "Error in: %%>connect:global");
    // a line that is too long ends it too
    lines.send(vec![b'x'; 8192]).await;
    assert!(lines.is_over().await);
}

#[tokio::test]
async fn handlers_answer_in_their_order() {
    let sim = YateSim::start().await.unwrap();
    let (mut late, mut early, mut client) =
        (Lines::global(sim.addr()).await, Lines::global(sim.addr()).await, Lines::global(sim.addr()).await);
    assert_eq!(late.ask("%%>install:50:app.test").await, "%%<install:50:app.test:true");
    assert_eq!(early.ask("%%>install:20:app.test").await, "%%<install:20:app.test:true");
    client.send("%%>message:b1:0:app.test:dflt:x=1:y=2:k%%=v\n").await;
    let asked = early.next().await.unwrap();
    assert!(asked.ends_with(":app.test:dflt:x=1:y=2:k%%=v"), "{asked}");
    // what makes no sense is passed over
    early.send(format!("%%<message:{}:maybe::no\n%%<message:{}:false::changed:y\n", id(&asked), id(&asked))).await;
    let asked = late.next().await.unwrap();
    assert!(asked.ends_with(":app.test:changed:x=1:k%%=v"), "{asked}");
    late.send(format!("%%<message:{}:true:app.renamed:my return:x:added=%z%J\n", id(&asked))).await;
    assert_eq!(client.next().await.unwrap(), "%%<message:b1:true:app.renamed:my return:k%%=v:added=%z%J");
    // an answer that stops early keeps everything
    client.send("%%>message:b3:0:app.test:keep:x=1\n").await;
    let asked = early.next().await.unwrap();
    early.send(format!("%%<message:{}:true:\n", id(&asked))).await;
    assert_eq!(client.next().await.unwrap(), "%%<message:b3:true:app.test:keep:x=1");
    // one's own messages come back only if one wants them
    assert_eq!(early.ask("%%>uninstall:app.test").await, "%%<uninstall:20:app.test:true");
    assert_eq!(late.ask("%%>message:self1:0:app.test::mine=1").await, "%%<message:self1:false:app.test::mine=1");
    late.ask("%%>setlocal:reenter:true").await;
    let asked = late.ask("%%>message:self2:0:app.test::mine=1").await;
    late.send(format!("%%<message:{}:yes::re\n", id(&asked))).await;
    assert_eq!(late.next().await.unwrap(), "%%<message:self2:true:app.test:re:mine=1");
}

#[tokio::test]
async fn handlers_that_do_not_answer_are_left_behind() {
    let sim = YateSim::start().await.unwrap();
    let (mut handler, mut client) = (Lines::global(sim.addr()).await, Lines::global(sim.addr()).await);
    handler.ask("%%>setlocal:timeout:30").await;
    handler.ask("%%>install:50:app.test").await;
    assert_eq!(client.ask("%%>message:b1:0:app.test::x=1").await, "%%<message:b1:false:app.test::x=1");
    let asked = handler.next().await.unwrap();
    handler.send(format!("%%<message:{}:true::late\n", id(&asked))).await;
    handler.ask("%%>setlocal:timebomb:true").await;
    assert_eq!(client.ask("%%>message:b2:0:app.test::x=1").await, "%%<message:b2:false:app.test::x=1");
    assert!(handler.is_over().await);
    // one that goes away lets the message go on at once
    let mut handler = Lines::global(sim.addr()).await;
    handler.ask("%%>install:50:app.test").await;
    client.send("%%>message:b3:0:app.test::x=1\n").await;
    handler.next().await.unwrap();
    drop(handler);
    assert_eq!(client.next().await.unwrap(), "%%<message:b3:false:app.test::x=1");
}

#[tokio::test]
async fn filters_and_watchers() {
    let sim = YateSim::builder().timer(Duration::from_millis(30)).start().await.unwrap();
    let (mut handler, mut client) = (Lines::global(sim.addr()).await, Lines::global(sim.addr()).await);
    handler.ask("%%>install:50:app.f:kind:good").await;
    handler.ask("%%>install:60:app.h:kind").await;
    assert_eq!(client.ask("%%>message:q:0:app.f::kind=bad").await, "%%<message:q:false:app.f::kind=bad");
    client.send("%%>message:q:0:app.f::kind=good\n").await;
    let asked = handler.next().await.unwrap();
    handler.send(format!("%%<message:{}:true::\n", id(&asked))).await;
    assert_eq!(client.next().await.unwrap(), "%%<message:q:true:app.f::kind=good");
    // an empty filter is for those that have no such parameter
    client.send("%%>message:q:0:app.h::x=1\n").await;
    let asked = handler.next().await.unwrap();
    handler.send(format!("%%<message:{}:false::\n", id(&asked))).await;
    client.next().await.unwrap();
    assert_eq!(client.ask("%%>watch:").await, "%%<watch::true");
    assert_eq!(client.told("engine.timer").await.get("nodename"), "yatehost");
    handler.send("%%>message::0:app.seen::n=1\n").await;
    assert_eq!(client.told("app.seen").await.get("n"), "1");
    // one's own are shown only if one wants them, and before the answer
    client.ask("%%>setlocal:selfwatch:true").await;
    client.ask("%%>message:mine:0:app.own::").await;
    assert!(client.kept.iter().any(|line| line == "%%<message::false:app.own:"));
}

#[tokio::test]
async fn it_restarts_and_loses_replies() {
    let sim = YateSim::start().await.unwrap();
    let mut client = Lines::global(sim.addr()).await;
    client.ask("%%>install:50:app.test").await;
    sim.knobs().drop_replies(1);
    client.send("%%>setlocal:timeout:\n").await;
    until(|| sim.requests().iter().any(|request| request == "setlocal timeout")).await;
    assert_eq!(client.ask("%%>setlocal:maxqueue:").await, "%%<setlocal:maxqueue:1000:true");
    sim.restart().await.unwrap();
    assert!(client.is_over().await);
    let mut client = Lines::global(sim.addr()).await;
    assert_eq!(client.ask("%%>uninstall:app.test").await, "%%<uninstall:0:app.test:false");
    assert_eq!(sim.emit("app.test", &[("a", "1")]).await, (false, Vec::new()));
}

#[tokio::test]
async fn users_and_counters_are_as_recorded() {
    let sim = YateSim::builder().user("1002", "test-secret").start().await.unwrap();
    let mut client = Lines::global(sim.addr()).await;
    let mut asked = String::new();
    let mut compared = 0;
    for (_, ours, bytes) in recorded("script-control") {
        let text = String::from_utf8(bytes).unwrap();
        if ours {
            asked = text.trim().to_owned();
            continue;
        }
        let of = ["user.register", "user.unregister", "monitor.query", "module=regfile"];
        if of.iter().any(|of| asked.contains(of)) && text != "\n" {
            let (got, wanted) = (Told::parse(&client.ask(&asked).await).unwrap(), Told::parse(text.trim()).unwrap());
            assert_eq!(got.shape(), wanted.shape());
            compared += 1;
        }
    }
    assert_eq!(compared, 15);
    let stranger = client.ask("%%>message:u:0:user.register::username=nobody:data=x/1").await;
    assert!(!Told::parse(&stranger).unwrap().handled);
}
