//! What the wire tap, logs and Debug show in place of secrets.

use crate::frame::{Frame, Header};

/// Shown in place of a secret.
pub(crate) const REDACTED: &[u8] = b"[redacted]";

/// Headers whose value is a secret, or lets one be found out (challenges with their hashes), lower case.
const SECRET: [&[u8]; 16] = [
    b"secret",
    b"key",
    b"password",
    b"newpassword",
    b"md5cred",
    b"passworddigest",
    b"refreshtoken",
    b"oauthsecret",
    b"challenge",
    b"receivedchallenge",
    b"receivedhash",
    b"expectedresponse",
    b"json",
    b"oauthclientid",
    b"privkeyfile",
    b"dtlsprivatekey",
];

/// Words in the name of a setting that holds a secret.
const SECRET_WORDS: [&[u8]; 5] = [b"secret", b"passw", b"md5", b"token", b"auth"];

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

fn names_secret(text: &[u8]) -> bool {
    SECRET_WORDS.iter().any(|word| contains(text, word))
}

/// Whether one of these assignments (`A=1,PASSWORD=x`, as channels and applications have them) sets a secret.
fn assigns_secret(text: &[u8]) -> bool {
    let parts = text.split(|byte| matches!(byte, b',' | b'|' | b'&'));
    parts.filter_map(|part| part.get(..memchr::memchr(b'=', part)?)).any(names_secret)
}

/// Which headers of one message are secrets, which the tap and Debug do not show. Some are by what stands beside them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Secrets {
    /// It is about the database: `Key` is no key of a login.
    database: bool,
    /// A variable or an entry of the database is called as a secret is.
    named: bool,
    /// Its `Response` is the hash of a password.
    hashed: bool,
}

impl Secrets {
    /// The secrets of a message with these headers.
    pub fn of<'a>(headers: impl IntoIterator<Item = Header<'a>>) -> Self {
        let (mut secrets, mut key) = (Self::default(), false);
        for Header { name, value } in headers {
            let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
            secrets.database |= is("Family");
            secrets.hashed |= is("Event") && value == b"ChallengeResponseFailed";
            secrets.named |= is("Variable") && !value.contains(&b'=') && names_secret(value);
            key |= is("Key") && names_secret(value);
        }
        secrets.named |= secrets.database && key;
        secrets
    }

    /// Whether this header of it is one.
    #[must_use]
    pub fn hold(self, Header { name, value }: &Header<'_>) -> bool {
        let is = |wanted: &&[u8]| name.eq_ignore_ascii_case(wanted);
        if SECRET.iter().any(is) {
            return !(self.database && is(&&b"key"[..]));
        }
        // what a channel is given, and what its application was
        let assigns = name.starts_with(b"ChanVariable") || [&b"Variable"[..], b"AppData", b"Data"].iter().any(is);
        // lines of a configuration file: GetConfig's and UpdateConfig's
        (name.starts_with(b"Line-") && names_secret(value))
            || name.starts_with(b"Value-")
            || name.starts_with(b"Match-")
            || (assigns && assigns_secret(value))
            || (self.named && [&b"Value"[..], b"Val"].iter().any(is))
            || (self.hashed && is(&&b"Response"[..]))
    }
}

/// A message with its secrets redacted.
pub(crate) fn frame(frame: &Frame) -> Vec<u8> {
    let secrets = Secrets::of(frame.iter());
    let mut shown = Vec::with_capacity(frame.bytes().len());
    for header in frame.iter() {
        if !header.name.is_empty() {
            shown.extend_from_slice(header.name);
            shown.extend_from_slice(b": ");
        }
        shown.extend_from_slice(if secrets.hold(&header) { REDACTED } else { header.value });
        shown.extend_from_slice(b"\r\n");
    }
    if let Some(output) = frame.command_output() {
        shown.extend_from_slice(output);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        String::from_utf8(frame(&Frame::parse(text.to_owned()))).unwrap()
    }

    #[test]
    fn secrets_are_not_shown_and_the_rest_is() {
        let login = shown("Action: Login\r\nUsername: admin\r\nSecret: hunter2\r\n\r\n");
        assert_eq!(login, "Action: Login\r\nUsername: admin\r\nSecret: [redacted]\r\n");
        assert!(!shown("Action: Login\r\nKey: 0123\r\n\r\n").contains("0123"));
        assert!(shown("Action: DBGet\r\nFamily: cidname\r\nKey: 0123\r\n\r\n").contains("0123"));
        assert!(!shown("Response: Success\r\nLine-000001-000002: secret=x1y2\r\n\r\n").contains("x1y2"));
        assert!(shown("Response: Success\r\nLine-000001-000002: read=all\r\n\r\n").contains("read=all"));
        assert!(!shown("Action: UpdateConfig\r\nValue-000000: x1y2\r\n\r\n").contains("x1y2"));
        assert!(!shown("Response: Success\r\nJSON: {\"secret\":\"x1y2\"}\r\n\r\n").contains("x1y2"));
        let failed =
            shown("Event: ChallengeResponseFailed\r\nChallenge: c1\r\nResponse: r1\r\nExpectedResponse: e1\r\n\r\n");
        assert!(!failed.contains("c1") && !failed.contains("r1") && !failed.contains("e1"), "{failed}");
        for named in [
            "Action: Setvar\r\nVariable: PASSWORD\r\nValue: x1y2\r\n",
            "Event: VarSet\r\nValue: x1y2\r\nVariable: SIP_secret\r\n",
            "Action: Originate\r\nVariable: A=1,SIP_PASSWORD=x1y2\r\n",
            "Event: Newexten\r\nApplication: Set\r\nAppData: MY_TOKEN=x1y2\r\n",
            "Event: Hangup\r\nChanVariable(SIP/a-1): PASSWORD=x1y2\r\n",
            "Action: DBPut\r\nFamily: pins\r\nKey: password\r\nVal: x1y2\r\n",
        ] {
            let redacted = shown(&format!("{named}\r\n"));
            assert!(!redacted.contains("x1y2") && redacted.contains("[redacted]"), "{redacted}");
            assert!(!format!("{:?}", crate::action::Raw::new("X").add("Variable", "SECRET=x1y2")).contains("x1y2"));
        }
        for plain in ["Variable: A=1,B=2\r\n", "Variable: EXTEN\r\nValue: 1\r\n", "AppData: PJSIP/101,30\r\n"] {
            assert!(!shown(&format!("Event: X\r\n{plain}\r\n")).contains("redacted"), "{plain}");
        }
        assert!(shown("Event: OriginateResponse\r\nResponse: Failure\r\n\r\n").contains("Failure"));
    }
}
