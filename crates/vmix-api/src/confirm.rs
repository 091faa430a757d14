//! Doing something and waiting until vMix reports it: `FUNCTION OK` says only that vMix has heard.

use crate::client::Client;
use crate::error::Error;
use crate::request::{InputRef, function};
use crate::show::Show;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The first and the longest pause between two readings of the document.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

impl Client {
    /// Waits until the show is so, and gives it. Follows what vMix pushes, and reads the document again, ever less often, for
    /// what it does not push.
    ///
    /// # Errors
    /// [`Error::NotConfirmed`] when `within` is over; `what` says in its text what was waited for: `"the title is set"`. What
    /// ended the client for good.
    pub async fn wait_for(
        &self,
        what: &str,
        within: Duration,
        mut is_so: impl FnMut(&Show) -> bool,
    ) -> Result<Arc<Show>, Error> {
        let now = Instant::now();
        let deadline = now.checked_add(within).unwrap_or_else(|| now + Duration::from_secs(3_153_600_000));
        let mut changes = self.changes();
        let mut pause = PAUSE.0;
        let mut read_at = now + pause;
        loop {
            let show = Arc::clone(&changes.borrow_and_update());
            if !show.stale && is_so(&show) {
                return Ok(show);
            }
            let now = Instant::now();
            if now >= deadline {
                return Err(Error::not_confirmed(what, within));
            }
            if now >= read_at {
                // a lost connection or a late answer is no end: the deadline is
                let read = timeout_at(deadline, self.refresh()).await;
                if let Ok(Err(error)) = read
                    && self.connection().borrow().is_closed()
                {
                    return Err(error);
                }
                pause = (pause * 2).min(PAUSE.1);
                read_at = Instant::now() + pause;
                continue;
            }
            if let Ok(Err(_)) = timeout_at(read_at.min(deadline), changes.changed()).await {
                // the link is over: its error says why
                self.ready().await?;
                return Err(Error::not_confirmed(what, within));
            }
        }
    }

    async fn confirm(&self, what: &str, is_so: impl FnMut(&Show) -> bool) -> Result<Arc<Show>, Error> {
        self.wait_for(what, self.rules.confirm_timeout, is_so).await
    }

    /// Starts a stream (counted from 0; `None`: all), and waits until vMix reports it. Does nothing if it runs already.
    ///
    /// # Errors
    /// As [`send`](Self::send) and [`wait_for`](Self::wait_for).
    pub async fn start_streaming(&self, channel: Option<u8>) -> Result<Arc<Show>, Error> {
        let start = function::StartStreaming::new();
        self.call(match channel {
            Some(channel) => start.channel(channel),
            None => start,
        })
        .await?;
        self.confirm("the stream runs", |show| show.streaming.is_on(channel) == Some(true)).await
    }

    /// Stops a stream (counted from 0; `None`: all), and waits until vMix reports it.
    ///
    /// # Errors
    /// As [`start_streaming`](Self::start_streaming).
    pub async fn stop_streaming(&self, channel: Option<u8>) -> Result<Arc<Show>, Error> {
        let stop = function::StopStreaming::new();
        self.call(match channel {
            Some(channel) => stop.channel(channel),
            None => stop,
        })
        .await?;
        self.confirm("the stream has stopped", |show| show.streaming.is_on(channel) == Some(false)).await
    }

    /// Starts the recording, and waits until vMix reports it.
    ///
    /// # Errors
    /// As [`start_streaming`](Self::start_streaming).
    pub async fn start_recording(&self) -> Result<Arc<Show>, Error> {
        self.call(function::StartRecording::new()).await?;
        self.confirm("the recording runs", |show| show.recording.on).await
    }

    /// Stops the recording, and waits until vMix reports it.
    ///
    /// # Errors
    /// As [`start_streaming`](Self::start_streaming).
    pub async fn stop_recording(&self) -> Result<Arc<Show>, Error> {
        self.call(function::StopRecording::new()).await?;
        self.confirm("the recording has stopped", |show| !show.recording.on).await
    }

    /// Starts the external output, and waits until vMix reports it.
    ///
    /// # Errors
    /// As [`start_streaming`](Self::start_streaming).
    pub async fn start_external(&self) -> Result<Arc<Show>, Error> {
        self.call(function::StartExternal::new()).await?;
        self.confirm("the external output runs", |show| show.external).await
    }

    /// Stops the external output, and waits until vMix reports it.
    ///
    /// # Errors
    /// As [`start_streaming`](Self::start_streaming).
    pub async fn stop_external(&self) -> Result<Arc<Show>, Error> {
        self.call(function::StopExternal::new()).await?;
        self.confirm("the external output has stopped", |show| !show.external).await
    }

    /// Puts an input on air by `ActiveInput`, and waits until vMix reports it.
    ///
    /// # Errors
    /// As [`start_streaming`](Self::start_streaming).
    pub async fn set_active(&self, input: impl Into<InputRef>) -> Result<Arc<Show>, Error> {
        let input = input.into();
        let wanted = self.pin(&input)?;
        self.call(function::ActiveInput::new(input.clone())).await?;
        let confirmed = self.confirm(&format!("input {input} is on air"), |show| wanted.is(show, show.active)).await;
        confirmed.map_err(|error| self.explain(error, &wanted))
    }

    /// Puts an input into the preview, and waits until vMix reports it.
    ///
    /// # Errors
    /// As [`start_streaming`](Self::start_streaming).
    pub async fn set_preview(&self, input: impl Into<InputRef>) -> Result<Arc<Show>, Error> {
        let input = input.into();
        let wanted = self.pin(&input)?;
        self.call(function::PreviewInput::new(input.clone())).await?;
        let confirmed =
            self.confirm(&format!("input {input} is in preview"), |show| wanted.is(show, show.preview)).await;
        confirmed.map_err(|error| self.explain(error, &wanted))
    }

    /// Loads a preset by its path on the vMix host, and waits until a document that was read afterwards names it. All inputs
    /// and their keys are other ones then.
    ///
    /// # Errors
    /// As [`start_streaming`](Self::start_streaming).
    pub async fn open_preset(&self, path: &str) -> Result<Arc<Show>, Error> {
        if path.trim().is_empty() {
            return Err(Error::invalid("path", "is empty"));
        }
        self.call(function::OpenPreset::new(path)).await?;
        let before = *self.readings.borrow();
        // a Windows path is the same in any case of letters
        let same = |show: &Show| show.preset.as_deref().is_some_and(|now| now.to_lowercase() == path.to_lowercase());
        let readings = self.readings.clone();
        let wanted = |show: &Show| *readings.borrow() > before && same(show);
        self.wait_for("the preset is loaded", self.rules.preset_timeout, wanted).await
    }

    /// vMix takes an input that it does not have, and does nothing.
    fn explain(&self, error: Error, wanted: &Wanted) -> Error {
        let show = self.show();
        match error {
            Error::NotConfirmed { what, waited }
                if !show.inputs.iter().any(|input| wanted.is(&show, Some(input.number))) =>
            {
                Error::NotConfirmed { what: format!("{what} (the show has no such input)").into(), waited }
            }
            other => other,
        }
    }

    /// What `Preview` and `Active` mean now, before they change.
    fn pin(&self, input: &InputRef) -> Result<Wanted, Error> {
        let show = self.show();
        Ok(match input {
            InputRef::Preview => Wanted::Number(show.preview),
            InputRef::Active => Wanted::Number(show.active),
            InputRef::Number(number) => Wanted::Number(Some(*number)),
            // vMix would take it, and do nothing that could be waited for
            InputRef::Name(name) if name.trim().is_empty() => return Err(Error::invalid("Input", "is empty")),
            InputRef::Name(name) => Wanted::Name(name.clone()),
        })
    }
}

/// The input that is to be where.
enum Wanted {
    Number(Option<u32>),
    Name(String),
}

impl Wanted {
    fn is(&self, show: &Show, place: Option<u32>) -> bool {
        match self {
            Self::Number(number) => number.is_some() && *number == place,
            // of several inputs with the title, any will do: vMix chose
            Self::Name(name) => place.and_then(|number| show.input(number)).is_some_and(|input| {
                input.key.eq_ignore_ascii_case(name)
                    || input.title == *name
                    || input.short_title == *name
                    || input.number.to_string() == *name
            }),
        }
    }
}
