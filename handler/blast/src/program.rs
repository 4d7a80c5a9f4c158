//! The five BLAST+ programs and the molecules that they take.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a sequence is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Molecule {
    /// DNA or RNA, in IUPAC letters.
    Nucleotide,
    /// Amino acids, in IUPAC letters.
    Protein,
}

impl Molecule {
    /// The name used in JSON: `nucleotide` or `protein`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nucleotide => "nucleotide",
            Self::Protein => "protein",
        }
    }

    /// The other molecule.
    pub const fn other(self) -> Self {
        match self {
            Self::Nucleotide => Self::Protein,
            Self::Protein => Self::Nucleotide,
        }
    }
}

impl fmt::Display for Molecule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A BLAST+ search program. The name is that of the executable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Program {
    /// Nucleotides against nucleotides.
    Blastn,
    /// Proteins against proteins.
    Blastp,
    /// Translated nucleotides against proteins.
    Blastx,
    /// Proteins against translated nucleotides.
    Tblastn,
    /// Translated nucleotides against translated nucleotides.
    Tblastx,
}

impl Program {
    /// All programs, in the order in which a page lists them.
    pub const ALL: [Self; 5] = [Self::Blastn, Self::Blastp, Self::Blastx, Self::Tblastn, Self::Tblastx];

    /// The executable's name, which is also the name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blastn => "blastn",
            Self::Blastp => "blastp",
            Self::Blastx => "blastx",
            Self::Tblastn => "tblastn",
            Self::Tblastx => "tblastx",
        }
    }

    /// What the queries are made of.
    pub const fn query_molecule(self) -> Molecule {
        match self {
            Self::Blastn | Self::Blastx | Self::Tblastx => Molecule::Nucleotide,
            Self::Blastp | Self::Tblastn => Molecule::Protein,
        }
    }

    /// What the database is made of.
    pub const fn database_molecule(self) -> Molecule {
        match self {
            Self::Blastn | Self::Tblastn | Self::Tblastx => Molecule::Nucleotide,
            Self::Blastp | Self::Blastx => Molecule::Protein,
        }
    }

    /// Whether the query is translated before it is compared, so that its hits have a query frame.
    pub const fn translates_query(self) -> bool {
        matches!(self, Self::Blastx | Self::Tblastx)
    }

    /// Whether the database is translated before it is compared, so that its hits have a subject frame.
    pub const fn translates_subject(self) -> bool {
        matches!(self, Self::Tblastn | Self::Tblastx)
    }

    /// Whether residues are compared as amino acids, by a matrix.
    pub const fn compares_proteins(self) -> bool {
        !matches!(self, Self::Blastn)
    }

    /// The programs that take such a query and such a database, the usual one first.
    pub const fn fitting(query: Molecule, database: Molecule) -> &'static [Self] {
        match (query, database) {
            (Molecule::Nucleotide, Molecule::Nucleotide) => &[Self::Blastn, Self::Tblastx],
            (Molecule::Nucleotide, Molecule::Protein) => &[Self::Blastx],
            (Molecule::Protein, Molecule::Protein) => &[Self::Blastp],
            (Molecule::Protein, Molecule::Nucleotide) => &[Self::Tblastn],
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a BLAST program; one of blastn, blastp, blastx, tblastn, tblastx is needed")]
pub struct UnknownProgram;

impl FromStr for Program {
    type Err = UnknownProgram;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|program| program.as_str() == text).ok_or(UnknownProgram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways_and_are_the_json_names() {
        for program in Program::ALL {
            assert_eq!(program.as_str().parse::<Program>(), Ok(program));
            assert_eq!(serde_json::to_string(&program).unwrap(), format!("\"{program}\""));
        }
        assert_eq!("BLASTN".parse::<Program>(), Err(UnknownProgram));
        assert_eq!(serde_json::to_string(&Molecule::Protein).unwrap(), "\"protein\"");
    }

    #[test]
    fn each_program_fits_its_own_molecules_and_no_others() {
        for query in [Molecule::Nucleotide, Molecule::Protein] {
            for database in [Molecule::Nucleotide, Molecule::Protein] {
                for program in Program::ALL {
                    let takes = program.query_molecule() == query && program.database_molecule() == database;
                    assert_eq!(Program::fitting(query, database).contains(&program), takes, "{program}");
                }
            }
        }
    }

    #[test]
    fn only_blastn_compares_nucleotides() {
        for program in Program::ALL {
            let both_nucleotide =
                program.query_molecule() == Molecule::Nucleotide && !program.translates_query();
            assert_eq!(program.compares_proteins(), !both_nucleotide);
        }
    }
}
