//! Which bytes may stand in a sequence. IUPAC-IUB codes, as BLAST+ 2.12 takes them: in nucleotides it drops
//! `X`, `*` and `.` with a remark, in proteins it takes every letter and `*`; `-` it drops in both.

/// What a byte is, within a line of residues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter that both alphabets have.
    Shared,
    /// A letter of proteins alone.
    ProteinOnly,
    /// An alignment gap, left out.
    Gap,
    /// A blank within a line, left out.
    Blank,
    /// A digit: left out where it belongs to a position number, as in sequences copied from GenBank.
    Digit,
    /// Nothing that belongs into a sequence.
    Illegal,
    /// A byte that no text has.
    Binary,
}

const fn class_of(byte: u8) -> Class {
    match byte.to_ascii_uppercase() {
        b'A' | b'C' | b'G' | b'T' | b'U' | b'N' | b'R' | b'Y' | b'K' | b'M' | b'S' | b'W' | b'B' | b'D'
        | b'H' | b'V' => Class::Shared,
        b'E' | b'F' | b'I' | b'J' | b'L' | b'O' | b'P' | b'Q' | b'X' | b'Z' | b'*' => Class::ProteinOnly,
        b'-' => Class::Gap,
        b' ' | b'\t' => Class::Blank,
        b'0'..=b'9' => Class::Digit,
        b'\n' | b'\r' => Class::Illegal,
        0..0x20 | 0x7f => Class::Binary,
        _ => Class::Illegal,
    }
}

static CLASSES: [Class; 256] = {
    let mut table = [Class::Illegal; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = class_of(byte as u8);
        byte += 1;
    }
    table
};

/// The class of a byte, by table.
#[inline]
pub(super) fn class(byte: u8) -> Class {
    CLASSES[byte as usize]
}

/// Nucleotide letters in words, for messages.
pub(super) const NUCLEOTIDE_LETTERS: &str = "A C G T U R Y K M S W B D H V N";
