//! The machines.

use super::{Memory, jobs::end_pod};
use crate::standin::{
    api::uid,
    objects::{
        Condition, Node, NodeSpec, NodeStatus, ObjectMeta, Pod, Quantity, Taint, Time, Words, set_condition,
    },
    shared::Shared,
    store::{Kept, World},
};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::Instant;

/// So long pods stay on a node that does not answer (the default of their toleration).
const TOLERATED: Duration = Duration::from_secs(300);
/// So long after that the cloud is asked, and the node is known to be gone.
const KNOWN_GONE: Duration = Duration::from_secs(60);

/// Makes the machines: those that take searches, and one of the system.
pub fn make_nodes(world: &mut World, searching: usize) {
    for index in 0..searching {
        let name = format!("aks-blastpool-31415926-vmss{index:06}");
        let labels = [("workload", "blast"), ("agentpool", "blastpool")];
        world.add(node(
            world,
            &name,
            "Standard_E16s_v5",
            ("16", "15740m"),
            ("128Gi", "120Gi"),
            &labels,
            "workload",
            "blast",
        ));
    }
    let labels = [("agentpool", "systempool")];
    let system = node(
        world,
        "aks-systempool-27182818-vmss000000",
        "Standard_D2s_v3",
        ("2", "1900m"),
        ("8Gi", "5Gi"),
        &labels,
        "CriticalAddonsOnly",
        "true",
    );
    world.add(system);
}

#[expect(clippy::too_many_arguments, reason = "a machine is what it is, and this is said once")]
fn node(
    world: &World,
    name: &str,
    machine: &str,
    cpu: (&str, &str),
    memory: (&str, &str),
    labels: &[(&str, &str)],
    key: &str,
    value: &str,
) -> Node {
    let mut all: Words = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    for (key, value) in [
        ("kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", "amd64"),
        ("kubernetes.io/hostname", name),
        ("node.kubernetes.io/instance-type", machine),
    ] {
        all.insert(key.to_owned(), value.to_owned());
    }
    let amounts = |cpu: &str, memory: &str| {
        let amounts = [("cpu", cpu), ("memory", memory), ("pods", "110")];
        let read = |(name, amount): (&str, &str)| (name.to_owned(), Quantity::read(amount).unwrap());
        amounts.into_iter().map(read).collect::<BTreeMap<_, _>>()
    };
    let now = Time::at(world.now());
    let ready = ready("True", "KubeletReady", "kubelet is posting ready status", now);
    Node {
        metadata: ObjectMeta {
            name: name.to_owned(),
            uid: Some(uid()),
            creation_timestamp: Some(now),
            labels: all,
            ..ObjectMeta::default()
        },
        spec: NodeSpec {
            taints: vec![Taint {
                key: key.to_owned(),
                value: value.to_owned(),
                effect: "NoSchedule".to_owned(),
            }],
            ..NodeSpec::default()
        },
        status: NodeStatus {
            capacity: amounts(cpu.0, memory.0),
            allocatable: amounts(cpu.1, memory.1),
            conditions: vec![ready],
        },
        ..Node::default()
    }
}

fn ready(status: &str, reason: &str, message: &str, now: Time) -> Condition {
    Condition {
        kind: "Ready".to_owned(),
        status: status.to_owned(),
        last_probe_time: None,
        last_transition_time: Some(now),
        reason: reason.to_owned(),
        message: message.to_owned(),
    }
}

/// A node does not answer any more.
pub fn lose_node(world: &mut World, name: &str) {
    let now = Time::at(world.now());
    world.alter::<Node>("", name, |node| {
        let unknown = ready("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", now);
        set_condition(&mut node.status.conditions, unknown);
        for effect in ["NoSchedule", "NoExecute"] {
            let key = "node.kubernetes.io/unreachable".to_owned();
            node.spec.taints.push(Taint { key, value: String::new(), effect: effect.to_owned() });
        }
    });
}

/// Moves pods away from nodes that do not answer, and takes nodes away that are gone.
pub fn look_after(shared: &Shared, memory: &mut Memory) {
    let mut world = shared.world();
    let lost: Vec<String> = Node::shelf(&world)
        .all()
        .filter(|node| !node.is_ready())
        .map(|node| node.metadata.name.clone())
        .collect();
    memory.lost.retain(|name, _| lost.contains(name));
    for name in lost {
        let since = memory.lost.entry(name.clone()).or_insert_with(Instant::now).elapsed();
        let pods: Vec<Pod> = Pod::shelf(&world)
            .all()
            .filter(|pod| pod.spec.node_name.as_deref() == Some(&name))
            .cloned()
            .collect();
        for pod in &pods {
            // Nothing runs there any more, whatever the objects say.
            if let Some(task) = memory.running.get(pod.metadata.uid()) {
                task.abort();
            }
        }
        if since >= shared.scaled(TOLERATED) {
            let now = Time::at(world.now());
            for pod in pods.iter().filter(|pod| !pod.is_over()) {
                world.alter::<Pod>(pod.metadata.namespace(), &pod.metadata.name, |pod| {
                    set_condition(&mut pod.status.conditions, disrupted(now));
                });
                end_pod(&mut world, pod);
            }
        }
        if since >= shared.scaled(TOLERATED + KNOWN_GONE) {
            for pod in pods {
                world.remove::<Pod>(pod.metadata.namespace(), &pod.metadata.name);
            }
            world.remove::<Node>("", &name);
        }
    }
}

fn disrupted(now: Time) -> Condition {
    Condition {
        kind: "DisruptionTarget".to_owned(),
        status: "True".to_owned(),
        last_probe_time: None,
        last_transition_time: Some(now),
        reason: "DeletionByTaintManager".to_owned(),
        message: "Taint manager: deleting due to NoExecute taint".to_owned(),
    }
}
