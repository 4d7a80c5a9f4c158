//! What a storage call can fail with.

use serde::Deserialize;
use thiserror::Error;

/// A failed call.
#[derive(Debug, Error)]
pub enum StorageError {
    /// No answer: refused, reset, timed out.
    #[error("storage cannot be reached: {}", deepest(.0))]
    Unreachable(#[from] reqwest::Error),
    /// The service said no.
    #[error("storage answered {status} {code}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The service's error code, such as `QueueNotFound`; empty when it gave none.
        code: String,
    },
    /// The service said something that this client cannot read.
    #[error("storage sent an unreadable answer: {0}")]
    Unreadable(&'static str),
    /// A row that a table cannot hold.
    #[error("the row cannot be stored: {0}")]
    Row(String),
}

impl StorageError {
    /// The service's error code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Refused { code, .. } => code,
            Self::Unreachable(_) | Self::Unreadable(_) | Self::Row(_) => "",
        }
    }

    /// The thing that the call names does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Something with that name exists already.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused { status: 409, .. })
    }

    /// Builds a refusal. Blob and queue name the code in a header, tables in the body.
    pub(super) fn refused(status: u16, header: Option<&str>, body: &[u8]) -> Self {
        let from_body = || serde_json::from_slice::<TableProblem>(body).ok().map(|p| p.error.code);
        let code = header.map(str::to_owned).or_else(from_body).unwrap_or_default();
        Self::Refused { status, code }
    }
}

/// The cause at the bottom, such as "connection refused"; what lies above only says that a request failed. Addresses
/// stay out: they carry pop receipts.
fn deepest(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(below) = cause.source() {
        cause = below;
    }
    cause.to_string()
}

#[derive(Deserialize)]
struct TableProblem {
    #[serde(rename = "odata.error")]
    error: TableProblemCode,
}

#[derive(Deserialize)]
struct TableProblemCode {
    code: String,
}
