//! Asterisk's manager interface.

use super::{field, file, frames, kinds, recorded};
use std::path::PathBuf;

fn recordings() -> Vec<(String, PathBuf)> {
    let mut all = Vec::new();
    for version in ["1.8.32.3", "11.25.3", "16.28", "22.10"] {
        for entry in std::fs::read_dir(recorded(&format!("ami-client/tests/data/{version}"))).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().trim_end_matches(".gz").to_owned();
            all.push((format!("{version}/{name}"), path));
        }
    }
    all
}

#[test]
fn every_recording_is_read_to_its_end() {
    let recordings = recordings();
    assert!(recordings.len() > 120, "{}", recordings.len());
    for (name, path) in recordings {
        let input = std::fs::File::open(&path).unwrap();
        if name.ends_with(".raw") {
            let summary = ifbus_cli::decode::decode(&super::options(&["ami"]), input, std::io::sink()).unwrap();
            assert!(summary.frames > 10_000 && summary.errors == 0 && !summary.fatal, "{name}: {summary:?}");
            continue;
        }
        let (frames, summary) = frames(&["ami"], input);
        let errors: Vec<_> = frames.iter().filter(|frame| frame.get("error").is_some()).collect();
        // a stop in the middle of the answer that asked for it
        if name.ends_with(".3/shutdown-restart.jsonl") {
            assert_eq!((errors.len(), &errors[0]["kind"]), (1, &"truncated".into()), "{name}");
            continue;
        }
        assert!(!summary.fatal, "{name}: {errors:?}");
        // empty lines that were sent to see what comes of them
        for error in errors {
            assert_eq!((&error["kind"], &error["dir"]), (&"action".into(), &"c2s".into()), "{name}: {error}");
        }
    }
}

#[test]
fn headers_keep_their_order_and_secrets_their_silence() {
    let (frames, _) = file(&["ami"], "ami-client/tests/data/22.10/login-md5.jsonl");
    let kinds = kinds(&frames);
    assert!(kinds["banner"] >= 1 && kinds["action"] >= 4 && kinds["response"] >= 4, "{kinds:?}");
    let login = frames.iter().find(|frame| field(frame, "Action") == "Login").unwrap();
    let names: Vec<_> = login["fields"].as_array().unwrap().iter().map(|field| field[0].as_str().unwrap()).collect();
    assert_eq!(names[0], "Action");
    assert_eq!(field(login, "Username"), "admin");
    assert_eq!(field(login, "Key"), "[redacted]");
    let challenge = frames.iter().find(|frame| !field(frame, "Challenge").is_null()).unwrap();
    assert_eq!(field(challenge, "Challenge"), "[redacted]");
    for (name, path) in recordings().into_iter().filter(|(name, _)| name.ends_with(".jsonl")) {
        let (frames, _) = super::frames(&["ami"], std::fs::File::open(&path).unwrap());
        for frame in
            frames.iter().filter(|frame| field(frame, "Action") == "Login" && !field(frame, "Secret").is_null())
        {
            assert_eq!(field(frame, "Secret"), "[redacted]", "{name}");
        }
    }
    let (open, _) = file(&["ami", "--show-secrets"], "ami-client/tests/data/22.10/login-plain-ping-logoff.jsonl");
    let login = open.iter().find(|frame| field(frame, "Action") == "Login").unwrap();
    assert_eq!(field(login, "Secret"), "test-secret");
}

#[test]
fn old_output_is_lines() {
    let (frames, _) = file(&["ami"], "ami-client/tests/data/11.25.3/command-follows.jsonl");
    let old: Vec<_> = frames.iter().filter(|frame| field(frame, "Response") == "Follows").collect();
    assert!(old.len() >= 5);
    assert!(old.iter().any(|frame| frame["body"].as_array().unwrap().len() > 10));
}
