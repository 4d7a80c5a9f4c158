//! What goes wrong with the cluster as a whole, and what others do there.

use super::SimCluster;
use crate::simulator::weather::Weather;
use blastline_jobs::ports::{Cluster, ClusterError, ClusterErrorKind, LeaseSeen};
use std::sync::Arc;
use std::time::Duration;

impl SimCluster {
    fn is_calm(&self) -> bool {
        self.me.world.weather() == Weather::calm()
    }

    /// Waits so long, or until the storm is over.
    async fn pause(&self, low_s: u64, high_s: u64) {
        for _ in 0..self.me.world.draw(|chance| chance.between(low_s, high_s)).div_ceil(5) {
            if self.is_calm() {
                return;
            }
            self.me.wait(Duration::from_secs(5)).await;
        }
    }
}

/// Silences of minutes: the cluster is stopped, busy, or refuses the identity.
pub(super) async fn silences(cluster: Arc<SimCluster>) {
    while !cluster.is_calm() {
        cluster.pause(10, 200).await;
        if !cluster.me.world.happens(|weather| weather.cluster_silent) {
            continue;
        }
        let kind = match cluster.me.world.draw(|chance| chance.index(4)) {
            0 => ClusterErrorKind::Throttled,
            1 => ClusterErrorKind::Denied,
            _ => ClusterErrorKind::Unavailable,
        };
        cluster.me.fault(format!("the cluster is silent: {kind:?}"));
        cluster.memory.set_outage(Some(ClusterError::new(kind, "", "made by the simulator")));
        cluster.pause(5, 900).await;
        cluster.memory.set_outage(None);
        cluster.me.fault("the cluster answers again".to_owned());
    }
}

/// Other installations: their searches take places, their submissions the Lease. Some of them die with it.
pub(super) async fn others(cluster: Arc<SimCluster>) {
    while !cluster.is_calm() {
        cluster.pause(5, 100).await;
        if !cluster.me.world.happens(|weather| weather.others) {
            continue;
        }
        let searches = cluster.me.world.draw(|chance| chance.between(0, 3));
        cluster.memory.set_foreign((0..searches).map(|number| format!("other-{number}")).collect());
        let Ok(seen) = cluster.memory.submit_lease().await else { continue };
        if !seen.holder.is_empty() {
            continue;
        }
        let taken =
            LeaseSeen { holder: "other".to_owned(), renewed_at: Some(cluster.me.world.now()), ..seen };
        let Ok(held) = cluster.memory.write_submit_lease(&taken).await else { continue };
        cluster.me.fault("another installation holds the Lease".to_owned());
        cluster.pause(5, 120).await;
        if cluster.me.world.draw(|chance| chance.ppm(700_000)) {
            let free = LeaseSeen { holder: String::new(), renewed_at: None, ..held };
            let _ = cluster.memory.write_submit_lease(&free).await;
        }
    }
    cluster.memory.set_foreign(Vec::new());
}
