//! Activators: what `ACTS` asks for.

use super::state::State;
use super::xml::float;

/// Every activator, with its scope.
const NAMES: &str = include_str!("activators.txt");

impl State {
    /// The answer to `ACTS name [input]`, without the word itself.
    pub(super) fn activator(&self, name: &str, input: Option<&str>) -> String {
        let scope = NAMES.lines().filter_map(|l| l.split_once(' ')).find(|(n, _)| *n == name).map(|(_, s)| s);
        match scope {
            None => "ER Invalid Activator".to_owned(),
            Some("input") => self.of_input(name, input),
            Some(_) => format!("OK {name} {}", self.global(name)),
        }
    }

    fn global(&self, name: &str) -> String {
        let on = match name {
            "MasterVolume" => return float(self.master.amplitude),
            "MasterAudio" => !self.master.muted,
            "MasterHeadphones" => true,
            "FadeToBlack" => self.fade_to_black,
            "Recording" => self.recording.is_some(),
            "External" => self.external,
            "MultiCorder" => self.multi_corder,
            "Fullscreen" => self.fullscreen,
            "Streaming" => self.streams(),
            _ => false,
        };
        u8::from(on).to_string()
    }

    fn of_input(&self, name: &str, input: Option<&str>) -> String {
        let mix = |suffix: &str| suffix.strip_prefix("Mix").and_then(|n| n.parse::<usize>().ok()?.checked_sub(1));
        let overlay = name.strip_prefix("Overlay").and_then(|n| n.trim_end_matches("Any").parse::<usize>().ok());
        // Who holds the place that this activator is about.
        let holder = match name {
            "Input" => Some(self.main().active),
            "InputPreview" => Some(self.main().preview),
            _ => {
                let preview = name.strip_prefix("InputPreview").and_then(mix).map(|m| (m, true));
                let place = preview.or_else(|| name.strip_prefix("Input").and_then(mix).map(|m| (m, false)));
                let of_mix = |(m, preview): (usize, bool)| {
                    self.mixes.get(m).map_or(0, |mix| if preview { mix.preview } else { mix.active })
                };
                let of_overlay = |n: usize| n.checked_sub(1).and_then(|i| self.overlays.get(i)).map_or(0, |(i, _)| *i);
                place.map(of_mix).or_else(|| overlay.map(of_overlay))
            }
        };
        let number = match input {
            Some(_) => self.find(input),
            None => holder.filter(|n| *n > 0),
        };
        let Some(number) = number else { return "ER No Input".to_owned() };
        let value = match (holder, self.input(number)) {
            (Some(holder), _) => u8::from(holder == number).to_string(),
            (None, Some(i)) => match (name, &i.audio) {
                ("InputPlaying", _) => u8::from(i.running).to_string(),
                ("InputVolume", Some(audio)) => float(audio.amplitude),
                ("InputAudio", Some(audio)) => u8::from(!audio.muted).to_string(),
                ("InputMasterAudio", Some(_)) => "1".to_owned(),
                _ => "0".to_owned(),
            },
            (None, None) => "0".to_owned(),
        };
        format!("OK {name} {number} {value}")
    }
}
