//! The kubelets: which pods begin to run.

use super::Memory;
use crate::standin::{
    objects::{Container, ContainerState, ContainerStatus, Pod, Time},
    shared::Shared,
    store::Kept,
};

/// Pods that have a node and do not run yet, with their first status.
pub fn to_start(shared: &Shared, memory: &mut Memory) -> Vec<Pod> {
    let mut world = shared.world();
    let new: Vec<Pod> = Pod::shelf(&world)
        .all()
        .filter(|pod| {
            let node = pod.spec.node_name.as_ref();
            let begins = pod.metadata.deletion_timestamp.is_none() && !pod.is_over();
            begins
                && node.is_some_and(|node| !memory.lost.contains_key(node))
                && !memory.running.contains_key(pod.metadata.uid())
        })
        .cloned()
        .collect();
    let now = Time::at(world.now());
    for pod in &new {
        world.alter::<Pod>(pod.metadata.namespace(), &pod.metadata.name, |pod| {
            let inits = &pod.spec.init_containers;
            let rest = if inits.is_empty() { "ContainerCreating" } else { "PodInitializing" };
            pod.status.start_time = Some(now);
            pod.status.qos_class = Some("Burstable".to_owned());
            pod.status.init_container_statuses = statuses(inits, "PodInitializing");
            pod.status.container_statuses = statuses(&pod.spec.containers, rest);
        });
    }
    new
}

fn statuses(containers: &[Container], reason: &str) -> Vec<ContainerStatus> {
    let status = |container: &Container| ContainerStatus {
        name: container.name.clone(),
        state: ContainerState::waits(reason, ""),
        image: container.image.clone(),
        ..ContainerStatus::default()
    };
    containers.iter().map(status).collect()
}
