//! Searching one part.

use super::WorkbenchParts;
use super::extract::{self, Extracted, Searched};
use super::files::{blocking, fetch_range, gzip, read_tail};
use super::subjects::{Known, LastGeneration};
use super::tools::{Failed, MAX_STDERR_BYTES, Run as ToolRun, Start, accept};
use crate::database::{CachedDatabase, Manifest};
use crate::error::{EngineError, EngineResult};
use crate::hits::PartFiles;
use crate::logs::{ChildRun, keep};
use crate::serverless::{PartError, PartOutput, PartTask, ResultPaths, Stop, StopReceiver, part_files};
use blastline_blast::archive::is_readable;
use blastline_blast::command::{formatter_args, search_args};
use blastline_blast::table::outfmt;
use blastline_jobs::engine::Engine;
use blastline_jobs::ports::Child;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const QUERY: &str = "part.fa";
const ARCHIVE: &str = "part.asn";
const ARCHIVE_GZ: &str = "part.asn.gz";
const TABLE: &str = "part.tsv";

/// Runs a part to the end or until it is told to stop. Everything local is in one folder that goes with it; nothing is
/// stored before it was checked.
pub(super) async fn run_part(
    parts: &WorkbenchParts,
    last: &LastGeneration,
    task: &PartTask,
    mut stop: StopReceiver,
) -> Result<PartOutput, PartError> {
    let manifest = parts.catalogue.manifest(&task.database).await?;
    let work = parts.tools.work_dir("part")?;
    let dir = work.path();
    let query = ResultPaths::of(&task.job).query(&task.query_digest)?;
    let range = task.offset..task.offset + task.bytes;
    let prepared = async {
        let file = dir.join(QUERY);
        let fetched = fetch_range(parts.blobs.as_ref(), &query, range, &file);
        let cached = async { EngineResult::Ok(parts.cache.acquire(&manifest, parts.blobs.as_ref()).await?) };
        let ((), cached) = futures::try_join!(fetched, cached)?;
        EngineResult::Ok(cached)
    };
    let cached = tokio::select! {
        cached = prepared => cached?,
        () = stopped(&mut stop) => return Err(PartError::Stopped),
    };
    let run = Run { parts, last, task, manifest: &manifest, cached: &cached, dir };
    let (elapsed, judged) = run.search(&mut stop).await?;
    let warnings = match judged {
        Ok(run) => run.warnings,
        Err(failed) => {
            if failed.blames_database() {
                // Sizes were right, so only fetching it anew can tell; the part is tried again.
                drop(cached);
                discard(parts, task).await;
            }
            return Err(PartError::Failed(failed.into()));
        }
    };
    let extracted = run.extract(&mut stop).await?;
    run.store(&extracted.files).await?;
    let counts = extracted.files.counts;
    Ok(PartOutput {
        hits: counts.hits,
        hsps: counts.alignments,
        without_hits: counts.queries_without_hits,
        elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        blast_version: extracted.blast_version,
        warnings: warnings.into_iter().map(|warning| warning.message).collect(),
    })
}

/// Puts the part's database out of the cache, unless another part uses it.
async fn discard(parts: &WorkbenchParts, task: &PartTask) {
    if let Err(error) = parts.cache.discard(&task.database).await {
        tracing::warn!(database = %task.database, %error, "a damaged database could not be put out of the cache");
    }
}

/// Waits until the part is told to stop; for ever where nobody can tell it any more.
pub(super) async fn stopped(stop: &mut StopReceiver) {
    if stop.wait_for(|stop| *stop != Stop::Go).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Waits for a child, or kills it and waits until it is gone.
async fn wait_or_stop(
    child: &mut Box<dyn Child>,
    stop: &mut StopReceiver,
) -> Result<blastline_jobs::ports::ChildExit, PartError> {
    tokio::select! {
        exit = child.wait() => Ok(exit.map_err(EngineError::io("waiting for BLAST+"))?),
        () = stopped(stop) => {
            child.kill().await.map_err(EngineError::io("stopping BLAST+"))?;
            Err(PartError::Stopped)
        }
    }
}

struct Run<'a> {
    parts: &'a WorkbenchParts,
    last: &'a LastGeneration,
    task: &'a PartTask,
    manifest: &'a Arc<Manifest>,
    cached: &'a CachedDatabase,
    dir: &'a Path,
}

impl Run<'_> {
    /// BLAST+ itself: the archive, from which every other format is made.
    async fn search(
        &self,
        stop: &mut StopReceiver,
    ) -> Result<(Duration, Result<ToolRun, Failed>), PartError> {
        let program = self.task.search.program();
        let args = search_args(&self.task.search, self.task.database.name.as_str(), QUERY, Some(ARCHIVE));
        let started = Instant::now();
        let mut child = self.parts.tools.start(self.start(program.as_str(), args, "search.out")).await?;
        let exit = wait_or_stop(&mut child, stop).await?;
        let elapsed = started.elapsed();
        self.keep_log(program.as_str()).await;
        Ok((elapsed, accept(exit, self.dir, program.as_str(), program)))
    }

    /// Stores what BLAST+ wrote to standard error among the search's logs. A search is not lost with its log.
    async fn keep_log(&self, program: &str) {
        let text = read_tail(&self.dir.join(format!("{program}.err")), MAX_STDERR_BYTES);
        let run = ChildRun { job: &self.task.job, folder: &self.task.folder, program };
        let now = time::OffsetDateTime::now_utc();
        if let Err(error) = keep(self.parts.blobs.as_ref(), &run, &text, now).await {
            tracing::warn!(job_id = %self.task.job, %error, "what BLAST+ said was not stored");
        }
    }

    /// A table of the archive, with everything that the page shows.
    async fn format(&self, stop: &mut StopReceiver) -> Result<(), PartError> {
        let args = formatter_args(ARCHIVE, &outfmt(), Some(TABLE));
        let mut child = self.parts.tools.start(self.start("blast_formatter", args, "format.out")).await?;
        let exit = wait_or_stop(&mut child, stop).await?;
        accept(exit, self.dir, "blast_formatter", self.task.search.program()).map_err(EngineError::from)?;
        Ok(())
    }

    fn start<'a>(&'a self, name: &'a str, args: Vec<String>, stdout: &'a str) -> Start<'a> {
        let memory_bytes = self.manifest.size_bytes() + self.parts.memory_extra_bytes;
        Start { name, args, blastdb: Some(self.cached.dir()), dir: self.dir, stdout, memory_bytes }
    }

    /// The hits as columns, counted against the part's queries; and the archive, compressed.
    async fn extract(&self, stop: &mut StopReceiver) -> Result<Extracted, PartError> {
        let readable = is_readable(self.task.search.program(), &self.parts.tools.version().await?);
        let known = self.last.know(self.parts, self.manifest, self.cached, readable).await?;
        let dir = self.dir.to_owned();
        blocking(move || gzip(&dir.join(ARCHIVE), &dir.join(ARCHIVE_GZ))).await?;
        if let Some(subjects) = known.subjects.clone().filter(|_| readable)
            && let Some(extracted) =
                self.reading(&known, move |part| extract::from_archive(part, ARCHIVE, &subjects)).await?
        {
            return Ok(extracted);
        }
        self.format(stop).await?;
        Ok(self.reading(&known, |part| extract::from_table(part, TABLE)).await?)
    }

    /// Reads what BLAST+ wrote, away from the runtime.
    async fn reading<T: Send + 'static>(
        &self,
        known: &Known,
        read: impl FnOnce(&Searched<'_>) -> EngineResult<T> + Send + 'static,
    ) -> EngineResult<T> {
        let (dir, hits, names) =
            (self.dir.to_owned(), Arc::clone(&self.parts.hits), Arc::clone(&known.names));
        let (first, expected) = (self.task.first_query, self.task.queries);
        blocking(move || {
            read(&Searched { store: hits.as_ref(), dir: &dir, query: QUERY, names: &names, first, expected })
        })
        .await
    }

    async fn store(&self, files: &PartFiles) -> EngineResult<()> {
        let blobs = self.parts.blobs.as_ref();
        let names = part_files(&self.task.folder, Engine::Serverless)?;
        let archive = self.dir.join(ARCHIVE_GZ);
        futures::try_join!(
            blobs.put_file(&names.archive, &archive, "application/gzip"),
            blobs.put_file(&names.hits, &files.hits, PARQUET),
            blobs.put_file(&names.residues, &files.residues, PARQUET),
            blobs.put_file(&names.queries, &files.queries, PARQUET),
        )?;
        Ok(())
    }
}

/// Media type of Parquet files (<https://www.iana.org/assignments/media-types/application/vnd.apache.parquet>).
pub(super) const PARQUET: &str = "application/vnd.apache.parquet";
