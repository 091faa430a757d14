//! Against a real FreeSWITCH: `IFBUS_FREESWITCH=127.0.0.1:8021` and `IFBUS_FREESWITCH_PASSWORD` name it. It needs `mod_loopback`,
//! `mod_dptools`, `mod_commands` and `mod_conference`, and an endpoint that answers: `loopback/9196/default` of the stock dialplan,
//! or what `IFBUS_FREESWITCH_ENDPOINT` says. For outbound calls it must reach this machine at the address that
//! `IFBUS_FREESWITCH_CALLBACK` gives (default 127.0.0.1).
#![cfg(feature = "real-server")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod against;

use against::Server;
use std::env::var;

async fn real() -> Option<(Server, ())> {
    let Ok(address) = var("IFBUS_FREESWITCH") else {
        eprintln!("skipped: IFBUS_FREESWITCH names no FreeSWITCH, such as 127.0.0.1:8021");
        return None;
    };
    let mut server = Server::new(address);
    let settings = [
        (&mut server.password, "IFBUS_FREESWITCH_PASSWORD"),
        (&mut server.endpoint, "IFBUS_FREESWITCH_ENDPOINT"),
        (&mut server.callback, "IFBUS_FREESWITCH_CALLBACK"),
    ];
    for (setting, name) in settings {
        if let Ok(value) = var(name) {
            *setting = value;
        }
    }
    Some((server, ()))
}

against::tests!(real());
