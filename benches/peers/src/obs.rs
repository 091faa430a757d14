//! The contenders that speak to OBS.

use crate::{
    contender::{Contender, Flood, SILENCE, side_by_side},
    desk::END,
};
use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

/// What a WebSocket alone can do.
pub(crate) struct Raw(WebSocketStream<TcpStream>);

impl Raw {
    pub(crate) async fn connect(port: u16) -> Result<Self> {
        let mut raw = Self(dial(port).await?);
        raw.text().await?;
        raw.0.send(Message::text(r#"{"op":1,"d":{"rpcVersion":1}}"#)).await?;
        raw.text().await?;
        Ok(raw)
    }

    async fn text(&mut self) -> Result<Message> {
        Ok(self.0.next().await.context("the desk hung up")??)
    }
}

/// A WebSocket to the desk.
pub(crate) async fn dial(port: u16) -> Result<WebSocketStream<TcpStream>> {
    let socket = TcpStream::connect(("127.0.0.1", port)).await?;
    socket.set_nodelay(true)?;
    Ok(tokio_tungstenite::client_async(format!("ws://127.0.0.1:{port}/"), socket).await?.0)
}

/// Ping-pong over a WebSocket: a window of `in_flight` messages, each answer lets another one go.
pub(crate) async fn ping_pong(
    socket: &mut WebSocketStream<TcpStream>,
    in_flight: usize,
    each: usize,
    message: impl Fn(usize) -> String,
) -> Result<usize> {
    let total = in_flight * each;
    for id in 1..=in_flight {
        socket.feed(Message::text(message(id))).await?;
    }
    socket.flush().await?;
    for id in in_flight + 1..=total + in_flight {
        socket.next().await.context("the desk hung up")??;
        if id <= total {
            socket.send(Message::text(message(id))).await?;
        }
    }
    Ok(total)
}

impl Contender for Raw {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        let message = |id| format!(r#"{{"op":6,"d":{{"requestType":"GetStats","requestId":"{id}"}}}}"#);
        ping_pong(&mut self.0, in_flight, each, message).await
    }

    async fn events(&mut self, _: usize) -> Result<Flood> {
        let flood = r#"{"op":6,"d":{"requestType":"BroadcastCustomEvent","requestId":"0"}}"#;
        self.0.send(Message::text(flood)).await?;
        self.text().await?;
        let mut came = 0;
        while self.text().await?.to_text()? != END {
            came += 1;
        }
        Ok(Flood::whole(came))
    }
}

pub(crate) struct Ours {
    client: obs_ws5::Client,
    decode: bool,
}

impl Ours {
    pub(crate) async fn connect(port: u16, decode: bool) -> Result<Self> {
        Ok(Self { client: obs_ws5::Client::connect(&format!("ws://127.0.0.1:{port}"), "").await?, decode })
    }
}

impl Contender for Ours {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        let client = &self.client;
        side_by_side(in_flight, each, || async move {
            for _ in 0..each {
                client.send(obs_ws5::request::GetStats::new()).await?;
            }
            Ok(())
        })
        .await
    }

    async fn events(&mut self, _: usize) -> Result<Flood> {
        let mut events = self.client.events();
        self.client.request(obs_ws5::request::Raw::new("BroadcastCustomEvent")).await?;
        let mut flood = Flood::default();
        loop {
            match timeout(SILENCE, events.recv()).await {
                Ok(Some(obs_ws5::Delivery::Event(event))) if event.event_type == "VendorEvent" => return Ok(flood),
                Ok(Some(obs_ws5::Delivery::Event(event))) => {
                    if let Some(data) = event.data.as_ref().filter(|_| self.decode) {
                        data.decode::<serde_json::Value>().map_err(anyhow::Error::msg)?;
                    }
                    flood.came += 1;
                }
                Ok(Some(obs_ws5::Delivery::Lagged { missed, .. })) => flood.told += usize::try_from(missed)?,
                Ok(Some(_)) => {}
                Ok(None) => bail!("the stream ended"),
                Err(_) => return Ok(flood),
            }
        }
    }
}

pub(crate) struct Obws(obws::Client);

impl Obws {
    pub(crate) async fn connect(port: u16) -> Result<Self> {
        Ok(Self(obws::Client::connect("127.0.0.1", port, None::<&str>).await?))
    }
}

impl Contender for Obws {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        let client = &self.0;
        side_by_side(in_flight, each, || async move {
            for _ in 0..each {
                client.general().stats().await?;
            }
            Ok(())
        })
        .await
    }

    async fn events(&mut self, _: usize) -> Result<Flood> {
        let mut events = self.0.events()?;
        self.0.general().broadcast_custom_event(&serde_json::json!({})).await?;
        let mut came = 0;
        loop {
            match timeout(SILENCE, events.next()).await {
                Ok(Some(obws::events::Event::VendorEvent { .. })) => return Ok(Flood::whole(came)),
                Ok(Some(_)) => came += 1,
                // It has fallen behind: its stream "ends", and goes on if it is asked again.
                Ok(None) => tokio::task::yield_now().await,
                Err(_) => return Ok(Flood::whole(came)),
            }
        }
    }
}
