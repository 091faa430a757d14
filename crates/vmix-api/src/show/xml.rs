//! The state document to a [`Show`]: a pull parser that needs nothing but well-formed XML below a root `vmix`.
//!
//! One pass without a tree. Names are matched as they come; what is not known is kept as text right below the root and on
//! inputs, and skipped elsewhere.

use super::attributes::{
    attribute, crop, duration, flag, input, input_number, is_true, number, pairs, percent, position, string,
};
use super::input::{Field, FieldKind, Input, Layer, ListItem, Replay};
use super::{AudioBus, Mix, Output, Overlay, Show, TransitionButton};
use crate::event::Bus;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// How deep elements may nest; real documents have six levels.
const DEPTH: usize = 64;

/// Reads a state document.
///
/// # Errors
/// In words, if it is not well-formed or its root is not `vmix`. No word of the document is repeated.
pub(crate) fn parse(document: &[u8]) -> Result<Show, String> {
    // checking first is far quicker than mending what is nearly always right
    let text = std::str::from_utf8(document).map_or_else(|_| String::from_utf8_lossy(document), Cow::Borrowed);
    let text = text.trim_start_matches('\u{feff}').trim_ascii();
    let mut parser = Parser { reader: Reader::from_str(text), text: String::new(), ended: false };
    parser.reader.config_mut().check_end_names = false;
    parser.reader.config_mut().allow_dangling_amp = true;
    loop {
        match parser.next()? {
            Token::Open(root, empty) if root.name().as_ref() == "vmix" => {
                let mut show = Show::default();
                if !empty {
                    parser.show(&mut show)?;
                }
                return Ok(show);
            }
            Token::Open(..) => return Err("the root of the document is not vmix".into()),
            Token::End => return Err("the document has no root".into()),
            Token::Close => {}
        }
    }
}

struct Parser<'x> {
    reader: Reader<&'x [u8]>,
    /// The text since the last element began.
    text: String,
    ended: bool,
}

enum Token<'x> {
    /// An element begins; true: it is empty, no `Close` follows.
    Open(BytesStart<'x>, bool),
    Close,
    End,
}

impl<'x> Parser<'x> {
    /// The next element's begin or end; text between is collected.
    fn next(&mut self) -> Result<Token<'x>, String> {
        loop {
            let at = self.reader.buffer_position();
            let malformed = |error: &dyn std::fmt::Display| {
                // the words of a syntax error may quote the document
                let _ = error;
                format!("the document is not well-formed near byte {at}")
            };
            match self.reader.read_event().map_err(|error| malformed(&error))? {
                Event::Start(start) => return Ok(Token::Open(start, false)),
                Event::Empty(start) => return Ok(Token::Open(start, true)),
                Event::End(_) => return Ok(Token::Close),
                Event::Eof => {
                    if self.ended {
                        return Err("the document ends too early".into());
                    }
                    self.ended = true;
                    return Ok(Token::End);
                }
                Event::Text(text) => self.text.push_str(&text),
                Event::CData(text) => self.text.push_str(&text),
                Event::GeneralRef(name) => match name.resolve_char_ref() {
                    Ok(Some(character)) => self.text.push(character),
                    _ => match resolve_xml_entity(&name) {
                        Some(text) => self.text.push_str(text),
                        None => self.text.extend(["&", &name, ";"]), // kept as it stands
                    },
                },
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    /// Calls `child` for each element below the current one, up to its end. A child that is not empty must be read to its end.
    fn children(
        &mut self,
        mut child: impl FnMut(&mut Self, &BytesStart<'x>, bool) -> Result<(), String>,
    ) -> Result<(), String> {
        loop {
            match self.next()? {
                Token::Open(start, empty) => child(self, &start, empty)?,
                Token::Close => return Ok(()),
                Token::End => return Err("the document ends too early".into()),
            }
        }
    }

    /// Reads to the end of the current element.
    fn skip(&mut self, empty: bool) -> Result<(), String> {
        let mut depth = usize::from(!empty);
        while depth > 0 {
            match self.next()? {
                Token::Open(_, false) if depth >= DEPTH => return Err("the document is nested too deeply".into()),
                Token::Open(_, empty) => depth += usize::from(!empty),
                Token::Close => depth -= 1,
                Token::End => return Err("the document ends too early".into()),
            }
        }
        Ok(())
    }

    /// The text of the current element, up to its end.
    fn text(&mut self, empty: bool) -> Result<String, String> {
        self.text.clear();
        self.skip(empty)?;
        Ok(self.text.as_str().into())
    }

    fn flag(&mut self, empty: bool) -> Result<bool, String> {
        self.text.clear();
        self.skip(empty)?;
        Ok(is_true(&self.text))
    }

    /// A number of an input; 0 and nothing both mean none.
    fn input_number(&mut self, empty: bool) -> Result<Option<u32>, String> {
        self.text.clear();
        self.skip(empty)?;
        Ok(input_number(&self.text))
    }

    fn show(&mut self, show: &mut Show) -> Result<(), String> {
        self.children(|parser, start, empty| {
            match start.name().as_ref() {
                "version" => show.version = parser.text(empty)?,
                "edition" => show.edition = Some(parser.text(empty)?),
                "preset" => show.preset = Some(parser.text(empty)?).filter(|path| !path.is_empty()),
                "inputs" if !empty => parser.inputs(show)?,
                "overlays" if !empty => parser.overlays(show)?,
                "preview" => show.preview = parser.input_number(empty)?,
                "active" => show.active = parser.input_number(empty)?,
                "fadeToBlack" => show.fade_to_black = parser.flag(empty)?,
                "transitions" if !empty => parser.transitions(show)?,
                "recording" => {
                    show.recording.duration = duration(start, "duration", Duration::from_secs);
                    let files = ["filename1", "filename2"].into_iter().filter_map(|name| attribute(start, name));
                    show.recording.files = files.map(Cow::into_owned).filter(|file| !file.is_empty()).collect();
                    show.recording.on = parser.flag(empty)?;
                }
                "external" => show.external = parser.flag(empty)?,
                "streaming" => {
                    let names = ["channel1", "channel2", "channel3", "channel4", "channel5"];
                    show.streaming.channels = names.map(|name| attribute(start, name).map(|value| is_true(&value)));
                    show.streaming.on = parser.flag(empty)?;
                    show.streaming.documented = show.streaming.on;
                }
                "playList" => show.play_list = parser.flag(empty)?,
                "multiCorder" => show.multi_corder = parser.flag(empty)?,
                "fullscreen" => show.fullscreen = parser.flag(empty)?,
                "mix" => {
                    let mut mix = Mix { number: number(start, "number").unwrap_or_default(), ..Mix::default() };
                    if !empty {
                        parser.mix(&mut mix)?;
                    }
                    show.mixes.push(mix);
                }
                "outputs" if !empty => parser.outputs(show)?,
                "audio" if !empty => parser.audio(show)?,
                "dynamic" if !empty => parser.dynamic(show)?,
                "inputs" | "overlays" | "transitions" | "outputs" | "audio" | "dynamic" => {}
                other => {
                    let name = other.to_owned();
                    let text = parser.text(empty)?;
                    show.unknown.push((name, text));
                }
            }
            Ok(())
        })
    }

    fn overlays(&mut self, show: &mut Show) -> Result<(), String> {
        self.children(|parser, start, empty| {
            let preview = flag(start, "preview");
            let number = number(start, "number").unwrap_or_default();
            show.overlays.push(Overlay { number, preview, input: parser.input_number(empty)? });
            Ok(())
        })
    }

    fn transitions(&mut self, show: &mut Show) -> Result<(), String> {
        self.children(|parser, start, empty| {
            show.transitions.push(TransitionButton {
                number: number(start, "number").unwrap_or_default(),
                effect: string(start, "effect"),
                duration: duration(start, "duration", Duration::from_millis).unwrap_or_default(),
            });
            parser.skip(empty)
        })
    }

    fn mix(&mut self, mix: &mut Mix) -> Result<(), String> {
        self.children(|parser, start, empty| {
            match start.name().as_ref() {
                "preview" => mix.preview = parser.input_number(empty)?,
                "active" => mix.active = parser.input_number(empty)?,
                _ => parser.skip(empty)?,
            }
            Ok(())
        })
    }

    fn outputs(&mut self, show: &mut Show) -> Result<(), String> {
        self.children(|parser, start, empty| {
            show.outputs.push(Output {
                kind: string(start, "type"),
                number: number(start, "number").unwrap_or_default(),
                source: string(start, "source"),
                input: number(start, "inputNumber"),
                mix: number(start, "mix"),
                ndi: flag(start, "ndi"),
                omt: flag(start, "omt"),
                srt: flag(start, "srt"),
            });
            parser.skip(empty)
        })
    }

    fn audio(&mut self, show: &mut Show) -> Result<(), String> {
        self.children(|parser, start, empty| {
            let bus = match start.name().as_ref() {
                "master" => Some(Bus::Master),
                name => name.strip_prefix("bus").and_then(|rest| rest.chars().next()).map(Bus::Named),
            };
            if let Some(bus) = bus {
                show.audio.push(AudioBus {
                    bus,
                    name: attribute(start, "name").map(Cow::into_owned),
                    volume: percent(start, "volume").unwrap_or_default(),
                    muted: flag(start, "muted"),
                    solo: flag(start, "solo"),
                    send_to_master: flag(start, "sendToMaster"),
                    meters: ["meterF1", "meterF2"].map(|name| number(start, name).unwrap_or_default()),
                    headphones: percent(start, "headphonesVolume"),
                });
            }
            parser.skip(empty)
        })
    }

    fn dynamic(&mut self, show: &mut Show) -> Result<(), String> {
        self.children(|parser, start, empty| {
            let name = start.name();
            let (all, digit) = match (name.as_ref().strip_prefix("input"), name.as_ref().strip_prefix("value")) {
                (Some(digit), _) => (&mut show.dynamic.inputs, digit),
                (_, Some(digit)) => (&mut show.dynamic.values, digit),
                _ => return parser.skip(empty),
            };
            let at = digit.parse().unwrap_or(0_usize).wrapping_sub(1);
            let text = parser.text(empty)?;
            if let Some(place) = all.get_mut(at) {
                *place = text;
            }
            Ok(())
        })
    }

    fn inputs(&mut self, show: &mut Show) -> Result<(), String> {
        self.children(|parser, start, empty| {
            let mut input = input(start);
            if !empty {
                parser.input(&mut input)?;
            }
            show.inputs.push(Arc::new(input));
            Ok(())
        })
    }

    fn input(&mut self, input: &mut Input) -> Result<(), String> {
        self.children(|parser, start, empty| {
            let kind = match start.name().as_ref() {
                "text" => FieldKind::Text,
                "image" => FieldKind::Image,
                "color" => FieldKind::Colour,
                "overlay" => return parser.layer(start, empty, input),
                "list" if !empty => return parser.list(input),
                "position" => {
                    input.placement = Some(position(start));
                    return parser.skip(empty);
                }
                "crop" => {
                    input.crop = Some(crop(start));
                    return parser.skip(empty);
                }
                "cc" => {
                    let values = pairs(start).filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)));
                    input.colour = values.collect();
                    return parser.skip(empty);
                }
                "replay" => return parser.replay(start, empty, input),
                _ => return parser.skip(empty),
            };
            let mut field = Field { kind, ..Field::default() };
            for (name, value) in pairs(start) {
                match name {
                    "index" => field.index = value.parse().unwrap_or_default(),
                    "name" => field.name = value.into_owned(),
                    _ => {}
                }
            }
            parser.text.clear();
            parser.skip(empty)?;
            // vMix pads paths of images with white space; text is the user's own
            field.value = if kind == FieldKind::Text { &parser.text } else { parser.text.trim() }.into();
            input.fields.push(field);
            Ok(())
        })
    }

    fn layer(&mut self, start: &BytesStart<'x>, empty: bool, input: &mut Input) -> Result<(), String> {
        let mut layer = Layer::default();
        for (name, value) in pairs(start) {
            match name {
                "index" => layer.index = value.parse().unwrap_or_default(),
                "key" => layer.key = value.into_owned(),
                _ => {}
            }
        }
        if !empty {
            self.children(|parser, start, empty| {
                match start.name().as_ref() {
                    "position" => layer.position = Some(position(start)),
                    "crop" => layer.crop = Some(crop(start)),
                    _ => {}
                }
                parser.skip(empty)
            })?;
        }
        input.layers.push(layer);
        Ok(())
    }

    fn list(&mut self, input: &mut Input) -> Result<(), String> {
        self.children(|parser, start, empty| {
            let selected = flag(start, "selected");
            input.items.push(ListItem { selected, path: parser.text(empty)? });
            Ok(())
        })
    }

    fn replay(&mut self, start: &BytesStart<'x>, empty: bool, input: &mut Input) -> Result<(), String> {
        let attributes = pairs(start).map(|(name, value)| (name.to_owned(), value.into_owned())).collect();
        let mut replay = Replay {
            live: flag(start, "live"),
            recording: flag(start, "recording"),
            attributes,
            timecodes: Vec::new(),
        };
        if !empty {
            self.children(|parser, start, empty| {
                let name = start.name().as_ref().to_owned();
                let text = parser.text(empty)?;
                replay.timecodes.push((name, text));
                Ok(())
            })?;
        }
        input.replay = Some(replay);
        Ok(())
    }
}
