//! Processes of ours, told apart from everyone else's: by start time and by a mark in their environment.
//!
//! A mark is a line `VARIABLE=value`. Children inherit it, so that none is missed, and nobody else has it, so that no
//! recycled pid is ever taken for ours.

use std::{
    fs,
    process::ExitStatus,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use rustix::process::{Pid, kill_process};
use serde::{Deserialize, Serialize};

pub(crate) use rustix::process::Signal;

/// A process, named so that another one that later gets the same pid is not mistaken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    /// Start time in clock ticks since boot, as in field 22 of `/proc/PID/stat`.
    pub(crate) started: u64,
}

impl Process {
    /// The living process with this pid.
    pub(crate) fn find(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        Some(Self { pid, started: start_of(&stat)? })
    }

    /// This process itself.
    pub(crate) fn current() -> Option<Self> {
        Self::find(std::process::id())
    }

    pub(crate) fn is_alive(self) -> bool {
        Self::find(self.pid) == Some(self)
    }

    /// Sends a signal if the process still lives.
    pub(crate) fn signal(self, signal: Signal) {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid.filter(|_| self.is_alive()) {
            // It may end between the check and the signal, which is as good.
            let _ = kill_process(pid, signal);
        }
    }
}

/// The start time in the text of `/proc/PID/stat`; none for a zombie, which is dead for our purposes.
fn start_of(stat: &str) -> Option<u64> {
    // The name in parentheses may hold spaces and parentheses itself.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// Every living process that carries this mark.
pub(crate) fn marked(mark: &str) -> Vec<Process> {
    pids()
        .filter(|pid| {
            fs::read(format!("/proc/{pid}/environ"))
                .is_ok_and(|environ| environ.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes()))
        })
        .filter_map(Process::find)
        .collect()
}

fn pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Ends all the processes with this mark: `first` politely and alone, so that it can take its own children down, then the
/// rest politely, then whatever is left by force. Returns when none lives any more.
pub(crate) fn end(mark: &str, first: Option<Process>, patience: Duration) -> Result<()> {
    if let Some(first) = first {
        terminate(first);
        wait_until(patience, || !first.is_alive());
    }
    marked(mark).into_iter().for_each(terminate);
    wait_until(Duration::from_secs(3), || marked(mark).is_empty());
    kill(mark)
}

/// Ends all the processes with this mark at once, without warning.
pub(crate) fn kill(mark: &str) -> Result<()> {
    let gone = wait_until(Duration::from_secs(10), || {
        let left = marked(mark);
        left.iter().for_each(|process| process.signal(Signal::KILL));
        left.is_empty()
    });
    if !gone {
        let left: Vec<_> = marked(mark).iter().map(|process| process.pid.to_string()).collect();
        bail!("these processes do not end even by SIGKILL: {}", left.join(" "));
    }
    Ok(())
}

fn terminate(process: Process) {
    process.signal(Signal::TERM);
    // A stopped process would take the signal only when somebody continues it.
    process.signal(Signal::CONT);
}

/// Looks every 50 ms until `done` or the time is over; tells whether it was done.
pub(crate) fn wait_until(patience: Duration, mut done: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    loop {
        if done() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        sleep(Duration::from_millis(50));
    }
}

/// How a process ended, in words.
pub(crate) fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "an unknown end".to_owned(),
    }
}

/// The process that listens on a TCP port of this machine, if `/proc` lets us see it.
pub(crate) fn listener_on(port: u16) -> Option<u32> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .find_map(|table| listening_inode(&table, port))?;
    let wanted = format!("socket:[{inode}]");
    pids().find(|pid| {
        let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        descriptors
            .filter_map(|descriptor| fs::read_link(descriptor.path()).ok())
            .any(|target| target.as_os_str() == wanted.as_str())
    })
}

/// The inode of the socket in state LISTEN (0A) on `port`, from the text of `/proc/net/tcp`.
fn listening_inode(table: &str, port: u16) -> Option<u64> {
    let suffix = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        let listens = fields.get(1)?.ends_with(&suffix) && *fields.get(3)? == "0A";
        listens.then(|| fields.get(9)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn start_time_survives_a_name_with_parentheses() {
        let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 2 18446744073709551615";
        assert_eq!(start_of(stat), Some(98765));
    }

    #[test]
    fn zombie_is_dead() {
        assert_eq!(start_of("42 (sh) Z 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 0 0"), None);
    }

    #[test]
    fn listening_socket_is_found_by_port() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
             0: 0100007F:1167 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 111 1 0\n\
             1: 0100007F:1167 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0\n";
        assert_eq!(listening_inode(table, 4455), Some(222));
        assert_eq!(listening_inode(table, 4456), None);
    }

    #[test]
    fn own_listener_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        assert_eq!(listener_on(listener.local_addr().unwrap().port()), Some(std::process::id()));
    }

    #[test]
    fn same_pid_with_another_start_is_not_the_same_process() {
        let current = Process::current().unwrap();
        assert!(current.is_alive());
        assert!(!Process { started: current.started + 1, ..current }.is_alive());
    }

    #[test]
    fn marked_processes_end_with_their_children() {
        let mark = format!("IFBUS_TEST_MARK={}", std::process::id());
        let (variable, value) = mark.split_once('=').unwrap();
        let mut shell = Command::new("sh")
            .args(["-c", "trap '' TERM; sleep 30 & sleep 30"])
            .env(variable, value)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        assert!(wait_until(Duration::from_secs(5), || marked(&mark).len() == 3));
        kill(&mark).unwrap();
        assert!(marked(&mark).is_empty());
        assert!(describe(shell.wait().unwrap()).contains("signal 9"));
    }
}
