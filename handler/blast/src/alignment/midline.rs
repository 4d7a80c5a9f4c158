//! The line between two aligned sequences.

use super::matrix::Matrix;
use crate::program::Program;

/// The line that BLAST+ prints between query and subject. Nucleotides: `|` for equal letters. Proteins, translated
/// ones included: the letter where both are equal (also `*` and `X`), `+` where the matrix scores the pair above
/// zero, a blank otherwise. As long as the shorter sequence; a matrix of another name counts as BLOSUM62, as in
/// BLAST+ when none is given.
pub fn midline(program: Program, matrix: Option<&str>, qseq: &str, sseq: &str) -> String {
    let mut line = String::with_capacity(qseq.len());
    let matrix = program
        .compares_proteins()
        .then(|| matrix.and_then(|name| name.parse().ok()).unwrap_or(Matrix::Blosum62));
    push_midline(&mut line, matrix, qseq.as_bytes(), sseq.as_bytes());
    line
}

/// Appends a midline; `matrix` is `None` for nucleotides.
pub fn push_midline(line: &mut String, matrix: Option<Matrix>, qseq: &[u8], sseq: &[u8]) {
    line.extend(qseq.iter().zip(sseq).map(|(&q, &s)| {
        let equal = q.eq_ignore_ascii_case(&s) && q != b'-';
        match matrix {
            None if equal => '|',
            Some(_) if equal && q.is_ascii() => char::from(q.to_ascii_uppercase()),
            Some(matrix) if matrix.score(q, s).is_some_and(|score| score > 0) => '+',
            _ => ' ',
        }
    }));
}
