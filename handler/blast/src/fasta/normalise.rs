//! The reader over a whole input.

use super::error::{FastaError, FastaErrorKind};
use super::machine::{Machine, io_error};
use super::open::{is_damaged, open};
use super::record::{Limits, QueryRecord, QueryStats, Want};
use std::io::{self, Read, Write};

const BLOCK: usize = 128 * 1024;

/// Reads queries (plain or gzip), checks them, and writes them in normal form.
///
/// Normal form: line ends are LF; blank lines, comment lines (`;`, `#`, `!` first, as in BLAST+), blanks, position
/// numbers and alignment gaps within sequences are left out; headers, the case of residues (lower case is masking) and
/// the wrapping of lines are kept. A sequence before the first header gets the header `>Query_1`, and a header that
/// names nothing becomes `>Query_N`, N being its position from 1: what BLAST+ prints for it, so that a search in parts
/// prints what one whole run prints. Normalising twice changes nothing.
///
/// `on_query` is called once per record, in order, after its last byte went to `out`. When an error is returned, what
/// was written is to be thrown away.
///
/// # Errors
/// [`FastaError`] for what is wrong with the sequences, and of kind [`FastaErrorKind::Io`] for an error of `input`,
/// `out` or `on_query`.
pub fn normalise(
    input: impl Read,
    out: &mut impl Write,
    want: Want,
    limits: &Limits,
    on_query: &mut dyn FnMut(&QueryRecord) -> io::Result<()>,
) -> Result<QueryStats, FastaError> {
    let mut reader = open(input);
    let mut machine = Machine::new(out, want, limits, on_query);
    let mut block = vec![0; BLOCK];
    loop {
        match reader.read(&mut block) {
            Ok(0) => return machine.finish(),
            Ok(count) => machine.feed(&block[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if is_damaged(&error) => return Err(FastaError::whole(FastaErrorKind::BrokenGzip)),
            Err(error) => return Err(io_error(error)),
        }
    }
}
