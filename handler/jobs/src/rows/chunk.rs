use crate::error_code::{ErrorCode, Fault};
use crate::ids::JobId;
use crate::ports::{Entity, RowError, Select};
use std::{fmt, str::FromStr};
use time::OffsetDateTime;

/// Row key of a part: the ordinal of its first query, zero-padded so that rows come in query order.
pub fn chunk_row_key(first_query: u64) -> String {
    format!("{first_query:012}")
}

/// What planning, progress and dispatching read of a part.
pub const CHUNK_LIGHT: Select = Select::Only(&[
    "first_query",
    "queries",
    "letters",
    "state",
    "attempts",
    "released_at",
    "started_at",
    "heartbeat_at",
    "ended_at",
    "elapsed_ms",
    "hits",
    "hsps",
    "without_hits",
    "claim",
    "output",
    "retry_at",
    "ousted_at",
    "batch",
    "source",
    "node",
    "cluster_job",
    "cluster_from",
    "cluster_to",
    "cluster_attempts",
    "cluster_exit",
    "error_code",
    "error_detail",
]);

/// State of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChunkState {
    /// A batch that the cluster has not finished (elastic engine).
    OnCluster,
    /// A batch whose result on the cluster was proved to be there; it waits for a place to be read in, and for the time to
    /// try again where that failed.
    Ready,
    /// Its message was or is about to be sent.
    Released,
    /// Claimed by an invocation.
    Running,
    /// Its result is there and was checked.
    Done,
    /// Failed for good.
    Failed,
    /// Stopped because the job was cancelled or failed.
    Cancelled,
}

impl ChunkState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::OnCluster,
        Self::Ready,
        Self::Released,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The word in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnCluster => "on_cluster",
            Self::Ready => "ready",
            Self::Released => "released",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more becomes of it.
    pub fn is_over(self) -> bool {
        match self {
            Self::OnCluster | Self::Ready | Self::Released | Self::Running => false,
            Self::Done | Self::Failed | Self::Cancelled => true,
        }
    }

    /// Whether it takes up one of the places that are given out.
    pub fn is_in_flight(self) -> bool {
        match self {
            Self::Released | Self::Running => true,
            Self::OnCluster | Self::Ready | Self::Done | Self::Failed | Self::Cancelled => false,
        }
    }
}

impl FromStr for ChunkState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no state of a part"))
    }
}

impl fmt::Display for ChunkState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A part of a search: a range of its queries. One row of `jobchunks`.
///
/// A row is written when the part is cut and released; the next part begins where the last row ends, and an insert
/// under the same first query fails, so the rows of a job never overlap.
#[derive(Debug, Clone, PartialEq)]
pub struct ChunkRow {
    /// The job.
    pub job: JobId,
    /// Ordinal of the first query, 0-based.
    pub first_query: u64,
    /// Number of queries.
    pub queries: u64,
    /// Letters in them.
    pub letters: u64,
    /// Where they begin in the stored FASTA, in bytes.
    pub offset: u64,
    /// Their length in the stored FASTA, in bytes.
    pub bytes: u64,
    /// State.
    pub state: ChunkState,
    /// Plan this part belongs to.
    pub plan_version: u64,
    /// How often it was started.
    pub attempts: u64,
    /// When it was released or sent again.
    pub released_at: OffsetDateTime,
    /// When the latest attempt began.
    pub started_at: Option<OffsetDateTime>,
    /// Last sign of life of the latest attempt.
    pub heartbeat_at: Option<OffsetDateTime>,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// When it is to be tried again, after a failure that may pass.
    pub retry_at: Option<OffsetDateTime>,
    /// When it was last taken from a holder that had not been silent: that one may run on until it notices.
    pub ousted_at: Option<OffsetDateTime>,
    /// Who holds it: a token that is new for each attempt.
    pub claim: String,
    /// Queue message the holder was started by.
    pub claim_message: String,
    /// How often that message had been taken then.
    pub claim_dequeue: u64,
    /// Milliseconds that BLAST+ took.
    pub elapsed_ms: u64,
    /// Query-subject pairs.
    pub hits: u64,
    /// Alignments.
    pub hsps: u64,
    /// Queries without hits.
    pub without_hits: u64,
    /// Folder of the result in `results`, once it is done.
    pub output: String,
    /// Why it failed.
    pub fault: Option<Fault>,
    /// Remarks of BLAST+; a few.
    pub warnings: Vec<String>,
    /// Number of the batch on the cluster (elastic engine), from 0.
    pub batch: u64,
    /// Name of the batch's result in `results` (elastic engine); empty for a part that BLAST+ is run for here.
    pub source: String,
    /// Machine that the batch ran on, once that is known (elastic engine).
    pub node: String,
    /// Unique id of the Kubernetes Job that was seen to complete (elastic engine).
    pub cluster_job: String,
    /// When the batch began to run there, by the cluster's clock (elastic engine).
    pub cluster_from: Option<OffsetDateTime>,
    /// When its Job ended there (elastic engine).
    pub cluster_to: Option<OffsetDateTime>,
    /// How often it was started there (elastic engine).
    pub cluster_attempts: u64,
    /// Exit code of BLAST+ there, once the batch has ended and it is known (elastic engine).
    pub cluster_exit: Option<u64>,
}

impl ChunkRow {
    /// A part that has just been cut.
    pub fn cut(
        job: &JobId,
        part: &blastline_blast::plan::Part,
        offset: u64,
        bytes: u64,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            job: job.clone(),
            first_query: part.first,
            queries: part.count,
            letters: part.letters,
            offset,
            bytes,
            state: ChunkState::Released,
            plan_version: 1,
            attempts: 0,
            released_at: now,
            started_at: None,
            heartbeat_at: None,
            ended_at: None,
            retry_at: None,
            ousted_at: None,
            claim: String::new(),
            claim_message: String::new(),
            claim_dequeue: 0,
            elapsed_ms: 0,
            hits: 0,
            hsps: 0,
            without_hits: 0,
            output: String::new(),
            fault: None,
            warnings: Vec::new(),
            batch: 0,
            source: String::new(),
            node: String::new(),
            cluster_job: String::new(),
            cluster_from: None,
            cluster_to: None,
            cluster_attempts: 0,
            cluster_exit: None,
        }
    }

    /// A part that is a batch on a cluster: its result will be in `results` under this name.
    pub fn on_cluster(
        job: &JobId,
        part: &blastline_blast::plan::Part,
        (offset, bytes): (u64, u64),
        batch: u64,
        source: &str,
        now: OffsetDateTime,
    ) -> Self {
        let cut = Self::cut(job, part, offset, bytes, now);
        Self { state: ChunkState::OnCluster, batch, source: source.to_owned(), ..cut }
    }

    /// Whether it is a batch on a cluster, whose result is read in instead of BLAST+ being run.
    pub fn is_batch(&self) -> bool {
        !self.source.is_empty()
    }

    /// Whether it is a batch that may be given a place to be read in: its result is there, and the time to try again has
    /// come where it was tried before.
    pub fn is_ready(&self, now: OffsetDateTime) -> bool {
        self.state == ChunkState::Ready && self.retry_at.is_none_or(|at| at <= now)
    }

    /// Ordinal after its last query.
    pub fn end(&self) -> u64 {
        self.first_query + self.queries
    }

    /// Its last sign of life, or when it was released.
    pub fn last_seen(&self) -> OffsetDateTime {
        let retry = self.retry_at.unwrap_or(self.released_at);
        self.heartbeat_at.unwrap_or(self.released_at).max(self.released_at).max(retry)
    }

    /// The row as stored.
    pub fn to_entity(&self) -> Entity {
        let fault = self.fault.as_ref();
        Entity::new(self.job.as_str(), chunk_row_key(self.first_query))
            .int("first_query", self.first_query)
            .int("queries", self.queries)
            .int("letters", self.letters)
            .int("offset", self.offset)
            .int("bytes", self.bytes)
            .text("state", self.state.as_str())
            .int("plan_version", self.plan_version)
            .int("attempts", self.attempts)
            .time("released_at", self.released_at)
            .opt_time("started_at", self.started_at)
            .opt_time("heartbeat_at", self.heartbeat_at)
            .opt_time("ended_at", self.ended_at)
            .opt_time("retry_at", self.retry_at)
            .opt_time("ousted_at", self.ousted_at)
            .text("claim", self.claim.clone())
            .text("claim_message", self.claim_message.clone())
            .int("claim_dequeue", self.claim_dequeue)
            .int("elapsed_ms", self.elapsed_ms)
            .int("hits", self.hits)
            .int("hsps", self.hsps)
            .int("without_hits", self.without_hits)
            .text("output", self.output.clone())
            .text("error_code", fault.map_or("", |f| f.code.as_str()))
            .text("error_detail", fault.map_or("", |f| f.detail.as_str()))
            .text("error_hint", fault.and_then(|f| f.hint.as_deref()).unwrap_or(""))
            .text("warnings_json", serde_json::to_string(&self.warnings).unwrap_or_default())
            .int("batch", self.batch)
            .text("source", self.source.clone())
            .text("node", self.node.clone())
            .text("cluster_job", self.cluster_job.clone())
            .opt_time("cluster_from", self.cluster_from)
            .opt_time("cluster_to", self.cluster_to)
            .int("cluster_attempts", self.cluster_attempts)
            .text("cluster_exit", self.cluster_exit.map(|code| code.to_string()).unwrap_or_default())
    }

    /// The row from what was stored. A light read leaves offsets and warnings at zero and empty.
    pub fn from_entity(entity: &Entity) -> Result<Self, RowError> {
        let state = entity.get_text("state")?;
        let warnings = entity.opt_text("warnings_json")?.unwrap_or_else(|| "[]".to_owned());
        let fault = entity.opt_text("error_code")?.map(|code| -> Result<Fault, RowError> {
            Ok(Fault {
                code: code.parse().unwrap_or(ErrorCode::InternalError),
                detail: entity.get_text("error_detail")?.to_owned(),
                hint: entity.opt_text("error_hint")?,
            })
        });
        Ok(Self {
            job: entity.pk.parse().map_err(|_| entity.error("PartitionKey", "is no job id"))?,
            first_query: entity.get_int("first_query")?,
            queries: entity.get_int("queries")?,
            letters: entity.get_int("letters")?,
            offset: entity.get_int("offset")?,
            bytes: entity.get_int("bytes")?,
            state: state.parse().map_err(|e: String| entity.error("state", e))?,
            plan_version: entity.get_int("plan_version")?,
            attempts: entity.get_int("attempts")?,
            released_at: entity.get_time("released_at")?,
            started_at: entity.opt_time_of("started_at")?,
            heartbeat_at: entity.opt_time_of("heartbeat_at")?,
            ended_at: entity.opt_time_of("ended_at")?,
            retry_at: entity.opt_time_of("retry_at")?,
            ousted_at: entity.opt_time_of("ousted_at")?,
            claim: entity.get_text("claim")?.to_owned(),
            claim_message: entity.get_text("claim_message")?.to_owned(),
            claim_dequeue: entity.get_int("claim_dequeue")?,
            elapsed_ms: entity.get_int("elapsed_ms")?,
            hits: entity.get_int("hits")?,
            hsps: entity.get_int("hsps")?,
            without_hits: entity.get_int("without_hits")?,
            output: entity.get_text("output")?.to_owned(),
            fault: fault.transpose()?,
            warnings: serde_json::from_str(&warnings)
                .map_err(|e| entity.error("warnings_json", e.to_string()))?,
            batch: entity.get_int("batch")?,
            source: entity.get_text("source")?.to_owned(),
            node: entity.get_text("node")?.to_owned(),
            cluster_job: entity.get_text("cluster_job")?.to_owned(),
            cluster_from: entity.opt_time_of("cluster_from")?,
            cluster_to: entity.opt_time_of("cluster_to")?,
            cluster_attempts: entity.get_int("cluster_attempts")?,
            cluster_exit: entity.opt_text("cluster_exit")?.and_then(|code| code.parse().ok()),
        })
    }
}
