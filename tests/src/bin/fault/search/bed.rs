use super::{disk::Disk, faults::Kind, suite::Suite};
use crate::table::Table;
use blastline_azure::{ConnectionString, Storage, StorageSettings};
use blastline_tests::{
    azurite::{Addresses, OwnAzurite},
    chain::{
        Chain, Database,
        api::Api,
        cluster::{CLUSTER, Clustered},
        host::log_file,
        places::repository,
        until,
    },
    proxy::Proxy,
    standin::{self, Standin},
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};
use tokio::sync::Mutex as AsyncMutex;

/// By how much times are divided.
pub const TIME_SCALE: u32 = 10;

/// By how much times on the cluster are divided. Jobs are removed two hours after their end.
pub const CLUSTER_SCALE: u32 = 30;

/// Rounds of a run that is too short for every kind of fault.
const FEW: usize = 20;

/// Why a run cannot begin.
const NO_DISK: &str = "a full disk is a small tmpfs, which this user may not mount: run it as root, or let sudo do \
                       without a password";

/// The chain with everything that can be done to it.
pub struct Bed {
    /// Where searches keep their files. Goes first, so that the chain's folder is no longer a mount point when it goes.
    pub disk: Disk,
    /// The chain, with its host, which is down for a while now and then.
    pub chain: AsyncMutex<Chain>,
    /// Storage's process.
    pub azurite: Arc<Mutex<OwnAzurite>>,
    /// What is done here.
    pub suite: Suite,
    /// The cluster, where searches run on one.
    pub cluster: Option<Standin>,
    /// Before blobs, queues and tables.
    pub proxies: [Proxy; 3],
    /// What the clocks of handlers are told at their start.
    pub clock_file: PathBuf,
    api: RwLock<Api>,
    jobs: Mutex<Vec<String>>,
    done: Mutex<Vec<Done>>,
    befell: Mutex<Vec<Befell>>,
    over: AtomicBool,
}

/// A fault that was done.
#[derive(Debug, Clone, Copy)]
pub struct Done {
    /// What kind.
    pub kind: Kind,
    /// From when.
    pub from: Instant,
    /// To when.
    pub to: Instant,
}

/// Something that befalls a submission or a batch, sooner or later.
#[derive(Debug, Clone, Copy)]
struct Befell {
    /// By which codes a search may fail of it.
    codes: &'static [&'static str],
    /// From when.
    from: Instant,
}

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bed {
    /// Starts everything; nothing is wrong yet.
    pub async fn made(suite: Suite) -> Result<Self, String> {
        let azurite = tokio::task::spawn_blocking(OwnAzurite::start).await.expect("Azurite starts");
        let account = azurite.account();
        let to = account.addresses();
        let proxies = [&to.blob, &to.queue, &to.table].map(|address| address.to_owned());
        let mut before = Vec::new();
        for address in &proxies {
            before.push(Proxy::before(address).await.expect("a proxy"));
        }
        let proxies: [Proxy; 3] = before.try_into().expect("three services");
        let [blob, queue, table] = proxies.each_ref().map(Proxy::url);
        let through = Addresses { blob, queue, table };
        let dir = tempfile::Builder::new().prefix("blastline-chain-").tempdir().expect("a folder");
        let clock_file = dir.path().join("clock");
        std::fs::write(&clock_file, "0").expect("a file for the clock");
        let disk = Disk::over(&dir.path().join("scratch")).ok_or(NO_DISK)?;
        let cluster = (suite == Suite::Elastic).then(|| {
            let plan = standin::Plan::of(&account).known_as(&account.connection_string_through(&through));
            plan.cluster_name(CLUSTER).context(CLUSTER).time_scale(CLUSTER_SCALE.into()).start()
        });
        let plan = Chain::plan_on(account);
        let plan = cluster.iter().fold(plan, Clustered::with);
        let chain = plan
            .database(Database::orchids())
            .database(Database::proteins(300))
            .database(Database::genomes())
            .set("TIME_SCALE", TIME_SCALE)
            .set("CLOCK_OFFSET_FILE", clock_file.display())
            .set("CHUNK_TARGET_SECONDS", 20)
            .through(|account| account.connection_string_through(&through))
            .looked_after()
            .start_in(dir)
            .await;
        Ok(Self {
            api: RwLock::new(chain.api.clone()),
            chain: AsyncMutex::new(chain),
            azurite: Arc::new(Mutex::new(azurite)),
            suite,
            cluster,
            proxies,
            disk,
            clock_file,
            jobs: Mutex::default(),
            done: Mutex::default(),
            befell: Mutex::default(),
            over: AtomicBool::new(false),
        })
    }

    /// A client at the host's address of this moment.
    pub fn api(&self) -> Api {
        self.api.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Storage without any proxy.
    pub fn storage(&self) -> Storage {
        let connection = lock(&self.azurite).account().connection_string();
        Storage::connect(&StorageSettings::of(ConnectionString::new(connection))).expect("storage")
    }

    /// Notes a search that was taken.
    pub fn taken(&self, job: &str) {
        lock(&self.jobs).push(job.to_owned());
    }

    /// The searches that were taken so far.
    pub fn jobs(&self) -> Vec<String> {
        lock(&self.jobs).clone()
    }

    /// Notes a fault that was done.
    pub fn did(&self, done: Done) {
        lock(&self.done).push(done);
    }

    /// Whether a fault of some kind was done in a span of time.
    pub fn was_done(&self, kinds: &[Kind], from: Instant, to: Instant) -> bool {
        lock(&self.done).iter().any(|done| kinds.contains(&done.kind) && done.from <= to && done.to >= from)
    }

    /// Notes what befalls a search from now on.
    pub fn befalls(&self, codes: &'static [&'static str]) {
        lock(&self.befell).push(Befell { codes, from: Instant::now() });
    }

    /// Whether something befell searches before a moment by which one may fail so.
    pub fn may_fail_by(&self, code: &str, before: Instant) -> bool {
        lock(&self.befell).iter().any(|befell| befell.from <= before && befell.codes.contains(&code))
    }

    /// Waits until the cluster was seen, without which no search is taken.
    pub async fn ready(&self) {
        if self.cluster.is_none() {
            return;
        }
        let search = Clustered::on_cluster(&blastline_tests::chain::searches::small());
        until("the cluster takes searches", || async {
            let asked = self.api().post("/api/blast/pre-flight", &search).await;
            let found: serde_json::Value = asked.json().await.ok()?;
            (found["ready"] == serde_json::json!(true)).then_some(())
        })
        .await;
    }

    /// Every search has ended.
    pub fn searches_are_over(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    /// Whether every search has ended.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// Starts the host again, and tells the clients where it is.
    pub async fn start_host(&self, chain: &mut Chain) {
        chain.start_again().await;
        *self.api.write().unwrap_or_else(PoisonError::into_inner) = chain.api.clone();
    }

    /// Undoes everything and starts the host anew, so that every clock is right.
    pub async fn calm(&self) {
        for proxy in &self.proxies {
            super::storage::calm(proxy);
        }
        self.disk.empty();
        if let Some(cluster) = &self.cluster {
            cluster.mend();
            cluster.skew(0);
        }
        std::fs::write(&self.clock_file, "0").expect("the clock's file");
        let mut chain = self.chain.lock().await;
        chain.kill_host().await;
        self.start_host(&mut chain).await;
    }

    /// Keeps what host and handlers said, for whoever looks into a run whose claims do not hold.
    pub async fn keep_log(&self, seed: u64) {
        let kept = repository().join(format!("target/fault/{}-{seed}.log", self.suite.name()));
        let log = log_file(self.chain.lock().await.dir());
        std::fs::create_dir_all(kept.parent().expect("a folder")).expect("a folder for the log");
        std::fs::copy(log, &kept).expect("the log can be kept");
        println!("what host and handlers said: {}", kept.display());
    }

    /// What was done to the searches.
    pub fn tell(&self, table: &mut Table, rounds: usize) {
        let mut counts: BTreeMap<Kind, u64> = BTreeMap::new();
        for done in lock(&self.done).iter() {
            *counts.entry(done.kind).or_default() += 1;
        }
        let told: Vec<_> = counts.iter().map(|(kind, count)| format!("{} {count}", kind.words())).collect();
        // A short run may have no message to reorder, or no BLAST+ to kill.
        let least = if rounds < FEW { 1 } else { self.suite.kinds().len() };
        let measured = format!("{}: {}", counts.len(), told.join(", "));
        table.row("kinds of faults done", least, measured, counts.len() >= least);
    }
}
