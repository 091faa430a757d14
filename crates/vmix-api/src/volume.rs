//! The two scales of loudness: what is set is the fader, what is reported is the amplitude.

/// The position of a fader, from 0 to 100: what `SetVolume` and its kin take.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Fader(f64);

/// A linear gain: 0 is silence, 1 is unity. vMix reports it from 0 to 1 in activators and from 0 to 100 in the state
/// document; the two are alike here.
///
/// `amplitude = (fader / 100)^4`, seen on vMix 29: a fader at 50 reads back as 0.0625.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Amplitude(f64);

impl Fader {
    /// A position; outside of 0 to 100 it becomes the nearer end, and what is no number becomes 0.
    #[must_use]
    pub fn new(position: f64) -> Self {
        Self(if position.is_nan() { 0.0 } else { position.clamp(0.0, 100.0) })
    }

    /// The position, 0 to 100.
    #[must_use]
    pub fn position(self) -> f64 {
        self.0
    }

    /// What vMix reports for this position.
    #[must_use]
    pub fn amplitude(self) -> Amplitude {
        Amplitude((self.0 / 100.0).powi(4))
    }
}

impl Amplitude {
    /// A gain; vMix sends 0 to 1.
    #[must_use]
    pub fn new(gain: f64) -> Self {
        Self(gain)
    }

    /// The gain.
    #[must_use]
    pub fn gain(self) -> f64 {
        self.0
    }

    /// The fader that gives this amplitude.
    #[must_use]
    pub fn fader(self) -> Fader {
        Fader::new(self.0.max(0.0).powf(0.25) * 100.0)
    }
}

impl From<Amplitude> for Fader {
    fn from(amplitude: Amplitude) -> Self {
        amplitude.fader()
    }
}

impl From<Fader> for Amplitude {
    fn from(fader: Fader) -> Self {
        fader.amplitude()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scales_meet_where_vmix_was_seen_to() {
        for (fader, amplitude) in [(0.0, 0.0), (50.0, 0.0625), (75.0, 0.316_406_3), (90.0, 0.656_099_9), (100.0, 1.0)] {
            assert!((Fader::new(fader).amplitude().gain() - amplitude).abs() < 1e-6, "{fader}");
            assert!((Amplitude::new(amplitude).fader().position() - fader).abs() < 1e-4, "{amplitude}");
        }
        assert_eq!(Fader::new(250.0).position(), 100.0);
        assert_eq!(Fader::new(f64::NAN).position(), 0.0);
        assert_eq!(Amplitude::new(-1.0).fader().position(), 0.0);
    }
}
