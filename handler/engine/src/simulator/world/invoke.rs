use super::process::ProcessId;
use super::state::World;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

/// The process that ran something is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Died;

struct Slot<T> {
    answer: Option<Result<T, Died>>,
    waker: Option<Waker>,
}

/// Fills the slot when its process is killed: the answer never comes, the connection breaks.
struct Guard<T>(Arc<Mutex<Slot<T>>>);

impl<T> Guard<T> {
    fn fill(&self, answer: Result<T, Died>) {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.answer.get_or_insert(answer);
        if let Some(waker) = slot.waker.take() {
            drop(slot);
            waker.wake();
        }
    }
}

impl<T> Drop for Guard<T> {
    fn drop(&mut self) {
        self.fill(Err(Died));
    }
}

/// Has a process run a future, and waits for its answer from another process.
pub async fn invoke<T: Send + 'static>(
    world: &Arc<World>,
    process: ProcessId,
    future: impl Future<Output = T> + Send + 'static,
) -> Result<T, Died> {
    if !world.is_alive(process) {
        return Err(Died);
    }
    let slot = Arc::new(Mutex::new(Slot { answer: None, waker: None }));
    let guard = Guard(slot.clone());
    world.spawn(
        process,
        Box::pin(async move {
            let answer = future.await;
            guard.fill(Ok(answer));
        }),
    );
    poll_fn(|context| {
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.answer.take() {
            Some(answer) => Poll::Ready(answer),
            None => {
                slot.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    })
    .await
}
