//! Yate: the module protocol and the console.

use super::{field, file, frames, gunzip, kinds, recorded};

fn recordings() -> Vec<(&'static str, std::path::PathBuf)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(recorded("yate-extmodule/tests/data")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.contains(".jsonl") {
            all.push((if name.starts_with("rmanager") { "rmanager" } else { "yate" }, path));
        }
    }
    all
}

#[test]
fn every_recording_is_read_without_an_error() {
    let recordings = recordings();
    assert_eq!(recordings.len(), 17);
    for (protocol, path) in recordings {
        let (_, summary) = frames(&[protocol], std::fs::File::open(&path).unwrap());
        assert!(summary.frames > 0 && summary.errors == 0 && !summary.fatal, "{}: {summary:?}", path.display());
    }
    let (frames, summary) = file(&["yate"], "yate-extmodule/tests/data/watch-all-calls.raw.gz");
    assert_eq!((frames.len(), summary.errors), (18_033, 0));
    assert_eq!(kinds(&frames)["watched"], 18_032);
}

#[test]
fn offsets_are_those_of_the_lines() {
    let bytes = gunzip("yate-extmodule/tests/data/watch-all-calls.raw.gz");
    let (frames, _) = file(&["yate"], "yate-extmodule/tests/data/watch-all-calls.raw.gz");
    for frame in frames {
        let offset = usize::try_from(frame["offset"].as_u64().unwrap()).unwrap();
        assert!(bytes[offset..].starts_with(b"%%<") && (offset == 0 || bytes[offset - 1] == b'\n'), "{frame}");
    }
}

#[test]
fn messages_show_their_fields_in_order() {
    let (frames, _) = file(&["yate"], "yate-extmodule/tests/data/install-and-answer.jsonl");
    let kinds = kinds(&frames);
    assert!(kinds["message"] >= 10 && kinds["answer"] >= 10 && kinds["command_answer"] == 2, "{kinds:?}");
    let answer = frames.iter().find(|frame| field(frame, "added") == ":\n").unwrap();
    let names: Vec<_> = answer["fields"].as_array().unwrap().iter().map(|field| field[0].as_str().unwrap()).collect();
    assert_eq!(names, ["id", "handled", "name", "x", "y", "added"]);
    assert!(field(answer, "x").is_null());
    assert_eq!(answer["body"], "my return");
    let (frames, _) = file(&["yate"], "yate-extmodule/tests/data/messages-basic.jsonl");
    let latin = frames.iter().filter(|frame| field(frame, "latin")["b64"] == "6f8=").count();
    assert_eq!(latin, 2);
}

#[test]
fn passwords_show_on_demand_alone() {
    for (protocol, path) in recordings() {
        let (text, _) = super::text(&[protocol], std::fs::File::open(&path).unwrap());
        let told = text.lines().find(|line| line.contains("test-secret") || line.contains("test-user"));
        assert_eq!(told, None, "{}", path.display());
    }
    let (text, _) = super::text(
        &["rmanager", "--show-secrets"],
        std::fs::File::open(recorded("yate-extmodule/tests/data/rmanager-auth.jsonl")).unwrap(),
    );
    assert!(text.contains("test-secret"));
}
