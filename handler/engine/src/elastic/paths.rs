use crate::error::{EngineError, EngineResult};
use crate::serverless::ResultPaths;
use blastline_blast::elastic::names::{RESULT_PREFIX, result_object};
use blastline_blast::program::Program;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::database_name::DatabaseName;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Container;
use blastline_jobs::rows::JobRow;

/// Where the blobs of a search on a cluster are.
#[derive(Debug, Clone)]
pub(super) struct ElasticPaths {
    job: JobId,
    program: Program,
    database: DatabaseName,
}

impl ElasticPaths {
    /// Of a search; it names one database.
    pub fn of(row: &JobRow) -> EngineResult<Self> {
        let database = row.databases.first().map(|database| database.name.clone());
        let database =
            database.ok_or_else(|| EngineError::Internal(format!("{} names no database", row.id)))?;
        Ok(Self { job: row.id.clone(), program: row.program, database })
    }

    /// Prefix of everything that ElasticBLAST writes.
    pub fn prefix(&self) -> String {
        ResultPaths::of(&self.job).cluster_prefix()
    }

    /// Name in `results` of a batch's result.
    pub fn batch_result(&self, batch: u32) -> String {
        format!("{}{}", self.prefix(), result_object(batch, self.program, self.database.as_str()))
    }

    /// What the names in `results` of all batches' results begin with.
    pub fn batch_results(&self) -> String {
        format!("{}{RESULT_PREFIX}", self.prefix())
    }

    /// The sequences as ElasticBLAST reads them: FASTA and nothing behind it.
    pub fn query(&self) -> EngineResult<BlobPath> {
        Ok(BlobPath::new(Container::Queries, format!("{}/query.fa", self.job))?)
    }

    /// The configuration as it was handed over.
    pub fn config(&self) -> EngineResult<BlobPath> {
        Ok(BlobPath::new(Container::Results, format!("{0}/{0}/config.ini", self.job))?)
    }
}
