//! Testing hits against a filter.

use super::cells::{Texts, floats, ints, texts};
use super::error::HitResult;
use super::filter::Filter;
use arrow_array::{Array, Float64Array, Int64Array, RecordBatch};

/// Tests the first alignments of hits of a batch.
pub(super) struct Matcher<'f> {
    filter: &'f Filter,
    organism: Option<(Texts, Vec<Option<bool>>, String)>,
    subject: Option<Texts>,
    rank: Option<Int64Array>,
    identity: Option<Float64Array>,
    bitscore: Option<Float64Array>,
    evalue: Option<Float64Array>,
    cover: Option<Int64Array>,
}

impl<'f> Matcher<'f> {
    /// The columns that a filter reads, besides the query.
    pub(super) fn columns(filter: &Filter) -> Vec<&'static str> {
        let mut columns = Vec::new();
        let mut need = |wanted: bool, name| {
            if wanted {
                columns.push(name);
            }
        };
        need(filter.rank.is_some(), "subject_rank");
        need(filter.subject_id.is_some(), "saccver");
        need(filter.organism.is_some(), "organism");
        need(filter.min_identity.is_some() || filter.max_identity.is_some(), "pident");
        need(filter.min_bitscore.is_some(), "bitscore");
        need(filter.max_evalue.is_some(), "evalue");
        need(filter.min_query_cover.is_some(), "qcovs");
        columns
    }

    pub(super) fn new(filter: &'f Filter, batch: &RecordBatch) -> HitResult<Self> {
        let identity = filter.min_identity.is_some() || filter.max_identity.is_some();
        let organism = match &filter.organism {
            Some(text) => {
                let names = texts(batch, "organism")?;
                let known = vec![None; names.entries()];
                Some((names, known, text.to_lowercase()))
            }
            None => None,
        };
        Ok(Self {
            filter,
            organism,
            subject: filter.subject_id.as_ref().map(|_| texts(batch, "saccver")).transpose()?,
            rank: filter.rank.map(|_| ints(batch, "subject_rank")).transpose()?,
            identity: identity.then(|| floats(batch, "pident")).transpose()?,
            bitscore: filter.min_bitscore.map(|_| floats(batch, "bitscore")).transpose()?,
            evalue: filter.max_evalue.map(|_| floats(batch, "evalue")).transpose()?,
            cover: filter.min_query_cover.map(|_| ints(batch, "qcovs")).transpose()?,
        })
    }

    /// Whether the hit passes whose first alignment is this row.
    pub(super) fn passes(&mut self, row: usize) -> bool {
        let filter = self.filter;
        let float = |cells: &Option<Float64Array>| cells.as_ref().map(|c| c.value(row));
        let at_least = |value: Option<f64>, bound: Option<f64>| match (value, bound) {
            (Some(value), Some(bound)) => value >= bound,
            _ => true,
        };
        let at_most = |value: Option<f64>, bound: Option<f64>| match (value, bound) {
            (Some(value), Some(bound)) => value <= bound,
            _ => true,
        };
        #[expect(clippy::cast_precision_loss, reason = "a percentage")]
        let cover = self.cover.as_ref().map(|c| if c.is_null(row) { f64::NAN } else { c.value(row) as f64 });
        let rank = self.rank.as_ref().and_then(|c| u64::try_from(c.value(row)).ok());
        at_least(float(&self.identity), filter.min_identity)
            && at_most(float(&self.identity), filter.max_identity)
            && at_least(float(&self.bitscore), filter.min_bitscore)
            && at_most(float(&self.evalue), filter.max_evalue)
            && at_least(cover, filter.min_query_cover)
            && (filter.rank.is_none() || rank == filter.rank)
            && self.subject.as_ref().is_none_or(|s| s.get(row) == filter.subject_id.as_deref())
            && self.organism_passes(row)
    }

    /// Each name of the dictionary is looked at once.
    fn organism_passes(&mut self, row: usize) -> bool {
        let Some((names, known, wanted)) = &mut self.organism else { return true };
        let Some(key) = names.key(row) else { return false };
        let Some(answer) = known.get_mut(key) else { return false };
        *answer.get_or_insert_with(|| {
            names.get(row).is_some_and(|name| name.to_lowercase().contains(wanted.as_str()))
        })
    }
}
