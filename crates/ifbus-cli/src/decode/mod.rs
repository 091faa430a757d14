//! `ifbus decode`: recorded bytes as the clients' own codecs see them.

mod ami;
mod esl;
mod frame;
mod ha;
mod http;
mod input;
mod node;
mod obs;
mod redact;
mod transcript;
mod vmix;
mod ws;
mod yate;

pub use frame::Summary;

use clap::{Parser, ValueEnum};
use frame::{Frame, Output};
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// The largest single message, in bytes: the default of the clients.
const MESSAGE: usize = 64 << 20;

/// Shows recorded bytes as the client sees them: one JSON object per frame.
#[derive(Debug, Clone, Parser)]
#[command(name = "decode", after_help = HELP)]
pub struct Options {
    /// Whose bytes they are
    pub protocol: Protocol,
    /// The file, plain or gzip; - is standard input
    pub file: PathBuf,
    /// What the file is, if it is not what it looks like
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Shows passwords, tokens and stream keys, which are hidden otherwise
    #[arg(long)]
    pub show_secrets: bool,
}

const HELP: &str = "\
Each object has `offset` (where the frame begins, in bytes of its direction of its connection), `kind` (what the client takes it
for), `fields` (a list of [name, value], in the order of the wire, duplicates kept), and where there is one `body` (what the
client makes of it) and `error`. Transcripts add `row` (the line), `dir` and `conn`; where their rows are whole messages, the
offset counts the bytes of these. Values that are not UTF-8 are {\"b64\": …}.

The exit status is 1 if something could not be read to its end: a cut or hopeless file, whose last object says where and why.

Examples:
  ifbus decode obs events.raw.gz | jq -c 'select(.kind == \"event\") | .body'
  ifbus decode ha session.jsonl
  ifbus decode ha --format message get-states.json.gz
  nc studio-pc 8099 | ifbus decode vmix -
  ifbus decode ami session.jsonl
  ifbus decode yate watched.raw.gz | jq -c 'select(.kind == \"watched\") | .fields'";

/// The protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum Protocol {
    /// obs-websocket 5: JSON and MessagePack
    Obs,
    /// Home Assistant: WebSocket, and REST in transcripts
    Ha,
    /// vMix: TCP, and HTTP in transcripts
    Vmix,
    /// Asterisk's manager interface: TCP and TLS, and HTTP in transcripts
    Ami,
    /// FreeSWITCH: the event socket
    Esl,
    /// Yate: the external module protocol
    Yate,
    /// Yate's console
    Rmanager,
}

impl Protocol {
    /// What decodes the client's bytes in a transcript, where they are a plain stream; the server's are [`stream`](Self::stream)'s.
    fn requests(self) -> Option<Box<dyn Stream>> {
        Some(match self {
            Self::Vmix => Box::new(vmix::Commands::default()),
            Self::Ami => Box::new(ami::Actions::default()),
            Self::Esl => Box::new(esl::Commands::default()),
            Self::Yate => Box::new(yate::Module::default()),
            Self::Rmanager => Box::new(yate::Commands::default()),
            Self::Obs | Self::Ha => return None,
        })
    }

    /// How the header of a transcript names it, at least at the beginning.
    fn recorded_as(self) -> &'static str {
        match self {
            Self::Obs => "obs-ws5",
            Self::Ha => "ha-",
            Self::Vmix => "vmix-",
            Self::Ami => "ami",
            Self::Esl => "esl",
            Self::Yate => "yate-extmodule",
            Self::Rmanager => "yate-rmanager",
        }
    }

    fn stream(self) -> Box<dyn Stream> {
        match self {
            Self::Obs => Box::new(ws::WebSocket::new(obs::from_server)),
            Self::Ha => Box::new(ws::WebSocket::new(ha::from_server)),
            Self::Vmix => Box::new(vmix::Replies::default()),
            Self::Ami => Box::new(ami::Messages::default()),
            Self::Esl => Box::new(esl::Frames::default()),
            Self::Yate => Box::new(yate::Module::default()),
            Self::Rmanager => Box::new(yate::Console::default()),
        }
    }

    /// Reads a single message.
    fn message(self, bytes: Vec<u8>) -> Frame {
        if self == Self::Vmix {
            return vmix::document(Frame::new("document"), &bytes);
        }
        if self == Self::Ami {
            return ami::message(&bytes);
        }
        if self == Self::Esl {
            return esl::message(bytes);
        }
        if self == Self::Yate {
            return yate::line(yate::Module::default(), bytes);
        }
        if self == Self::Rmanager {
            return yate::line(yate::Console::default(), bytes);
        }
        let is_json = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
        let data = match tungstenite::Utf8Bytes::try_from(bytes.clone()) {
            Ok(text) if is_json || self == Self::Ha => ws::Data::Text(text),
            _ => ws::Data::Binary(bytes.into()),
        };
        if self == Self::Obs { obs::from_server(data) } else { ha::from_server(data) }
    }
}

/// What a file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum Format {
    /// The bytes that a server sent on one connection
    Raw,
    /// A JSON header, then one JSON row per message
    Transcript,
    /// A single message, such as a JSON document
    Message,
}

/// Bytes in, frames out.
trait Stream {
    /// Takes bytes, in pieces of any size. Call [`next`](Self::next) until it gives none before the next piece.
    fn feed(&mut self, bytes: &[u8]);
    /// The next whole frame, or what is wrong.
    fn next(&mut self) -> Option<Frame>;
    /// What is left when the bytes end.
    fn end(&mut self) -> Option<Frame>;
    /// Per query since this was asked last, whether its answer is a secret: for the stream of the other direction.
    fn queries(&mut self) -> Vec<bool> {
        Vec::new()
    }
    /// A query was sent whose answer is to come; whether that is a secret.
    fn expect(&mut self, secret: bool) {
        let _ = secret;
    }
}

/// Decodes the file to standard output. A reader that goes away, such as `head`, ends it without a word.
///
/// # Errors
/// The file cannot be opened, or standard output cannot be written.
pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    use anyhow::Context as _;
    let file = input::open(&options.file).with_context(|| options.file.display().to_string())?;
    let stdout = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    match decode(options, file, stdout) {
        Ok(summary) => {
            let hint = match summary {
                Summary { frames: 0, .. } => Some("nothing in it: it is empty"),
                Summary { frames, others, .. } if frames == others => {
                    Some("nothing in it that this protocol knows: are the bytes another's?")
                }
                _ => None,
            };
            if let Some(hint) = hint {
                let _ = writeln!(io::stderr(), "{}: {hint}", options.file.display());
            }
            Ok(if summary.fatal { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error.into()),
    }
}

/// Decodes `input` to `output`, whatever `options.file` names. What is wrong with the input is told in the output.
///
/// # Errors
/// The output cannot be written.
pub fn decode(options: &Options, input: impl Read, output: impl Write) -> io::Result<Summary> {
    let mut output = Output::new(output, options.protocol, options.show_secrets);
    match input::sniff(input, options.protocol, options.format) {
        Err(error) => output.write(Frame::fatal("input", error.to_string()))?,
        Ok((Format::Raw, mut input)) => raw(options.protocol, &mut input, &mut output)?,
        Ok((Format::Transcript, mut input)) => transcript::decode(options.protocol, &mut input, &mut output)?,
        Ok((Format::Message, input)) => {
            let mut bytes = Vec::new();
            let frame = match input.take(MESSAGE as u64 + 1).read_to_end(&mut bytes) {
                Ok(_) if bytes.len() > MESSAGE => {
                    Frame::fatal("input", format!("a message of more than {MESSAGE} bytes"))
                }
                Ok(_) => {
                    let frame = options.protocol.message(bytes);
                    Frame { fatal: frame.error.is_some(), ..frame }
                }
                Err(error) => Frame::fatal("input", error.to_string()),
            };
            output.write(frame)?;
        }
    }
    output.flush()?;
    Ok(output.summary)
}

fn raw<W: Write>(protocol: Protocol, input: &mut input::Ahead<'_>, output: &mut Output<W>) -> io::Result<()> {
    let mut stream = protocol.stream();
    let mut chunk = vec![0; 64 << 10];
    let mut read = 0;
    loop {
        match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(n) => {
                read += n as u64;
                stream.feed(chunk.get(..n).unwrap_or_default());
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return output.write(Frame::fatal("input", error.to_string()).at(read)),
        }
        while let Some(frame) = stream.next() {
            let fatal = frame.fatal;
            output.write(frame)?;
            if fatal {
                return Ok(());
            }
        }
        // who watches a living connection sees what came
        output.flush()?;
    }
    stream.end().map_or(Ok(()), |frame| output.write(frame))
}
