//! Every error code of the product in one table: what it means to HTTP, to retries and to people.
//!
//! Use: a fault that a person may see is an [`ErrorCode`] with a sentence of detail. The code decides status, retry
//! class and hint; `docs/errors.md` says what user, operator and developer do about each, and a test holds it to
//! this table.

use crate::retry::RetryClass;
use std::{fmt, str::FromStr};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $status:literal, $class:ident, $title:literal, $hint:literal;)+) => {
        /// A stable error code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $variant),+ }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code in answers and rows.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The HTTP status of a request that ends so. For codes that only jobs have, the status of asking for
            /// what the job does not have.
            pub fn http_status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// Whether and how trying again may help.
            pub fn retry_class(self) -> RetryClass {
                match self { $(Self::$variant => RetryClass::$class),+ }
            }

            /// The fault's short name.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }

            /// What to do next, in words for a researcher.
            pub fn hint(self) -> &'static str {
                match self { $(Self::$variant => $hint),+ }
            }
        }
    };
}

codes! {
    /// The sequences cannot be searched as they are.
    InvalidQueryFasta = "invalid_query_fasta", 422, Permanent, "The sequences cannot be searched",
        "Correct the place that is named, then search again.";
    /// Fields of the request are wrong.
    ValidationError = "validation_error", 422, Permanent, "Some values are not allowed",
        "Correct the fields that are named, then search again.";
    /// The sequences came in two ways at once.
    ConflictingQuerySources = "conflicting_query_sources", 422, Permanent, "The sequences came twice",
        "Send the sequences either in the request or as a file.";
    /// No such database or version.
    DatabaseNotFound = "database_not_found", 422, Permanent, "That database is not here",
        "Choose one of the databases that are listed.";
    /// The database is being prepared or failed to be.
    DatabaseNotReady = "database_not_ready", 409, Transient, "The database is not ready",
        "Wait until the database is ready, or choose another.";
    /// The database does not fit the cache of this machine.
    DatabaseTooLarge = "database_too_large", 422, Permanent, "The database is too large for this machine",
        "Choose a smaller database, or ask an operator for more room.";
    /// Same key, another request.
    IdempotencyConflict = "idempotency_conflict", 409, Permanent, "That key was used for another search",
        "Use a new idempotency key for a new search.";
    /// The body is too large.
    PayloadTooLarge = "payload_too_large", 413, Permanent, "The request is too large",
        "Search fewer sequences at a time.";
    /// The query is too large to be edited in the page.
    QueryTooLargeForEdit = "query_too_large_for_edit", 413, Permanent, "The sequences are too many to edit here",
        "Download the sequences and edit them on your machine.";
    /// The body's type is not taken.
    UnsupportedMediaType = "unsupported_media_type", 415, Permanent, "That kind of request is not taken",
        "Send JSON, or a form with the sequences as a file.";
    /// The body is not what it says it is.
    MalformedRequest = "malformed_request", 400, Permanent, "The request cannot be read",
        "Send well-formed JSON with the fields that the API document lists.";
    /// A parameter in the address is wrong.
    InvalidParameter = "invalid_parameter", 400, Permanent, "A value in the address is not allowed",
        "Correct the value that is named.";
    /// A paging cursor that was not given out here.
    InvalidCursor = "invalid_cursor", 400, Permanent, "That page of the list does not exist",
        "Start again from the first page.";
    /// No such job, or somebody else's.
    JobNotFound = "job_not_found", 404, Permanent, "There is no such search",
        "Look for it under Jobs.";
    /// No such address.
    NotFound = "not_found", 404, Permanent, "There is nothing at this address",
        "See the API document for the addresses there are.";
    /// The address does not take this method.
    MethodNotAllowed = "method_not_allowed", 405, Permanent, "This address does not take that method",
        "See the API document for the methods there are.";
    /// A page elsewhere tried to act here, or an invocation was forged.
    Forbidden = "forbidden", 403, Permanent, "That is not allowed from there",
        "Open this page itself and try again.";
    /// The job still runs.
    JobStillActive = "job_still_active", 409, Permanent, "The search has not ended",
        "Cancel it first.";
    /// The job has ended already.
    JobAlreadyEnded = "job_already_ended", 409, Permanent, "The search has already ended",
        "There is nothing left to cancel.";
    /// No results yet.
    ResultsNotReady = "results_not_ready", 409, Transient, "There are no results yet",
        "Wait until the first part of the search is done.";
    /// The search has no results because of how it ended.
    NoResults = "no_results", 404, Permanent, "This search has no results",
        "See why it ended, then search again.";
    /// The search gave a file in a format of its own, from which no hits can be read.
    ResultsInOwnFormat = "results_in_own_format", 409, Permanent, "This search gave a file, and no hits to show",
        "Download the file, or search again in the usual format.";
    /// Storage does not answer.
    StorageUnavailable = "storage_unavailable", 503, Transient, "Storage is not answering",
        "Nothing is lost. It will be tried again by itself.";
    /// Storage asks to slow down.
    StorageThrottled = "storage_throttled", 503, Capacity, "Storage is busy",
        "Nothing is lost. It will be tried again by itself.";
    /// Somebody else wrote in between, again and again.
    WriteConflict = "write_conflict", 409, Conflict, "Something else changed this at the same moment",
        "Try again.";
    /// BLAST+ is not installed or does not start.
    BlastUnavailable = "blast_unavailable", 503, Transient, "BLAST+ cannot be started here",
        "Ask an operator to install BLAST+ on this machine.";
    /// BLAST+ refused what our own rules took.
    BlastOptionsRefused = "blast_options_refused", 422, Permanent, "BLAST+ refused these options",
        "Change the options, or use the defaults.";
    /// BLAST+ failed on a part.
    BlastSearchFailed = "blast_search_failed", 422, Permanent, "BLAST+ could not search a part",
        "See the detail. If it names a sequence, search without it.";
    /// BLAST+ ended without a word or was killed from outside.
    BlastInterrupted = "blast_interrupted", 503, Transient, "A part of the search was interrupted",
        "It is tried again by itself.";
    /// BLAST+ ran out of memory.
    BlastOutOfMemory = "blast_out_of_memory", 422, Capacity, "The search needs more memory than it may use",
        "Search fewer or shorter sequences, or lower the number of hits.";
    /// The disk is full.
    DiskFull = "disk_full", 503, Capacity, "The disk is full",
        "Ask an operator to make room.";
    /// The result did not prove complete.
    ResultsInvalid = "results_invalid", 422, Transient, "The result is not complete",
        "Search again. If it happens twice, tell an operator the number of this search.";
    /// The stored query is gone or damaged.
    QueryMissing = "query_missing", 422, Permanent, "The sequences of this search are gone",
        "Search again with the same sequences.";
    /// A job was lost and could not be brought back.
    WorkerLost = "worker_lost", 503, Permanent, "The search was lost",
        "Search again. Tell an operator the number of this search.";
    /// The job's time was up.
    DeadlineExceeded = "deadline_exceeded", 422, Permanent, "The search took too long",
        "Search fewer sequences at a time, or a smaller database.";
    /// ElasticBLAST refused the configuration.
    ElasticConfigRefused = "elastic_config_refused", 422, Permanent, "ElasticBLAST refused the search",
        "Change the options, or use the defaults. If it happens again, tell an operator the number of this search.";
    /// The search could not be handed to the cluster.
    ElasticSubmitFailed = "elastic_submit_failed", 503, Transient, "The search could not be handed to the cluster",
        "Search again later. If it happens again, tell an operator the number of this search.";
    /// The database is not where the cluster reads it.
    DatabaseNotStaged = "database_not_staged", 409, Permanent, "The database is not ready for the cluster",
        "Choose another database, or ask an operator to bring this one to the cluster's storage.";
    /// The database could not be brought to a machine of the cluster.
    DatabaseStagingFailed = "database_staging_failed", 503, Permanent, "The database did not reach the cluster",
        "Search again. If it happens twice, tell an operator the number of this search.";
    /// A cluster that was known is gone.
    ClusterNotFound = "cluster_not_found", 409, Permanent, "That cluster is not here",
        "Choose one of the clusters that are listed.";
    /// A request names a cluster that is not there or not this installation's.
    UnknownCluster = "unknown_cluster", 404, Permanent, "There is no such cluster",
        "Choose one of the clusters that are listed.";
    /// The cluster is stopped, changing or silent.
    ClusterNotReady = "cluster_not_ready", 503, Transient, "The cluster is not ready",
        "Wait until it is, or ask an operator to start it.";
    /// The cluster or its storage refused this program.
    ClusterAccessDenied = "cluster_access_denied", 503, Permanent, "The cluster refused this program",
        "Ask an operator to check what this program may do on the cluster and in its storage.";
    /// Checks before the search found what forbids it.
    BlockedByPreflight = "blocked_by_preflight", 409, Permanent, "The search cannot begin as it is",
        "Correct what the checks name, then search again.";
    /// An image cannot be pulled.
    ImageNotPulled = "image_not_pulled", 503, Permanent, "The cluster lacks the program",
        "Ask an operator to make the image that is named available to the cluster.";
    /// No machine of the cluster takes a part.
    NoMachineFits = "no_machine_fits", 422, Capacity, "No machine of the cluster has room",
        "Wait until other searches have ended, choose a smaller database, or ask an operator for larger machines.";
    /// A step around BLAST+ failed on the cluster.
    ElasticPartFailed = "elastic_part_failed", 503, Transient, "A part of the search failed on the cluster",
        "Search again. If it happens twice, tell an operator the number of this search.";
    /// Jobs of the search are gone from the cluster, or never came.
    ElasticJobsMissing = "elastic_jobs_missing", 503, Permanent, "Parts of the search are gone from the cluster",
        "Search again. If nobody removed them, tell an operator the number of this search.";
    /// A fault of the program.
    InternalError = "internal_error", 500, Transient, "Something went wrong here",
        "Try again. If it happens again, tell an operator the request number.";
}

impl ErrorCode {
    /// Whether the same request may succeed later.
    pub fn retryable(self) -> bool {
        self.retry_class() != RetryClass::Permanent
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ErrorCode {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(())
    }
}

/// A fault that a person may see: the code and what happened, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The code.
    pub code: ErrorCode,
    /// What happened, in words for a researcher. No causes from inside.
    pub detail: String,
    /// What to do, where it is more to the point than the code's own hint.
    pub hint: Option<String>,
}

impl Fault {
    /// A fault with its detail.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), hint: None }
    }

    /// With a hint of its own.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_distinct_and_read_back() {
        let distinct: BTreeSet<_> = ErrorCode::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(distinct.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert!(code.title().len() > 5 && code.hint().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn what_a_request_may_try_again_is_no_client_error_of_its_own() {
        for code in
            ErrorCode::ALL.iter().filter(|code| matches!(code.http_status(), 400 | 404 | 405 | 413 | 415))
        {
            assert!(!code.retryable(), "{code}");
        }
    }

    #[test]
    fn every_code_has_its_section_in_the_document_and_no_other_is_there() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
        let text = std::fs::read_to_string(path).unwrap();
        let sections: Vec<_> = text.split("\n## ").skip(1).collect();
        let headings: Vec<_> = sections.iter().map(|section| section.lines().next().unwrap()).collect();
        let codes: Vec<_> = ErrorCode::ALL.iter().map(|code| format!("`{code}`")).collect();
        assert_eq!(headings, codes);
        for (code, section) in ErrorCode::ALL.iter().zip(sections) {
            let class = format!("{:?}", code.retry_class()).to_lowercase();
            let facts = format!("\nStatus {}, {class}.\n", code.http_status());
            assert!(section.contains(&facts), "{code} lacks:{facts}");
            for part in ["What happened", "User", "Operator", "Developer"] {
                assert!(section.contains(&format!("\n- **{part}:** ")), "{code} lacks: {part}");
            }
        }
    }
}
