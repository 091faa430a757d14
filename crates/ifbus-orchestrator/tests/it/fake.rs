//! An adapter whose commands set, read, fail and take time as their names say.

use async_trait::async_trait;
use ifbus_core::{Adapter, Bus, Capabilities, Command, Error, EventStream, Health, Identity, InstanceId, Outcome};
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

#[derive(Debug)]
pub(crate) struct Fake {
    identity: Identity,
    state: Arc<Mutex<Map<String, Value>>>,
    log: Arc<Mutex<Vec<String>>>,
    /// `flaky` fails so many times before anything was sent.
    flaky: Mutex<u32>,
}

pub(crate) type Log = Arc<Mutex<Vec<String>>>;

/// A bus with the instances `a` and `b`, and what was done on it.
pub(crate) async fn bus() -> (Bus, Log) {
    let log = Log::default();
    let mut builder = Bus::builder();
    for name in ["a", "b"] {
        builder = builder.add_adapter(Arc::new(Fake {
            identity: Identity::new(InstanceId::new(), name.into(), "Fake", "nowhere"),
            state: Arc::default(),
            log: Arc::clone(&log),
            flaky: Mutex::new(2),
        }));
    }
    (builder.connect().await.unwrap(), log)
}

pub(crate) fn done(log: &Log) -> Vec<String> {
    log.lock().unwrap().clone()
}

#[async_trait]
impl Adapter for Fake {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::new()
    }

    async fn health(&self) -> Health {
        Health::good(Duration::ZERO, "fake")
    }

    fn is_connected(&self) -> bool {
        true
    }

    fn events(&self) -> EventStream {
        Box::pin(futures_util::stream::empty())
    }

    fn commands(&self) -> Vec<String> {
        ["set", "get", "begin", "end", "refuse", "hang", "flaky", "slow"].map(str::to_owned).into()
    }

    async fn execute(&self, command: Command) -> Result<Outcome, Error> {
        let started = Instant::now();
        let instance = self.identity.name.to_string();
        let key = command.params.get("key").and_then(Value::as_str).unwrap_or_default().to_owned();
        if command.name != "get" {
            self.log.lock().unwrap().push(format!("{instance}.{} {key}", command.name));
        }
        let within = command.within.unwrap_or(Duration::from_secs(10));
        let value = match command.name.as_str() {
            "set" => {
                sleep(Duration::from_millis(10)).await;
                self.state
                    .lock()
                    .unwrap()
                    .insert(key.clone(), command.params.get("value").cloned().unwrap_or(json!(true)));
                self.log.lock().unwrap().push(format!("{instance} has {key}"));
                Value::Null
            }
            "get" => self.state.lock().unwrap().get(&key).cloned().unwrap_or(json!(false)),
            // it goes on whether or not anybody waits
            "begin" => {
                let (state, key) = (Arc::clone(&self.state), key.clone());
                let begun = tokio::spawn(async move {
                    sleep(Duration::from_secs(2)).await;
                    state.lock().unwrap().insert(key, json!(true));
                });
                begun.await.unwrap();
                Value::Null
            }
            "end" => {
                let mut state = self.state.lock().unwrap();
                if state.get(&key) != Some(&json!(true)) {
                    return Err(Error::rejected(instance, Some("501".into()), "it does not run"));
                }
                state.insert(key, json!(false));
                Value::Null
            }
            "refuse" => return Err(Error::rejected(instance, Some("604".into()), "no, says the server")),
            "hang" => {
                sleep(within).await;
                return Err(Error::timeout(instance, within, true));
            }
            "flaky" => {
                let mut left = self.flaky.lock().unwrap();
                if *left > 0 {
                    *left -= 1;
                    return Err(Error::connection(instance, "there is no connection", false));
                }
                Value::Null
            }
            "slow" => {
                sleep(Duration::from_millis(100)).await;
                Value::Null
            }
            other => return Err(self.no_such_command(other)),
        };
        Ok(Outcome::new(command.request, value, started.elapsed()))
    }

    async fn close(&self) {}
}
