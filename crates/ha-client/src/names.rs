//! What Home Assistant takes as a name. The rules are those of 2026.2.

use crate::error::Error;

/// A domain or a service: lower case letters, digits and underscores.
pub(crate) fn check_slug(field: &'static str, name: &str) -> Result<(), Error> {
    if is_slug(name) && name.len() <= 64 {
        return Ok(());
    }
    Err(Error::argument(field, "it must be 1 to 64 lower case letters, digits and single underscores inside"))
}

/// `light.key_light`.
pub(crate) fn check_entity_id(id: &str) -> Result<(), Error> {
    match id.split_once('.') {
        Some((domain, object)) if is_slug(domain) && is_slug(object) && !id.contains("__") && id.len() <= 255 => Ok(()),
        _ => Err(Error::argument(
            "entity_id",
            "it must look like light.key_light: lower case letters, digits, underscores, one dot",
        )),
    }
}

/// What may stand as the entity of a target: an entity, `all`, `none`, or an id of the registry (32 hex digits).
pub(crate) fn check_target(id: &str) -> Result<(), Error> {
    let registry = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if registry || matches!(id, "all" | "none") { Ok(()) } else { check_entity_id(id) }
}

/// The id of an area, a device, a floor or a label: anything printable.
pub(crate) fn check_id(field: &'static str, id: &str) -> Result<(), Error> {
    if id.is_empty() || id.len() > 255 || id.chars().any(char::is_control) {
        return Err(Error::argument(field, "it must be 1 to 255 printable characters"));
    }
    Ok(())
}

/// The type of an event: at most 64 characters.
pub(crate) fn check_event_type(name: &str) -> Result<(), Error> {
    if name.is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control) {
        return Err(Error::argument("event_type", "it must be 1 to 64 printable characters"));
    }
    Ok(())
}

fn is_slug(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !name.starts_with('_')
        && !name.ends_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["light.x", "sensor.studio_temperature_2", "a1.b"] {
            assert!(check_entity_id(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "light",
            "light.",
            ".x",
            "Light.x",
            "light.x.y",
            "light._x",
            "light.x_",
            "light.a__b",
            "light.x\r\n",
            "light.ü",
            "a/b.c",
        ] {
            assert!(check_entity_id(bad).is_err(), "{bad:?}");
        }
        assert!(check_slug("service", "turn_on").is_ok() && check_slug("service", "turn on").is_err());
        assert!(check_target("all").is_ok() && check_target("6c5bb2255169414f8dca92edaf0fce3a").is_ok());
        assert!(check_event_type("a".repeat(65).as_str()).is_err() && check_event_type("ifbus production").is_ok());
        assert!(check_id("area_id", "").is_err());
    }
}
