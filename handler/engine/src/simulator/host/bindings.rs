//! What functions are bound to, read from `functions/`, where the real host reads it.

use blastline_jobs::names::{QueueName, Table};
use serde::Deserialize;
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// The folders of all functions.
const FUNCTIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../functions");

/// A `function.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Bindings {
    bindings: Vec<Binding>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Binding {
    #[serde(rename = "type")]
    kind: String,
    direction: String,
    #[serde(default)]
    queue_name: String,
    #[serde(default)]
    table_name: String,
}

static ALL: LazyLock<Vec<Arc<Bindings>>> = LazyLock::new(|| {
    let folders = Path::new(FUNCTIONS).read_dir().unwrap().map(|entry| entry.unwrap().path());
    folders
        .map(|folder| {
            let text = std::fs::read_to_string(folder.join("function.json")).unwrap();
            Arc::new(serde_json::from_str(&text).unwrap())
        })
        .collect()
});

impl Bindings {
    /// Of the function that a queue triggers, or the timer where there is no queue.
    pub fn triggered_by(queue: Option<QueueName>) -> Arc<Self> {
        let triggers = |binding: &Binding| match queue {
            Some(queue) => binding.kind == "queueTrigger" && binding.queue_name == queue.as_str(),
            None => binding.kind == "timerTrigger",
        };
        let found = ALL.iter().find(|function| function.bindings.iter().any(triggers));
        found.unwrap_or_else(|| panic!("no function is triggered by {queue:?}")).clone()
    }

    /// Whether messages to a queue that the function returns are sent.
    pub fn sends_to(&self, queue: QueueName) -> bool {
        self.outputs("queue").any(|binding| binding.queue_name == queue.as_str())
    }

    /// Whether rows of a table that the function returns are written.
    pub fn writes(&self, table: Table) -> bool {
        self.outputs("table").any(|binding| binding.table_name == table.as_str())
    }

    fn outputs<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Binding> {
        self.bindings.iter().filter(move |binding| binding.direction == "out" && binding.kind == kind)
    }
}
