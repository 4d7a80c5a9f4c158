use crate::ports::{Entity, RowError};
use std::time::Duration;
use time::OffsetDateTime;

/// Columns of a search that runs on a cluster, beside those that every search has.
pub const ELASTIC_COLUMNS: [&str; 16] = [
    "cluster_name",
    "elastic_blast_job_id",
    "elastic_outfmt",
    "elastic_look",
    "elastic_polls",
    "elastic_next_look_at",
    "elastic_attempt",
    "elastic_tries",
    "elastic_batches",
    "elastic_batch_letters",
    "elastic_waiting_since",
    "elastic_left",
    "elastic_clearing",
    "elastic_missed",
    "elastic_seen_at",
    "elastic_silent_since",
];

/// The share of the time that Jobs are kept after which they may be gone: clocks differ.
const KEPT_SHARE: f64 = 0.95;

/// What the row of a search says of its run on a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElasticState {
    /// Cluster it runs on.
    pub cluster: String,
    /// The id that ElasticBLAST knows the search by: labels, environment, blob paths and logs carry it. Written once, with
    /// the row; for a search of ours it is the job's own id.
    pub blast_job_id: String,
    /// Output format that was chosen when the search was submitted; see the `elastic` module of `blastline-blast`.
    pub outfmt: String,
    /// How many looks were taken at the cluster. The message of a look names its number, so that of two messages for one
    /// look only one goes on.
    pub look: u64,
    /// Looks since the phase changed: the first ones come quickly.
    pub polls: u64,
    /// When the next look is due.
    pub next_look_at: Option<OffsetDateTime>,
    /// Number of the latest Job that ran `elastic-blast submit`, from 1; 0 before the first.
    pub attempt: u64,
    /// Submissions that failed and were tried again. Waiting is none.
    pub tries: u64,
    /// Batches that ElasticBLAST cuts the query into; 0 while that is not known.
    pub batches: u64,
    /// Letters of a batch, once it was decided; the CLI cuts by it, and so do we.
    pub batch_letters: u64,
    /// Since when it waits for a place or for room.
    pub waiting_since: Option<OffsetDateTime>,
    /// When the cluster answered last.
    pub seen_at: Option<OffsetDateTime>,
    /// Since when the cluster gives no answer to looks; `None` while it answers.
    pub silent_since: Option<OffsetDateTime>,
    /// Jobs and pods that are left on the cluster while the search is being cancelled.
    pub left: u64,
    /// How far the cluster was cleared of a search that is being cancelled: 0 not yet, 1 its Jobs were deleted, 2 no pod of
    /// it was left after that.
    pub clearing: u64,
    /// Whether there was a time without looks that was longer than ended Jobs are kept: they may have gone unseen.
    pub missed: bool,
}

impl ElasticState {
    /// Of a search that was just accepted.
    pub fn new(cluster: impl Into<String>, job_id: impl Into<String>, outfmt: impl Into<String>) -> Self {
        Self {
            cluster: cluster.into(),
            blast_job_id: job_id.into(),
            outfmt: outfmt.into(),
            look: 0,
            polls: 0,
            next_look_at: None,
            attempt: 0,
            tries: 0,
            batches: 0,
            batch_letters: 0,
            waiting_since: None,
            seen_at: None,
            silent_since: None,
            left: 0,
            clearing: 0,
            missed: false,
        }
    }

    /// Whether Jobs may have ended and gone unseen that are kept for so long after their end: at some time, or just now, nobody
    /// saw the cluster for longer than that.
    pub fn has_missed(&self, now: OffsetDateTime, kept: Duration) -> bool {
        // Whose clock told the last look may be a little ahead of ours.
        self.missed || self.seen_at.is_some_and(|at| now - at > kept.mul_f64(KEPT_SHARE))
    }

    /// Adds the columns to a row.
    pub(super) fn write(&self, entity: Entity) -> Entity {
        entity
            .text("cluster_name", self.cluster.clone())
            .text("elastic_blast_job_id", self.blast_job_id.clone())
            .text("elastic_outfmt", self.outfmt.clone())
            .int("elastic_look", self.look)
            .int("elastic_polls", self.polls)
            .opt_time("elastic_next_look_at", self.next_look_at)
            .int("elastic_attempt", self.attempt)
            .int("elastic_tries", self.tries)
            .int("elastic_batches", self.batches)
            .int("elastic_batch_letters", self.batch_letters)
            .opt_time("elastic_waiting_since", self.waiting_since)
            .int("elastic_left", self.left)
            .int("elastic_clearing", self.clearing)
            .bool("elastic_missed", self.missed)
            .opt_time("elastic_seen_at", self.seen_at)
            .opt_time("elastic_silent_since", self.silent_since)
    }

    /// Reads the columns of a row.
    pub(super) fn read(entity: &Entity) -> Result<Self, RowError> {
        Ok(Self {
            cluster: entity.get_text("cluster_name")?.to_owned(),
            blast_job_id: entity.get_text("elastic_blast_job_id")?.to_owned(),
            outfmt: entity.get_text("elastic_outfmt")?.to_owned(),
            look: entity.get_int("elastic_look")?,
            polls: entity.get_int("elastic_polls")?,
            next_look_at: entity.opt_time_of("elastic_next_look_at")?,
            attempt: entity.get_int("elastic_attempt")?,
            tries: entity.get_int("elastic_tries")?,
            batches: entity.get_int("elastic_batches")?,
            batch_letters: entity.get_int("elastic_batch_letters")?,
            waiting_since: entity.opt_time_of("elastic_waiting_since")?,
            left: entity.get_int("elastic_left")?,
            clearing: entity.get_int("elastic_clearing")?,
            missed: entity.get_bool("elastic_missed")?,
            seen_at: entity.opt_time_of("elastic_seen_at")?,
            silent_since: entity.opt_time_of("elastic_silent_since")?,
        })
    }
}
