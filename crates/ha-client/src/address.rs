//! Where Home Assistant is: one address for WebSocket and REST, with the base path of a reverse proxy kept.

use crate::error::Error;
use ifbus_link::Address;
use std::net::{IpAddr, Ipv6Addr};
use url::{Host, Url};

/// The port of a Home Assistant whose address names neither scheme nor port.
const PORT: u16 = 8123;

#[derive(Debug, Clone)]
pub(crate) struct Base {
    /// `http` or `https`, ends with a slash.
    http: Url,
}

impl Base {
    /// Reads `ha.local`, `10.0.0.5:8124`, `http://…`, `https://host/base/`, `ws://…`, `wss://…/api/websocket`.
    pub(crate) fn parse(text: &str, allow_plaintext: bool) -> Result<Self, Error> {
        let wrong = |reason: String| Error::argument("address", reason);
        let with_scheme = if text.contains("://") {
            text.to_owned()
        } else {
            let (authority, path) = text.find('/').map_or((text, ""), |at| text.split_at(at));
            format!("http://{}{path}", Address::parse(authority, PORT).map_err(wrong)?)
        };
        let mut http = Url::parse(&with_scheme).map_err(|error| wrong(format!("{error}")))?;
        let scheme = match http.scheme() {
            "http" | "ws" => "http",
            "https" | "wss" => "https",
            other => return Err(wrong(format!("{other}:// is none of http, https, ws, wss"))),
        };
        if !http.username().is_empty() || http.password().is_some() {
            return Err(wrong("user and password do not belong into it; Home Assistant wants a token".into()));
        }
        if http.query().is_some() || http.fragment().is_some() {
            return Err(wrong("it must not have a query or a fragment".into()));
        }
        if http.set_scheme(scheme).is_err() {
            return Err(wrong("its scheme cannot be used".into()));
        }
        let path = http.path().trim_end_matches('/');
        let path = path.strip_suffix("/api/websocket").or_else(|| path.strip_suffix("/api")).unwrap_or(path);
        http.set_path(&format!("{path}/"));
        if scheme == "http" && !allow_plaintext && !http.host().is_some_and(|host| is_near(&host)) {
            return Err(wrong(
                "a token would cross the internet unencrypted: use https://, or allow it by allow_plaintext(true)"
                    .into(),
            ));
        }
        Ok(Self { http })
    }

    pub(crate) fn websocket(&self) -> String {
        let path_and_scheme = self.http.as_str();
        let rest = path_and_scheme.strip_prefix("http").unwrap_or(path_and_scheme);
        format!("ws{rest}api/websocket")
    }

    #[cfg(feature = "rest")]
    pub(crate) fn is_secure(&self) -> bool {
        self.http.scheme() == "https"
    }

    /// The URL of a REST path, `api/states`.
    #[cfg(feature = "rest")]
    pub(crate) fn rest(&self, path: &str) -> String {
        format!("{}{path}", self.http)
    }
}

/// Whether the host is in this machine or in a local network, by its address or by a name that only a local network can resolve.
fn is_near(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => is_near_ip(IpAddr::V4(*ip)),
        Host::Ipv6(ip) => is_near_ip(IpAddr::V6(*ip)),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            let local = [".local", ".lan", ".home.arpa", ".internal", ".localhost"];
            !name.contains('.') || local.iter().any(|suffix| name.ends_with(suffix))
        }
    }
}

fn is_near_ip(ip: IpAddr) -> bool {
    match ip {
        // 100.64/10 is shared address space: VPNs such as Tailscale
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            ip.is_loopback() || ip.is_private() || ip.is_link_local() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_near_ip(IpAddr::V4(ip)),
            None => ip == Ipv6Addr::LOCALHOST || ip.is_unique_local() || ip.is_unicast_link_local(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_for_both() {
        for (given, websocket) in [
            ("ha.local", "ws://ha.local:8123/api/websocket"),
            ("10.0.0.5:80", "ws://10.0.0.5/api/websocket"),
            ("::1", "ws://[::1]:8123/api/websocket"),
            ("homeassistant/base", "ws://homeassistant:8123/base/api/websocket"),
            ("http://ha.local:8123", "ws://ha.local:8123/api/websocket"),
            ("http://ha.local/", "ws://ha.local/api/websocket"),
            ("https://studio.example/ha/", "wss://studio.example/ha/api/websocket"),
            ("wss://studio.example/ha/api/websocket", "wss://studio.example/ha/api/websocket"),
            ("ws://127.0.0.1:8124/api/", "ws://127.0.0.1:8124/api/websocket"),
        ] {
            assert_eq!(Base::parse(given, false).unwrap().websocket(), websocket, "{given}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for bad in [
            "",
            "http://",
            "ftp://x",
            "http://me:secret@ha.local",
            "http://ha.local/?token=1",
            "ha local",
            "http://ha.local:99999",
            "a\r\nb",
        ] {
            let error = Base::parse(bad, false).unwrap_err().to_string();
            assert!(error.starts_with("address: ") && !error.contains("secret"), "{bad}: {error}");
        }
    }

    #[test]
    fn tokens_do_not_cross_the_internet_unencrypted() {
        for far in
            ["http://studio.example", "ws://8.8.8.8:8123", "9.9.9.9", "http://[2001:db8::1]", "http://100.128.0.1"]
        {
            assert!(Base::parse(far, false).is_err(), "{far}");
            assert!(Base::parse(far, true).is_ok(), "{far}");
        }
        for near in [
            "http://192.168.1.5",
            "http://100.100.1.1",
            "http://[fd00::1]",
            "http://[::ffff:10.0.0.1]",
            "http://ha.lan",
            "https://studio.example",
        ] {
            assert!(Base::parse(near, false).is_ok(), "{near}");
        }
    }
}
