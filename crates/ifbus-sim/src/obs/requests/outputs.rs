//! Recording, stream, virtual camera, replay buffer.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, Call, Failure, Row, V5};
use crate::obs::Version;
use crate::obs::events::Intent;
use crate::obs::state::{Output, Phase, State, Step};

pub(super) const TABLE: &[Row] = &[
    ("GetRecordStatus", V5, get_record_status),
    ("ToggleRecord", V5, toggle_record),
    ("StartRecord", V5, start_record),
    ("StopRecord", V5, stop_record),
    ("ToggleRecordPause", V5, toggle_record_pause),
    ("PauseRecord", V5, pause_record),
    ("ResumeRecord", V5, resume_record),
    ("SplitRecordFile", Version(5, 5, 0), split_record_file),
    ("CreateRecordChapter", Version(5, 5, 0), create_record_chapter),
    ("GetStreamStatus", V5, get_stream_status),
    ("ToggleStream", V5, toggle_stream),
    ("StartStream", V5, start_stream),
    ("StopStream", V5, stop_stream),
    ("SendStreamCaption", V5, send_stream_caption),
    ("GetVirtualCamStatus", V5, get_virtual_cam_status),
    ("ToggleVirtualCam", V5, toggle_virtual_cam),
    ("StartVirtualCam", V5, start_virtual_cam),
    ("StopVirtualCam", V5, stop_virtual_cam),
    ("GetReplayBufferStatus", V5, get_replay_buffer_status),
    ("ToggleReplayBuffer", V5, toggle_replay_buffer),
    ("StartReplayBuffer", V5, start_replay_buffer),
    ("StopReplayBuffer", V5, stop_replay_buffer),
    ("SaveReplayBuffer", V5, save_replay_buffer),
    ("GetLastReplayBufferReplay", V5, get_last_replay_buffer_replay),
    ("GetOutputStatus", V5, get_output_status),
];

fn timecode(d: Duration) -> String {
    let s = d.as_secs();
    format!("{:02}:{:02}:{:02}.{:03}", s / 3600, s / 60 % 60, s % 60, d.subsec_millis())
}

fn millis(d: Duration) -> u64 {
    u64::try_from(d.as_millis()).unwrap_or(u64::MAX)
}

/// About a megabit per second of file.
fn bytes(d: Duration) -> u64 {
    millis(d).saturating_mul(125)
}

fn now_stamp() -> String {
    let t = time::OffsetDateTime::now_utc();
    let (h, m, s) = t.to_hms();
    format!("{} {h:02}-{m:02}-{s:02}", t.date())
}

/// Judges a start: running is a failure, starting or stopping is taken once more without effect.
fn may_start(output: &Output) -> Result<bool, Failure> {
    if output.active() { Err(Failure::bare(500)) } else { Ok(output.phase == Phase::Off) }
}

fn may_stop(output: &Output) -> Result<(), Failure> {
    if output.active() { Ok(()) } else { Err(Failure::bare(501)) }
}

impl State {
    fn soon(&mut self, step: Step) {
        self.later.push((self.output_delay, step));
    }
}

fn get_record_status(call: &mut Call<'_>) -> Answer {
    let r = &call.state.record;
    let d = r.duration();
    Ok(Some(json!({
        "outputActive": r.active(),
        "outputBytes": bytes(d),
        "outputDuration": millis(d),
        "outputPaused": r.paused,
        "outputTimecode": timecode(d),
    })))
}

fn toggle_record(call: &mut Call<'_>) -> Answer {
    let active = !call.state.record.active();
    if active { start_record(call) } else { stop_record(call) }?;
    Ok(Some(json!({"outputActive": active})))
}

fn start_record(call: &mut Call<'_>) -> Answer {
    let state = &mut *call.state;
    let fresh = may_start(&state.record)?;
    state.record_event(false, "STARTING", &Value::Null);
    if fresh {
        state.record.phase = Phase::Starting;
        state.record_path = Some(format!("{}/{}.mp4", state.record_directory, now_stamp()));
        state.soon(Step::RecordStarted);
    }
    Ok(None)
}

fn stop_record(call: &mut Call<'_>) -> Answer {
    let state = &mut *call.state;
    may_stop(&state.record)?;
    state.record.phase = Phase::Stopping;
    state.record.since = None;
    state.record.before = Duration::ZERO;
    state.record.paused = false;
    state.record_event(false, "STOPPING", &Value::Null);
    state.soon(Step::RecordStopped);
    Ok(Some(json!({"outputPath": state.record_path})))
}

fn pause(state: &mut State) {
    // Without a recording OBS says yes to a pause, and does nothing.
    if state.record.active() {
        state.record.pause();
        state.record_event(false, "PAUSED", &Value::Null);
    }
}

fn resume(state: &mut State) {
    state.record.resume();
    state.record_event(true, "RESUMED", &Value::Null);
}

fn toggle_record_pause(call: &mut Call<'_>) -> Answer {
    let paused = !call.state.record.paused;
    if paused {
        pause(call.state);
    } else {
        resume(call.state);
    }
    Ok(Some(json!({"outputPaused": paused})))
}

fn pause_record(call: &mut Call<'_>) -> Answer {
    if call.state.record.paused {
        return Err(Failure::bare(502));
    }
    pause(call.state);
    Ok(None)
}

fn resume_record(call: &mut Call<'_>) -> Answer {
    if !call.state.record.paused {
        return Err(Failure::bare(503));
    }
    resume(call.state);
    Ok(None)
}

fn split_record_file(call: &mut Call<'_>) -> Answer {
    may_stop(&call.state.record)?;
    Err(Failure::new(702, "Verify that file splitting is enabled in the output settings."))
}

fn create_record_chapter(call: &mut Call<'_>) -> Answer {
    may_stop(&call.state.record)?;
    if call.optional("chapterName").is_some() {
        call.string("chapterName")?;
    }
    Ok(None)
}

fn running(o: &Output) -> Value {
    let d = o.duration();
    json!({
        "outputActive": o.active(),
        "outputBytes": bytes(d),
        "outputCongestion": 0.0,
        "outputDuration": millis(d),
        "outputReconnecting": false,
        "outputSkippedFrames": 0,
        "outputTimecode": timecode(d),
        "outputTotalFrames": millis(d).saturating_mul(30) / 1000,
    })
}

fn get_stream_status(call: &mut Call<'_>) -> Answer {
    Ok(Some(running(&call.state.stream)))
}

fn toggle_stream(call: &mut Call<'_>) -> Answer {
    let active = !call.state.stream.active();
    if active { start_stream(call) } else { stop_stream(call) }?;
    Ok(Some(json!({"outputActive": active})))
}

fn start_stream(call: &mut Call<'_>) -> Answer {
    let state = &mut *call.state;
    let fresh = may_start(&state.stream)?;
    state.output_event("StreamStateChanged", false, "STARTING");
    if fresh {
        state.stream.phase = Phase::Starting;
        state.soon(Step::StreamStarted);
    }
    Ok(None)
}

fn stop_stream(call: &mut Call<'_>) -> Answer {
    let state = &mut *call.state;
    may_stop(&state.stream)?;
    state.stream = Output { phase: Phase::Stopping, ..Output::default() };
    state.output_event("StreamStateChanged", false, "STOPPING");
    state.soon(Step::StreamStopped);
    Ok(None)
}

fn send_stream_caption(call: &mut Call<'_>) -> Answer {
    may_stop(&call.state.stream)?;
    call.string("captionText")?;
    Ok(None)
}

fn camera(call: &Call<'_>) -> Result<(), Failure> {
    if call.state.virtual_cam_available { Ok(()) } else { Err(Failure::new(604, "VirtualCam is not available.")) }
}

fn get_virtual_cam_status(call: &mut Call<'_>) -> Answer {
    camera(call)?;
    Ok(Some(json!({"outputActive": call.state.virtual_cam.active()})))
}

fn toggle_virtual_cam(call: &mut Call<'_>) -> Answer {
    camera(call)?;
    let active = !call.state.virtual_cam.active();
    if active { start_virtual_cam(call) } else { stop_virtual_cam(call) }?;
    Ok(Some(json!({"outputActive": active})))
}

fn start_virtual_cam(call: &mut Call<'_>) -> Answer {
    camera(call)?;
    let state = &mut *call.state;
    let fresh = may_start(&state.virtual_cam)?;
    state.output_event("VirtualcamStateChanged", false, "STARTING");
    if fresh {
        state.virtual_cam.phase = Phase::Starting;
        state.soon(Step::VirtualCamStarted);
    }
    Ok(None)
}

fn stop_virtual_cam(call: &mut Call<'_>) -> Answer {
    camera(call)?;
    let state = &mut *call.state;
    may_stop(&state.virtual_cam)?;
    state.virtual_cam = Output { phase: Phase::Stopping, ..Output::default() };
    state.output_event("VirtualcamStateChanged", false, "STOPPING");
    state.soon(Step::VirtualCamStopped);
    Ok(None)
}

fn get_replay_buffer_status(call: &mut Call<'_>) -> Answer {
    Ok(Some(json!({"outputActive": call.state.replay.active()})))
}

fn toggle_replay_buffer(call: &mut Call<'_>) -> Answer {
    let active = !call.state.replay.active();
    if active { start_replay_buffer(call) } else { stop_replay_buffer(call) }?;
    Ok(Some(json!({"outputActive": active})))
}

fn start_replay_buffer(call: &mut Call<'_>) -> Answer {
    let state = &mut *call.state;
    let fresh = may_start(&state.replay)?;
    state.output_event("ReplayBufferStateChanged", false, "STARTING");
    if fresh {
        state.replay.phase = Phase::Starting;
        state.soon(Step::ReplayStarted);
    }
    Ok(None)
}

fn stop_replay_buffer(call: &mut Call<'_>) -> Answer {
    let state = &mut *call.state;
    may_stop(&state.replay)?;
    state.replay = Output { phase: Phase::Stopping, ..Output::default() };
    state.output_event("ReplayBufferStateChanged", false, "STOPPING");
    state.soon(Step::ReplayStopped);
    Ok(None)
}

fn save_replay_buffer(call: &mut Call<'_>) -> Answer {
    let state = &mut *call.state;
    may_stop(&state.replay)?;
    let path = format!("{}/Replay {}.mp4", state.record_directory, now_stamp());
    state.emit(Intent::Outputs, "ReplayBufferSaved", json!({"savedReplayPath": path}));
    state.last_replay = Some(path);
    Ok(None)
}

fn get_last_replay_buffer_replay(call: &mut Call<'_>) -> Answer {
    may_stop(&call.state.replay)?;
    Ok(Some(json!({"savedReplayPath": call.state.last_replay.as_deref().unwrap_or_default()})))
}

fn get_output_status(call: &mut Call<'_>) -> Answer {
    let name = call.string("outputName")?;
    let output = match name.as_str() {
        "simple_file_output" => &call.state.record,
        "simple_stream" => &call.state.stream,
        "Replay Buffer" => &call.state.replay,
        "virtualcam_output" if call.state.virtual_cam_available => &call.state.virtual_cam,
        _ => return Err(Failure::new(600, format!("No output was found with the name `{name}`."))),
    };
    Ok(Some(running(output)))
}
