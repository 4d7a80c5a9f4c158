//! Typed cells of a record batch. A column that is missing or has another type is a damaged file.

use super::columns::HITS;
use super::error::{HitResult, HitStoreError};
use super::record::{HspRecord, Printed};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, Float64Array, Int64Array, RecordBatch, StringArray};

/// A dictionary-coded column of texts.
#[derive(Clone)]
pub(super) struct Texts {
    keys: arrow_array::PrimitiveArray<Int32Type>,
    values: StringArray,
}

impl Texts {
    /// The text of a row, `None` where it is null.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        self.key(row).map(|key| self.values.value(key))
    }

    /// The dictionary's entry of a row.
    pub(super) fn key(&self, row: usize) -> Option<usize> {
        if row >= self.keys.len() || self.keys.is_null(row) {
            return None;
        }
        usize::try_from(self.keys.value(row)).ok().filter(|key| *key < self.values.len())
    }

    /// Number of entries of the dictionary.
    pub(super) fn entries(&self) -> usize {
        self.values.len()
    }
}

fn missing(name: &str) -> HitStoreError {
    HitStoreError::corrupt("a batch", format!("column {name} is missing or has another type"))
}

/// A column of whole numbers.
pub(super) fn ints(batch: &RecordBatch, name: &str) -> HitResult<Int64Array> {
    let column = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Int64Type>());
    column.cloned().ok_or_else(|| missing(name))
}

/// A column of numbers.
pub(super) fn floats(batch: &RecordBatch, name: &str) -> HitResult<Float64Array> {
    let column = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Float64Type>());
    column.cloned().ok_or_else(|| missing(name))
}

/// A column of plain texts.
pub(super) fn strings(batch: &RecordBatch, name: &str) -> HitResult<StringArray> {
    let column = batch.column_by_name(name).and_then(|c| c.as_string_opt::<i32>());
    column.cloned().ok_or_else(|| missing(name))
}

/// A column of dictionary-coded texts.
pub(super) fn texts(batch: &RecordBatch, name: &str) -> HitResult<Texts> {
    let column = batch.column_by_name(name).and_then(|c| c.as_dictionary_opt::<Int32Type>());
    let column = column.ok_or_else(|| missing(name))?;
    let values = column.values().as_string_opt::<i32>().ok_or_else(|| missing(name))?;
    Ok(Texts { keys: column.keys().clone(), values: values.clone() })
}

/// A whole number that cannot be negative; a negative one (a damaged file) reads as 0.
pub(super) fn count(cells: &Int64Array, row: usize) -> u64 {
    u64::try_from(cells.value(row)).unwrap_or(0)
}

/// A text, `None` where it is null.
pub(super) fn optional(cells: &StringArray, row: usize) -> Option<String> {
    (!cells.is_null(row)).then(|| cells.value(row).to_owned())
}

/// A batch of alignments without residues. Columns that were not read are 0, empty or `None`.
#[derive(Clone)]
pub(super) struct HspBatch {
    ints: Vec<Option<Int64Array>>,
    floats: Vec<Option<Float64Array>>,
    texts: Vec<Option<Texts>>,
    rows: usize,
}

/// Columns that [`HspBatch`] holds, in the order of its accessors.
const INTS: &[&str] = &[
    "query",
    "subject_rank",
    "hsp_rank",
    "taxid",
    "score",
    "length",
    "mismatch",
    "gapopen",
    "qstart",
    "qend",
    "sstart",
    "send",
    "nident",
    "positive",
    "gaps",
    "qlen",
    "slen",
    "qframe",
    "sframe",
    "qcovs",
    "qcovhsp",
];
const FLOATS: &[&str] = &["pident", "evalue", "bitscore"];
const TEXTS: &[&str] = &[
    "qaccver",
    "saccver",
    "title",
    "organism",
    "pident_text",
    "evalue_text",
    "bitscore_text",
    "sseqid",
    "sstrand",
    "staxids",
];

impl HspBatch {
    /// The columns of a whole alignment: all of the hits file.
    pub(super) fn columns() -> Vec<&'static str> {
        HITS.iter().map(|column| column.name).collect()
    }

    pub(super) fn new(batch: &RecordBatch) -> HitResult<Self> {
        let read = |name: &&&str| batch.column_by_name(name).is_some();
        let int = |name| Some(name).filter(read).map(|name| ints(batch, name)).transpose();
        let float = |name| Some(name).filter(read).map(|name| floats(batch, name)).transpose();
        let text = |name| Some(name).filter(read).map(|name| texts(batch, name)).transpose();
        Ok(Self {
            ints: INTS.iter().map(int).collect::<HitResult<_>>()?,
            floats: FLOATS.iter().map(float).collect::<HitResult<_>>()?,
            texts: TEXTS.iter().map(text).collect::<HitResult<_>>()?,
            rows: batch.num_rows(),
        })
    }

    /// An alignment; `None` behind the last one.
    pub(super) fn get(&self, row: usize) -> Option<HspRecord<'_>> {
        if row >= self.rows {
            return None;
        }
        let int = |column: usize| self.ints[column].as_ref().map_or(0, |cells| cells.value(row));
        let count = |column: usize| u64::try_from(int(column)).unwrap_or(0);
        let is_null = |column: usize| self.ints[column].as_ref().is_none_or(|cells| cells.is_null(row));
        let maybe = |column: usize| (!is_null(column)).then(|| count(column));
        let label = |column: usize| self.texts[column].as_ref().and_then(|cells| cells.get(row));
        let text = |column: usize| label(column).unwrap_or("");
        let float = |column: usize| self.floats[column].as_ref().map_or(0.0, |cells| cells.value(row));
        let printed = |column: usize| Printed { value: float(column), text: text(column + 4) };
        Some(HspRecord {
            query: count(0),
            subject_rank: count(1),
            hsp_rank: count(2),
            taxid: maybe(3),
            score: int(4),
            length: count(5),
            mismatch: count(6),
            gapopen: count(7),
            qstart: count(8),
            qend: count(9),
            sstart: count(10),
            send: count(11),
            nident: count(12),
            positive: count(13),
            gaps: count(14),
            qlen: count(15),
            slen: count(16),
            qframe: int(17),
            sframe: int(18),
            qcovs: maybe(19),
            qcovhsp: maybe(20),
            qaccver: text(0),
            saccver: text(1),
            sseqid: text(7),
            title: label(2),
            sstrand: label(8),
            staxids: label(9),
            organism: label(3),
            pident: printed(0),
            evalue: printed(1),
            bitscore: printed(2),
        })
    }
}
