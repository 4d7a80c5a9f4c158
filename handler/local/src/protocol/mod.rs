//! The custom-handler protocol as values: what the host sends, what it takes for an answer, what follows from it.
//!
//! Nothing here does I/O, so the golden files under `tests/goldens/functions` pin all of it.

pub mod answer;
pub mod effects;
pub mod encoding;
pub mod payload;
pub mod rows;
#[cfg(test)]
mod test_goldens;

pub use answer::{Answer, AnswerError};
pub use effects::{Effect, OutputError};
pub use payload::{Payload, Sys};

/// The host version that the `X-Azure-Functions-HostVersion` header names: the first line that proxies HTTP.
pub const HOST_VERSION: &str = "4.1041.0";
/// Names the invocation on every request to the handler.
pub const INVOCATION_ID: &str = "x-azure-functions-invocationid";
/// Names the host's version on every request to the handler.
pub const HOST_VERSION_HEADER: &str = "x-azure-functions-hostversion";
/// Names the invocation on proxied requests only.
pub const PROXY_CORRELATION: &str = "x-ms-invocation-id";
