//! A telephone menu over outbound ESL: FreeSWITCH dials this program for each call, and the menu is an async function of the call.
//!
//! ```text
//! cargo run --example esl_ivr                              # against a simulated FreeSWITCH: three calls go through the menu
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
    /// Where to wait for FreeSWITCH. Without it, a simulated one calls three times, and the program ends.
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
                if let Err(error) = simulated::calls(address).await {
                    eprintln!("the simulated FreeSWITCH: {error}");
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

/// Callers of a simulated FreeSWITCH: one who reaches somebody, one whose choice is busy, and one who does not wait.
mod simulated {
    use ifbus_sim::freeswitch::{ChannelState, FreeSwitchSim, OutboundOptions};
    use std::net::SocketAddr;
    use std::time::Duration;

    pub(crate) async fn calls(address: SocketAddr) -> std::io::Result<()> {
        let sim = FreeSwitchSim::start().await?;
        for keys in ["1001", "1002", ""] {
            let call = OutboundOptions::new().caller("Alice", "1000").destination("5000");
            let uuid = sim.dial_out(address, call);
            until(&sim, &uuid, |channel| channel.is_none_or(is_asked)).await;
            match keys {
                "" => drop(sim.hang_up(&uuid, "ORIGINATOR_CANCEL")),
                keys => drop(sim.press(&uuid, keys)),
            }
            until(&sim, &uuid, |channel| channel.is_none_or(|channel| channel.bridged.is_some())).await;
            sim.hang_up(&uuid, "NORMAL_CLEARING");
            until(&sim, &uuid, |channel| channel.is_none()).await;
        }
        Ok(())
    }

    fn is_asked(channel: &ChannelState) -> bool {
        channel.applications.iter().any(|application| application == "play_and_get_digits")
    }

    async fn until(sim: &FreeSwitchSim, uuid: &str, is_so: impl Fn(Option<&ChannelState>) -> bool) {
        while !is_so(sim.channels().iter().find(|channel| channel.uuid == uuid)) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
