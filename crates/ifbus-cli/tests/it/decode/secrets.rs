//! Secrets are shown on demand only.

use super::{frames, options, recorded, text};
use serde_json::json;

#[test]
fn no_recorded_secret_is_shown() {
    for (protocol, path, secrets) in [
        ("obs", "obs-ws5/tests/data/5.7.4/login-ok.jsonl", &["uPyXCe", "challenge\":\"", "salt\":\""][1..]),
        ("ha", "ha-client/tests/data/2026.2.3/ws-01-auth-ok.jsonl", &["test-secret-jwt"]),
        ("ha", "ifbus-cli/tests/data/ha/rest-09-auth-flow.jsonl", &["test-secret-refresh-token", "test-secret-jwt"]),
        ("vmix", "vmix-api/tests/data/http-errors.jsonl", &["dGVzdDp0ZXN0LXNlY3JldA=="]),
    ] {
        let bytes = std::fs::read(recorded(path)).unwrap();
        let hidden = text(&[protocol], &bytes[..]).0;
        let shown = text(&[protocol, "--show-secrets"], &bytes[..]).0;
        for secret in secrets {
            assert!(!hidden.contains(secret), "{path}: {secret}");
            assert!(shown.contains(secret), "{path}: {secret}");
        }
        assert!(hidden.contains("[redacted]"), "{path}");
        assert_eq!(hidden.lines().count(), shown.lines().count());
    }
}

fn rows(protocol: &str, rows: &[(&str, &str)]) -> Vec<u8> {
    let mut text = json!({"protocol": protocol, "transport": "x"}).to_string() + "\n";
    for (dir, row) in rows {
        text += &(json!({"conn": 1, "dir": dir, "text": row}).to_string() + "\n");
    }
    text.into_bytes()
}

#[test]
fn vmix_tells_secrets_by_function_and_path() {
    let bytes = rows(
        "vmix-tcp",
        &[
            (
                "c2s",
                "FUNCTION StreamingSetKey Value=hush-1\r\nXMLTEXT vmix/version\r\nXMLTEXT vmix/inputs/input/call/@password\r\n",
            ),
            ("s2c", "FUNCTION OK Completed\r\nXMLTEXT OK 29.0.0.49\r\nXMLTEXT OK hush-2\r\nXMLTEXT OK plain\r\n"),
            ("c2s", "XMLTEXT vmix/inputs/input/call/@password\r\n"),
            ("s2c", "XMLTEXT 8\r\nhush-3\r\n"),
        ],
    );
    let hidden = text(&["vmix"], &bytes[..]).0;
    assert!(!hidden.contains("hush") && hidden.contains("29.0.0.49") && hidden.contains("plain"), "{hidden}");
    assert_eq!(text(&["vmix", "--show-secrets"], &bytes[..]).0.matches("hush").count(), 3);
}

#[test]
fn what_cannot_be_decoded_keeps_its_secrets_too() {
    for (protocol, message) in [
        ("ha-websocket", r#"{"type":"auth","access_token":"hush""#),
        ("ha-websocket", r#"{"id":4,"type":"call_service","service_data":{"code":"hush"}}"#),
        ("obs-ws5", r#"{"op":1,"d":{"rpcVersion":1,"authentication":"hush""#),
        ("obs-ws5", r#"{"op":6,"d":{"requestData":{"streamServiceSettings":{"key":"hush"}}}}"#),
    ] {
        let name = if protocol == "obs-ws5" { "obs" } else { "ha" };
        let bytes = rows(protocol, &[("c2s", message)]);
        let hidden = text(&[name], &bytes[..]).0;
        assert!(!hidden.contains("hush") && hidden.contains("[redacted]"), "{hidden}");
    }
    // the code of an error and that of a close are none
    let bytes =
        rows("ha-websocket", &[("s2c", r#"{"id":1,"type":"result","success":false,"error":{"code":"not_found"}}"#)]);
    assert_eq!(frames(&["ha"], &bytes[..]).0[0]["body"]["error"]["code"], "not_found");
    assert!(!options(&["ha"]).show_secrets);
}
