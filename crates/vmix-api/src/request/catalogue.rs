//! What is known about a function by its name.

use super::names::NAMES;
use crate::error::Error;

/// What a function's name says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing in particular.
    Plain,
    /// Its value is a secret.
    Secret,
    /// It runs code or types keys on the vMix host.
    Host,
}

/// Every name that vMix is known to have (vMix 27 to 29), in byte order.
pub fn names() -> impl ExactSizeIterator<Item = &'static str> {
    NAMES.iter().map(|(name, _)| *name)
}

/// Whether vMix is known to have a function of exactly this name.
#[must_use]
pub fn is_known(name: &str) -> bool {
    NAMES.binary_search_by_key(&name, |(known, _)| known).is_ok()
}

/// Whether the `Value` of this function is a secret, such as a password or a stream key.
#[must_use]
pub fn has_secret(name: &str) -> bool {
    kind(name) == Kind::Secret
}

/// The known name that is most like this one, if any is like it at all.
#[must_use]
pub fn suggestion(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let alike = |known: &str| strsim::jaro_winkler(&known.to_ascii_lowercase(), &lower);
    names()
        .map(|known| (alike(known), known))
        .filter(|(score, _)| *score > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// What is known about this name; whether vMix minds the case of letters is not known, so it does not matter here.
pub(super) fn kind(name: &str) -> Kind {
    let found = NAMES.iter().find(|(known, kind)| *kind != Kind::Plain && known.eq_ignore_ascii_case(name));
    found.map_or(Kind::Plain, |(_, kind)| *kind)
}

/// All that vMix's functions take; the case of letters does not matter.
const PARAMETERS: [&str; 7] = ["Input", "Value", "Duration", "Mix", "Channel", "SelectedName", "SelectedIndex"];

/// Refuses a parameter that no function has: vMix would act as if it had not been given.
pub(super) fn check_parameter(name: &str) -> Result<(), Error> {
    if PARAMETERS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let (name, all) = (name.escape_default(), PARAMETERS.join(", "));
    Err(Error::invalid("parameter", format!("vMix has no parameter \"{name}\"; there are: {all}")))
}

/// Refuses a name that vMix does not have: over TCP it would say OK and do nothing.
pub(super) fn check(name: &str) -> Result<(), Error> {
    if is_known(name) {
        return Ok(());
    }
    let hint = suggestion(name).map(|known| format!(" Did you mean {known}?")).unwrap_or_default();
    Err(Error::invalid("function", format!("vMix has no function \"{}\".{hint}", name.escape_default())))
}
