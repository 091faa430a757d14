//! What the wire tap, logs and Debug show in place of secrets.

/// Shown in place of a secret.
pub(crate) const REDACTED: &[u8] = b"[redacted]";

/// Whether a parameter of this name holds a password, or what lets one be found out.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "secret", "response", "authorization", "auth_response", "nonce", "cnonce"]
        .iter()
        .any(|word| name == *word || name.ends_with(&format!("_{word}")) || name.ends_with(&format!("-{word}")))
        || name.ends_with("password")
        || name.ends_with("authorization")
}

/// A line of the protocol, in either direction, without its secrets. The return value of `user.auth` is the clear password.
#[must_use]
pub fn line(line: &[u8]) -> Vec<u8> {
    let body = line.strip_prefix(b"Error in: ").unwrap_or(line);
    if !matches!(body.get(..11), Some(b"%%>message:" | b"%%<message:")) {
        return line.to_vec();
    }
    let auth = memchr::memmem::find(body, b"user.auth").is_some();
    let mut out = line.get(..line.len() - body.len()).unwrap_or_default().to_vec();
    for (place, field) in body.split(|byte| *byte == b':').enumerate() {
        if place > 0 {
            out.push(b':');
        }
        if place == 4 && auth && !field.is_empty() {
            out.extend_from_slice(REDACTED);
            continue;
        }
        let equals = memchr::memchr(b'=', field).filter(|_| place > 4);
        match equals.and_then(|equals| field.split_at_checked(equals + 1)) {
            Some((name, value))
                if !value.is_empty()
                    && is_secret(&String::from_utf8_lossy(name.strip_suffix(b"=").unwrap_or_default())) =>
            {
                out.extend_from_slice(name);
                out.extend_from_slice(REDACTED);
            }
            _ => out.extend_from_slice(field),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_do_not_show() {
        let shown = |text: &str| String::from_utf8(line(text.as_bytes())).unwrap();
        assert_eq!(
            shown("%%<message:m16:true:user.auth:hunter2:username=1001:response=abc"),
            "%%<message:m16:true:user.auth:[redacted]:username=1001:response=[redacted]"
        );
        assert_eq!(
            shown("%%>message:a:1:user.register::password=hunter2:sip_authorization=Digest x"),
            "%%>message:a:1:user.register::password=[redacted]:sip_authorization=[redacted]"
        );
        assert_eq!(
            shown("Error in: %%>message:a:x:b::new-password=hunter2"),
            "Error in: %%>message:a:x:b::new-password=[redacted]"
        );
        let plain = "%%<message::false:chan.hangup::id=sip/1:reason=password";
        assert_eq!(shown(plain), plain);
    }
}
