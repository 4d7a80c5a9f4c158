use super::process::ProcessId;
use super::state::World;
use futures::future::BoxFuture;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};

struct Task {
    process: ProcessId,
    future: BoxFuture<'static, ()>,
    waker: Waker,
}

/// Marks a task as one to poll.
struct Bell {
    task: u64,
    woken: Arc<Mutex<VecDeque<u64>>>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).push_back(self.task);
    }
}

/// Polls what processes run, one thing at a time, in the order that the world gives.
pub struct Executor {
    world: Arc<World>,
    tasks: BTreeMap<u64, Task>,
    made: u64,
}

impl Executor {
    pub fn new(world: Arc<World>) -> Self {
        Self { world, tasks: BTreeMap::new(), made: 0 }
    }

    /// Runs until a moment, or until something that must hold was seen not to.
    pub fn run_until(&mut self, until_ms: u64) {
        self.settle();
        while self.world.first_violation().is_none() && self.world.go_on(until_ms) {
            self.settle();
        }
    }

    /// Polls until nobody can go on without the world.
    fn settle(&mut self) {
        loop {
            self.bury();
            while let Some(spawned) = self.world.next_spawned() {
                self.made += 1;
                let waker =
                    Waker::from(Arc::new(Bell { task: self.made, woken: self.world.woken().clone() }));
                self.tasks
                    .insert(self.made, Task { process: spawned.process, future: spawned.future, waker });
                self.world.woken().lock().unwrap().push_back(self.made);
            }
            let next = self.world.woken().lock().unwrap().pop_front();
            let Some(id) = next else { return };
            self.poll(id);
        }
    }

    fn poll(&mut self, id: u64) {
        // Taken out while it is polled: it may end, or be killed by what it does.
        let Some(mut task) = self.tasks.remove(&id) else { return };
        let waker = task.waker.clone();
        if task.future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            self.tasks.insert(id, task);
        }
    }

    /// Drops what killed processes were doing.
    fn bury(&mut self) {
        for process in self.world.take_killed() {
            let dead: Vec<u64> =
                self.tasks.iter().filter(|(_, task)| task.process == process).map(|(id, _)| *id).collect();
            for id in dead {
                drop(self.tasks.remove(&id));
            }
        }
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        // Tasks hold the world, and the world what they wait for.
        self.tasks.clear();
        while self.world.next_spawned().is_some() {}
    }
}
