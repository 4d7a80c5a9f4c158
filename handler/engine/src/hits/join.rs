//! Putting parts together in query order.
//!
//! Large row groups are copied as they are, without being decoded; runs of small ones are encoded anew into larger
//! ones, because each costs about 15 kB of footer. Every file is checked on the way in: footer, schema, counts, the
//! order of its queries.

use super::cells::{count, ints};
use super::columns::{hits_schema, queries_schema, residues_schema};
use super::counts::{HitCounts, PartFiles, StoredPart};
use super::error::{HitResult, HitStoreError};
use super::limits::{BATCH_ROWS, COPY_BYTES, COPY_ROWS};
use super::out::{OutFile, file_names, hits_properties, queries_properties, residues_properties};
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use blastline_jobs::ports::Blobs;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::PageIndexPolicy;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Joins local parts, given in query order, into three files. Decoders may panic on damaged bytes, so it is driven by
/// [`join_stored`] alone.
pub(super) struct ParquetJoin {
    hits: OutFile,
    residues: OutFile,
    queries: OutFile,
    counts: Option<HitCounts>,
}

impl ParquetJoin {
    /// Creates the joined files in an existing directory, which must not be that of a part.
    pub(super) fn create(dir: &Path) -> HitResult<Self> {
        let [hits, residues, queries] = file_names(dir);
        let writing = |e| HitStoreError::writing(dir, e);
        Ok(Self {
            hits: OutFile::create(hits, hits_schema(), hits_properties().map_err(writing)?)?,
            residues: OutFile::create(residues, residues_schema(), residues_properties().map_err(writing)?)?,
            queries: OutFile::create(queries, queries_schema(), queries_properties().map_err(writing)?)?,
            counts: None,
        })
    }

    /// Adds the part that follows.
    pub(super) fn append(&mut self, part: &PartFiles) -> HitResult<()> {
        let counts = part.counts;
        match &mut self.counts {
            None => self.counts = Some(counts),
            Some(sum) if sum.end_query() == counts.first_query => sum.append(&counts),
            Some(sum) => {
                let (expected, found) = (sum.end_query(), counts.first_query);
                return Err(HitStoreError::NotContiguous { expected, found });
            }
        }
        let queries = Input::open(&part.queries, queries_schema(), &counts, counts.queries)?;
        let hits = Input::open(&part.hits, hits_schema(), &counts, counts.alignments)?;
        let residues = Input::open(&part.residues, residues_schema(), &counts, counts.alignments)?;
        let mut check = QueryCheck { next: counts.first_query, sum: HitCounts::default() };
        queries.pour(&mut self.queries, &mut |batch| check.batch(batch, &part.queries))?;
        check.agree_with(&counts, &part.queries)?;
        hits.pour(&mut self.hits, &mut |_| Ok(()))?;
        residues.pour(&mut self.residues, &mut |_| Ok(()))
    }

    /// Completes the files; fails when nothing was appended.
    pub(super) fn finish(self) -> HitResult<PartFiles> {
        let counts = self.counts.ok_or(HitStoreError::NotContiguous { expected: 0, found: 0 })?;
        Ok(PartFiles {
            hits: self.hits.finish(&counts)?,
            residues: self.residues.finish(&counts)?,
            queries: self.queries.finish(&counts)?,
            counts,
        })
    }
}

/// Fetches stored parts one after the other, in query order, and joins them into `dir`. Needs disk for the joined
/// files and the largest part; memory is bounded by a row group.
pub(super) async fn join_stored(
    blobs: &Arc<dyn Blobs>,
    parts: &[StoredPart],
    dir: &Path,
) -> HitResult<PartFiles> {
    let mut parts: Vec<&StoredPart> = parts.iter().collect();
    parts.sort_by_key(|part| part.counts.first_query);
    let mut join = ParquetJoin::create(dir)?;
    for part in parts {
        let scratch =
            tempfile::tempdir_in(dir).map_err(|e| HitStoreError::local("create a directory in", dir, e))?;
        let [hits, residues, queries] = file_names(scratch.path());
        for (stored, file) in [(&part.hits, &hits), (&part.residues, &residues), (&part.queries, &queries)] {
            blobs.get_file(&stored.path, file).await?;
        }
        let files = PartFiles { hits, residues, queries, counts: part.counts };
        join = blocking(move || {
            join.append(&files)?;
            drop(scratch);
            Ok(join)
        })
        .await?;
    }
    blocking(move || join.finish()).await
}

/// Runs file work away from the runtime's threads; a decoder that stops on damaged bytes is a damaged file.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> HitResult<T> + Send + 'static) -> HitResult<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(stopped) => Err(HitStoreError::corrupt("a part", format!("decoding stopped: {stopped}"))),
    }
}

/// Checks that queries follow each other and that their sums are the part's.
struct QueryCheck {
    next: u64,
    sum: HitCounts,
}

impl QueryCheck {
    fn batch(&mut self, batch: &RecordBatch, file: &Path) -> HitResult<()> {
        let (query, hits) = (ints(batch, "query")?, ints(batch, "hits")?);
        let alignments = ints(batch, "alignments")?;
        for row in 0..batch.num_rows() {
            if count(&query, row) != self.next {
                let cause = format!("query {} where {} was expected", query.value(row), self.next);
                return Err(HitStoreError::corrupt(file.display(), cause));
            }
            self.next += 1;
            let hits = count(&hits, row);
            self.sum.queries += 1;
            self.sum.queries_without_hits += u64::from(hits == 0);
            self.sum.hits = self.sum.hits.saturating_add(hits);
            self.sum.alignments = self.sum.alignments.saturating_add(count(&alignments, row));
        }
        Ok(())
    }

    fn agree_with(&self, counts: &HitCounts, file: &Path) -> HitResult<()> {
        let sum = HitCounts { first_query: counts.first_query, ..self.sum };
        if sum == *counts {
            return Ok(());
        }
        Err(HitStoreError::corrupt(
            file.display(),
            format!("its queries sum up to {sum:?}, not to {counts:?}"),
        ))
    }
}

/// A file of a part.
struct Input {
    path: PathBuf,
    file: File,
    metadata: ArrowReaderMetadata,
    /// The queries file is small and always decoded, so that it is checked row by row.
    decode_all: bool,
}

impl Input {
    fn open(path: &Path, schema: SchemaRef, counts: &HitCounts, rows: u64) -> HitResult<Self> {
        let name = path.display().to_string();
        let corrupt = |cause: ParquetError| HitStoreError::corrupt(&name, cause);
        let file = File::open(path).map_err(|e| HitStoreError::local("open", path, e))?;
        let decode_all = schema == queries_schema();
        let options =
            ArrowReaderOptions::new().with_schema(schema).with_page_index_policy(PageIndexPolicy::Optional);
        let metadata = ArrowReaderMetadata::load(&file, options).map_err(corrupt)?;
        let held = HitCounts::from_metadata(&name, metadata.metadata().file_metadata().key_value_metadata())?;
        let sum = metadata
            .metadata()
            .row_groups()
            .iter()
            .try_fold(0u64, |sum, group| sum.checked_add(u64::try_from(group.num_rows()).ok()?));
        if held != *counts || sum != Some(rows) {
            let cause = format!("it holds {held:?} and {sum:?} rows where {counts:?} was expected");
            return Err(HitStoreError::corrupt(name, cause));
        }
        Ok(Self { path: path.to_owned(), file, metadata, decode_all })
    }

    /// Brings all rows into `out`; `check` sees what is decoded.
    fn pour(&self, out: &mut OutFile, check: &mut dyn FnMut(&RecordBatch) -> HitResult<()>) -> HitResult<()> {
        let metadata = self.metadata.metadata();
        for (number, group) in metadata.row_groups().iter().enumerate() {
            let bytes = u64::try_from(group.compressed_size()).unwrap_or(0);
            let rows = u64::try_from(group.num_rows()).unwrap_or(0);
            if !self.decode_all && (rows >= COPY_ROWS || bytes >= COPY_BYTES) {
                out.copy(&self.file, metadata, number)?;
            } else {
                self.decode(number, out, check)?;
            }
        }
        Ok(())
    }

    fn decode(
        &self,
        row_group: usize,
        out: &mut OutFile,
        check: &mut dyn FnMut(&RecordBatch) -> HitResult<()>,
    ) -> HitResult<()> {
        let corrupt = |cause: &dyn std::fmt::Display| HitStoreError::corrupt(self.path.display(), cause);
        let file = self.file.try_clone().map_err(|e| HitStoreError::local("open", &self.path, e))?;
        let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(vec![row_group])
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|e| corrupt(&e))?;
        for batch in batches {
            let batch = batch.map_err(|e| corrupt(&e))?;
            check(&batch)?;
            out.write(Ok(batch))?;
        }
        Ok(())
    }
}
