//! Files that are played into a call.

use super::channels::one_channel;
use super::dialplan::{FILE, NOT_PLAYED, PLAY, PLAYED, PLAYS};
use super::follow::{Party, absent, gone};
use crate::action::{self, Originate};
use crate::client::{Client, EventStream};
use crate::error::Error;
use crate::event::Event;
use crate::{Delivery, LinkError};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

/// What is played, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Play {
    file: String,
    both: bool,
}

impl Play {
    /// A file of the server's, as `Playback` names it: without its ending, in the folder of sounds or by its path; several with `&`
    /// between them. It is heard by the party on the channel alone.
    pub fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), both: false }
    }

    /// The party that the channel is bridged with hears it, too.
    pub fn to_both(mut self) -> Self {
        self.both = true;
        self
    }
}

impl From<&str> for Play {
    fn from(file: &str) -> Self {
        Self::new(file)
    }
}

impl From<String> for Play {
    fn from(file: String) -> Self {
        Self::new(file)
    }
}

/// A file that plays into a call; made by [`Client::play`]. Dropping it does not stop it.
#[derive(Debug)]
pub struct Playing {
    client: Client,
    file: String,
    target: Party,
    /// The half of the Local channel that plays.
    player: Party,
    events: EventStream<Event>,
    end: Option<Result<PlayEnd, Error>>,
}

/// How playing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlayEnd {
    /// The whole file was played.
    Finished,
    /// It was stopped: by [`Playing::stop`], or by whoever hung up the channel that played.
    Stopped,
    /// It ended while there was no connection, or while this client was too slow.
    Unseen,
}

/// How long it is looked whether the player still is at the file: one that does not exist is left within a millisecond.
const LOOK: Duration = Duration::from_millis(20);

impl Client {
    /// Plays a file into a call, over what is said in it, and resolves when it plays: then [`Playing::finished`] waits for its
    /// end, and [`Playing::stop`] stops it.
    ///
    /// ```no_run
    /// # async fn example(pbx: ami_client::Client, channel: &str) -> Result<(), ami_client::Error> {
    /// use ami_client::Play;
    ///
    /// let mut playing = pbx.play(channel, Play::new("this-call-may-be-monitored-or-recorded").to_both()).await?;
    /// println!("{:?}", playing.finished().await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A Local channel does it: its far half plays the file, its near half whispers it into the channel (`ChanSpy`); both show
    /// among the [`channels`](Self::channels). Sound is mixed into sound: a channel that nothing is sent to (a dialplan that
    /// waits in silence) hears nothing. To call somebody and play to them, there is [`play_to`](Self::play_to).
    ///
    /// The Local channel is a call of its own to Asterisk: it is among the [`calls`](Self::calls) and their events, and leaves two
    /// answered call records with the destination `ifbus-play` (seen on 22).
    ///
    /// Since Asterisk 13. Needs the rights `call` and `originate` to write and `call` to read, and `system` to write unless the
    /// context is the user's ([`Builder::dialplan_context`](crate::Builder::dialplan_context)).
    ///
    /// # Errors
    /// [`Error::NotPlayed`] if there is no such file, or the server cannot play it; a refusal with
    /// [`NotFound`](crate::Reason::NotFound) if there is no such channel, [`Error::HungUp`] if it ends meanwhile;
    /// [`Error::Dialplan`]; as [`originate`](Self::originate).
    ///
    /// # Cancel safety
    /// Dropping the future may leave the file playing, to its end.
    pub async fn play(&self, channel: &str, play: impl Into<Play>) -> Result<Playing, Error> {
        let Play { file, both } = play.into();
        one_channel(channel)?;
        if file.is_empty() || file.contains([',', '|']) {
            return Err(Error::invalid("file", "is no name of a file to play"));
        }
        action::check_value("file", &file)?;
        let uniqueid = async { self.variable(Some(channel), "UNIQUEID").await.map_err(absent("play", channel)) };
        let (uniqueid, context) = tokio::try_join!(uniqueid, self.dialplan(&[PLAY]))?;
        if uniqueid.contains(',') {
            return Err(Error::invalid("Channel", "has a Uniqueid with a comma, which ChanSpy cannot take"));
        }
        let id = format!("ifbus-play-{:016x}", RandomState::new().build_hasher().finish());
        let player = Party { channel: format!("Local/{PLAY}@{context}"), uniqueid: format!("{id}-far") };
        let target = Party { channel: channel.to_owned(), uniqueid };
        let ids = [id.clone(), player.uniqueid.clone(), target.uniqueid.clone()];
        let wanted = move |event: &Event| {
            let named = |header: &str, ids: &[String]| {
                event.frame().get(header).is_some_and(|id| ids.iter().any(|known| *known == id))
            };
            match event.frame().event_name() {
                b"Hangup" => named("Uniqueid", &ids),
                b"ChanSpyStart" => named("SpyerUniqueid", &ids),
                _ => false,
            }
        };
        let events = self.events_where(wanted);
        let options = if both { "quBES" } else { "quwES" };
        let originate = Originate::new(format!("Local/{PLAY}@{context}/n"))
            .run("ChanSpy", format!("{},{options}", target.uniqueid))
            .channel_id(id)
            .other_channel_id(player.uniqueid.clone())
            .set(FILE, &file);
        let mut playing = Playing { client: self.clone(), file, target, player, events, end: None };
        self.originate(originate).await?;
        let within = self.request_timeout();
        match tokio::time::timeout(within, playing.begun()).await {
            Ok(begun) => begun.map(|()| playing),
            Err(_) => {
                let _ = playing.stop().await;
                Err(Error::Link(LinkError::Timeout { sent: true, after: within }))
            }
        }
    }
}

impl Playing {
    /// Waits until the file plays and is heard.
    async fn begun(&mut self) -> Result<(), Error> {
        let (mut heard, mut looks) = (false, 0);
        loop {
            if let Some(end) = &self.end {
                // a short file may be over
                return end.clone().map(|_| ());
            }
            tokio::select! {
                biased;
                delivery = self.events.recv() => match delivery.ok_or(Error::Link(LinkError::Closed))? {
                    Delivery::Event(event) if event.frame().event_name() == b"ChanSpyStart" => heard = true,
                    delivery => self.end = self.end_by(delivery).await?,
                },
                () = tokio::time::sleep(LOOK), if heard => {
                    match self.client.variable(Some(&self.player.uniqueid), "PRIORITY").await {
                        Ok(priority) if priority == PLAYS => looks += 1,
                        Ok(_) => looks = 0,
                        // its hangup is on the way
                        Err(error) if gone(&error) => heard = false,
                        Err(error) => return Err(error),
                    }
                    if looks >= 2 {
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn end_by(&self, delivery: Delivery<Event>) -> Result<Option<Result<PlayEnd, Error>>, Error> {
        let Delivery::Event(event) = delivery else {
            if self.player.is_there(&self.client).await? {
                return Ok(None);
            }
            let up = self.target.is_there(&self.client).await?;
            return Ok(Some(if up { Ok(PlayEnd::Unseen) } else { Err(self.target.hung_up(None)) }));
        };
        if event.frame().event_name() != b"Hangup" {
            return Ok(None);
        }
        let cause = event.frame().number("Cause");
        let of = event.frame().get("Uniqueid").unwrap_or_default();
        Ok(match cause {
            _ if of == self.target.uniqueid => Some(Err(self.target.hung_up(cause))),
            // the near half goes when the far one does, or the target
            _ if of != self.player.uniqueid => None,
            Some(PLAYED) => Some(Ok(PlayEnd::Finished)),
            Some(NOT_PLAYED) => Some(Err(Error::NotPlayed { file: self.file.as_str().into() })),
            _ if self.target.is_there(&self.client).await? => Some(Ok(PlayEnd::Stopped)),
            _ => Some(Err(self.target.hung_up(None))),
        })
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// [`Error::HungUp`] if the channel ended before the file; [`Error::NotPlayed`]; what ended the client.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn finished(&mut self) -> Result<PlayEnd, Error> {
        loop {
            if let Some(end) = &self.end {
                return end.clone();
            }
            let delivery = self.events.recv().await.ok_or(Error::Link(LinkError::Closed))?;
            self.end = self.end_by(delivery).await?;
        }
    }

    /// Stops it. No error if it has ended.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn stop(&self) -> Result<(), Error> {
        match self.client.hangup(&self.player.uniqueid, 16).await {
            Err(error) if gone(&error) => Ok(()),
            done => done,
        }
    }
}
