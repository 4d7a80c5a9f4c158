use super::follow::{Facts, Follower};
use super::shelf::Shelf;
use super::sources::{MAX_PODS, Seen, WhichLog, cluster_id, runs};
use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::ids::JobId;
use blastline_jobs::logs::{Cursor, LogEvent, LogSource};
use blastline_jobs::ports::Cluster;
use blastline_jobs::rows::JobRow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;

/// After so many seconds a stream ends by itself: the platform cuts answers after 230 (Microsoft, "Azure Functions hosting
/// options", the load balancer's idle time-out), and a client is told so only by an end in good order.
pub const STREAM_SECONDS: u64 = 220;
/// Between looks for containers that came.
const LOOK: Duration = Duration::from_secs(2);
/// Looks that a search is waited for after its end, so that what the watcher stores last is given.
const LAST_LOOKS: u32 = 3;
/// Stored chunks in memory for one reader; each is up to a mebibyte of lines.
const CHUNKS_AT_ONCE: usize = 2;
/// Items on their way to a reader. A slow one holds its sources back; nothing is dropped.
const ON_THEIR_WAY: usize = 32;

/// What a reader of a search's logs is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Live {
    /// Status or phase of the search changed; the first item of a stream says how it is.
    Job(Box<JobRow>),
    /// Whether lines of a source follow: `following`, or `ended` once the last was given.
    Source {
        /// The source.
        source: LogSource,
        /// The word.
        status: &'static str,
    },
    /// A line.
    Line {
        /// Where it comes from.
        source: LogSource,
        /// The line.
        event: LogEvent,
    },
    /// The search has ended and every line was given.
    Completed,
    /// Time is up; the reader comes back with what it holds.
    Pause,
}

/// Items for one reader. Whoever drops it ends everything that works for it.
pub struct LiveStream {
    items: mpsc::Receiver<Live>,
    /// Held for its drop alone.
    _works: JoinSet<()>,
}

impl LiveStream {
    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Live> {
        self.items.recv().await
    }

    /// The next item, if one is there already.
    pub fn ready(&mut self) -> Option<Live> {
        self.items.try_recv().ok()
    }
}

/// Follows the logs of a search for one reader, from where it was: stored lines first, then what is said.
pub fn live(deps: &Deps, job: &JobId, held: Cursor) -> LiveStream {
    let (to, items) = mpsc::channel(ON_THEIR_WAY);
    let mut works = JoinSet::new();
    let (deps, job) = (deps.clone(), job.clone());
    works.spawn(async move {
        let end = deps.clock.now() + Duration::from_secs(STREAM_SECONDS);
        let clock = Arc::clone(&deps.clock);
        let begun = Arc::default();
        let driver = Driver {
            deps,
            job,
            held,
            to: to.clone(),
            known: BTreeSet::new(),
            followers: JoinSet::new(),
            begun,
            room: Arc::new(Semaphore::new(CHUNKS_AT_ONCE)),
        };
        let left = Duration::try_from(end - clock.now()).unwrap_or_default();
        tokio::select! {
            () = driver.run() => {}
            () = clock.sleep(left) => drop(to.send(Live::Pause).await),
        }
    });
    LiveStream { items, _works: works }
}

struct Driver {
    deps: Deps,
    job: JobId,
    held: Cursor,
    to: mpsc::Sender<Live>,
    known: BTreeSet<LogSource>,
    followers: JoinSet<()>,
    begun: Arc<AtomicU64>,
    room: Arc<Semaphore>,
}

impl Driver {
    async fn run(mut self) {
        let (tells, heard) = watch::channel(Arc::default());
        let (mut told, mut last_looks) = (None, 0);
        loop {
            let row = match self.deps.jobs().state(&self.job).await {
                Ok(Some(row)) => row,
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(job_id = %self.job, %error, "a followed search was not read");
                    self.deps.clock.sleep(LOOK).await;
                    continue;
                }
            };
            if told != Some(row.phase) {
                told = Some(row.phase);
                if self.to.send(Live::Job(Box::new(row.clone()))).await.is_err() {
                    return;
                }
            }
            let over = row.status().is_terminal() && last_looks >= LAST_LOOKS;
            last_looks += u32::from(row.status().is_terminal());
            if let Err(error) = self.look(&row, over, &tells, &heard).await {
                tracing::warn!(job_id = %self.job, %error, "logs were not looked at");
                self.deps.clock.sleep(LOOK).await;
                continue;
            }
            while self.followers.try_join_next().is_some() {}
            if over || (row.status().is_terminal() && self.followers.is_empty()) {
                break;
            }
            tokio::select! {
                () = self.deps.clock.sleep(LOOK) => {}
                () = self.to.closed() => return,
            }
        }
        while self.followers.join_next().await.is_some() {}
        drop(self.to.send(Live::Completed).await);
    }

    /// Looks at what there is, and begins to follow what is not followed yet.
    async fn look(
        &mut self,
        row: &JobRow,
        over: bool,
        tells: &watch::Sender<Arc<Facts>>,
        heard: &watch::Receiver<Arc<Facts>>,
    ) -> EngineResult<()> {
        let look = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let cluster = match &row.elastic {
            Some(state) if !row.status().is_terminal() && state.attempt > 0 => {
                self.deps.clusters.open(&state.cluster).ok()
            }
            _ => None,
        };
        let seen = match &cluster {
            Some(cluster) => self.on_cluster(row, cluster.as_ref()).await,
            None => Vec::new(),
        };
        // After the cluster was looked at: what has gone from there meanwhile is stored.
        let shelf = Shelf::list(self.deps.blobs.as_ref(), &self.job).await?;
        let readable = seen.iter().filter(|run| run.log == WhichLog::Present).map(|run| run.source.clone());
        let readable: BTreeSet<LogSource> = readable.collect();
        let running = seen.iter().filter(|run| !run.ended).map(|run| run.source.clone()).collect();
        let sources: BTreeSet<LogSource> =
            shelf.sources.keys().cloned().chain(seen.into_iter().map(|run| run.source)).collect();
        let present = readable.clone();
        tells.send_replace(Arc::new(Facts { look, shelf, present, running, over }));
        for source in sources.difference(&self.known.clone()) {
            self.known.insert(source.clone());
            let follower = Follower {
                deps: self.deps.clone(),
                job: self.job.clone(),
                since: self.held.since(&source.key()),
                cluster: cluster.clone().filter(|_| readable.contains(source)),
                source: source.clone(),
                facts: heard.clone(),
                begun: Arc::clone(&self.begun),
                room: Arc::clone(&self.room),
                to: self.to.clone(),
            };
            self.followers.spawn(follower.run());
        }
        Ok(())
    }

    async fn on_cluster(&self, row: &JobRow, cluster: &dyn Cluster) -> Vec<Seen> {
        let found = async {
            let id = cluster_id(&self.deps, row).await?;
            EngineResult::Ok(cluster.all_pods_of(&id, MAX_PODS).await?)
        };
        match found.await {
            Ok(pods) => runs(&pods),
            Err(error) => {
                tracing::warn!(job_id = %self.job, %error, "containers were not listed");
                Vec::new()
            }
        }
    }
}
