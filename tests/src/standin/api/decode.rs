//! Bodies of requests.

use super::Failure;
use crate::standin::{check::Rules, objects::Kind};
use serde::{Deserialize, de::DeserializeOwned};

/// Reads JSON whose fields are all known.
pub fn strict<T: DeserializeOwned>(what: &str, body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| {
        let words = error.to_string();
        let message = match words.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`')) {
            Some((field, _)) => format!("{what}: strict decoding error: unknown field {field:?} ({words})"),
            None => format!("{what}: json: cannot unmarshal: {words}"),
        };
        Failure::bad_request(message)
    })
}

/// Reads an object and looks whether it is what the address says.
pub fn object<K: Rules>(body: &[u8]) -> Result<K, Failure> {
    let what = format!("{} in version {:?} cannot be handled as a {}", K::KIND, K::API_VERSION, K::KIND);
    let mut object: K = strict(&what, body)?;
    let (version, kind) = object.type_mut();
    let (version, kind) = (version.take(), kind.take());
    match kind.as_deref() {
        Some(kind) if kind == K::KIND => {}
        Some(other) => {
            return Err(Failure::bad_request(format!(
                "{other} in version {:?} cannot be handled as a {}: converting to {} is not possible",
                K::API_VERSION,
                K::KIND,
                K::KIND
            )));
        }
        None => return Err(Failure::bad_request("Object 'Kind' is missing in the body")),
    }
    match version.as_deref() {
        Some(version) if version == K::API_VERSION => Ok(object),
        other => Err(Failure::bad_request(format!(
            "the API version in the data ({}) does not match the expected API version ({})",
            other.unwrap_or_default(),
            K::API_VERSION
        ))),
    }
}

/// `metav1.DeleteOptions`, from the body or the query string.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct DeleteOptions {
    api_version: Option<String>,
    kind: Option<String>,
    /// Seconds that a pod gets to end itself.
    pub grace_period_seconds: Option<i64>,
    /// What has to hold.
    pub preconditions: Option<Preconditions>,
    /// What happens to what it owns.
    pub propagation_policy: Option<String>,
    /// `All`: nothing is done.
    pub dry_run: Vec<String>,
}

/// `metav1.Preconditions`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Preconditions {
    /// The object's unique id.
    pub uid: Option<String>,
    /// The object's version.
    pub resource_version: Option<String>,
}

/// What happens to what a deleted object owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Propagation {
    /// It is deleted a little later.
    Background,
    /// It is deleted first.
    Foreground,
    /// It stays and has no owner any more.
    Orphan,
}

impl DeleteOptions {
    /// Reads a body, which may be empty.
    pub fn read(body: &[u8]) -> Result<Self, Failure> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        let options: Self = strict("DeleteOptions", body)?;
        let kind = options.kind.as_deref().unwrap_or("DeleteOptions");
        let version = options.api_version.as_deref().unwrap_or("v1");
        if kind != "DeleteOptions" || !matches!(version, "v1" | "meta.k8s.io/v1" | "batch/v1") {
            return Err(Failure::bad_request(format!(
                "{kind} in {version} cannot be handled as DeleteOptions"
            )));
        }
        Ok(options)
    }

    /// The policy; where none is said, that of the kind: `batch/v1` Jobs leave their pods, everything else does not.
    pub fn propagation<K: Kind>(&self) -> Result<Propagation, Failure> {
        match self.propagation_policy.as_deref() {
            Some("Background") => Ok(Propagation::Background),
            Some("Foreground") => Ok(Propagation::Foreground),
            Some("Orphan") => Ok(Propagation::Orphan),
            None if K::KIND == "Job" => Ok(Propagation::Orphan),
            None => Ok(Propagation::Background),
            Some(other) => Err(Failure::new(
                422,
                "Invalid",
                format!(
                    "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: {other:?}: \
                     supported values: \"Background\", \"Foreground\", \"Orphan\""
                ),
            )),
        }
    }
}
