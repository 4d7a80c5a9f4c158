//! The golden payloads under `tests/goldens/functions`, which the handler's decoder is checked against too.

use super::answer::Answer;
use super::effects::{Effect, effects};
use super::payload::{Payload, ScheduleStatus, Sys};
use crate::config::binding::{Binding, FunctionJson};
use crate::config::{Function, MessageEncoding, Settings};
use crate::storage::QueueMessage;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

#[derive(Deserialize)]
struct RequestGolden {
    given: Given,
    request: Sent,
}

#[derive(Deserialize)]
struct Sent {
    path: String,
    body: Value,
}

#[derive(Deserialize)]
struct Given {
    binding: String,
    #[serde(flatten)]
    cause: Cause,
    rand_guid: String,
    #[serde(with = "time::serde::rfc3339")]
    utc_now: OffsetDateTime,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "cause")]
enum Cause {
    Message {
        #[serde(default)]
        binary: bool,
        body: String,
        message: Box<Received>,
    },
    Manual {
        input: String,
    },
    Tick {
        status: Option<Shown>,
        is_past_due: bool,
    },
}

#[derive(Deserialize)]
struct Received {
    id: String,
    pop_receipt: String,
    dequeue_count: u64,
    #[serde(with = "time::serde::rfc3339")]
    inserted: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    next_visible: OffsetDateTime,
}

#[derive(Deserialize)]
struct Shown {
    last: String,
    next: String,
    last_updated: String,
}

#[derive(Deserialize)]
struct AnswerGolden {
    bindings: Vec<Binding>,
    answer: Given2xx,
    expected: Expected,
}

#[derive(Deserialize)]
struct Given2xx {
    status: u16,
    content_type: Option<String>,
    body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Expected {
    Effects { messages: Vec<Value>, rows: Vec<Value>, logs: Vec<String> },
    Failure(String),
}

fn files(prefix: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/goldens/functions");
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    all.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix));
    all.sort();
    all
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn requests_are_sent_as_in_the_goldens() {
    let all = files("request-");
    assert!(all.len() >= 8, "the goldens are missing");
    for path in all {
        let golden: RequestGolden = read(&path);
        let given = golden.given;
        let sys = Sys {
            method_name: golden.request.path.trim_start_matches('/').to_owned(),
            rand_guid: given.rand_guid,
            utc_now: given.utc_now,
        };
        let payload = match given.cause {
            Cause::Message { binary, body, message } => {
                let received = QueueMessage {
                    id: message.id,
                    inserted: message.inserted,
                    expires: message.expires,
                    pop_receipt: message.pop_receipt,
                    next_visible: message.next_visible,
                    dequeue_count: message.dequeue_count,
                    text: String::new(),
                };
                Payload::queue(&given.binding, binary, &received, body.as_bytes(), &sys)
            }
            Cause::Manual { input } => Payload::manual(&given.binding, false, &input, &sys),
            Cause::Tick { status, is_past_due } => {
                let status = status.map(|s| ScheduleStatus {
                    last: s.last,
                    next: s.next,
                    last_updated: s.last_updated,
                });
                Payload::timer(&given.binding, status.as_ref(), is_past_due, &sys)
            }
        };
        assert_eq!(serde_json::to_value(payload).unwrap(), golden.request.body, "{}", path.display());
    }
}

#[test]
fn answers_are_taken_as_in_the_goldens() {
    let all = files("answer-");
    assert!(all.len() >= 10, "the goldens are missing");
    for path in all {
        let golden: AnswerGolden = read(&path);
        let got = judge(&golden);
        match golden.expected {
            Expected::Failure(part) => {
                let error = got.expect_err(&path.display().to_string());
                assert!(error.contains(&part), "{}: {error}", path.display());
            }
            Expected::Effects { messages, rows, logs } => {
                let (effects, said) = got.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                assert_eq!(said, logs, "{}", path.display());
                assert_eq!(split(effects), (messages, rows), "{}", path.display());
            }
        }
    }
}

fn judge(golden: &AnswerGolden) -> Result<(Vec<Effect>, Vec<String>), String> {
    let trigger = Binding { kind: "queueTrigger".into(), name: "message".into(), ..Binding::default() };
    let trigger = Binding { queue_name: Some("in".into()), ..trigger };
    let bindings = std::iter::once(trigger).chain(golden.bindings.iter().cloned()).collect();
    let json = FunctionJson { disabled: false, bindings };
    let settings = Settings::load(Path::new("/nowhere/x.json"), []).unwrap();
    let function = Function::build("task-example", &json, &settings, "", true).unwrap();
    let given = &golden.answer;
    let answer = Answer::read(given.status, given.content_type.as_deref(), given.body.as_bytes());
    let answer = answer.map_err(|e| e.to_string())?;
    let effects = effects(&function, &answer, MessageEncoding::Base64).map_err(|e| e.to_string())?;
    Ok((effects, answer.logs.unwrap_or_default()))
}

fn split(effects: Vec<Effect>) -> (Vec<Value>, Vec<Value>) {
    let (mut messages, mut rows) = (Vec::new(), Vec::new());
    for effect in effects {
        match effect {
            Effect::Message { queue, text, .. } => messages.push(json!({ "queue": queue, "stored": text })),
            Effect::Row { table, row, .. } => {
                rows.push(json!({ "table": table, "row": Map::from_iter(row) }))
            }
        }
    }
    (messages, rows)
}
