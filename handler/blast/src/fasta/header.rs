//! The header line of a record: `>id title`.

use super::error::FastaErrorKind;

/// What a header says. `id` is empty where the header names nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub id: String,
    pub title: String,
}

/// Reads a header without its `>` and line end. Like BLAST+, blanks before the id are skipped and the id ends at the
/// first blank. Refused is what BLAST+ would misread (`>?` means a gap of that size to it, and joins two records) and
/// what cannot be shown safely: control characters other than tab and Ctrl-A, which separates the titles of merged
/// records in NCBI's files.
pub(super) fn parse(bytes: &[u8]) -> Result<Header, FastaErrorKind> {
    if bytes.contains(&0) {
        return Err(FastaErrorKind::NotText);
    }
    if bytes.iter().any(|&b| b.is_ascii_control() && b != b'\t' && b != 1) {
        return Err(FastaErrorKind::IllegalHeader { reason: "has a control character" });
    }
    let is_blank = |b: u8| b == b' ' || b == b'\t' || b == 1;
    let start = bytes.iter().position(|&b| !is_blank(b)).unwrap_or(bytes.len());
    let rest = &bytes[start..];
    let end = rest.iter().position(|&b| is_blank(b)).unwrap_or(rest.len());
    let (id, title) = rest.split_at(end);
    if id.starts_with(b"?") {
        return Err(FastaErrorKind::IllegalHeader {
            reason: "begins with “?”, which means a gap to BLAST+"
        });
    }
    let Ok(id) = std::str::from_utf8(id) else {
        return Err(FastaErrorKind::IllegalHeader { reason: "has a name that is not UTF-8 text" });
    };
    let title = String::from_utf8_lossy(title);
    Ok(Header { id: id.to_owned(), title: title.trim_matches([' ', '\t', '\u{1}']).to_owned() })
}
