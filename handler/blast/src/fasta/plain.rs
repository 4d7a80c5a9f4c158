//! Whole lines of plain nucleotides, as nearly all of a large file is: judged many bytes at once.

use memchr::{memchr, memrchr};

/// Letters that count as plain, in either case.
pub(super) const PLAIN: [u8; 5] = *b"ACGTN";

/// Bytes that are looked at in one go: what turns out not to be plain is read once more, letter by letter.
const PIECE: usize = 4096;

/// Bytes after which the counts of one byte each are added up: they cannot overflow before.
const BLOCK: usize = 240;

/// Lines that are taken as they are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlainLines {
    /// Bytes, line ends included.
    pub bytes: usize,
    /// Lines.
    pub lines: u64,
    /// How often each of [`PLAIN`] occurs.
    pub counts: [u64; 5],
}

/// The lines that `bytes` begins with, up to the next header: whole ones, each ended by LF and none empty, of plain
/// letters alone. Otherwise how many bytes are to be read in another way.
pub(super) fn plain_lines(bytes: &[u8]) -> Result<PlainLines, usize> {
    let piece = &bytes[..bytes.len().min(PIECE)];
    let piece = &piece[..memchr(b'>', piece).unwrap_or(piece.len())];
    let Some(last) = memrchr(b'\n', piece) else { return Err(0) };
    let piece = &piece[..=last];
    let (counts, lines) = count(piece);
    let others = piece.len() as u64 - counts.iter().sum::<u64>() - lines;
    if others > 0 || piece.starts_with(b"\n") || has_empty_line(piece) {
        return Err(piece.len());
    }
    Ok(PlainLines { bytes: piece.len(), lines, counts })
}

/// Whether two line ends follow each other. Looked at to the end, which takes many bytes at once.
fn has_empty_line(piece: &[u8]) -> bool {
    let pairs = piece.iter().zip(piece.iter().skip(1));
    pairs.fold(0_u8, |any, (one, next)| any | (u8::from(*one == b'\n') & u8::from(*next == b'\n'))) != 0
}

/// Occurrences of each plain letter and of LF. Each is counted by itself, which compilers turn into instructions on many
/// bytes at once; a table of counts would wait for itself at every repeated letter.
pub(super) fn count(piece: &[u8]) -> ([u64; 5], u64) {
    let (mut counts, mut lines) = ([0_u64; 5], 0_u64);
    for block in piece.chunks(BLOCK) {
        let (mut a, mut c, mut g, mut t, mut n, mut ends) = (0_u8, 0_u8, 0_u8, 0_u8, 0_u8, 0_u8);
        for &byte in block {
            let upper = byte & 0xdf;
            a += u8::from(upper == b'A');
            c += u8::from(upper == b'C');
            g += u8::from(upper == b'G');
            t += u8::from(upper == b'T');
            n += u8::from(upper == b'N');
            ends += u8::from(byte == b'\n');
        }
        for (sum, more) in counts.iter_mut().zip([a, c, g, t, n]) {
            *sum += u64::from(more);
        }
        lines += u64::from(ends);
    }
    (counts, lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Result<(usize, u64, [u64; 5]), usize> {
        plain_lines(text.as_bytes()).map(|lines| (lines.bytes, lines.lines, lines.counts))
    }

    #[test]
    fn whole_plain_lines_are_taken_up_to_the_next_header() {
        assert_eq!(plain("ACGTN\nacgtn\nAC"), Ok((12, 2, [2; 5])));
        assert_eq!(plain("A\nC\n>d A\nG\n"), Ok((4, 2, [1, 1, 0, 0, 0])));
        let long = format!("{}\n", "T".repeat(999)).repeat(10);
        assert_eq!(plain(&long), Ok((4000, 4, [0, 0, 0, 3996, 0])));
    }

    #[test]
    fn anything_else_is_left_to_be_read_letter_by_letter() {
        for (text, bytes) in [
            ("ACGT", 0),
            (">a\nACGT\n", 0),
            ("\nACGT\n", 6),
            ("AC\n\nGT\n", 7),
            ("AC\r\nGT\r\n", 8),
            ("AC GT\n", 6),
            ("ACRT\nA", 5),
            ("AC-T\n", 5),
            (";AC\n", 4),
        ] {
            assert_eq!(plain(text), Err(bytes), "{text:?}");
        }
    }
}
