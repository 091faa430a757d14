//! Sizes, auto traits, and the rules of the house for the source itself.

use crate::chat::Chat;
use ifbus_link::{Calls, ConnectionState, Delivery, Error, Events, Gate, Link, LinkConfig, Lost, Slot};
use static_assertions::{assert_impl_all, assert_not_impl_any};
use std::path::Path;

assert_impl_all!(Link<Chat>: Clone, Send, Sync, Unpin, std::fmt::Debug);
assert_impl_all!(Events<String>: Send, Sync, Unpin, futures_util::Stream, std::fmt::Debug);
assert_not_impl_any!(Events<String>: Clone);
assert_impl_all!(Calls<String, String>: Send, Unpin);
assert_impl_all!(Gate: Clone, Send, Sync);
assert_impl_all!(LinkConfig: Clone, Send, Sync, std::fmt::Debug);
assert_impl_all!(Error: Clone, Send, Sync, std::error::Error);
assert_impl_all!(ConnectionState: Clone, Send, Sync, std::fmt::Debug);
assert_impl_all!(Lost: Clone, Send, Sync, std::error::Error);

#[test]
fn what_is_copied_often_is_small() {
    assert!(size_of::<Error>() <= 64 && size_of::<Lost>() <= 40 && size_of::<Slot>() == 8);
    assert!(size_of::<Link<Chat>>() <= 64, "{}", size_of::<Link<Chat>>());
    assert!(size_of::<Delivery<[u64; 4]>>() <= 40);
    fn future<T>(_: &T) -> usize {
        size_of::<T>()
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mut harbor = crate::harbor::Harbor::new(64);
        let link = Link::lazy(Chat::default(), harbor.dialer(), crate::harbor::config());
        let size = future(&link.request(String::new()));
        assert!(size <= 2048, "{size}");
    });
}

/// The lines that hold code: no blanks, comments or unit tests.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let text = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"))
}

#[test]
fn the_source_is_small_and_names_no_protocol() {
    let words = [
        "ami",
        "asterisk",
        "freeswitch",
        "esl",
        "kamailio",
        "opensips",
        "flexisip",
        "yate",
        "vmix",
        "obs",
        "actionid",
        "homeassistant",
        "jsonrpc",
        "json",
        "xml",
        "sip",
        "originate",
        "scene",
        "tally",
        "auth_required",
    ];
    let mut lines = 0;
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for line in code(&text) {
            lines += 1;
            for word in line.split(|c: char| !c.is_alphanumeric() && c != '_') {
                assert!(!words.contains(&word.to_lowercase().as_str()), "{}: {line}", path.display());
            }
        }
    }
    assert!(lines < 2500, "{lines} lines of code");
}
