//! The knobs, on each of the three.

use std::time::{Duration, Instant};

use ifbus_sim::ha::HomeSim;
use ifbus_sim::obs::ObsSim;
use ifbus_sim::vmix::VmixSim;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::util::{Lines, Ws, home, http, obs, soon, until};

/// Long enough that an answer on loopback would have come.
const A_WHILE: Duration = Duration::from_millis(150);

#[tokio::test]
async fn byte_by_byte_nothing_changes() {
    let sim = ObsSim::start().await.unwrap();
    sim.knobs().chunk(Some(1));
    let mut ws = obs(sim.addr(), 0).await;
    assert_eq!(ws.ask("GetSceneList", Value::Null).await["requestStatus"]["code"], 100);

    let sim = HomeSim::start().await.unwrap();
    sim.knobs().chunk(Some(3));
    let mut ws = home(sim.addr()).await;
    ws.json(json!({"id": 1, "type": "get_states"})).await;
    assert_eq!(ws.next_json().await["success"], true);

    let sim = VmixSim::start().await.unwrap();
    sim.knobs().chunk(Some(2));
    let mut lines = Lines::connect(sim.tcp_addr()).await;
    assert_eq!(lines.line().await.as_deref(), Some("VERSION OK 29.0.0.49"));
}

#[tokio::test]
async fn replies_wait_and_events_do_not() {
    let sim = ObsSim::start().await.unwrap();
    let (mut ws, mut other) = (obs(sim.addr(), 1).await, obs(sim.addr(), 1).await);
    sim.knobs().reply_delay(A_WHILE);
    let start = Instant::now();
    for id in 0..20 {
        let data = json!({"eventData": {"n": id}});
        ws.json(json!({"op": 6, "d": {
            "requestType": "BroadcastCustomEvent", "requestId": id, "requestData": data,
        }}))
        .await;
    }
    for n in 0..20 {
        assert_eq!(other.event().await["eventData"]["n"], n);
    }
    for n in 0..20 {
        loop {
            let m = ws.next_json().await;
            if m["op"] == 7 {
                assert_eq!(m["d"]["requestId"], n);
                break;
            }
        }
    }
    // Side by side: twenty take little longer than one.
    let took = start.elapsed();
    assert!(took >= A_WHILE && took < A_WHILE * 15, "{took:?}");

    let sim = HomeSim::start().await.unwrap();
    sim.knobs().reply_delay(A_WHILE);
    let start = Instant::now();
    http(sim.addr(), "GET", "/api/", "", b"").await;
    assert!(start.elapsed() >= A_WHILE);
}

#[tokio::test]
async fn a_swallowed_reply_is_of_something_that_was_done() {
    let sim = VmixSim::start().await.unwrap();
    let mut lines = Lines::connect(sim.tcp_addr()).await;
    lines.line().await;
    sim.knobs().drop_replies(1);
    lines.send("FUNCTION Cut\r\nVERSION\r\n").await;
    assert_eq!(lines.line().await.as_deref(), Some("VERSION OK 29.0.0.49"));
    assert_eq!(sim.state().active, 2);

    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    sim.knobs().drop_replies(2);
    for id in 1..=3 {
        ws.json(json!({"id": id, "type": "ping"})).await;
    }
    assert_eq!(ws.next_json().await["id"], 3);

    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), 0).await;
    sim.knobs().drop_replies(1);
    ws.json(json!({"op": 6, "d": {"requestType": "GetVersion", "requestId": 1}})).await;
    assert_eq!(ws.ask("GetStats", Value::Null).await["requestType"], "GetStats");
}

#[tokio::test]
async fn refused_and_silent_servers() {
    let sim = VmixSim::start().await.unwrap();
    sim.knobs().refuse(true);
    let mut lines = Lines::connect(sim.tcp_addr()).await;
    assert_eq!(lines.line().await, None);
    sim.knobs().refuse(false);
    sim.knobs().silent(true);
    let mut lines = Lines::connect(sim.tcp_addr()).await;
    lines.send("VERSION\r\n").await;
    assert!(timeout(A_WHILE, lines.line()).await.is_err());
    assert_eq!((sim.knobs().connections(), sim.knobs().accepted()), (1, 2));
    sim.knobs().disconnect_all();
    assert_eq!(lines.line().await, None);
    until(|| sim.knobs().connections() == 0).await;
}

#[tokio::test]
async fn a_frozen_peer_thaws_where_it_was() {
    let sim = ObsSim::start().await.unwrap();
    let mut ws = obs(sim.addr(), 0).await;
    sim.knobs().freeze(true);
    ws.json(json!({"op": 6, "d": {"requestType": "GetVersion", "requestId": 1}})).await;
    assert!(timeout(A_WHILE, ws.next()).await.is_err());
    sim.knobs().freeze(false);
    assert_eq!(ws.next_json().await["d"]["requestId"], 1);
    // Frozen for good, it can still be cut.
    sim.knobs().freeze(true);
    sim.knobs().disconnect_all();
    assert!(ws.is_cut().await);
}

#[tokio::test]
async fn the_cut_is_exact() {
    let sim = VmixSim::start().await.unwrap();
    for bytes in [0, 1, 10, 22, 30] {
        sim.knobs().cut_after(Some(bytes));
        let mut lines = Lines::connect(sim.tcp_addr()).await;
        let _ = lines.try_send("XML\r\n").await;
        assert_eq!(lines.rest().await.len() as u64, bytes);
    }
    sim.knobs().cut_after(None);
    let mut lines = Lines::connect(sim.tcp_addr()).await;
    assert_eq!(lines.line().await.as_deref(), Some("VERSION OK 29.0.0.49"));

    let sim = HomeSim::start().await.unwrap();
    let mut ws = home(sim.addr()).await;
    sim.knobs().cut_after(Some(1));
    ws.json(json!({"id": 1, "type": "get_states"})).await;
    assert!(ws.is_cut().await);
}

#[tokio::test]
async fn everybody_is_cut_at_once() {
    let sim = HomeSim::start().await.unwrap();
    let (mut one, mut two) = (home(sim.addr()).await, home(sim.addr()).await);
    assert_eq!(sim.knobs().connections(), 2);
    sim.knobs().disconnect_all();
    assert!(one.is_cut().await);
    assert!(two.is_cut().await);
    until(|| sim.knobs().connections() == 0).await;
    home(sim.addr()).await;
}

#[tokio::test]
async fn a_reader_that_never_reads_is_not_kept_in_memory() {
    let sim = HomeSim::start().await.unwrap();
    let mut deaf = home(sim.addr()).await;
    deaf.json(json!({"id": 1, "type": "subscribe_events"})).await;
    deaf.next_json().await;
    // Events of some size, until what waits for the reader is more than a session may have.
    let pad = "x".repeat(4096);
    soon(async {
        for n in 0_u32.. {
            sim.set_state("sensor.noise", &n.to_string(), json!({"pad": pad}));
            if sim.knobs().connections() == 0 {
                break;
            }
            if n % 64 == 0 {
                tokio::task::yield_now().await;
            }
        }
    })
    .await;
    // Others go on.
    let mut ws = home(sim.addr()).await;
    ws.json(json!({"id": 1, "type": "ping"})).await;
    ws.next_json().await;
}

#[tokio::test]
async fn junk_in_websockets_is_borne() {
    let (one, two) = (ObsSim::start().await.unwrap(), HomeSim::start().await.unwrap());
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    for text in ["", "{", "null", "[[]]", "1e400", "{\"id\":1e400}", deep.as_str(), "{\"op\":1e300,\"d\":{}}"] {
        let (mut ws, _) = Ws::connect(one.addr(), "/", None).await;
        ws.next_json().await;
        ws.text(text).await;
        ws.closed().await;
        let mut ws = home(two.addr()).await;
        ws.text(text).await;
        ws.0.close(None).await.unwrap();
        while ws.next().await.is_some() {}
    }
    let mut ws = obs(one.addr(), 0).await;
    ws.ask("GetVersion", Value::Null).await;
    home(two.addr()).await;
}
