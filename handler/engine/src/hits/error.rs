//! Errors of the hit store.
//!
//! Rules of use: what the storage said stays [`HitStoreError::Storage`]; bytes that do not mean what they should
//! are [`HitStoreError::Corrupt`] with the file's name; a request that would read or hold too much is
//! [`HitStoreError::TooLarge`] or [`HitStoreError::TooDeep`]; a writer that breaks the order of rows is
//! [`HitStoreError::OutOfOrder`]. `Display` is for the log.

use blastline_jobs::ports::StorageError;
use parquet::errors::ParquetError;
use std::{fmt, io, path::Path};

/// What can go wrong while hits are written, joined or read.
#[derive(Debug, thiserror::Error)]
pub enum HitStoreError {
    /// Reading from or writing to the blob storage failed.
    #[error("{0}")]
    Storage(#[from] StorageError),
    /// Reading or writing a local file failed.
    #[error("{what}: {cause}")]
    LocalFile {
        /// Operation and file.
        what: String,
        /// The system's words.
        cause: io::Error,
    },
    /// A file is cut off, damaged, or was not written by this store.
    #[error("{file} is damaged: {cause}")]
    Corrupt {
        /// The file or blob.
        file: String,
        /// What does not fit.
        cause: String,
    },
    /// A request needs more than its limit. Narrow it (one query, fewer rows, a stricter filter).
    #[error("{what}: {size} is above the limit of {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is, in bytes or rows.
        size: u64,
        /// The limit, likewise.
        limit: u64,
    },
    /// A sorted page lies too deep: sorting keeps only the first rows.
    #[error("row {row} lies behind the first {limit} of a sorted list")]
    TooDeep {
        /// Last row of the page that was asked for.
        row: u64,
        /// How many rows a sort keeps.
        limit: u64,
    },
    /// No finished part holds this query.
    #[error("query {query} is in no finished part")]
    UnknownQuery {
        /// Position of the query, 0-based.
        query: u64,
    },
    /// Queries, subjects or alignments did not come in their order.
    #[error("rows out of order: {detail}")]
    OutOfOrder {
        /// Which row broke it.
        detail: String,
    },
    /// Parts given to a join leave a gap or overlap.
    #[error("parts do not follow each other: query {expected} was expected, {found} came")]
    NotContiguous {
        /// First query that the next part should have.
        expected: u64,
        /// First query that it has.
        found: u64,
    },
}

/// Result of an operation of the hit store.
pub type HitResult<T> = Result<T, HitStoreError>;

impl HitStoreError {
    /// Whether the same call may succeed later without anything being changed.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Storage(error) => error.kind.retryable(),
            Self::LocalFile { .. } => true,
            Self::Corrupt { .. }
            | Self::TooLarge { .. }
            | Self::TooDeep { .. }
            | Self::UnknownQuery { .. }
            | Self::OutOfOrder { .. }
            | Self::NotContiguous { .. } => false,
        }
    }

    /// A file whose content does not fit.
    pub(super) fn corrupt(file: impl fmt::Display, cause: impl fmt::Display) -> Self {
        Self::Corrupt { file: file.to_string(), cause: cause.to_string() }
    }

    /// A failed operation on a local file.
    pub(super) fn local(what: &str, file: &Path, cause: io::Error) -> Self {
        Self::LocalFile { what: format!("{what} {}", file.display()), cause }
    }

    /// What went wrong while a local file was written: the system's error where there is one.
    pub(super) fn writing(file: &Path, cause: ParquetError) -> Self {
        Self::local("write", file, io::Error::other(cause))
    }
}
