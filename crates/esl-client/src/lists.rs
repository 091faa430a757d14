//! Typed results of `show … as json`, `status` and `sofia status`.

use crate::error::Error;
use serde::Deserialize;
use std::time::Duration;

/// The rows of a `show … as json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(crate) struct Rows<T> {
    /// FreeSWITCH leaves them out where there are none.
    #[serde(default = "Vec::new")]
    pub(crate) rows: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { rows: Vec::new() }
    }
}

impl<T: serde::de::DeserializeOwned> Rows<T> {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Error> {
        // a name may hold bytes that are not UTF-8, which FreeSWITCH passes on as they are
        let text = String::from_utf8_lossy(body);
        serde_json::from_str(&text).map_err(|error| Error::unexpected("show", format!("{error}: {text}")))
    }
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
            #[serde(default)]
            #[non_exhaustive]
            pub struct $name { $($(#[$field_doc])* pub $field: String,)* }
        )*
    };
}

rows! {
    /// A row of `show channels as json`. All of it is text, as FreeSWITCH gives it; the list lags a little behind the truth.
    ChannelRow {
        /// The channel.
        uuid,
        /// `inbound` or `outbound`.
        direction,
        /// `2026-11-22 20:47:57`, in the server's time zone.
        created,
        /// Seconds since 1970.
        created_epoch,
        /// `sofia/internal/1000@10.0.0.5`.
        name,
        /// `CS_EXECUTE`.
        state,
        /// The caller's name.
        cid_name,
        /// The caller's number.
        cid_num,
        /// The caller's address.
        ip_addr,
        /// What was dialed.
        dest,
        /// What it runs.
        application,
        /// The argument of that.
        application_data,
        /// The dialplan.
        dialplan,
        /// The context in it.
        context,
        /// The codec that is read.
        read_codec,
        /// Its rate in Hz.
        read_rate,
        /// The codec that is written.
        write_codec,
        /// Its rate in Hz.
        write_rate,
        /// How the media are encrypted, if they are.
        secure,
        /// The server.
        hostname,
        /// For presence.
        presence_id,
        /// For presence.
        presence_data,
        /// The account.
        accountcode,
        /// `ACTIVE`, `RINGING`, `HELD`.
        callstate,
        /// The callee's name.
        callee_name,
        /// The callee's number.
        callee_num,
        /// The callee's direction.
        callee_direction,
        /// The call that it belongs to.
        call_uuid,
    }
    /// A row of `show calls as json`: a channel and the one that it is bridged to, whose fields begin with `b_`.
    CallRow {
        /// The channel.
        uuid,
        /// `inbound` or `outbound`.
        direction,
        /// Seconds since 1970.
        created_epoch,
        /// `sofia/internal/1000@10.0.0.5`.
        name,
        /// The caller's name.
        cid_name,
        /// The caller's number.
        cid_num,
        /// What was dialed.
        dest,
        /// `ACTIVE`, `HELD`.
        callstate,
        /// The call that it belongs to.
        call_uuid,
        /// The other channel; empty if there is none.
        b_uuid,
        /// The other channel's name.
        b_name,
        /// The other caller's name.
        b_cid_name,
        /// The other caller's number.
        b_cid_num,
        /// What was dialed there.
        b_dest,
        /// What the other channel is doing.
        b_callstate,
    }
    /// A row of `show registrations as json`.
    RegistrationRow {
        /// The user.
        reg_user,
        /// The domain.
        realm,
        /// The Call-ID of the registration.
        token,
        /// Where calls to the user go.
        url,
        /// When it expires, in seconds since 1970.
        expires,
        /// The address it came from.
        network_ip,
        /// The port it came from.
        network_port,
        /// `udp`, `tcp`, `tls`.
        network_proto,
        /// The server.
        hostname,
        /// What else the registrar keeps.
        metadata,
    }
}

/// What `status` says, as far as it is understood, and its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Status {
    /// How long FreeSWITCH has been up, to the second; years count 365 days.
    pub up: Duration,
    /// Sessions since it was started.
    pub sessions_since_startup: u64,
    /// Sessions now.
    pub sessions: u64,
    /// Most sessions at once.
    pub peak: u64,
    /// How many sessions there may be.
    pub max_sessions: u64,
    /// New sessions that a second may bring.
    pub max_per_second: u64,
    /// Whether it takes calls.
    pub is_ready: bool,
    /// All of it.
    pub text: String,
}

impl Status {
    pub(crate) fn parse(text: &str) -> Self {
        let mut status = Self { text: text.to_owned(), ..Self::default() };
        for line in text.lines() {
            let numbers: Vec<u64> = line
                .split(|c: char| !c.is_ascii_digit())
                .filter(|digits| !digits.is_empty())
                .filter_map(|digits| digits.parse().ok())
                .collect();
            let number = |at: usize| numbers.get(at).copied().unwrap_or(0);
            if line.starts_with("UP ") {
                let seconds = [31_536_000, 86_400, 3600, 60, 1]
                    .iter()
                    .enumerate()
                    .map(|(at, unit)| number(at).saturating_mul(*unit));
                status.up = Duration::from_secs(seconds.fold(0, u64::saturating_add));
            } else if line.starts_with("FreeSWITCH") && line.contains(" is ") {
                status.is_ready = line.trim_end().ends_with("is ready");
            } else if line.contains("session(s) since startup") {
                status.sessions_since_startup = number(0);
            } else if line.contains("session(s) - peak") {
                (status.sessions, status.peak) = (number(0), number(1));
            } else if line.contains("session(s) per Sec out of max") {
                status.max_per_second = number(1);
            } else if line.contains("session(s) max") {
                status.max_sessions = number(0);
            }
        }
        status
    }
}

/// A line of `sofia status`: a profile, a gateway or an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SofiaEntry {
    /// Its name: `internal`, `external::provider`.
    pub name: String,
    /// `profile`, `gateway` or `alias`.
    pub kind: String,
    /// `sip:mod_sofia@10.0.0.7:5060`; of an alias the profile.
    pub data: String,
    /// `RUNNING (0)`, `REGED`, `ALIASED`.
    pub state: String,
}

impl SofiaEntry {
    pub(crate) fn parse_all(text: &str) -> Vec<Self> {
        let rows = text.lines().filter_map(|line| {
            let mut cells = line.split('\t').map(str::trim);
            let (name, kind, data, state) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            let known = matches!(kind, "profile" | "gateway" | "alias");
            known.then(|| Self { name: name.into(), kind: kind.into(), data: data.into(), state: state.into() })
        });
        rows.collect()
    }
}
