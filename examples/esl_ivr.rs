//! A telephone menu over outbound ESL: FreeSWITCH dials this program for each call, and the menu is an async function of the call.
//!
//! ```text
//! cargo run --example esl_ivr                              # plays both sides: a simulated call goes through the menu
//! cargo run --example esl_ivr -- --listen 127.0.0.1:8084   # waits for a real FreeSWITCH
//! ```
//!
//! In the dialplan of FreeSWITCH:
//!
//! ```xml
//! <extension name="menu">
//!   <condition field="destination_number" expression="^5000$">
//!     <action application="socket" data="127.0.0.1:8084 async full"/>
//!   </condition>
//! </extension>
//! ```

use clap::Parser;
use esl_client::{Call, Error, HangupCause, Listener};
use std::net::SocketAddr;
use std::time::Duration;

#[derive(Parser)]
struct Options {
    /// Where to wait for FreeSWITCH. Without it, the program calls itself once and ends.
    #[arg(long)]
    listen: Option<SocketAddr>,
}

/// The menu: a greeting, up to three tries for an extension, and the way there.
async fn menu(call: Call) -> Result<HangupCause, Error> {
    println!("{} calls {}", call.caller(), call.destination());
    call.answer().await?;
    let digits = call
        .play_and_get_digits("ivr/ivr-enter_ext_pound.wav")
        .invalid_file("ivr/ivr-that_was_an_invalid_entry.wav")
        .min(4)
        .max(4)
        .tries(3)
        .timeout(Duration::from_secs(5))
        .await?;
    if digits.is_empty() {
        println!("{} chose nothing", call.caller());
        call.play("ivr/ivr-thank_you.wav").await?;
        call.hangup(HangupCause::NormalClearing).await?;
        return call.finished().await;
    }
    println!("{} wants {digits}", call.caller());
    // without it FreeSWITCH would hang up on a caller whom nobody answers
    call.set_variable("continue_on_fail", "true").await?;
    // and with it no caller is left alone when the other side hangs up
    call.set_variable("hangup_after_bridge", "true").await?;
    // only digits have come through the pattern: nothing in them can choose another destination
    match call.bridge(&format!("user/{digits}")).await {
        Ok(_) => {}
        Err(error @ Error::Rejected { .. }) => {
            println!("{digits} does not answer: {error}");
            call.play("voicemail/vm-not_available.wav").await?;
            call.hangup(HangupCause::NoAnswer).await?;
        }
        Err(error) => return Err(error),
    }
    call.finished().await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    let listener = Listener::bind(options.listen.unwrap_or_else(|| ([127, 0, 0, 1], 0).into())).await?;
    let address = listener.local_addr()?;
    println!("waiting for FreeSWITCH at {address}");
    let end = async move {
        match options.listen {
            Some(_) => drop(tokio::signal::ctrl_c().await),
            None => {
                if let Err(error) = simulated::call(address).await {
                    eprintln!("the simulated call: {error}");
                }
            }
        }
    };
    let told = |call| async move {
        let ended = menu(call).await;
        match &ended {
            Ok(cause) => println!("hung up: {cause}"),
            Err(error) => println!("ended: {error}"),
        }
        ended
    };
    listener.serve_until(told, end).await?;
    println!("no call is left");
    Ok(())
}

/// FreeSWITCH's side of one call, as far as the menu needs it.
mod simulated {
    use std::net::SocketAddr;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpStream;

    const UUID: &str = "52870535-afef-44ab-b178-21aba54d1183";

    fn event(text: &str) -> String {
        format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{text}", text.len())
    }

    pub(crate) async fn call(address: SocketAddr) -> std::io::Result<()> {
        let mut io = BufReader::new(TcpStream::connect(address).await?);
        loop {
            let mut command = String::new();
            while !command.ends_with("\n\n") {
                if io.read_line(&mut command).await? == 0 {
                    return Ok(());
                }
            }
            let header = |name: &str| command.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            let mut answer = "Content-Type: command/reply\nReply-Text: +OK\n\n".to_owned();
            if command.starts_with("connect") {
                answer = format!(
                    "Event-Name: CHANNEL_DATA\nChannel-Caller-ID-Number: 1000\nChannel-Destination-Number: 5000\nUnique-ID: {UUID}\n\
                     Content-Type: command/reply\nReply-Text: %2BOK%0A\nSocket-Mode: async\nControl: full\n\n"
                );
            } else if command.starts_with("exit") {
                io.write_all(answer.as_bytes()).await?;
                return Ok(());
            }
            if let (Some(application), Some(id)) = (header("execute-app-name"), header("Event-UUID")) {
                let mut complete =
                    format!("Event-Name: CHANNEL_EXECUTE_COMPLETE\nUnique-ID: {UUID}\nApplication-UUID: {id}\n");
                if application == "play_and_get_digits" {
                    let variable =
                        header("execute-app-arg").and_then(|argument| argument.split(' ').nth(7)).unwrap_or_default();
                    complete += &format!("variable_{variable}: 1001\n");
                }
                if application == "bridge" {
                    complete += "variable_originate_disposition: SUCCESS\n";
                }
                answer += &event(&(complete + "\n"));
                if application == "bridge" {
                    let hangup = format!(
                        "Event-Name: CHANNEL_HANGUP_COMPLETE\nUnique-ID: {UUID}\nHangup-Cause: NORMAL_CLEARING\n\n"
                    );
                    answer += &event(&hangup);
                }
            }
            io.write_all(answer.as_bytes()).await?;
        }
    }
}
