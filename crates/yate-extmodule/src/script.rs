//! A program that Yate starts: lines on its standard input and output, audio on the descriptors 3 and 4.

use crate::client::Client;
use crate::config::{Builder, Role};
use crate::error::Error;
use ifbus_link::Reconnect;
use tokio::net::unix::pipe;

fn opened<T>(what: &'static str, path: &str, result: std::io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| Error::invalid(what, format!("{path}: {error}; was this program started by Yate?")))
}

fn receiver(what: &'static str, path: &str) -> Result<pipe::Receiver, Error> {
    opened(what, path, pipe::OpenOptions::new().open_receiver(path))
}

fn sender(what: &'static str, path: &str) -> Result<pipe::Sender, Error> {
    opened(what, path, pipe::OpenOptions::new().open_sender(path))
}

/// Speaks over standard input and output, as the program that Yate started (`external/nodata/PROGRAM`, or `[scripts]` in
/// extmodule.conf). Write nothing else to standard output; standard error goes to Yate's log.
///
/// The engine sends a program that it starts for a call one `call.execute` unasked. It waits until a handler stands:
/// `yate.handle("call.execute").without_install().on(…)`; answered with true, the program is the channel.
///
/// The pipes are opened anew by their names in `/dev/fd`, so that the process's own descriptors stay as they are.
///
/// # Errors
/// If standard input or output is no pipe, or the engine closes it.
pub async fn stdio() -> Result<Client, Error> {
    stdio_with(|builder| builder).await
}

/// The same with settings of its own.
///
/// # Errors
/// As [`stdio`].
pub async fn stdio_with(settings: impl FnOnce(Builder) -> Builder) -> Result<Client, Error> {
    let io = tokio::io::join(receiver("standard input", "/dev/fd/0")?, sender("standard output", "/dev/fd/1")?);
    builder(settings).from_io(io).await
}

pub(crate) fn builder(settings: impl FnOnce(Builder) -> Builder) -> Builder {
    settings(Client::builder("unix:stdio").role(Role::Script)).reconnect(Reconnect::never())
}

/// The sound that Yate gives the program (modes `record` and `playrec`): 16-bit signed linear samples, 8,000 a
/// second, in the machine's byte order, on descriptor 3. It ends with the call.
///
/// # Errors
/// If there is no such pipe.
pub fn audio_in() -> Result<pipe::Receiver, Error> {
    receiver("audio input", "/dev/fd/3")
}

/// The sound that the program gives Yate (modes `play` and `playrec`), on descriptor 4; as [`audio_in`].
///
/// # Errors
/// If there is no such pipe.
pub fn audio_out() -> Result<pipe::Sender, Error> {
    sender("audio output", "/dev/fd/4")
}
