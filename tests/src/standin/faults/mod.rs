//! Faults that a scenario has switched on, and the histories that are made of them.

mod histories;
mod kinds;

pub use histories::{HISTORIES, History, history};
pub use kinds::{BatchFault, CliFault, Fault, LineFault};

use super::{
    api::Failure,
    objects::{Kind, Lease, MicroTime},
    shared::Shared,
    store::Kept,
};
use std::{future::pending, sync::Mutex, time::Duration};
use tokio::time::{Instant, timeout};

/// The faults that are switched on.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Armed>>);

/// A fault with what is left of it.
#[derive(Debug)]
struct Armed {
    fault: Fault,
    left: u32,
    since: Instant,
}

impl Faults {
    /// Switches a fault on.
    pub fn arm(&self, fault: Fault) {
        let left = match &fault {
            Fault::ApiStatus { calls, .. } | Fault::ApiSlow { calls, .. } | Fault::ApiCut { calls } => *calls,
            Fault::Batch { times, .. }
            | Fault::Cli { times, .. }
            | Fault::PodVanishes { times, .. }
            | Fault::SetupFails { times } => *times,
            Fault::LeaseStolen { after_writes } => after_writes + 1,
            _ => u32::MAX,
        };
        self.0.lock().unwrap().push(Armed { fault, left, since: Instant::now() });
    }

    /// Switches every fault off.
    pub fn clear(&self) {
        self.0.lock().unwrap().clear();
    }

    /// The first fault that a question is about, used up by one.
    pub fn take<T>(&self, ask: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        let mut armed = self.0.lock().unwrap();
        armed.iter_mut().filter(|armed| armed.left > 0).find_map(|armed| {
            let answer = ask(&armed.fault)?;
            armed.left = armed.left.saturating_sub(u32::from(armed.left != u32::MAX));
            Some(answer)
        })
    }

    /// Whether a fault is on, and for how long, without using it up.
    pub fn look<T>(&self, ask: impl Fn(&Fault, Duration) -> Option<T>) -> Option<T> {
        let armed = self.0.lock().unwrap();
        armed.iter().filter(|armed| armed.left > 0).find_map(|armed| ask(&armed.fault, armed.since.elapsed()))
    }

    /// A fault of a batch, used up by one where there is one of a kind.
    pub fn batch(&self, number: u32, kind: impl Fn(&BatchFault) -> bool) -> Option<BatchFault> {
        self.take(|fault| match fault {
            Fault::Batch { batch, what, .. } if batch.is_none_or(|batch| batch == number) && kind(what) => {
                Some(what.clone())
            }
            _ => None,
        })
    }

    /// What happens to a call before it is looked at.
    pub async fn api(&self, shared: &Shared, verb: &str, resource: &str) -> Result<(), Failure> {
        let slow = self.take(|fault| match fault {
            Fault::ApiSlow { millis, .. } => Some(Duration::from_millis(*millis)),
            _ => None,
        });
        if let Some(slow) = slow {
            let _ = timeout(shared.scaled(slow), pending::<()>()).await;
        }
        if self.take(|fault| matches!(fault, Fault::ApiCut { .. }).then_some(())).is_some() {
            return Err(Failure::cut());
        }
        let down = self.look(|fault, since| match fault {
            Fault::ApiDown { status, seconds } if since < shared.scaled(Duration::from_secs(*seconds)) => {
                Some(*status)
            }
            Fault::TokenExpired => Some(401),
            _ => None,
        });
        if let Some(status) = down {
            return Err(Failure::made_up(status, None));
        }
        let asked = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        let status = self.take(|fault| match fault {
            Fault::ApiStatus { status, verb: of, resource: about, retry_after_seconds, .. }
                if asked(of, verb) && asked(about, resource) =>
            {
                Some((*status, *retry_after_seconds))
            }
            _ => None,
        });
        status.map_or(Ok(()), |(status, retry_after)| Err(Failure::made_up(status, retry_after)))
    }

    /// Lets somebody else take a Lease before it is written.
    pub fn steal_lease<K: Kept>(&self, shared: &Shared, namespace: &str, name: &str) {
        if K::KIND != Lease::KIND {
            return;
        }
        let last = {
            let mut armed = self.0.lock().unwrap();
            let found = armed
                .iter_mut()
                .find(|armed| matches!(armed.fault, Fault::LeaseStolen { .. }) && armed.left > 0);
            found.is_some_and(|armed| {
                armed.left -= 1;
                armed.left == 0
            })
        };
        if last {
            let mut world = shared.world();
            let now = MicroTime(world.now());
            world.alter::<Lease>(namespace, name, |lease| {
                lease.spec.holder_identity = Some("somebody-else".to_owned());
                (lease.spec.acquire_time, lease.spec.renew_time) = (Some(now), Some(now));
                lease.spec.lease_transitions = Some(lease.spec.lease_transitions.unwrap_or(0) + 1);
            });
        }
    }
}
