//! The columns of the three files: one table each, from which schema, writer and documentation check come.

use super::record::HspRecord;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// Version of the files' schema, in their metadata under [`SCHEMA_KEY`].
pub const SCHEMA_VERSION: u32 = 1;
/// Metadata key of the schema version.
pub const SCHEMA_KEY: &str = "blastline.schema";
/// Metadata key of the counts, as JSON.
pub const COUNTS_KEY: &str = "blastline.counts";

/// How a cell of the hits file is got from an alignment.
#[derive(Clone, Copy)]
pub(super) enum Cell {
    /// A whole number, `Int64`. Values above `i64::MAX` cannot come from BLAST+ and are held at that bound.
    Int(fn(&HspRecord<'_>) -> Option<i64>),
    /// A number, `Float64`.
    Float(fn(&HspRecord<'_>) -> f64),
    /// A text that repeats, dictionary-coded `Utf8`.
    Text(for<'a> fn(&HspRecord<'a>) -> Option<&'a str>),
}

/// A column of the hits file.
pub(super) struct Column {
    /// Its name.
    pub name: &'static str,
    /// Whether it may be null.
    pub nullable: bool,
    /// Its cells.
    pub cell: Cell,
}

const fn int(name: &'static str, get: fn(&HspRecord<'_>) -> Option<i64>) -> Column {
    Column { name, nullable: false, cell: Cell::Int(get) }
}

const fn float(name: &'static str, get: fn(&HspRecord<'_>) -> f64) -> Column {
    Column { name, nullable: false, cell: Cell::Float(get) }
}

const fn text(name: &'static str, get: for<'a> fn(&HspRecord<'a>) -> Option<&'a str>) -> Column {
    Column { name, nullable: false, cell: Cell::Text(get) }
}

const fn nullable(column: Column) -> Column {
    Column { nullable: true, ..column }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that a column's getter has")]
fn whole(value: u64) -> Option<i64> {
    Some(i64::try_from(value).unwrap_or(i64::MAX))
}

/// The hits file. What scans, filters and sorts read comes first, so that it lies together in a row group and is
/// fetched as one range.
pub(super) const HITS: &[Column] = &[
    int("query", |h| whole(h.query)),
    int("subject_rank", |h| whole(h.subject_rank)),
    int("hsp_rank", |h| whole(h.hsp_rank)),
    float("evalue", |h| h.evalue.value),
    float("bitscore", |h| h.bitscore.value),
    float("pident", |h| h.pident.value),
    nullable(int("qcovs", |h| h.qcovs.and_then(whole))),
    int("length", |h| whole(h.length)),
    int("qstart", |h| whole(h.qstart)),
    int("qend", |h| whole(h.qend)),
    text("saccver", |h| Some(h.saccver)),
    nullable(text("organism", |h| h.organism)),
    nullable(int("taxid", |h| h.taxid.and_then(whole))),
    int("sstart", |h| whole(h.sstart)),
    int("send", |h| whole(h.send)),
    int("mismatch", |h| whole(h.mismatch)),
    int("gapopen", |h| whole(h.gapopen)),
    int("nident", |h| whole(h.nident)),
    int("positive", |h| whole(h.positive)),
    int("gaps", |h| whole(h.gaps)),
    int("score", |h| Some(h.score)),
    int("qlen", |h| whole(h.qlen)),
    int("slen", |h| whole(h.slen)),
    int("qframe", |h| Some(h.qframe)),
    int("sframe", |h| Some(h.sframe)),
    nullable(int("qcovhsp", |h| h.qcovhsp.and_then(whole))),
    text("qaccver", |h| Some(h.qaccver)),
    text("pident_text", |h| Some(h.pident.text)),
    text("evalue_text", |h| Some(h.evalue.text)),
    text("bitscore_text", |h| Some(h.bitscore.text)),
    text("sseqid", |h| Some(h.sseqid)),
    nullable(text("sstrand", |h| h.sstrand)),
    nullable(text("staxids", |h| h.staxids)),
    nullable(text("title", |h| h.title)),
];

/// Columns of which row groups keep least and greatest values, for tools that skip groups by them. Of `query`,
/// which this store's reader uses, pages keep them too.
pub(super) const WITH_STATISTICS: &[&str] = &["evalue", "bitscore", "pident", "qcovs"];

/// The type of dictionary-coded texts.
pub(super) fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// Schema of the hits file.
pub(super) fn hits_schema() -> SchemaRef {
    let field = |column: &Column| {
        let kind = match column.cell {
            Cell::Int(_) => DataType::Int64,
            Cell::Float(_) => DataType::Float64,
            Cell::Text(_) => dictionary(),
        };
        Field::new(column.name, kind, column.nullable)
    };
    Arc::new(Schema::new(HITS.iter().map(field).collect::<Vec<_>>()))
}

/// Schema of the residues file: rows in the order of the hits file, one each.
pub(super) fn residues_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("query", DataType::Int64, false),
        Field::new("subject_rank", DataType::Int64, false),
        Field::new("hsp_rank", DataType::Int64, false),
        Field::new("qseq", DataType::Utf8, false),
        Field::new("sseq", DataType::Utf8, false),
    ]))
}

/// Schema of the queries file: one row a query, in input order.
pub(super) fn queries_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("query", DataType::Int64, false),
        Field::new("hits", DataType::Int64, false),
        Field::new("alignments", DataType::Int64, false),
        Field::new("id", DataType::Utf8, false),
        Field::new("title", DataType::Utf8, false),
        Field::new("letters", DataType::Int64, false),
        Field::new("best_subject", DataType::Utf8, true),
        Field::new("best_title", DataType::Utf8, true),
        Field::new("best_organism", DataType::Utf8, true),
        Field::new("best_bitscore", DataType::Float64, true),
        Field::new("best_evalue_text", DataType::Utf8, true),
        Field::new("best_pident", DataType::Float64, true),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_documented_with_its_type() {
        let page = include_str!("../../../../docs/decisions/hit-store.md");
        for (file, schema) in
            [("hits", hits_schema()), ("residues", residues_schema()), ("queries", queries_schema())]
        {
            let section = page.split(&format!("### `{file}.parquet`")).nth(1).expect(file);
            let section = section.split("\n### ").next().unwrap_or(section);
            for field in schema.fields() {
                let kind = match field.data_type() {
                    DataType::Int64 => "int64",
                    DataType::Float64 => "double",
                    _ => "string",
                };
                let null = if field.is_nullable() { ", may be null" } else { "" };
                let row = format!("| `{}` | {kind}{null} |", field.name());
                assert!(section.contains(&row), "{file}: no row `{row}` in the page");
            }
        }
    }
}
