//! What `engine.status` says of each module.

use super::NODE;
use super::engine::Engine;
use super::message::Message;
use crate::knobs::lock;
use std::fmt::Write as _;

const REVISION: &str = "1647cdc467274b293c040d5b4d8880cea2b18072";

impl Engine {
    /// A module adds its line, if it is asked. Whether it was the one.
    pub(super) fn status(&self, module: &str, message: &mut Message) -> bool {
        let wanted = message.get("module").map(|module| String::from_utf8_lossy(module).into_owned());
        if wanted.as_ref().is_some_and(|wanted| wanted != module) {
            return false;
        }
        let details = message.get("details") != Some(b"false");
        message.ret.extend_from_slice(self.status_line(module, details).as_bytes());
        // a driver of calls leaves it to others to have handled it
        wanted.is_some() && module != "sip"
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
            "extmodule" => format!("name=extmodule,type=misc;scripts={},chans={count}", state.clients.len()),
            module => format!("name={module},type=misc;"),
        };
        if details && count > 0 && matches!(module, "dumb" | "sip") {
            for (at, channel) in mine.enumerate() {
                let (id, status, address) = (&channel.id, &channel.status, &channel.address);
                let peer = channel.peer.as_deref().unwrap_or_default();
                let _ = write!(line, "{}{id}={status}|{address}|{peer}", if at == 0 { ';' } else { ',' });
            }
        }
        line.push_str("\r\n");
        line
    }

    /// `external info`
    pub(super) fn modules_text(&self) -> String {
        let state = lock(&self.state);
        let mut text = String::new();
        for (at, client) in state.clients.values().filter(|client| !client.machine).enumerate() {
            let role = if client.local.id.is_some() { "Channel" } else { "Global" };
            let _ = write!(text, "{}. ext 127.0.0.1\r\n\t{role}, pid=1\r\n", at + 1);
        }
        text
    }
}
