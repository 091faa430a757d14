//! The servers that everybody is measured against: canned answers at once, recorded events as fast as the socket takes them.

use crate::{contender::Placement, phone, recorded};
use anyhow::Result;
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use ifbus_benches::cores;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    sync::Arc,
};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

type Socket = WebSocketStream<TcpStream>;

/// Serves until its standard input ends; prints the ports and the numbers of events as one line of JSON.
pub(crate) fn run(placement: &str) -> Result<()> {
    if Placement::parse(placement)? == Placement::OwnCore {
        cores::server();
    }
    let obs_events = recorded::obs_events()?;
    let mut obs_flood = Vec::new();
    obs_events.iter().for_each(|event| recorded::framed(event, &mut obs_flood));
    recorded::framed(END, &mut obs_flood);
    let obs = Arc::new(obs_flood);
    let home = Arc::new(recorded::home_events()?);
    let pushes = Arc::new(recorded::vmix_pushes()?);
    let state = recorded::vmix_state()?;
    let vmix_events = memchr::memchr_iter(b'\n', &pushes).count();
    let home_events = home.len();
    let ports = [
        websocket(move |socket| serve_obs(socket, Arc::clone(&obs)))?,
        websocket(move |socket| serve_home(socket, Arc::clone(&home)))?,
        lines(state, pushes)?,
        phone::serve(phone::AMI, recorded::ami_events()?)?,
        phone::serve(phone::ESL, recorded::esl_events()?)?,
    ];
    let (ami_events, esl_events) =
        (phone::AMI.count(&recorded::ami_events()?), phone::ESL.count(&recorded::esl_events()?));
    println!(
        "{}",
        serde_json::json!({
            "obs": { "port": ports[0], "events": obs_events.len() },
            "homeassistant": { "port": ports[1], "events": home_events },
            "vmix": { "port": ports[2], "events": vmix_events },
            "asterisk": { "port": ports[3], "events": ami_events },
            "freeswitch": { "port": ports[4], "events": esl_events },
        })
    );
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

/// The last event of the flood of OBS, which is no part of the recording.
pub(crate) const END: &str = r#"{"d":{"eventData":{"eventData":{},"eventType":"end","vendorName":"bench"},"eventIntent":512,"eventType":"VendorEvent"},"op":5}"#;

/// Each connection on a thread and a runtime of its own.
fn websocket<F: Future<Output = Option<()>>>(serve: impl Fn(Socket) -> F + Clone + Send + 'static) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let serve = serve.clone();
            std::thread::spawn(move || -> Option<()> {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
                runtime.block_on(async {
                    socket.set_nonblocking(true).ok()?;
                    socket.set_nodelay(true).ok()?;
                    let socket = TcpStream::from_std(socket).ok()?;
                    serve(upgrade(socket).await?).await
                })
            });
        }
    });
    Ok(port)
}

/// Accepts the upgrade, with OBS's subprotocol where it is asked for.
async fn upgrade(socket: TcpStream) -> Option<Socket> {
    use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
    #[expect(clippy::result_large_err, reason = "the library wants it so")]
    fn agree(request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
        let name = "sec-websocket-protocol";
        if let Some(wanted) = request.headers().get(name) {
            response.headers_mut().insert(name, wanted.clone());
        }
        Ok(response)
    }
    tokio_tungstenite::accept_hdr_async(socket, agree).await.ok()
}

/// What follows the answers that are written so far.
enum Then {
    Go,
    /// These bytes, in frames already.
    Flood(Arc<Vec<u8>>),
}

/// Answers all that came in one read with one write.
async fn answer(socket: &mut Socket, mut reply: impl FnMut(&str) -> (String, Then)) -> Option<()> {
    loop {
        let mut next = Some(socket.next().await);
        while let Some(message) = next {
            let message = message?.ok()?;
            if let Message::Text(text) = &message {
                let (reply, then) = reply(text);
                socket.feed(Message::text(reply)).await.ok()?;
                if let Then::Flood(frames) = then {
                    socket.flush().await.ok()?;
                    socket.get_mut().write_all(&frames).await.ok()?;
                }
            }
            next = socket.next().now_or_never();
        }
        socket.flush().await.ok()?;
    }
}

/// The text between `before` and the next `end`.
fn between<'a>(text: &'a str, before: &str, end: &[char]) -> &'a str {
    let rest = text.split_once(before).map_or("", |(_, rest)| rest);
    rest.split(end).next().unwrap_or_default()
}

async fn serve_obs(mut socket: Socket, flood: Arc<Vec<u8>>) -> Option<()> {
    const HELLO: &str = r#"{"d":{"obsStudioVersion":"32.2.2","obsWebSocketVersion":"5.7.4","rpcVersion":1},"op":0}"#;
    socket.send(Message::text(HELLO)).await.ok()?;
    answer(&mut socket, |text| {
        let id = between(text, "\"requestId\":\"", &['"']);
        if id.is_empty() {
            return (r#"{"d":{"negotiatedRpcVersion":1},"op":2}"#.to_owned(), Then::Go);
        }
        let name = between(text, "\"requestType\":\"", &['"']);
        let (data, then) = match name {
            "GetVersion" => (VERSION, Then::Go),
            // The reply of a request that gives nothing has no data at all.
            "BroadcastCustomEvent" => ("null", Then::Flood(Arc::clone(&flood))),
            _ => (STATS, Then::Go),
        };
        let status = r#"{"code":100,"result":true}"#;
        let reply = format!(
            r#"{{"d":{{"requestId":"{id}","requestStatus":{status},"requestType":"{name}","responseData":{data}}},"op":7}}"#
        );
        (reply, then)
    })
    .await
}

const VERSION: &str = r#"{"availableRequests":["GetStats"],"obsVersion":"32.2.2","obsWebSocketVersion":"5.7.4","platform":"linux","platformDescription":"Debian","rpcVersion":1,"supportedImageFormats":["png"]}"#;
const STATS: &str = r#"{"activeFps":30.0,"availableDiskSpace":91234.5,"averageFrameRenderTime":0.4,"cpuUsage":3.1,"memoryUsage":211.4,"outputSkippedFrames":0,"outputTotalFrames":120,"renderSkippedFrames":1,"renderTotalFrames":90210,"webSocketSessionIncomingMessages":3,"webSocketSessionOutgoingMessages":3}"#;

async fn serve_home(mut socket: Socket, events: Arc<Vec<String>>) -> Option<()> {
    socket.send(Message::text(r#"{"type":"auth_required","ha_version":"2026.2.3"}"#)).await.ok()?;
    let mut subscription = String::new();
    answer(&mut socket, move |text| {
        let id = between(text, "\"id\":", &[',', '}']);
        let reply = match between(text, "\"type\":\"", &['"']) {
            "auth" => r#"{"type":"auth_ok","ha_version":"2026.2.3"}"#.to_owned(),
            "ping" => format!(r#"{{"id":{id},"type":"pong"}}"#),
            "subscribe_entities" => {
                // Two messages as one, which is what whoever asks for them so must be able to read.
                format!(
                    r#"[{{"id":{id},"type":"result","success":true,"result":null}},{{"id":{id},"type":"event","event":{{"a":{{}}}}}}]"#
                )
            }
            "call_service" => {
                let mut flood = Vec::new();
                let end = format!("\"id\":{subscription}}}");
                events.iter().for_each(|event| recorded::framed(&format!("{event}{end}"), &mut flood));
                let context = r#"{"id":"01HJ","parent_id":null,"user_id":null}"#;
                let reply = format!(
                    r#"{{"id":{id},"type":"result","success":true,"result":{{"context":{context},"response":null}}}}"#
                );
                return (reply, Then::Flood(Arc::new(flood)));
            }
            kind => {
                if kind == "subscribe_events" {
                    subscription = id.to_owned();
                }
                format!(r#"{{"id":{id},"type":"result","success":true,"result":null}}"#)
            }
        };
        (reply, Then::Go)
    })
    .await
}

/// A vMix; asking for the text `vmix/flood` brings the pushes.
fn lines(state: String, pushes: Arc<Vec<u8>>) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let xml: Arc<str> = format!("XML {}\r\n{state}\r\n", state.len() + 2).into();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let (xml, pushes) = (Arc::clone(&xml), Arc::clone(&pushes));
            std::thread::spawn(move || serve_lines(&socket, &xml, &pushes));
        }
    });
    Ok(port)
}

fn serve_lines(socket: &std::net::TcpStream, xml: &str, pushes: &[u8]) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let mut from = BufReader::with_capacity(64 << 10, socket);
    let mut to = socket;
    to.write_all(b"VERSION OK 29.0.0.49\r\n")?;
    let (mut line, mut out) = (String::new(), Vec::new());
    loop {
        line.clear();
        if from.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let flood = line.trim_end() == "XMLTEXT vmix/flood";
        match line.split_whitespace().next().unwrap_or_default() {
            "XML" => out.extend_from_slice(xml.as_bytes()),
            "XMLTEXT" => out.extend_from_slice(b"XMLTEXT OK 29.0.0.49\r\n"),
            "SUBSCRIBE" if line.contains("TALLY") => {
                out.extend_from_slice(b"SUBSCRIBE OK TALLY Subscribed\r\nTALLY OK 12\r\n")
            }
            "SUBSCRIBE" => out.extend_from_slice(b"SUBSCRIBE OK ACTS Subscribed\r\n"),
            "VERSION" => out.extend_from_slice(b"VERSION OK 29.0.0.49\r\n"),
            "PING" => out.extend_from_slice(b"PING OK PONG\r\n"),
            "QUIT" => return Ok(()),
            word => write!(out, "{word} OK Completed\r\n")?,
        }
        if from.buffer().is_empty() || flood {
            to.write_all(&out)?;
            out.clear();
        }
        if flood {
            to.write_all(pushes)?;
        }
    }
}
