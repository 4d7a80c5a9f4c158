//! An opened file: footer, page index and counts, read once.

use super::counts::{HitCounts, StoredFile};
use super::error::{HitResult, HitStoreError};
use super::footers::{Footer, Footers};
use super::limits::{FOOTER_BYTES, REQUEST_BYTES, TAIL_BYTES};
use super::source::{Budget, Source, decode};
use arrow_schema::SchemaRef;
use blastline_jobs::ports::Blobs;
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, RowSelection};
use parquet::arrow::push_decoder::RowGroupSelection;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataPushDecoder};
use std::ops::Range;
use std::sync::Arc;

/// A file whose footer was read and checked.
pub(super) struct OpenFile {
    pub source: Source,
    footer: Arc<Footer>,
}

impl OpenFile {
    /// Takes the footer from those read before, or reads it and checks that it has the schema.
    pub(super) async fn open(
        blobs: Arc<dyn Blobs>,
        file: StoredFile,
        schema: SchemaRef,
        known: &Footers,
    ) -> HitResult<Self> {
        let source = Source::open(blobs, file).await?;
        if let Some(footer) = source.version().and_then(|version| known.get(source.path(), version)) {
            return Ok(Self { source, footer });
        }
        let metadata = read_footer(&source).await?;
        let name = source.name();
        let counts = HitCounts::from_metadata(&name, metadata.file_metadata().key_value_metadata())?;
        let starts = row_starts(&metadata).ok_or_else(|| source.corrupt("a row group has no rows"))?;
        let metadata = decode(name, move || {
            ArrowReaderMetadata::try_new(Arc::new(metadata), ArrowReaderOptions::new().with_schema(schema))
        })
        .await?;
        let footer = Arc::new(Footer { metadata, counts, starts });
        if let Some(version) = source.version() {
            known.put(source.path(), version.clone(), &footer);
        }
        Ok(Self { source, footer })
    }

    /// The decoded footer and page index.
    pub(super) fn metadata(&self) -> &ArrowReaderMetadata {
        &self.footer.metadata
    }

    /// What the file says that the part holds.
    pub(super) fn counts(&self) -> &HitCounts {
        &self.footer.counts
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> u64 {
        self.footer.starts.last().copied().unwrap_or(0)
    }

    /// Refuses a file that does not hold as many rows as its counts say.
    pub(super) fn expect_rows(&self, rows: u64) -> HitResult<()> {
        if self.rows() == rows {
            return Ok(());
        }
        Err(self.source.corrupt(format!("{} rows where {rows} were expected", self.rows())))
    }

    /// The columns to read. An unknown name reads nothing; names come from this module alone.
    pub(super) fn projection(&self, columns: &[&str]) -> ProjectionMask {
        ProjectionMask::columns(self.footer.metadata.parquet_schema(), columns.iter().copied())
    }

    /// The rows of each row group.
    pub(super) fn row_group_rows(&self) -> impl Iterator<Item = (usize, Range<u64>)> {
        self.footer.starts.windows(2).map(|w| w[0]..w[1]).enumerate()
    }

    /// Selections for sorted, disjoint ranges of rows of the file.
    pub(super) fn select(&self, ranges: &[Range<u64>]) -> Vec<RowGroupSelection> {
        let mut selections = Vec::new();
        for (number, group) in self.row_group_rows() {
            let first = ranges.partition_point(|r| r.end <= group.start);
            let inside: Vec<Range<usize>> = ranges[first..]
                .iter()
                .take_while(|r| r.start < group.end)
                .filter_map(|r| {
                    let from = usize::try_from(r.start.max(group.start) - group.start).ok()?;
                    let to = usize::try_from(r.end.min(group.end) - group.start).ok()?;
                    (from < to).then_some(from..to)
                })
                .collect();
            let Ok(total) = usize::try_from(group.end - group.start) else { continue };
            match inside.as_slice() {
                [] => {}
                [all] if all.len() == total => selections.push(RowGroupSelection::new(number, None)),
                _ => {
                    let rows = RowSelection::from_consecutive_ranges(inside.into_iter(), total);
                    selections.push(RowGroupSelection::new(number, Some(rows)));
                }
            }
        }
        selections
    }
}

fn row_starts(metadata: &ParquetMetaData) -> Option<Vec<u64>> {
    let mut starts = vec![0];
    let mut next = 0u64;
    for group in metadata.row_groups() {
        let rows = u64::try_from(group.num_rows()).ok().filter(|rows| *rows > 0)?;
        next = next.checked_add(rows)?;
        starts.push(next);
    }
    Some(starts)
}

async fn read_footer(source: &Source) -> HitResult<ParquetMetaData> {
    let size = source.size();
    let budget = Budget::new(REQUEST_BYTES);
    let mut wanted: Vec<Range<u64>> = std::iter::once(size.saturating_sub(TAIL_BYTES)..size).collect();
    let name = source.name();
    let mut decoder = decode(name.clone(), move || ParquetMetaDataPushDecoder::try_new(size)).await?;
    loop {
        if let Some(bytes) = wanted.iter().map(|r| r.end.saturating_sub(r.start)).find(|b| *b > FOOTER_BYTES)
        {
            return Err(HitStoreError::TooLarge {
                what: "bytes of a footer",
                size: bytes,
                limit: FOOTER_BYTES,
            });
        }
        let bytes = source.fetch(&wanted, &budget).await?;
        let (back, result) = decode(name.clone(), move || {
            decoder.push_ranges(wanted, bytes)?;
            let result = decoder.try_decode()?;
            Ok((decoder, result))
        })
        .await?;
        decoder = back;
        match result {
            DecodeResult::Data(metadata) => return Ok(metadata),
            DecodeResult::NeedsData(ranges) => wanted = ranges,
            DecodeResult::Finished => return Err(source.corrupt("the footer ended early")),
        }
    }
}
