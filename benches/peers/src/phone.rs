//! The switches: their servers, and the contenders that speak to them.

use crate::contender::{Contender, Flood, SILENCE, side_by_side};
use anyhow::{Context as _, Result, bail};
use asterisk_rs_core::event::EventReceive;
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// How one switch speaks.
#[derive(Clone, Copy)]
pub(crate) struct Switch {
    greeting: &'static str,
    /// The login of a bare socket, and what its answers end in.
    login: &'static str,
    logged_in: &'static str,
    ping: &'static str,
    flood: &'static str,
    /// The last event, which is no part of the recording.
    end: &'static str,
    line_end: &'static str,
}

pub(crate) const AMI: Switch = Switch {
    greeting: "Asterisk Call Manager/11.0.0\r\n",
    login: "Action: Login\r\nActionID: 0\r\nUsername: bench\r\nSecret: bench\r\n\r\n",
    logged_in: "Fully Booted\r\n\r\n",
    ping: "Action: Ping\r\nActionID: 1\r\n\r\n",
    flood: "Action: Command\r\nActionID: 2\r\nCommand: flood\r\n\r\n",
    end: "Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: BenchEnd\r\n\r\n",
    line_end: "\r\n",
};

pub(crate) const ESL: Switch = Switch {
    greeting: "Content-Type: auth/request\n\n",
    login: "auth bench\n\n",
    logged_in: "accepted\n\n",
    ping: "api status\n\n",
    flood: "api flood\n\n",
    end: "Content-Length: 63\nContent-Type: text/event-plain\n\nEvent-Name: CUSTOM\nEvent-Subclass: bench%3A%3Aend\nA-Header: a\n\n",
    line_end: "\n",
};

impl Switch {
    fn is_ami(self) -> bool {
        self.line_end == "\r\n"
    }

    /// How many events there are.
    pub(crate) fn count(self, events: &[u8]) -> usize {
        if self.is_ami() {
            return memchr::memmem::find_iter(events, b"\r\n\r\n").count();
        }
        let mut rest = events;
        std::iter::from_fn(|| {
            rest = rest.get(whole_event(rest)?..)?;
            Some(())
        })
        .count()
    }

    /// Answers the request that is counted, as quickly as it can: what the desk takes for it, every contender takes longer.
    fn answer_ping(self, head: &[u8], out: &mut Vec<u8>) -> bool {
        if !self.is_ami() {
            let is_ping = head == self.ping.as_bytes();
            if is_ping {
                out.extend_from_slice(
                    b"Content-Type: api/response\nContent-Length: 38\n\nUP 0 years, 0 days, 0 hours, 1 minute\n",
                );
            }
            return is_ping;
        }
        let Some(rest) = head.strip_prefix(b"Action: Ping\r\n") else { return false };
        // its only other header
        let Some(id) = rest.strip_prefix(b"ActionID: ").and_then(|rest| rest.strip_suffix(b"\r\n\r\n")) else {
            return false;
        };
        out.extend_from_slice(b"Response: Success\r\nActionID: ");
        out.extend_from_slice(id);
        out.extend_from_slice(b"\r\nPing: Pong\r\nTimestamp: 1795380696.181462\r\n\r\n");
        true
    }

    /// The answer to one request, and whether the flood follows.
    fn answer(self, head: &str) -> (String, bool) {
        if self.is_ami() {
            let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            let id = field("ActionID: ");
            let success = |more: &str| format!("Response: Success\r\nActionID: {id}\r\n{more}\r\n");
            return match field("Action: ") {
                "Challenge" => (success("Challenge: 123456789\r\n"), false),
                "Login" => {
                    let booted = "Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 1\r\nLastReload: 1\r\nStatus: Fully Booted\r\n\r\n";
                    (success("Message: Authentication accepted\r\n") + booted, false)
                }
                "Command" => (success("Message: Command output follows\r\nOutput: \r\n"), true),
                "CoreShowChannels" => {
                    let end = "Event: CoreShowChannelsComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: 0\r\n\r\n";
                    (success("EventList: start\r\nMessage: Channels will follow\r\n") + &end.replace("{id}", id), false)
                }
                _ => (success("Ping: Pong\r\nTimestamp: 1795380696.181462\r\n"), false),
            };
        }
        let reply = |text: &str| format!("Content-Type: command/reply\nReply-Text: {text}\n\n");
        let api = |body: &str| format!("Content-Type: api/response\nContent-Length: {}\n\n{body}", body.len());
        match head.split_whitespace().take(2).collect::<Vec<_>>()[..] {
            ["auth" | "userauth", _] => (reply("+OK accepted"), false),
            ["api", "flood"] => (api("+OK\n"), true),
            ["api", "show"] => (api("{\"row_count\":0}"), false),
            ["api", _] => (api("UP 0 years, 0 days, 0 hours, 1 minute\n"), false),
            _ => (reply("+OK event listener enabled plain"), false),
        }
    }
}

/// A server of one switch: canned answers at once, the events as fast as the socket takes them.
pub(crate) fn serve(switch: Switch, events: Vec<u8>) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let events = Arc::new(events);
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let events = Arc::clone(&events);
            std::thread::spawn(move || serve_one(switch, &socket, &events));
        }
    });
    Ok(port)
}

fn serve_one(switch: Switch, mut socket: &std::net::TcpStream, events: &[u8]) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    socket.write_all(switch.greeting.as_bytes())?;
    // a request ends in an empty line
    let empty_line = switch.line_end.repeat(2);
    let empty_line = memchr::memmem::Finder::new(&empty_line);
    let (mut input, mut filled, mut out) = (vec![0; 64 << 10], 0, Vec::new());
    loop {
        let read = socket.read(&mut input[filled..])?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        let mut taken = 0;
        for at in empty_line.find_iter(&input[..filled]) {
            let head = &input[taken..at + empty_line.needle().len()];
            taken += head.len();
            if switch.answer_ping(head, &mut out) {
                continue;
            }
            let (answer, flood) = switch.answer(&String::from_utf8_lossy(head));
            out.extend_from_slice(answer.as_bytes());
            if flood {
                socket.write_all(&out)?;
                out.clear();
                socket.write_all(events)?;
                socket.write_all(switch.end.as_bytes())?;
            }
        }
        input.copy_within(taken..filled, 0);
        filled -= taken;
        // one write for all that came in one read
        socket.write_all(&out)?;
        out.clear();
    }
}

/// The length of the whole event at the front of what FreeSWITCH sent.
pub(crate) fn whole_event(bytes: &[u8]) -> Option<usize> {
    let head = memchr::memmem::find(bytes, b"\n\n")? + 2;
    let text = std::str::from_utf8(bytes.get(..head)?).ok()?;
    let body: usize = text.lines().find_map(|line| line.strip_prefix("Content-Length: "))?.parse().ok()?;
    bytes.get(..head + body).map(<[u8]>::len)
}

/// What a socket alone can do.
pub(crate) struct Raw {
    switch: Switch,
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Raw {
    pub(crate) async fn connect(port: u16, switch: Switch) -> Result<Self> {
        let socket = TcpStream::connect(("127.0.0.1", port)).await?;
        socket.set_nodelay(true)?;
        let mut raw = Self { switch, socket, buffer: vec![0; 256 << 10] };
        raw.until(switch.greeting).await?;
        raw.socket.write_all(switch.login.as_bytes()).await?;
        raw.until(switch.logged_in).await?;
        Ok(raw)
    }

    /// Reads until what came last ends so; gives how many answers came.
    async fn until(&mut self, end: &str) -> Result<()> {
        let mut tail = Vec::new();
        while !tail.ends_with(end.as_bytes()) {
            let count = self.socket.read(&mut self.buffer).await?;
            let read = self.buffer.get(..count).filter(|read| !read.is_empty()).context("the desk hung up")?;
            tail.extend_from_slice(&read[read.len().saturating_sub(256)..]);
            let old = tail.len().saturating_sub(256);
            tail.drain(..old);
        }
        Ok(())
    }
}

impl Contender for Raw {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        let request = self.switch.ping.repeat(in_flight);
        let answer = if self.switch.is_ami() { "Pong\r\n" } else { "UP 0" };
        for _ in 0..each {
            self.socket.write_all(request.as_bytes()).await?;
            let mut answers = 0;
            while answers < in_flight {
                let count = self.socket.read(&mut self.buffer).await?;
                let read = self.buffer.get(..count).filter(|read| !read.is_empty()).context("the desk hung up")?;
                answers += memchr::memmem::find_iter(read, answer.as_bytes()).count();
            }
        }
        Ok(in_flight * each)
    }

    async fn events(&mut self, sent: usize) -> Result<Flood> {
        self.socket.write_all(self.switch.flood.as_bytes()).await?;
        self.until(self.switch.end).await?;
        Ok(Flood::whole(sent))
    }
}

pub(crate) struct Ami(ami_client::Client);

impl Ami {
    pub(crate) async fn connect(port: u16, calls: bool) -> Result<Self> {
        let builder = ami_client::Client::builder(&format!("127.0.0.1:{port}")).login("bench", "bench");
        Ok(Self(builder.track_calls(calls).connect().await?))
    }
}

impl Contender for Ami {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        let client = &self.0;
        side_by_side(in_flight, each, || async move {
            for _ in 0..each {
                client.send(ami_client::action::Ping::new()).await?;
            }
            Ok(())
        })
        .await
    }

    async fn events(&mut self, _: usize) -> Result<Flood> {
        let mut events = self.0.events();
        self.0.command("flood").await?;
        let mut flood = Flood::default();
        loop {
            match timeout(SILENCE, events.recv()).await {
                Ok(Some(ami_client::Delivery::Event(event))) if event.event_name() == "UserEvent" => return Ok(flood),
                Ok(Some(ami_client::Delivery::Event(_))) => flood.came += 1,
                Ok(Some(ami_client::Delivery::Lagged { missed, .. })) => flood.told += usize::try_from(missed)?,
                Ok(Some(_)) => {}
                Ok(None) => bail!("the stream ended"),
                Err(_) => return Ok(flood),
            }
        }
    }
}

pub(crate) struct AsteriskRs(asterisk_rs_ami::AmiClient);

impl AsteriskRs {
    pub(crate) async fn connect(port: u16) -> Result<Self> {
        let builder = asterisk_rs_ami::AmiClient::builder().host("127.0.0.1").port(port).credentials("bench", "bench");
        Ok(Self(builder.timeout(Duration::from_secs(10)).build().await?))
    }
}

impl Contender for AsteriskRs {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        let client = &self.0;
        side_by_side(in_flight, each, || async move {
            for _ in 0..each {
                client.ping().await?;
            }
            Ok(())
        })
        .await
    }

    async fn events(&mut self, _: usize) -> Result<Flood> {
        let mut events = self.0.subscribe();
        self.0.command("flood").await?;
        let mut flood = Flood::default();
        loop {
            match timeout(SILENCE, events.recv()).await {
                Ok(EventReceive::Event(asterisk_rs_ami::AmiEvent::UserEvent { .. })) => return Ok(flood),
                Ok(EventReceive::Event(_)) => flood.came += 1,
                Ok(EventReceive::Lagged(missed)) => flood.told += usize::try_from(missed)?,
                Ok(EventReceive::Closed) => bail!("the stream ended"),
                Err(_) => return Ok(flood),
            }
        }
    }
}

pub(crate) struct Esl(esl_client::Client);

impl Esl {
    pub(crate) async fn connect(port: u16, calls: bool) -> Result<Self> {
        let builder = esl_client::Client::builder(&format!("127.0.0.1:{port}"), "bench").track_calls(calls).jobs(false);
        let client = builder.connect().await?;
        client.subscribe(esl_client::Selection::all()).await?;
        Ok(Self(client))
    }
}

impl Contender for Esl {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        let client = &self.0;
        side_by_side(in_flight, each, || async move {
            for _ in 0..each {
                client.api("status", "").await?;
            }
            Ok(())
        })
        .await
    }

    async fn events(&mut self, _: usize) -> Result<Flood> {
        let mut events = self.0.events();
        self.0.api("flood", "").await?;
        let mut flood = Flood::default();
        loop {
            match timeout(SILENCE, events.recv()).await {
                Ok(Some(esl_client::Delivery::Event(event))) if event.subclass().as_deref() == Some("bench::end") => {
                    return Ok(flood);
                }
                Ok(Some(esl_client::Delivery::Event(_))) => flood.came += 1,
                Ok(Some(esl_client::Delivery::Lagged { missed, .. })) => flood.told += usize::try_from(missed)?,
                Ok(Some(_)) => {}
                Ok(None) => bail!("the stream ended"),
                Err(_) => return Ok(flood),
            }
        }
    }
}

pub(crate) struct EslTokio(freeswitch_esl_tokio::EslClient, freeswitch_esl_tokio::EslEventStream);

impl EslTokio {
    pub(crate) async fn connect(port: u16) -> Result<Self> {
        let (client, events) = freeswitch_esl_tokio::EslClient::connect("127.0.0.1", port, "bench").await?;
        client.subscribe_events_raw(freeswitch_esl_tokio::EventFormat::Plain, "ALL").await?;
        Ok(Self(client, events))
    }
}

impl Contender for EslTokio {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        let client = &self.0;
        side_by_side(in_flight, each, || async move {
            for _ in 0..each {
                client.api("status").await?.api_result()?;
            }
            Ok(())
        })
        .await
    }

    async fn events(&mut self, _: usize) -> Result<Flood> {
        let (client, events) = (&self.0, &mut self.1);
        let asked = client.api("flood");
        let read = async {
            let mut came = 0;
            loop {
                match timeout(SILENCE, events.recv()).await {
                    Ok(Some(Ok(event)))
                        if event.header(freeswitch_esl_tokio::EventHeader::EventSubclass) == Some("bench::end") =>
                    {
                        return Ok(came);
                    }
                    Ok(Some(_)) => came += 1,
                    Ok(None) => bail!("the stream ended"),
                    Err(_) => return Ok(came),
                }
            }
        };
        let (asked, came) = tokio::join!(asked, read);
        asked?.api_result()?;
        Ok(Flood::whole(came?))
    }
}
