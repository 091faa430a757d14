//! Colours of lights.

use serde_json::{Map, Value, json};

use super::services::integer;

/// The largest red, green and blue.
pub(super) const RGB: &[u16] = &[255, 255, 255];
/// The largest hue in degrees, and saturation in percent.
pub(super) const HS: &[u16] = &[360, 100];

const NAMES: &[(&str, [u8; 3])] = &[
    ("red", [255, 0, 0]),
    ("green", [0, 128, 0]),
    ("blue", [0, 0, 255]),
    ("yellow", [255, 255, 0]),
    ("orange", [255, 165, 0]),
    ("purple", [128, 0, 128]),
    ("white", [255, 255, 255]),
];

/// Checks a colour: as many numbers as there are limits, each from 0 to its limit. The words are those of the validator
/// that Home Assistant uses, which says `None` to a wrong length.
pub(super) fn check(key: &str, value: &Value, limits: &[u16]) -> Result<(), String> {
    let Some(list) = value.as_array() else {
        return Err(format!("expected tuple for dictionary value @ data['{key}']"));
    };
    if list.len() != limits.len() {
        return Err(format!("None for dictionary value @ data['{key}']"));
    }
    // Red, green and blue are whole; hue and saturation need not be.
    let (kind, number): (_, fn(&Value) -> Option<f64>) =
        if limits == RGB { ("int", |v| integer(v).map(|n| n as f64)) } else { ("float", real) };
    for (i, (part, limit)) in list.iter().zip(limits).enumerate() {
        let why = match number(part) {
            None => format!("expected {kind}"),
            Some(n) if n < 0.0 => "value must be at least 0".to_owned(),
            Some(n) if n > f64::from(*limit) => format!("value must be at most {limit}"),
            Some(_) => continue,
        };
        return Err(format!("{why} @ data['{key}'][{i}]"));
    }
    Ok(())
}

/// What Python's `float()` makes of it.
fn real(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The colour that a call asks for. A name that is not known is white, as on the real one.
pub(super) fn asked(data: &Map<String, Value>) -> Option<[u8; 3]> {
    if let Some(name) = data.get("color_name").and_then(Value::as_str) {
        let named = NAMES.iter().find(|(n, _)| *n == name.to_lowercase());
        return Some(named.map_or([255; 3], |(_, rgb)| *rgb));
    }
    if let Some(list) = data.get("hs_color").and_then(Value::as_array) {
        let parts: Vec<f64> = list.iter().filter_map(real).collect();
        let [hue, saturation] = parts.try_into().ok()?;
        return Some(from_hs(hue, saturation / 100.0));
    }
    rgb(data.get("rgb_color")?)
}

/// The brightest colour of a hue in degrees and a saturation up to 1.
fn from_hs(hue: f64, saturation: f64) -> [u8; 3] {
    // How far red, green and blue are from full light, by their distance from the hue on the circle.
    [0.0, 240.0, 120.0].map(|turn| {
        let place = (hue + turn).rem_euclid(360.0) / 60.0;
        let light = ((place - 3.0).abs() - 1.0).clamp(0.0, 1.0);
        byte((1.0 - saturation * (1.0 - light)) * 255.0)
    })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn byte(level: f64) -> u8 {
    level.round().clamp(0.0, 255.0) as u8
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
    json!([round(sector * 60.0), round(range / max * 100.0)])
}

/// The place in the chromaticity diagram, to three places, for lamps with wide primaries (D65).
pub(super) fn xy(value: &Value) -> Value {
    let Some(rgb) = rgb(value) else { return Value::Null };
    let [r, g, b] = rgb.map(|part| {
        let level = f64::from(part) / 255.0;
        if level > 0.04045 { ((level + 0.055) / 1.055).powf(2.4) } else { level / 12.92 }
    });
    let x = r * 0.664_511 + g * 0.154_324 + b * 0.162_028;
    let y = r * 0.283_881 + g * 0.668_433 + b * 0.047_685;
    let z = r * 0.000_088 + g * 0.072_310 + b * 0.986_039;
    let sum = x + y + z;
    if sum == 0.0 { json!([0.0, 0.0]) } else { json!([round(x / sum), round(y / sum)]) }
}

fn round(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
