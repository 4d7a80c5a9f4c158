//! A cluster for tests and for looking at: an API server over TLS with the resources that searches use, controllers, and
//! a runner that plays `elastic-blast submit` and runs real BLAST+ for the batches.
//!
//! It is strict and has a memory: it refuses what a real cluster refuses, and what it accepts has the consequences that it
//! has there. A kubeconfig is all that a client is given; nothing in the product knows that this is no real cluster.
//!
//! | part | what |
//! |---|---|
//! | `objects`, `check` | the objects' fields and what is refused |
//! | `store` | the objects, their versions, changes, pages of lists |
//! | `api` | requests: verbs, selectors, watches, logs, rights |
//! | `control` | Jobs, scheduler, nodes, garbage collection, TTL |
//! | `runner` | what runs in pods |
//! | `faults` | what can go wrong, and histories made of it |

mod api;
mod check;
mod control;
mod faults;
mod kubeconfig;
mod logs;
mod objects;
mod runner;
mod server;
mod shared;
mod store;

pub use faults::{BatchFault, CliFault, Fault, HISTORIES, History, LineFault, history};

use crate::azurite::Account;
use blastline_azure::{ConnectionString, Storage, StorageSettings};
use objects::{Job, Kind, Lease, Pod, Secret};
use server::Certificates;
use shared::{Setup, Shared};
use std::{
    collections::BTreeMap,
    fmt, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};
use store::Kept;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// How long its end may take.
const ENDING: Duration = Duration::from_secs(5);

/// What a stand-in is to be.
#[derive(Debug, Clone)]
pub struct Plan {
    connection: String,
    setup: Setup,
    context: String,
    port: u16,
    faults: Vec<Fault>,
}

impl Plan {
    /// With three machines, on a storage account that a connection string names.
    pub fn on(connection: &str) -> Self {
        Self {
            connection: connection.to_owned(),
            setup: Setup {
                time_scale: 1.0,
                nodes: 3,
                cluster_name: None,
                blob_urls: blob_urls(connection),
                warm_shortcut: false,
            },
            context: "standin".to_owned(),
            port: 0,
            faults: Vec::new(),
        }
    }

    /// The same on an account of a test's Azurite.
    pub fn of(account: &Account) -> Self {
        Self::on(&account.connection_string())
    }

    /// Configurations may name the storage account as this connection string does, too: others reach it by way of a proxy.
    pub fn known_as(mut self, connection: &str) -> Self {
        self.setup.blob_urls.extend(blob_urls(connection));
        self
    }

    /// Durations are divided by this.
    pub fn time_scale(mut self, scale: f64) -> Self {
        assert!(scale.is_finite() && scale > 0.0, "a time scale is above 0");
        self.setup.time_scale = scale;
        self
    }

    /// So many machines take searches.
    pub fn nodes(mut self, nodes: usize) -> Self {
        self.setup.nodes = nodes;
        self
    }

    /// A configuration has to name this cluster.
    pub fn cluster_name(mut self, name: &str) -> Self {
        self.setup.cluster_name = Some(name.to_owned());
        self
    }

    /// Name of the kubeconfig's context.
    pub fn context(mut self, name: &str) -> Self {
        name.clone_into(&mut self.context);
        self
    }

    /// Listens at a port of its own choice otherwise.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// As ElasticBLAST: once some database is on the nodes, no other is brought.
    pub fn warm_shortcut(mut self) -> Self {
        self.setup.warm_shortcut = true;
        self
    }

    /// With something that goes wrong.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// With a history of a name.
    pub fn history(mut self, name: &str) -> Self {
        let history = history(name).unwrap_or_else(|| panic!("there is no history {name:?}"));
        self.faults.extend(history.faults());
        self
    }

    /// Starts it.
    pub fn start(self) -> Standin {
        let storage =
            Storage::connect(&StorageSettings::of(ConnectionString::new(&self.connection))).unwrap();
        let dir = tempfile::Builder::new().prefix("blastline-standin-").tempdir().unwrap();
        runner::write_tools(&dir.path().join("bin"));
        let token = format!("standin-{}", api::uid());
        let shared = Arc::new(Shared::new(self.setup, &storage, dir.path().to_owned(), token.clone()));
        control::make_nodes(&mut shared.world(), shared.setup.nodes);
        self.faults.into_iter().for_each(|fault| arm(&shared, fault));
        let listener = TcpListener::bind(("127.0.0.1", self.port)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = format!("https://{}", listener.local_addr().unwrap());
        let certificates = Certificates::make();
        let authority = certificates.authority.clone();
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .thread_name("standin")
            .build()
            .unwrap();
        runtime.spawn(certificates.serve(listener, Arc::clone(&shared)));
        runtime.spawn(control::run(Arc::clone(&shared)));
        let kubeconfig = dir.path().join("kubeconfig");
        fs::write(&kubeconfig, kubeconfig::kubeconfig(&self.context, &address, &authority, &token)).unwrap();
        Standin { runtime: Some(runtime), shared, dir, address, authority, token, context: self.context }
    }
}

/// A running stand-in. Dropping it ends everything that it started.
pub struct Standin {
    runtime: Option<Runtime>,
    shared: Arc<Shared>,
    dir: TempDir,
    address: String,
    authority: String,
    token: String,
    context: String,
}

impl Standin {
    /// Address of the API server.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The certificate authority, as PEM.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The token that is taken.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The kubeconfig file.
    pub fn kubeconfig(&self) -> PathBuf {
        self.dir.path().join("kubeconfig")
    }

    /// Writes the kubeconfig to another place.
    pub fn write_kubeconfig(&self, place: &Path) {
        fs::copy(self.kubeconfig(), place).unwrap();
    }

    /// Switches a fault on.
    pub fn arm(&self, fault: Fault) {
        arm(&self.shared, fault);
    }

    /// Switches every fault off.
    pub fn mend(&self) {
        self.shared.world().quotas = store::Quotas::default();
        self.shared.faults.clear();
    }

    /// Sets how far its clock is ahead, in seconds.
    pub fn skew(&self, seconds: i64) {
        self.shared.world().skew_seconds = seconds;
    }

    /// Takes another token from now on, and writes it into the kubeconfig.
    pub fn renew_token(&mut self) {
        self.token = format!("standin-{}", api::uid());
        self.shared.renew_token(&self.token);
        let text = kubeconfig::kubeconfig(&self.context, &self.address, &self.authority, &self.token);
        fs::write(self.kubeconfig(), text).unwrap();
    }

    /// Forgets old versions: pages and watches that began before are told 410.
    pub fn compact(&self) {
        self.shared.world().compact();
    }

    /// How often what was called: `list jobs`, `get pods/log`.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.shared.calls()
    }

    /// Names of the Jobs that are there.
    pub fn jobs(&self) -> Vec<String> {
        names::<Job>(&self.shared)
    }

    /// Names of the pods that are there.
    pub fn pods(&self) -> Vec<String> {
        names::<Pod>(&self.shared)
    }

    /// Names of the Secrets that are there.
    pub fn secrets(&self) -> Vec<String> {
        names::<Secret>(&self.shared)
    }

    /// Who holds Leases.
    pub fn lease_holders(&self) -> Vec<String> {
        let world = self.shared.world();
        let holders = Lease::shelf(&world).all().filter_map(|lease| lease.spec.holder_identity.clone());
        holders.filter(|holder| !holder.is_empty()).collect()
    }
}

fn arm(shared: &Shared, fault: Fault) {
    match fault {
        Fault::QuotaJobs { limit } => shared.world().quotas.jobs = Some(limit),
        Fault::QuotaPods { limit } => shared.world().quotas.pods = Some(limit),
        other => shared.faults.arm(other),
    }
}

fn names<K: Kept>(shared: &Shared) -> Vec<String> {
    K::shelf(&shared.world()).all().map(|object: &K| Kind::meta(object).name.clone()).collect()
}

impl Drop for Standin {
    fn drop(&mut self) {
        // On a thread of its own, because a test that drops it may be on a runtime itself; waited for, so that nothing
        // writes into the folder while it is taken away.
        if let Some(runtime) = self.runtime.take() {
            let _ = thread::spawn(move || runtime.shutdown_timeout(ENDING)).join();
        }
    }
}

impl fmt::Debug for Standin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Standin").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The addresses by which configurations may name the Blob service: the endpoint, and that of Azure.
fn blob_urls(connection: &str) -> Vec<String> {
    if connection.trim() == "UseDevelopmentStorage=true" {
        return vec!["http://127.0.0.1:10000/devstoreaccount1".to_owned()];
    }
    let part = |name: &str| {
        connection
            .split(';')
            .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    let endpoint = part("BlobEndpoint").map(|url| url.trim_end_matches('/').to_owned());
    let azure = part("AccountName").map(|name| format!("https://{name}.blob.core.windows.net"));
    endpoint.into_iter().chain(azure).collect()
}
