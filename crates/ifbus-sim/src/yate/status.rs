//! What `engine.status` says of each module.

use super::NODE;
use super::engine::Engine;
use super::message::Message;
use crate::knobs::lock;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const REVISION: &str = "1647cdc467274b293c040d5b4d8880cea2b18072";

impl Engine {
    /// A module adds its line, if it is asked. Whether it was the one.
    pub(super) fn status(&self, module: &str, message: &mut Message) -> bool {
        let wanted = message.get("module").map(|module| String::from_utf8_lossy(module).into_owned());
        let mine = |wanted: &str| wanted == module || (wanted == "external" && module == "extmodule");
        if wanted.as_deref().is_some_and(|wanted| !mine(wanted)) {
            return false;
        }
        let details = message.get("details") != Some(b"false");
        message.ret.extend_from_slice(self.status_line(module, details).as_bytes());
        // some leave it to others to have handled it
        wanted.is_some() && !matches!(module, "sip" | "regfile")
    }

    fn status_line(&self, module: &str, details: bool) -> String {
        let state = lock(&self.state);
        let total = state.switch.totals.get(module).copied().unwrap_or_default();
        let mine = state.switch.channels.values().filter(|channel| channel.module == module);
        let count = mine.clone().count();
        let mut line = match module {
            "engine" => {
                let dispatched = state.dispatched;
                let paths = "sharedpath=./share,configpath=../conf,usercfgpath=./home/.yate,modulepath=./modules,workpath=./src";
                let end = if details { format!(";{paths}") } else { String::new() };
                format!(
                    "name=engine,type=system,version=6.4.1,revision={REVISION},githash={REVISION},nodename={NODE};plugins=33,inuse=0,handlers=250,hooks=2,messages=0,maxqueue=10,messageage=0,messagerate=12,maxmsgrate=12,enqueued={dispatched},dequeued={dispatched},dispatched={dispatched},supervised=false,runattempt=0,lastsignal=0,threads=12,workers=1,mutexes=112,semaphores=1,acceptcalls=accept,congestion=0{end}"
                )
            }
            "dumb" => {
                format!("name=dumb,type=misc,format=Status|Address|Peer;routed=0,routing=0,total={total},chans={count}")
            }
            "sip" => format!(
                "name=sip,type=varchans,format=Status|Address|Peer;routed=0,routing=0,total={total},chans={count},transactions=0"
            ),
            "tone" => format!("name=tone,type=misc;tones=0,chans={count}"),
            "conf" => {
                let legs = state.switch.channels.values().filter(|channel| channel.module == "conf");
                let rooms: BTreeSet<&str> = legs.map(|leg| leg.address.as_str()).collect();
                format!(
                    "name=conf,type=misc,format=Status|Address|Peer;routed=0,routing=0,total={total},chans={count},rooms={}",
                    rooms.len()
                )
            }
            "regfile" => {
                let (defined, users) = (self.config.users.len(), state.registered.len());
                format!("name=regfile,type=misc;create=false,defined={defined},users={users}")
            }
            "extmodule" => format!("name=extmodule,type=misc;scripts={},chans={count}", state.clients.len()),
            module => format!("name={module},type=misc;"),
        };
        if details && module == "regfile" {
            for (at, (user, data)) in state.registered.iter().enumerate() {
                let _ = write!(line, "{}{user}={data}", if at == 0 { ';' } else { ',' });
            }
        }
        if details && count > 0 && matches!(module, "dumb" | "sip" | "conf") {
            for (at, channel) in mine.enumerate() {
                let (id, status, address) = (&channel.id, &channel.status, &channel.address);
                let peer = channel.peer.as_deref().unwrap_or_default();
                let _ = write!(line, "{}{id}={status}|{address}|{peer}", if at == 0 { ';' } else { ',' });
            }
        }
        line.push_str("\r\n");
        line
    }

    /// What `external` says of the clients.
    pub(super) fn modules_text(&self) -> String {
        let state = lock(&self.state);
        let mut text = String::new();
        for (at, client) in state.clients.values().filter(|client| !client.machine).enumerate() {
            let role = if client.local.id.is_some() { "Channel, has channel" } else { "Global" };
            let (name, of) = client.program.as_ref().map_or(("ext", "127.0.0.1"), |(name, of)| (name, of));
            let _ = write!(text, "{}. {name} {of}\r\n\t{role}, pid={}\r\n", at + 1, client.pid.unwrap_or(1));
        }
        text
    }

    /// `monitor.query`: the value of what this module knows. Whether it does.
    pub(super) fn query(&self, module: &str, message: &mut Message) -> bool {
        let value = match (module, message.text("name").as_str()) {
            ("cpuload", "userLoad" | "kernelLoad" | "totalLoad" | "systemLoad") | ("monitoring", "runAttempt") => {
                "0".to_owned()
            }
            ("monitoring", "state") => "active".into(),
            ("monitoring", "acceptStatus") => "accept".into(),
            ("monitoring", "moduleCount") => "26".into(),
            ("monitoring", "activeCallsCount") => {
                // a channel with its record is a call
                lock(&self.state).switch.channels.values().filter(|channel| channel.cdr.is_some()).count().to_string()
            }
            _ => return false,
        };
        message.set(b"value", value.as_bytes());
        true
    }
}
