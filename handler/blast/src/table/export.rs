//! Tables for people: tab-separated, comma-separated and JSON lines, with headers.

use super::hsp::Hsp;
use std::borrow::Cow;
use std::fmt::Write;

/// A column of an export.
#[derive(Clone, Copy)]
pub struct Column {
    /// Its header: the name of the BLAST+ field.
    pub name: &'static str,
    value: for<'a> fn(&'a Hsp) -> Value<'a>,
}

/// A cell. Text may come from a database or a query that somebody else wrote; numbers are our own.
enum Value<'a> {
    Text(&'a str),
    Number(Cow<'a, str>),
}

macro_rules! columns {
    ($($name:ident: $kind:ident),* $(,)?) => {
        &[$(Column { name: stringify!($name), value: |hsp| columns!(@$kind hsp $name) }),*]
    };
    (@text $hsp:ident $name:ident) => { Value::Text(&$hsp.$name) };
    (@maybe $hsp:ident $name:ident) => { Value::Text($hsp.$name.as_deref().unwrap_or_default()) };
    (@number $hsp:ident $name:ident) => { Value::Number($hsp.$name.to_string().into()) };
    (@pident $hsp:ident $name:ident) => { Value::Number(Cow::Borrowed($hsp.pident_text.trim())) };
    (@evalue $hsp:ident $name:ident) => { Value::Number(Cow::Borrowed($hsp.evalue_text.trim())) };
    (@bitscore $hsp:ident $name:ident) => { Value::Number(Cow::Borrowed($hsp.bitscore_text.trim())) };
    (@cover $hsp:ident $name:ident) => {
        Value::Number($hsp.$name.map_or(Cow::Borrowed(""), |share| share.to_string().into()))
    };
}

/// The 25 columns of an export: the twelve standard ones of BLAST+ first.
pub const COLUMNS: &[Column] = columns![
    qaccver: text, saccver: text, pident: pident, length: number, mismatch: number, gapopen: number,
    qstart: number, qend: number, sstart: number, send: number, evalue: evalue, bitscore: bitscore,
    score: number, nident: number, positive: number, gaps: number, qlen: number, slen: number,
    qframe: number, sframe: number, sstrand: maybe, staxids: maybe, qcovs: cover, qcovhsp: cover,
    stitle: maybe,
];

fn header(separator: char, end: &str) -> String {
    let names: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
    names.join(&separator.to_string()) + end
}

/// The first line of a tab-separated export.
pub fn tsv_header() -> String {
    header('\t', "\n")
}

/// A line of a tab-separated export. Tabs and line ends within a text become blanks.
pub fn tsv_row(hsp: &Hsp) -> String {
    let mut row = String::with_capacity(256);
    for (index, column) in COLUMNS.iter().enumerate() {
        if index > 0 {
            row.push('\t');
        }
        match (column.value)(hsp) {
            Value::Number(text) => row.push_str(&text),
            Value::Text(text) => row.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c })),
        }
    }
    row.push('\n');
    row
}

/// The first line of a comma-separated export.
pub fn csv_header() -> String {
    header(',', "\r\n")
}

/// A line of a comma-separated export (RFC 4180). A text that a spreadsheet would take for a formula gets a `'` in
/// front, so that a title from a foreign database cannot run in it.
pub fn csv_row(hsp: &Hsp) -> String {
    let mut row = String::with_capacity(256);
    for (index, column) in COLUMNS.iter().enumerate() {
        if index > 0 {
            row.push(',');
        }
        match (column.value)(hsp) {
            Value::Number(text) => row.push_str(&text),
            Value::Text(text) => push_cell(&mut row, text),
        }
    }
    row.push_str("\r\n");
    row
}

fn push_cell(row: &mut String, text: &str) {
    // Blanks in front do not stop a spreadsheet from seeing the sign behind them.
    let formula = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    let guard = if formula { "'" } else { "" };
    if formula || text.contains([',', '"', '\n', '\r']) {
        let _ = write!(row, "\"{guard}{}\"", text.replace('"', "\"\""));
    } else {
        row.push_str(text);
    }
}

/// A line of a JSON-lines export: all fields, aligned residues included.
///
/// # Errors
/// None in practice: every field of a hit is a JSON value.
pub fn json_line(hsp: &Hsp) -> Result<String, serde_json::Error> {
    serde_json::to_string(hsp).map(|line| line + "\n")
}
