//! The telnet manager.

use super::{Lines, latin, recorded};
use ifbus_sim::yate::YateSim;
use std::time::Duration;

#[tokio::test]
async fn the_manager_answers_as_recorded() {
    let sim = YateSim::builder().timer(Duration::from_secs(3600)).start().await.unwrap();
    let mut lines = Lines::connect(sim.manager_addr()).await;
    let rows = recorded("rmanager-telnet");
    let greeting = latin(&rows.iter().find(|(_, ours, _)| !ours).unwrap().2);
    assert_eq!(lines.next().await.unwrap(), greeting.trim_end());
    // what has one line for an answer
    let kept = [
        "machine off",
        "debug",
        "drop",
        "call dumb/",
        "call nosuch/ x",
        "control x",
        "nosuchcmd",
        "restart",
        "auth x",
        "output",
        "color",
        "echo off",
        "reload regexroute",
    ];
    let mut machine = false;
    let mut compared = 0;
    for (at, (_, ours, bytes)) in rows.iter().enumerate() {
        let command = latin(bytes);
        let command = command.trim();
        if !ours || command.contains("dumb/7") || command.contains("dumb/8") || command.contains("sip level") {
            continue;
        }
        if command == "machine on" {
            assert_eq!(lines.ask(command).await, "Machine mode: on");
            machine = true;
        }
        let several = command.contains("99991001") || command == "machine on";
        if several || !kept.iter().any(|kept| command.starts_with(kept)) {
            continue;
        }
        let following = rows[at + 1..]
            .iter()
            .take_while(|(_, ours, _)| !ours)
            .map(|(_, _, bytes)| latin(bytes))
            .collect::<String>();
        let result = |line: &&str| !machine || line.starts_with("%%=");
        let Some(wanted) = following.lines().find(result) else { continue };
        assert_eq!(lines.ask(command).await, wanted, "{command}");
        compared += 1;
    }
    assert!(compared > 30, "{compared}");
    assert_eq!(lines.ask("quit").await, "%%=quit");
    assert!(lines.is_over().await);

    let sim = YateSim::builder().manager_password("test-secret").start().await.unwrap();
    let mut lines = Lines::connect(sim.manager_addr()).await;
    lines.next().await.unwrap();
    assert_eq!(lines.ask("status").await, "Not authenticated!");
    assert_eq!(lines.ask("auth wrong").await, "Bad authentication password!");
    assert_eq!(lines.ask("auth test-secret").await, "Authenticated successfully as admin!");
    assert_eq!(lines.ask("status dumb").await, "%%+status:dumb");
    assert!(lines.next().await.unwrap().starts_with("name=dumb,type=misc,format=Status|Address|Peer;"));
    assert_eq!(lines.next().await.unwrap(), "%%-status");
    assert_eq!(lines.ask("call dumb/ 99991001").await, "Calling 'dumb/1' dumb/ 99991001");
    assert!(!sim.requests().iter().any(|request| request.contains("secret")));
}

#[tokio::test]
async fn the_manager_tells_of_its_commands() {
    let recorded: Vec<String> = recorded("rmanager-telnet")
        .into_iter()
        .map(|(_, _, bytes)| latin(&bytes))
        .find(|text| text.starts_with("Available commands"))
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let sim = YateSim::builder().manager_password("test-secret").start().await.unwrap();
    let mut lines = Lines::connect(sim.manager_addr()).await;
    lines.next().await.unwrap();
    let mut help = async |what: &str| {
        // the first line of the next answer is the end of this one
        lines.send(format!("{what}\necho off\n")).await;
        let mut text = Vec::new();
        loop {
            match lines.next().await.unwrap() {
                line if line == "Remote echo: off" => return text,
                line => text.push(line),
            }
        }
    };
    assert_eq!(help("help").await, recorded[..5], "a guest has few");
    assert_eq!(help("help status").await, ["No help for 'status'"]);
    help("auth test-secret").await;
    let all = help("help").await;
    // each stands there as in the real one, but for what external cannot do here
    let (last, own) = all.split_last().unwrap();
    assert!(own.len() == 17 && own.iter().all(|line| recorded.contains(line)), "{all:?}");
    assert!(recorded.iter().any(|line| line.starts_with(last)), "{last}");
    let status = ["  status [overview] [modulename]", "Shows status of all or selected modules or channels"];
    assert_eq!(help("help status").await, status);
    assert_eq!(help("help nosuch").await, ["No help for 'nosuch'"]);
    help("machine on").await;
    let told = help("help").await;
    assert!(told[0].starts_with("%%<message::false:engine.help:Available commands%z%M%J"), "{told:?}");
    assert_eq!(told[1..], all);
}
