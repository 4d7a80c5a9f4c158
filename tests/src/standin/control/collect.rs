//! The garbage collector, and the end of pods.

use super::{Memory, jobs::end_pod};
use crate::standin::{
    api::{FOREGROUND, ORPHAN},
    objects::{ConfigMap, Job, Kind, Lease, Node, Pod, Secret},
    shared::Shared,
    store::{Kept, World},
};
use std::collections::BTreeSet;

/// Takes away what is to go.
pub fn collect(shared: &Shared, memory: &mut Memory) {
    let mut world = shared.world();
    let deleting: Vec<Job> =
        Job::shelf(&world).all().filter(|job| job.metadata.deletion_timestamp.is_some()).cloned().collect();
    deleting.iter().for_each(|job| finish(&mut world, job));
    let orphans: Vec<Pod> = Pod::shelf(&world)
        .all()
        .filter(|pod| pod.metadata.deletion_timestamp.is_none() && ownerless(&world, *pod))
        .cloned()
        .collect();
    orphans.iter().for_each(|pod| end_pod(&mut world, pod));
    sweep::<Secret>(&mut world);
    sweep::<ConfigMap>(&mut world);
    sweep::<Job>(&mut world);
    let ending: Vec<Pod> =
        Pod::shelf(&world).all().filter(|pod| pod.metadata.deletion_timestamp.is_some()).cloned().collect();
    for pod in ending {
        let uid = pod.metadata.uid();
        // A node that does not answer confirms nothing: its pods stay until it is known to be gone.
        let unreachable = pod.spec.node_name.as_ref().is_some_and(|node| memory.lost.contains_key(node));
        let waited = memory.since(uid, "ending");
        let grace = shared.seconds(pod.metadata.deletion_grace_period_seconds.unwrap_or(0));
        // The first process of these containers is a shell, which a first signal does not end.
        let runs = memory.running.get(uid).is_some_and(|task| !task.is_finished());
        if unreachable || (runs && waited < grace) {
            continue;
        }
        if let Some(task) = memory.running.remove(uid) {
            task.abort();
        }
        world.remove::<Pod>(pod.metadata.namespace(), &pod.metadata.name);
        shared.logs.forget(uid);
    }
    let there = uids(&world);
    let gone: Vec<_> = memory.running.keys().filter(|uid| !there.contains(*uid)).cloned().collect();
    for uid in gone {
        if let Some(task) = memory.running.remove(&uid) {
            task.abort();
        }
        shared.logs.forget(&uid);
    }
    memory.forget(&there);
}

/// Ends the deletion of a Job that waits for its pods.
fn finish(world: &mut World, job: &Job) {
    let (namespace, name, uid) = (job.metadata.namespace(), &job.metadata.name, job.metadata.uid());
    let pods: Vec<Pod> = Pod::shelf(world).all().filter(|pod| pod.metadata.owned_by(uid)).cloned().collect();
    let has = |finalizer: &str| job.metadata.finalizers.iter().any(|known| known == finalizer);
    if has(ORPHAN) {
        for pod in &pods {
            world.alter::<Pod>(namespace, &pod.metadata.name, |pod| {
                pod.metadata.owner_references.retain(|owner| owner.uid != uid);
            });
        }
    } else if has(FOREGROUND) && !pods.is_empty() {
        pods.iter().for_each(|pod| end_pod(world, pod));
        return;
    }
    let others = job.metadata.finalizers.iter().any(|known| known != ORPHAN && known != FOREGROUND);
    if !others {
        world.remove::<Job>(namespace, name);
    }
}

/// Takes away what has owners, none of which is there.
fn sweep<K: Kept>(world: &mut World) {
    let gone: Vec<K> = K::shelf(world).all().filter(|object| ownerless(world, *object)).cloned().collect();
    for object in gone {
        world.remove::<K>(object.meta().namespace(), &object.meta().name);
    }
}

fn ownerless<K: Kind>(world: &World, object: &K) -> bool {
    let owners = &object.meta().owner_references;
    !owners.is_empty() && !owners.iter().any(|owner| world.has_owner(owner))
}

fn uids(world: &World) -> BTreeSet<String> {
    fn of<K: Kept>(world: &World) -> impl Iterator<Item = String> {
        K::shelf(world).all().map(|object| object.meta().uid().to_owned())
    }
    of::<Job>(world)
        .chain(of::<Pod>(world))
        .chain(of::<Secret>(world))
        .chain(of::<Lease>(world))
        .chain(of::<Node>(world))
        .collect()
}
