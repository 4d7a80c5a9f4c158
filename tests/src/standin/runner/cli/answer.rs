//! The last line of a submission: one line of JSON with sorted keys.

use serde::Serialize;
use std::collections::BTreeMap;

/// Something that ended a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Exit code.
    pub code: i32,
    /// `category`; no JSON with an empty one.
    pub category: &'static str,
    /// In words.
    pub message: String,
    /// Seconds after which it wants to be tried again.
    pub retry_after: Option<u32>,
}

impl Trouble {
    /// Of an exit code; the category is what the CLI makes of it, which is not always what it means.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        let category = match code {
            1 => "invalid",
            // What the CLI finds missing itself; a program that it runs and that fails is "transient".
            7 => "permanent",
            _ => "transient",
        };
        Self { code, category, message: message.into(), retry_after: None }
    }

    /// With a category of its own.
    pub fn categorised(mut self, category: &'static str) -> Self {
        self.category = category;
        self
    }
}

/// What is answered.
pub enum Answer {
    /// A decision, with `details`.
    Decision(String, BTreeMap<&'static str, String>),
    /// An error.
    Error(Trouble),
}

#[derive(Serialize)]
struct Submitted<'a> {
    cluster_name: &'a str,
    correlation_id: &'a str,
    decision: &'a str,
    details: &'a BTreeMap<&'static str, String>,
    kind: &'static str,
    message: String,
    queue_position: Option<u32>,
    retry_after_seconds: Option<u32>,
}

#[derive(Serialize)]
struct Failed<'a> {
    category: &'a str,
    correlation_id: &'a str,
    details: BTreeMap<&'static str, String>,
    kind: &'static str,
    message: &'a str,
    retry_after_seconds: Option<u32>,
}

impl Answer {
    /// The line.
    pub fn json(&self, cluster_name: &str, correlation_id: &str) -> String {
        match self {
            Self::Decision(decision, details) => serde_json::to_string(&Submitted {
                cluster_name,
                correlation_id,
                decision,
                details,
                kind: "submit_result",
                message: format!("submission {decision}"),
                queue_position: None,
                retry_after_seconds: None,
            }),
            Self::Error(trouble) => serde_json::to_string(&Failed {
                category: trouble.category,
                correlation_id,
                details: BTreeMap::new(),
                kind: "error",
                message: &trouble.message,
                retry_after_seconds: trouble.retry_after,
            }),
        }
        .unwrap()
    }
}
