//! The contenders that speak to Home Assistant.

use crate::contender::{Contender, Flood, SILENCE, side_by_side};
use crate::obs::{dial, ping_pong};
use anyhow::{Context as _, Result, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

const TOKEN: &str = "bench";

/// What a WebSocket alone can do.
pub(crate) struct Raw(WebSocketStream<TcpStream>);

impl Raw {
    pub(crate) async fn connect(port: u16) -> Result<Self> {
        let mut raw = Self(dial(port).await?);
        raw.text().await?;
        raw.ask(r#"{"type":"auth","access_token":"bench"}"#).await?;
        raw.ask(r#"{"id":1,"type":"subscribe_events","event_type":"state_changed"}"#).await?;
        Ok(raw)
    }

    async fn ask(&mut self, message: &str) -> Result<()> {
        self.0.send(Message::text(message)).await?;
        self.text().await?;
        Ok(())
    }

    async fn text(&mut self) -> Result<Message> {
        Ok(self.0.next().await.context("the desk hung up")??)
    }
}

impl Contender for Raw {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        ping_pong(&mut self.0, in_flight, each, |id| format!(r#"{{"id":{id},"type":"ping"}}"#)).await
    }

    async fn events(&mut self, sent: usize) -> Result<Flood> {
        self.ask(r#"{"id":2,"type":"call_service","domain":"bench","service":"flood"}"#).await?;
        for _ in 0..sent {
            self.text().await?;
        }
        Ok(Flood::whole(sent))
    }
}

pub(crate) struct Ours {
    client: ha_client::Client,
    changes: ha_client::EventStream<ha_client::StateChanged>,
}

impl Ours {
    pub(crate) async fn connect(port: u16) -> Result<Self> {
        let client = ha_client::Client::connect(format!("http://127.0.0.1:{port}"), TOKEN).await?;
        let changes = client.events_of::<ha_client::StateChanged>().await?;
        Ok(Self { client, changes })
    }
}

impl Contender for Ours {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        let client = &self.client;
        side_by_side(in_flight, each, || async move {
            for _ in 0..each {
                client.ping().await?;
            }
            Ok(())
        })
        .await
    }

    async fn events(&mut self, sent: usize) -> Result<Flood> {
        self.client.call_service("bench", "flood").await?;
        let mut flood = Flood::default();
        while flood.accounted() < sent {
            match timeout(SILENCE, self.changes.recv()).await {
                Ok(Some(ha_client::Delivery::Event(_))) => flood.came += 1,
                Ok(Some(ha_client::Delivery::Lagged { missed: lost, .. })) => flood.told += usize::try_from(lost)?,
                Ok(Some(_)) => {}
                Ok(None) => bail!("the stream ended"),
                Err(_) => break,
            }
        }
        Ok(flood)
    }
}

pub(crate) struct HassRs {
    client: hass_rs::HassClient,
    events: tokio::sync::mpsc::Receiver<hass_rs::WSEvent>,
}

impl HassRs {
    pub(crate) async fn connect(port: u16) -> Result<Self> {
        let mut client = hass_rs::HassClient::new(&format!("ws://127.0.0.1:{port}/api/websocket")).await?;
        client.auth_with_longlivedtoken(TOKEN).await?;
        let events = client.subscribe_event("state_changed").await?;
        Ok(Self { client, events })
    }
}

impl Contender for HassRs {
    /// Its requests want the client for themselves: one at a time.
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        if in_flight > 1 {
            return Ok(0);
        }
        for _ in 0..each {
            self.client.ping().await?;
        }
        Ok(each)
    }

    async fn events(&mut self, sent: usize) -> Result<Flood> {
        self.client.call_service("bench".to_owned(), "flood".to_owned(), None).await?;
        let mut came = 0;
        while came < sent {
            match timeout(SILENCE, self.events.recv()).await {
                Ok(Some(_)) => came += 1,
                Ok(None) => bail!("the stream ended"),
                Err(_) => break,
            }
        }
        Ok(Flood::whole(came))
    }
}
