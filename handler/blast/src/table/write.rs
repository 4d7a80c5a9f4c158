//! What BLAST+ itself would print.

use super::hsp::Hsp;
use crate::program::Program;
use std::fmt::Write;

/// The twelve standard fields in the words of `-outfmt 7`.
pub const STD_FIELD_NAMES: &str = "query acc.ver, subject acc.ver, % identity, alignment length, mismatches, \
                                   gap opens, q. start, q. end, s. start, s. end, evalue, bit score";

/// A row of `-outfmt 6` with its line end, byte for byte as BLAST+ prints it.
pub fn outfmt6_row(hsp: &Hsp) -> String {
    let mut row = String::with_capacity(96);
    push_outfmt6_row(&mut row, hsp);
    row
}

/// Appends what [`outfmt6_row`] makes.
pub fn push_outfmt6_row(out: &mut String, hsp: &Hsp) {
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
        hsp.qaccver,
        hsp.saccver,
        hsp.pident_text,
        hsp.length,
        hsp.mismatch,
        hsp.gapopen,
        hsp.qstart,
        hsp.qend,
        hsp.sstart,
        hsp.send,
        hsp.evalue_text,
        hsp.bitscore_text,
    );
}

/// The name and version that head a block, such as `BLASTN 2.12.0+`, from a version such as `2.12.0+`.
pub fn version_line(program: Program, version: &str) -> String {
    format!("{} {version}", program.as_str().to_ascii_uppercase())
}

/// The comment lines before a query's rows in `-outfmt 7`. `program` is [`version_line`], or what a table named;
/// `defline` is the id and the title.
pub fn outfmt7_block_header(program: &str, defline: &str, database: &str, hits: u64) -> String {
    let fields = if hits > 0 { format!("# Fields: {STD_FIELD_NAMES}\n") } else { String::new() };
    format!("# {program}\n# Query: {defline}\n# Database: {database}\n{fields}# {hits} hits found\n")
}

/// The last line of `-outfmt 7`: once, with all queries.
pub fn outfmt7_footer(queries: u64) -> String {
    format!("# BLAST processed {queries} queries\n")
}
