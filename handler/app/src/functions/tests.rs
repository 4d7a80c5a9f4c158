//! The folders in `functions/` against the code: what Azure wires is what the handler does.

use super::table;
use blastline_jobs::names::{QueueName, Table};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

#[derive(Debug, Deserialize)]
struct Function {
    bindings: Vec<Binding>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Binding {
    #[serde(rename = "type")]
    kind: String,
    direction: String,
    name: String,
    #[serde(default)]
    queue_name: String,
    #[serde(default)]
    table_name: String,
    #[serde(default)]
    route: String,
    #[serde(default)]
    methods: Vec<String>,
    #[serde(default)]
    schedule: String,
}

fn functions() -> BTreeMap<String, Function> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../functions"));
    let folders = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    folders
        .map(|folder| {
            let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(folder.join("function.json")).unwrap();
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

fn trigger(function: &Function) -> &Binding {
    let triggers: Vec<_> =
        function.bindings.iter().filter(|b| b.kind.to_lowercase().ends_with("trigger")).collect();
    assert_eq!(triggers.len(), 1);
    triggers[0]
}

#[test]
fn every_function_that_is_no_http_function_has_its_folder_and_the_other_way_round() {
    let folders: BTreeSet<_> = functions()
        .into_iter()
        .filter(|(_, function)| trigger(function).kind != "httpTrigger")
        .map(|(name, _)| name)
        .collect();
    assert_eq!(folders, table().into_iter().map(|(name, _)| name.to_owned()).collect());
}

#[test]
fn queue_functions_are_bound_to_our_queues_and_to_the_history() {
    let work: BTreeSet<_> = QueueName::WORK.iter().map(|queue| queue.as_str()).collect();
    let outputs = BTreeMap::from([
        ("blastSubmit", QueueName::BlastSubmit.as_str()),
        ("blastChunks", QueueName::BlastChunks.as_str()),
        ("blastArtifacts", QueueName::BlastArtifacts.as_str()),
        ("blastWatch", QueueName::BlastWatch.as_str()),
    ]);
    let mut triggered = BTreeSet::new();
    for (name, function) in functions().iter().filter(|(name, _)| name.starts_with("task-")) {
        let trigger = trigger(function);
        assert_eq!((trigger.kind.as_str(), trigger.name.as_str()), ("queueTrigger", "message"), "{name}");
        assert!(work.contains(trigger.queue_name.as_str()), "{name}");
        triggered.insert(trigger.queue_name.clone());
        let out = || function.bindings.iter().filter(|b| b.direction == "out");
        for queue in out().filter(|b| b.kind == "queue") {
            assert_eq!(outputs.get(queue.name.as_str()), Some(&queue.queue_name.as_str()), "{name}");
        }
        let history: Vec<_> = out().filter(|b| b.kind == "table").collect();
        assert_eq!(history.len(), 1, "{name}");
        assert_eq!(
            (history[0].name.as_str(), history[0].table_name.as_str()),
            ("history", Table::JobHistory.as_str())
        );
    }
    assert_eq!(triggered, work.into_iter().map(str::to_owned).collect());
}

#[test]
fn the_timer_runs_by_its_setting_and_can_send_to_every_queue() {
    let functions = functions();
    let timer = &functions["timer-reconcile"];
    assert_eq!(trigger(timer).schedule, "%RECONCILE_CRON%");
    assert_eq!(timer.bindings.iter().filter(|b| b.kind == "queue").count(), QueueName::WORK.len());
}

#[test]
fn no_http_function_lets_an_invocation_be_forged() {
    for (name, function) in functions() {
        let trigger = trigger(&function);
        if trigger.kind != "httpTrigger" {
            continue;
        }
        assert!(!trigger.methods.is_empty(), "{name} takes every method");
        let only_reads = trigger.methods.iter().all(|method| matches!(method.as_str(), "get" | "head"));
        assert!(trigger.route.starts_with("api/") || only_reads, "{name}");
    }
}

#[test]
fn what_takes_the_rest_comes_last_because_routes_are_tried_by_name() {
    let functions = functions();
    let http: Vec<_> =
        functions.iter().filter(|(_, f)| trigger(f).kind == "httpTrigger").map(|(n, _)| n).collect();
    let last: Vec<_> = http.iter().rev().take(2).map(|name| name.as_str()).collect();
    assert_eq!(last, ["zz-spa", "zy-api"]);
}

#[test]
fn every_path_of_the_document_belongs_to_one_function_with_its_method() {
    let document = crate::routes::document();
    let functions = functions();
    for (path, item) in &document.paths.paths {
        let segment = path.split('/').nth(2).unwrap();
        let function = &functions[&format!("api-{segment}")];
        let trigger = trigger(function);
        assert!(trigger.route.starts_with(&format!("api/{segment}")), "{path}");
        for (method, used) in
            [("get", item.get.is_some()), ("post", item.post.is_some()), ("delete", item.delete.is_some())]
        {
            assert!(!used || trigger.methods.iter().any(|m| m == method), "{method} {path}");
        }
        assert!(item.put.is_none() && item.patch.is_none(), "{path}");
    }
}
