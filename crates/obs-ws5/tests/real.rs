//! Against a real OBS: `IFBUS_OBS` (and `IFBUS_OBS_PASSWORD`) name it. It records, for a second, where its profile says.
#![cfg(feature = "real-server")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use obs_ws5::event::{CurrentProgramSceneChanged, RecordStateChanged};
use obs_ws5::request::{Batch, CreateScene, GetStats, GetVersion, Raw, RemoveScene};
use obs_ws5::{Client, Delivery, Encoding, Error, LinkError, StatusCode};
use std::time::Duration;
use tokio::time::{sleep, timeout};

fn builder() -> obs_ws5::Builder {
    Client::builder(&std::env::var("IFBUS_OBS").unwrap())
        .tap(ifbus_testing::wire_log())
        .password(std::env::var("IFBUS_OBS_PASSWORD").unwrap_or_default())
}

/// One test, since there is one OBS: each part finds it as the part before left it.
#[tokio::test]
async fn everything_that_the_studio_needs() {
    if std::env::var_os("IFBUS_OBS").is_none() {
        eprintln!("skipped: IFBUS_OBS names no OBS; `cargo xtask real obs` starts one");
        return;
    }
    for encoding in [Encoding::Json, Encoding::MsgPack] {
        let obs = builder().encoding(encoding).connect().await.unwrap();
        versions(&obs).await;
        scenes(&obs).await;
        recording(&obs).await;
        batches(&obs).await;
        many_at_once(&obs).await;
        virtual_camera(&obs).await;
        obs.close().await;
    }
    wrong_password().await;
}

async fn versions(obs: &Client) {
    let version = obs.send(GetVersion::new()).await.unwrap();
    let hello = obs.server().unwrap();
    assert_eq!(version.obs_web_socket_version, hello.obs_web_socket_version);
    assert!(version.available_requests.len() > 130, "{}", version.available_requests.len());
    assert!(obs.send(GetStats::new()).await.unwrap().active_fps > 1.0);
}

async fn scenes(obs: &Client) {
    let before = obs.scenes().program().await.unwrap();
    obs.send(CreateScene::new("ifbus test ✓ \"quoted\"")).await.unwrap();
    let mut changes = obs.events_of::<CurrentProgramSceneChanged>();
    obs.scenes().set_program("ifbus test ✓ \"quoted\"").await.unwrap();
    let change = timeout(Duration::from_secs(5), changes.recv()).await.unwrap().unwrap().event().unwrap();
    assert_eq!(change.scene_name, "ifbus test ✓ \"quoted\"");
    obs.scenes().set_program(&before).await.unwrap();
    obs.send(RemoveScene::new("ifbus test ✓ \"quoted\"")).await.unwrap();
    assert_eq!(obs.scenes().program().await.unwrap(), before);
    let missing = obs.scenes().set_program("no such scene").await.unwrap_err();
    assert_eq!(missing.code(), Some(StatusCode::ResourceNotFound), "{missing}");
}

async fn recording(obs: &Client) {
    let mut states = obs.events_of::<RecordStateChanged>();
    let recording = obs.record().start().await.unwrap();
    let started = obs.record().status().await.unwrap();
    assert!(started.output_active);
    // the recording must have a length: wait until OBS says that it has
    timeout(Duration::from_secs(20), async {
        while obs.record().status().await.unwrap().output_duration < 500 {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .unwrap();
    let file = recording.stop().await.unwrap().output_path.unwrap();
    // OBS on another machine leaves its file there
    if let Ok(bytes) = std::fs::read(&file) {
        let duration = matroska_duration(&bytes);
        assert!(duration.is_some_and(|duration| duration >= 500.0), "{file}: {} bytes, {duration:?} ms", bytes.len());
    } else {
        assert!(std::env::var_os("IFBUS_OBS_RECORDINGS").is_none(), "{file} is not there");
    }
    let first = timeout(Duration::from_secs(5), states.recv()).await.unwrap().unwrap();
    assert!(matches!(first, Delivery::Event(_)), "{first:?}");
}

/// The length of a Matroska file by its own header, in ticks of a millisecond: element 0x4489, an eight-byte float. It is
/// written when the file is closed, so one that has it is whole.
fn matroska_duration(bytes: &[u8]) -> Option<f64> {
    let head = [0x44, 0x89, 0x88];
    let at = bytes.windows(3).position(|window| window == head)? + 3;
    Some(f64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

async fn batches(obs: &Client) {
    let batch = Batch::new().with(Raw::new("GetStudioModeEnabled")).with(Raw::new("NoSuchRequest"));
    let results = obs.batch(batch).await.unwrap();
    assert_eq!(results.len(), 2);
    assert_eq!(results[1].status.code, StatusCode::UnknownRequestType);
}

async fn many_at_once(obs: &Client) {
    let asked = (0..500).map(|_| async { obs.scenes().program().await.unwrap() });
    let answers = futures_util::future::join_all(asked).await;
    assert!(answers.iter().all(|answer| answer == &answers[0]));
}

async fn virtual_camera(obs: &Client) {
    match obs.virtual_cam().start().await {
        Ok(()) => obs.virtual_cam().stop().await.unwrap(),
        // a machine without the kernel module
        Err(error) => assert_eq!(error.code(), Some(StatusCode::InvalidResourceState), "{error}"),
    }
}

async fn wrong_password() {
    let error = builder().password("certainly wrong").connect().await.unwrap_err();
    assert!(matches!(error, Error::Link(LinkError::Refused(_))), "{error}");
}
