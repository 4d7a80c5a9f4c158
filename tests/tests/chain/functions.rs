//! The folders of `functions/` against the names in the code.

use blastline_jobs::names::{QueueName, Table};
use blastline_tests::chain::places::repository;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Function {
    bindings: Vec<Binding>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Binding {
    r#type: String,
    direction: String,
    name: String,
    queue_name: Option<String>,
    table_name: Option<String>,
    connection: Option<String>,
    schedule: Option<String>,
    auth_level: Option<String>,
    methods: Option<Vec<String>>,
    route: Option<String>,
}

/// The folders by name.
fn folders() -> BTreeMap<String, Function> {
    let entries = std::fs::read_dir(repository().join("functions")).unwrap().flatten();
    let read = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path().join("function.json")).unwrap();
        let name = entry.file_name().into_string().unwrap();
        let function = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, function)
    };
    entries.map(read).collect()
}

impl Function {
    fn of<'a>(&'a self, kind: &'a str, direction: &'a str) -> impl Iterator<Item = &'a Binding> {
        self.bindings.iter().filter(move |binding| binding.r#type == kind && binding.direction == direction)
    }

    fn is_http(&self) -> bool {
        self.of("httpTrigger", "in").next().is_some()
    }
}

/// Name of the output binding of a queue, as the handler's answers name it.
fn binding_name(queue: QueueName) -> String {
    let mut name = String::new();
    for (index, word) in queue.as_str().split('-').enumerate() {
        let (first, rest) = word.split_at(1);
        name += &if index == 0 { first.to_owned() } else { first.to_uppercase() };
        name += rest;
    }
    name
}

#[test]
fn every_queue_function_has_one_trigger_its_outputs_and_the_history() {
    let connection = Some("AzureWebJobsStorage");
    let mut triggers = BTreeSet::new();
    for (name, function) in folders().into_iter().filter(|(_, function)| !function.is_http()) {
        let queues: Vec<_> = function.of("queueTrigger", "in").collect();
        let timers: Vec<_> = function.of("timerTrigger", "in").collect();
        match (queues.as_slice(), timers.as_slice()) {
            ([queue], []) => {
                assert!(name.starts_with("task-"), "{name}");
                assert_eq!(
                    (queue.name.as_str(), queue.connection.as_deref()),
                    ("message", connection),
                    "{name}"
                );
                let queue = queue.queue_name.clone().unwrap();
                assert!(triggers.insert(queue), "{name}: two functions take from one queue");
            }
            ([], [timer]) => {
                assert_eq!(
                    (name.as_str(), timer.schedule.as_deref()),
                    ("timer-reconcile", Some("%RECONCILE_CRON%"))
                );
            }
            _ => panic!("{name} has not exactly one trigger"),
        }
        for output in function.of("queue", "out") {
            let queue = output.queue_name.as_deref().unwrap();
            let known = QueueName::WORK.iter().find(|known| known.as_str() == queue);
            let known = known.unwrap_or_else(|| panic!("{name}: {queue} is no queue of the code"));
            assert_eq!(
                (output.name.clone(), output.connection.as_deref()),
                (binding_name(*known), connection),
                "{name}"
            );
        }
        let tables: Vec<_> = function.of("table", "out").collect();
        let [history] = tables.as_slice() else { panic!("{name} has not exactly one table output") };
        assert_eq!((history.name.as_str(), history.connection.as_deref()), ("history", connection), "{name}");
        assert_eq!(history.table_name.as_deref(), Some(Table::JobHistory.as_str()), "{name}");
        let counted = 1 + function.of("queue", "out").count() + tables.len();
        assert_eq!(function.bindings.len(), counted, "{name} has a binding that nobody knows");
    }
    let queues: BTreeSet<_> = QueueName::WORK.iter().map(|queue| queue.as_str().to_owned()).collect();
    assert_eq!(triggers, queues, "each work queue has its function");
}

/// What each function may send; the timer may send everything.
#[test]
fn outputs_are_what_each_function_sends() {
    let folders = folders();
    let outputs = |name: &str| -> Vec<String> {
        let mut names: Vec<_> = folders[name].of("queue", "out").map(|output| output.name.clone()).collect();
        names.sort_unstable();
        names
    };
    for name in ["task-blast-submit", "task-blast-chunk", "task-blast-watch"] {
        assert_eq!(outputs(name), ["blastArtifacts", "blastChunks", "blastWatch"], "{name}");
    }
    assert_eq!(outputs("task-blast-artifacts"), ["blastArtifacts", "blastChunks"]);
    assert_eq!(outputs("timer-reconcile"), ["blastArtifacts", "blastChunks", "blastSubmit", "blastWatch"]);
}

#[test]
fn only_addresses_of_the_api_take_more_than_get() {
    let folders = folders();
    let last: Vec<_> = folders.keys().rev().take(2).map(String::as_str).collect();
    assert_eq!(last, ["zz-spa", "zy-api"], "what takes the rest is asked last");
    for (name, function) in folders.iter().filter(|(_, function)| function.is_http()) {
        let trigger = function.of("httpTrigger", "in").next().unwrap();
        assert_eq!(trigger.auth_level.as_deref(), Some("anonymous"), "{name}");
        assert_eq!(function.of("http", "out").count(), 1, "{name}");
        let methods = trigger.methods.clone().unwrap_or_else(|| panic!("{name} takes every method"));
        let route = trigger.route.as_deref().unwrap();
        if name == "zz-spa" {
            assert_eq!((methods, route), (vec!["get".to_owned(), "head".to_owned()], "{*path}"));
        } else if name == "zy-api" {
            assert!(route == "api/{*path}" && !methods.contains(&"get".to_owned()), "{route}");
        } else {
            assert!(name.starts_with("api-") && route.starts_with("api/"), "{name} {route}");
        }
    }
}
