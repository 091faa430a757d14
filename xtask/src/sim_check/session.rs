//! Running a session of a peer and reading what it saw.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::mask::mask;

/// A session that takes longer hangs, not counting the restarts.
const PATIENCE: Duration = Duration::from_secs(100);

/// Runs a session to its end and returns what it saw, masked. It asks for `restart` when it wants the server restarted.
///
/// # Errors
/// It cannot be started, writes what is no line of a session, fails, or takes too long.
pub(super) fn run(command: &mut Command, mut restart: impl FnMut() -> Result<()>) -> Result<Vec<Value>> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{program} cannot be started"))?;
    let result = follow(&mut child, &mut restart);
    if result.is_err() {
        // It may have ended by itself.
        let _ = child.kill();
    }
    let mut complaint = String::new();
    if let Some(stderr) = &mut child.stderr {
        // What it says is only for people.
        let _ = stderr.read_to_string(&mut complaint);
    }
    let status = child.wait()?;
    let end: Vec<_> = complaint.lines().rev().take(15).collect();
    let end: Vec<_> = end.into_iter().rev().collect();
    let lines = result.with_context(|| format!("the session's last words: {}", end.join("\n")))?;
    if !status.success() {
        bail!("the session failed ({status}) after {} lines:\n{}", lines.len(), end.join("\n"));
    }
    Ok(lines)
}

fn follow(child: &mut Child, restart: &mut impl FnMut() -> Result<()>) -> Result<Vec<Value>> {
    let stdout = child.stdout.take().context("its output is not ours")?;
    let mut stdin = child.stdin.take().context("its input is not ours")?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let mut deadline = Instant::now() + PATIENCE;
    let mut seen = Vec::new();
    loop {
        let line = match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => line?,
            Err(RecvTimeoutError::Disconnected) => return Ok(seen),
            Err(RecvTimeoutError::Timeout) => {
                bail!("the session was ended after {} s and {} lines", PATIENCE.as_secs(), seen.len())
            }
        };
        let line: Value = serde_json::from_str(&line).with_context(|| format!("no line of a session: {line}"))?;
        if line.get("do").and_then(Value::as_str) == Some("restart") {
            let since = Instant::now();
            restart().context("the restart that the session asked for")?;
            deadline += since.elapsed();
            stdin.write_all(b"done\n")?;
        } else {
            seen.push(mask(&line));
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use serde_json::json;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn restart_is_done_before_the_session_goes_on() {
        let script = r#"echo '{"step":"a"}'; echo '{"do":"restart"}'; read word; echo "{\"step\":\"$word\"}""#;
        let mut restarts = 0;
        let lines = run(&mut shell(script), || {
            restarts += 1;
            Ok(())
        });
        assert_eq!(lines.unwrap(), [json!({"step": "a"}), json!({"step": "done"})]);
        assert_eq!(restarts, 1);
    }

    #[test]
    fn failure_is_told_with_the_last_words() {
        let error = run(&mut shell("echo alas >&2; exit 3"), || Ok(())).unwrap_err().to_string();
        assert!(error.contains("exit status: 3") && error.ends_with("alas"), "{error}");
        let error = format!("{:#}", run(&mut shell("echo hm"), || Ok(())).unwrap_err());
        assert!(error.contains("no line of a session: hm"), "{error}");
    }
}
