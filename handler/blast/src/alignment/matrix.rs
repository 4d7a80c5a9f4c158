//! Scores of pairs of amino acids.

use super::{blosum, pam};
use std::str::FromStr;

/// Rows and columns of a matrix.
pub(super) const ORDER: &[u8; 25] = b"ARNDCQEGHILKMFPSTWYVBJZX*";

pub(super) type Scores = [[i8; 25]; 25];

/// Position of each letter in [`ORDER`]; 25 for a letter without scores (U and O among them: BLAST+ 2.12 prints no
/// mark for such a pair).
static POSITION: [u8; 256] = {
    let mut table = [25_u8; 256];
    let mut index = 0;
    while index < ORDER.len() {
        table[ORDER[index] as usize] = index as u8;
        table[ORDER[index].to_ascii_lowercase() as usize] = index as u8;
        index += 1;
    }
    table
};

/// A protein matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Matrix {
    /// BLOSUM45, for distant relatives.
    Blosum45,
    /// BLOSUM50.
    Blosum50,
    /// BLOSUM62, the usual one.
    Blosum62,
    /// BLOSUM80.
    Blosum80,
    /// BLOSUM90, for close relatives.
    Blosum90,
    /// PAM30, for short or very close ones.
    Pam30,
    /// PAM70.
    Pam70,
    /// PAM250, for very distant ones.
    Pam250,
}

/// There is no such matrix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a matrix that BLAST+ has")]
pub struct UnknownMatrix;

impl Matrix {
    /// All matrices.
    pub const ALL: [Self; 8] = [
        Self::Blosum45,
        Self::Blosum50,
        Self::Blosum62,
        Self::Blosum80,
        Self::Blosum90,
        Self::Pam30,
        Self::Pam70,
        Self::Pam250,
    ];

    /// The name that BLAST+ takes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blosum45 => "BLOSUM45",
            Self::Blosum50 => "BLOSUM50",
            Self::Blosum62 => "BLOSUM62",
            Self::Blosum80 => "BLOSUM80",
            Self::Blosum90 => "BLOSUM90",
            Self::Pam30 => "PAM30",
            Self::Pam70 => "PAM70",
            Self::Pam250 => "PAM250",
        }
    }

    const fn scores(self) -> &'static Scores {
        match self {
            Self::Blosum45 => &blosum::BLOSUM45,
            Self::Blosum50 => &blosum::BLOSUM50,
            Self::Blosum62 => &blosum::BLOSUM62,
            Self::Blosum80 => &blosum::BLOSUM80,
            Self::Blosum90 => &blosum::BLOSUM90,
            Self::Pam30 => &pam::PAM30,
            Self::Pam70 => &pam::PAM70,
            Self::Pam250 => &pam::PAM250,
        }
    }

    /// Score of a pair of residues in either case; `None` where one of them has none (a gap, U, O).
    pub fn score(self, one: u8, other: u8) -> Option<i8> {
        let row = self.scores().get(usize::from(POSITION[usize::from(one)]))?;
        row.get(usize::from(POSITION[usize::from(other)])).copied()
    }
}

impl FromStr for Matrix {
    type Err = UnknownMatrix;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|matrix| matrix.as_str() == text).ok_or(UnknownMatrix)
    }
}
