use super::functions::SearchFunctions;
use super::requests::{cancel, submit};
use super::truth::Order;
use crate::error::{EngineError, EngineResult};
use crate::serverless::delete_job;
use crate::simulator::world::{Caller, Event, ProcessId, World, invoke};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::JobId;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What a person does with a search.
#[derive(Debug, Clone)]
pub struct Person {
    pub order: Order,
    /// When it is submitted.
    pub submits_after: Duration,
    /// Whether the request is sent a second time while the first is under way.
    pub twice: bool,
    /// When it is cancelled, after the answer to its submission.
    pub cancels_after: Option<Duration>,
    /// When it is deleted, or tried to be.
    pub deletes_after: Option<Duration>,
}

/// How often a request is sent before a person gives up.
const TRIES: u32 = 6;

/// The longest that a request is waited for: the platform's own limit.
const REQUEST_LIMIT: Duration = Duration::from_secs(230);

/// A person at a page: what they ask for goes to the HTTP process.
#[derive(Clone)]
pub struct Client {
    pub me: Caller,
    pub http: ProcessId,
    pub functions: Arc<SearchFunctions>,
    /// How many people are still at it.
    pub busy: Arc<AtomicUsize>,
}

/// Counts who is at it.
struct Busy(Arc<AtomicUsize>);

impl Busy {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Client {
    pub async fn play(self, person: Person) {
        let _busy = Busy::begin(&self.busy);
        self.me.wait(person.submits_after).await;
        if person.twice {
            let (again, order) = (self.clone(), person.order.clone());
            let double = async move {
                let _busy = Busy::begin(&again.busy);
                drop(again.submit(&order).await);
            };
            self.me.world.spawn(self.me.process, Box::pin(double));
        }
        let Some(job) = self.submit(&person.order).await else { return };
        if let Some(pause) = person.cancels_after {
            self.me.wait(pause).await;
            self.cancel(&job).await;
        }
        if let Some(pause) = person.deletes_after {
            self.me.wait(pause).await;
            for _ in 0..TRIES {
                let (functions, id) = (self.functions.clone(), job.clone());
                let request = |caller: &Caller| {
                    let deps = functions.deps(caller);
                    async move { delete_job(&deps, &id).await }
                };
                if let Ok(Ok(())) = self.ask("DELETE", request).await {
                    self.told("deleted", &job);
                    return;
                }
                self.me.wait(Duration::from_secs(30)).await;
            }
        }
    }

    async fn submit(&self, order: &Order) -> Option<JobId> {
        for _ in 0..TRIES {
            let deps = |caller: &Caller| self.functions.deps(caller);
            match self.ask("POST jobs", |caller| submit(deps(caller), order.clone())).await {
                Ok(Ok(job)) => {
                    self.told("accepted", &job);
                    return Some(job);
                }
                // Without a key a second try would be a second search.
                _ if order.key.is_none() => return None,
                Ok(Err(EngineError::Fault(fault))) if fault.code == ErrorCode::IdempotencyConflict => {
                    return None;
                }
                _ => {
                    let pause = self.me.world.draw(|chance| chance.millis(500, 20_000));
                    self.me.wait(pause).await;
                }
            }
        }
        None
    }

    async fn cancel(&self, job: &JobId) {
        for _ in 0..TRIES {
            let deps = |caller: &Caller| self.functions.deps(caller);
            match self.ask("POST cancel", |caller| cancel(deps(caller), job.clone())).await {
                Ok(Ok(())) => return self.told("cancel-accepted", job),
                Ok(Err(EngineError::Fault(fault))) if !fault.code.retryable() => return,
                _ => {
                    let pause = self.me.world.draw(|chance| chance.millis(500, 20_000));
                    self.me.wait(pause).await;
                }
            }
        }
    }

    /// Sends a request; an error where the process died or the time was up: nobody knows then what was done.
    async fn ask<T, F>(
        &self,
        what: &'static str,
        function: impl FnOnce(&Caller) -> F,
    ) -> Result<EngineResult<T>, ()>
    where
        T: Send + 'static,
        F: Future<Output = EngineResult<T>> + Send + 'static,
    {
        World::alive(&self.me.world, self.http).await;
        let caller = Caller::new(&self.me.world, self.http).invocation();
        caller.tell(Event::Called { function: what, input: String::new() });
        let answer = invoke(&self.me.world, self.http, function(&caller));
        let answer = tokio::select! {
            biased;
            answer = answer => answer.map_err(drop),
            () = self.me.wait(REQUEST_LIMIT) => Err(()),
        };
        let outcome = match &answer {
            Ok(Ok(_)) => "is answered".to_owned(),
            Ok(Err(error)) => format!("is refused: {error}"),
            Err(()) => "is not answered".to_owned(),
        };
        caller.tell(Event::Returned { function: what, outcome, clean: false });
        answer
    }

    fn told(&self, word: &'static str, job: &JobId) {
        self.me.tell(Event::Task { word, task: job.to_string(), detail: String::new() });
    }
}
