//! What the simulated vMix holds: a show, and what is on air.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::xml::{Node, boolean, float};

pub(super) const VERSION: &str = "29.0.0.49";
/// Overlay channels in the document; only the first eight can be used.
const OVERLAYS: usize = 16;

/// A state of the simulated vMix at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Number of the input on program, 0 for none.
    pub active: usize,
    /// Number of the input in preview, 0 for none.
    pub preview: usize,
    /// Titles of the inputs, in number order.
    pub titles: Vec<String>,
    /// One digit per input: 0 off, 1 on air, 2 in preview.
    pub tally: String,
    /// Whether a recording runs.
    pub recording: bool,
    /// Whether each of the five streams runs.
    pub streaming: [bool; 5],
    /// Whether the external output is on.
    pub external: bool,
    /// Whether the MultiCorder runs.
    pub multi_corder: bool,
    /// Whether the playlist runs.
    pub play_list: bool,
    /// Whether the program is faded to black.
    pub fade_to_black: bool,
    /// Input numbers on overlay channels 1 to 8; 0 is a free one.
    pub overlays: Vec<usize>,
    /// The path of the show that was opened last.
    pub preset: String,
}

#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) key: String,
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) running: bool,
    pub(super) audio: Option<Audio>,
    pub(super) fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub(super) struct Audio {
    pub(super) muted: bool,
    /// 0 to 1: the fader's position to the fourth power.
    pub(super) amplitude: f32,
}

/// A title's field: `text` or `image`.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) element: &'static str,
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// Program and preview of a mix; input numbers from 1, 0 for none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mix {
    pub(super) active: usize,
    pub(super) preview: usize,
}

/// Something that happens by itself when its time has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Take {
    pub(super) number: u64,
    pub(super) mix: usize,
    pub(super) input: usize,
}

#[derive(Clone, Debug)]
pub(super) struct State {
    /// Which start of vMix this is.
    pub(super) run: u64,
    /// How many shows were opened: each has its own keys.
    shows: u64,
    pub(super) preset: String,
    pub(super) inputs: Vec<Input>,
    /// The main mix, and then the ones that the document numbers from 2.
    pub(super) mixes: [Mix; 3],
    /// The transition of the main mix that is under way, and the input it brings.
    pub(super) taking: Option<Take>,
    pub(super) takes: u64,
    /// The input on each channel; and whether it is there in preview only.
    pub(super) overlays: [(usize, bool); OVERLAYS],
    pub(super) last_overlays: [usize; OVERLAYS],
    pub(super) fade_to_black: bool,
    pub(super) recording: Option<Instant>,
    pub(super) streaming: [bool; 5],
    pub(super) external: bool,
    pub(super) multi_corder: bool,
    pub(super) play_list: bool,
    pub(super) fullscreen: bool,
    pub(super) master: Audio,
    /// Lines for those who subscribed to ACTS, without the line end.
    pub(super) acts: Vec<String>,
    pub(super) later: Vec<(Duration, Take)>,
}

/// The four transition buttons: effect and milliseconds.
pub(super) const BUTTONS: [(&str, u64); 4] = [("Fade", 500), ("Merge", 1000), ("Wipe", 1000), ("CubeZoom", 1000)];

impl State {
    pub(super) fn new(run: u64, inputs: usize) -> Self {
        let mut state = Self {
            run,
            shows: 0,
            preset: String::new(),
            inputs: Vec::new(),
            mixes: [Mix::default(); 3],
            taking: None,
            takes: 0,
            overlays: [(0, false); OVERLAYS],
            last_overlays: [0; OVERLAYS],
            fade_to_black: false,
            recording: None,
            streaming: [false; 5],
            external: false,
            multi_corder: false,
            play_list: false,
            fullscreen: false,
            master: Audio { muted: false, amplitude: 1.0 },
            acts: Vec::new(),
            later: Vec::new(),
        };
        state.open("C:\\Shows\\Test Show\\last.vmix", inputs);
        state
    }

    /// Loads the one show there is, with new keys: input 1 on program, 2 in preview.
    pub(super) fn open(&mut self, preset: &str, inputs: usize) {
        self.shows += 1;
        preset.clone_into(&mut self.preset);
        let sound = || Some(Audio { muted: false, amplitude: 1.0 });
        let text = |name, value: &str| Field { element: "text", name, value: value.to_owned() };
        let title = vec![
            text("Headline.Text", ""),
            text("Description.Text", "Line one\r\nLine two"),
            Field { element: "image", name: "Logo.Source", value: "C:\\Shows\\Test Show\\logo.png".to_owned() },
        ];
        let fixed = [
            ("Capture", "Camera 1", sound(), Vec::new()),
            ("Capture", "Camera 2", sound(), Vec::new()),
            ("Colour", "Slides", None, Vec::new()),
            ("GT", "Lower Third", None, title),
            ("AudioFile", "Music", sound(), Vec::new()),
        ];
        let (run, shows) = (self.run, self.shows);
        let key =
            |n: usize| Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("vmix/{run}/{shows}/{n}").as_bytes()).to_string();
        let known = fixed.into_iter().map(|(kind, title, audio, fields)| (kind, title.to_owned(), audio, fields));
        let more = (6..=inputs).map(|n| ("Colour", format!("Colour {n}"), None, Vec::new()));
        self.inputs = known
            .chain(more)
            .take(inputs)
            .enumerate()
            .map(|(i, (kind, title, audio, fields))| Input {
                key: key(i + 1),
                kind,
                title,
                running: kind == "Capture",
                audio,
                fields,
            })
            .collect();
        self.mixes = [Mix::default(); 3];
        self.overlays = [(0, false); OVERLAYS];
        self.last_overlays = [0; OVERLAYS];
        self.taking = None;
        if let Some(main) = self.mixes.first_mut() {
            *main = Mix { active: inputs.min(1), preview: if inputs > 1 { 2 } else { 0 } };
        }
    }

    pub(super) fn main(&self) -> Mix {
        self.mixes.first().copied().unwrap_or_default()
    }

    /// The number of an input given as vMix takes it: a number, `0` or nothing for preview, `-1` for program, a key or
    /// a title.
    pub(super) fn find(&self, input: Option<&str>) -> Option<usize> {
        let number = match input.map(str::trim) {
            None | Some("" | "0") => self.main().preview,
            Some("-1") => self.main().active,
            Some(text) => match text.parse::<usize>() {
                Ok(number) => number,
                Err(_) => 1 + self.inputs.iter().position(|i| i.key == text || i.title == text)?,
            },
        };
        (1..=self.inputs.len()).contains(&number).then_some(number)
    }

    pub(super) fn input(&self, number: usize) -> Option<&Input> {
        self.inputs.get(number.checked_sub(1)?)
    }

    pub(super) fn input_mut(&mut self, number: usize) -> Option<&mut Input> {
        self.inputs.get_mut(number.checked_sub(1)?)
    }

    /// One digit per input; overlays count as on air, and so does an input that a transition is bringing.
    pub(super) fn tally(&self) -> String {
        let main = self.main();
        let coming = self.taking.map_or(0, |t| t.input);
        let shown = |n: usize, preview: bool| self.overlays.iter().any(|(i, p)| *i == n && *p == preview);
        let digit = |n: usize| {
            if n == main.active || n == coming || shown(n, false) {
                '1'
            } else if n == main.preview || shown(n, true) {
                '2'
            } else {
                '0'
            }
        };
        (1..=self.inputs.len()).map(digit).collect()
    }

    pub(super) fn streams(&self) -> bool {
        self.streaming.iter().any(|on| *on)
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            active: self.main().active,
            preview: self.main().preview,
            titles: self.inputs.iter().map(|i| i.title.clone()).collect(),
            tally: self.tally(),
            recording: self.recording.is_some(),
            streaming: self.streaming,
            external: self.external,
            multi_corder: self.multi_corder,
            play_list: self.play_list,
            fade_to_black: self.fade_to_black,
            overlays: self.overlays.iter().take(8).map(|(n, _)| *n).collect(),
            preset: self.preset.clone(),
        }
    }

    /// The state document.
    pub(super) fn document(&self) -> Node {
        let main = self.main();
        let inputs = self.inputs.iter().enumerate().map(|(i, input)| input.node(i + 1));
        let overlays = self.overlays.iter().enumerate().map(|(i, (input, preview))| {
            let node = Node::new("overlay").attr("number", i + 1);
            match (*input, *preview) {
                (0, _) => node,
                (n, false) => node.text(n),
                (n, true) => node.attr("preview", "True").text(n),
            }
        });
        let buttons = BUTTONS.iter().enumerate().map(|(i, (effect, ms))| {
            Node::new("transition").attr("number", i + 1).attr("effect", effect).attr("duration", ms)
        });
        let mixes = self.mixes.iter().enumerate().skip(1).map(|(i, mix)| {
            Node::new("mix")
                .attr("number", i + 1)
                .child(Node::leaf("preview", mix.preview))
                .child(Node::leaf("active", mix.active))
        });
        let mut streaming = Node::leaf("streaming", boolean(self.streams()));
        for (name, on) in ["channel1", "channel2", "channel3", "channel4", "channel5"].into_iter().zip(self.streaming) {
            if on {
                streaming = streaming.attr(name, "True");
            }
        }
        let mut recording = Node::leaf("recording", boolean(self.recording.is_some()));
        if let Some(since) = self.recording {
            recording = recording
                .attr("duration", since.elapsed().as_secs())
                .attr("filename1", "C:\\Shows\\Test Show\\capture.mp4");
        }
        let master = Node::new("master")
            .attr("volume", float(self.master.amplitude * 100.0))
            .attr("muted", boolean(self.master.muted))
            .attr("meterF1", 0)
            .attr("meterF2", 0)
            .attr("headphonesVolume", 100);
        let dynamic = ["input1", "input2", "input3", "input4", "value1", "value2", "value3", "value4"];
        Node::new("vmix")
            .child(Node::leaf("version", VERSION))
            .child(Node::leaf("edition", "4K"))
            .child(Node::leaf("preset", &self.preset))
            .child(Node::new("inputs").children(inputs))
            .child(Node::new("overlays").children(overlays))
            .child(Node::leaf("preview", main.preview))
            .child(Node::leaf("active", main.active))
            .child(Node::leaf("fadeToBlack", boolean(self.fade_to_black)))
            .child(Node::new("transitions").children(buttons))
            .child(recording)
            .child(Node::leaf("external", boolean(self.external)))
            .child(streaming)
            .child(Node::leaf("playList", boolean(self.play_list)))
            .child(Node::leaf("multiCorder", boolean(self.multi_corder)))
            .child(Node::leaf("fullscreen", boolean(self.fullscreen)))
            .children(mixes)
            .child(Node::new("audio").child(master))
            .child(Node::new("dynamic").children(dynamic.map(Node::new)))
    }
}

impl Input {
    fn node(&self, number: usize) -> Node {
        let mut node = Node::new("input")
            .attr("key", &self.key)
            .attr("number", number)
            .attr("type", self.kind)
            .attr("title", &self.title)
            .attr("shortTitle", &self.title)
            .attr("state", if self.running { "Running" } else { "Paused" })
            .attr("position", 0)
            .attr("duration", 0)
            .attr("loop", "False");
        // Inputs without sound have none of these.
        if let Some(audio) = &self.audio {
            node = node
                .attr("muted", boolean(audio.muted))
                .attr("volume", float(audio.amplitude * 100.0))
                .attr("balance", 0)
                .attr("solo", "False")
                .attr("soloPFL", "False")
                .attr("audiobusses", "M")
                .attr("meterF1", 0)
                .attr("meterF2", 0)
                .attr("gainDb", 0);
        }
        if !self.fields.is_empty() {
            node = node.attr("selectedIndex", 0);
        }
        let of = |element: &'static str| {
            let fields = self.fields.iter().filter(move |f| f.element == element).enumerate();
            fields.map(move |(i, f)| Node::leaf(element, &f.value).attr("index", i).attr("name", f.name))
        };
        node.text(&self.title).children(of("text")).children(of("image"))
    }
}
