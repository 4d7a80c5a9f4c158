//! A world in memory with one cluster and one database, for tests of what requests are answered.

use crate::page::Page;
use crate::settings::Settings;
use crate::world::World;
use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use blastline_blast::program::Molecule;
use blastline_engine::database::{Cache, Catalogue, Manifest, ManifestFile};
use blastline_engine::deps::{Deps, SystemRandom};
use blastline_engine::elastic::ElasticSettings;
use blastline_engine::hits::{HitStore, ParquetHitStore};
use blastline_engine::workbench::{BlastTools, LocalWorkbench, WorkbenchParts};
use blastline_jobs::memory::{
    ManualClock, MemoryBlobs, MemoryCluster, MemoryClusters, MemoryQueues, MemoryTables,
};
use blastline_jobs::ports::{
    Blobs, Child, ChildSpec, Children, Clock, NodeSeen, PutCondition, Queues, Tables,
};
use blastline_jobs::rows::ClusterRow;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tower::ServiceExt;

/// Version of the database.
pub const GENERATION: &str = "20260101T000000Z-0123456789abcdef";

/// No program can be started here.
struct NoChildren;

#[async_trait]
impl Children for NoChildren {
    async fn spawn(&self, _spec: &ChildSpec) -> io::Result<Box<dyn Child>> {
        Err(io::Error::other("no programs here"))
    }
}

/// The world, its cluster, and what its requests may see.
pub struct Bed {
    pub world: Arc<World>,
    pub cluster: Arc<MemoryCluster>,
    /// Its time, which stands still until it is moved.
    pub clock: ManualClock,
    _folder: tempfile::TempDir,
}

impl Bed {
    /// A cluster `yard` with two machines that are ready, seen just now, and a database `tiny`.
    pub async fn new(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut map = BTreeMap::from([
            ("AzureWebJobsStorage".to_owned(), "UseDevelopmentStorage=true".to_owned()),
            ("SCRATCH_DIR".to_owned(), folder.path().display().to_string()),
        ]);
        map.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let settings = Settings::from_map(&map).unwrap();
        let clock = ManualClock::at(OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let cluster = Arc::new(MemoryCluster::new(shared.clone(), vec![node(0), node(1)]));
        let world = Arc::new(world(settings, &shared, cluster.clone()));
        let bed = Self { world, cluster, clock, _folder: folder };
        bed.see(vec![node(0), node(1)], "", 0).await;
        bed.publish("tiny", 1 << 20, true).await;
        bed
    }

    /// Writes what was seen of the cluster.
    pub async fn see(&self, nodes: Vec<NodeSeen>, trouble: &str, running: u64) {
        let now = self.world.deps.clock.now();
        let row = ClusterRow {
            name: "yard".to_owned(),
            created_at: now,
            seen_at: Some(now),
            asked_at: now,
            trouble: trouble.to_owned(),
            nodes,
            running,
        };
        self.world.deps.cluster_rows().put(&row).await.unwrap();
    }

    /// Writes a database's manifest; its file, of which a listing tells the size, where `staged`. Files of any size are
    /// told of by the manifest alone.
    pub async fn publish(&self, name: &str, size_bytes: u64, staged: bool) {
        let manifest = manifest(name, size_bytes);
        let blobs = &self.world.deps.blobs;
        let json = serde_json::to_vec(&manifest).unwrap().into();
        let place = Manifest::path(&manifest.database()).unwrap();
        blobs.put(&place, json, "application/json", PutCondition::Overwrite).await.unwrap();
        if staged {
            let body = vec![0; usize::try_from(size_bytes).unwrap()].into();
            let place = manifest.blob(&manifest.files[0]).unwrap();
            blobs.put(&place, body, "x", PutCondition::Overwrite).await.unwrap();
        }
    }

    /// Sends JSON and gives the status with the JSON that comes back.
    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Reads JSON.
    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = crate::routes::router(Arc::clone(&self.world)).oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1 << 24).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }
}

/// A machine that takes searches and is ready.
pub fn node(number: u8) -> NodeSeen {
    NodeSeen {
        name: format!("aks-blastpool-{number}"),
        machine_type: "Standard_E16s_v5".to_owned(),
        takes_searches: true,
        ready: true,
        cpu_milli: 16_000,
        memory_bytes: 128 << 30,
    }
}

fn manifest(name: &str, size_bytes: u64) -> Manifest {
    Manifest {
        schema_version: 1,
        name: name.parse().unwrap(),
        generation: GENERATION.parse().unwrap(),
        folder: "files".to_owned(),
        title: name.to_owned(),
        description: String::new(),
        molecule: Molecule::Nucleotide,
        sequences: 1,
        letters: 4 * size_bytes,
        blastdb_version: 5,
        files: vec![ManifestFile { name: format!("{name}.nsq"), size_bytes, sha256: "0".repeat(64) }],
        source: String::new(),
        source_date: String::new(),
        licence: String::new(),
        created_at: OffsetDateTime::UNIX_EPOCH,
        has_taxonomy: false,
        has_organisms: false,
        examples: Vec::new(),
    }
}

fn world(settings: Settings, clock: &Arc<dyn Clock>, cluster: Arc<MemoryCluster>) -> World {
    let tables: Arc<dyn Tables> = Arc::new(MemoryTables::ready());
    let blobs: Arc<dyn Blobs> = Arc::new(MemoryBlobs::ready(clock.clone()));
    let queues: Arc<dyn Queues> = Arc::new(MemoryQueues::ready(clock.clone()));
    let catalogue = Catalogue::new(tables.clone(), blobs.clone());
    let cache = Arc::new(Cache::new(settings.cache_dir.clone(), settings.cache_max_bytes));
    let hits: Arc<dyn HitStore> = Arc::new(ParquetHitStore::new(blobs.clone()));
    let tools = BlastTools::new(Arc::new(NoChildren), settings.scratch_dir.clone());
    let workbench = LocalWorkbench::new(WorkbenchParts {
        tables: tables.clone(),
        blobs: blobs.clone(),
        catalogue: catalogue.clone(),
        cache: cache.clone(),
        hits: hits.clone(),
        tools: tools.clone(),
        memory_extra_bytes: 0,
    });
    let deps = Deps {
        tables,
        queues,
        blobs,
        clock: clock.clone(),
        random: Arc::new(SystemRandom),
        workbench: Arc::new(workbench),
        timing: settings.timing,
        limits: settings.dispatch,
        clusters: Arc::new(MemoryClusters::default().with("yard", cluster)),
        elastic: Arc::new(ElasticSettings {
            image: "labs.azurecr.io/elastic-blast:1.4".to_owned(),
            ..ElasticSettings::default()
        }),
    };
    let page = Page::load(&settings.web_root);
    World { settings, deps, catalogue, cache, hits, tools, page, staging: Semaphore::new(4) }
}
