//! Joining the parts of a search.

use super::WorkbenchParts;
use super::files::append_blob;
use super::own_format;
use super::search::PARQUET;
use crate::error::{EngineError, EngineResult};
use crate::hits::{Filter, HitCounts, Page, Sort, StoredFile, StoredPart};
use crate::serverless::{JoinPart, JoinTask, Joined, part_files};
use blastline_blast::elastic::ElasticOutfmt;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::engine::Engine;
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::ports::{Blobs, StorageErrorKind};
use std::path::Path;
use tokio::io::AsyncWriteExt;

/// Joins hits and archives, stores them, and reads back what was stored.
pub(super) async fn join(parts: &WorkbenchParts, task: &JoinTask) -> EngineResult<Joined> {
    if task.outfmt != ElasticOutfmt::Hits {
        return own_format::join(parts, task).await;
    }
    let blobs = parts.blobs.as_ref();
    let work = parts.tools.work_dir("join")?;
    let stored: Vec<StoredPart> =
        task.parts.iter().map(|part| stored_part(part, task.engine)).collect::<EngineResult<_>>()?;
    let names = part_files(&task.folder, task.engine)?;
    let hits_dir = work.path().join("hits");
    std::fs::create_dir(&hits_dir).map_err(EngineError::io("making a folder"))?;
    // Nobody searches any more while parts are joined, so that waiting for one after the other would cost every search
    // its time.
    let hits = async {
        let files = parts.hits.join(&stored, &hits_dir).await?;
        futures::try_join!(
            blobs.put_file(&names.hits, &files.hits, PARQUET),
            blobs.put_file(&names.residues, &files.residues, PARQUET),
            blobs.put_file(&names.queries, &files.queries, PARQUET),
        )?;
        EngineResult::Ok(files)
    };
    let archive_file = work.path().join("archive");
    let archive = join_archives(blobs, task, &archive_file, &names.archive);
    let (files, ()) = futures::try_join!(hits, archive)?;
    let whole = StoredPart {
        hits: StoredFile { path: names.hits, size_bytes: None },
        residues: StoredFile { path: names.residues, size_bytes: None },
        queries: StoredFile { path: names.queries, size_bytes: None },
        counts: files.counts,
    };
    read_back(parts, whole).await
}

/// Appends the archives of all parts and stores the whole: members of gzip files, and text archives inside them, are joined
/// by appending.
async fn join_archives(blobs: &dyn Blobs, task: &JoinTask, file: &Path, to: &BlobPath) -> EngineResult<()> {
    let mut out = tokio::fs::File::create(file).await.map_err(EngineError::io("joining archives"))?;
    for part in &task.parts {
        append_blob(blobs, &part_files(&part.folder, task.engine)?.archive, None, &mut out)
            .await
            .map_err(gone)?;
    }
    out.flush().await.map_err(EngineError::io("joining archives"))?;
    blobs.put_file(to, file, "application/gzip").await?;
    Ok(())
}

/// Reads the first rows of every stored file. The reader refuses a file whose footer, schema or counts are not those of
/// the others.
async fn read_back(parts: &WorkbenchParts, whole: StoredPart) -> EngineResult<Joined> {
    let reader = parts.hits.reader(vec![whole])?;
    let first = Page { number: 1, size: 1 };
    let queries = reader.queries(first, false).await?;
    let (filter, sort) = (Filter::default(), Sort::default());
    let hits = reader.hits(&filter, sort, first).await?;
    let alignments = reader.alignments(&filter, sort, first).await?;
    let totals = reader.totals();
    let found = Joined {
        queries: queries.total,
        hits: hits.total,
        hsps: alignments.total,
        without_hits: totals.queries_without_hits,
    };
    Ok(found)
}

fn stored_part(part: &JoinPart, engine: Engine) -> EngineResult<StoredPart> {
    let names = part_files(&part.folder, engine)?;
    let file = |path| StoredFile { path, size_bytes: None };
    Ok(StoredPart {
        hits: file(names.hits),
        residues: file(names.residues),
        queries: file(names.queries),
        counts: HitCounts {
            first_query: part.first_query,
            queries: part.queries,
            queries_without_hits: part.without_hits,
            hits: part.hits,
            alignments: part.hsps,
        },
    })
}

/// A part whose output is not there: its row says that it is, so the result cannot be whole.
pub(super) fn gone(error: EngineError) -> EngineError {
    match error {
        EngineError::Storage(error) if error.kind == StorageErrorKind::NotFound => {
            tracing::error!(%error, "the output of a part is gone");
            Fault::new(ErrorCode::ResultsInvalid, "The output of a part is gone from storage.").into()
        }
        other => other,
    }
}
