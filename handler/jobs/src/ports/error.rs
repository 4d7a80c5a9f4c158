use std::{fmt, time::Duration};

/// What went wrong in storage, in terms that callers decide on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageErrorKind {
    /// The entity, blob, queue or container is not there.
    NotFound,
    /// An insert or a create-only write met an existing entity or blob (409).
    AlreadyExists,
    /// The ETag did not match: somebody else wrote in between (412). Read again and decide.
    LostRace,
    /// A value, row or batch is larger than the service takes.
    TooLarge,
    /// The request is malformed, for example a key with a forbidden character.
    Invalid,
    /// The service asks to slow down (429, or 503 with "server busy").
    Throttled,
    /// The service did not answer, or answered with a server error.
    Unavailable,
    /// The service refused the identity.
    Denied,
    /// What was read could not be understood.
    Corrupt,
    /// Reading or writing a local file failed.
    LocalFile,
}

impl StorageErrorKind {
    /// Whether the same call may succeed later without anything being changed.
    pub fn retryable(self) -> bool {
        match self {
            Self::Throttled | Self::Unavailable | Self::LostRace | Self::LocalFile => true,
            Self::NotFound
            | Self::AlreadyExists
            | Self::TooLarge
            | Self::Invalid
            | Self::Denied
            | Self::Corrupt => false,
        }
    }
}

/// A failed storage call. `Display` is for the log: it names the resource and the service's words.
#[derive(Debug, Clone)]
pub struct StorageError {
    /// The class that callers decide on.
    pub kind: StorageErrorKind,
    /// Operation and resource, for example `patch jobstate/job-…/current`.
    pub what: String,
    /// The cause in the service's or system's words. Never shown to a user.
    pub cause: String,
    /// How long the service asked to wait, where it said so.
    pub retry_after: Option<Duration>,
}

/// Result of a storage call.
pub type StorageResult<T> = Result<T, StorageError>;

impl StorageError {
    /// An error of a kind, with the operation and its cause.
    pub fn new(kind: StorageErrorKind, what: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self { kind, what: what.into(), cause: cause.to_string(), retry_after: None }
    }

    /// Whether a compare-and-swap was lost or a create-only write found something there.
    pub fn is_conflict(&self) -> bool {
        matches!(self.kind, StorageErrorKind::LostRace | StorageErrorKind::AlreadyExists)
    }

    /// Whether what was asked for is not there.
    pub fn is_not_found(&self) -> bool {
        self.kind == StorageErrorKind::NotFound
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}: {}", self.what, self.kind, self.cause)
    }
}

impl std::error::Error for StorageError {}
