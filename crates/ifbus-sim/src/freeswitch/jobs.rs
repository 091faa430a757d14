//! api commands at work: in the session that asked, or beside it.

use super::Shared;
use super::api::Answer;
use super::clock::uuid;
use super::world::News;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub(super) enum Outcome {
    Now(String),
    /// `None`: nothing will be answered, the server went away.
    Later(Pin<Box<dyn Future<Output = Option<String>> + Send>>),
    Nothing,
}

/// What is stripped from both ends of the arguments.
const WHITE: &[char] = &['\r', '\n', '\t', ' ', '\u{b}'];

/// Runs an api command, and tells of it in an event once it is done.
pub(super) fn run(shared: &Arc<Shared>, command: &str, args: &str) -> Outcome {
    let args = args.trim_matches(WHITE);
    let (sequence, answer) = shared.change(|world| (world.next_sequence(), world.api(command, args)));
    let (name, data) = (command.to_owned(), args.to_owned());
    let told = {
        let shared = Arc::downgrade(shared);
        move || {
            let Some(shared) = shared.upgrade() else { return };
            shared.change(|world| world.tell_api(sequence, &name, &data));
        }
    };
    let later = match answer {
        Answer::Now(text) => {
            told();
            return Outcome::Now(text);
        }
        Answer::Later(answer) => Box::pin(async move { answer.await.ok() }) as Pin<Box<dyn Future<Output = _> + Send>>,
        Answer::Dialled(answer) => Box::pin(async move {
            let answer = answer.await.ok()?;
            let result = answer.strip_prefix("-ERR ").map_or("SUCCESS", str::trim_end);
            Some(format!("+OK Call Requested: result: [{result}]\n"))
        }),
        Answer::After(time, text) => Box::pin(async move {
            tokio::time::sleep(time).await;
            Some(text.to_owned())
        }),
        Answer::Reloads => {
            let job = uuid();
            shared.change(|world| world.news.push(News::Gone(Some(SHUT_DOWN))));
            return Outcome::Now(format!("+OK Job-UUID: {job}\n"));
        }
        Answer::Shuts(properly) => {
            let shared = Arc::downgrade(shared);
            tokio::spawn(async move {
                if let Some(shared) = shared.upgrade() {
                    shared.shut_down(properly);
                }
            });
            return if properly { Outcome::Now("+OK\n".into()) } else { Outcome::Nothing };
        }
    };
    Outcome::Later(Box::pin(async move {
        let answer = later.await;
        told();
        answer
    }))
}

pub(super) const SHUT_DOWN: &str = "The system is being shut down.\n";

/// Runs one beside the session. Its result is an event.
pub(super) fn start(shared: &Arc<Shared>, text: &str, job: &str, owner: Option<String>) {
    let (command, args) = text.split_once(' ').unwrap_or((text, ""));
    let (command, args, job) = (command.to_owned(), args.to_owned(), job.to_owned());
    let weak = Arc::downgrade(shared);
    tokio::spawn(async move {
        let outcome = match weak.upgrade() {
            Some(shared) => run(&shared, &command, &args),
            None => return,
        };
        let result = match outcome {
            Outcome::Now(text) => text,
            Outcome::Later(answer) => match answer.await {
                Some(text) => text,
                None => return,
            },
            Outcome::Nothing => return,
        };
        let Some(shared) = weak.upgrade() else { return };
        shared.change(|world| {
            let mut event = world.event("BACKGROUND_JOB");
            event.put("Job-UUID", &job);
            if let Some(owner) = owner {
                event.put("Job-Owner-UUID", owner);
            }
            if !command.is_empty() {
                event.put("Job-Command", &command);
            }
            if !args.is_empty() {
                event.put("Job-Command-Arg", &args);
            }
            event.body = (!result.is_empty() && !command.is_empty()).then(|| result.into_bytes());
            world.fire(event);
        });
    });
}
