use crate::database::Manifest;
use crate::error::{EngineError, EngineResult};
use async_trait::async_trait;
use blastline_blast::elastic::{Blanks, ElasticOutfmt};
use blastline_blast::options::SearchOptions;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::database_name::DatabaseRef;
use blastline_jobs::engine::Engine;
use blastline_jobs::error_code::Fault;
use blastline_jobs::ids::JobId;
use std::sync::Arc;
use tokio::sync::watch;

/// A part to search.
#[derive(Debug, Clone, PartialEq)]
pub struct PartTask {
    /// The job.
    pub job: JobId,
    /// Database and version.
    pub database: DatabaseRef,
    /// Program and options.
    pub search: SearchOptions,
    /// Digest that the stored query is named by.
    pub query_digest: String,
    /// Ordinal of the first query.
    pub first_query: u64,
    /// Number of queries.
    pub queries: u64,
    /// Where the part begins in the stored FASTA, in bytes.
    pub offset: u64,
    /// Its length there, in bytes.
    pub bytes: u64,
    /// Folder in `results` that takes what this attempt finds. No other attempt writes there.
    pub folder: String,
    /// Name in `results` of what a cluster found for this part: it is read in, BLAST+ is not run. Empty otherwise.
    pub source: String,
    /// What that file is. Of any but the usual format no hits are read: the file itself is the result.
    pub outfmt: ElasticOutfmt,
}

/// What a part found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartOutput {
    /// Query-subject pairs.
    pub hits: u64,
    /// Alignments.
    pub hsps: u64,
    /// Queries without hits.
    pub without_hits: u64,
    /// Milliseconds that BLAST+ took.
    pub elapsed_ms: u64,
    /// BLAST+ version.
    pub blast_version: String,
    /// Remarks of BLAST+, in words; a few.
    pub warnings: Vec<String>,
}

/// Why a part is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It is not.
    Go,
    /// The job was cancelled, or ended otherwise.
    JobEnded,
    /// Another invocation holds the part.
    ClaimLost,
}

/// Where a running part hears that it is to stop.
pub type StopReceiver = watch::Receiver<Stop>;

/// Why a part gave no output.
#[derive(Debug)]
pub enum PartError {
    /// It was told to stop, and everything it had started is gone.
    Stopped,
    /// It failed.
    Failed(EngineError),
}

impl<E: Into<EngineError>> From<E> for PartError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl PartError {
    /// A failure that was named where it happened.
    pub fn fault(fault: Fault) -> Self {
        Self::Failed(EngineError::Fault(fault))
    }
}

/// A search as the workbench checks it before anything is cut.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPlan {
    /// Database and version.
    pub database: DatabaseRef,
    /// Program and options.
    pub search: SearchOptions,
    /// Whether it runs elsewhere: the database need not fit here.
    pub elsewhere: bool,
}

/// What the checks found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preparation {
    /// BLAST+ version.
    pub blast_version: String,
    /// What was found about the options, in words.
    pub options: String,
    /// What was found about the database, in words.
    pub database: String,
}

/// The parts whose results are to be joined, in query order.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinTask {
    /// The job.
    pub job: JobId,
    /// Queries in all.
    pub queries: u64,
    /// Folders of the parts in `results`, with what each must hold.
    pub parts: Vec<JoinPart>,
    /// Folder in `results` that takes what is joined. No other attempt writes there.
    pub folder: String,
    /// Engine that searched the parts.
    pub engine: Engine,
    /// What the parts hold: hits, or files of another format, which are joined as that format asks for.
    pub outfmt: ElasticOutfmt,
}

/// One part to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinPart {
    /// Its folder.
    pub folder: String,
    /// Ordinal of its first query.
    pub first_query: u64,
    /// Number of queries.
    pub queries: u64,
    /// Query-subject pairs it must hold.
    pub hits: u64,
    /// Alignments it must hold.
    pub hsps: u64,
    /// Queries without hits it must hold.
    pub without_hits: u64,
}

/// What the joined result holds, read back from storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Joined {
    /// Queries.
    pub queries: u64,
    /// Query-subject pairs.
    pub hits: u64,
    /// Alignments.
    pub hsps: u64,
    /// Queries without hits.
    pub without_hits: u64,
}

/// The heavy work on files: asking BLAST+, searching a part, joining results. Behind a trait, so that the control plane
/// around it can be run without it.
#[async_trait]
pub trait Workbench: Send + Sync {
    /// Looks whether a search can run: the database is there in that version and fits, BLAST+ takes the options.
    async fn check(&self, plan: &SearchPlan) -> EngineResult<Preparation>;

    /// Searches one part: fetches what it needs, runs BLAST+, checks the output and stores it in the task's folder.
    /// Runs to the end, or until `stop` says so; then it kills what it started, waits until that is gone and returns
    /// [`PartError::Stopped`].
    async fn run_part(&self, task: &PartTask, stop: StopReceiver) -> Result<PartOutput, PartError>;

    /// The manifest of a database's generation.
    async fn manifest(&self, database: &DatabaseRef) -> EngineResult<Arc<Manifest>>;

    /// Copies the first bytes of a blob, with blanks put in between, to another one, through this machine.
    async fn copy_query(
        &self,
        from: &BlobPath,
        bytes: u64,
        blanks: &[Blanks],
        to: &BlobPath,
    ) -> EngineResult<()>;

    /// Joins the results of all parts, stores them and reads back what was stored.
    async fn join(&self, task: &JoinTask) -> EngineResult<Joined>;
}
