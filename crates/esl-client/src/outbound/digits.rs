//! Digits that a caller dials while something plays.

use super::Call;
use crate::command::word;
use crate::error::Error;
use crate::message::Execute;
use crate::quote::expanding;
use std::future::IntoFuture;
use std::pin::Pin;
use std::time::Duration;

/// `play_and_get_digits`; made by [`Call::play_and_get_digits`]. Await it: it gives the digits, which are none if the caller
/// dialed none.
#[derive(Debug, Clone)]
#[must_use = "await it"]
pub struct Digits<'a> {
    call: &'a Call,
    file: &'a str,
    invalid_file: &'a str,
    min: u32,
    max: u32,
    tries: u32,
    timeout: Duration,
    digit_timeout: Duration,
    terminators: &'a str,
    pattern: &'a str,
}

impl<'a> Digits<'a> {
    pub(super) fn new(call: &'a Call, file: &'a str) -> Self {
        Self {
            call,
            file,
            invalid_file: "silence_stream://250",
            min: 1,
            max: 1,
            tries: 1,
            timeout: Duration::from_secs(5),
            digit_timeout: Duration::from_secs(3),
            terminators: "#",
            pattern: r"\d+",
        }
    }

    /// The fewest digits. Default 1.
    pub fn min(mut self, digits: u32) -> Self {
        self.min = digits;
        self.max = self.max.max(digits);
        self
    }

    /// The most digits, at most 128. Default 1.
    pub fn max(mut self, digits: u32) -> Self {
        self.max = digits.clamp(1, 128);
        self.min = self.min.min(self.max);
        self
    }

    /// How often it is played until the digits are right. Default 1.
    pub fn tries(mut self, tries: u32) -> Self {
        self.tries = tries.clamp(1, 100);
        self
    }

    /// How long to wait for the first digit after the file. Default 5 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long to wait for the next digit. Default 3 s.
    pub fn digit_timeout(mut self, timeout: Duration) -> Self {
        self.digit_timeout = timeout;
        self
    }

    /// The keys that end it; empty: none. Default `#`.
    pub fn terminators(mut self, keys: &'a str) -> Self {
        self.terminators = keys;
        self
    }

    /// The regular expression that the digits must match. Default `\d+`.
    pub fn pattern(mut self, pattern: &'a str) -> Self {
        self.pattern = pattern;
        self
    }

    /// What is played when they do not.
    pub fn invalid_file(mut self, file: &'a str) -> Self {
        self.invalid_file = file;
        self
    }

    /// `<min> <max> <tries> <timeout> <terminators> <file> <invalid file> <variable> <pattern> <digit timeout>`
    fn argument(&self, variable: &str) -> Result<String, Error> {
        for (field, value) in [("file", self.file), ("invalid_file", self.invalid_file)] {
            word(field, value)?;
            expanding(field, value)?;
        }
        if self.pattern.is_empty() || self.pattern.contains([' ', '\'']) || self.pattern.contains("${") {
            return Err(Error::invalid("pattern", "it is one word, without quotes and ${"));
        }
        if !self.terminators.is_empty() {
            crate::verbs::dtmf(self.terminators)?;
        }
        let terminators = if self.terminators.is_empty() { "none" } else { self.terminators };
        Ok(format!(
            "{} {} {} {} {terminators} {} {} {variable} {} {}",
            self.min,
            self.max,
            self.tries,
            self.timeout.as_millis(),
            self.file,
            self.invalid_file,
            self.pattern,
            self.digit_timeout.as_millis()
        ))
    }

    async fn take(self) -> Result<String, Error> {
        // a variable of its own: an earlier answer must not pass for this one
        let variable = format!("ifbus_digits_{}", uuid::Uuid::now_v7().simple());
        let execute = Execute::new("play_and_get_digits").argument(self.argument(&variable)?);
        let rounds =
            self.timeout.saturating_add(self.digit_timeout.saturating_mul(self.max)).saturating_mul(self.tries);
        let ended = self.call.execute(execute.within(rounds.saturating_add(Duration::from_secs(3600)))).await?;
        Ok(ended.variable(&variable).unwrap_or_default().into_owned())
    }
}

impl<'a> IntoFuture for Digits<'a> {
    type Output = Result<String, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.take())
    }
}
