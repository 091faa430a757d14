//! Calls on hold.

use super::channels::one_channel;
use super::dialplan::{HOLD, MUSIC, WAIT};
use super::follow::{Party, absent, gone};
use crate::client::{Client, EventStream};
use crate::error::Error;
use crate::event::Event;
use crate::{Delivery, LinkError, action};
use std::time::Duration;

/// A call on hold; made by [`Client::hold`]. Dropping it changes nothing: the call stays on hold.
#[derive(Debug)]
pub struct Held {
    client: Client,
    channel: Party,
    peer: Party,
    events: EventStream<Event>,
    /// One has left its holding bridge: to hang up, or to go elsewhere.
    leaving: Option<Side>,
    end: Option<HoldEnd>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Channel,
    Peer,
}

/// How often it is looked where one is that has left its holding bridge.
const LOOK: Duration = Duration::from_millis(20);

/// How a hold ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HoldEnd {
    /// The channel that held hung up. The other still hears music.
    #[non_exhaustive]
    HungUp {
        /// The cause (Q.850), where the event was seen.
        cause: Option<u32>,
    },
    /// The party that heard music hung up. The channel that held still waits.
    #[non_exhaustive]
    PeerHungUp {
        /// The cause (Q.850), where the event was seen.
        cause: Option<u32>,
    },
    /// One of them was sent elsewhere: bridged again, transferred, parked.
    Left,
}

impl Client {
    /// Puts the party that a channel talks with on hold: it hears music, of the class `music` or of the one that its channel has
    /// (a class that does not exist is the default one), and the channel itself waits in silence. Resolves when both are where
    /// they shall be; [`Held::resume`] brings them together again. [`calls`](Self::calls) has the call `OnHold` meanwhile.
    ///
    /// ```no_run
    /// # async fn example(pbx: ami_client::Client, channel: &str) -> Result<(), ami_client::Error> {
    /// let mut held = pbx.hold(channel, Some("default")).await?;
    /// tokio::select! {
    ///     end = held.ended() => println!("somebody hung up: {:?}", end?),
    ///     () = tokio::time::sleep(std::time::Duration::from_secs(20)) => held.resume().await?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Both leave what they did in the dialplan for two extensions of the client's own (see
    /// [`Builder::dialplan_context`](crate::Builder::dialplan_context)): what stands behind their `Dial` does not run any more,
    /// and when one hangs up after the hold, so is the other. During it, the other stays: see [`Held::ended`].
    ///
    /// **Call records**: Asterisk takes the last extension of a channel for what was dialed, so that the record of a call that was
    /// held names `ifbus-wait` as its destination, and the other party gets a record of its own with `ifbus-hold` (seen on 22).
    /// Where records are billed or counted by destination, hold at the phones instead, or keep the number in `userfield` or
    /// `accountcode` before.
    ///
    /// Since Asterisk 13. Needs the rights `call` to write and to read, and `system` to write unless the context is the user's.
    ///
    /// # Errors
    /// A refusal with [`NotFound`](crate::Reason::NotFound) if there is no such channel; [`Error::NotBridged`] if it does not
    /// talk with one other; [`Error::Dialplan`]; [`Error::HungUp`] if one of them ends meanwhile; as [`send`](Self::send).
    ///
    /// # Cancel safety
    /// Dropping the future may leave the call as it is, or on hold.
    pub async fn hold(&self, channel: &str, music: Option<&str>) -> Result<Held, Error> {
        one_channel(channel)?;
        let class = music.unwrap_or_default();
        if class.contains([',', '(', ')', '|', '"', '\\']) {
            return Err(Error::invalid("music", "is no name of a class of music on hold"));
        }
        let variable = |name| async move { self.variable(Some(channel), name).await.map_err(absent("hold", channel)) };
        let (uniqueid, peers) = tokio::try_join!(variable("UNIQUEID"), variable("BRIDGEPEER"))?;
        let mut names = peers.split(',').filter(|name| !name.is_empty());
        let (Some(peer), None) = (names.next(), names.next()) else {
            let peers = peers.split(',').filter(|name| !name.is_empty()).count();
            return Err(Error::NotBridged { channel: channel.into(), peers });
        };
        let hung_up = |error| match error {
            error if gone(&error) => Error::HungUp { channel: peer.into(), cause: None },
            error => error,
        };
        let (peer_id, context, ()) = tokio::try_join!(
            async { self.variable(Some(peer), "UNIQUEID").await.map_err(hung_up) },
            self.dialplan(&[HOLD, WAIT]),
            async { self.set_variable(Some(peer), MUSIC, class).await.map_err(hung_up) },
        )?;
        let channel = Party { channel: channel.to_owned(), uniqueid };
        let peer = Party { channel: peer.to_owned(), uniqueid: peer_id };
        let ids = [channel.uniqueid.clone(), peer.uniqueid.clone()];
        let wanted = move |event: &Event| {
            matches!(event.frame().event_name(), b"Hangup" | b"BridgeEnter" | b"BridgeLeave")
                && event.frame().get("Uniqueid").is_some_and(|id| ids.iter().any(|known| *known == id))
        };
        let mut held =
            Held { client: self.clone(), channel, peer, events: self.events_where(wanted), leaving: None, end: None };
        let redirect = action::Redirect::new(held.peer.channel.clone(), HOLD, context.clone(), "1")
            .extra_channel(held.channel.channel.clone())
            .extra_exten(WAIT)
            .extra_context(context)
            .extra_priority("1");
        self.send(redirect).await?;
        held.until_entered(|bridge| bridge.starts_with(HOLD.as_bytes()), |bridge| bridge.starts_with(WAIT.as_bytes()))
            .await?;
        Ok(held)
    }
}

impl Side {
    /// The extension that it waits in, with which the name of its bridge begins.
    fn place(self) -> &'static str {
        match self {
            Self::Channel => WAIT,
            Self::Peer => HOLD,
        }
    }
}

impl Held {
    /// The channel that holds.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel.channel
    }

    /// The channel of the party that hears music.
    #[must_use]
    pub fn peer(&self) -> &str {
        &self.peer.channel
    }

    /// Brings both together again. Resolves when they are.
    ///
    /// # Errors
    /// [`Error::HungUp`] if one of them has ended; as [`Client::send`].
    pub async fn resume(mut self) -> Result<(), Error> {
        match &self.end {
            Some(HoldEnd::HungUp { cause }) => return Err(self.channel.hung_up(*cause)),
            Some(HoldEnd::PeerHungUp { cause }) => return Err(self.peer.hung_up(*cause)),
            Some(HoldEnd::Left) | None => {}
        }
        match self.client.bridge(&self.channel.channel, &self.peer.channel).await {
            Err(error) if gone(&error) => {
                // its hangup is in the stream, or was before a gap
                while let Ok(Some(delivery)) = tokio::time::timeout(Duration::ZERO, self.events.recv()).await {
                    if let Delivery::Event(event) = delivery {
                        self.not_hung_up(&event)?;
                    }
                }
                let party = if error.to_string().contains("Channel2") { &self.peer } else { &self.channel };
                Err(party.hung_up(None))
            }
            Err(error) => Err(error),
            Ok(()) => {
                let together =
                    |bridge: &[u8]| !bridge.starts_with(HOLD.as_bytes()) && !bridge.starts_with(WAIT.as_bytes());
                self.until_entered(together, together).await
            }
        }
    }

    /// Waits until the hold is over because one of them hung up, or was sent elsewhere by somebody else. Who is left stays where
    /// it is: hang it up, or send it on.
    ///
    /// # Errors
    /// The client was closed, or given up; as [`Client::send`].
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn ended(&mut self) -> Result<HoldEnd, Error> {
        loop {
            if let Some(end) = &self.end {
                return Ok(end.clone());
            }
            tokio::select! {
                biased;
                delivery = self.events.recv() => match delivery.ok_or(Error::Link(LinkError::Closed))? {
                    Delivery::Event(event) => self.note(&event),
                    // there is a gap
                    _ => self.end = self.look().await?,
                },
                () = tokio::time::sleep(LOOK), if self.leaving.is_some() => self.look_where().await?,
            }
        }
    }

    fn is_channel(&self, event: &Event) -> bool {
        event.get("Uniqueid").is_some_and(|id| id == self.channel.uniqueid)
    }

    fn hung_up(&self, event: &Event) -> HoldEnd {
        let cause = event.frame().number("Cause");
        if self.is_channel(event) { HoldEnd::HungUp { cause } } else { HoldEnd::PeerHungUp { cause } }
    }

    fn side(&self, event: &Event) -> Side {
        if self.is_channel(event) { Side::Channel } else { Side::Peer }
    }

    /// Takes note of what ends the hold: a hangup, or another bridge.
    fn note(&mut self, event: &Event) {
        let side = self.side(event);
        let bridge = event.frame().get_bytes("BridgeName").unwrap_or_default();
        let holding = bridge.starts_with(side.place().as_bytes());
        match event.frame().event_name() {
            b"Hangup" => self.end = Some(self.hung_up(event)),
            b"BridgeEnter" if !holding => self.end = Some(HoldEnd::Left),
            // its place in the dialplan may be the old one in this event
            b"BridgeLeave" if holding => self.leaving = Some(side),
            _ => {}
        }
    }

    /// Whether the one that has left its holding bridge is at another place in the dialplan.
    async fn look_where(&mut self) -> Result<(), Error> {
        let Some(side) = self.leaving else { return Ok(()) };
        let party = if side == Side::Channel { &self.channel } else { &self.peer };
        match self.client.variable(Some(&party.uniqueid), "EXTEN").await {
            Ok(exten) if exten == side.place() => {}
            Ok(_) => self.end = Some(HoldEnd::Left),
            // its hangup is on the way
            Err(error) if gone(&error) => self.leaving = None,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn look(&self) -> Result<Option<HoldEnd>, Error> {
        if !self.channel.is_there(&self.client).await? {
            return Ok(Some(HoldEnd::HungUp { cause: None }));
        }
        Ok((!self.peer.is_there(&self.client).await?).then_some(HoldEnd::PeerHungUp { cause: None }))
    }

    fn not_hung_up(&self, event: &Event) -> Result<(), Error> {
        if event.frame().event_name() != b"Hangup" {
            return Ok(());
        }
        let party = if self.is_channel(event) { &self.channel } else { &self.peer };
        Err(party.hung_up(event.frame().number("Cause")))
    }

    /// Waits until both have entered bridges of these names.
    async fn until_entered(
        &mut self,
        peers: impl Fn(&[u8]) -> bool,
        channels: impl Fn(&[u8]) -> bool,
    ) -> Result<(), Error> {
        let within = self.client.request_timeout();
        let waiting = async {
            let (mut channel, mut peer) = (false, false);
            while !(channel && peer) {
                let delivery = self.events.recv().await.ok_or(Error::Link(LinkError::Closed))?;
                let Delivery::Event(event) = delivery else {
                    // there is a gap
                    for party in [&self.channel, &self.peer] {
                        if !party.is_there(&self.client).await? {
                            return Err(party.hung_up(None));
                        }
                    }
                    continue;
                };
                self.not_hung_up(&event)?;
                let bridge = event.frame().get_bytes("BridgeName").unwrap_or_default();
                match event.frame().event_name() {
                    b"BridgeEnter" if self.is_channel(&event) => channel = channels(bridge),
                    b"BridgeEnter" => peer = peers(bridge),
                    _ => {}
                }
            }
            Ok(())
        };
        tokio::time::timeout(within, waiting)
            .await
            .unwrap_or(Err(Error::Link(LinkError::Timeout { sent: true, after: within })))
    }
}
