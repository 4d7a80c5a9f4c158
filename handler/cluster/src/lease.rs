//! The Lease that every submitter to a cluster holds while it submits, other installations' and older ones among them.

use crate::{
    names::SUBMIT_LEASE,
    wire::{Ask, JSON, MERGE_PATCH, Wire},
};
use blastline_jobs::ports::{ClusterError, ClusterErrorKind, ClusterResult, LeaseSeen};
use http::Method;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use time::{
    OffsetDateTime, UtcOffset,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

/// Microseconds, all six digits, as the API wants them.
const MICRO_TIME: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

#[derive(Deserialize)]
struct LeaseRead {
    metadata: VersionRead,
    #[serde(default)]
    spec: SpecRead,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VersionRead {
    resource_version: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SpecRead {
    #[serde(default)]
    holder_identity: Option<String>,
    #[serde(default)]
    lease_duration_seconds: Option<u64>,
    #[serde(default)]
    renew_time: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LeaseBody<'a> {
    api_version: &'static str,
    kind: &'static str,
    metadata: MetaBody<'a>,
    spec: SpecBody<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MetaBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_version: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SpecBody<'a> {
    /// Nobody is written as nothing.
    holder_identity: Option<&'a str>,
    lease_duration_seconds: u64,
    renew_time: Option<String>,
}

/// The Lease at one API server.
pub struct SubmitLease<'a> {
    wire: &'a Wire,
    collection: String,
}

const WHAT_READ: &str = "read the submit lease";
const WHAT_WRITE: &str = "write the submit lease";

impl<'a> SubmitLease<'a> {
    /// In the namespace of what ElasticBLAST makes.
    pub fn new(wire: &'a Wire, namespace: &str) -> Self {
        Self { wire, collection: format!("/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases") }
    }

    /// Reads it; one that does not exist is held by nobody and has no version.
    pub async fn read(&self) -> ClusterResult<LeaseSeen> {
        let ask = Ask::get(WHAT_READ, format!("{}/{SUBMIT_LEASE}", self.collection));
        match self.wire.object(&ask).await {
            Ok(read) => seen(WHAT_READ, read),
            Err(error) if error.kind == ClusterErrorKind::NotFound => Ok(LeaseSeen {
                holder: String::new(),
                renewed_at: None,
                duration: Duration::ZERO,
                version: String::new(),
            }),
            Err(error) => Err(error),
        }
    }

    /// Writes it under the version that was read, or creates it where none was.
    pub async fn write(&self, lease: &LeaseSeen) -> ClusterResult<LeaseSeen> {
        let create = lease.version.is_empty();
        let body = LeaseBody {
            api_version: "coordination.k8s.io/v1",
            kind: "Lease",
            metadata: MetaBody {
                name: create.then_some(SUBMIT_LEASE),
                resource_version: Some(lease.version.as_str()).filter(|version| !version.is_empty()),
            },
            spec: SpecBody {
                holder_identity: Some(lease.holder.as_str()).filter(|holder| !holder.is_empty()),
                // The API takes no nought.
                lease_duration_seconds: lease.duration.as_secs().max(1),
                renew_time: lease.renewed_at.map(micro_time).transpose()?,
            },
        };
        let bytes = serde_json::to_vec(&body)
            .map_err(|error| ClusterError::new(ClusterErrorKind::Invalid, WHAT_WRITE, error))?;
        let ask = if create {
            Ask::new(Method::POST, WHAT_WRITE, &self.collection).with_body(JSON, bytes)
        } else {
            // A patch, so that what others keep in it stays; its version makes it a compare-and-swap.
            Ask::new(Method::PATCH, WHAT_WRITE, format!("{}/{SUBMIT_LEASE}", self.collection))
                .with_body(MERGE_PATCH, bytes)
        };
        let read = self.wire.object(&ask).await.map_err(lost)?;
        seen(WHAT_WRITE, read)
    }
}

/// Somebody created or removed it since it was read.
fn lost(mut error: ClusterError) -> ClusterError {
    if matches!(error.kind, ClusterErrorKind::AlreadyExists | ClusterErrorKind::NotFound) {
        error.kind = ClusterErrorKind::LostRace;
    }
    error
}

fn seen(what: &str, read: LeaseRead) -> ClusterResult<LeaseSeen> {
    let renewed_at = match read.spec.renew_time {
        Some(text) => Some(
            OffsetDateTime::parse(&text, &Rfc3339)
                .map_err(|_| ClusterError::new(ClusterErrorKind::Corrupt, what, "renewTime is no time"))?,
        ),
        None => None,
    };
    Ok(LeaseSeen {
        holder: read.spec.holder_identity.unwrap_or_default(),
        renewed_at,
        duration: Duration::from_secs(read.spec.lease_duration_seconds.unwrap_or(0)),
        version: read.metadata.resource_version,
    })
}

fn micro_time(moment: OffsetDateTime) -> ClusterResult<String> {
    moment
        .to_offset(UtcOffset::UTC)
        .format(MICRO_TIME)
        .map_err(|error| ClusterError::new(ClusterErrorKind::Invalid, WHAT_WRITE, error))
}
