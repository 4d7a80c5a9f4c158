use super::process::ProcessId;
use super::schedule::Due;
use super::state::{World, lock};
use blastline_jobs::names::QueueName;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// What somebody waits for without a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    Message(QueueName),
    Alive(ProcessId),
}

impl World {
    /// Waits until a process is alive.
    pub async fn alive(world: &Arc<Self>, process: ProcessId) {
        while !world.is_alive(process) {
            wished(world, Wish::Alive(process)).await;
        }
    }

    /// Waits until a message of a queue may be seen.
    pub async fn message(world: &Arc<Self>, queue: QueueName) {
        let seen = world.stores.queues.next_visible(queue).is_some_and(|at| at <= world.now());
        if !seen {
            wished(world, Wish::Message(queue)).await;
        }
    }

    pub fn wish(&self, wish: Wish, waker: Waker) {
        lock(&self.state).waiting.entry(wish).or_default().push(waker);
    }

    pub fn fulfil(&self, wish: Wish) {
        let wakers = lock(&self.state).waiting.remove(&wish).unwrap_or_default();
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Has whoever waits for a queue look when its next message can be seen.
    pub fn queue_changed(&self, queue: QueueName) {
        if let Some(at) = self.stores.queues.next_visible(queue) {
            let wait = (at - self.now()).whole_milliseconds().max(0);
            let wait = Duration::from_millis(u64::try_from(wait).unwrap());
            let poll = self.draw(|chance| chance.millis(1, 400));
            self.schedule(wait + poll, Due::Visible(queue));
        }
    }
}

/// Waits until a wish is fulfilled once.
async fn wished(world: &Arc<World>, wish: Wish) {
    let mut asked = false;
    poll_fn(|context| {
        if std::mem::replace(&mut asked, true) {
            return Poll::Ready(());
        }
        world.wish(wish, context.waker().clone());
        Poll::Pending
    })
    .await;
}
