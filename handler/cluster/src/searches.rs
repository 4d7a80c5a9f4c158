//! How many searches run on a cluster, whoever submitted them: what the limit of searches is held against.

use crate::{
    names::{APP_LABEL, SEARCH_LABEL},
    seen::JobRead,
    wire::{Lists, Wire},
};
use blastline_jobs::ports::{ClusterResult, JobRole};
use std::collections::{BTreeMap, BTreeSet};
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
    let old = |created_at: &OffsetDateTime| now - *created_at > LONE_AFTER;
    let alone =
        alone(wire, &path, youngest.iter().filter(|(_, at)| old(at)).map(|(id, _)| id.as_str())).await?;
    Ok(youngest.into_keys().filter(|id| !alone.contains(id)).collect())
}

/// The search of a finalizer that has not ended.
fn waiting(read: JobRead) -> Option<(String, OffsetDateTime)> {
    let created_at = read.metadata.creation_timestamp;
    let id = read.metadata.search().filter(|id| !id.is_empty() && !read.has_ended())?;
    Some((id.to_owned(), created_at))
}

/// Which of these searches have no Job but their finalizer: one list for all of them. Where it does not end on its first
/// page, those that did not occur may still have one.
async fn alone(
    wire: &Wire,
    path: &str,
    ids: impl Iterator<Item = &str> + Send,
) -> ClusterResult<BTreeSet<String>> {
    let mut alone: BTreeSet<String> = ids.map(str::to_owned).collect();
    if alone.is_empty() {
        return Ok(alone);
    }
    let ids: Vec<_> = alone.iter().map(String::as_str).collect();
    let labels = format!("{SEARCH_LABEL} in ({}),{APP_LABEL} in (setup,submit,blast)", ids.join(","));
    let at_most = wire.limits().page;
    let lists =
        Lists { path, kind: "JobList", labels: Some(&labels), at_most: Some(at_most), ..Lists::default() };
    let take = |read: JobRead| Ok(read.metadata.search().map(str::to_owned));
    let listed = wire.list(WHAT, &lists, take).await?;
    if u32::try_from(listed.items.len()).unwrap_or(u32::MAX) >= at_most {
        return Ok(BTreeSet::new());
    }
    alone.retain(|id| !listed.items.contains(id));
    Ok(alone)
}
