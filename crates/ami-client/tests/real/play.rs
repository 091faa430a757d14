//! Files that are played into calls.

use super::{CONTEXT, SOON, connect, hang_all_up, server, until, var};
use ami_client::action::Originate;
use ami_client::{Client, Error, Play, PlayEnd, Reason, event};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// A file of about a second, and a long one, of Asterisk's own sounds; by their path where the server has no language `en`.
const SHORT: [&str; 2] = ["beep", "en_US_f_Allison/beep"];
const LONG: [&str; 2] = ["tt-monkeys", "en_US_f_Allison/tt-monkeys"];

async fn call(pbx: &Client) -> String {
    call_of(pbx, "tone").await
}

/// A call whose parties both send this sound.
async fn call_of(pbx: &Client, sound: &str) -> String {
    let originate = Originate::new(format!("Local/{sound}@{CONTEXT}/n")).to(CONTEXT, format!("dial{sound}"), "1");
    let call = pbx.originate(originate).await.unwrap();
    let bridged = || {
        pbx.calls()
            .by_uniqueid(&call.uniqueid)
            .is_some_and(|call| call.legs().filter(|leg| leg.bridge.is_some()).count() == 2)
    };
    until("they talk", bridged).await;
    call.channel
}

/// Which of the names is there on this server.
async fn file(pbx: &Client, channel: &str, names: [&'static str; 2]) -> &'static str {
    for name in names {
        match pbx.play(channel, name).await {
            Ok(playing) => {
                playing.stop().await.unwrap();
                return name;
            }
            Err(Error::NotPlayed { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    panic!("none of {names:?}");
}

async fn players_gone(pbx: &Client) {
    let by = Instant::now() + SOON;
    while pbx.channels().await.unwrap().iter().any(|channel| channel.channel().contains("ifbus-play")) {
        assert!(Instant::now() < by);
    }
}

#[tokio::test]
async fn a_file_plays_into_a_call_to_its_end() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder).await;
    let channel = call(&pbx).await;
    let (short, long) = (file(&pbx, &channel, SHORT).await, file(&pbx, &channel, LONG).await);
    for play in [Play::new(short), Play::new(short).to_both()] {
        let mut spies = pbx.events_of::<event::ChanSpyStart>();
        let mut playing = pbx.play(&channel, play).await.unwrap();
        let spy = timeout(SOON, spies.recv()).await.unwrap().unwrap().event().unwrap();
        assert_eq!(spy.spyee().channel(), channel);
        assert_eq!(timeout(SOON, playing.finished()).await.unwrap().unwrap(), PlayEnd::Finished);
        players_gone(&pbx).await;
    }
    let mut playing = pbx.play(&channel, long).await.unwrap();
    assert!(timeout(Duration::from_millis(300), playing.finished()).await.is_err(), "it plays for long");
    playing.stop().await.unwrap();
    assert_eq!(timeout(SOON, playing.finished()).await.unwrap().unwrap(), PlayEnd::Stopped);
    playing.stop().await.unwrap();
    players_gone(&pbx).await;
    assert!(pbx.calls().by_channel(&channel).is_some(), "the call goes on");
    // the channel ends meanwhile
    let mut playing = pbx.play(&channel, long).await.unwrap();
    pbx.hangup(&channel, 16).await.unwrap();
    let error = timeout(SOON, playing.finished()).await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::HungUp { channel: ended, .. } if **ended == *channel), "{error}");
    hang_all_up(&pbx).await;
    pbx.close().await;
}

/// The loudest sample of a recording.
fn loudest(path: &std::path::Path) -> u16 {
    let bytes = std::fs::read(path).unwrap();
    let samples = bytes[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs());
    samples.max().unwrap_or(0)
}

#[tokio::test]
async fn who_shall_hear_it_hears_it() {
    let (Some(builder), Some(root)) = (server(), var("IFBUS_AMI_ROOT")) else { return };
    let pbx = connect(builder).await;
    for both in [false, true] {
        let channel = call_of(&pbx, "still").await;
        let long = file(&pbx, &channel, LONG).await;
        // what the parties hear comes out of the far halves of their Local channels
        let other = pbx.calls().by_channel(&channel).unwrap();
        let other =
            other.legs().find(|leg| leg.bridge.is_some() && *leg.channel != *channel).unwrap().channel.to_string();
        let far = |channel: &str| channel.replace(";1", ";2");
        let mut recordings = Vec::new();
        for (channel, file) in [(&channel, "/tmp/ifbus-heard.wav"), (&other, "/tmp/ifbus-other.wav")] {
            recordings.push(pbx.record(&far(channel), file).await.unwrap());
        }
        let play = if both { Play::new(long).to_both() } else { Play::new(long) };
        let playing = pbx.play(&channel, play).await.unwrap();
        // so long is what the recordings hear
        tokio::time::sleep(Duration::from_millis(1500)).await;
        playing.stop().await.unwrap();
        hang_all_up(&pbx).await;
        let path = |name: &str| std::path::Path::new(&root).join("tmp").join(name);
        let (heard, overheard) = (path("ifbus-heard.wav"), path("ifbus-other.wav"));
        until("both are written", || {
            [&heard, &overheard].iter().all(|path| path.metadata().is_ok_and(|data| data.len() > 8000))
        })
        .await;
        assert!(loudest(&heard) > 1000, "{}", loudest(&heard));
        assert_eq!(loudest(&overheard) > 1000, both, "{}", loudest(&overheard));
        std::fs::remove_file(heard).unwrap();
        std::fs::remove_file(overheard).unwrap();
    }
    pbx.close().await;
}

#[tokio::test]
async fn what_cannot_be_played_says_why() {
    let Some(builder) = server() else { return };
    let pbx = connect(builder.clone()).await;
    let channel = call(&pbx).await;
    for name in ["no-such-file", "no such file", "${EPOCH}", "${SHELL(touch /tmp/ifbus-injected)}", "a\"b"] {
        let error = pbx.play(&channel, name).await.unwrap_err();
        assert!(matches!(&error, Error::NotPlayed { file, .. } if **file == *name), "{name}: {error}");
    }
    if let Some(root) = var("IFBUS_AMI_ROOT") {
        assert!(!std::path::Path::new(&root).join("tmp/ifbus-injected").exists());
    }
    for name in ["", "a,skip", "a\r\nAction: Reload"] {
        let error = pbx.play(&channel, name).await.unwrap_err();
        assert!(matches!(&error, Error::Link(ami_client::LinkError::InvalidArgument { .. })), "{name}: {error}");
    }
    let absent = pbx.play("PJSIP/nobody-1", "beep").await.unwrap_err();
    assert_eq!(absent.reason(), Some(Reason::NotFound), "{absent}");
    let other = timeout(SOON, builder.dialplan_context(CONTEXT).connect()).await.unwrap().unwrap();
    let error = other.play(&channel, "beep").await.unwrap_err();
    assert!(matches!(error, Error::Dialplan { .. }), "{error}");
    other.close().await;
    hang_all_up(&pbx).await;
    pbx.close().await;
}
