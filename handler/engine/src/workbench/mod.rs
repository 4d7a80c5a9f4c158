//! The real workbench: BLAST+ as child processes, databases from the local cache, hits in the hit store.

mod check;
mod extract;
mod faults;
mod files;
mod folder;
mod import;
mod join;
mod own_format;
mod search;
mod subjects;
mod tools;

pub use folder::ProgramFolder;
pub use tools::BlastTools;

use crate::database::{Cache, Catalogue, Manifest};
use crate::error::EngineResult;
use crate::hits::HitStore;
use crate::serverless::{
    JoinTask, Joined, PartError, PartOutput, PartTask, Preparation, SearchPlan, StopReceiver, Workbench,
};
use async_trait::async_trait;
use blastline_blast::elastic::Blanks;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::database_name::DatabaseRef;
use blastline_jobs::ports::{Blobs, Tables};
use std::sync::Arc;
use subjects::LastGeneration;

/// What the workbench is made of.
#[derive(Clone)]
pub struct WorkbenchParts {
    /// Tables, for answers of BLAST+ that are remembered.
    pub tables: Arc<dyn Tables>,
    /// Blobs.
    pub blobs: Arc<dyn Blobs>,
    /// Databases.
    pub catalogue: Catalogue,
    /// The local cache of databases.
    pub cache: Arc<Cache>,
    /// Where hits are stored.
    pub hits: Arc<dyn HitStore>,
    /// BLAST+.
    pub tools: BlastTools,
    /// Address space that BLAST+ may use beyond the size of the database, in bytes.
    pub memory_extra_bytes: u64,
}

/// The workbench of a machine with BLAST+.
#[derive(Clone)]
pub struct LocalWorkbench {
    parts: WorkbenchParts,
    last: LastGeneration,
}

impl LocalWorkbench {
    /// Puts it together.
    pub fn new(parts: WorkbenchParts) -> Self {
        Self { parts, last: LastGeneration::default() }
    }
}

#[async_trait]
impl Workbench for LocalWorkbench {
    async fn check(&self, plan: &SearchPlan) -> EngineResult<Preparation> {
        check::check(&self.parts, plan).await
    }

    async fn run_part(&self, task: &PartTask, stop: StopReceiver) -> Result<PartOutput, PartError> {
        match task.source.is_empty() {
            true => search::run_part(&self.parts, &self.last, task, stop).await,
            false => import::import_part(&self.parts, task, stop).await,
        }
    }

    async fn manifest(&self, database: &DatabaseRef) -> EngineResult<Arc<Manifest>> {
        Ok(self.parts.catalogue.manifest(database).await?)
    }

    async fn copy_query(
        &self,
        from: &BlobPath,
        bytes: u64,
        blanks: &[Blanks],
        to: &BlobPath,
    ) -> EngineResult<()> {
        import::copy_query(&self.parts, from, bytes, blanks, to).await
    }

    async fn join(&self, task: &JoinTask) -> EngineResult<Joined> {
        join::join(&self.parts, task).await
    }
}
