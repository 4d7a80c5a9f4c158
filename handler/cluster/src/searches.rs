//! How many searches run on a cluster, whoever submitted them: what the limit of searches is held against.

use crate::{
    names::{APP_LABEL, SEARCH_LABEL},
    seen::JobRead,
    wire::{Lists, Wire},
};
use blastline_jobs::ports::{ClusterResult, JobRole};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// A finalizer that is older than this and has no other Job of its search beside it waits for what will never come: its
/// Jobs were deleted or removed after their time, and it would count for three days.
const LONE_AFTER: Duration = Duration::seconds(300);

const WHAT: &str = "list active searches";

/// Ids of the searches that count, in order, each once.
pub async fn active(wire: &Wire, namespace: &str) -> ClusterResult<Vec<String>> {
    let path = format!("/apis/batch/v1/namespaces/{namespace}/jobs");
    let labels = format!("{APP_LABEL}={},{SEARCH_LABEL}", JobRole::Finalizer.app());
    let lists = Lists { path: &path, kind: "JobList", labels: Some(&labels), ..Lists::default() };
    let listed = wire.list(WHAT, &lists, |read: JobRead| Ok(waiting(read))).await?;
    // Ages are told by the cluster's own clock, since ours may be minutes off.
    let now = listed.date.unwrap_or_else(|| wire.now());
    let mut youngest: BTreeMap<String, OffsetDateTime> = BTreeMap::new();
    for (id, created_at) in listed.items {
        let known = youngest.entry(id).or_insert(created_at);
        *known = created_at.max(*known);
    }
    let mut active = Vec::new();
    for (id, created_at) in youngest {
        if now - created_at <= LONE_AFTER || !is_alone(wire, &path, &id).await? {
            active.push(id);
        }
    }
    Ok(active)
}

/// The search of a finalizer that has not ended.
fn waiting(read: JobRead) -> Option<(String, OffsetDateTime)> {
    let created_at = read.metadata.creation_timestamp;
    let id = read.metadata.search().filter(|id| !id.is_empty() && !read.has_ended())?;
    Some((id.to_owned(), created_at))
}

/// Whether a search has no Job but its finalizer.
async fn is_alone(wire: &Wire, path: &str, id: &str) -> ClusterResult<bool> {
    let labels = format!("{SEARCH_LABEL}={id},{APP_LABEL} in (setup,submit,blast)");
    let lists = Lists { path, kind: "JobList", labels: Some(&labels), at_most: Some(1), ..Lists::default() };
    let listed = wire.list(WHAT, &lists, |read: JobRead| Ok(Some(read.metadata.name))).await?;
    Ok(listed.items.is_empty())
}
