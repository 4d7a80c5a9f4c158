//! A workbench that really reads in what a cluster wrote, and joins it; what needs BLAST+ is played.

use crate::database::{Cache, Catalogue, Manifest, ManifestFile};
use crate::error::EngineResult;
use crate::hits::ParquetHitStore;
use crate::serverless::tests::{Bench, House, manifest_of};
use crate::serverless::{
    JoinTask, Joined, PartError, PartOutput, PartTask, Preparation, SearchPlan, StopReceiver, Workbench,
};
use crate::workbench::{BlastTools, LocalWorkbench, WorkbenchParts};
use async_trait::async_trait;
use blastline_blast::elastic::Blanks;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::database_name::DatabaseRef;
use blastline_jobs::ports::{Child, ChildSpec, Children, PutCondition};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// A machine without BLAST+: reading in needs none.
struct NoPrograms;

#[async_trait]
impl Children for NoPrograms {
    async fn spawn(&self, spec: &ChildSpec) -> io::Result<Box<dyn Child>> {
        Err(io::Error::other(format!("{} is not here", spec.program)))
    }
}

/// The workbench.
pub struct Reads {
    played: Arc<Bench>,
    real: LocalWorkbench,
}

impl Reads {
    /// On the storage of a house, with its files in a folder.
    pub async fn of(house: &House, folder: &Path) -> Self {
        let deps = &house.deps;
        let database = DatabaseRef { name: "tiny".parse().unwrap(), generation: "g1".parse().unwrap() };
        let file = ManifestFile { name: "tiny.nsq".to_owned(), size_bytes: 1, sha256: "0".repeat(64) };
        let manifest = Manifest { files: vec![file], ..manifest_of(&database) };
        let manifest = serde_json::to_vec(&manifest).unwrap();
        let path = Manifest::path(&database).unwrap();
        deps.blobs.put(&path, manifest.into(), "application/json", PutCondition::Overwrite).await.unwrap();
        let parts = WorkbenchParts {
            tables: deps.tables.clone(),
            blobs: deps.blobs.clone(),
            catalogue: Catalogue::new(deps.tables.clone(), deps.blobs.clone()),
            cache: Arc::new(Cache::new(folder.join("cache"), 1_000_000)),
            hits: Arc::new(ParquetHitStore::new(deps.blobs.clone())),
            tools: BlastTools::new(Arc::new(NoPrograms), folder.to_owned()),
            memory_extra_bytes: 0,
        };
        Self { played: house.bench.clone(), real: LocalWorkbench::new(parts) }
    }
}

#[async_trait]
impl Workbench for Reads {
    async fn check(&self, plan: &SearchPlan) -> EngineResult<Preparation> {
        self.played.check(plan).await
    }

    async fn run_part(&self, task: &PartTask, stop: StopReceiver) -> Result<PartOutput, PartError> {
        assert!(!task.source.is_empty(), "a batch of a cluster is never searched here");
        self.real.run_part(task, stop).await
    }

    async fn manifest(&self, database: &DatabaseRef) -> EngineResult<Arc<Manifest>> {
        self.real.manifest(database).await
    }

    async fn copy_query(
        &self,
        from: &BlobPath,
        bytes: u64,
        blanks: &[Blanks],
        to: &BlobPath,
    ) -> EngineResult<()> {
        self.real.copy_query(from, bytes, blanks, to).await
    }

    async fn join(&self, task: &JoinTask) -> EngineResult<Joined> {
        self.real.join(task).await
    }
}
