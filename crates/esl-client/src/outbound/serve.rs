//! Calls that are served by tasks of their own.

use super::{Call, Listener};
use crate::error::Error;
use std::any::Any;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

impl Listener {
    /// Serves each call by a task of its own, for ever. A handler that fails or panics ends its own call and no other, and is
    /// logged; one that ends by [`Error::HungUp`] at the level `debug`, since callers hang up.
    ///
    /// # Errors
    /// None: the system's refusals to accept are logged, and it goes on.
    pub async fn serve<H, F, T, E>(self, handler: H) -> Result<(), Error>
    where
        H: Fn(Call) -> F + Send + Sync + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Display + Send + 'static,
    {
        self.serve_until(handler, std::future::pending()).await
    }

    /// As [`serve`](Self::serve), until `stop` is ready: then no call is taken any more, those that run or have connected may go on
    /// for the time of [`ListenerBuilder::drain`](crate::ListenerBuilder::drain), and what is left is closed. When it returns
    /// nothing is left running.
    ///
    /// # Errors
    /// None.
    pub async fn serve_until<H, F, T, E>(self, handler: H, stop: impl Future<Output = ()>) -> Result<(), Error>
    where
        H: Fn(Call) -> F + Send + Sync + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Display + Send + 'static,
    {
        let Self { socket, settings, arrivals } = self;
        let mut arrivals = arrivals.into_inner();
        let handler = Arc::new(handler);
        let (kill, killed) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let start = |tasks: &mut JoinSet<()>, call| {
            tasks.spawn(one(call, Arc::clone(&handler), killed.clone()));
        };
        let mut stop = std::pin::pin!(stop);
        loop {
            let room = settings.calls.saturating_sub(tasks.len());
            let arrived = tokio::select! {
                biased;
                () = &mut stop => break,
                Some(_) = tasks.join_next() => continue,
                arrived = arrivals.next(&socket, &settings, room) => arrived,
            };
            match arrived {
                Ok(call) => start(&mut tasks, call),
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a call");
                    // out of descriptors: at once again would be a busy loop
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(socket);
        let drained = tokio::time::timeout(settings.drain, async {
            while let Some(call) = arrivals.rest().await {
                start(&mut tasks, call);
            }
            while tasks.join_next().await.is_some() {}
        });
        if drained.await.is_err() {
            arrivals.close().await;
            kill.send_replace(true);
            while tasks.join_next().await.is_some() {}
        }
        Ok(())
    }
}

/// Whether a handler ended because the caller had gone: no failure, callers do. Its error may be ours, or ours in a box.
fn is_hung_up(error: &dyn Any) -> bool {
    let boxed = || {
        let sync = error.downcast_ref::<Box<dyn std::error::Error + Send + Sync>>();
        let send = error.downcast_ref::<Box<dyn std::error::Error + Send>>();
        let sync = sync.and_then(|error| error.downcast_ref());
        sync.or_else(|| send.and_then(|error| error.downcast_ref()))
    };
    matches!(error.downcast_ref().or_else(boxed), Some(Error::HungUp { .. }))
}

/// One call, from its beginning to its end.
async fn one<H, F, T, E>(call: Call, handler: Arc<H>, mut killed: watch::Receiver<bool>)
where
    H: Fn(Call) -> F + Send + Sync + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Display + Send + 'static,
{
    let (client, uuid) = (call.client().clone(), call.uuid().to_owned());
    // a task of its own, so that its panic is only its own
    let mut task = tokio::spawn(handler(call));
    let ended = tokio::select! {
        ended = &mut task => Some(ended),
        _ = killed.wait_for(|killed| *killed) => None,
    };
    match ended {
        Some(Ok(Ok(_))) => {}
        Some(Ok(Err(error))) if is_hung_up(&error) => {
            tracing::debug!(call = uuid, %error, "the caller has gone before the handler of the call was done");
        }
        Some(Ok(Err(error))) => tracing::warn!(call = uuid, %error, "the handler of a call failed"),
        Some(Err(error)) => tracing::error!(call = uuid, %error, "the handler of a call panicked"),
        None => task.abort(),
    }
    client.close().await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cause::HangupCause;

    #[test]
    fn a_caller_who_goes_is_no_failure() {
        let gone = || Error::hung_up("execute playback", HangupCause::OriginatorCancel);
        let send: Box<dyn std::error::Error + Send> = Box::new(gone());
        let sync: Box<dyn std::error::Error + Send + Sync> = gone().into();
        assert!(is_hung_up(&gone()) && is_hung_up(&send) && is_hung_up(&sync));
        let other: Box<dyn std::error::Error + Send + Sync> = "x".into();
        assert!(!is_hung_up(&Error::rejected("x", "-ERR y")) && !is_hung_up(&"x") && !is_hung_up(&other));
    }
}
