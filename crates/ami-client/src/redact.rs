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

/// Whether a header holds a secret, which the tap and Debug do not show. `database`: it stands beside `Family`, so that `Key` is
/// no key of a login.
#[must_use]
pub fn is_secret(header: &Header<'_>, database: bool) -> bool {
    let name = header.name;
    let listed = SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret));
    if listed {
        // the key of a database entry is none
        return !(database && name.eq_ignore_ascii_case(b"key"));
    }
    // lines of a configuration file: GetConfig's and UpdateConfig's
    let setting = name.starts_with(b"Line-") && SECRET_WORDS.iter().any(|word| contains(header.value, word));
    setting || name.starts_with(b"Value-") || name.starts_with(b"Match-")
}

/// A message with its secrets redacted.
pub(crate) fn frame(frame: &Frame) -> Vec<u8> {
    let database = frame.get_bytes("Family").is_some();
    let hashed = frame.event_name() == b"ChallengeResponseFailed";
    let mut shown = Vec::with_capacity(frame.bytes().len());
    for header in frame.iter() {
        if !header.name.is_empty() {
            shown.extend_from_slice(header.name);
            shown.extend_from_slice(b": ");
        }
        let secret = is_secret(&header, database) || (hashed && header.name.eq_ignore_ascii_case(b"response"));
        shown.extend_from_slice(if secret { REDACTED } else { header.value });
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
        assert!(shown("Event: OriginateResponse\r\nResponse: Failure\r\n\r\n").contains("Failure"));
    }
}
