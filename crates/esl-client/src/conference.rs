//! Conferences, by name.

use crate::client::Client;
use crate::command::word;
use crate::error::Error;
use crate::quote::argument;
use crate::verbs::dtmf;
use serde::Deserialize;

/// A conference of [`Client::conference`]. It exists while somebody is in it.
#[derive(Debug, Clone)]
#[must_use]
pub struct Conference {
    client: Client,
    name: String,
}

/// Whom in a conference a command is for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Members {
    /// This one.
    Id(u32),
    /// All.
    All,
    /// All but moderators.
    NonModerators,
    /// Who came last.
    Last,
}

impl Members {
    fn word(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::All => "all".into(),
            Self::NonModerators => "non_moderator".into(),
            Self::Last => "last".into(),
        }
    }
}

impl From<u32> for Members {
    fn from(id: u32) -> Self {
        Self::Id(id)
    }
}

/// Somebody in a conference (`json_list`).
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(default)]
#[non_exhaustive]
pub struct Member {
    /// The member's number in the conference.
    pub id: u32,
    /// The channel.
    pub uuid: String,
    /// `caller`, or `recording_node`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The caller's name. It may come from a stranger.
    pub caller_id_name: String,
    /// The caller's number. It may come from a stranger.
    pub caller_id_number: String,
    /// Seconds in the conference.
    pub join_time: u64,
    /// Seconds since the last word.
    pub last_talking: u64,
    /// What the member may and does.
    pub flags: MemberFlags,
}

/// What a member may and does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(default)]
#[non_exhaustive]
pub struct MemberFlags {
    /// Hears.
    pub can_hear: bool,
    /// Is heard: not muted.
    pub can_speak: bool,
    /// Talks now.
    pub talking: bool,
    /// Has the floor.
    pub has_floor: bool,
    /// Is a moderator.
    pub is_moderator: bool,
    /// Is on hold.
    pub hold: bool,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    members: Vec<Member>,
}

impl Client {
    /// The conference of this name.
    ///
    /// # Errors
    /// A name with a space or a quote in it.
    pub fn conference(&self, name: impl Into<String>) -> Result<Conference, Error> {
        let name = name.into();
        word("conference", &name)?;
        Ok(Conference { client: self.clone(), name })
    }
}

impl Conference {
    /// Runs a command of `conference`, by its name: `energy`, `vid-layout`.
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such conference.
    pub async fn command(&self, command: &str, arguments: &str) -> Result<String, Error> {
        word("command", command)?;
        let line = format!("{} {command} {arguments}", self.name);
        let printed = self.client.api("conference", line.trim_end()).await?;
        // one line for each member, and a no for one that is none
        match printed.lines().find(|line| line.starts_with("-ERR")) {
            Some(refusal) => Err(Error::rejected("api conference", refusal)),
            None if printed.starts_with("Conference ") && printed.contains("not found") => {
                Err(Error::rejected("api conference", &printed))
            }
            None => Ok(printed),
        }
    }

    /// Who is in it.
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such conference.
    pub async fn members(&self) -> Result<Vec<Member>, Error> {
        let printed = self.command("json_list", "").await?;
        let listed: Vec<Listed> = serde_json::from_str(&printed)
            .map_err(|error| Error::unexpected("conference json_list", error.to_string()))?;
        Ok(listed.into_iter().flat_map(|listed| listed.members).collect())
    }

    async fn on(&self, command: &str, members: impl Into<Members>) -> Result<(), Error> {
        self.command(command, &members.into().word()).await.map(drop)
    }

    /// Mutes.
    ///
    /// # Errors
    /// [`Error::Rejected`] if there is no such conference or member.
    pub async fn mute(&self, members: impl Into<Members>) -> Result<(), Error> {
        self.on("mute", members).await
    }

    /// Unmutes.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn unmute(&self, members: impl Into<Members>) -> Result<(), Error> {
        self.on("unmute", members).await
    }

    /// Lets a member hear nothing.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn deafen(&self, members: impl Into<Members>) -> Result<(), Error> {
        self.on("deaf", members).await
    }

    /// Lets a member hear again.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn undeafen(&self, members: impl Into<Members>) -> Result<(), Error> {
        self.on("undeaf", members).await
    }

    /// Puts a member out, and hangs up.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn kick(&self, members: impl Into<Members>) -> Result<(), Error> {
        self.on("kick", members).await
    }

    /// Holds a member.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn hold(&self, members: impl Into<Members>) -> Result<(), Error> {
        self.on("hold", members).await
    }

    /// Takes a member off hold.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn unhold(&self, members: impl Into<Members>) -> Result<(), Error> {
        self.on("unhold", members).await
    }

    /// Lets nobody else in.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn lock(&self) -> Result<(), Error> {
        self.command("lock", "").await.map(drop)
    }

    /// Lets others in again.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn unlock(&self) -> Result<(), Error> {
        self.command("unlock", "").await.map(drop)
    }

    /// Plays a file to all, or to one.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn play(&self, file: &str, member: Option<u32>) -> Result<(), Error> {
        let file = argument(file)?;
        let arguments = member.map_or_else(|| file.clone(), |member| format!("{file} {member}"));
        self.command("play", &arguments).await.map(drop)
    }

    /// Stops what plays.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn stop(&self) -> Result<(), Error> {
        self.command("stop", "all").await.map(drop)
    }

    /// Records it to a file of the server's.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn record(&self, path: &str) -> Result<(), Error> {
        self.command("record", &argument(path)?).await.map(drop)
    }

    /// Ends a recording.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn stop_recording(&self, path: &str) -> Result<(), Error> {
        self.command("norecord", &argument(path)?).await.map(drop)
    }

    /// Sends DTMF to a member.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn send_dtmf(&self, members: impl Into<Members>, digits: &str) -> Result<(), Error> {
        dtmf(digits)?;
        self.command("dtmf", &format!("{} {digits}", members.into().word())).await.map(drop)
    }

    /// Moves a member to another conference.
    ///
    /// # Errors
    /// As [`mute`](Self::mute).
    pub async fn transfer(&self, to: &str, members: impl Into<Members>) -> Result<(), Error> {
        word("conference", to)?;
        self.command("transfer", &format!("{to} {}", members.into().word())).await.map(drop)
    }
}
