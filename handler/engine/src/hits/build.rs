//! Rows into record batches.

use super::columns::{Cell, HITS, hits_schema, queries_schema, residues_schema};
use super::record::{HspRecord, QueryHead, Residues};
use arrow_array::builder::{Float64Builder, Int64Builder, StringBuilder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, SchemaRef};
use std::sync::Arc;

enum Builder {
    Int(Int64Builder, fn(&HspRecord<'_>) -> Option<i64>),
    Float(Float64Builder, fn(&HspRecord<'_>) -> f64),
    Text(StringDictionaryBuilder<Int32Type>, for<'a> fn(&HspRecord<'a>) -> Option<&'a str>),
}

/// Collects alignments.
pub(super) struct HitsBuilder {
    schema: SchemaRef,
    columns: Vec<Builder>,
    rows: usize,
    bytes: usize,
}

impl HitsBuilder {
    pub(super) fn new() -> Self {
        let columns = HITS
            .iter()
            .map(|column| match column.cell {
                Cell::Int(get) => Builder::Int(Int64Builder::new(), get),
                Cell::Float(get) => Builder::Float(Float64Builder::new(), get),
                Cell::Text(get) => Builder::Text(StringDictionaryBuilder::new(), get),
            })
            .collect();
        Self { schema: hits_schema(), columns, rows: 0, bytes: 0 }
    }

    pub(super) fn push(&mut self, hsp: &HspRecord<'_>) -> Result<(), ArrowError> {
        for column in &mut self.columns {
            match column {
                Builder::Int(cells, get) => cells.append_option(get(hsp)),
                Builder::Float(cells, get) => cells.append_value(get(hsp)),
                Builder::Text(cells, get) => match get(hsp) {
                    Some(text) => {
                        cells.append(text)?;
                    }
                    None => cells.append_null(),
                },
            }
        }
        self.rows += 1;
        self.bytes += hsp.title.map_or(0, str::len) + hsp.saccver.len() + hsp.qaccver.len();
        Ok(())
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Letters of the long texts taken so far, repeated ones counted each time: an upper bound.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        self.bytes = 0;
        let columns = self
            .columns
            .iter_mut()
            .map(|column| match column {
                Builder::Int(cells, _) => Arc::new(cells.finish()) as ArrayRef,
                Builder::Float(cells, _) => Arc::new(cells.finish()),
                Builder::Text(cells, _) => Arc::new(cells.finish()),
            })
            .collect();
        RecordBatch::try_new(self.schema.clone(), columns)
    }
}

/// Collects residues.
pub(super) struct ResiduesBuilder {
    schema: SchemaRef,
    query: Int64Builder,
    subject_rank: Int64Builder,
    hsp_rank: Int64Builder,
    qseq: StringBuilder,
    sseq: StringBuilder,
    bytes: usize,
}

impl ResiduesBuilder {
    pub(super) fn new() -> Self {
        Self {
            schema: residues_schema(),
            query: Int64Builder::new(),
            subject_rank: Int64Builder::new(),
            hsp_rank: Int64Builder::new(),
            qseq: StringBuilder::new(),
            sseq: StringBuilder::new(),
            bytes: 0,
        }
    }

    pub(super) fn push(&mut self, hsp: &HspRecord<'_>, residues: Residues<'_>) {
        self.query.append_value(whole(hsp.query));
        self.subject_rank.append_value(whole(hsp.subject_rank));
        self.hsp_rank.append_value(whole(hsp.hsp_rank));
        self.qseq.append_value(residues.qseq);
        self.sseq.append_value(residues.sseq);
        self.bytes += residues.qseq.len() + residues.sseq.len();
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.bytes = 0;
        RecordBatch::try_new(
            self.schema.clone(),
            vec![
                Arc::new(self.query.finish()),
                Arc::new(self.subject_rank.finish()),
                Arc::new(self.hsp_rank.finish()),
                Arc::new(self.qseq.finish()),
                Arc::new(self.sseq.finish()),
            ],
        )
    }
}

/// The best hit of the query that is being written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Best {
    pub subject: String,
    pub title: String,
    pub organism: Option<String>,
    pub bitscore: f64,
    pub evalue: String,
    pub identity: f64,
}

impl Best {
    pub(super) fn of(hsp: &HspRecord<'_>) -> Self {
        Self {
            subject: hsp.saccver.to_owned(),
            title: hsp.title.unwrap_or_default().to_owned(),
            organism: hsp.organism.map(str::to_owned),
            bitscore: hsp.bitscore.value,
            evalue: hsp.evalue.text.to_owned(),
            identity: hsp.pident.value,
        }
    }
}

/// Collects queries.
pub(super) struct QueriesBuilder {
    schema: SchemaRef,
    ints: [Int64Builder; 4],
    id: StringBuilder,
    title: StringBuilder,
    best: [StringBuilder; 4],
    best_bitscore: Float64Builder,
    best_pident: Float64Builder,
    rows: usize,
    bytes: usize,
}

impl QueriesBuilder {
    pub(super) fn new() -> Self {
        Self {
            schema: queries_schema(),
            ints: std::array::from_fn(|_| Int64Builder::new()),
            id: StringBuilder::new(),
            title: StringBuilder::new(),
            best: std::array::from_fn(|_| StringBuilder::new()),
            best_bitscore: Float64Builder::new(),
            best_pident: Float64Builder::new(),
            rows: 0,
            bytes: 0,
        }
    }

    pub(super) fn push(&mut self, head: &QueryHead<'_>, hits: u64, alignments: u64, best: Option<&Best>) {
        for (cells, value) in self.ints.iter_mut().zip([head.query, hits, alignments, head.letters]) {
            cells.append_value(whole(value));
        }
        self.id.append_value(head.id);
        self.title.append_value(head.title);
        let texts = [
            best.map(|b| b.subject.as_str()),
            best.map(|b| b.title.as_str()),
            best.and_then(|b| b.organism.as_deref()),
            best.map(|b| b.evalue.as_str()),
        ];
        for (cells, text) in self.best.iter_mut().zip(texts) {
            cells.append_option(text);
        }
        self.best_bitscore.append_option(best.map(|b| b.bitscore));
        self.best_pident.append_option(best.map(|b| b.identity));
        self.rows += 1;
        self.bytes += head.title.len() + best.map_or(0, |b| b.title.len());
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        self.bytes = 0;
        let [query, hits, alignments, letters] = self.ints.each_mut().map(|cells| Arc::new(cells.finish()));
        let [subject, title, organism, evalue] = self.best.each_mut().map(|cells| Arc::new(cells.finish()));
        RecordBatch::try_new(
            self.schema.clone(),
            vec![
                query,
                hits,
                alignments,
                Arc::new(self.id.finish()),
                Arc::new(self.title.finish()),
                letters,
                subject,
                title,
                organism,
                Arc::new(self.best_bitscore.finish()),
                evalue,
                Arc::new(self.best_pident.finish()),
            ],
        )
    }
}

/// A count as a cell; larger ones cannot come from BLAST+ and are held at the bound.
fn whole(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
