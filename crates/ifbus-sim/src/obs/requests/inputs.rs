//! Inputs: their list, settings and sound.

use serde_json::{Value, json};

use super::{Answer, Call, Failure, Row, V5};
use crate::obs::events::Intent;
use crate::obs::kinds::{self, KINDS};
use crate::obs::state::Input;

pub(super) const TABLE: &[Row] = &[
    ("GetInputList", V5, get_input_list),
    ("GetInputKindList", V5, get_input_kind_list),
    ("GetSpecialInputs", V5, get_special_inputs),
    ("CreateInput", V5, create_input),
    ("RemoveInput", V5, remove_input),
    ("SetInputName", V5, set_input_name),
    ("GetInputDefaultSettings", V5, get_input_default_settings),
    ("GetInputSettings", V5, get_input_settings),
    ("SetInputSettings", V5, set_input_settings),
    ("GetInputMute", V5, get_input_mute),
    ("SetInputMute", V5, set_input_mute),
    ("ToggleInputMute", V5, toggle_input_mute),
    ("GetInputVolume", V5, get_input_volume),
    ("SetInputVolume", V5, set_input_volume),
    ("GetInputAudioBalance", V5, get_input_audio_balance),
    ("SetInputAudioBalance", V5, set_input_audio_balance),
    ("GetInputAudioSyncOffset", V5, get_input_audio_sync_offset),
    ("SetInputAudioSyncOffset", V5, set_input_audio_sync_offset),
];

fn get_input_list(call: &mut Call<'_>) -> Answer {
    let kind = match call.optional("inputKind") {
        Some(_) => Some(call.string("inputKind")?),
        None => None,
    };
    let wanted = |i: &&Input| kind.as_ref().is_none_or(|k| i.kind.name == k);
    let row = |i: &Input| {
        json!({
            "inputKind": i.kind.name,
            "inputKindCaps": i.kind.caps,
            "inputName": i.name,
            "inputUuid": i.uuid,
            "unversionedInputKind": i.kind.unversioned,
        })
    };
    let mut rows: Vec<_> = call.state.inputs.iter().filter(wanted).map(row).collect();
    if call.state.version.lists_newest_first() {
        rows.reverse();
    }
    Ok(Some(json!({"inputs": rows})))
}

fn get_input_kind_list(call: &mut Call<'_>) -> Answer {
    let plain = call.boolean_or("unversioned", false)?;
    let names = KINDS.iter().map(|k| if plain { k.unversioned } else { k.name });
    Ok(Some(json!({"inputKinds": names.collect::<Vec<_>>()})))
}

fn get_special_inputs(call: &mut Call<'_>) -> Answer {
    let mic = call.state.inputs.iter().find(|i| i.kind.name == kinds::MICROPHONE).map(|i| &i.name);
    Ok(Some(json!({
        "desktop1": null,
        "desktop2": null,
        "mic1": mic,
        "mic2": null,
        "mic3": null,
        "mic4": null,
    })))
}

fn create_input(call: &mut Call<'_>) -> Answer {
    let scene = call.scene()?;
    let (name, kind) = (call.string("inputName")?, call.string("inputKind")?);
    if call.state.name_taken(&name) {
        return Err(Failure::new(601, "A source already exists by that input name."));
    }
    let Some(kind) = kinds::find(&kind) else {
        let why = "Your specified input kind is not supported by OBS. Check that your specified kind is properly \
                   versioned and that any necessary plugins are loaded.";
        return Err(Failure::new(605, why));
    };
    let settings = match call.optional("inputSettings") {
        Some(_) => call.object("inputSettings", true)?,
        None => serde_json::Map::new(),
    };
    let enabled = call.boolean_or("sceneItemEnabled", true)?;
    let state = &mut *call.state;
    let uuid = state.fresh_uuid(&name);
    let data = json!({
        "defaultInputSettings": defaults(kind),
        "inputKind": kind.name,
        "inputKindCaps": kind.caps,
        "inputName": name,
        "inputSettings": settings,
        "inputUuid": uuid,
        "unversionedInputKind": kind.unversioned,
    });
    state.inputs.push(Input::new(&name, &uuid, kind, settings));
    state.emit(Intent::Inputs, "InputCreated", data);
    let item = super::items::create(state, &scene, &uuid, enabled);
    Ok(Some(json!({"inputUuid": uuid, "sceneItemId": item})))
}

fn remove_input(call: &mut Call<'_>) -> Answer {
    let (name, uuid) = identity(call.input()?);
    let state = &mut *call.state;
    state.inputs.retain(|i| i.uuid != uuid);
    state.emit(Intent::Inputs, "InputRemoved", json!({"inputName": name, "inputUuid": uuid}));
    super::items::forget(state, &name, &uuid);
    Ok(None)
}

fn set_input_name(call: &mut Call<'_>) -> Answer {
    let (old, uuid) = identity(call.input()?);
    let name = call.string("newInputName")?;
    if call.state.name_taken(&name) {
        return Err(Failure::new(601, "A source already exists by that new input name."));
    }
    call.input()?.name.clone_from(&name);
    let data = json!({"inputName": name, "inputUuid": uuid, "oldInputName": old});
    call.state.emit(Intent::Inputs, "InputNameChanged", data);
    Ok(None)
}

fn get_input_default_settings(call: &mut Call<'_>) -> Answer {
    let kind = kinds::find(&call.string("inputKind")?).ok_or_else(|| Failure::bare(605))?;
    Ok(Some(json!({"defaultInputSettings": defaults(kind)})))
}

fn get_input_settings(call: &mut Call<'_>) -> Answer {
    let input = call.input()?;
    Ok(Some(json!({"inputKind": input.kind.name, "inputSettings": input.settings})))
}

fn set_input_settings(call: &mut Call<'_>) -> Answer {
    let (name, uuid) = identity(call.input()?);
    let new = call.object("inputSettings", true)?;
    let overlay = call.boolean_or("overlay", true)?;
    let input = call.input()?;
    if overlay {
        input.settings.extend(new);
    } else {
        input.settings = new;
    }
    let data = json!({"inputName": name, "inputSettings": input.settings, "inputUuid": uuid});
    call.state.emit(Intent::Inputs, "InputSettingsChanged", data);
    Ok(None)
}

fn get_input_mute(call: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"inputMuted": call.audio_input()?.muted})))
}

fn set_input_mute(call: &mut Call<'_>) -> Answer {
    call.audio_input()?;
    let muted = call.boolean("inputMuted")?;
    mute(call, muted)
}

fn toggle_input_mute(call: &mut Call<'_>) -> Answer {
    let muted = !call.audio_input()?.muted;
    mute(call, muted)?;
    Ok(Some(json!({"inputMuted": muted})))
}

fn mute(call: &mut Call<'_>, muted: bool) -> Answer {
    let input = call.audio_input()?;
    input.muted = muted;
    let data = json!({"inputMuted": muted, "inputName": input.name, "inputUuid": input.uuid});
    // It is told even if nothing became different.
    call.state.emit(Intent::Inputs, "InputMuteStateChanged", data);
    Ok(None)
}

fn get_input_volume(call: &mut Call<'_>) -> Answer {
    let input = call.audio_input()?;
    let (db, mul) = (f64::from(input.volume_db()), f64::from(input.volume));
    Ok(Some(json!({"inputVolumeDb": db, "inputVolumeMul": mul})))
}

#[allow(clippy::cast_possible_truncation)]
fn set_input_volume(call: &mut Call<'_>) -> Answer {
    call.audio_input()?;
    let has = |field: &str| call.optional(field).is_some();
    let mul = match (has("inputVolumeMul"), has("inputVolumeDb")) {
        (true, true) => return Err(Failure::new(404, "You may only specify one volume field.")),
        (false, false) => return Err(Failure::new(300, "You must specify one volume field.")),
        (true, false) => call.number("inputVolumeMul", 0.0, 20.0)? as f32,
        (false, true) => 10_f32.powf(call.number("inputVolumeDb", -100.0, 26.0)? as f32 / 20.0),
    };
    let input = call.audio_input()?;
    input.volume = mul;
    let (db, mul) = (f64::from(input.volume_db()), f64::from(mul));
    let data = json!({"inputName": input.name, "inputUuid": input.uuid, "inputVolumeDb": db, "inputVolumeMul": mul});
    call.state.emit(Intent::Inputs, "InputVolumeChanged", data);
    Ok(None)
}

fn get_input_audio_balance(call: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"inputAudioBalance": call.audio_input()?.balance})))
}

fn set_input_audio_balance(call: &mut Call<'_>) -> Answer {
    call.audio_input()?;
    let balance = call.number("inputAudioBalance", 0.0, 1.0)?;
    let input = call.audio_input()?;
    input.balance = balance;
    let data = json!({"inputAudioBalance": balance, "inputName": input.name, "inputUuid": input.uuid});
    call.state.emit(Intent::Inputs, "InputAudioBalanceChanged", data);
    Ok(None)
}

fn get_input_audio_sync_offset(call: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"inputAudioSyncOffset": call.audio_input()?.sync_offset_ms})))
}

#[allow(clippy::cast_possible_truncation)]
fn set_input_audio_sync_offset(call: &mut Call<'_>) -> Answer {
    call.audio_input()?;
    let ms = call.number("inputAudioSyncOffset", -950.0, 20_000.0)? as i64;
    let input = call.audio_input()?;
    input.sync_offset_ms = ms;
    let data = json!({"inputAudioSyncOffset": ms, "inputName": input.name, "inputUuid": input.uuid});
    call.state.emit(Intent::Inputs, "InputAudioSyncOffsetChanged", data);
    Ok(None)
}

fn identity(input: &Input) -> (String, String) {
    (input.name.clone(), input.uuid.clone())
}

fn defaults(kind: &kinds::Kind) -> Value {
    serde_json::from_str(kind.defaults).unwrap_or_default()
}
