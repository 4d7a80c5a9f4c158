use super::archive::Archive;
use super::live::Live;
use super::reading::STREAM;
use super::shelf::Shelf;
use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::ids::JobId;
use blastline_jobs::logs::{LogEvent, LogSource, Mark, Numbering, OVERLAP_SECONDS};
use blastline_jobs::ports::{Cluster, LogWish};
use futures::StreamExt;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use time::OffsetDateTime;
use tokio::sync::{Semaphore, mpsc, watch};

/// What is known of a search's logs at the moment, for everybody who follows one.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Number of the look at them.
    pub look: u64,
    /// What is stored.
    pub shelf: Shelf,
    /// Runs whose log is the container's.
    pub present: BTreeSet<LogSource>,
    /// Of these the ones that go on.
    pub running: BTreeSet<LogSource>,
    /// Whether nothing more will be stored.
    pub over: bool,
}

/// Gives one reader the lines of one source, in order.
pub(super) struct Follower {
    pub deps: Deps,
    pub job: JobId,
    pub source: LogSource,
    /// From which second on; from the beginning where it is `None`.
    pub since: Option<i64>,
    /// Where its log can be read; `None` where only what is stored can be.
    pub cluster: Option<Arc<dyn Cluster>>,
    pub facts: watch::Receiver<Arc<Facts>>,
    /// Number of the look that began last.
    pub begun: Arc<AtomicU64>,
    /// Room for stored chunks in memory, shared by all sources of a reader.
    pub room: Arc<Semaphore>,
    pub to: mpsc::Sender<Live>,
}

/// The reader went away.
struct Gone;

impl Follower {
    /// Runs until the source has ended and all its lines were given, or the reader is gone.
    pub async fn run(self) {
        let _ = self.follow().await;
    }

    async fn follow(&self) -> Result<(), Gone> {
        let status = |status| Live::Source { source: self.source.clone(), status };
        self.send(status("following")).await?;
        let (mut held, mut opens, mut heard) = (None, true, self.facts.clone());
        loop {
            let facts = Arc::clone(&heard.borrow_and_update());
            let whole = match self.stored(&facts.shelf, &mut held).await? {
                Ok(()) => facts.shelf.of(&self.source).ended || facts.over,
                Err(error) => {
                    tracing::warn!(job_id = %self.job, %error, "stored logs were not read");
                    facts.over
                }
            };
            if whole {
                return self.send(status("ended")).await;
            }
            // A log that ended is opened again only while its run goes on: the next run of the container is another's.
            if opens || facts.running.contains(&self.source) {
                self.live(&mut held).await?;
                opens = false;
            }
            // Where nobody looks any more the reader is gone. The look has to be a later one than the end of the log.
            let begun = self.begun.load(Ordering::SeqCst);
            heard.wait_for(|facts| facts.look > begun || facts.over).await.map_err(|_| Gone)?;
        }
    }

    /// Gives stored lines behind the one that was given last.
    async fn stored(&self, shelf: &Shelf, held: &mut Option<Mark>) -> Result<EngineResult<()>, Gone> {
        let archive = Archive::of(self.deps.blobs.as_ref(), &self.job);
        for entry in &shelf.of(&self.source).entries {
            let known = held.is_some_and(|held| entry.to <= held);
            let early = self.since.is_some_and(|since| second(entry.to) < since);
            if known || early {
                continue;
            }
            // A reader is given one chunk after the other, however many sources wait for it.
            let _room = self.room.acquire().await.map_err(|_| Gone)?;
            let events = match archive.read(self.source.step, entry).await {
                Ok(events) => events,
                Err(error) => return Ok(Err(error)),
            };
            let place = held.and_then(|held| events.iter().position(|event| event.mark() == held));
            let skip = place.map_or(0, |place| place + 1);
            for event in events.into_iter().skip(skip) {
                if place.is_none() && held.is_some_and(|held| event.mark() <= held) {
                    continue;
                }
                self.line(held, event).await?;
            }
        }
        Ok(Ok(()))
    }

    /// Gives lines as the container says them, until its log ends or breaks off.
    async fn live(&self, held: &mut Option<Mark>) -> Result<(), Gone> {
        let Some(cluster) = &self.cluster else { return Ok(()) };
        let overlap = held.and_then(|held| held.since(OVERLAP_SECONDS));
        let asked = self.since.and_then(|since| OffsetDateTime::from_unix_timestamp(since.max(0)).ok());
        let wish = LogWish { since: overlap.or(asked), follow: true, ..LogWish::default() };
        let target = self.source.target();
        let opened = tokio::select! {
            opened = cluster.log(&target, &wish) => opened,
            () = self.to.closed() => return Err(Gone),
        };
        let mut log = match opened {
            Ok(log) => log,
            Err(error) => {
                tracing::debug!(target = self.source.name(), %error, "a log was not followed");
                return Ok(());
            }
        };
        // A container may have been started again since it was listed; a look that began after its log was opened tells
        // whether the log is that of this run.
        let begun = self.begun.load(Ordering::SeqCst);
        let mut sure = self.facts.clone();
        let present = {
            let later = sure.wait_for(|facts| facts.look > begun || facts.over).await.map_err(|_| Gone)?;
            later.present.contains(&self.source)
        };
        if !present {
            return Ok(());
        }
        let (mut numbering, mut facts) = (Numbering::after(*held), self.facts.clone());
        loop {
            let line = tokio::select! {
                biased;
                line = log.next() => line,
                () = self.to.closed() => return Err(Gone),
                // The search has ended: what is still said is stored or nobody's.
                _ = facts.wait_for(|facts| facts.over) => return Ok(()),
            };
            match line {
                Some(Ok(line)) => {
                    if let Some(line) = numbering.take(line) {
                        let event = LogEvent::new(&self.source, STREAM, 0, &line);
                        self.line(held, event).await?;
                    }
                }
                Some(Err(error)) => {
                    tracing::debug!(target = self.source.name(), %error, "a followed log broke off");
                    return Ok(());
                }
                None => return Ok(()),
            }
        }
    }

    async fn line(&self, held: &mut Option<Mark>, event: LogEvent) -> Result<(), Gone> {
        *held = Some(event.mark());
        if self.since.is_some_and(|since| event.nanos > 0 && second(event.mark()) < since) {
            return Ok(());
        }
        self.send(Live::Line { source: self.source.clone(), event }).await
    }

    async fn send(&self, item: Live) -> Result<(), Gone> {
        self.to.send(item).await.map_err(|_| Gone)
    }
}

fn second(mark: Mark) -> i64 {
    mark.nanos.div_euclid(1_000_000_000)
}
