//! The whole way from bytes to events, whatever the bytes are split into.

use crate::peer::{frame, from_server, gunzip, transcripts, upgrade};
use obs_ws5::{Client, Delivery, Encoding, Event, Subscription};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Connects to a server that sends these frames in pieces; gives the events that a subscriber sees before the end.
async fn events_of(bytes: Vec<u8>, encoding: Encoding, sizes: impl Iterator<Item = usize>) -> Vec<Event> {
    let (ours, mut theirs) = tokio::io::duplex(1 << 20);
    let builder = Client::builder("recorded").password("test-secret").encoding(encoding);
    let builder = builder.event_queue(Subscription::with_capacity(1 << 20));
    // the login goes first and by itself, so that the subscriber is there before the first event
    let (greeting, rest) = {
        let mut at = 0;
        for _ in 0..2 {
            at += if bytes[at + 1] == 126 {
                4 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]))
            } else {
                2 + usize::from(bytes[at + 1])
            };
        }
        (bytes[..at].to_vec(), bytes[at..].to_vec())
    };
    let pieces: Vec<usize> = sizes.take(bytes.len()).collect();
    let (go, gone) = tokio::sync::oneshot::channel::<()>();
    let server = async move {
        upgrade(&mut theirs).await;
        let mut pieces = pieces.into_iter().chain(std::iter::repeat(usize::MAX));
        let mut gone = Some(gone);
        for part in [greeting, rest] {
            let mut part = &part[..];
            while !part.is_empty() {
                let (piece, left) = part.split_at(pieces.next().unwrap().clamp(1, part.len()));
                theirs.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
                part = left;
            }
            if let Some(gone) = gone.take() {
                gone.await.unwrap();
            }
        }
        theirs.shutdown().await.unwrap();
        let _ = theirs.read_to_end(&mut Vec::new()).await;
    };
    let client = async {
        let client = builder.from_io(ours).await.unwrap();
        let mut stream = client.events();
        go.send(()).unwrap();
        let mut events = Vec::new();
        while let Some(delivery) = stream.recv().await {
            match delivery {
                Delivery::Event(event) => events.push(event),
                other => panic!("{other:?}"),
            }
        }
        events
    };
    tokio::join!(server, client).1
}

fn recorded(name: &str) -> Vec<u8> {
    let (_, rows) = transcripts().into_iter().find(|(found, _)| found == name).unwrap();
    from_server(&rows, 1).iter().flat_map(|(message, text)| frame(message, *text)).collect()
}

#[tokio::test]
async fn the_same_events_at_every_split() {
    for (name, encoding) in [("5.7.4/events-default-mask", Encoding::Json), ("5.7.4/msgpack", Encoding::MsgPack)] {
        let bytes = recorded(name);
        let expected = events_of(bytes.clone(), encoding, std::iter::repeat(usize::MAX)).await;
        assert!(expected.len() >= 2, "{name}: {}", expected.len());
        for cut in 1..bytes.len().min(4000) {
            let events =
                events_of(bytes.clone(), encoding, [cut].into_iter().chain(std::iter::repeat(usize::MAX))).await;
            assert!(events == expected, "{name} cut at {cut}");
        }
        assert!(events_of(bytes, encoding, std::iter::repeat(1)).await == expected, "{name} byte by byte");
    }
}

#[tokio::test]
async fn a_minute_of_everything_in_random_pieces() {
    let raw = gunzip("5.7.4/events-60s.json.raw.gz");
    let start = raw.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let mut seed = 7u32;
    let sizes = std::iter::repeat_with(move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) as usize % 20_000
    });
    let events = events_of(raw[start..].to_vec(), Encoding::Json, sizes).await;
    assert_eq!(events.len(), 9844);
}
