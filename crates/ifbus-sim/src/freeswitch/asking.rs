//! `play_and_get_digits`: a prompt, and the keys that are pressed. As its documentation describes it; no recording of it has been
//! compared.

use super::apps::{is_missing, length};
use super::run::Begun;
use super::world::World;
use regex_lite::Regex;
use std::time::Duration;

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Prompt,
    Waits,
    /// It says that the digits were wrong, and hears none meanwhile.
    Wrong,
}

/// A question that is being asked.
#[derive(Debug)]
pub(super) struct Asking {
    /// The uuid of the application.
    app: String,
    min: usize,
    max: usize,
    tries: u32,
    timeout: Duration,
    digit_timeout: Duration,
    terminators: String,
    prompt: String,
    wrong: String,
    variable: String,
    pattern: Option<Regex>,
    digits: String,
    stage: Stage,
    /// Counts the stages and digits: what was to end an earlier one is too late.
    turn: u64,
}

impl Asking {
    /// `min max tries timeout terminators file invalid-file variable pattern digit-timeout`, the last two if they are there.
    fn parse(app: &str, data: &str) -> Option<Self> {
        let words: Vec<&str> = data.split_ascii_whitespace().collect();
        let number = |at: usize| words.get(at).and_then(|word| word.parse::<u32>().ok());
        let text = |at: usize| words.get(at).map(|word| (*word).to_owned());
        let timeout = Duration::from_millis(number(3)?.into());
        let terminators = text(4)?;
        Some(Self {
            app: app.to_owned(),
            min: usize::try_from(number(0)?).ok()?,
            max: usize::try_from(number(1)?).ok()?,
            tries: number(2)?,
            timeout,
            digit_timeout: number(9).map_or(timeout, |time| Duration::from_millis(time.into())),
            terminators: if terminators == "none" { String::new() } else { terminators },
            prompt: text(5)?,
            wrong: text(6)?,
            variable: text(7)?,
            pattern: words.get(8).and_then(|pattern| Regex::new(pattern).ok()),
            digits: String::new(),
            stage: Stage::Prompt,
            turn: 0,
        })
    }

    fn file(&self) -> Option<&str> {
        match self.stage {
            Stage::Prompt => Some(&self.prompt),
            Stage::Waits => None,
            Stage::Wrong => Some(&self.wrong),
        }
    }

    fn is_right(&self) -> bool {
        let matches = self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(&self.digits));
        self.digits.len() >= self.min && matches
    }
}

impl World {
    pub(super) fn ask(&mut self, id: &str, app: &str, data: &str) -> Begun {
        let Some(asking) = Asking::parse(app, data) else { return Begun::Done("_none_") };
        if let Some(channel) = self.channels.get_mut(id) {
            channel.asking = Some(asking);
        }
        self.stage(id, Stage::Prompt);
        Begun::Stays
    }

    fn asking(&mut self, id: &str) -> Option<&mut Asking> {
        self.channels.get_mut(id)?.asking.as_mut()
    }

    /// Goes to another stage, for as long as that takes.
    fn stage(&mut self, id: &str, stage: Stage) {
        self.file_over(id, "done");
        let Some(asking) = self.asking(id) else { return };
        asking.stage = stage;
        if stage == Stage::Prompt {
            asking.digits.clear();
        }
        let time = if asking.digits.is_empty() { asking.timeout } else { asking.digit_timeout };
        let Some(file) = asking.file().map(str::to_owned) else { return self.turn_after(id, time) };
        if is_missing(&file) {
            return self.turn_after(id, Duration::ZERO);
        }
        self.playback_started(id, &file);
        if let Some(time) = length(&file) {
            self.turn_after(id, time);
        }
    }

    /// After that time it goes on, unless something happens before.
    fn turn_after(&mut self, id: &str, time: Duration) {
        let Some(asking) = self.asking(id) else { return };
        asking.turn += 1;
        let (app, turn, id) = (asking.app.clone(), asking.turn, id.to_owned());
        self.after(time, move |world| {
            if world.asking(&id).is_some_and(|asking| asking.app == app && asking.turn == turn) {
                world.time_has_come(&id);
            }
        });
    }

    fn time_has_come(&mut self, id: &str) {
        match self.asking(id).map(|asking| asking.stage) {
            Some(Stage::Prompt) => self.stage(id, Stage::Waits),
            Some(Stage::Wrong) => self.stage(id, Stage::Prompt),
            Some(Stage::Waits) => self.digits_are_in(id),
            None => {}
        }
    }

    /// A key is pressed: it ends the prompt, and perhaps the question.
    pub(super) fn key_for_question(&mut self, id: &str, key: &str) {
        if self.asking(id).is_none_or(|asking| asking.stage == Stage::Wrong) {
            return;
        }
        self.file_over(id, "break");
        let Some(asking) = self.asking(id) else { return };
        asking.stage = Stage::Waits;
        let ends = asking.terminators.contains(key);
        if !ends {
            asking.digits.push_str(key);
        }
        if ends || asking.digits.len() >= asking.max {
            return self.digits_are_in(id);
        }
        let time = asking.digit_timeout;
        self.turn_after(id, time);
    }

    fn digits_are_in(&mut self, id: &str) {
        let Some(asking) = self.asking(id) else { return };
        let right = asking.is_right();
        asking.tries = asking.tries.saturating_sub(1);
        if !right && asking.tries > 0 {
            return self.stage(id, Stage::Wrong);
        }
        let app = asking.app.clone();
        let (variable, digits) = (asking.variable.clone(), std::mem::take(&mut asking.digits));
        if let Some(channel) = self.channels.get_mut(id) {
            channel.set(&variable, if right { digits } else { String::new() });
        }
        self.end(id, &app, "_none_");
        self.run(id);
    }

    /// The application has ended, by itself or with the call.
    pub(super) fn question_over(&mut self, id: &str, app: &str) {
        if self.asking(id).is_some_and(|asking| asking.app == app) {
            self.file_over(id, "break");
            if let Some(channel) = self.channels.get_mut(id) {
                channel.asking = None;
            }
        }
    }

    fn file_over(&mut self, id: &str, status: &str) {
        let Some(asking) = self.asking(id).filter(|asking| asking.turn > 0) else { return };
        if let Some(file) = asking.file().map(str::to_owned) {
            self.playback_stopped(id, &file, status);
        }
    }
}
