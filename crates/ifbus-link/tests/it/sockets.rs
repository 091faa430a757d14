//! Real sockets on the loopback, and what carries no link: the gate.

use crate::chat::{Chat, Lines};
use crate::harbor::{config, soon};
use ifbus_link::{Address, Dial, Dialed, Direction, Error, Gate, Link, TapFrame};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// Answers one connection in capitals.
pub(crate) async fn answer(io: impl AsyncRead + AsyncWrite + Unpin) {
    let mut io = BufReader::new(io);
    let mut line = String::new();
    while io.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        let reply = match line.trim_end().split_once(' ') {
            Some(("login", _)) => "ok\n".to_owned(),
            Some((id, words)) => format!("= {id} {}\n", words.to_uppercase()),
            None => String::new(),
        };
        if io.write_all(reply.as_bytes()).await.is_err() || io.flush().await.is_err() {
            return;
        }
        line.clear();
    }
}

#[tokio::test]
async fn every_address_of_a_name_is_tried() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = server.local_addr().unwrap().port();
    // ::1 may or may not exist here and be a part of `localhost`; nobody listens on it either way
    tokio::spawn(async move { answer(server.accept().await.unwrap().0).await });
    let dial = Dial::new(Address::parse("localhost", port).unwrap());
    let link = soon(Link::connect(Chat::default(), Dialed::new(dial, Lines::default), config())).await.unwrap();
    assert_eq!(link.request("x".into()).await.unwrap(), "X");
    soon(link.close()).await;
}

#[tokio::test]
async fn a_refused_dial_names_the_target_and_each_address() {
    let port = {
        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
        gone.local_addr().unwrap().port()
    };
    let dial = Dial::new(Address::parse("127.0.0.1", port).unwrap());
    let Err(error) = dial.connect().await else { panic!("nobody listens") };
    assert_eq!(error.attempts.len(), 1);
    let text = error.to_string();
    assert!(text.contains(&format!("127.0.0.1:{port}")) && text.contains("connection refused"), "{text}");
    assert!(!text.contains("os error"), "{text}");
    let nowhere = Dial::new(Address::parse("no-such-name.invalid", 1).unwrap()).connect().await;
    let text = nowhere.err().unwrap().to_string();
    assert!(text.contains("no-such-name.invalid:1") && text.contains("resolve"), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_is_dialed() {
    let path = std::env::temp_dir().join(format!("ifbus-link-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let server = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move { answer(server.accept().await.unwrap().0).await });
    let dial = Dial::new(Address::Unix(path.clone()));
    let link = soon(Link::connect(Chat::default(), Dialed::new(dial.clone(), Lines::default), config())).await.unwrap();
    assert_eq!(link.request("x".into()).await.unwrap(), "X");
    soon(link.close()).await;
    std::fs::remove_file(&path).unwrap();
    let text = dial.connect().await.err().unwrap().to_string();
    assert!(text.contains("unix:/") && text.contains("no such file"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_gate_shows_the_tap_both_ways() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let mut config = config();
    config.tap = Some(Arc::new(move |frame: TapFrame<'_>| {
        notes.lock().unwrap().push((frame.connection, frame.direction, frame.bytes.to_vec()));
    }));
    let gate = Gate::new(config);
    for n in 1..=2 {
        let exchange = gate.show(None, Direction::Sent, || b"question".to_vec());
        assert_eq!(exchange, n);
        gate.show(Some(exchange), Direction::Received, || b"answer".to_vec());
    }
    assert_eq!(seen.lock().unwrap()[3], (2, Direction::Received, b"answer".to_vec()));
    let result: Result<(), Error> = gate.pass("x", Some(Duration::from_secs(1)), std::future::pending()).await;
    assert!(matches!(result, Err(Error::Timeout { sent: true, after }) if after.as_secs() == 1));
}

#[tokio::test(start_paused = true)]
async fn a_gate_frees_the_place_of_a_future_that_is_dropped() {
    let mut config = config();
    config.in_flight = 1;
    let gate = Gate::new(config);
    let stuck = gate.pass("stuck", None, std::future::pending::<Result<(), Error>>());
    assert!(tokio::time::timeout(Duration::from_secs(1), stuck).await.is_err());
    gate.pass("next", Some(Duration::from_secs(1)), async { Ok::<_, Error>(()) }).await.unwrap();
}
