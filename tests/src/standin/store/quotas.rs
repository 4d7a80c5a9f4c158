//! Limits on the number of objects in the namespace.

use super::{Kept, World};
use crate::standin::objects::{Job, Kind, Pod};

/// Most objects of a kind; none where nothing is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quotas {
    /// Most Jobs.
    pub jobs: Option<usize>,
    /// Most pods that have not ended.
    pub pods: Option<usize>,
}

impl Quotas {
    /// In the words of the API server, why an object may not be created; `None` when it may.
    pub fn refuses<K: Kept>(&self, world: &World, object: &K) -> Option<String> {
        let namespace = object.meta().namespace();
        let (limit, used, what) = match K::KIND {
            Job::KIND => (self.jobs?, Job::shelf(world).of(namespace).count(), "count/jobs.batch"),
            Pod::KIND => {
                (self.pods?, Pod::shelf(world).of(namespace).filter(|pod| !pod.is_over()).count(), "pods")
            }
            _ => return None,
        };
        (used >= limit).then(|| {
            format!(
                "exceeded quota: searches, requested: {what}=1, used: {what}={used}, limited: {what}={limit}"
            )
        })
    }
}
