//! The scheduler: which pod runs on which node, and its words where none will do.

use crate::standin::{
    faults::Fault,
    objects::{Condition, Node, Pod, Taint, Time, Toleration, set_condition},
    shared::Shared,
    store::{Kept, World},
};
use std::{collections::BTreeMap, time::Duration};

/// Gives every waiting pod a node, or says why not.
pub fn schedule(shared: &Shared) {
    let mut world = shared.world();
    let waiting: Vec<Pod> = Pod::shelf(&world)
        .all()
        .filter(|pod| {
            pod.spec.node_name.is_none() && pod.metadata.deletion_timestamp.is_none() && !pod.is_over()
        })
        .cloned()
        .collect();
    for pod in waiting {
        let chosen =
            if held_back(shared, &world, &pod) { Err(too_large(&world)) } else { choose(&world, &pod) };
        let now = Time::at(world.now());
        world.alter::<Pod>(pod.metadata.namespace(), &pod.metadata.name, |pod| {
            let (status, reason, message) = match chosen {
                Ok(node) => {
                    pod.spec.node_name = Some(node);
                    ("True", "", String::new())
                }
                Err(words) => ("False", "Unschedulable", words),
            };
            set_condition(
                &mut pod.status.conditions,
                Condition {
                    kind: "PodScheduled".to_owned(),
                    status: status.to_owned(),
                    last_probe_time: None,
                    last_transition_time: Some(now),
                    reason: reason.to_owned(),
                    message,
                },
            );
        });
    }
}

/// How many nodes take searches and are ready.
pub fn ready_nodes(world: &World) -> usize {
    let takes = |node: &&Node| node.is_ready() && node.metadata.label("workload") == "blast";
    Node::shelf(world).all().filter(takes).count()
}

fn held_back(shared: &Shared, world: &World, pod: &Pod) -> bool {
    let age = pod.metadata.creation_timestamp.map_or(Duration::ZERO, |created| world.since(created));
    let held = shared.faults.look(|fault, _| match fault {
        Fault::Unschedulable { app, seconds } if app == pod.metadata.label("app") => {
            Some(seconds.is_none_or(|seconds| age < shared.scaled(Duration::from_secs(seconds))))
        }
        _ => None,
    });
    held == Some(true)
}

fn too_large(world: &World) -> String {
    let all = Node::shelf(world).all().count();
    let reasons = [(all, "Insufficient memory".to_owned())];
    words(all, reasons.into_iter())
}

fn choose(world: &World, pod: &Pod) -> Result<String, String> {
    let wanted = requests(pod);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut fitting = Vec::new();
    for node in Node::shelf(world).all() {
        let used = used(world, &node.metadata.name);
        let short = ["cpu", "memory"].into_iter().find(|resource| {
            let has = node.status.allocatable.get(*resource).map_or(0, |amount| amount.milli());
            used.get(*resource).unwrap_or(&0) + wanted.get(*resource).unwrap_or(&0) > has
        });
        let untolerated = node.spec.taints.iter().find(|taint| {
            taint.effect != "PreferNoSchedule"
                && !pod.spec.tolerations.iter().any(|one| tolerates(one, taint))
        });
        let selected =
            pod.spec.node_selector.iter().all(|(key, value)| node.metadata.labels.get(key) == Some(value));
        let reason = if node.spec.unschedulable == Some(true) {
            "node(s) were unschedulable".to_owned()
        } else if let Some(taint) = untolerated {
            format!("node(s) had untolerated taint {{{}: {}}}", taint.key, taint.value)
        } else if !selected {
            "node(s) didn't match Pod's node affinity/selector".to_owned()
        } else if let Some(resource) = short {
            format!("Insufficient {resource}")
        } else {
            fitting.push((*used.get("cpu").unwrap_or(&0), node.metadata.name.clone()));
            continue;
        };
        *reasons.entry(reason).or_default() += 1;
    }
    let all = Node::shelf(world).all().count();
    let reasons = reasons.into_iter().map(|(reason, count)| (count, reason));
    fitting.into_iter().min().map(|(_, name)| name).ok_or_else(|| words(all, reasons))
}

fn words(all: usize, reasons: impl Iterator<Item = (usize, String)>) -> String {
    let reasons: Vec<_> = reasons.map(|(count, reason)| format!("{count} {reason}")).collect();
    format!(
        "0/{all} nodes are available: {}. preemption: 0/{all} nodes are available: {all} Preemption is not helpful for \
         scheduling.",
        reasons.join(", ")
    )
}

/// What a pod asks for: its containers together, or the largest of its init containers.
fn requests(pod: &Pod) -> BTreeMap<String, u128> {
    let mut wanted: BTreeMap<String, u128> = BTreeMap::new();
    for container in &pod.spec.containers {
        for (name, amount) in &container.resources.requests {
            *wanted.entry(name.clone()).or_default() += amount.milli();
        }
    }
    for container in &pod.spec.init_containers {
        for (name, amount) in &container.resources.requests {
            let known = wanted.entry(name.clone()).or_default();
            *known = amount.milli().max(*known);
        }
    }
    wanted
}

fn used(world: &World, node: &str) -> BTreeMap<String, u128> {
    let mut used: BTreeMap<String, u128> = BTreeMap::new();
    let there =
        Pod::shelf(world).all().filter(|pod| pod.spec.node_name.as_deref() == Some(node) && !pod.is_over());
    for (name, amount) in there.flat_map(requests) {
        *used.entry(name).or_default() += amount;
    }
    used
}

fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    let Toleration { key, operator, value, effect, .. } = toleration;
    let effect_fits = effect.is_empty() || *effect == taint.effect;
    let key_fits = key.is_empty() || *key == taint.key;
    effect_fits && key_fits && (operator == "Exists" || *value == taint.value)
}
