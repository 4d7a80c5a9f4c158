use super::truth::{hits_of, read_listing};
use crate::database::Manifest;
use crate::error::{EngineError, EngineResult};
use crate::serverless::tests::manifest_of;
use crate::serverless::{
    JoinTask, Joined, PartError, PartOutput, PartTask, Preparation, SearchPlan, Stop, StopReceiver,
    Workbench, part_files,
};
use crate::simulator::cluster::END;
use crate::simulator::world::{Caller, Event};
use async_trait::async_trait;
use blastline_blast::elastic::Blanks;
use blastline_blast::elastic::fill::fill_up;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::database_name::DatabaseRef;
use blastline_jobs::engine::Engine;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::names::Container;
use blastline_jobs::ports::{Blobs, PutCondition};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// A workbench that lists the queries it was given with their hits, takes its time, and fails where the seed says so.
pub struct SimBench {
    pub caller: Caller,
    /// Letters that a part gets through in a second.
    pub pace: u64,
}

/// The child of a part: it is gone when this is dropped, as BLAST+ is gone with its handler.
struct Child<'a> {
    caller: &'a Caller,
    task: String,
    folder: String,
}

impl<'a> Child<'a> {
    fn start(caller: &'a Caller, task: &PartTask) -> Self {
        let child = Self { caller, task: task.job.to_string(), folder: task.folder.clone() };
        child.tell("part-starts");
        child
    }

    fn tell(&self, word: &'static str) {
        self.caller.tell(Event::Task { word, task: self.task.clone(), detail: self.folder.clone() });
    }
}

impl Drop for Child<'_> {
    fn drop(&mut self) {
        self.tell("part-gone");
    }
}

impl SimBench {
    fn fails(&self, code: ErrorCode, why: &'static str, task: &str) -> Fault {
        self.caller.tell(Event::Task { word: "part-fails", task: task.to_owned(), detail: code.to_string() });
        Fault::new(code, why)
    }

    async fn search(&self, task: &PartTask) -> Result<PartOutput, PartError> {
        let query = crate::serverless::ResultPaths::of(&task.job).query(&task.query_digest)?;
        let blobs = self.caller.deck().blobs;
        if blobs.head(&query).await.map_err(EngineError::from)?.is_none() {
            return Err(PartError::fault(Fault::new(ErrorCode::QueryMissing, "the query is gone")));
        }
        let _child = Child::start(&self.caller, task);
        let work = Duration::from_millis(task.bytes * 1_000 / self.pace.max(1));
        self.caller.wait(work).await;
        let job = task.job.to_string();
        let world = &self.caller.world;
        if world.happens(|weather| weather.part_fails) {
            let code = match world.draw(|chance| chance.index(3)) {
                0 => ErrorCode::BlastInterrupted,
                1 => ErrorCode::BlastOutOfMemory,
                _ => ErrorCode::DiskFull,
            };
            return Err(PartError::fault(self.fails(code, "BLAST+ died", &job)));
        }
        if world.happens(|weather| weather.part_fails_for_good) {
            let code = ErrorCode::BlastSearchFailed;
            return Err(PartError::fault(self.fails(code, "BLAST+ cannot search this", &job)));
        }
        if !task.source.is_empty() {
            return self.read_in(task).await;
        }
        let mut listing = String::new();
        let mut output = PartOutput {
            elapsed_ms: u64::try_from(work.as_millis()).unwrap().max(1),
            blast_version: "2.12.0+".to_owned(),
            ..PartOutput::default()
        };
        let damaged = world.happens(|weather| weather.part_is_damaged);
        for ordinal in task.first_query..task.first_query + task.queries {
            let hits = hits_of(&task.job, ordinal);
            output.hits += hits;
            output.hsps += hits;
            output.without_hits += u64::from(hits == 0);
            if damaged && ordinal == task.first_query {
                self.caller.tell(Event::Task {
                    word: "part-damaged",
                    task: job.clone(),
                    detail: task.folder.clone(),
                });
                continue;
            }
            let _ = writeln!(listing, "{ordinal} {hits}");
        }
        let files = part_files(&task.folder, engine_of(task))?;
        for path in [&files.hits, &files.queries] {
            let body = listing.clone().into_bytes().into();
            blobs.put(path, body, "text/plain", PutCondition::Overwrite).await.map_err(EngineError::from)?;
        }
        Ok(output)
    }
}

impl SimBench {
    /// Reads in what a batch wrote on the cluster.
    async fn read_in(&self, task: &PartTask) -> Result<PartOutput, PartError> {
        let blobs = self.caller.deck().blobs;
        let invalid = |why: &'static str| PartError::fault(Fault::new(ErrorCode::ResultsInvalid, why));
        let path = BlobPath::new(Container::Results, task.source.clone()).map_err(EngineError::from)?;
        let text = blobs.get(&path, 1 << 20).await.map_err(EngineError::from)?;
        let text = text.ok_or_else(|| invalid("the result is gone"))?;
        let end = format!("{END}\n");
        let whole = text.strip_suffix(end.as_bytes()).ok_or_else(|| invalid("the result was cut off"))?;
        let rows = read_listing(whole).ok_or_else(|| invalid("the result cannot be read"))?;
        let hits = rows.iter().map(|(_, hits)| hits).sum();
        let files = part_files(&task.folder, Engine::Elastic)?;
        for path in [&files.hits, &files.queries] {
            let body = whole.to_vec().into();
            blobs.put(path, body, "text/plain", PutCondition::Overwrite).await.map_err(EngineError::from)?;
        }
        Ok(PartOutput {
            hits,
            hsps: hits,
            without_hits: rows.iter().filter(|(_, hits)| *hits == 0).count() as u64,
            elapsed_ms: 1,
            blast_version: "2.12.0+".to_owned(),
            ..PartOutput::default()
        })
    }
}

#[async_trait]
impl Workbench for SimBench {
    async fn check(&self, _plan: &SearchPlan) -> EngineResult<Preparation> {
        let span = self.caller.world.draw(|chance| chance.millis(20, 3_000));
        self.caller.wait(span).await;
        if self.caller.world.happens(|weather| weather.check_fails) {
            self.caller.fault("BLAST+ cannot be asked".to_owned());
            return Err(Fault::new(ErrorCode::BlastUnavailable, "BLAST+ cannot be asked").into());
        }
        Ok(Preparation {
            blast_version: "2.12.0+".to_owned(),
            options: "taken".to_owned(),
            database: "there".to_owned(),
        })
    }

    async fn run_part(&self, task: &PartTask, mut stop: StopReceiver) -> Result<PartOutput, PartError> {
        let told = async {
            if stop.wait_for(|stop| *stop != Stop::Go).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = told => Err(PartError::Stopped),
            output = self.search(task) => output,
        }
    }

    async fn manifest(&self, database: &DatabaseRef) -> EngineResult<Arc<Manifest>> {
        Ok(Arc::new(manifest_of(database)))
    }

    async fn copy_query(
        &self,
        from: &BlobPath,
        bytes: u64,
        blanks: &[Blanks],
        to: &BlobPath,
    ) -> EngineResult<()> {
        let blobs = self.caller.deck().blobs;
        let body = blobs.get_range(from, 0..bytes).await?;
        let mut filled = Vec::new();
        fill_up(&mut body.as_ref(), blanks, &mut filled).map_err(EngineError::io("filling up batches"))?;
        Ok(blobs.put(to, filled.into(), "text/plain", PutCondition::Overwrite).await?)
    }

    async fn join(&self, task: &JoinTask) -> EngineResult<Joined> {
        let blobs = self.caller.deck().blobs;
        let mut listing = Vec::new();
        for part in &task.parts {
            let text = blobs.get(&part_files(&part.folder, task.engine)?.hits, 1 << 20).await?;
            let missing = || EngineError::Internal(format!("{} holds nothing", part.folder));
            listing.extend_from_slice(&text.ok_or_else(missing)?);
        }
        if self.caller.world.happens(|weather| weather.join_is_short) {
            let cut = listing.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            self.caller.tell(Event::Task {
                word: "join-short",
                task: task.job.to_string(),
                detail: String::new(),
            });
            listing.drain(..cut);
        }
        let files = part_files(&task.folder, task.engine)?;
        for path in [&files.residues, &files.queries, &files.archive, &files.hits] {
            let body = listing.clone().into();
            blobs.put(path, body, "text/plain", PutCondition::Overwrite).await?;
        }
        let stored = blobs.get(&files.hits, 1 << 20).await?.unwrap_or_default();
        let rows = read_listing(&stored)
            .ok_or_else(|| Fault::new(ErrorCode::ResultsInvalid, "the joined result cannot be read"))?;
        let hits = rows.iter().map(|(_, hits)| hits).sum();
        Ok(Joined {
            queries: rows.len() as u64,
            hits,
            hsps: hits,
            without_hits: rows.iter().filter(|(_, hits)| *hits == 0).count() as u64,
        })
    }
}

fn engine_of(task: &PartTask) -> Engine {
    if task.source.is_empty() { Engine::Serverless } else { Engine::Elastic }
}
