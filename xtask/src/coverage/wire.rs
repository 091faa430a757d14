//! The names that crossed the wire, as the tap saw it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::catalogue::Client;
use crate::json::at;

/// One frame, secrets redacted.
pub(super) struct Frame {
    /// Which link of which process.
    link: String,
    /// Which connection of it, from 1; over HTTP which exchange.
    connection: u64,
    sent: bool,
    text: String,
}

/// Reads a log of `ifbus-link`: before each frame stands a line with its link, connection, direction and length.
pub(super) fn frames(mut log: &[u8]) -> Result<Vec<Frame>> {
    let mut frames = Vec::new();
    while !log.is_empty() {
        let (frame, rest) =
            frame(log).with_context(|| format!("the wire log is torn after {} frames", frames.len()))?;
        frames.push(frame);
        log = rest;
    }
    Ok(frames)
}

fn frame(log: &[u8]) -> Option<(Frame, &[u8])> {
    let end = log.iter().position(|byte| *byte == b'\n')?;
    let mut head = std::str::from_utf8(log.get(..end)?).ok()?.split(' ');
    let (link, connection) = (head.next()?.to_owned(), head.next()?.parse().ok()?);
    let sent = match head.next()? {
        "sent" => true,
        "received" => false,
        _ => return None,
    };
    let (bytes, rest) = log.get(end + 1..)?.split_at_checked(head.next()?.parse().ok()?)?;
    let text = String::from_utf8_lossy(bytes).into_owned();
    Some((Frame { link, connection, sent, text }, rest.strip_prefix(b"\n")?))
}

/// The names of one kind among these frames.
pub(super) fn names(client: &Client, kind: &str, frames: &[Frame]) -> Result<BTreeSet<String>> {
    Ok(match (client.name, kind) {
        ("obs-ws5", "requests") => obs_requests(frames),
        ("obs-ws5", "events") => obs_events(frames),
        ("ha-client", "commands") => home_commands(frames),
        ("vmix-api", "functions") => vmix_functions(frames),
        ("vmix-api", "commands") => vmix_commands(frames),
        ("vmix-api", "activators") => vmix_activators(frames),
        ("ami-client", "actions") => ami_actions(frames),
        ("ami-client", "events") => headers(frames, "Event: "),
        ("esl-client", "events") => headers(frames, "Event-Name: "),
        ("esl-client", "api commands") => esl_commands(frames),
        ("yate-extmodule", "commands") => yate_commands(frames),
        ("yate-extmodule", "messages") => yate_messages(frames),
        ("yate-extmodule", "console commands") => yate_console(frames),
        _ => bail!("nobody knows how to find {kind} of {} in a log", client.name),
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The received messages that are JSON.
fn received(frames: &[Frame]) -> impl Iterator<Item = Value> {
    frames.iter().filter(|frame| !frame.sent).filter_map(|frame| serde_json::from_str(&frame.text).ok())
}

/// What OBS answered with anything but 204, "unknown request"; its answers hold the name.
fn obs_requests(frames: &[Frame]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for message in received(frames) {
        let data = at(&message, "/d");
        let answers = match at(&message, "/op").as_u64() {
            Some(7) => std::slice::from_ref(data),
            Some(9) => data["results"].as_array().map_or(&[][..], Vec::as_slice),
            _ => &[],
        };
        let known = answers.iter().filter(|answer| at(answer, "/requestStatus/code").as_u64() != Some(204));
        names.extend(known.filter_map(|answer| text(at(answer, "/requestType"))));
    }
    names
}

fn obs_events(frames: &[Frame]) -> BTreeSet<String> {
    received(frames)
        .filter(|message| at(message, "/op") == 5)
        .filter_map(|message| text(at(&message, "/d/eventType")))
        .collect()
}

/// What Home Assistant answered with anything but `unknown_command`; its answers hold the number of the command alone.
fn home_commands(frames: &[Frame]) -> BTreeSet<String> {
    let mut asked = BTreeMap::new();
    let mut names = BTreeSet::new();
    for frame in frames {
        let Ok(message) = serde_json::from_str::<Value>(&frame.text) else { continue };
        // Answers come alone or several in one message.
        let messages = message.as_array().map_or_else(|| std::slice::from_ref(&message), Vec::as_slice);
        for message in messages {
            let key = (&frame.link, frame.connection, at(message, "/id").as_u64());
            if frame.sent {
                asked.insert(key, text(at(message, "/type")));
            } else if ["result", "pong"].iter().any(|kind| at(message, "/type") == *kind)
                && at(message, "/error/code") != "unknown_command"
            {
                names.extend(asked.remove(&key).flatten());
            }
        }
    }
    names
}

/// Pairs of what was asked and how the answer begins. vMix answers in the order of the requests, and over HTTP each exchange
/// is alone.
fn vmix_exchanges(frames: &[Frame]) -> impl Iterator<Item = (&str, &str)> {
    frames.iter().enumerate().filter(|(_, frame)| frame.sent).filter_map(|(at, asked)| {
        let same = |frame: &&Frame| frame.link == asked.link && frame.connection == asked.connection && !frame.sent;
        let http = asked.text.starts_with("GET ");
        let word = asked.text.split_whitespace().next()?;
        let answers = |frame: &&Frame| http || frame.text.split_whitespace().next() == Some(word);
        let answer = frames.get(at + 1..)?.iter().filter(same).find(answers)?;
        Some((asked.text.trim_end(), answer.text.as_str()))
    })
}

/// What vMix said OK to, on the web 200. Over TCP it says so to any name, so that only the catalogue tells which exist.
fn vmix_functions(frames: &[Frame]) -> BTreeSet<String> {
    let function = |(asked, answer): (&str, &str)| {
        let name = match asked.strip_prefix("FUNCTION ") {
            Some(rest) => rest.split(' ').next().filter(|_| answer.starts_with("FUNCTION OK")),
            None => {
                let (_, rest) = asked.split_once("Function=")?;
                rest.split('&').next().filter(|_| answer.starts_with("200"))
            }
        };
        name.map(str::to_owned)
    };
    vmix_exchanges(frames).filter_map(function).collect()
}

fn vmix_commands(frames: &[Frame]) -> BTreeSet<String> {
    let answered = |(asked, answer): (&str, &str)| {
        let word = asked.split(' ').next().filter(|_| !answer.contains("Unknown Command"));
        word.map(str::to_owned)
    };
    let mut names: BTreeSet<_> = vmix_exchanges(frames).filter_map(answered).collect();
    // It is answered by the end of the connection.
    if frames.iter().any(|frame| frame.sent && frame.text.trim_end() == "QUIT") {
        names.insert("QUIT".to_owned());
    }
    names
}

fn vmix_activators(frames: &[Frame]) -> BTreeSet<String> {
    let received = frames.iter().filter(|frame| !frame.sent);
    received
        .filter_map(|frame| frame.text.strip_prefix("ACTS OK ")?.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// What Asterisk answered with anything but "unknown command"; its answers hold the ActionID alone.
fn ami_actions(frames: &[Frame]) -> BTreeSet<String> {
    let header = |text: &str, name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    let mut asked = BTreeMap::new();
    let mut names = BTreeSet::new();
    for frame in frames {
        let Some(id) = header(&frame.text, "ActionID: ") else { continue };
        let key = (&frame.link, frame.connection, id);
        if frame.sent {
            asked.insert(key, header(&frame.text, "Action: "));
        } else if frame.text.starts_with("Response: ") && !frame.text.contains("Invalid/unknown command") {
            names.extend(asked.remove(&key).flatten());
        }
    }
    names
}

/// The values of a header in what was received.
fn headers(frames: &[Frame], name: &str) -> BTreeSet<String> {
    let received = frames.iter().filter(|frame| !frame.sent);
    received
        .flat_map(|frame| frame.text.lines())
        .filter_map(|line| line.strip_prefix(name))
        .map(str::to_owned)
        .collect()
}

/// What FreeSWITCH was asked by `api` and `bgapi`, where anything but "command not found" came back on that connection.
fn esl_commands(frames: &[Frame]) -> BTreeSet<String> {
    let unknown: BTreeSet<&str> = frames
        .iter()
        .filter(|frame| !frame.sent)
        .filter_map(|frame| frame.text.split_once("-ERR ")?.1.split_once(" command not found").map(|(name, _)| name))
        .collect();
    let asked = frames.iter().filter(|frame| frame.sent).filter_map(|frame| {
        let rest = frame.text.strip_prefix("api ").or_else(|| frame.text.strip_prefix("bgapi "))?;
        rest.split_whitespace().next()
    });
    asked.filter(|name| !unknown.contains(name)).map(str::to_owned).collect()
}

/// What a client said to Yate's module port, but for what was "Error in:".
fn yate_commands(frames: &[Frame]) -> BTreeSet<String> {
    fn word(line: &str) -> Option<&str> {
        line.strip_prefix("%%>")?.split(':').next().map(str::trim_end)
    }
    let wrong: BTreeSet<_> = frames
        .iter()
        .filter(|frame| !frame.sent)
        .filter_map(|frame| frame.text.strip_prefix("Error in: ").and_then(word))
        .collect();
    let said = frames.iter().filter(|frame| frame.sent).filter_map(|frame| word(&frame.text));
    said.filter(|word| !wrong.contains(word)).map(str::to_owned).collect()
}

/// The messages that Yate asked about, told of, or answered after some module had seen them.
fn yate_messages(frames: &[Frame]) -> BTreeSet<String> {
    let mut asked = BTreeMap::new();
    let mut names = BTreeSet::new();
    for frame in frames {
        let question = frame.text.strip_prefix("%%>message:");
        let Some(line) = question.or_else(|| frame.text.strip_prefix("%%<message:")) else { continue };
        let mut fields = line.trim_end().split(':');
        let (Some(id), Some(second), Some(name)) = (fields.next(), fields.next(), fields.next()) else { continue };
        let key = (&frame.link, frame.connection, id);
        if frame.sent {
            asked.insert(key, name);
            continue;
        }
        let handled = second == "true" || fields.any(|field| field.starts_with("handlers="));
        if question.is_some() || id.is_empty() || handled {
            names.insert(name.to_owned());
            // a masquerade is answered under the name that it took
            names.extend(asked.remove(&key).map(str::to_owned));
        }
    }
    names
}

/// What was said to Yate's console, but for what it does not understand.
fn yate_console(frames: &[Frame]) -> BTreeSet<String> {
    let unknown: BTreeSet<&str> = frames
        .iter()
        .filter(|frame| !frame.sent)
        .filter_map(|frame| {
            let line =
                frame.text.strip_prefix("Cannot understand: ").or_else(|| frame.text.strip_prefix("%%=syntax:"))?;
            line.split_whitespace().next()
        })
        .collect();
    let said = frames.iter().filter(|frame| frame.sent && !frame.text.starts_with("%%"));
    let words = said.filter_map(|frame| frame.text.split_whitespace().next());
    words.filter(|word| !unknown.contains(word)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(said: &[(bool, &str)]) -> Vec<Frame> {
        let frame = |(sent, text): &(bool, &str)| Frame {
            link: "1-1".to_owned(),
            connection: 1,
            sent: *sent,
            text: (*text).to_owned(),
        };
        said.iter().map(frame).collect()
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn log_is_read_back_and_a_torn_one_is_told() {
        let log = b"7-1 1 sent 5\na\nb c\n7-2 3 received 0\n\n";
        let read = super::frames(log).unwrap();
        assert_eq!((read[0].link.as_str(), read[0].sent, read[0].text.as_str()), ("7-1", true, "a\nb c"));
        assert_eq!((read[1].connection, read[1].sent, read[1].text.as_str()), (3, false, ""));
        assert!(super::frames(&log[..log.len() - 1]).is_err());
    }

    #[test]
    fn unknown_requests_of_obs_do_not_count_and_refused_ones_do() {
        let log = frames(&[
            (false, r#"{"op":7,"d":{"requestType":"A","requestStatus":{"code":100}}}"#),
            (false, r#"{"op":7,"d":{"requestType":"B","requestStatus":{"code":204}}}"#),
            (false, r#"{"op":9,"d":{"results":[{"requestType":"C","requestStatus":{"code":702}}]}}"#),
            (true, r#"{"op":6,"d":{"requestType":"D"}}"#),
            (false, r#"{"op":5,"d":{"eventType":"E"}}"#),
        ]);
        assert_eq!(obs_requests(&log), set(&["A", "C"]));
        assert_eq!(obs_events(&log), set(&["E"]));
    }

    #[test]
    fn commands_of_home_assistant_are_found_by_their_numbers() {
        let log = frames(&[
            (true, r#"{"type":"auth","access_token":"[redacted]"}"#),
            (true, r#"{"id":1,"type":"ping"}"#),
            (true, r#"{"id":2,"type":"nonsense"}"#),
            (true, r#"{"id":3,"type":"get_states"}"#),
            (true, r#"{"id":4,"type":"get_config"}"#),
            (false, r#"[{"id":1,"type":"pong"},{"id":3,"type":"result","success":true,"result":[]}]"#),
            (false, r#"{"id":2,"type":"result","success":false,"error":{"code":"unknown_command"}}"#),
        ]);
        assert_eq!(home_commands(&log), set(&["get_states", "ping"]));
    }

    #[test]
    fn actions_of_asterisk_are_found_by_their_ids() {
        let log = frames(&[
            (true, "Action: Ping\r\nActionID: 1\r\n\r\n"),
            (true, "Action: Nope\r\nActionID: 2\r\n\r\n"),
            (true, "Action: Status\r\nActionID: 3\r\n\r\n"),
            (false, "Response: Success\r\nActionID: 1\r\nPing: Pong\r\n\r\n"),
            (false, "Response: Error\r\nActionID: 2\r\nMessage: Invalid/unknown command: Nope.\r\n\r\n"),
            (false, "Event: Hangup\r\nCause: 16\r\n\r\n"),
        ]);
        assert_eq!(ami_actions(&log), set(&["Ping"]));
        assert_eq!(headers(&log, "Event: "), set(&["Hangup"]));
    }

    #[test]
    fn commands_that_freeswitch_does_not_know_do_not_count() {
        let log = frames(&[
            (true, "api status\n\n"),
            (true, "bgapi originate x\n\n"),
            (true, "api nope\n\n"),
            (false, "Content-Type: api/response\n\n-ERR nope command not found!\n"),
        ]);
        assert_eq!(esl_commands(&log), set(&["originate", "status"]));
    }

    #[test]
    fn what_yate_does_not_know_does_not_count() {
        let log = frames(&[
            (true, "%%>connect:global\n"),
            (true, "%%>nope:1\n"),
            (false, "Error in: %%>nope:1\n"),
            (true, "%%>message:1:0:call.route::called=1\n"),
            (false, "%%<message:1:true:call.route:tone/dial:called=1\n"),
            (true, "%%>message:4:0:chan.masquerade::message=chan.attach:id=dumb/1\n"),
            (false, "%%<message:4:true:chan.attach::id=dumb/1\n"),
            (false, "%%<message:2:false:engine.halt:\n"),
            (false, "%%<message:3:false:chan.dtmf::text=1:handlers=dumb%z100\n"),
            (false, "%%<message::false:chan.hangup::id=dumb/1\n"),
            (false, "%%>message:0x7f.1:1795380733:call.execute:\n"),
            (true, "uptime\r\n"),
            (true, "nope a\r\n"),
            (false, "Cannot understand: nope a\r\n"),
        ]);
        assert_eq!(yate_commands(&log), set(&["connect", "message"]));
        let messages =
            set(&["call.execute", "call.route", "chan.attach", "chan.dtmf", "chan.hangup", "chan.masquerade"]);
        assert_eq!(yate_messages(&log), messages);
        assert_eq!(yate_console(&log), set(&["uptime"]));
    }

    #[test]
    fn functions_of_vmix_count_once_they_are_answered() {
        let log = frames(&[
            (true, "FUNCTION Cut Input=1\r\n"),
            (false, "ACTS OK Input 1 1\r\n"),
            (false, "FUNCTION OK Completed\r\n"),
            (true, "FUNCTION Fade\r\n"),
            (false, "FUNCTION ER no\r\n"),
            (true, "XML\r\n"),
            (false, "XML 10\r\n<vmix/>\r\n"),
            (true, "GET /api/?Function=FadeToBlack&Input=1"),
            (false, "200 OK, 31 bytes"),
            (true, "FUNCTION StartRecording\r\n"),
        ]);
        assert_eq!(vmix_functions(&log), set(&["Cut", "FadeToBlack"]));
        assert_eq!(vmix_commands(&log), set(&["FUNCTION", "GET", "XML"]));
        assert_eq!(vmix_activators(&log), set(&["Input"]));
    }
}
