//! What keeps a cluster from being asked in vain: a breaker for one that does not answer, and the wait that one has asked
//! for. Both live in this process alone; nothing is decided by them but when to ask.

use crate::CallLimits;
use blastline_jobs::ports::{ClusterError, ClusterErrorKind, ClusterResult};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use time::OffsetDateTime;

/// The longest that calls are held back because a cluster asked for it.
const LONGEST_HOLD: Duration = Duration::from_secs(60);

/// Breaker and held-back calls of one cluster.
#[derive(Debug, Clone)]
pub struct Guard {
    limits: CallLimits,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Calls in a row without an answer.
    failures: u32,
    /// Since when the breaker is open.
    opened_at: Option<OffsetDateTime>,
    /// Whether one call is on its way to try whether the cluster answers again.
    trying: bool,
    /// Until when the cluster asked to be left alone.
    hold_until: Option<OffsetDateTime>,
    /// The last failure in its own words.
    last: String,
}

/// The right to make one call. Dropped without a report, the call counts as never made.
#[derive(Debug)]
pub struct Permit {
    state: Arc<Mutex<State>>,
    limits: CallLimits,
    tries: bool,
}

impl Guard {
    /// Closed.
    pub fn new(limits: CallLimits) -> Self {
        Self { limits, state: Arc::default() }
    }

    /// Lets a call through, or says when to come back.
    pub fn admit(&self, what: &str, now: OffsetDateTime) -> ClusterResult<Permit> {
        let mut state = locked(&self.state);
        if let Some(until) = state.hold_until {
            if now < until {
                let cause = "the cluster has asked to slow down";
                return Err(refused(ClusterErrorKind::Throttled, what, cause, until - now));
            }
            state.hold_until = None;
        }
        let Some(opened_at) = state.opened_at else { return Ok(self.permit(false)) };
        let until = opened_at + self.limits.open_for;
        if now < until || state.trying {
            let cause = format!("not asked after {} calls without an answer: {}", state.failures, state.last);
            let wait = if now < until { until - now } else { time::Duration::seconds(1) };
            return Err(refused(ClusterErrorKind::Unavailable, what, &cause, wait));
        }
        state.trying = true;
        Ok(self.permit(true))
    }

    fn permit(&self, tries: bool) -> Permit {
        Permit { state: self.state.clone(), limits: self.limits, tries }
    }
}

impl Permit {
    /// Says how the call went: its failure, if it failed, and whether the cluster was `heard` all the same. A container
    /// that does not run yet and a page that is too old are answers, though they are to be asked for again.
    pub fn report(self, failed: Option<&ClusterError>, heard: bool, now: OffsetDateTime) {
        let mut state = locked(&self.state);
        match failed.filter(|error| error.kind == ClusterErrorKind::Unavailable && !heard) {
            Some(error) => {
                state.failures = state.failures.saturating_add(1);
                state.last.clone_from(&error.cause);
                if self.tries || state.failures >= self.limits.failures {
                    state.opened_at = Some(now);
                }
            }
            // Any other answer, a refusal too, shows that the cluster is there.
            None => {
                state.failures = 0;
                state.opened_at = None;
            }
        }
        if let Some(error) = failed.filter(|error| error.kind == ClusterErrorKind::Throttled) {
            state.hold_until = error.retry_after.map(|wait| now + wait.min(LONGEST_HOLD));
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.tries {
            locked(&self.state).trying = false;
        }
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refused(kind: ClusterErrorKind, what: &str, cause: &str, wait: time::Duration) -> ClusterError {
    let mut error = ClusterError::new(kind, what, cause);
    error.retry_after = Some(wait.try_into().unwrap_or_default());
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const START: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);

    fn after(seconds: i64) -> OffsetDateTime {
        START + time::Duration::seconds(seconds)
    }

    fn silent() -> ClusterError {
        ClusterError::new(ClusterErrorKind::Unavailable, "list", "no answer within 20s")
    }

    fn open() -> Guard {
        let guard = Guard::new(CallLimits { failures: 3, ..CallLimits::default() });
        for _ in 0..3 {
            guard.admit("list", START).unwrap().report(Some(&silent()), false, START);
        }
        guard
    }

    #[test]
    fn calls_in_a_row_without_an_answer_open_the_breaker() {
        let guard = open();
        let error = guard.admit("list jobs", after(10)).unwrap_err();
        assert_eq!(error.kind, ClusterErrorKind::Unavailable);
        assert_eq!(error.what, "list jobs");
        assert!(error.cause.contains("3 calls") && error.cause.contains("no answer within 20s"), "{error}");
        assert_eq!(error.retry_after, Some(Duration::from_secs(20)));
    }

    #[test]
    fn an_answer_between_failures_starts_the_count_anew() {
        let guard = Guard::new(CallLimits { failures: 2, ..CallLimits::default() });
        let denied = ClusterError::new(ClusterErrorKind::Denied, "list", "403");
        for _ in 0..5 {
            guard.admit("list", START).unwrap().report(Some(&silent()), false, START);
            guard.admit("list", START).unwrap().report(Some(&denied), true, START);
        }
        assert!(guard.admit("list", START).is_ok());
    }

    #[test]
    fn one_call_tries_and_closes_it() {
        let guard = open();
        let trial = guard.admit("list", after(30)).unwrap();
        assert!(guard.admit("list", after(30)).is_err(), "only one tries");
        trial.report(None, true, after(31));
        assert!(guard.admit("list", after(31)).is_ok());
        guard.admit("list", after(31)).unwrap().report(Some(&silent()), false, after(31));
        assert!(guard.admit("list", after(31)).is_ok(), "counted from nought again");
    }

    #[test]
    fn a_trial_that_fails_opens_it_for_as_long_again() {
        let guard = open();
        guard.admit("list", after(30)).unwrap().report(Some(&silent()), false, after(40));
        assert!(guard.admit("list", after(69)).is_err());
        assert!(guard.admit("list", after(70)).is_ok());
    }

    #[test]
    fn a_trial_that_is_given_up_leaves_the_next_one_its_turn() {
        let guard = open();
        drop(guard.admit("list", after(30)).unwrap());
        assert!(guard.admit("list", after(30)).is_ok());
    }

    #[test]
    fn the_wait_that_a_cluster_asks_for_holds_back_every_call() {
        let guard = Guard::new(CallLimits::default());
        let mut busy = ClusterError::new(ClusterErrorKind::Throttled, "list", "429");
        busy.retry_after = Some(Duration::from_secs(7));
        guard.admit("list", START).unwrap().report(Some(&busy), true, START);
        let error = guard.admit("list", after(5)).unwrap_err();
        assert_eq!(
            (error.kind, error.retry_after),
            (ClusterErrorKind::Throttled, Some(Duration::from_secs(2)))
        );
        assert!(guard.admit("list", after(7)).is_ok());
    }

    #[test]
    fn nobody_is_held_back_for_hours() {
        let guard = Guard::new(CallLimits::default());
        let mut busy = ClusterError::new(ClusterErrorKind::Throttled, "list", "429");
        busy.retry_after = Some(Duration::from_secs(86_400));
        guard.admit("list", START).unwrap().report(Some(&busy), true, START);
        assert!(guard.admit("list", after(60)).is_ok());
    }
}
