//! The functions that act on the state. The others are known by name, and do nothing.

use std::time::{Duration, Instant};

use percent_encoding::percent_decode_str;

use super::state::{BUTTONS, State, Take};
use super::xml::float;

/// Every function name of vMix 29.
const NAMES: &str = include_str!("functions.txt");

/// The transition effects; each is a function.
const EFFECTS: &[&str] = &[
    "Fade",
    "Zoom",
    "Wipe",
    "Slide",
    "Fly",
    "CrossZoom",
    "FlyRotate",
    "Cube",
    "CubeZoom",
    "VerticalWipe",
    "VerticalSlide",
    "Merge",
    "WipeReverse",
    "SlideReverse",
    "VerticalWipeReverse",
    "VerticalSlideReverse",
    "BarnDoor",
    "RollerDoor",
    "AlphaFade",
];

pub(super) fn is_known(name: &str) -> bool {
    NAMES.lines().any(|n| n == name)
}

/// The parameters of a call, decoded; their names count without regard to case.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(text: &str) -> Self {
        let decode = |s: &str| percent_decode_str(&s.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pair = |p: &str| {
            let (name, value) = p.split_once('=').unwrap_or((p, ""));
            (decode(name), decode(value))
        };
        Self(text.split('&').filter(|p| !p.is_empty()).map(pair).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.trim().parse().ok().filter(|f: &f64| f.is_finite())
    }
}

impl State {
    /// Runs a function. What it returns as an error is a reason that TCP tells and HTTP does not.
    pub(super) fn run(&mut self, name: &str, query: &Query) -> Result<(), String> {
        if let Some(rest) = name.strip_prefix("PreviewOverlayInput").or_else(|| name.strip_prefix("OverlayInput")) {
            return self.overlay(rest, name.starts_with('P'), query);
        }
        match name {
            "Cut" => self.transition(query, Some(0)),
            "CutDirect" => self.go_live(query, 0),
            "QuickPlay" => self.quick_play(query),
            "ActiveInput" => self.go_live(query, mix_of(query)),
            "PreviewInput" => self.preview(query),
            "FadeToBlack" => {
                self.fade_to_black = !self.fade_to_black;
                self.act("FadeToBlack", self.fade_to_black);
                Ok(())
            }
            "SetFader" if query.number("Value") == Some(255.0) => self.transition(query, Some(0)),
            "OpenPreset" => {
                let inputs = self.inputs.len();
                self.open(query.get("Value").unwrap_or_default(), inputs);
                Ok(())
            }
            "Play" | "Pause" | "PlayPause" => self.play(name, query),
            "SetText" | "SetImage" => self.set_field(name, query),
            "SetVolume" | "Audio" | "AudioOn" | "AudioOff" | "SetVolumeFade" => self.input_audio(name, query),
            "SetMasterVolume" | "MasterAudio" | "MasterAudioOn" | "MasterAudioOff" => self.master_audio(name, query),
            "StartStreaming" | "StopStreaming" | "StartStopStreaming" => self.stream(name, query),
            _ => self.by_family(name, query),
        }
    }

    fn by_family(&mut self, name: &str, query: &Query) -> Result<(), String> {
        if EFFECTS.contains(&name) {
            return self.transition(query, None);
        }
        if name.starts_with("Stinger") {
            return self.transition(query, Some(1000));
        }
        if let Some(button) = name.strip_prefix("Transition").and_then(|n| n.parse::<usize>().ok()) {
            let ms = button.checked_sub(1).and_then(|i| BUTTONS.get(i)).map(|(_, ms)| *ms);
            return if ms.is_some() { self.transition(query, ms) } else { Ok(()) };
        }
        let verbs = ["StartStop", "Start", "Stop"];
        let (verb, what) = verbs.iter().find_map(|v| Some((*v, name.strip_prefix(v)?))).unwrap_or(match name {
            "Fullscreen" => ("StartStop", "Fullscreen"),
            "FullscreenOn" => ("Start", "Fullscreen"),
            "FullscreenOff" => ("Stop", "Fullscreen"),
            _ => ("", ""),
        });
        let to = |now: bool| if verb == "StartStop" { !now } else { verb == "Start" };
        let (before, after) = match what {
            "Recording" => {
                let (before, after) = (self.recording.is_some(), to(self.recording.is_some()));
                if before != after {
                    self.recording = after.then(Instant::now);
                }
                (before, after)
            }
            "External" => swap(&mut self.external, to),
            "MultiCorder" => swap(&mut self.multi_corder, to),
            "PlayList" => swap(&mut self.play_list, to),
            "Fullscreen" => swap(&mut self.fullscreen, to),
            // Known, and not simulated.
            _ => return Ok(()),
        };
        // The playlist has no activator.
        if before != after && what != "PlayList" {
            self.act(what, after);
        }
        Ok(())
    }

    fn act(&mut self, name: &str, on: bool) {
        self.acts.push(format!("{name} {}", u8::from(on)));
    }

    fn act_of(&mut self, name: &str, input: usize, on: bool) {
        if input > 0 {
            self.acts.push(format!("{name} {input} {}", u8::from(on)));
        }
    }

    fn target(&self, query: &Query) -> Result<usize, String> {
        let input = query.get("Input");
        self.find(input).ok_or_else(|| format!("Input {} does not exist", input.unwrap_or("0")))
    }

    /// Brings an input (the preview unless one is named) to program; program goes to preview.
    fn transition(&mut self, query: &Query, fixed: Option<u64>) -> Result<(), String> {
        let mix = mix_of(query);
        let Some(now) = self.mixes.get(mix).copied() else { return Ok(()) };
        let input = match query.get("Input") {
            None | Some("" | "0") => now.preview,
            Some(_) => self.target(query)?,
        };
        if input == 0 {
            return Ok(());
        }
        let asked =
            query.number("Duration").filter(|ms| *ms >= 0.0).map(|ms| Duration::from_secs_f64(ms.min(6e5) / 1e3));
        let length = match fixed {
            Some(0) => Duration::ZERO,
            other => asked.unwrap_or_else(|| Duration::from_millis(other.unwrap_or(500))),
        };
        self.takes += 1;
        let take = Take { number: self.takes, mix, input };
        if length.is_zero() {
            self.finish(take);
        } else {
            if mix == 0 {
                self.taking = Some(take);
            }
            self.later.push((length, take));
        }
        Ok(())
    }

    /// The end of a transition.
    pub(super) fn finish(&mut self, take: Take) {
        if take.mix == 0 {
            self.taking = None;
        }
        let Some(mix) = self.mixes.get_mut(take.mix) else { return };
        let before = *mix;
        if before.active == take.input {
            return;
        }
        mix.active = take.input;
        mix.preview = before.active;
        let (program, preview) = (act_name("Input", take.mix), act_name("InputPreview", take.mix));
        self.act_of(&program, before.active, false);
        self.act_of(&program, take.input, true);
        self.act_of(&preview, before.preview, false);
        self.act_of(&preview, before.active, true);
    }

    /// Puts an input on program and leaves preview alone.
    fn go_live(&mut self, query: &Query, mix: usize) -> Result<(), String> {
        let input = self.target(query)?;
        if mix == 0 {
            self.taking = None;
            self.takes += 1;
        }
        let Some(now) = self.mixes.get_mut(mix) else { return Ok(()) };
        let before = std::mem::replace(&mut now.active, input);
        if before != input {
            let name = act_name("Input", mix);
            self.act_of(&name, before, false);
            self.act_of(&name, input, true);
        }
        Ok(())
    }

    fn quick_play(&mut self, query: &Query) -> Result<(), String> {
        self.go_live(query, 0)?;
        self.play("Play", query)
    }

    fn preview(&mut self, query: &Query) -> Result<(), String> {
        let (input, mix) = (self.target(query)?, mix_of(query));
        let Some(now) = self.mixes.get_mut(mix) else { return Ok(()) };
        let before = std::mem::replace(&mut now.preview, input);
        if before != input {
            let name = act_name("InputPreview", mix);
            self.act_of(&name, before, false);
            self.act_of(&name, input, true);
        }
        Ok(())
    }

    fn overlay(&mut self, rest: &str, in_preview: bool, query: &Query) -> Result<(), String> {
        if rest == "AllOff" {
            for channel in 0..8 {
                self.set_overlay(channel, 0, false);
            }
            return Ok(());
        }
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, verb) = rest.split_at_checked(digits).unwrap_or(("", ""));
        let Some(channel) = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1)) else { return Ok(()) };
        let Some((there, _)) = self.overlays.get(channel).copied() else { return Ok(()) };
        let named = || -> Result<usize, String> {
            if query.get("Input").is_none() { Err("No Input specified".to_owned()) } else { self.target(query) }
        };
        match verb {
            "" => {
                let input = self.target(query)?;
                self.set_overlay(channel, if there == input { 0 } else { input }, in_preview);
            }
            "In" => {
                let input = named()?;
                self.set_overlay(channel, input, false);
            }
            "Last" => {
                let last = self.last_overlays.get(channel).copied().unwrap_or(0);
                self.set_overlay(channel, last, false);
            }
            "Out" | "Off" => self.set_overlay(channel, 0, false),
            _ => {}
        }
        Ok(())
    }

    fn set_overlay(&mut self, channel: usize, input: usize, preview: bool) {
        let Some(slot) = self.overlays.get_mut(channel) else { return };
        let (before, _) = std::mem::replace(slot, (input, preview && input > 0));
        if before == input {
            return;
        }
        let name = format!("Overlay{}", channel + 1);
        if before > 0 {
            if let Some(last) = self.last_overlays.get_mut(channel) {
                *last = before;
            }
            self.act_of(&name, before, false);
        }
        self.act_of(&name, input, true);
    }

    fn play(&mut self, name: &str, query: &Query) -> Result<(), String> {
        let number = self.target(query)?;
        let Some(input) = self.input_mut(number) else { return Ok(()) };
        let running = if name == "PlayPause" { !input.running } else { name == "Play" };
        if std::mem::replace(&mut input.running, running) != running {
            self.act_of("InputPlaying", number, running);
        }
        Ok(())
    }

    fn set_field(&mut self, name: &str, query: &Query) -> Result<(), String> {
        let number = self.target(query)?;
        let value = query.get("Value").unwrap_or_default();
        let element = if name == "SetText" { "text" } else { "image" };
        let Some(input) = self.input_mut(number) else { return Ok(()) };
        let mut fields = input.fields.iter_mut().filter(|f| f.element == element);
        let field = match (query.get("SelectedName"), query.get("SelectedIndex")) {
            (Some(name), _) => fields.find(|f| f.name == name),
            (None, Some(index)) => index.trim().parse().ok().and_then(|n| fields.nth(n)),
            (None, None) => fields.next(),
        };
        if let Some(field) = field {
            value.clone_into(&mut field.value);
        }
        Ok(())
    }

    fn input_audio(&mut self, name: &str, query: &Query) -> Result<(), String> {
        let number = self.target(query)?;
        let value = query.get("Value").unwrap_or_default();
        let level = if name == "SetVolumeFade" {
            let why = "Value must be Volume,Milliseconds";
            Some(value.split_once(',').map(|(v, _)| v).ok_or(why)?)
        } else {
            Some(value).filter(|_| name == "SetVolume")
        };
        let Some(audio) = self.input_mut(number).and_then(|i| i.audio.as_mut()) else { return Ok(()) };
        if let Some(level) = level {
            if let Some(amplitude) = amplitude(level) {
                audio.amplitude = amplitude;
                self.acts.push(format!("InputVolume {number} {}", float(amplitude)));
            }
        } else {
            let on = if name == "Audio" { audio.muted } else { name == "AudioOn" };
            if audio.muted == on {
                audio.muted = !on;
                self.act_of("InputAudio", number, on);
            }
        }
        Ok(())
    }

    fn master_audio(&mut self, name: &str, query: &Query) -> Result<(), String> {
        if name == "SetMasterVolume" {
            if let Some(amplitude) = amplitude(query.get("Value").unwrap_or_default()) {
                self.master.amplitude = amplitude;
                self.acts.push(format!("MasterVolume {}", float(amplitude)));
            }
            return Ok(());
        }
        let on = if name == "MasterAudio" { self.master.muted } else { name == "MasterAudioOn" };
        if self.master.muted == on {
            self.master.muted = !on;
            self.act("MasterAudio", on);
        }
        Ok(())
    }

    fn stream(&mut self, name: &str, query: &Query) -> Result<(), String> {
        let before = self.streams();
        let on = if name == "StartStopStreaming" { !before } else { name == "StartStreaming" };
        match query.get("Value").map(str::trim).filter(|v| !v.is_empty()) {
            None => self.streaming = [on; 5],
            Some(value) => {
                let channel = value.parse().ok().and_then(|n: usize| self.streaming.get_mut(n));
                if let Some(channel) = channel {
                    *channel = on;
                }
            }
        }
        if self.streams() != before {
            self.act("Streaming", on);
        }
        Ok(())
    }
}

fn swap(flag: &mut bool, to: impl Fn(bool) -> bool) -> (bool, bool) {
    let before = *flag;
    *flag = to(before);
    (before, *flag)
}

/// `Mix` counts from 0, the main mix.
fn mix_of(query: &Query) -> usize {
    query.get("Mix").and_then(|m| m.trim().parse().ok()).unwrap_or(0)
}

/// The activator of a mix: mix 1 of the wire is `InputMix2`.
fn act_name(base: &str, mix: usize) -> String {
    if mix == 0 { base.to_owned() } else { format!("{base}Mix{}", mix + 1) }
}

/// What a fader position from 0 to 100 lets through.
fn amplitude(fader: &str) -> Option<f32> {
    let fader: f32 = fader.trim().parse().ok().filter(|f: &f32| f.is_finite())?;
    Some((fader.clamp(0.0, 100.0) / 100.0).powi(4))
}
