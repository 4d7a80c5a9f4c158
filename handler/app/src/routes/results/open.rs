use crate::http::{ApiError, ApiResult};
use crate::world::World;
use blastline_engine::hits::{HitCounts, HitReader, HitStoreError, StoredFile, StoredPart};
use blastline_engine::serverless::{ResultFiles, joined_files, part_files};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::rows::{ChunkState, JobRow};
use blastline_jobs::state::Status;
use std::sync::Arc;

/// The hits of a job, as far as they are there.
pub struct Results {
    /// Reads them.
    pub reader: Arc<dyn HitReader>,
    /// Whether parts are still to come.
    pub partial: bool,
}

/// Why a job has no hits to read, however it ends; `None` where it has.
pub fn hits_absent(job: &JobRow) -> Option<&'static str> {
    let told = job.outfmt().statement();
    (!told.shown_in_page).then_some(told.sentence)
}

/// Opens the hits of a job: the joined files once it is completed, else those of the parts that are done.
pub async fn open(app: &World, job: &JobRow) -> ApiResult<Results> {
    if let Some(reason) = hits_absent(job) {
        return Err(ApiError::new(ErrorCode::ResultsInOwnFormat, reason));
    }
    if job.status() == Status::Completed {
        let counts = HitCounts {
            first_query: 0,
            queries: job.queries_done,
            queries_without_hits: job.without_hits,
            hits: job.hits,
            alignments: job.hsps,
        };
        let reader = app.hits.reader(vec![stored(joined_files(job)?, counts)]).map_err(hit_error)?;
        return Ok(Results { reader, partial: false });
    }
    let chunks = app.deps.chunks().list_light(&job.id).await?;
    let mut parts = Vec::new();
    for chunk in chunks.iter().filter(|chunk| chunk.state == ChunkState::Done) {
        let counts = HitCounts {
            first_query: chunk.first_query,
            queries: chunk.queries,
            queries_without_hits: chunk.without_hits,
            hits: chunk.hits,
            alignments: chunk.hsps,
        };
        parts.push(stored(part_files(&chunk.output, job.engine)?, counts));
    }
    if parts.is_empty() {
        let (code, detail) = if job.status().is_terminal() {
            (ErrorCode::NoResults, "This search ended before a part of it was done.")
        } else {
            (ErrorCode::ResultsNotReady, "No part of this search is done yet.")
        };
        return Err(ApiError::new(code, detail));
    }
    Ok(Results { reader: app.hits.reader(parts).map_err(hit_error)?, partial: true })
}

fn stored(files: ResultFiles, counts: HitCounts) -> StoredPart {
    let file = |path| StoredFile { path, size_bytes: None };
    StoredPart {
        hits: file(files.hits),
        residues: file(files.residues),
        queries: file(files.queries),
        counts,
    }
}

/// A failure of the hit store as a problem.
pub fn hit_error(error: HitStoreError) -> ApiError {
    if matches!(&error, HitStoreError::Storage(error) if error.is_not_found()) {
        // The parts are taken away once the joined files are there; whoever was reading them asks again.
        return ApiError::new(ErrorCode::ResultsNotReady, "The results were being joined at this moment.");
    }
    blastline_engine::error::EngineError::from(error).into()
}
