use super::archive::Archive;
use super::collected::Collected;
use super::reading::{Read, read};
use super::sources::{Seen, WhichLog, is_still, runs};
use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::logs::LogEvent;
use blastline_jobs::ports::{Cluster, JobEnd, JobSeen, Sighting};
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
/// Characters that the cluster draws for the end of a pod's name.
const POD_SUFFIX: usize = 5;
/// Characters of its Job's name and a hyphen that are put before them, at most.
const POD_PREFIX: usize = 58;

/// Who stores the logs of a search in one look.
pub(crate) struct Collector<'a> {
    deps: &'a Deps,
    archive: Archive<'a>,
    told: BTreeSet<String>,
}

impl<'a> Collector<'a> {
    /// Opens what is stored of a search.
    pub async fn open(deps: &'a Deps, row: &JobRow) -> EngineResult<Self> {
        let archive = Archive::open_to_write(deps.blobs.as_ref(), &row.id, deps.clock.now()).await?;
        let told = archive.told().await?;
        Ok(Self { deps, archive, told })
    }

    /// Unique ids of the Jobs whose logs are stored whole.
    pub fn told(&self) -> &BTreeSet<String> {
        &self.told
    }

    /// Stores what the containers of a search have said since the look before, by what this look has seen: nothing is
    /// listed again. What a look has no time for comes with the next, those first that waited longest.
    pub async fn collect(&mut self, cluster: &dyn Cluster, seen: &Sighting) -> EngineResult<Collected> {
        let began = self.deps.clock.now();
        let (mut collected, mut bytes) = (Collected::default(), 0);
        let mut waiting = VecDeque::from(queue(&self.archive, seen));
        while !waiting.is_empty() {
            let past = Duration::try_from(self.deps.clock.now() - began).unwrap_or_default();
            let left = PATIENCE.saturating_sub(past);
            if left.is_zero() || bytes >= LOOK_BYTES {
                tracing::info!(left = waiting.len(), "logs wait for the next look");
                break;
            }
            let some = waiting.drain(..waiting.len().min(AT_A_TIME)).collect();
            for Read { seen, events, whole, more } in self.read(cluster, some, left).await {
                bytes += events.iter().map(LogEvent::bytes).sum::<usize>();
                if !events.is_empty() {
                    collected.add(seen.source.step, &events);
                    self.archive.append(&seen.source, events).await?;
                }
                if whole {
                    self.archive.end(&seen.source).await?;
                } else if more {
                    waiting.push_back(seen);
                }
            }
        }
        // Those that are gone need not be remembered.
        let there = seen.jobs.iter().filter(|job| self.told.contains(&job.uid)).map(|job| job.uid.clone());
        let told: BTreeSet<String> = there.chain(told_now(&self.archive, seen)).collect();
        if told != self.told {
            self.archive.tell(&told).await?;
            self.told = told;
        }
        Ok(collected)
    }

    /// Reads some sources, and leaves out those whose container was started again since it was seen: they have told the
    /// lines of another run.
    async fn read(&self, cluster: &dyn Cluster, some: Vec<Seen>, patience: Duration) -> Vec<Read> {
        let reading = some.into_iter().map(|seen| {
            let stored = self.archive.shelf.of(&seen.source);
            async move {
                let read = read(cluster, self.deps.clock.as_ref(), seen, &stored, patience).await;
                let still = !(read.tells() || read.whole) || is_still(cluster, &read.seen).await;
                still.then_some(read)
            }
        });
        stream::iter(reading).buffered(AT_A_TIME).filter_map(|read| async { read }).collect().await
    }
}

/// Unique ids of the Jobs that ended well and whose logs have all been stored now. The pods of a failed one say why, so they
/// are listed as long as they are there.
fn told_now(archive: &Archive<'_>, seen: &Sighting) -> Vec<String> {
    let stored = |job: &JobSeen| {
        let of = seen.pods.iter().filter(|pod| pod.job.as_ref() == Some(&job.name));
        of.flat_map(|pod| runs(std::slice::from_ref(pod))).all(|run| archive.shelf.of(&run.source).ended)
    };
    let ended =
        seen.jobs.iter().filter(|job| job.end == Some(JobEnd::Complete) && seen.whole.contains(&job.uid));
    ended.filter(|job| stored(job)).map(|job| job.uid.clone()).collect()
}

/// What the names of the pods begin with that may be there and were not listed: those of Jobs that are there and of which
/// not all pods were.
fn left_out(seen: &Sighting) -> BTreeSet<String> {
    let jobs = seen.jobs.iter().filter(|job| !seen.whole.contains(&job.uid));
    jobs.map(|job| format!("{}-", job.name).chars().take(POD_PREFIX).collect()).collect()
}

/// Sources to read, in order: those that have ended first, since they may go, then those that were stored longest ago.
/// What ended and is stored whole is never read again.
fn queue(archive: &Archive<'_>, sighting: &Sighting) -> Vec<Seen> {
    let runs = runs(&sighting.pods);
    let known: BTreeSet<_> = runs.iter().map(|run| run.source.clone()).collect();
    let pods: BTreeSet<_> = sighting.pods.iter().map(|pod| pod.uid.clone()).collect();
    let others = archive.shelf.sources.keys().filter(|source| !known.contains(source));
    let left_out = left_out(sighting);
    let others = others.filter_map(|source| {
        let begin = source.pod.get(..source.pod.len().saturating_sub(POD_SUFFIX)).unwrap_or_default();
        let log = match pods.contains(&source.pod_uid) {
            true => WhichLog::Lost,
            false if left_out.contains(begin) => return None,
            false => WhichLog::Unlisted,
        };
        Some(Seen { source: source.clone(), ended: false, log })
    });
    let mut queue: Vec<Seen> = runs.into_iter().chain(others).collect();
    queue.retain(|seen| !archive.shelf.of(&seen.source).ended);
    let last = |seen: &Seen| archive.shelf.of(&seen.source).entries.last().map(|entry| entry.sequence);
    queue.sort_by_cached_key(|seen| (!seen.ended, last(seen)));
    queue
}
