//! From the service's errors to ours.
//!
//! [`ConnectError`] is for start-up: settings that cannot work, told to the operator. Everything after that is a
//! `StorageError`, made here and nowhere else, so that one place decides what is retried.

use azure_core::{
    error::{Error, ErrorKind},
    http::{
        RawResponse,
        headers::{HeaderName, Headers},
    },
};
use blastline_jobs::ports::{StorageError, StorageErrorKind};
use serde::Deserialize;
use std::time::Duration;

/// Settings with which storage cannot be reached. Told at start, to the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Nothing is set.
    #[error(
        "no storage is named: set AzureWebJobsStorage, or AzureWebJobsStorage__accountName for an identity"
    )]
    Missing,
    /// A connection string and an identity are both set.
    #[error("AzureWebJobsStorage and AzureWebJobsStorage__… are both set: keep the one that is meant")]
    Contradiction,
    /// The connection string cannot be used. Its text is not repeated: it holds a key.
    #[error("the connection string in AzureWebJobsStorage cannot be used: {problem}")]
    ConnectionString {
        /// What is wrong with it.
        problem: String,
    },
    /// A service's address cannot be used.
    #[error("the storage address {name} cannot be used: {problem}")]
    Address {
        /// Setting or part of the connection string.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// No identity could be set up.
    #[error("no identity for storage: {problem}")]
    Identity {
        /// What is wrong.
        problem: String,
    },
    /// The HTTP client could not be made, for example because of a broken certificate.
    #[error("the HTTP client for storage could not be made: {problem}")]
    Client {
        /// What is wrong.
        problem: String,
    },
}

/// The class of an answer of the service, by HTTP status and the service's error code.
/// Source: <https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2>.
pub fn classify(status: u16, code: &str) -> StorageErrorKind {
    use StorageErrorKind as Kind;
    match (status, code) {
        (409, "EntityAlreadyExists" | "BlobAlreadyExists") => Kind::AlreadyExists,
        (409, "TableAlreadyExists" | "QueueAlreadyExists" | "ContainerAlreadyExists") => Kind::AlreadyExists,
        // A table, queue or container that is being deleted can be made again in a while.
        (
            409,
            "TableBeingDeleted" | "QueueBeingDeleted" | "ContainerBeingDeleted" | "ResourceBeingDeleted",
        ) => Kind::Unavailable,
        (409, "OperationTimedOut" | "PendingCopyOperation") => Kind::Unavailable,
        (400, "PopReceiptMismatch") | (412, _) => Kind::LostRace,
        (409, _) => Kind::LostRace,
        (401 | 403, _) => Kind::Denied,
        (404 | 410, _) => Kind::NotFound,
        (408, _) => Kind::Unavailable,
        (413, _) => Kind::TooLarge,
        (
            400,
            "EntityTooLarge"
            | "PropertyValueTooLarge"
            | "RequestBodyTooLarge"
            | "MessageTooLarge"
            | "TooManyProperties",
        ) => Kind::TooLarge,
        (429, _) | (503, "ServerBusy") => Kind::Throttled,
        (500.., _) => Kind::Unavailable,
        _ => Kind::Invalid,
    }
}

/// Turns an error of the core crate into ours.
pub fn storage_error(what: impl Into<String>, error: &Error) -> StorageError {
    let kind = match error.kind() {
        ErrorKind::HttpResponse { status, .. } => classify(u16::from(*status), &error_code(error)),
        // No token: the identity's own service did not answer, which passes, or refused, which the log tells.
        ErrorKind::Connection | ErrorKind::Io | ErrorKind::Credential => StorageErrorKind::Unavailable,
        ErrorKind::DataConversion => StorageErrorKind::Corrupt,
        ErrorKind::Other => StorageErrorKind::Invalid,
    };
    let mut ours = StorageError::new(kind, what, describe(error));
    ours.retry_after = retry_after(error);
    ours
}

/// The error's message with the messages of its causes.
fn describe(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        let next_text = next.to_string();
        if !text.contains(&next_text) {
            text.push_str(": ");
            text.push_str(&next_text);
        }
        cause = next.source();
    }
    text
}

fn raw_response(error: &Error) -> Option<&RawResponse> {
    match error.kind() {
        ErrorKind::HttpResponse { raw_response, .. } => raw_response.as_deref(),
        _ => None,
    }
}

/// The service's error code, empty where it gave none. The Table service writes it in the body alone.
pub fn error_code(error: &Error) -> String {
    let Some(response) = raw_response(error) else { return String::new() };
    if let Some(code) = response.headers().get_optional_str(&HeaderName::from_static("x-ms-error-code")) {
        return code.to_owned();
    }
    odata_error(response.body().as_ref()).map(|error| error.code).unwrap_or_default()
}

/// Code and message of an error body of the Table service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OdataError {
    /// For example `EntityAlreadyExists`.
    pub code: String,
    /// The service's words, in a batch led by the number of the operation.
    pub message: String,
}

/// Reads an error body of the Table service.
pub fn odata_error(body: &[u8]) -> Option<OdataError> {
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(rename = "odata.error")]
        error: Body,
    }
    #[derive(Deserialize)]
    struct Body {
        code: String,
        message: Message,
    }
    #[derive(Deserialize)]
    struct Message {
        value: String,
    }
    let envelope: Envelope = serde_json::from_slice(body).ok()?;
    Some(OdataError { code: envelope.error.code, message: envelope.error.message.value })
}

/// How long the service asked to wait.
fn retry_after(error: &Error) -> Option<Duration> {
    raw_response(error).and_then(|response| retry_after_of(response.headers()))
}

/// `Retry-After` in seconds, or one of its finer forms in milliseconds. A date is not read: the service sends none.
pub fn retry_after_of(headers: &Headers) -> Option<Duration> {
    let number = |name| {
        headers.get_optional_str(&HeaderName::from_static(name)).and_then(|v| v.trim().parse::<u64>().ok())
    };
    number("x-ms-retry-after-ms")
        .or_else(|| number("retry-after-ms"))
        .map(Duration::from_millis)
        .or_else(|| number("retry-after").map(Duration::from_secs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use azure_core::http::StatusCode;

    fn answer(status: StatusCode, headers: &[(&'static str, &'static str)], body: &'static str) -> Error {
        let mut all = Headers::new();
        for (name, value) in headers {
            all.insert(*name, *value);
        }
        let raw = RawResponse::from_bytes(status, all, body);
        Error::from(ErrorKind::HttpResponse { status, error_code: None, raw_response: Some(Box::new(raw)) })
    }

    #[test]
    fn every_class_has_its_answers() {
        use StorageErrorKind as Kind;
        for (status, code, kind) in [
            (409, "EntityAlreadyExists", Kind::AlreadyExists),
            (409, "BlobAlreadyExists", Kind::AlreadyExists),
            (409, "TableBeingDeleted", Kind::Unavailable),
            (409, "QueueBeingDeleted", Kind::Unavailable),
            (409, "ContainerBeingDeleted", Kind::Unavailable),
            (409, "LeaseAlreadyPresent", Kind::LostRace),
            (412, "UpdateConditionNotSatisfied", Kind::LostRace),
            (400, "PopReceiptMismatch", Kind::LostRace),
            (404, "ResourceNotFound", Kind::NotFound),
            (401, "", Kind::Denied),
            (403, "AuthorizationFailure", Kind::Denied),
            (413, "RequestBodyTooLarge", Kind::TooLarge),
            (400, "PropertyValueTooLarge", Kind::TooLarge),
            (400, "InvalidInput", Kind::Invalid),
            (429, "", Kind::Throttled),
            (503, "ServerBusy", Kind::Throttled),
            (503, "", Kind::Unavailable),
            (500, "InternalError", Kind::Unavailable),
            (408, "", Kind::Unavailable),
        ] {
            assert_eq!(classify(status, code), kind, "{status} {code}");
        }
    }

    #[test]
    fn the_table_service_names_its_code_in_the_body() {
        let body =
            r#"{"odata.error":{"code":"EntityAlreadyExists","message":{"lang":"en-US","value":"it is"}}}"#;
        let error = storage_error("insert t/p/r", &answer(StatusCode::Conflict, &[], body));
        assert_eq!(error.kind, StorageErrorKind::AlreadyExists);
        assert_eq!(error.what, "insert t/p/r");
    }

    #[test]
    fn the_wait_that_the_service_asks_for_is_passed_on() {
        let headers = [("x-ms-error-code", "ServerBusy"), ("retry-after", "7")];
        let error = storage_error("get", &answer(StatusCode::ServiceUnavailable, &headers, ""));
        assert_eq!(error.kind, StorageErrorKind::Throttled);
        assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
    }
}
