//! What goes on by itself in a cluster: Jobs get pods, pods get nodes and run, what ended or lost its owner goes.

mod collect;
mod jobs;
mod nodes;
mod pods;
mod schedule;

pub use nodes::{lose_node, make_nodes};
pub use schedule::ready_nodes;

use super::{runner, shared::Shared};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::{
    task::AbortHandle,
    time::{Instant, timeout},
};

/// The longest time between two looks: deadlines pass without anybody writing.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The shortest: writes of one kind come in bursts.
const REST: Duration = Duration::from_millis(10);

/// What the controllers remember besides the objects.
#[derive(Debug, Default)]
pub struct Memory {
    /// Pods that run, by unique id.
    running: BTreeMap<String, AbortHandle>,
    /// When something was first seen in a state, by unique id.
    seen: BTreeMap<(String, &'static str), Instant>,
    /// Jobs' pods: active ones, and those that are counted as ended.
    pods_of: BTreeMap<String, jobs::PodsOf>,
    /// Nodes that are lost, and since when.
    lost: BTreeMap<String, Instant>,
}

impl Memory {
    /// How long something has been in a state; begins to count with the first call.
    fn since(&mut self, uid: &str, state: &'static str) -> Duration {
        self.seen.entry((uid.to_owned(), state)).or_insert_with(Instant::now).elapsed()
    }

    /// Forgets what is gone.
    fn forget(&mut self, there: &BTreeSet<String>) {
        self.seen.retain(|(uid, _), _| there.contains(uid));
        self.pods_of.retain(|uid, _| there.contains(uid));
    }
}

/// Runs every controller for as long as the runtime lives.
pub async fn run(shared: Arc<Shared>) {
    let mut memory = Memory::default();
    let mut listen = shared.world().listen();
    loop {
        listen.borrow_and_update();
        collect::collect(&shared, &mut memory);
        nodes::look_after(&shared, &mut memory);
        jobs::control(&shared, &mut memory);
        schedule::schedule(&shared);
        for pod in pods::to_start(&shared, &mut memory) {
            let uid = pod.metadata.uid().to_owned();
            let task = tokio::spawn(runner::run_pod(Arc::clone(&shared), pod));
            memory.running.insert(uid, task.abort_handle());
        }
        let _ = timeout(LOOK_EVERY, listen.changed()).await;
        let _ = timeout(REST, std::future::pending::<()>()).await;
    }
}
