//! Colours of lights.

use serde_json::{Map, Value, json};

use super::services::integer;

const NAMES: &[(&str, [u8; 3])] = &[
    ("red", [255, 0, 0]),
    ("green", [0, 128, 0]),
    ("blue", [0, 0, 255]),
    ("yellow", [255, 255, 0]),
    ("orange", [255, 165, 0]),
    ("purple", [128, 0, 128]),
    ("white", [255, 255, 255]),
];

/// Checks an `rgb_color`: three whole numbers from 0 to 255. The words are those of the validator that Home Assistant
/// uses, which says `None` to a wrong length.
pub(super) fn check(key: &str, value: &Value) -> Result<(), String> {
    let Some(list) = value.as_array() else {
        return Err(format!("expected tuple for dictionary value @ data['{key}']"));
    };
    if list.len() != 3 {
        return Err(format!("None for dictionary value @ data['{key}']"));
    }
    for (i, part) in list.iter().enumerate() {
        let why = match integer(part) {
            None => "expected int",
            Some(n) if n < 0 => "value must be at least 0",
            Some(n) if n > 255 => "value must be at most 255",
            Some(_) => continue,
        };
        return Err(format!("{why} @ data['{key}'][{i}]"));
    }
    Ok(())
}

/// The colour that a call asks for. A name that is not known is white, as on the real one.
pub(super) fn asked(data: &Map<String, Value>) -> Option<[u8; 3]> {
    if let Some(name) = data.get("color_name").and_then(Value::as_str) {
        let named = NAMES.iter().find(|(n, _)| *n == name.to_lowercase());
        return Some(named.map_or([255; 3], |(_, rgb)| *rgb));
    }
    rgb(data.get("rgb_color")?)
}

fn rgb(value: &Value) -> Option<[u8; 3]> {
    let parts: Vec<u8> = value.as_array()?.iter().filter_map(|p| u8::try_from(integer(p)?).ok()).collect();
    parts.try_into().ok()
}

/// Hue in degrees and saturation in percent, to three places.
pub(super) fn hs(value: &Value) -> Value {
    let Some([r, g, b]) = rgb(value) else { return Value::Null };
    let [r, g, b] = [r, g, b].map(|c| f64::from(c) / 255.0);
    let (max, min) = (r.max(g).max(b), r.min(g).min(b));
    let range = max - min;
    if range == 0.0 {
        return json!([0.0, 0.0]);
    }
    let sector = if r >= max {
        ((g - b) / range).rem_euclid(6.0)
    } else if g >= max {
        (b - r) / range + 2.0
    } else {
        (r - g) / range + 4.0
    };
    let round = |f: f64| (f * 1000.0).round() / 1000.0;
    json!([round(sector * 60.0), round(range / max * 100.0)])
}
