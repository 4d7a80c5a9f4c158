use super::lock;
use crate::ports::Clock;
use async_trait::async_trait;
use std::{
    collections::BTreeMap,
    future::poll_fn,
    sync::{Arc, Mutex},
    task::{Poll, Waker},
    time::Duration,
};
use time::OffsetDateTime;

/// A clock that stands still until it is moved. Clones share one time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    now: OffsetDateTime,
    sleepers: BTreeMap<u64, Sleeper>,
    sleeps: u64,
}

#[derive(Debug)]
struct Sleeper {
    until: OffsetDateTime,
    /// Known once the sleep was polled.
    waker: Option<Waker>,
}

/// Takes a sleeper off the list, also when its sleep is given up.
struct Bed<'a> {
    clock: &'a ManualClock,
    id: u64,
}

impl Drop for Bed<'_> {
    fn drop(&mut self) {
        lock(&self.clock.state).sleepers.remove(&self.id);
    }
}

impl ManualClock {
    /// A clock that stands at a moment.
    pub fn at(now: OffsetDateTime) -> Self {
        Self { state: Arc::new(Mutex::new(State { now, sleepers: BTreeMap::new(), sleeps: 0 })) }
    }

    /// Moves it forward and wakes whoever slept until then.
    pub fn advance(&self, span: Duration) {
        let mut state = lock(&self.state);
        state.now += span;
        let now = state.now;
        let due = state.sleepers.values_mut().filter(|sleeper| sleeper.until <= now);
        let wakers: Vec<_> = due.filter_map(|sleeper| sleeper.waker.take()).collect();
        // Whoever is woken may look at the clock at once.
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// When the next sleeper is due, if anybody sleeps.
    pub fn next_due(&self) -> Option<OffsetDateTime> {
        lock(&self.state).sleepers.values().map(|sleeper| sleeper.until).min()
    }
}

impl Default for ManualClock {
    /// A clock that stands at the beginning of 1970.
    fn default() -> Self {
        Self::at(OffsetDateTime::UNIX_EPOCH)
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        lock(&self.state).now
    }

    async fn sleep(&self, duration: Duration) {
        let bed = {
            let mut state = lock(&self.state);
            state.sleeps += 1;
            let (id, until) = (state.sleeps, state.now + duration);
            state.sleepers.insert(id, Sleeper { until, waker: None });
            Bed { clock: self, id }
        };
        poll_fn(|context| {
            let mut state = lock(&self.state);
            let now = state.now;
            match state.sleepers.get_mut(&bed.id) {
                Some(sleeper) if sleeper.until > now => {
                    sleeper.waker = Some(context.waker().clone());
                    Poll::Pending
                }
                Some(_) | None => Poll::Ready(()),
            }
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        task::{Context, Wake},
    };

    struct Woken(AtomicU32);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_sleeper_is_woken_when_its_time_has_come_and_not_before() {
        let clock = ManualClock::default();
        let woken = Arc::new(Woken(AtomicU32::new(0)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let mut sleep = clock.sleep(Duration::from_secs(10));
        assert!(sleep.as_mut().poll(&mut context).is_pending());
        assert_eq!(clock.next_due(), Some(OffsetDateTime::UNIX_EPOCH + Duration::from_secs(10)));
        clock.advance(Duration::from_secs(9));
        assert!(sleep.as_mut().poll(&mut context).is_pending());
        assert_eq!(woken.0.load(Ordering::SeqCst), 0);
        clock.advance(Duration::from_secs(1));
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
        assert!(sleep.as_mut().poll(&mut context).is_ready());
        assert_eq!(clock.next_due(), None);
    }

    #[test]
    fn two_sleeps_of_one_task_do_not_forget_each_other() {
        let clock = ManualClock::default();
        let woken = Arc::new(Woken(AtomicU32::new(0)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let mut short = clock.sleep(Duration::from_secs(1));
        let mut long = clock.sleep(Duration::from_secs(2));
        assert!(short.as_mut().poll(&mut context).is_pending());
        assert!(long.as_mut().poll(&mut context).is_pending());
        drop(short);
        assert_eq!(clock.next_due(), Some(OffsetDateTime::UNIX_EPOCH + Duration::from_secs(2)));
        clock.advance(Duration::from_secs(2));
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn clones_share_one_time() {
        let clock = ManualClock::default();
        clock.clone().advance(Duration::from_secs(5));
        assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH + Duration::from_secs(5));
    }
}
