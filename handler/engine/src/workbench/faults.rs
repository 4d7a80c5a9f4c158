//! What failures of the parts below mean to a search.

use crate::database::{CacheError, DatabaseError};
use crate::error::EngineError;
use crate::hits::HitStoreError;
use blastline_blast::table::TableError;
use blastline_blast::verdict::{BlastFailure, RetryClass};
use blastline_jobs::error_code::{ErrorCode, Fault};

/// A failure of BLAST+ as a fault of the search.
pub(super) fn blast_fault(failure: &BlastFailure) -> Fault {
    let code = match (failure.code, failure.class) {
        ("options_refused", _) => ErrorCode::BlastOptionsRefused,
        ("blast_missing", _) => ErrorCode::BlastUnavailable,
        ("memory_limit", _) => ErrorCode::BlastOutOfMemory,
        ("output_not_written", _) => ErrorCode::DiskFull,
        (_, RetryClass::Transient | RetryClass::Resource) => ErrorCode::BlastInterrupted,
        (_, RetryClass::Permanent) => ErrorCode::BlastSearchFailed,
    };
    Fault::new(code, failure.message.clone()).with_hint(failure.hint.clone())
}

impl From<DatabaseError> for EngineError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Storage(error) => Self::Storage(error),
            other => {
                tracing::debug!(%other, "database");
                Self::Fault(other.fault())
            }
        }
    }
}

impl From<CacheError> for EngineError {
    fn from(error: CacheError) -> Self {
        match error {
            CacheError::Storage(error) => Self::Storage(error),
            other => {
                tracing::warn!(%other, "database cache");
                Self::Fault(other.fault())
            }
        }
    }
}

impl From<HitStoreError> for EngineError {
    fn from(error: HitStoreError) -> Self {
        match error {
            HitStoreError::Storage(error) => Self::Storage(error),
            other => {
                tracing::error!(%other, "hit store");
                Self::Fault(hits_fault(&other))
            }
        }
    }
}

impl From<TableError> for EngineError {
    fn from(error: TableError) -> Self {
        tracing::error!(%error, "table of hits");
        let detail = "The hits that BLAST+ printed for a part could not be read.";
        Self::Fault(Fault::new(ErrorCode::ResultsInvalid, detail))
    }
}

fn hits_fault(error: &HitStoreError) -> Fault {
    let (code, detail) = match error {
        HitStoreError::TooLarge { .. } => (
            ErrorCode::InvalidParameter,
            "That is more than can be read at once. Choose one query or a stricter filter.",
        ),
        HitStoreError::TooDeep { .. } => (
            ErrorCode::InvalidParameter,
            "That page lies too deep in a sorted list. Choose a stricter filter.",
        ),
        HitStoreError::UnknownQuery { .. } => {
            (ErrorCode::InvalidParameter, "There is no result for a sequence at that position.")
        }
        HitStoreError::LocalFile { .. } => {
            (ErrorCode::DiskFull, "A file could not be written on the machine that does this.")
        }
        HitStoreError::Storage(_)
        | HitStoreError::Corrupt { .. }
        | HitStoreError::OutOfOrder { .. }
        | HitStoreError::NotContiguous { .. } => (ErrorCode::ResultsInvalid, "The stored hits are damaged."),
    };
    Fault::new(code, detail)
}
