//! The command itself: files, standard input, exit status, a reader that goes away.

use super::recorded;
use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

fn ifbus(arguments: &[&str], input: Option<&[u8]>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ifbus"));
    command.arg("decode").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.map(<[u8]>::to_vec).unwrap_or_default();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

#[test]
fn a_file_and_standard_input_are_the_same() {
    let path = recorded("obs-ws5/tests/data/5.7.4/batch-parallel-1000.json.gz");
    let from_file = ifbus(&["obs", path.to_str().unwrap()], None);
    let from_stdin = ifbus(&["obs", "-"], Some(&std::fs::read(&path).unwrap()));
    assert!(from_file.status.success() && !from_file.stdout.is_empty());
    assert_eq!(from_file.stdout, from_stdin.stdout);
}

#[test]
fn the_exit_status_tells_how_it_went() {
    let cut = ifbus(&["vmix", "-"], Some(b"VERSION OK 29\r\nTALL"));
    assert_eq!(cut.status.code(), Some(1));
    let text = String::from_utf8(cut.stdout).unwrap();
    assert!(text.lines().last().unwrap().contains(r#""offset":15,"kind":"truncated""#), "{text}");
    let none = ifbus(&["vmix", "no such file"], None);
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8(none.stderr).unwrap().contains("no such file"));
    assert_eq!(ifbus(&["smoke-signals", "-"], None).status.code(), Some(2));
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let path = recorded("vmix-api/tests/data/acts-tally-stream.raw.gz");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ifbus"));
    command.args(["decode", "vmix"]).arg(path).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
fn the_help_has_an_example_of_each() {
    let help = String::from_utf8(ifbus(&["--help"], None).stdout).unwrap();
    for line in [
        "ifbus decode obs ",
        "ifbus decode ha ",
        "| ifbus decode vmix -",
        "ifbus decode ami ",
        "ifbus decode yate ",
        "--show-secrets",
        "--format",
    ] {
        assert!(help.contains(line), "{line}: {help}");
    }
}
