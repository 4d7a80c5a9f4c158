//! All handler processes: which place serves which function.

use super::launch::Launch;
use super::spawner::Spawner;
use super::worker::Worker;
use crate::config::Function;
use crate::http::client::Client;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// The places, by group. With one process for all, every function shares one place.
#[derive(Debug)]
pub struct Fleet {
    groups: BTreeMap<String, Vec<Arc<Worker>>>,
    workers: Vec<Arc<Worker>>,
    supervisors: Vec<JoinHandle<()>>,
}

impl Fleet {
    /// Makes the places for `functions`: one per scale group, more for a queue function named in `instances`, or a
    /// single one for everything.
    #[must_use]
    pub fn plan(functions: &[Arc<Function>], instances: &BTreeMap<String, usize>, single: bool) -> Self {
        let mut fleet = Self { groups: BTreeMap::new(), workers: Vec::new(), supervisors: Vec::new() };
        if single && !functions.is_empty() {
            fleet.workers.push(Arc::new(Worker::new(None, 0, 1)));
        }
        for function in functions {
            let group = function.group();
            if fleet.groups.contains_key(&group) {
                continue;
            }
            let places = if single {
                fleet.workers.clone()
            } else {
                let count = if group == "http" {
                    1
                } else {
                    instances.get(&function.name).copied().unwrap_or(1).max(1)
                };
                let place = |i| Arc::new(Worker::new(Some(group.clone()), i, count));
                let places: Vec<_> = (0..count).map(place).collect();
                fleet.workers.extend(places.iter().cloned());
                places
            };
            fleet.groups.insert(group, places);
        }
        fleet
    }

    /// Starts the processes and keeps them running.
    pub fn start(&mut self, spawner: &Spawner, launch: &Arc<Launch>, client: &Client) {
        for worker in &self.workers {
            let (worker, spawner) = (worker.clone(), spawner.clone());
            let (launch, client) = (launch.clone(), client.clone());
            let supervise = async move { worker.supervise(&spawner, &launch, &client).await };
            self.supervisors.push(tokio::spawn(supervise));
        }
    }

    /// The places of a scale group; never empty for a group of a function that was planned.
    #[must_use]
    pub fn of(&self, group: &str) -> &[Arc<Worker>] {
        self.groups.get(group).map_or(&[], Vec::as_slice)
    }

    /// Every place.
    #[must_use]
    pub fn workers(&self) -> &[Arc<Worker>] {
        &self.workers
    }

    /// Kills every process and starts none again.
    pub fn stop(&self) {
        for supervisor in &self.supervisors {
            supervisor.abort();
        }
        for worker in &self.workers {
            worker.kill_any();
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;
    use std::path::Path;

    fn functions() -> Vec<Arc<Function>> {
        let http = r#"{"bindings":[{"type":"httpTrigger","name":"r"},{"type":"http","direction":"out","name":"o"}]}"#;
        let queue = r#"{"bindings":[{"type":"queueTrigger","name":"m","queueName":"q"}]}"#;
        let settings = Settings::load(Path::new("/nowhere/x.json"), []).unwrap();
        let build = |(name, json)| {
            Arc::new(
                Function::build(name, &serde_json::from_str(json).unwrap(), &settings, "", true).unwrap(),
            )
        };
        [("api-a", http), ("api-b", http), ("task-a", queue), ("task-b", queue)].map(build).to_vec()
    }

    #[test]
    fn one_place_per_scale_group_and_more_where_asked() {
        let instances = [("task-a".to_owned(), 2), ("api-a".to_owned(), 5)].into_iter().collect();
        let fleet = Fleet::plan(&functions(), &instances, false);
        let labels: Vec<&str> = fleet.workers().iter().map(|w| w.label()).collect();
        assert_eq!(labels, ["http", "function:task-a#0", "function:task-a#1", "function:task-b"]);
        assert_eq!(fleet.of("function:task-a").len(), 2);
    }

    #[test]
    fn a_single_place_serves_all() {
        let fleet = Fleet::plan(&functions(), &BTreeMap::new(), true);
        assert_eq!(fleet.workers().len(), 1);
        assert!(Arc::ptr_eq(&fleet.of("http")[0], &fleet.of("function:task-b")[0]));
    }
}
