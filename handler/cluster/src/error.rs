//! From a cluster's errors to ours.
//!
//! [`ConnectError`] is for start-up: settings that cannot work, told to the operator. Everything after that is a
//! [`ClusterError`], made here and nowhere else, so that one place decides what is retried. Nothing that a kubeconfig, a
//! token or a Secret holds gets into either.

use blastline_jobs::ports::{ClusterError, ClusterErrorKind};
use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use kube::{Error as KubeError, client::AuthError, config::KubeconfigError};
use serde::Deserialize;
use std::{error::Error as StdError, time::Duration};

/// Longest cause that is kept, in characters.
const MAX_CAUSE_CHARS: usize = 1000;

/// Settings with which no cluster can be reached. Told at start, to the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The kubeconfig file cannot be used.
    #[error("the kubeconfig {path} cannot be used: {problem}")]
    Kubeconfig {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Two clusters would have one name.
    #[error("two clusters are named {name}: give the kubeconfig's cluster or this one another name")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A name that messages and rows cannot carry.
    #[error("{name:?} is no name for a cluster: letters, digits, `-`, `_` and `.`, at most 63")]
    Name {
        /// The name.
        name: String,
    },
    /// The HTTP client for the resource manager could not be made.
    #[error("the HTTP client for the resource manager could not be made: {problem}")]
    Client {
        /// What is wrong.
        problem: String,
    },
}

/// The body of a failed call: the API's `Status`.
/// Source: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>.
#[derive(Debug, Default, Deserialize)]
pub struct Status {
    /// `Status`, or it is something else's answer.
    #[serde(default)]
    kind: String,
    /// Machine-readable word, for example `AlreadyExists`.
    #[serde(default)]
    reason: String,
    /// The cluster's words.
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Option<Details>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default)]
    retry_after_seconds: Option<u64>,
}

/// The class of an answer by HTTP status and the API's `Status`. `spoken` says whether the body was one, that is whether
/// the cluster itself spoke and not something between us and it.
pub fn classify(status: u16, spoken: bool, reason: &str, message: &str) -> ClusterErrorKind {
    use ClusterErrorKind as Kind;
    match (status, reason) {
        (401, _) => Kind::Denied,
        (403, _) if is_limit(message) => Kind::Quota,
        (403, _) => Kind::Denied,
        // A proxy's or load balancer's 404 is not the cluster's word that an object is gone.
        (404, _) if spoken => Kind::NotFound,
        (404, _) => Kind::Unavailable,
        (409, "AlreadyExists") => Kind::AlreadyExists,
        (409, _) => Kind::LostRace,
        (429, _) => Kind::Throttled,
        // 410: a page of a list that is too old. The list can be read anew.
        (408 | 410 | 425, _) => Kind::Unavailable,
        (400, _) if is_waiting(message) => Kind::Unavailable,
        (400 | 402 | 405..=407 | 411..=424 | 426..=428 | 430..=499, _) => Kind::Invalid,
        (500.., _) => Kind::Unavailable,
        // Success that was taken for a failure, or a redirect, which an API server never sends.
        (0..=399, _) => Kind::Corrupt,
    }
}

/// A ResourceQuota or LimitRange speaks. Their refusals differ from a missing right by the text alone.
fn is_limit(message: &str) -> bool {
    message.contains("exceeded quota") || (message.contains("usage per ") && message.contains(" is "))
}

/// A log is asked for before its container runs.
fn is_waiting(message: &str) -> bool {
    message.contains("is waiting to start")
}

/// What a failed answer says. With `discreet`, the cluster's words are left out: they may repeat what was sent.
pub fn status_error(
    what: &str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    discreet: bool,
) -> ClusterError {
    let read: Status = serde_json::from_slice(body).unwrap_or_default();
    let spoken = read.kind == "Status";
    let kind = classify(status.as_u16(), spoken, &read.reason, &read.message);
    let mut cause = format!("{status} {}", read.reason);
    if !discreet && !read.message.is_empty() {
        cause.push_str(": ");
        cause.push_str(&read.message);
    }
    let mut error = ClusterError::new(kind, what, shortened(cause.trim_end()));
    let in_body = read.details.and_then(|details| details.retry_after_seconds).filter(|&seconds| seconds > 0);
    error.retry_after = retry_after(headers).or(in_body.map(Duration::from_secs));
    error
}

/// `Retry-After` in seconds. A date is not read: API servers send none.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse::<u64>().ok()?;
    Some(Duration::from_secs(seconds))
}

/// An answer that could not be understood.
pub fn corrupt(what: &str, cause: impl std::fmt::Display) -> ClusterError {
    ClusterError::new(ClusterErrorKind::Corrupt, what, shortened(&cause.to_string()))
}

/// The error of a call that was given up.
pub fn no_answer(what: &str, limit: Duration) -> ClusterError {
    ClusterError::new(ClusterErrorKind::Unavailable, what, format_args!("no answer within {limit:?}"))
}

/// Turns an error of the client into ours.
pub fn client_error(what: &str, error: &KubeError) -> ClusterError {
    use ClusterErrorKind as Kind;
    let (kind, cause) = match error {
        KubeError::Api(status) => {
            let kind = classify(status.code, true, &status.reason, &status.message);
            (kind, format!("{} {}", status.code, status.reason))
        }
        KubeError::Service(error) => service_error(error.as_ref()),
        KubeError::HyperError(error) => (Kind::Unavailable, chain(error)),
        KubeError::ReadEvents(error) => (Kind::Unavailable, chain(error)),
        KubeError::Auth(error) => (Kind::Denied, auth_cause(error)),
        KubeError::FromUtf8(_) => (Kind::Corrupt, "the answer is not UTF-8".to_owned()),
        KubeError::SerdeError(error) => (Kind::Corrupt, error.to_string()),
        KubeError::LinesCodecMaxLineLengthExceeded => (Kind::Corrupt, error.to_string()),
        KubeError::Discovery(error) => (Kind::Corrupt, error.to_string()),
        KubeError::HttpError(error) => (Kind::Invalid, error.to_string()),
        KubeError::BuildRequest(error) => (Kind::Invalid, error.to_string()),
        KubeError::InferConfig(_) => (Kind::Unavailable, "no configuration was found".to_owned()),
        KubeError::InferKubeconfig(error) => (Kind::Unavailable, kubeconfig_problem(error)),
        KubeError::RustlsTls(error) => (Kind::Unavailable, chain(error)),
        KubeError::TlsRequired
        | KubeError::ProxyProtocolUnsupported { .. }
        | KubeError::ProxyProtocolDisabled { .. } => {
            (Kind::Invalid, "this way to the cluster is not built in".to_owned())
        }
    };
    ClusterError::new(kind, what, shortened(&cause))
}

/// An error of a layer of the client: of authentication, or of the connection.
fn service_error(error: &(dyn StdError + Send + Sync + 'static)) -> (ClusterErrorKind, String) {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(next) = cause {
        if let Some(auth) = next.downcast_ref::<AuthError>() {
            return (ClusterErrorKind::Denied, auth_cause(auth));
        }
        cause = next.source();
    }
    // Not reached, cut off, or a certificate that is not believed: all pass, or are the operator's to see in the log.
    (ClusterErrorKind::Unavailable, chain(error))
}

/// Why there is no way to say who we are. What a plug-in printed is left out: it may be a token.
fn auth_cause(error: &AuthError) -> String {
    match error {
        AuthError::AuthExecStart(error) => format!("the sign-in program did not start: {error}"),
        AuthError::AuthExecRun { cmd, out } => format!("the sign-in program {cmd} ended with {}", out.status),
        AuthError::ReadTokenFile(error, path) => format!("the token file {}: {error}", path.display()),
        AuthError::MissingCommand | AuthError::ExecMissingClusterInfo => error.to_string(),
        _ => "the kubeconfig's way to sign in does not work here".to_owned(),
    }
}

/// What is wrong with a kubeconfig. A parser's message is left out: it repeats the lines around, tokens among them.
pub fn kubeconfig_problem(error: &KubeconfigError) -> String {
    match error {
        KubeconfigError::Parse(_) => "it is not the YAML of a kubeconfig".to_owned(),
        KubeconfigError::CurrentContextNotSet
        | KubeconfigError::KindMismatch
        | KubeconfigError::ApiVersionMismatch
        | KubeconfigError::LoadContext(_)
        | KubeconfigError::LoadClusterOfContext(_)
        | KubeconfigError::FindPath
        | KubeconfigError::ReadConfig(..)
        | KubeconfigError::MissingClusterUrl
        | KubeconfigError::ParseClusterUrl(_)
        | KubeconfigError::ParseProxyUrl(_)
        | KubeconfigError::LoadCertificateAuthority(_)
        | KubeconfigError::LoadClientCertificate(_)
        | KubeconfigError::LoadClientKey(_)
        | KubeconfigError::ParseCertificates(_) => error.to_string(),
    }
}

/// The messages of an error and its causes, each once.
pub fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let more = next.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = next.source();
    }
    text
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_CAUSE_CHARS) {
        Some((end, _)) => format!("{} …", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
