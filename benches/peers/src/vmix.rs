//! The contenders that speak to vMix. No peer keeps a connection: vmix-core reads documents, see the limits.

use crate::contender::{Contender, Flood, SILENCE, side_by_side};
use anyhow::{Result, bail};
use memchr::memchr_iter;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// What a socket alone can do: reading and finding the ends of lines.
pub(crate) struct Raw {
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Raw {
    pub(crate) async fn connect(port: u16) -> Result<Self> {
        let socket = TcpStream::connect(("127.0.0.1", port)).await?;
        socket.set_nodelay(true)?;
        let mut raw = Self { socket, buffer: vec![0; 256 << 10] };
        raw.lines(1).await?;
        Ok(raw)
    }

    /// Reads until so many lines have ended.
    async fn lines(&mut self, count: usize) -> Result<()> {
        let mut left = count;
        while left > 0 {
            left = left.saturating_sub(self.some_lines().await?);
        }
        Ok(())
    }

    async fn some_lines(&mut self) -> Result<usize> {
        let read = self.socket.read(&mut self.buffer).await?;
        if read == 0 {
            bail!("the desk hung up");
        }
        Ok(memchr_iter(b'\n', &self.buffer[..read]).count())
    }
}

const ASK: &[u8] = b"XMLTEXT vmix/version\r\n";

impl Contender for Raw {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        let total = in_flight * each;
        self.socket.write_all(&ASK.repeat(in_flight)).await?;
        let (mut asked, mut answered) = (in_flight, 0);
        while answered < total {
            let lines = self.some_lines().await?;
            answered += lines;
            let more = lines.min(total - asked);
            asked += more;
            self.socket.write_all(&ASK.repeat(more)).await?;
        }
        Ok(total)
    }

    async fn events(&mut self, sent: usize) -> Result<Flood> {
        self.socket.write_all(b"XMLTEXT vmix/flood\r\n").await?;
        self.lines(sent + 1).await?;
        Ok(Flood::whole(sent))
    }
}

pub(crate) struct Ours(vmix_api::Client);

impl Ours {
    pub(crate) async fn connect(port: u16) -> Result<Self> {
        Ok(Self(vmix_api::Client::connect(&format!("127.0.0.1:{port}")).await?))
    }
}

impl Contender for Ours {
    async fn exchange(&mut self, in_flight: usize, each: usize) -> Result<usize> {
        let client = &self.0;
        side_by_side(in_flight, each, || async move {
            for _ in 0..each {
                client.xml_text("vmix/version").await?;
            }
            Ok(())
        })
        .await
    }

    async fn events(&mut self, sent: usize) -> Result<Flood> {
        let mut events = self.0.events();
        self.0.xml_text("vmix/flood").await?;
        let mut flood = Flood::default();
        while flood.accounted() < sent {
            match timeout(SILENCE, events.recv()).await {
                Ok(Some(vmix_api::Delivery::Event(_))) => flood.came += 1,
                Ok(Some(vmix_api::Delivery::Lagged { missed: lost, .. })) => flood.told += usize::try_from(lost)?,
                Ok(Some(_)) => {}
                Ok(None) => bail!("the stream ended"),
                Err(_) => break,
            }
        }
        Ok(flood)
    }
}
