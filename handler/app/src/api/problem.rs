use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What went wrong, after RFC 9457 (`application/problem+json`).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Address of the page that explains this code.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short name of the fault.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code, `snake_case`.
    pub code: String,
    /// What happened, in words for a researcher.
    pub detail: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// Seconds to wait before trying again, where it may help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// Number of this request, for the operator's log.
    pub request_id: String,
    /// Faults by field, where the request has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Ids of the checks that stop a search, where the code is `blocked_by_preflight`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocking_gates: Vec<String>,
}

/// A fault of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// The field, for example `options.word_size` or `query_data`.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// What is wrong with it.
    pub message: String,
    /// What would be taken, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
    /// Line in the query, 1-based.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column in that line, 1-based.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
}
