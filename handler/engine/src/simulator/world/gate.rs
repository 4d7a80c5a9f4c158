use super::caller::Caller;
use super::history::Event;
use blastline_jobs::ports::{ClusterError, ClusterErrorKind, StorageError, StorageErrorKind};
use std::future::{Future, pending};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// What becomes of a call at its gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It has its effect and its answer.
    Goes,
    /// It has its effect; the answer comes after everybody else has gone on for a while.
    AnswersLate(Duration),
    /// It fails without effect.
    Fails(StorageErrorKind),
    /// It has its effect, and fails for its caller.
    AnswerLost,
    /// It has its effect, and the client sends it again.
    SentTwice(Duration),
    /// It has its effect, and its process dies.
    DiesAfter,
}

/// What a gate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A storage call: everything may happen.
    Call,
    /// A wait for a span of time: its process may die meanwhile.
    Wait(Duration),
}

/// A gate that has not opened.
pub struct Shut {
    pub caller: Caller,
    pub kind: Kind,
    pub verdict: Option<Verdict>,
    pub waker: Option<Waker>,
}

/// Waits until the scheduler lets its caller go on.
pub struct Gate {
    caller: Caller,
    kind: Kind,
    id: Option<u64>,
}

impl Gate {
    pub fn new(caller: &Caller, kind: Kind) -> Self {
        Self { caller: caller.clone(), kind, id: None }
    }
}

impl Future for Gate {
    type Output = Verdict;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Verdict> {
        let world = self.caller.world.clone();
        match self.id {
            None => {
                self.id = Some(world.shut(&self.caller, self.kind, context.waker().clone()));
                Poll::Pending
            }
            Some(id) => match world.verdict(id, context.waker()) {
                Some(verdict) => {
                    self.id = None;
                    Poll::Ready(verdict)
                }
                None => Poll::Pending,
            },
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.caller.world.forget(id);
        }
    }
}

/// An error of what lies behind a gate.
pub trait Refusal {
    /// One that a gate makes.
    fn made(kind: StorageErrorKind, what: String, cause: &str) -> Self;

    /// Its kind, as history tells it.
    fn told(&self) -> String;
}

impl Refusal for StorageError {
    fn made(kind: StorageErrorKind, what: String, cause: &str) -> Self {
        Self::new(kind, what, cause)
    }

    fn told(&self) -> String {
        format!("{:?}", self.kind)
    }
}

impl Refusal for ClusterError {
    fn made(kind: StorageErrorKind, what: String, cause: &str) -> Self {
        let kind = match kind {
            StorageErrorKind::Throttled => ClusterErrorKind::Throttled,
            _ => ClusterErrorKind::Unavailable,
        };
        Self::new(kind, what, cause)
    }

    fn told(&self) -> String {
        format!("{:?}", self.kind)
    }
}

impl Caller {
    /// Makes a call through a gate.
    pub async fn call<T, E: Refusal>(
        &self,
        what: impl Fn() -> String + Send,
        effect: impl Fn(&Self) -> Result<T, E> + Send,
    ) -> Result<T, E> {
        match Gate::new(self, Kind::Call).await {
            Verdict::Goes => self.told(&what, effect(self)),
            Verdict::AnswersLate(span) => {
                let answer = self.told(&what, effect(self));
                Gate::new(self, Kind::Wait(span)).await;
                answer
            }
            Verdict::Fails(kind) => {
                self.disturb();
                self.fault(format!("{} fails: {kind:?}", what()));
                Err(E::made(kind, what(), "made by the simulator"))
            }
            Verdict::AnswerLost => {
                self.disturb();
                let _ = effect(self);
                self.fault(format!("{}: done, its answer is lost", what()));
                Err(E::made(StorageErrorKind::Unavailable, what(), "answer lost by the simulator"))
            }
            Verdict::SentTwice(span) => {
                let _ = effect(self);
                self.fault(format!("{}: done, its answer is lost, sent again", what()));
                Gate::new(self, Kind::Wait(span)).await;
                self.told(&what, effect(self))
            }
            Verdict::DiesAfter => {
                let _ = effect(self);
                self.world.kill(self.process, "just after a call");
                pending().await
            }
        }
    }

    /// Waits for a span of time.
    pub async fn wait(&self, span: Duration) {
        Gate::new(self, Kind::Wait(span)).await;
    }

    pub fn tell(&self, event: Event) {
        self.world.record(self, event);
    }

    pub fn fault(&self, what: String) {
        self.tell(Event::Fault { what });
    }

    /// Keeps a call that failed by itself in the history.
    fn told<T, E: Refusal>(&self, what: &impl Fn() -> String, answer: Result<T, E>) -> Result<T, E> {
        if let Err(error) = &answer {
            self.tell(Event::Call { what: what(), outcome: error.told() });
        }
        answer
    }
}
