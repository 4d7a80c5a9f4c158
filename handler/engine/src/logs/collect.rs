use super::archive::Archive;
use super::collected::Collected;
use super::reading::{Read, read};
use super::sources::{MAX_PODS, Seen, WhichLog, cluster_id, is_still, runs};
use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::ports::Cluster;
use blastline_jobs::rows::JobRow;
use futures::{StreamExt, stream};
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// How long a look reads logs.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of lines that a look stores.
const LOOK_BYTES: usize = 16 << 20;
/// Logs that are read at a time; each is at most a chunk in memory.
const AT_A_TIME: usize = 8;

/// Stores what the containers of a search have said since the look before. What a look has no time for comes with the
/// next, those first that waited longest.
pub(crate) async fn collect(deps: &Deps, row: &JobRow, cluster: &dyn Cluster) -> EngineResult<Collected> {
    let began = deps.clock.now();
    let id = cluster_id(deps, row).await?;
    let pods = cluster.all_pods_of(&id, MAX_PODS).await?;
    let mut archive = Archive::open_to_write(deps.blobs.as_ref(), &row.id, began).await?;
    let (mut collected, mut bytes) = (Collected::default(), 0);
    let mut waiting = VecDeque::from(queue(&archive, runs(&pods)));
    while !waiting.is_empty() {
        let left = PATIENCE.saturating_sub(Duration::try_from(deps.clock.now() - began).unwrap_or_default());
        if left.is_zero() || bytes >= LOOK_BYTES {
            tracing::info!(job_id = %row.id, left = waiting.len(), "logs wait for the next look");
            break;
        }
        let some: Vec<Seen> = waiting.drain(..waiting.len().min(AT_A_TIME)).collect();
        let reading = some.into_iter().map(|seen| {
            let stored = archive.shelf.of(&seen.source);
            async move { read(cluster, deps.clock.as_ref(), seen, &stored, left).await }
        });
        let mut found: Vec<Read> = stream::iter(reading).buffered(AT_A_TIME).collect().await;
        // A container that was started again between the list and its log has told the lines of another run.
        if found.iter().any(Read::tells) {
            let pods = cluster.all_pods_of(&id, MAX_PODS).await?;
            found.retain(|read| is_still(&pods, &read.seen));
        }
        for read in found {
            let Read { seen, events, whole, more } = read;
            bytes += events.iter().map(blastline_jobs::logs::LogEvent::bytes).sum::<usize>();
            if !events.is_empty() {
                collected.add(seen.source.step, &events);
                archive.append(&seen.source, events).await?;
            }
            if whole {
                archive.end(&seen.source).await?;
            } else if more {
                waiting.push_back(seen);
            }
        }
    }
    Ok(collected)
}

/// Sources to read, in order: those that have ended first, since they may go, then those that were stored longest ago.
/// What ended and is stored whole is never read again.
fn queue(archive: &Archive<'_>, runs: Vec<Seen>) -> Vec<Seen> {
    let known: BTreeSet<_> = runs.iter().map(|run| run.source.clone()).collect();
    let pods: BTreeSet<_> = runs.iter().map(|run| run.source.pod_uid.clone()).collect();
    let others = archive.shelf.sources.keys().filter(|source| !known.contains(source)).map(|source| {
        let log = if pods.contains(&source.pod_uid) { WhichLog::Lost } else { WhichLog::Unlisted };
        Seen { source: source.clone(), ended: false, log }
    });
    let mut queue: Vec<Seen> = runs.into_iter().chain(others).collect();
    queue.retain(|seen| !archive.shelf.of(&seen.source).ended);
    let last = |seen: &Seen| archive.shelf.of(&seen.source).entries.last().map(|entry| entry.sequence);
    queue.sort_by_cached_key(|seen| (!seen.ended, last(seen)));
    queue
}
