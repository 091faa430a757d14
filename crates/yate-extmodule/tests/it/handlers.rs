//! The engine always gets its answer.

use crate::peer::{SOON, builder, pair, pair_with};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use yate_extmodule::{Client, Error, HandlerStats, LinkError, Role};

fn stats(answered: u64, failed: u64, late: u64, overloaded: u64) -> [u64; 4] {
    [answered, failed, late, overloaded]
}

fn numbers(stats: HandlerStats) -> [u64; 4] {
    [stats.answered, stats.failed, stats.late, stats.overloaded]
}

const QUESTION: &str = "%%>message:0x7fe5.1%z7:1795380733:app.test:df%zlt:x=1:y=2:k%%=v";
const UNHANDLED: &str = "%%<message:0x7fe5.1%z7:false:";

#[tokio::test]
async fn an_answer_changes_what_it_says_and_nothing_else() {
    let (client, mut peer) = pair().await;
    let handler = client.handle("app.test").priority(50).filter("ki:nd", "good").with(7, |seven, m| async move {
        assert_eq!(
            (m.get("x").unwrap(), m.get("k%").unwrap(), m.time()),
            ("1".into(), "v".into(), Some(1_795_380_733))
        );
        Ok(match m.get("y").as_deref() {
            Some("2") => m.handled("my return").delete("x").set("y", "new").set("added", format!(":\n{seven}")),
            Some("3") => m.pass().set("y", "4"),
            Some("4") => m.pass().rename("app.renamed"),
            Some("5") => m.handled(""),
            _ => m.pass(),
        })
    });
    let (handler, ()) =
        tokio::join!(handler, peer.answer("%%>install:50:app.test:ki%znd:good", "%%<install:50:app.test:true"));
    for (asked, answer) in [
        (QUESTION.to_owned(), "%%<message:0x7fe5.1%z7:true::my return:x:y=new:added=%z%J7"),
        // what it does not change is sent back: an empty return value would clear it
        (QUESTION.replace("y=2", "y=3"), "%%<message:0x7fe5.1%z7:false::df%zlt:y=4"),
        (QUESTION.replace("y=2", "y=4"), "%%<message:0x7fe5.1%z7:false:app.renamed:df%zlt"),
        (QUESTION.replace("y=2", "y=5"), "%%<message:0x7fe5.1%z7:true::"),
        (QUESTION.replace("y=2", "y=6"), UNHANDLED),
    ] {
        peer.say(asked).await;
        peer.expect(answer).await;
    }
    let handler = handler.unwrap();
    assert_eq!(numbers(handler.stats()), stats(5, 0, 0, 0));
    let (gone, ()) =
        tokio::join!(handler.uninstall(), peer.answer("%%>uninstall:app.test", "%%<uninstall:50:app.test:true"));
    gone.unwrap();
    peer.say(QUESTION).await;
    peer.expect(UNHANDLED).await;
}

#[tokio::test]
async fn errors_panics_and_bad_answers_go_back_unhandled() {
    let (logs, _guard) = ifbus_testing::Logs::here();
    let (client, mut peer) = pair().await;
    let handler = client.handle("app.test").on(|m| async move {
        match m.get("x").as_deref() {
            Some("error") => {
                "no number".parse::<u32>()?;
            }
            Some("panic") => panic!("on purpose"),
            Some("nul") => return Ok(m.handled("a\0b")),
            Some("equals") => return Ok(m.pass().set("a=b", "c")),
            Some("long") => return Ok(m.handled("x".repeat(70_000))),
            _ => {}
        }
        Ok(m.handled("fine"))
    });
    let (handler, ()) = tokio::join!(handler, peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true"));
    let handler = handler.unwrap();
    for x in ["error", "panic", "nul", "equals", "long"] {
        peer.say(QUESTION.replace("x=1", &format!("x={x}"))).await;
        peer.expect(UNHANDLED).await;
    }
    peer.say(QUESTION).await;
    peer.expect("%%<message:0x7fe5.1%z7:true::fine").await;
    assert_eq!(numbers(handler.stats()), stats(1, 5, 0, 0));
    let logged = logs.take();
    assert_eq!(logged.len(), 5, "{logged:#?}");
    assert_eq!(
        logged[..2],
        [
            "WARN message=the handler failed name=app.test error=invalid digit found in string",
            "ERROR message=the handler panicked: its message goes on unhandled name=app.test",
        ]
    );
    assert!(
        logged[2..]
            .iter()
            .all(|line| line.starts_with("WARN message=the handler's answer cannot be sent name=app.test error=")),
        "{logged:#?}"
    );
}

#[tokio::test]
async fn a_panic_before_the_future_is_answered_too() {
    let (client, mut peer) = pair().await;
    #[allow(unreachable_code)]
    let handler = client.handle("app.test").on(|m| {
        if m.get("x").is_some() {
            panic!("on purpose");
        }
        async move { Ok(m.pass()) }
    });
    let (handler, ()) = tokio::join!(handler, peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true"));
    peer.say(QUESTION).await;
    peer.expect(UNHANDLED).await;
    assert_eq!(numbers(handler.unwrap().stats()), stats(0, 1, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hangs_is_answered_for_in_time() {
    let (client, mut peer) = pair().await;
    let handler = client.handle("app.test").on(|_| std::future::pending());
    let (handler, ()) = tokio::join!(handler, peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true"));
    let started = tokio::time::Instant::now();
    peer.say(QUESTION).await;
    peer.expect(UNHANDLED).await;
    let took = started.elapsed();
    assert!(took > Duration::from_secs(7) && took < Duration::from_secs(9), "{took:?}");
    assert_eq!(numbers(handler.unwrap().stats()), stats(0, 0, 1, 0));
}

/// The engine's own time is what counts, also against a thread that does not come back.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_handler_that_blocks_its_thread_is_answered_for() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut peer = crate::peer::Peer::new(theirs);
    let log_in = async {
        peer.expect("%%>connect:global").await;
        peer.answer("%%>setlocal:bufsize:65536", "%%<setlocal:bufsize:65536:true").await;
        peer.answer("%%>setlocal:timeout:", "%%<setlocal:timeout:200:true").await;
        for name in ["engine.release", "engine.nodename", "runid", "engine.version"] {
            peer.answer(&format!("%%>setlocal:{name}:"), &format!("%%<setlocal:{name}:x:true")).await;
        }
    };
    let (client, ()) = tokio::join!(builder().from_io(ours), log_in);
    let client = client.unwrap();
    assert_eq!(client.server().timeout, Some(Duration::from_millis(200)));
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let stopped = Arc::new(std::sync::Mutex::new(stopped));
    let handler = client.handle("app.test").with(stopped, |stopped, m| async move {
        let _ = stopped.lock().unwrap().recv_timeout(SOON);
        Ok(m.pass())
    });
    let (_handler, ()) = tokio::join!(handler, peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true"));
    peer.say(QUESTION).await;
    peer.expect(UNHANDLED).await;
    drop(stop);
}

/// With two workers, of which one is blocked, the other must be made to drive the timers. The engine is on threads of its own, as
/// it would be: nothing of it wakes a worker of ours. It would wait far longer than this test.
#[test]
fn a_blocked_handler_holds_the_engine_no_longer_than_it_may() {
    let of = |workers| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(workers).enable_all().build().unwrap()
    };
    let (engine, ours) = (of(1), of(2));
    let sim = engine.block_on(ifbus_sim::yate::YateSim::start()).unwrap();
    let address = sim.addr().to_string();
    let asker = engine.block_on(Client::connect(&address)).unwrap();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = Arc::new(std::sync::Mutex::new(released));
    let (client, handler) = ours
        .block_on(ours.spawn(async move {
            let settings = Client::builder(&address).engine_timeout(30 * SOON);
            let client = settings.handler_timeout(Duration::from_millis(100)).connect().await?;
            let handler = client.handle("app.test").with(released, |released, m| async move {
                let _ = released.lock().unwrap().recv();
                Ok(m.handled("too late"))
            });
            let handler = handler.await?;
            Ok::<_, Error>((client, handler))
        }))
        .unwrap()
        .unwrap();
    for round in 1..=20 {
        let question = yate_extmodule::Message::new("app.test");
        let answer = engine.block_on(async { tokio::time::timeout(SOON, asker.send_within(question, 2 * SOON)).await });
        // it has not been released yet
        let answer = answer.unwrap_or_else(|_| panic!("the engine still waits, in round {round}")).unwrap();
        assert!(!answer.is_handled(), "{round}");
        release.send(()).unwrap();
        // its worker is free again before the next question comes
        let started = std::time::Instant::now();
        while numbers(handler.stats()).iter().sum::<u64>() < round {
            assert!(started.elapsed() < SOON);
            std::thread::yield_now();
        }
    }
    // it gave its answers, and the engine took none of them
    assert_eq!(numbers(handler.stats()), stats(0, 0, 20, 0));
    engine.block_on(asker.close());
    ours.block_on(client.close());
}

#[tokio::test]
async fn more_than_a_handler_may_work_on_goes_on_at_once() {
    let (logs, _guard) = ifbus_testing::Logs::here();
    let (client, mut peer) = pair().await;
    let gate = Arc::new(Notify::new());
    let handler = client.handle("app.test").concurrency(2).with(Arc::clone(&gate), |gate, m| async move {
        gate.notified().await;
        Ok(m.handled("late"))
    });
    let (handler, ()) = tokio::join!(handler, peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true"));
    let handler = handler.unwrap();
    for id in 1..=5 {
        peer.say(format!("%%>message:q{id}:1:app.test::n={id}")).await;
    }
    for id in 3..=5 {
        peer.expect(&format!("%%<message:q{id}:false:")).await;
    }
    let full = "WARN message=the handler has its hands full: messages go on unhandled name=app.test at_once=2";
    assert_eq!(logs.take()[0], format!("{full} refused=1"));
    gate.notify_waiters();
    let mut answers = [peer.line().await, peer.line().await];
    answers.sort();
    assert_eq!(answers, ["%%<message:q1:true::late", "%%<message:q2:true::late"]);
    assert_eq!(numbers(handler.stats()), stats(2, 0, 0, 3));
}

#[tokio::test(start_paused = true)]
async fn a_flood_does_not_flood_the_log() {
    let (logs, _guard) = ifbus_testing::Logs::here();
    let (client, mut peer) = pair().await;
    let handler = client.handle("app.test").concurrency(1).on(|_| std::future::pending());
    let (handler, ()) = tokio::join!(handler, peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true"));
    peer.say("%%>message:first:1:app.test:").await;
    for second in 0..3 {
        for n in 0..100 {
            peer.say(format!("%%>message:{second}.{n}:1:app.test:")).await;
            peer.expect(&format!("%%<message:{second}.{n}:false:")).await;
        }
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let full = "WARN message=the handler has its hands full: messages go on unhandled name=app.test at_once=1";
    assert_eq!(logs.take(), [1, 100, 100].map(|refused| format!("{full} refused={refused}")));
    assert_eq!(handler.unwrap().stats().overloaded, 300);
}

#[tokio::test]
async fn handlers_work_side_by_side_and_may_ask_the_engine() {
    let (client, mut peer) = pair().await;
    let handler = client.handle("app.test").with(client.clone(), |client, m| async move {
        let inner = client.send(yate_extmodule::Message::new("app.other").set("x", "1")).await?;
        Ok(m.handled(inner.ret_bytes()))
    });
    let (_handler, ()) = tokio::join!(handler, peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true"));
    peer.say("%%>message:a:1:app.test:").await;
    peer.say("%%>message:b:1:app.test:").await;
    let (first, _) = peer.message().await;
    let (second, _) = peer.message().await;
    peer.say(format!("%%<message:{second}:true:app.other:two:x=1")).await;
    peer.say(format!("%%<message:{first}:true:app.other:one:x=1")).await;
    let mut answers = [peer.line().await, peer.line().await];
    answers.sort();
    assert_eq!(answers, ["%%<message:a:true::one", "%%<message:b:true::two"]);
    client.close().await;
}

#[tokio::test]
async fn what_nobody_handles_and_what_cannot_be_read_is_answered() {
    let (_client, mut peer) = pair().await;
    for (asked, answer) in [
        ("%%>message:a:1:app.nobody::x=1".to_owned(), "%%<message:a:false:"),
        ("%%>message:b:1:app.test::x=%".to_owned(), "%%<message:b:false:"),
        ("%%>message:c:1:app.test".to_owned(), "%%<message:c:false:"),
        (format!("%%>message:d:1:app.test::x={}", "y".repeat(5 << 20)), "%%<message:d:false:"),
    ] {
        let (say, expect) = (peer_say(&mut peer, asked).await, answer);
        let () = say;
        peer.expect(expect).await;
    }
}

async fn peer_say(peer: &mut crate::peer::Peer, line: String) {
    peer.say(line).await;
}

#[tokio::test]
async fn one_handler_per_message_and_none_that_was_refused() {
    let (client, mut peer) = pair().await;
    let (first, ()) = tokio::join!(
        client.handle("app.test").on(|m| async move { Ok(m.handled("first")) }),
        peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true")
    );
    let _first = first.unwrap();
    let second = client.handle("app.test").on(|m| async move { Ok(m.handled("second")) }).await;
    let second = second.unwrap_err();
    assert!(matches!(second, Error::Link(LinkError::InvalidArgument { .. })), "{second:?}");
    assert_eq!(second.to_string(), "message name: app.test has a handler of this client already; nothing was sent");
    let (refused, ()) = tokio::join!(
        client.handle("app.taken").on(|m| async move { Ok(m.handled("x")) }),
        peer.answer("%%>install:100:app.taken", "%%<install:100:app.taken:false")
    );
    assert!(matches!(refused, Err(Error::Refused { command: "install", .. })));
    peer.say("%%>message:a:1:app.taken:").await;
    peer.expect("%%<message:a:false:").await;
    peer.say("%%>message:a:1:app.test:").await;
    peer.expect("%%<message:a:true::first").await;
}

#[tokio::test]
async fn what_is_open_is_answered_at_the_close() {
    let (client, mut peer) = pair().await;
    let entered = Arc::new(Notify::new());
    let handler = client.handle("app.test").with(Arc::clone(&entered), |entered, _| async move {
        entered.notify_one();
        std::future::pending().await
    });
    let (_handler, ()) = tokio::join!(handler, peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true"));
    peer.say(QUESTION).await;
    entered.notified().await;
    let farewell = async {
        peer.expect(UNHANDLED).await;
        peer.expect("%%>quit").await;
        assert_eq!(peer.try_line().await, None);
    };
    tokio::join!(client.close(), farewell);
}

#[tokio::test]
async fn a_script_gets_its_call_once_its_handler_stands() {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let mut peer = crate::peer::Peer::new(theirs);
    // the engine asks at once, with no handler installed, and says what it is only then
    let log_in = async {
        peer.say("%%>message:0x7fb5.6:1795380968:call.execute::id=dumb/3:called=99991030").await;
        peer.settings(&[]).await;
    };
    let (client, ()) = tokio::join!(builder().role(Role::Script).from_io(ours), log_in);
    let client: Client = client.unwrap();
    let taken = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&taken);
    let _handler = client
        .handle("call.execute")
        .without_install()
        .with(counted, |counted, m| async move {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(m.handled(m.get("id").unwrap_or_default().as_bytes()))
        })
        .await
        .unwrap();
    peer.expect("%%<message:0x7fb5.6:true::dumb/3").await;
    assert_eq!(taken.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_script_without_a_handler_does_not_keep_its_call() {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let mut peer = crate::peer::Peer::new(theirs);
    let log_in = async {
        peer.say("%%>message:0x7fb5.6:1795380968:call.execute::id=dumb/3").await;
        peer.settings(&[]).await;
    };
    let (client, ()) = tokio::join!(builder().role(Role::Script).from_io(ours), log_in);
    let _client = client.unwrap();
    peer.expect("%%<message:0x7fb5.6:false:").await;
}

#[tokio::test]
async fn handlers_of_other_kinds_of_clients_share_nothing() {
    let (client, mut peer) = pair_with(builder().handler_timeout(Duration::from_secs(1))).await;
    let handler = client.handle("app.test").timeout(Duration::from_secs(60)).on(|_| std::future::pending());
    let (handler, ()) = tokio::join!(handler, peer.answer("%%>install:100:app.test", "%%<install:100:app.test:true"));
    // the client's limit is the most
    tokio::time::pause();
    peer.say(QUESTION).await;
    peer.expect(UNHANDLED).await;
    assert_eq!(numbers(handler.unwrap().stats())[2], 1);
}
