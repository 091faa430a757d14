//! TCP, unix sockets, and a program that is started with pipes.

use crate::peer::{SOON, builder};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;
use yate_extmodule::{Client, Message};

/// Answers everything with true, a line and its end in two pieces, until the client leaves.
async fn echo(mut io: impl AsyncRead + AsyncWrite + Unpin) -> usize {
    let (mut input, mut lines) = (Vec::new(), 0);
    let mut chunk = [0; 4096];
    loop {
        let read = io.read(&mut chunk).await.unwrap_or(0);
        if read == 0 {
            return lines;
        }
        input.extend_from_slice(&chunk[..read]);
        while let Some(end) = input.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = input.drain(..=end).collect();
            lines += 1;
            let line = String::from_utf8(line).unwrap();
            let line = line.trim_end();
            let answer = if let Some(rest) = line.strip_prefix("%%>message:") {
                let (id, rest) = rest.split_once(":0:").unwrap();
                format!("%%<message:{id}:true:{rest}")
            } else if line.starts_with("%%>connect") || line == "%%>quit" {
                continue;
            } else {
                format!("{}:true", line.replacen('>', "<", 1))
            };
            io.write_all(answer.as_bytes()).await.unwrap();
            io.write_all(b"\n").await.unwrap();
        }
    }
}

async fn exchange(client: Client) {
    for n in 0..20 {
        let answer = client.send(Message::new("app.test").set("n", n.to_string())).await.unwrap();
        assert_eq!(answer.number::<u32>("n"), Some(n));
    }
    client.close().await;
}

#[tokio::test]
async fn tcp() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = async { echo(listener.accept().await.unwrap().0).await };
    let client = async {
        let client = Client::builder(&address).tap(ifbus_testing::wire_log()).connect().await.unwrap();
        exchange(client).await;
    };
    let (lines, ()) = timeout(SOON, async { tokio::join!(server, client) }).await.unwrap();
    assert_eq!(lines, 1 + 6 + 20 + 1);
}

#[tokio::test]
async fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error = Client::connect(&address).await.unwrap_err().to_string();
    assert!(error.contains(&address) && error.contains("refused"), "{error}");
    // waiting does not fail, and ends with the client
    let lazy = builder().connect_lazy().unwrap();
    lazy.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket() {
    let path = std::env::temp_dir().join(format!("yate-extmodule-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    let server = async { echo(listener.accept().await.unwrap().0).await };
    let client = async {
        let client = Client::builder(&format!("unix:{}", path.display())).connect().await.unwrap();
        exchange(client).await;
    };
    let (lines, ()) = timeout(SOON, async { tokio::join!(server, client) }).await.unwrap();
    assert_eq!(lines, 28);
    let _ = std::fs::remove_file(&path);
    // and the simulator's
    let sim = ifbus_sim::yate::YateSim::builder().unix(&path).start().await.unwrap();
    let client = Client::builder(&format!("unix:{}", path.display())).connect().await.unwrap();
    exchange(client).await;
    drop(sim);
}

#[cfg(target_os = "linux")]
mod started {
    use super::*;
    use std::process::Stdio;
    use tokio::process::Command;
    use yate_extmodule::script;

    const STARTED: &str = "YATE_EXTMODULE_TEST_CHILD";

    /// The program that the engine starts. Without one it is no test.
    #[tokio::test]
    async fn child() {
        if std::env::var_os(STARTED).is_none() {
            return;
        }
        let mut heard = String::new();
        script::audio_in().unwrap().read_to_string(&mut heard).await.unwrap();
        let yate = script::stdio().await.unwrap();
        let (done, ended) = tokio::sync::oneshot::channel();
        let done = std::sync::Arc::new(std::sync::Mutex::new(Some(done)));
        let _handler = yate
            .handle("call.execute")
            .without_install()
            .with((done, heard), |(done, heard), m| async move {
                if let Some(done) = done.lock().unwrap().take() {
                    let _ = done.send(());
                }
                Ok(m.handled(heard))
            })
            .await
            .unwrap();
        ended.await.unwrap();
        yate.send(Message::new("app.child")).await.unwrap();
        script::audio_out().unwrap().write_all(b"sound\n").await.unwrap();
        yate.close().await;
    }

    #[tokio::test]
    async fn a_program_with_its_call_and_its_audio() {
        // descriptor 3: what `printf` writes; 4: where standard output goes, too
        let shell = "exec 5<&0; printf quiet | \"$0\" transports::started::child --exact --nocapture 3<&0 0<&5 4>&1";
        let mut child = Command::new("sh")
            .args(["-c", shell])
            .arg(std::env::current_exe().unwrap())
            .env(STARTED, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut engine = child.stdin.take().unwrap();
        let mut said = tokio::io::BufReader::new(child.stdout.take().unwrap());
        engine.write_all(b"%%>message:0x7fb5.6:1795380968:call.execute::id=dumb/3\n").await.unwrap();
        let mut seen = Vec::new();
        let talk = async {
            loop {
                let mut line = String::new();
                if tokio::io::AsyncBufReadExt::read_line(&mut said, &mut line).await.unwrap() == 0 {
                    break;
                }
                // the test harness writes there too
                let line = line.trim_end().trim_start_matches(|c| c != '%' && c != 's');
                if line.starts_with("%%>setlocal") {
                    let answer = format!("{}:true\n", line.replacen('>', "<", 1));
                    engine.write_all(answer.as_bytes()).await.unwrap();
                } else if let Some(rest) = line.strip_prefix("%%>message:") {
                    let (id, rest) = rest.split_once(":0:").unwrap();
                    engine.write_all(format!("%%<message:{id}:true:{rest}\n").as_bytes()).await.unwrap();
                    seen.push("message".to_owned());
                } else if line.starts_with("%%") || line == "sound" {
                    seen.push(line.to_owned());
                }
            }
        };
        timeout(SOON, talk).await.unwrap();
        assert_eq!(seen, ["%%<message:0x7fb5.6:true::quiet", "message", "sound", "%%>quit"]);
    }
    const STARTED_BY_SIM: &str = "YATE_EXTMODULE_TEST_CHILD_OF_SIM";

    /// The program that the simulator starts: it takes the call when it has heard something.
    #[tokio::test]
    async fn child_of_sim() {
        if std::env::var_os(STARTED_BY_SIM).is_none() {
            return;
        }
        let mut heard = [1; 320];
        script::audio_in().unwrap().read_exact(&mut heard).await.unwrap();
        script::audio_out().unwrap().write_all(&heard).await.unwrap();
        let yate = script::stdio().await.unwrap();
        let handler = yate.handle("call.execute").without_install().on(|m| async move { Ok(m.handled("taken")) });
        let _handler = handler.await.unwrap();
        let mut state = yate.connection();
        let _ = state.wait_for(yate_extmodule::ConnectionState::is_closed).await;
    }

    #[tokio::test]
    async fn a_program_is_the_channel_of_a_simulated_call() {
        // the engine gives it one argument only, and the test harness has something to say, too
        let path = std::env::temp_dir().join(format!("yate-extmodule-{}-program", std::process::id()));
        let exe = std::env::current_exe().unwrap();
        let text = format!(
            "#!/bin/sh\n{STARTED_BY_SIM}=1 '{}' -q --exact --nocapture transports::started::child_of_sim | sed -u -n '/^%%/p'\n",
            exe.display()
        );
        // written by a process of its own: what this one has open for writing, another test's child may hold when it is started
        let write = "printf %s \"$1\" > \"$2\" && chmod +x \"$2\"";
        assert!(Command::new("sh").args(["-c", write, "sh", &text]).arg(&path).status().await.unwrap().success());
        let sim = ifbus_sim::yate::YateSim::builder().program("ivr", &path).route("800", "external/playrec/ivr");
        let sim = sim.start().await.unwrap();
        let yate = Client::connect(&sim.addr().to_string()).await.unwrap();
        let made = timeout(SOON, yate.execute(yate_extmodule::Execute::originate("dumb/", "800"))).await.unwrap();
        assert_eq!(made.unwrap().id, "dumb/1");
        let program = || sim.channels().into_iter().find(|channel| channel.id == "ExtModule");
        assert_eq!(program().unwrap().peer.as_deref(), Some("dumb/1"));
        assert!(yate.drop_call("dumb/1", None).await.unwrap());
        let gone = async {
            while program().is_some() || sim.knobs().connections() > 1 {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        timeout(SOON, gone).await.unwrap();
        let _ = std::fs::remove_file(&path);
    }
}
