//! What can go wrong inside the engine, and what each means to a retry and to a person. The one place where errors of
//! every kind are classified.

use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ports::{ClusterError, ClusterErrorKind, RowError, StorageError, StorageErrorKind};
use blastline_jobs::rows::NotAllowed;
use std::{io, time::Duration};

/// A failure inside the engine. `Display` is for the log; [`EngineError::fault`] is for people.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A storage call failed.
    #[error("storage: {0}")]
    Storage(#[from] StorageError),
    /// A call to a cluster failed.
    #[error("cluster: {0}")]
    Cluster(#[from] ClusterError),
    /// A row cannot be understood.
    #[error("row: {0}")]
    Row(#[from] RowError),
    /// A transition that is not allowed; somebody else moved the task on.
    #[error("state: {0}")]
    State(#[from] NotAllowed),
    /// A fault that was named where it happened.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// Something on this machine's disk failed.
    #[error("{what}: {cause}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// The system's error.
        cause: io::Error,
    },
    /// A fault of the program itself.
    #[error("internal: {0}")]
    Internal(String),
}

/// Result of the engine's functions.
pub type EngineResult<T> = Result<T, EngineError>;

impl EngineError {
    /// Wraps a local input or output error with what was being done.
    pub fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io { what, cause }
    }

    /// The fault that a person may see.
    pub fn fault(&self) -> Fault {
        let code = match self {
            Self::Fault(fault) => return fault.clone(),
            Self::Storage(error) => match error.kind {
                StorageErrorKind::Throttled => ErrorCode::StorageThrottled,
                StorageErrorKind::Unavailable | StorageErrorKind::Denied => ErrorCode::StorageUnavailable,
                StorageErrorKind::LostRace => ErrorCode::WriteConflict,
                StorageErrorKind::LocalFile => ErrorCode::DiskFull,
                StorageErrorKind::NotFound
                | StorageErrorKind::AlreadyExists
                | StorageErrorKind::TooLarge
                | StorageErrorKind::Invalid
                | StorageErrorKind::Corrupt => ErrorCode::InternalError,
            },
            Self::Cluster(error) => match error.kind {
                ClusterErrorKind::Unknown => ErrorCode::ClusterNotFound,
                ClusterErrorKind::NotFound
                | ClusterErrorKind::AlreadyExists
                | ClusterErrorKind::LostRace
                | ClusterErrorKind::Invalid
                | ClusterErrorKind::Quota
                | ClusterErrorKind::Throttled
                | ClusterErrorKind::Unavailable
                | ClusterErrorKind::Denied
                | ClusterErrorKind::Corrupt => ErrorCode::ClusterNotReady,
            },
            Self::Io { cause, .. } if is_disk_full(cause) => ErrorCode::DiskFull,
            Self::State(_) => ErrorCode::WriteConflict,
            Self::Row(_) | Self::Io { .. } | Self::Internal(_) => ErrorCode::InternalError,
        };
        let detail = match code {
            ErrorCode::StorageUnavailable => "Storage is not answering at the moment.",
            ErrorCode::StorageThrottled => "Storage has too much to do at the moment.",
            ErrorCode::WriteConflict => "Something else changed this search at the same moment.",
            ErrorCode::ClusterNotFound => "That cluster is not known here.",
            ErrorCode::ClusterNotReady => "The cluster is not answering at the moment.",
            ErrorCode::DiskFull => "There is no room left on the disk of the machine that does this.",
            _ => "Something went wrong inside the program.",
        };
        Fault::new(code, detail)
    }

    /// How long the cause asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Storage(error) => error.retry_after,
            Self::Cluster(error) => error.retry_after,
            Self::Row(_) | Self::State(_) | Self::Fault(_) | Self::Io { .. } | Self::Internal(_) => None,
        }
    }

    /// Whether a compare-and-swap was lost.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_conflict())
    }
}

fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
