//! What activators and tally change in a show, and what a newly read document must not lose.

use super::{AudioBus, Input, Mix, Overlay, Show, Streaming};
use crate::event::{Act, Bus, Change, InputChange, Tally};
use std::sync::Arc;

/// Names of activators that a show keeps without knowing them.
const KEPT: usize = 512;

impl Show {
    /// Takes in an activator. True: the show is another one now.
    pub(crate) fn apply(&mut self, act: &Act) -> bool {
        match act.change() {
            // of a pair, the second says what is
            Change::Active { on: false, .. } | Change::Preview { on: false, .. } => false,
            Change::Active { mix: 1, input, .. } => put(&mut self.active, Some(input)),
            Change::Preview { mix: 1, input, .. } => put(&mut self.preview, Some(input)),
            Change::Active { mix, input, .. } => self.mix_mut(mix).is_some_and(|mix| put(&mut mix.active, Some(input))),
            Change::Preview { mix, input, .. } => {
                self.mix_mut(mix).is_some_and(|mix| put(&mut mix.preview, Some(input)))
            }
            Change::Overlay { channel, input, on } => self.overlay_changed(u32::from(channel), input, on),
            Change::Input { input, change } => self.input_changed(input, change),
            Change::Volume(bus, volume) => self.bus_changed(bus, |bus| put(&mut bus.volume, volume)),
            Change::Headphones(volume) => self.bus_changed(Bus::Master, |bus| put(&mut bus.headphones, Some(volume))),
            Change::Audio(bus, on) => self.bus_changed(bus, |bus| put(&mut bus.muted, !on)),
            Change::Solo(bus, on) => self.bus_changed(bus, |bus| put(&mut bus.solo, on)),
            Change::FadeToBlack(on) => put(&mut self.fade_to_black, on),
            Change::Recording(on) => put(&mut self.recording.on, on),
            // one of several has stopped, or all: the document will say
            Change::Streaming(false) if self.streaming.is_several() => false,
            Change::Streaming(false) => put(&mut self.streaming, Streaming::default()),
            Change::Streaming(true) => put(&mut self.streaming.on, true),
            Change::External(on) => put(&mut self.external, on),
            Change::MultiCorder(on) => put(&mut self.multi_corder, on),
            Change::Fullscreen(on) => put(&mut self.fullscreen, on),
            Change::Other => self.keep(act),
        }
    }

    /// Takes in a tally. True: the show is another one now.
    pub(crate) fn apply_tally(&mut self, tally: Tally) -> bool {
        put(&mut self.tally, Some(tally))
    }

    /// Takes over from the show before what no document says.
    pub(crate) fn inherit(&mut self, before: &Self) {
        self.tally.clone_from(&before.tally);
        self.activators.clone_from(&before.activators);
        for (at, input) in self.inputs.iter_mut().enumerate() {
            let same_place = before.inputs.get(at).filter(|old| old.key == input.key);
            let Some(old) = same_place.or_else(|| before.by_key(&input.key)).and_then(|old| old.audio.as_ref()) else {
                continue;
            };
            if old.auto.is_none() && old.channel_mixer.iter().all(Option::is_none) {
                continue;
            }
            if let Some(audio) = &mut Arc::make_mut(input).audio {
                (audio.auto, audio.channel_mixer) = (old.auto, old.channel_mixer);
            }
        }
    }

    fn mix_mut(&mut self, number: u8) -> Option<&mut Mix> {
        self.mixes.iter_mut().find(|mix| mix.number == number)
    }

    fn overlay_changed(&mut self, channel: u32, input: u32, on: bool) -> bool {
        let Some(overlay) = self.overlays.iter_mut().find(|overlay| overlay.number == channel) else {
            return false;
        };
        match (on, overlay.input) {
            (true, Some(now)) if now == input => false,
            (true, _) => {
                *overlay = Overlay { number: channel, input: Some(input), preview: false };
                true
            }
            (false, Some(now)) if now == input => {
                (overlay.input, overlay.preview) = (None, false);
                true
            }
            (false, _) => false,
        }
    }

    fn bus_changed(&mut self, bus: Bus, change: impl FnOnce(&mut AudioBus) -> bool) -> bool {
        self.audio.iter_mut().find(|audio| audio.bus == bus).is_some_and(change)
    }

    fn input_changed(&mut self, number: u32, change: InputChange) -> bool {
        let guess = (number as usize).wrapping_sub(1);
        let at = match self.inputs.get(guess) {
            Some(input) if input.number == number => guess,
            _ => match self.inputs.iter().position(|input| input.number == number) {
                Some(at) => at,
                None => return false,
            },
        };
        self.inputs.get_mut(at).is_some_and(|input| change_input(Arc::make_mut(input), change))
    }

    fn keep(&mut self, act: &Act) -> bool {
        let (None, Some(value)) = (act.input(), act.number()) else { return false };
        if let Some(kept) = self.activators.get_mut(act.name()) {
            return put(kept, value);
        }
        self.activators.len() < KEPT && self.activators.insert(act.name().into(), value).is_none()
    }
}

fn change_input(input: &mut Input, change: InputChange) -> bool {
    if let InputChange::Playing(on) = change {
        // a clip that has ended is told apart by the document alone
        if on == input.is_running() {
            return false;
        }
        input.state = if on { "Running" } else { "Paused" }.into();
        return true;
    }
    let Some(audio) = &mut input.audio else { return false };
    match change {
        InputChange::Playing(_) => false,
        InputChange::Volume(volume) => put(&mut audio.volume, volume),
        InputChange::Audio(on) => put(&mut audio.muted, !on),
        InputChange::AudioAuto(on) => put(&mut audio.auto, Some(on)),
        InputChange::Solo(on) => put(&mut audio.solo, on),
        InputChange::Sends(bus, on) => {
            let sends = audio.busses.contains(&bus.letter());
            if on && !sends {
                audio.busses.push(bus.letter());
            } else if !on {
                audio.busses.retain(|letter| *letter != bus.letter());
            }
            on != sends
        }
        InputChange::ChannelMixer(channel, gain) => {
            let place = usize::from(channel).checked_sub(1).and_then(|at| audio.channel_mixer.get_mut(at));
            place.is_some_and(|place| put(place, Some(gain)))
        }
    }
}

/// Writes, and says whether that changed anything.
fn put<T: PartialEq>(place: &mut T, value: T) -> bool {
    let changed = *place != value;
    *place = value;
    changed
}
