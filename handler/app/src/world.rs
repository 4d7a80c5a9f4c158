//! The parts of the handler, put together once at start.

use crate::api::submit::DatabaseChoice;
use crate::page::Page;
use crate::settings::Settings;
use blastline_azure::{Storage, SystemClock};
use blastline_cluster::{ArmCluster, Identity, KubeClusters};
use blastline_engine::child::HandlerChildren;
use blastline_engine::database::{Cache, Catalogue, Manifest};
use blastline_engine::deps::{Deps, SystemRandom};
use blastline_engine::elastic::ElasticSettings;
use blastline_engine::error::EngineResult;
use blastline_engine::hits::{HitStore, ParquetHitStore};
use blastline_engine::workbench::{BlastTools, LocalWorkbench, ProgramFolder, WorkbenchParts};
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ports::{Children, Clock};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Queries that are read in at a time.
const STAGING_AT_A_TIME: usize = 4;

/// Everything that routes and functions use. Shared by reference.
pub struct World {
    /// What the settings say.
    pub settings: Settings,
    /// The world as functions see it.
    pub deps: Deps,
    /// Databases.
    pub catalogue: Catalogue,
    /// The local cache of databases.
    pub cache: Arc<Cache>,
    /// Where hits are stored.
    pub hits: Arc<dyn HitStore>,
    /// BLAST+ on this machine.
    pub tools: BlastTools,
    /// Files of the page.
    pub page: Page,
    /// How many queries are read in at a time: each keeps a core busy until it is read.
    pub staging: Semaphore,
}

/// Why the handler does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting.
    #[error(transparent)]
    Settings(#[from] crate::settings::SettingsError),
    /// The storage connection.
    #[error("storage: {0}")]
    Storage(#[from] blastline_azure::ConnectError),
    /// The clusters.
    #[error("clusters: {0}")]
    Clusters(#[from] blastline_cluster::ConnectError),
    /// Storage that is not this machine's emulator.
    #[error(
        "storage: only a development connection (an emulator on this machine) is taken until sign-in is built, because \
         everybody who reaches the handler is one and the same owner"
    )]
    NotDevelopment,
    /// A folder or file.
    #[error("{what}: {cause}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// The system's error.
        cause: std::io::Error,
    },
}

impl World {
    /// Puts everything together. Calls nothing outside yet, so that the host's probe is answered at once.
    pub fn build(settings: Settings) -> Result<Arc<Self>, StartError> {
        let storage = Storage::connect(&settings.storage)?;
        if !storage.is_development() {
            return Err(StartError::NotDevelopment);
        }
        let io = |what| move |cause| StartError::Io { what, cause };
        std::fs::create_dir_all(&settings.scratch_dir).map_err(io("making SCRATCH_DIR"))?;
        let swept = blastline_engine::scratch::sweep(&settings.scratch_dir);
        if swept > 0 {
            tracing::info!(swept, "took away what a killed handler left");
        }
        let Assembled { deps, cache, catalogue, hits, tools } = Assembled::of(&settings, &storage)?;
        let page = Page::load(&settings.web_root);
        let world = Arc::new(Self {
            settings,
            deps,
            catalogue,
            cache,
            hits,
            tools,
            page,
            staging: Semaphore::new(STAGING_AT_A_TIME),
        });
        tokio::spawn(async move {
            for error in storage.bootstrap().await {
                tracing::warn!(%error, "storage could not be prepared; it is tried again when it is used");
            }
        });
        Ok(world)
    }
}

/// The parts that calls of every kind stand on.
pub struct Assembled {
    /// The world as functions see it.
    pub deps: Deps,
    /// The local cache of databases.
    pub cache: Arc<Cache>,
    /// Databases.
    pub catalogue: Catalogue,
    /// Where hits are stored.
    pub hits: Arc<dyn HitStore>,
    /// BLAST+ on this machine.
    pub tools: BlastTools,
}

/// The clusters that the settings name.
fn clusters(settings: &Settings, clock: &Arc<dyn Clock>) -> Result<KubeClusters, StartError> {
    let storage = &settings.storage;
    let sign_in = || storage.credential.credential(storage.client_id.as_deref());
    let identity = settings.azure_cluster.as_ref().map(|_| sign_in()).transpose()?.map(Identity::new);
    let clusters = KubeClusters::new(settings.clusters.clone(), identity, Arc::clone(clock))?;
    Ok(match &settings.azure_cluster {
        Some(azure) => {
            let limits = settings.clusters.limits;
            let cluster = ArmCluster::new(RESOURCE_MANAGER, &azure.resource_id, limits)?;
            clusters.with_azure(&azure.name, cluster)?
        }
        None => clusters,
    })
}

/// Azure's resource manager in the public cloud.
const RESOURCE_MANAGER: &str = "https://management.azure.com";

impl Assembled {
    /// Puts them together. Calls nothing outside.
    pub fn of(settings: &Settings, storage: &Storage) -> Result<Self, StartError> {
        let unknown = |cause| StartError::Io { what: "finding the handler's own file", cause };
        let children = children(settings, std::env::current_exe().map_err(unknown)?);
        let cache = Arc::new(Cache::new(settings.cache_dir.clone(), settings.cache_max_bytes));
        let catalogue = Catalogue::new(storage.tables(), storage.blobs());
        let hits: Arc<dyn HitStore> = Arc::new(ParquetHitStore::new(storage.blobs()));
        let tools = BlastTools::new(children, settings.scratch_dir.clone());
        let workbench = LocalWorkbench::new(WorkbenchParts {
            tables: storage.tables(),
            blobs: storage.blobs(),
            catalogue: catalogue.clone(),
            cache: Arc::clone(&cache),
            hits: Arc::clone(&hits),
            tools: tools.clone(),
            memory_extra_bytes: settings.chunk_memory_extra_bytes,
        });
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::ahead_by(settings.clock_ahead));
        let clusters = clusters(settings, &clock)?;
        let deps = Deps {
            tables: storage.tables(),
            queues: storage.queues(),
            blobs: storage.blobs(),
            clock,
            random: Arc::new(SystemRandom),
            workbench: Arc::new(workbench),
            timing: settings.timing,
            limits: settings.dispatch,
            clusters: Arc::new(clusters),
            elastic: Arc::new(ElasticSettings {
                blob_base: storage.blob_base().to_owned(),
                storage_account: storage.account().to_owned(),
                ..settings.elastic.clone()
            }),
        };
        Ok(Self { deps, cache, catalogue, hits, tools })
    }
}

impl World {
    /// The manifest of a database that was chosen. What is not there or not ready is a fault; storage that does not
    /// answer is an error.
    pub async fn resolve(&self, choice: &DatabaseChoice) -> EngineResult<Arc<Manifest>> {
        let unknown = |detail: String| Fault::new(ErrorCode::DatabaseNotFound, detail);
        let name =
            choice.name.parse().map_err(|_| unknown("There is no database of that name here.".to_owned()))?;
        let generation = choice.generation.as_deref().map(str::parse).transpose();
        let generation =
            generation.map_err(|_| unknown("There is no such version of that database here.".to_owned()))?;
        Ok(self.catalogue.resolve(&name, generation.as_ref()).await?)
    }

    /// Refuses a database that the cache of this machine cannot hold, with the numbers.
    pub fn fits(&self, manifest: &Manifest) -> Result<(), Fault> {
        self.cache.fits(manifest.size_bytes()).map_err(|error| error.fault())
    }
}

/// Child processes of the handler at a path, with BLAST+ where the settings say.
pub fn children(settings: &Settings, handler: PathBuf) -> Arc<dyn Children> {
    let children: Arc<dyn Children> = Arc::new(HandlerChildren::new(handler));
    match &settings.blast_bin_dir {
        Some(folder) => Arc::new(ProgramFolder::new(children, folder.clone())),
        None => children,
    }
}
