//! Reading chosen rows and columns of an opened file, batch by batch.

use super::error::{HitResult, HitStoreError};
use super::limits::BATCH_ROWS;
use super::open::OpenFile;
use super::source::{Budget, decode};
use arrow_array::RecordBatch;
use parquet::DecodeResult;
use parquet::arrow::push_decoder::{ParquetPushDecoder, ParquetPushDecoderBuilder};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// A batch and where its rows lie in the file.
pub(super) struct Rows {
    pub batch: RecordBatch,
    /// Rows of the file, in the order of the batch.
    pub at: Vec<Range<u64>>,
}

impl Rows {
    /// The file's row of each row of the batch.
    pub(super) fn positions(&self) -> impl Iterator<Item = u64> + '_ {
        self.at.iter().cloned().flatten()
    }
}

/// A running read.
pub(super) struct Scan {
    file: Arc<OpenFile>,
    budget: Arc<Budget>,
    decoder: Option<ParquetPushDecoder>,
    left: VecDeque<Range<u64>>,
}

impl Scan {
    /// Begins to read `columns` of sorted, disjoint ranges of rows.
    pub(super) async fn new(
        file: Arc<OpenFile>,
        columns: &[&str],
        ranges: Vec<Range<u64>>,
        budget: Arc<Budget>,
    ) -> HitResult<Self> {
        let selections = file.select(&ranges);
        if selections.is_empty() {
            return Ok(Self { file, budget, decoder: None, left: VecDeque::new() });
        }
        let projection = file.projection(columns);
        let metadata = file.metadata().clone();
        let decoder = decode(file.source.name(), move || {
            ParquetPushDecoderBuilder::new_with_metadata(metadata)
                .with_projection(projection)
                .with_row_group_selections(selections)
                .with_batch_size(BATCH_ROWS)
                .build()
        })
        .await?;
        Ok(Self { file, budget, decoder: Some(decoder), left: ranges.into() })
    }

    /// The next rows, `None` at the end.
    pub(super) async fn next(&mut self) -> HitResult<Option<Rows>> {
        while let Some(mut decoder) = self.decoder.take() {
            let (back, result) = decode(self.file.source.name(), move || {
                let result = decoder.try_decode()?;
                Ok((decoder, result))
            })
            .await?;
            decoder = back;
            match result {
                DecodeResult::NeedsData(ranges) => {
                    let bytes = self.file.source.fetch(&ranges, &self.budget).await?;
                    let name = self.file.source.name();
                    decoder =
                        decode(name, move || decoder.push_ranges(ranges, bytes).map(|()| decoder)).await?;
                    self.decoder = Some(decoder);
                }
                DecodeResult::Data(batch) => {
                    self.decoder = Some(decoder);
                    let at = self.place(batch.num_rows())?;
                    return Ok(Some(Rows { batch, at }));
                }
                DecodeResult::Finished => {
                    if !self.left.is_empty() {
                        return Err(self.ended_early());
                    }
                }
            }
        }
        Ok(None)
    }

    /// The error of a file that has fewer rows than it should.
    pub(super) fn ended_early(&self) -> HitStoreError {
        self.file.source.corrupt("it holds fewer rows than its footer says")
    }

    /// Takes the places of the next `rows` rows.
    fn place(&mut self, rows: usize) -> HitResult<Vec<Range<u64>>> {
        let mut at = Vec::new();
        let mut missing = rows as u64;
        while missing > 0 {
            let Some(range) = self.left.front_mut() else {
                return Err(self.file.source.corrupt("it holds more rows than its footer says"));
            };
            let take = missing.min(range.end - range.start);
            at.push(range.start..range.start + take);
            range.start += take;
            missing -= take;
            if range.start >= range.end {
                self.left.pop_front();
            }
        }
        Ok(at)
    }
}
