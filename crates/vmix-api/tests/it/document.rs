//! State documents: facts that stand in their bytes.

use crate::data;
use secrecy::ExposeSecret;
use std::time::Duration;
use vmix_api::show::FieldKind;
use vmix_api::{Amplitude, Bus, Show};

fn read(name: &str) -> Show {
    Show::from_xml(&data(name)).unwrap()
}

#[test]
fn three_inputs() {
    let show = read("state-003-inputs.xml");
    assert_eq!((show.version.as_str(), show.edition.as_deref()), ("29.0.0.49", Some("4K")));
    assert_eq!(show.preset.as_deref(), Some(r"C:\Shows\Test Show\last.vmix"));
    assert_eq!((show.active, show.preview), (Some(1), Some(2)));
    let camera = &show.inputs[0];
    assert_eq!(camera.key, "21636369-8b52-4b4a-97b7-50923ceb3ffd");
    assert_eq!((camera.kind.as_str(), camera.title.as_str()), ("Capture", "Camera 1"));
    assert!(camera.is_running());
    let audio = camera.audio.as_ref().unwrap();
    assert_eq!((audio.volume, audio.balance, audio.gain_db), (Amplitude::new(1.0), 1.0, Some(12.5)));
    assert_eq!((audio.busses.as_slice(), audio.meters), (&['M', 'C', 'G'][..], [0.0, 0.103_997_7]));
    assert_eq!(camera.colour.iter().find(|(name, _)| name == "gainB"), Some(&("gainB".to_owned(), 1.05)));
    assert_eq!(show.inputs[1].audio, None, "a colour has no sound: it is not muted either");
    let title = &show.inputs[2];
    assert_eq!(title.field("Headline.Text").unwrap().value, "");
    assert_eq!(title.field("Description.Text").unwrap().value, "Line one\r\nLine two");
    assert_eq!(title.field("Logo.Source").unwrap().kind, FieldKind::Image);
    assert_eq!(title.field("Background.Fill.Color").unwrap().value, "#FF1E90FF");
    assert_eq!((show.overlays.len(), show.overlays[15].input), (16, None));
    assert_eq!(
        (show.transitions[3].effect.as_str(), show.transitions[0].duration),
        ("CubeZoom", Duration::from_millis(500))
    );
    assert_eq!(show.mixes.iter().map(|mix| (mix.number, mix.active)).collect::<Vec<_>>(), [(2, None), (3, None)]);
    assert_eq!((show.outputs.len(), show.outputs[1].input, show.outputs[2].mix), (6, Some(3), Some(1)));
    assert!(show.outputs[2].omt && !show.outputs[2].ndi);
    assert_eq!(show.bus(Bus::Master).unwrap().headphones, Some(Amplitude::new(74.8052 / 100.0)));
    assert_eq!(show.bus(Bus::Named('B')).unwrap().name.as_deref(), Some("Talkback"));
    assert!(show.bus(Bus::Named('E')).unwrap().muted);
    assert_eq!((show.dynamic.inputs[0].as_str(), show.dynamic.values[0].as_str()), ("3", "Team & Co"));
    assert_eq!((show.streaming.on, show.streaming.is_on(Some(0))), (false, Some(false)));
    assert!(show.unknown.is_empty(), "{:?}", show.unknown);
    assert!(show.inputs.iter().all(|input| input.unknown.is_empty()));
}

#[test]
fn thirty_inputs_of_all_kinds() {
    let show = read("state-030-inputs.xml");
    assert_eq!(show.inputs.len(), 30);
    assert_eq!(show.inputs[4].title, "Réalisation – 東京 🎥");
    assert_eq!(show.inputs[7].title, r#"Q&A <Panel> "Live""#);
    assert_eq!(show.inputs[5].marks, [Some(Duration::from_millis(1200)), Some(Duration::from_millis(17870))]);
    let list = &show.inputs[3];
    assert_eq!((list.items.len(), list.selected_index), (5, Some(5)));
    assert!(list.items[4].selected && !list.items[0].selected);
    let layers = &show.inputs[1].layers;
    assert_eq!(layers.len(), 7);
    assert_eq!((layers[0].index, layers[0].position.as_ref()), (0, None));
    let position = layers[3].position.as_ref().unwrap();
    assert_eq!((position.pan, position.zoom), ([-0.254, 0.0], [0.5, 0.5]));
    assert_eq!((position.origin, position.size), (Some([236.2, 250.6]), Some([960.0, 540.0])));
    assert_eq!(layers[3].crop.as_ref().unwrap().from, [0.1, 0.0]);
    let replay = show.inputs[16].replay.as_ref().unwrap();
    assert!(replay.recording && !replay.live);
    assert_eq!(replay.timecodes[2], ("timecodeB".to_owned(), "2026-10-07T10:14:02.040".to_owned()));
    let call = show.inputs[9].call.as_ref().unwrap();
    assert_eq!((call.password.expose_secret(), call.audio_source.as_str()), ("test-secret", "BusA"));
    assert!(!format!("{show:?}").contains("test-secret"), "Debug shows no secret");
    assert!(show.recording.on && show.streaming.on);
    assert!(show.overlays.iter().any(|overlay| overlay.preview && overlay.input.is_some()));
    assert_eq!(show.find("Réalisation – 東京 🎥").unwrap().unwrap().number, 5);
    assert_eq!(show.find("Photos").unwrap().unwrap().number, 12, "by its short title");
    assert_eq!(show.find("17").unwrap().unwrap().number, 17);
    assert_eq!(show.find("nobody").unwrap(), None);
    let twice = show.find("Colour").unwrap_err();
    assert!(twice.count >= 2, "{twice}");
}

#[test]
fn shapes_of_other_versions() {
    let empty = read("state-empty.xml");
    assert_eq!((empty.inputs.len(), empty.preset.as_deref(), empty.active), (0, None, None));
    let old = read("state-v11-manual-shape.xml");
    assert_eq!((old.version.as_str(), old.edition.as_deref(), old.overlays.len()), ("11.0.0.16", None, 6));
    assert!(!old.inputs.is_empty() && old.outputs.is_empty() && old.audio.is_empty());
    let v24 = read("state-v24-pro.xml");
    assert_eq!((v24.overlays.len(), v24.mixes.len(), v24.outputs.len()), (8, 3, 0));
    let big = read("state-200-inputs.xml");
    assert_eq!((big.inputs.len(), big.mixes.len(), big.outputs.len()), (200, 15, 6));
    assert_eq!(big.mix(16).unwrap().active, Some(16));
    assert!(big.inputs.iter().zip(1..).all(|(input, number)| input.number == number && input.key.len() == 36));
    assert!(big.unknown.is_empty());
}

#[test]
fn what_is_not_known_is_kept_and_odd_documents_are_read() {
    let show = Show::from_xml(
        b"\xef\xbb\xbf<?xml version=\"1.0\"?><?vmix x?><!-- hi --><vmix><future>a &amp; <b>c</b></future><inputs><input number='2' \
          key=\"k\" colourSpace=\"HDR\" title=\"true\"><text index=\"0\">a<![CDATA[<&]]>b &unknown; & c</text></input></inputs><empty/>\
          <preview></preview></vmix>\r\n\0",
    )
    .unwrap();
    assert_eq!(show.unknown, [("future".to_owned(), "a & c".to_owned()), ("empty".to_owned(), String::new())]);
    let input = show.input(2).unwrap();
    assert_eq!(
        (input.title.as_str(), &input.unknown[..]),
        ("true", &[("colourSpace".to_owned(), "HDR".to_owned())][..])
    );
    assert_eq!(input.fields[0].value, "a<&b &unknown; & c");
    assert_eq!(Show::from_xml(b"<vmix/>").unwrap().inputs.len(), 0);
    let deep = format!("<vmix>{}", "<a>".repeat(100_000));
    for (wrong, says) in [
        (&b""[..], "no root"),
        (b"<html></html>", "root"),
        (b"<vmix><version>29", "too early"),
        (b"<vmix><inputs><input number=\"1\"></vmix>", "too early"),
        (deep.as_bytes(), "too deeply"),
    ] {
        let error = Show::from_xml(wrong).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn a_document_that_is_cut_anywhere_neither_panics_nor_hangs() {
    let document = data("state-030-inputs.xml");
    for cut in (0..document.len()).step_by(13) {
        assert!(Show::from_xml(&document[..cut]).is_err(), "cut at {cut}");
    }
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..300 {
        let mut broken = document.clone();
        for _ in 0..20 {
            let at = random.usize(..broken.len());
            broken[at] = random.u8(..);
        }
        let _ = Show::from_xml(&broken);
    }
}
