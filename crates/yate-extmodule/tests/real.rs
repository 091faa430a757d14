//! Against a real Yate: `IFBUS_YATE=127.0.0.1:5040` (or `unix:/path`) names an extmodule listener without a role, and
//! `IFBUS_YATE_RMANAGER=127.0.0.1:5038` (with `IFBUS_YATE_PASSWORD`, where there is one) its console.
#![cfg(feature = "real-server")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod scenarios;

use scenarios::Yate;

fn named() -> Option<(Yate, ())> {
    let var = |name| std::env::var(name).ok();
    let Some(address) = var("IFBUS_YATE") else {
        eprintln!("skipped: IFBUS_YATE names no Yate, such as 127.0.0.1:5040");
        return None;
    };
    let console = var("IFBUS_YATE_RMANAGER");
    if console.is_none() {
        eprintln!("without its console: IFBUS_YATE_RMANAGER names none, such as 127.0.0.1:5038");
    }
    Some((Yate { address, console, password: var("IFBUS_YATE_PASSWORD") }, ()))
}

scenarios::tests!(named());
