//! `elastic-blast submit`, played: what it reads, checks, writes and creates, with its exit codes and its JSON.

mod answer;
mod arguments;
mod config;
mod create;
mod ini;
mod machines;
mod manifests;
mod mouth;
mod split;
mod submit;

use super::Attempt;
use crate::standin::faults::{CliFault, Fault};
use answer::{Answer, Trouble};
use arguments::Arguments;
use mouth::Mouth;
use std::{collections::BTreeMap, fs, path::Path, time::Duration};
use tokio::time::interval;

/// How often it is looked whether the program was called.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What a submission ended with.
pub struct Ending {
    /// Exit code.
    code: i32,
    /// The JSON, where there is any.
    json: Option<String>,
    /// What it says on standard error at the end.
    words: String,
}

/// Waits until the program is called in a folder, and plays it.
pub async fn play(attempt: &Attempt<'_>, folder: &Path, variables: &BTreeMap<String, String>) {
    let mut ticks = interval(LOOK_EVERY);
    while !folder.join("asked").exists() {
        ticks.tick().await;
    }
    let argv = fs::read_to_string(folder.join("argv")).unwrap_or_default();
    let argv: Vec<_> = argv.split_terminator('\0').map(str::to_owned).collect();
    let stdin = fs::read(folder.join("stdin")).unwrap_or_default();
    let Some(mut mouth) = Mouth::open(&folder.join("said")).await else { return };
    let fault = attempt.shared.faults.take(|fault| match fault {
        Fault::Cli { what, .. } => Some(what.clone()),
        _ => None,
    });
    if fault == Some(CliFault::Hangs) {
        mouth.error("INFO: waiting for jobs to be created").await;
        std::future::pending::<()>().await;
    }
    let ending = end(attempt, &argv, &stdin, variables, (&mut mouth, fault.as_ref())).await;
    if !ending.words.is_empty() {
        mouth.error(&ending.words).await;
    }
    last_lines(&mut mouth, ending.json, fault.as_ref()).await;
    // The code is there before the program sees the end of what it prints.
    fs::write(folder.join("code"), ending.code.to_string()).unwrap();
}

async fn end(
    attempt: &Attempt<'_>,
    argv: &[String],
    stdin: &[u8],
    variables: &BTreeMap<String, String>,
    (mouth, fault): (&mut Mouth, Option<&CliFault>),
) -> Ending {
    let arguments = match Arguments::read(argv) {
        Ok(arguments) => arguments,
        Err(words) => return Ending { code: 1, json: None, words },
    };
    let config = match config::Config::read(&arguments, stdin, variables) {
        Ok(config) => config,
        // A configuration that cannot be loaded ends it before it speaks JSON.
        Err(words) => return Ending { code: 1, json: None, words: format!("ERROR: {words}") },
    };
    let id = arguments.id.clone();
    let told = arguments.correlation.clone().unwrap_or_else(|| id.clone());
    let result = submit::submit(attempt, &config, &id, (mouth, fault)).await;
    let (code, answer, words) = match result {
        Ok(answer) => (0, answer, String::new()),
        Err(trouble) => (trouble.code, Answer::Error(trouble.clone()), format!("ERROR: {}", trouble.message)),
    };
    let silent = matches!(&answer, Answer::Error(Trouble { category: "", .. }));
    let json = (arguments.json && !silent).then(|| answer.json(&config.cluster_name, &told));
    Ending { code, json, words }
}

/// The JSON, or what a history has in its place.
async fn last_lines(mouth: &mut Mouth, json: Option<String>, fault: Option<&CliFault>) {
    let Some(json) = json else { return };
    match fault {
        Some(CliFault::NoJson) => {}
        Some(CliFault::BrokenJson) => {
            mouth.say(&json).await;
            mouth.say("{'kind': 'debug', 'value': None}").await;
        }
        Some(CliFault::TwoJson) => {
            mouth.say(r#"{"category":"transient","details":{},"kind":"error","message":"retrying"}"#).await;
            mouth.say(&json).await;
        }
        Some(CliFault::NoiseAfter) => {
            mouth.say(&json).await;
            mouth.say("").await;
            mouth.say("INFO: Any empty folders will not be processed").await;
        }
        Some(CliFault::LongJson) => {
            let long = format!(r#""details":{{"trace":"{}"}}"#, "x".repeat(5_000));
            mouth.say(&json.replacen(r#""details":{}"#, &long, 1)).await;
        }
        _ => mouth.say(&json).await,
    }
}
