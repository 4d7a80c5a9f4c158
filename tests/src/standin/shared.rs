//! What the API server, the controllers and the runner share.

use super::{api::Place, faults::Faults, logs::Logs, store::World};
use blastline_azure::Storage;
use blastline_jobs::ports::Blobs;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

/// How the stand-in is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Durations are divided by this.
    pub time_scale: f64,
    /// Machines that take searches.
    pub nodes: usize,
    /// Name of the cluster that a configuration has to name; any where it is not said.
    pub cluster_name: Option<String>,
    /// Addresses of the Blob service that a configuration may name: `http://127.0.0.1:1/account`, without `/` at the end.
    pub blob_urls: Vec<String>,
    /// Whether a submission brings no database once some database is on the nodes, as ElasticBLAST does.
    pub warm_shortcut: bool,
}

/// The shared state.
pub struct Shared {
    /// How it is set up.
    pub setup: Setup,
    /// Faults that are switched on.
    pub faults: Faults,
    /// Logs of containers.
    pub logs: Logs,
    /// The nodes' disks and the pods' volumes.
    pub dir: PathBuf,
    /// Blobs, where queries, databases and results are.
    pub blobs: Arc<dyn Blobs>,
    world: Mutex<World>,
    tokens: Mutex<BTreeSet<String>>,
    calls: Mutex<BTreeMap<String, u64>>,
}

impl Shared {
    /// With an empty world.
    pub fn new(setup: Setup, storage: &Storage, dir: PathBuf, token: String) -> Self {
        Self {
            setup,
            faults: Faults::default(),
            logs: Logs::default(),
            dir,
            blobs: storage.blobs(),
            world: Mutex::new(World::new()),
            tokens: Mutex::new([token].into()),
            calls: Mutex::default(),
        }
    }

    /// Everything that the cluster knows, for as long as it is held.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// A duration by the time scale.
    pub fn scaled(&self, duration: Duration) -> Duration {
        duration.div_f64(self.setup.time_scale)
    }

    /// Seconds by the time scale.
    pub fn seconds(&self, seconds: i64) -> Duration {
        self.scaled(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    }

    /// Whether a token is taken.
    pub fn takes_token(&self, token: &str) -> bool {
        self.tokens.lock().unwrap().contains(token)
    }

    /// Takes this token from now on, and no other.
    pub fn renew_token(&self, token: &str) {
        *self.tokens.lock().unwrap() = [token.to_owned()].into();
    }

    /// Counts a call, `list jobs`.
    pub fn called(&self, verb: &str, place: &Place) {
        let part =
            if place.subresource.is_empty() { String::new() } else { format!("/{}", place.subresource) };
        let name = format!("{verb} {}{part}", place.resource);
        *self.calls.lock().unwrap().entry(name).or_default() += 1;
    }

    /// How often what was called.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.calls.lock().unwrap().clone()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("setup", &self.setup).finish_non_exhaustive()
    }
}
