//! Streams of alignments in BLAST+'s order, for writers of any format. Memory is a batch, whatever the size.

use super::cells::HspBatch;
use super::error::HitResult;
use super::filter::Filter;
use super::queries::QueryLine;
use super::record::{Residues, empty_row};
use arrow_array::{Array, StringArray};
use blastline_blast::table::Hsp;
use futures::stream::BoxStream;

/// What an export gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExportRequest {
    /// Which hits; all alignments of a hit that passes are given.
    pub filter: Filter,
    /// Whether each query is told, also one without hits, before its alignments: what format 7 needs.
    pub queries: bool,
    /// Whether aligned residues are read; else they are empty.
    pub residues: bool,
}

/// What an export comes to.
pub enum ExportItem<'a> {
    /// A query begins; `alignments` counts those that follow, which a filter may have thinned out.
    Query(&'a QueryLine),
    /// An alignment; `query` is the position in the whole input.
    Hsp(&'a Hsp),
}

/// A batch of an export.
pub struct ExportBatch {
    pub(super) heads: Vec<QueryLine>,
    pub(super) hsps: Option<Hsps>,
}

/// Alignments of a batch.
pub(super) struct Hsps {
    pub batch: HspBatch,
    /// Rows of the batch that pass.
    pub kept: Vec<usize>,
    pub residues: Option<ResidueRows>,
}

/// Residues of rows that follow each other.
#[derive(Clone)]
pub(super) struct ResidueRows {
    /// Row of the hits batch that the first one belongs to.
    pub from: usize,
    pub qseq: StringArray,
    pub sseq: StringArray,
}

impl ResidueRows {
    fn get(&self, row: usize) -> Option<Residues<'_>> {
        let at = row.checked_sub(self.from).filter(|at| *at < self.qseq.len() && *at < self.sseq.len())?;
        Some(Residues { qseq: self.qseq.value(at), sseq: self.sseq.value(at) })
    }
}

/// A stream of batches. It ends after the first error.
pub type ExportStream = BoxStream<'static, HitResult<ExportBatch>>;

impl ExportBatch {
    /// Hands out queries and alignments in order. The row is the same memory each time.
    pub fn for_each(&self, mut each: impl FnMut(ExportItem<'_>)) {
        let mut heads = self.heads.iter().peekable();
        let mut row = empty_row();
        for (hsps, index) in
            self.hsps.iter().flat_map(|hsps| hsps.kept.iter().map(move |index| (hsps, *index)))
        {
            let Some(hsp) = hsps.batch.get(index) else { continue };
            while let Some(head) = heads.next_if(|head| head.query <= hsp.query) {
                each(ExportItem::Query(head));
            }
            hsp.fill(hsps.residues.as_ref().and_then(|residues| residues.get(index)), &mut row);
            each(ExportItem::Hsp(&row));
        }
        heads.for_each(|head| each(ExportItem::Query(head)));
    }
}
