use crate::database::Manifest;
use crate::error::{EngineError, EngineResult};
use crate::serverless::{
    JoinTask, Joined, PartError, PartOutput, PartTask, Preparation, SearchPlan, Stop, StopReceiver, Workbench,
};
use async_trait::async_trait;
use blastline_blast::elastic::Blanks;
use blastline_blast::program::Molecule;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::database_name::DatabaseRef;
use blastline_jobs::error_code::{ErrorCode, Fault};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// How the next part goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// It ends well.
    Succeeds,
    /// It fails.
    Fails(ErrorCode),
    /// It runs until it is told to stop.
    Hangs,
}

/// Who wrote a folder of joined results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinedBy {
    /// Number of the attempt, from one.
    pub attempt: u64,
    /// Whether it has written all.
    pub whole: bool,
}

/// A workbench that finds one hit a query and remembers what it was asked.
#[derive(Default)]
pub struct Bench {
    /// How the next parts go; those after them succeed.
    pub script: Mutex<VecDeque<Part>>,
    /// What the check says, when it refuses.
    pub refusal: Mutex<Option<ErrorCode>>,
    /// Folders that hold a part's output, with its queries.
    pub stored: Mutex<BTreeMap<String, u64>>,
    /// First queries of the parts that were run, in order.
    pub runs: Mutex<Vec<u64>>,
    /// How often results were joined.
    pub joins: Mutex<u64>,
    /// Folders that attempts at joining wrote, each with the latest.
    pub joined: Mutex<BTreeMap<String, JoinedBy>>,
    /// What the next attempts at joining wait for before they end; those after them end at once.
    held: Mutex<VecDeque<oneshot::Receiver<()>>>,
    /// What the next check waits for before it says what it found.
    held_check: Mutex<Option<oneshot::Receiver<()>>>,
}

impl Bench {
    /// Has an attempt at joining wait until it may end.
    pub fn hold_join(&self) -> oneshot::Sender<()> {
        let (may_end, held) = oneshot::channel();
        lock(&self.held).push_back(held);
        may_end
    }

    /// Has the next check wait until it may say what it found.
    pub fn hold_check(&self) -> oneshot::Sender<()> {
        let (may_end, held) = oneshot::channel();
        *lock(&self.held_check) = Some(held);
        may_end
    }
}

pub fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Workbench for Bench {
    async fn check(&self, _plan: &SearchPlan) -> EngineResult<Preparation> {
        let refusal = *lock(&self.refusal);
        let held = lock(&self.held_check).take();
        if let Some(held) = held {
            held.await.map_err(|_| EngineError::Internal("nobody lets the check end".to_owned()))?;
        }
        if let Some(code) = refusal {
            return Err(Fault::new(code, "refused by the test").into());
        }
        Ok(Preparation { blast_version: "0.0.0+".into(), options: "taken".into(), database: "there".into() })
    }

    async fn run_part(&self, task: &PartTask, mut stop: StopReceiver) -> Result<PartOutput, PartError> {
        lock(&self.runs).push(task.first_query);
        let how = lock(&self.script).pop_front().unwrap_or(Part::Succeeds);
        match how {
            Part::Succeeds => {}
            Part::Fails(code) => return Err(PartError::fault(Fault::new(code, "failed by the test"))),
            Part::Hangs => {
                let told = stop.wait_for(|stop| *stop != Stop::Go).await.is_ok();
                assert!(told, "nobody is left to stop the part");
                return Err(PartError::Stopped);
            }
        }
        lock(&self.stored).insert(task.folder.clone(), task.queries);
        let output =
            PartOutput { hits: task.queries, hsps: task.queries, elapsed_ms: 1000, ..PartOutput::default() };
        Ok(PartOutput { blast_version: "0.0.0+".into(), ..output })
    }

    async fn manifest(&self, database: &DatabaseRef) -> EngineResult<Arc<Manifest>> {
        Ok(Arc::new(manifest_of(database)))
    }

    async fn copy_query(
        &self,
        _from: &BlobPath,
        _bytes: u64,
        _blanks: &[Blanks],
        _to: &BlobPath,
    ) -> EngineResult<()> {
        Ok(())
    }

    async fn join(&self, task: &JoinTask) -> EngineResult<Joined> {
        let attempt = {
            let mut joins = lock(&self.joins);
            *joins += 1;
            *joins
        };
        let wrote = |whole: bool| lock(&self.joined).insert(task.folder.clone(), JoinedBy { attempt, whole });
        wrote(false);
        let held = lock(&self.held).pop_front();
        if let Some(held) = held {
            held.await.map_err(|_| EngineError::Internal("nobody lets the join end".to_owned()))?;
        }
        wrote(true);
        let stored = lock(&self.stored);
        let mut joined = Joined::default();
        for part in &task.parts {
            let queries = stored.get(&part.folder).copied();
            let queries =
                queries.ok_or_else(|| EngineError::Internal(format!("{} holds nothing", part.folder)))?;
            joined.queries += queries;
            joined.hits += queries;
            joined.hsps += queries;
        }
        Ok(joined)
    }
}

/// What searches in memory know of their database.
pub fn manifest_of(database: &DatabaseRef) -> Manifest {
    Manifest {
        schema_version: 1,
        name: database.name.clone(),
        generation: database.generation.clone(),
        folder: "f0".to_owned(),
        title: String::new(),
        description: String::new(),
        molecule: Molecule::Nucleotide,
        sequences: 94,
        letters: 66_000,
        blastdb_version: 5,
        files: Vec::new(),
        source: String::new(),
        source_date: String::new(),
        licence: String::new(),
        created_at: time::OffsetDateTime::UNIX_EPOCH,
        has_taxonomy: false,
        has_organisms: false,
        examples: Vec::new(),
    }
}
