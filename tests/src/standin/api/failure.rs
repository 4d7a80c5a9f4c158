//! Answers that say no: `metav1.Status`.

use crate::standin::{
    check::{Cause, Causes},
    objects::{Kind, qualified},
};
use serde::Serialize;

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// HTTP status.
    pub code: u16,
    reason: &'static str,
    message: String,
    details: Option<Box<Details>>,
    /// Seconds that the header `Retry-After` names.
    pub retry_after: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    group: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    uid: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<CauseJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct CauseJson {
    reason: &'static str,
    message: String,
    field: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    kind: &'a str,
    api_version: &'a str,
    metadata: Empty,
    status: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'a Details>,
    code: u16,
}

#[derive(Serialize)]
struct Empty {}

impl Failure {
    /// A refusal in words of its own.
    pub fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: None, retry_after: None }
    }

    /// A request that cannot be understood.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// An object that is not there.
    pub fn not_found<K: Kind>(name: &str) -> Self {
        Self::about::<K>(404, "NotFound", name, format!("{} {name:?} not found", qualified::<K>(K::PLURAL)))
    }

    /// An object that is there already.
    pub fn exists<K: Kind>(name: &str) -> Self {
        let message = format!("{} {name:?} already exists", qualified::<K>(K::PLURAL));
        Self::about::<K>(409, "AlreadyExists", name, message)
    }

    /// A write under a version that is not the newest.
    pub fn conflict<K: Kind>(name: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {name:?}: the object has been modified; please apply your \
             changes to the latest version and try again",
            qualified::<K>(K::PLURAL)
        );
        Self::about::<K>(409, "Conflict", name, message)
    }

    /// A deletion under a condition that does not hold.
    pub fn precondition<K: Kind>(name: &str, what: &str, wanted: &str, is: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} {name:?}: Precondition failed: {what} in precondition: {wanted}, \
             {what} in object meta: {is}",
            qualified::<K>(K::PLURAL)
        );
        Self::about::<K>(409, "Conflict", name, message)
    }

    /// A quota forbids it.
    pub fn quota<K: Kind>(name: &str, quota: &str) -> Self {
        let message = format!("{} {name:?} is forbidden: {quota}", qualified::<K>(K::PLURAL));
        Self::about::<K>(403, "Forbidden", name, message)
    }

    /// An object that is wrong in itself.
    pub fn invalid<K: Kind>(name: &str, wrong: Causes) -> Result<(), Self> {
        let causes = wrong.into_list();
        let words: Vec<_> =
            causes.iter().map(|cause| format!("{}: {}", cause.field, cause.message)).collect();
        let words = match &words[..] {
            [] => return Ok(()),
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        let message = format!("{} {name:?} is invalid: {words}", qualified::<K>(K::KIND));
        let mut failure = Self::about::<K>(422, "Invalid", name, message);
        if let Some(details) = &mut failure.details {
            details.kind = K::KIND.to_owned();
            details.causes = causes.into_iter().map(CauseJson::from).collect();
        }
        Err(failure)
    }

    /// What the identity may not do.
    pub fn forbidden(group: &str, resource: &str, verb: &str, name: &str, scope: &str) -> Self {
        let resource_name =
            if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") };
        let object = if name.is_empty() { String::new() } else { format!(" {name:?}") };
        let message = format!(
            "{resource_name}{object} is forbidden: User \"system:serviceaccount:default:blastline\" cannot {verb} \
             resource {resource:?} in API group {group:?} {scope}"
        );
        Self::new(403, "Forbidden", message)
    }

    /// No answer at all: the connection is cut.
    pub fn cut() -> Self {
        Self::new(0, "Cut", "")
    }

    /// Too many requests, with the time to wait.
    pub fn throttled(retry_after: u32) -> Self {
        let mut failure = Self::new(429, "TooManyRequests", "Too many requests, please try again later.");
        failure.details =
            Some(Box::new(Details { retry_after_seconds: Some(retry_after), ..Details::default() }));
        failure.retry_after = Some(retry_after);
        failure
    }

    /// A list token or version that is too old.
    pub fn expired(message: impl Into<String>) -> Self {
        Self::new(410, "Expired", message)
    }

    /// A status that was asked for by a scenario.
    pub fn made_up(code: u16, retry_after: Option<u32>) -> Self {
        let (reason, message) = match code {
            401 => ("Unauthorized", "Unauthorized"),
            429 => return Self::throttled(retry_after.unwrap_or(1)),
            500 => ("InternalError", "Internal error occurred: etcdserver: request timed out"),
            503 => ("ServiceUnavailable", "the server is currently unable to handle the request"),
            504 => ("Timeout", "Timeout: request did not complete within requested timeout"),
            _ => ("Unknown", "an error on the server has prevented the request from succeeding"),
        };
        let mut failure = Self::new(code, reason, message);
        failure.retry_after = retry_after;
        failure
    }

    /// What is wrong, in words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The body.
    pub fn body(&self) -> String {
        let status = Status {
            kind: "Status",
            api_version: "v1",
            metadata: Empty {},
            status: "Failure",
            message: &self.message,
            reason: self.reason,
            details: self.details.as_deref(),
            code: self.code,
        };
        serde_json::to_string(&status).unwrap()
    }

    fn about<K: Kind>(code: u16, reason: &'static str, name: &str, message: String) -> Self {
        let details = Details {
            name: name.to_owned(),
            group: K::GROUP.to_owned(),
            kind: K::PLURAL.to_owned(),
            ..Details::default()
        };
        Self { code, reason, message, details: Some(Box::new(details)), retry_after: None }
    }
}

/// The body that says that something was done.
pub fn done<K: Kind>(name: &str, uid: &str) -> String {
    let details = Details {
        name: name.to_owned(),
        group: K::GROUP.to_owned(),
        kind: K::PLURAL.to_owned(),
        uid: uid.to_owned(),
        ..Details::default()
    };
    let status = Status {
        kind: "Status",
        api_version: "v1",
        metadata: Empty {},
        status: "Success",
        message: "",
        reason: "",
        details: Some(&details),
        code: 200,
    };
    serde_json::to_string(&status).unwrap()
}

impl From<Cause> for CauseJson {
    fn from(cause: Cause) -> Self {
        Self { reason: cause.reason, message: cause.message, field: cause.field }
    }
}
