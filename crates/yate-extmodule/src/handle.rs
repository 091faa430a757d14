//! Handlers: async functions that answer the engine's questions. How they are installed, and removed.

use crate::client::Client;
use crate::dispatch::{Function, Handler, HandlerError, HandlerStats};
use crate::error::Error;
use crate::escape::escape;
use crate::message::Reply;
use crate::received::Received;
use crate::session::{Ask, Command, Response};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The settings of a handler; made by [`Client::handle`].
#[must_use = "a handler is installed by `with` or `on`"]
pub struct HandlerBuilder<'a> {
    client: &'a Client,
    name: String,
    priority: u32,
    filter: Option<(String, String)>,
    timeout: Option<Duration>,
    concurrency: usize,
    install: bool,
}

impl std::fmt::Debug for HandlerBuilder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandlerBuilder")
            .field("name", &self.name)
            .field("priority", &self.priority)
            .finish_non_exhaustive()
    }
}

/// Names stand in commands as they are: nothing that would end them, or begin another field.
pub(crate) fn check_name(field: &'static str, name: &str) -> Result<(), Error> {
    match name.bytes().position(|byte| byte < 0x20 || byte == b':' || byte == 0x7F) {
        Some(at) => Err(Error::invalid(field, format!("holds a colon or a control character at byte {at}"))),
        None => Ok(()),
    }
}

impl<'a> HandlerBuilder<'a> {
    pub(crate) fn new(client: &'a Client, name: String) -> Self {
        Self { client, name, priority: 100, filter: None, timeout: None, concurrency: 64, install: true }
    }

    /// When it is asked: low numbers first. Default 100. Yate's own routing (regexroute) is at 100 too, and was there before:
    /// what it routes never comes to a handler of `call.route` at 100. For that use `priority(50)`. The call records (cdrbuild)
    /// are at 50.
    pub fn priority(mut self, priority: u32) -> Self {
        self.priority = priority;
        self
    }

    /// Only messages in which a parameter is exactly this text; an empty one also matches where it is missing. The engine knows no
    /// patterns here.
    pub fn filter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.filter = Some((name.into(), value.into()));
        self
    }

    /// How long it may take for one message, which then goes on unhandled. Default: the client's
    /// [`handler_timeout`](crate::Builder::handler_timeout), which is also the most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How many messages it may work on at once; further ones go on unhandled, of which the log tells once a second. Default 64.
    /// The engine itself has at most ten workers unless yate.conf says more, and waits with each for its answer.
    pub fn concurrency(mut self, messages: usize) -> Self {
        self.concurrency = messages.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Installs nothing: for the `call.execute` that the engine sends unasked to a program that it starts for a call.
    pub fn without_install(mut self) -> Self {
        self.install = false;
        self
    }

    /// Installs an async function that gets a clone of `state` and the message.
    ///
    /// The engine always gets its answer: after an error, a panic, a timeout or an overload the message goes back unhandled and
    /// unchanged. A function that blocks its thread (without `await`) cannot be interrupted. On a runtime of several threads its
    /// message is answered in time all the same, by the client's [`handler_timeout`](crate::Builder::handler_timeout), as long as
    /// one of the threads is free; on a runtime of one thread nothing goes on before it returns. What blocks belongs into
    /// `tokio::task::spawn_blocking`.
    ///
    /// A function that holds a [`Client`] keeps the connection open until [`Client::close`].
    ///
    /// # Errors
    /// [`Error::Link`] for a message of which this client has a handler already, for a name or filter that cannot be sent, or a
    /// lost connection; [`Error::Refused`] if the engine has a handler of this connection that this client does not know of.
    pub async fn with<T, F, R>(self, state: T, function: F) -> Result<HandlerHandle, Error>
    where
        T: Clone + Send + Sync + 'static,
        F: Fn(T, Received) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Reply, HandlerError>> + Send + 'static,
    {
        self.install(Box::new(move |message| Box::pin(function(state.clone(), message)))).await
    }

    /// Installs an async function that gets the message; as [`with`](Self::with).
    ///
    /// # Errors
    /// As [`with`](Self::with).
    pub async fn on<F, R>(self, function: F) -> Result<HandlerHandle, Error>
    where
        F: Fn(Received) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Reply, HandlerError>> + Send + 'static,
    {
        self.install(Box::new(move |message| Box::pin(function(message)))).await
    }

    async fn install(self, function: Function) -> Result<HandlerHandle, Error> {
        if self.name.is_empty() {
            return Err(Error::invalid("message name", "is empty"));
        }
        check_name("message name", &self.name)?;
        let filter = match &self.filter {
            Some((name, value)) => Some(filter(name, value)?),
            None => None,
        };
        let most = self.client.handler_timeout();
        let timeout = self.timeout.unwrap_or(most).min(most);
        let table = self.client.table();
        let handler = Arc::new(Handler::new(function, timeout, self.concurrency, self.install, table.kicker()));
        match table.lock().entry(self.name.clone()) {
            std::collections::hash_map::Entry::Occupied(_) => {
                let reason = format!("{} has a handler of this client already", self.name);
                return Err(Error::invalid("message name", reason));
            }
            std::collections::hash_map::Entry::Vacant(place) => place.insert(Arc::clone(&handler)),
        };
        // whatever comes of it, also if this future is dropped: no handler without its installation
        let mut undo = Undo { client: self.client, name: &self.name, handler: &handler, armed: true };
        let installed = if self.install {
            let install = Command::Install { name: self.name.clone(), priority: self.priority, filter };
            match self.client.ask(Ask::Command(install)).await? {
                Response::Command { ok, .. } => ok,
                other => return Err(Client::odd("install", &other)),
            }
        } else {
            true
        };
        if !installed {
            let why = "this connection has a handler of it already";
            return Err(Error::Refused { command: "install", name: self.name.as_str().into(), why });
        }
        undo.armed = false;
        self.client.ask(Ask::Release).await?;
        drop(undo);
        Ok(HandlerHandle { client: self.client.clone(), handler, name: self.name })
    }
}

struct Undo<'a> {
    client: &'a Client,
    name: &'a str,
    handler: &'a Arc<Handler>,
    armed: bool,
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if self.armed {
            self.client.table().remove(self.name, self.handler);
        }
    }
}

fn filter(name: &str, value: &str) -> Result<Bytes, Error> {
    if name.is_empty() {
        return Err(Error::invalid("filter name", "is empty"));
    }
    let mut out = vec![b':'];
    for (field, text) in [("filter name", name), ("filter value", value)] {
        if text.contains('\0') {
            return Err(Error::invalid(field, "holds a NUL, which Yate cannot carry"));
        }
        escape(text.as_bytes(), &mut out);
        if field == "filter name" {
            out.push(b':');
        }
    }
    Ok(out.into())
}

impl Client {
    /// Removes the handler of the messages of this name, whatever became of its [`HandlerHandle`]. Messages that it works on are
    /// finished. Whether there was one of this client.
    ///
    /// # Errors
    /// A lost connection or a deadline; it is removed on this side all the same, and not restored.
    ///
    /// # Cancel safety
    /// Once begun, it goes on when the future is dropped, within the deadline of a request. The name is free again when it is
    /// done; a second call waits for that.
    pub async fn uninstall(&self, name: &str) -> Result<bool, Error> {
        let handler = self.table().lock().get(name).cloned();
        match handler {
            Some(handler) => remove(self.clone(), name.to_owned(), handler).await,
            None => Ok(false),
        }
    }
}

/// By a task of its own: whoever waits may leave, and a handler must not be half removed.
async fn remove(client: Client, name: String, handler: Arc<Handler>) -> Result<bool, Error> {
    let runtime = client.table().kicker().runtime().clone();
    let removal = runtime.spawn(async move {
        let _only = handler.removal.lock().await;
        if !client.table().holds(&name, &handler) {
            return Ok(false); // another was faster
        }
        let uninstall = Command::Uninstall { name: name.clone() };
        let done = if handler.installed { client.ask(Ask::Command(uninstall)).await.map(drop) } else { Ok(()) };
        client.table().remove(&name, &handler);
        done.map(|()| true)
    });
    // it does not panic: the runtime is gone
    removal.await.unwrap_or(Err(Error::Link(ifbus_link::Error::Ended)))
}

/// A handler that is installed. Dropped, it stays: [`Client::uninstall`] removes it then.
#[must_use = "dropped, the handler stays installed"]
pub struct HandlerHandle {
    client: Client,
    handler: Arc<Handler>,
    name: String,
}

impl std::fmt::Debug for HandlerHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandlerHandle").field("name", &self.name).field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl HandlerHandle {
    /// What it has done so far.
    #[must_use]
    pub fn stats(&self) -> HandlerStats {
        self.handler.stats()
    }

    /// Removes it. Messages that it works on are finished.
    ///
    /// # Errors
    /// A lost connection or a deadline; it is removed on this side all the same, and not restored.
    ///
    /// # Cancel safety
    /// As [`Client::uninstall`], which also waits for a removal that goes on.
    pub async fn uninstall(self) -> Result<(), Error> {
        remove(self.client, self.name, self.handler).await.map(drop)
    }
}
