//! A call router for Yate: it owns `call.route`, looks each number up in a file, which may change while it runs, and tells of the calls.
//! It goes on through restarts of the engine.
//!
//! ```text
//! cargo run --example yate_router                      # a simulated Yate with a few calls, for two seconds
//! cargo run --example yate_router -- 127.0.0.1:5040 --routes routes.txt
//! cargo run --example yate_router -- unix:/run/yate/ext.sock --routes routes.txt --seconds 60
//! ```
//!
//! A line of the file is a number, or the beginning of one and `*`, and where it goes: a dial string, or `!` and the reason of a
//! refusal. The first line that fits counts; what fits none is left to Yate's own routing.
//!
//! ```text
//! 101   sip/sip:101@10.0.0.7
//! 0900* !forbidden
//! 46*   line/\called;line=trunk
//! ```

use clap::Parser;
use ifbus_sim::yate::YateSim;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use yate_extmodule::{CallEvent, Client, Delivery, HandlerError, Received, Reply};

#[derive(Parser)]
struct Options {
    /// Where Yate is: the address of a listener in extmodule.conf, `host:port` or `unix:/path`; also from IFBUS_YATE
    #[arg(env = "IFBUS_YATE")]
    address: Option<String>,
    /// The file that says where the numbers go; routes.txt unless given
    #[arg(long)]
    routes: Option<PathBuf>,
    /// End after so many seconds; until Ctrl-C unless given
    #[arg(long)]
    seconds: Option<u64>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = Options::parse();
    let (address, simulated) = match options.address {
        Some(address) => (address, None),
        None => {
            options.seconds.get_or_insert(2);
            println!("simulated: a Yate in this process; name a listener of yours to route its calls");
            let simulated = Arc::new(YateSim::start().await?);
            (simulated.addr().to_string(), Some(simulated))
        }
    };
    let routes = match (options.routes, &simulated) {
        (Some(path), _) => Routes::File(path),
        (None, None) => Routes::File("routes.txt".into()),
        (None, Some(_)) => Routes::Text(SIMULATED),
    };
    let yate = Client::builder(&address).track_calls(true).connect().await?;
    println!("Yate {} on {}: {} calls", yate.server().version, yate.server().nodename, yate.calls().list().len());
    let mut calls = yate.call_events();

    // before regexroute, which is at 100. A file that cannot be read is an error, and Yate goes on without us
    let routes = Arc::new(routes);
    let router =
        yate.handle("call.route").priority(50).with(routes, |routes, m| async move { route(&routes, &m).await });
    let router = router.await?;
    if let Some(yate) = &simulated {
        tokio::spawn(make_calls(Arc::clone(yate)));
    }

    let end = async {
        match options.seconds {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(end);
    loop {
        let delivery = tokio::select! {
            delivery = calls.recv() => delivery,
            () = &mut end => break,
            _ = tokio::signal::ctrl_c() => break,
        };
        match delivery {
            Some(Delivery::Event(CallEvent::Started(leg))) => {
                println!("new    {:12} {} → {}", leg.id, leg.caller, leg.called);
            }
            Some(Delivery::Event(CallEvent::Ended(leg))) => {
                println!("ended  {:12} {} {}", leg.id, leg.status, leg.reason);
            }
            Some(Delivery::Event(CallEvent::Changed(leg))) => {
                println!("       {:12} {:?} {}", leg.id, leg.state, leg.peer.as_deref().unwrap_or_default());
            }
            Some(Delivery::Lagged { missed, .. }) => println!("fell behind: {missed} changes were not shown"),
            Some(_) => println!("connected again; the calls are right again"),
            None => break,
        }
    }
    println!("{:?}", router.stats());
    yate.close().await;
    Ok(())
}

/// Where the routes stand.
enum Routes {
    /// Read anew for each call.
    File(PathBuf),
    Text(&'static str),
}

/// Those for the simulated Yate, whose phone 1001 answers and which has a way for 99991001 itself.
const SIMULATED: &str = "
101   sip/sip:1001@127.0.0.1
0900* !forbidden
7*    tone/ring
";

/// A few calls, which are hung up again.
async fn make_calls(yate: Arc<YateSim>) {
    for (caller, called) in [("102", "101"), ("103", "0900123"), ("104", "777"), ("105", "99991001"), ("106", "8")] {
        let channel = yate.dial_in(caller, called).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        yate.hang_up(&channel).await;
    }
}

/// Where this call goes.
async fn route(routes: &Routes, m: &Received) -> Result<Reply, HandlerError> {
    let called = m.get("called").unwrap_or_default();
    let text = match routes {
        Routes::File(path) => tokio::fs::read_to_string(path).await?,
        Routes::Text(text) => (*text).to_owned(),
    };
    let target =
        text.lines().filter_map(|line| line.trim().split_once(char::is_whitespace)).find_map(|(number, to)| {
            let fits = match number.strip_suffix('*') {
                Some(beginning) => called.starts_with(beginning),
                None => called == number,
            };
            fits.then(|| to.trim().to_owned())
        });
    println!(
        "route  {:12} {called} → {}",
        m.get("id").unwrap_or_default(),
        target.as_deref().unwrap_or("as Yate says")
    );
    Ok(match target.as_deref() {
        None => m.pass(),
        Some(to) => match to.strip_prefix('!') {
            Some(reason) => m.handled("-").set("error", reason),
            // the number comes from a stranger: nothing that a dial string is made of gets in with it
            None => m.handled(to.replace("\\called", &called.replace(|c: char| !c.is_ascii_alphanumeric(), ""))),
        },
    })
}
