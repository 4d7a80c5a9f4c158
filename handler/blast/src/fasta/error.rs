//! Why a set of queries was refused.
//!
//! `detail` says to a biologist what is wrong and where, `hint` what to do. Neither repeats a byte of the input other
//! than the name of a sequence (shortened) and one letter. `Display` is the detail.

use super::alphabet::NUCLEOTIDE_LETTERS;
use crate::program::{Molecule, Program};
use std::io;

/// A refused set of queries.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.detail())]
pub struct FastaError {
    /// What is wrong.
    pub kind: FastaErrorKind,
    /// Line of the (decompressed) input, from 1, where it is known.
    pub line: Option<u64>,
    /// Column in bytes, from 1, where it is known.
    pub column: Option<u64>,
}

/// What is wrong with a set of queries.
#[derive(Debug)]
pub enum FastaErrorKind {
    /// No byte at all.
    Empty,
    /// Blanks and comments, and nothing else.
    OnlyBlanks,
    /// Headers, and not a single residue.
    OnlyHeaders,
    /// One header is followed by no sequence.
    HeaderWithoutSequence {
        /// The sequence's name.
        name: String,
    },
    /// A character that has no meaning in such a sequence.
    IllegalLetter {
        /// The sequence's name.
        name: String,
        /// The character.
        letter: char,
        /// What the sequence is made of, where that is known.
        molecule: Option<Molecule>,
    },
    /// The sequences are not what the program takes.
    WrongMolecule {
        /// The first such sequence's name.
        name: String,
        /// What it is made of.
        found: Molecule,
        /// What the program takes.
        wanted: Molecule,
        /// Programs that would take it with the same kind of database.
        fits: Vec<Program>,
    },
    /// Nucleotides and proteins in one set.
    MixedMolecules {
        /// Name of the first sequence that differs from those before it.
        name: String,
        /// What that one is made of.
        found: Molecule,
        /// What those before it are made of.
        others: Molecule,
    },
    /// More sequences than are taken.
    TooManyQueries {
        /// Most that are taken.
        limit: u64,
    },
    /// More residues than are taken.
    TooManyLetters {
        /// Most that are taken.
        limit: u64,
    },
    /// More text than is taken.
    TooManyBytes {
        /// Most that are taken.
        limit: u64,
    },
    /// A header is longer than is taken.
    HeaderTooLong {
        /// Longest that is taken, in bytes.
        limit: u64,
    },
    /// A header that BLAST+ would misread.
    IllegalHeader {
        /// Why, as a half-sentence.
        reason: &'static str,
    },
    /// Sequencing reads with qualities.
    Fastq,
    /// No text (a compressed file other than gzip, a document, a picture).
    NotText,
    /// A gzip file that ends early or is damaged.
    BrokenGzip,
    /// Reading or writing failed; says nothing about the queries.
    Io(io::Error),
}

impl FastaError {
    pub(super) fn at(kind: FastaErrorKind, line: u64, column: u64) -> Self {
        Self { kind, line: Some(line), column: Some(column) }
    }

    pub(super) fn on_line(kind: FastaErrorKind, line: u64) -> Self {
        Self { kind, line: Some(line), column: None }
    }

    pub(super) fn whole(kind: FastaErrorKind) -> Self {
        Self { kind, line: None, column: None }
    }

    /// A stable name for programs, in snake case.
    pub const fn code(&self) -> &'static str {
        match &self.kind {
            FastaErrorKind::Empty => "empty",
            FastaErrorKind::OnlyBlanks => "only_blanks",
            FastaErrorKind::OnlyHeaders => "only_headers",
            FastaErrorKind::HeaderWithoutSequence { .. } => "header_without_sequence",
            FastaErrorKind::IllegalLetter { .. } => "illegal_letter",
            FastaErrorKind::WrongMolecule { .. } => "wrong_molecule",
            FastaErrorKind::MixedMolecules { .. } => "mixed_molecules",
            FastaErrorKind::TooManyQueries { .. } => "too_many_queries",
            FastaErrorKind::TooManyLetters { .. } => "too_many_letters",
            FastaErrorKind::TooManyBytes { .. } => "too_many_bytes",
            FastaErrorKind::HeaderTooLong { .. } => "header_too_long",
            FastaErrorKind::IllegalHeader { .. } => "illegal_header",
            FastaErrorKind::Fastq => "fastq",
            FastaErrorKind::NotText => "not_text",
            FastaErrorKind::BrokenGzip => "broken_gzip",
            FastaErrorKind::Io(_) => "io",
        }
    }

    /// Whether the sequences are at fault, so that another attempt with the same bytes is in vain.
    pub const fn is_input_fault(&self) -> bool {
        !matches!(self.kind, FastaErrorKind::Io(_))
    }

    /// What is wrong, in a sentence.
    pub fn detail(&self) -> String {
        let place = self.place();
        match &self.kind {
            FastaErrorKind::Empty => "There is no sequence: the input is empty.".to_owned(),
            FastaErrorKind::OnlyBlanks => "There is no sequence: the input has only blank lines.".to_owned(),
            FastaErrorKind::OnlyHeaders => "There are headers but no sequence below them.".to_owned(),
            FastaErrorKind::HeaderWithoutSequence { name } => {
                format!("“{}” has a header{place} but no sequence below it.", brief(name))
            }
            FastaErrorKind::IllegalLetter { name, letter, molecule } => {
                let what = match molecule {
                    Some(Molecule::Nucleotide) => "not a nucleotide",
                    Some(Molecule::Protein) => "not an amino acid",
                    None => "neither a nucleotide nor an amino acid",
                };
                format!("“{}” has {}{place}, which is {what}.", brief(name), shown(*letter))
            }
            FastaErrorKind::WrongMolecule { name, found, wanted, .. } => format!(
                "“{}”{place} is a {found} sequence, but this program takes {wanted} sequences.",
                brief(name)
            ),
            FastaErrorKind::MixedMolecules { name, found, others } => format!(
                "“{}”{place} is a {found} sequence, while those before it are {others} sequences.",
                brief(name)
            ),
            FastaErrorKind::TooManyQueries { limit } => format!("There are more than {limit} sequences."),
            FastaErrorKind::TooManyLetters { limit } => {
                format!("The sequences have more than {limit} letters in all.")
            }
            FastaErrorKind::TooManyBytes { limit } => format!("The text is longer than {limit} bytes."),
            FastaErrorKind::HeaderTooLong { limit } => {
                format!("The header{place} is longer than {limit} bytes.")
            }
            FastaErrorKind::IllegalHeader { reason } => format!("The header{place} {reason}."),
            FastaErrorKind::Fastq => "This is FASTQ (reads with qualities), not FASTA.".to_owned(),
            FastaErrorKind::NotText => format!("This is not a text file{place}."),
            FastaErrorKind::BrokenGzip => "The gzip file is damaged or incomplete.".to_owned(),
            FastaErrorKind::Io(_) => "The sequences could not be read or stored.".to_owned(),
        }
    }

    /// What to do about it, in a sentence.
    pub fn hint(&self) -> String {
        match &self.kind {
            FastaErrorKind::Empty | FastaErrorKind::OnlyBlanks => {
                "Paste a sequence, or choose a FASTA file.".to_owned()
            }
            FastaErrorKind::OnlyHeaders | FastaErrorKind::HeaderWithoutSequence { .. } => {
                "Add the residues on the lines below the header, or remove the header.".to_owned()
            }
            FastaErrorKind::IllegalLetter { letter, molecule, .. } => letter_hint(*letter, *molecule),
            FastaErrorKind::WrongMolecule { fits, .. } => match fits.as_slice() {
                [] => "Choose a program that takes such sequences.".to_owned(),
                programs => {
                    let names: Vec<_> = programs.iter().map(Program::to_string).collect();
                    format!("Use {} for them, or choose other sequences.", names.join(" or "))
                }
            },
            FastaErrorKind::MixedMolecules { .. } => {
                "Search nucleotide and protein sequences separately.".to_owned()
            }
            FastaErrorKind::TooManyQueries { .. }
            | FastaErrorKind::TooManyLetters { .. }
            | FastaErrorKind::TooManyBytes { .. } => "Search them in several jobs.".to_owned(),
            FastaErrorKind::HeaderTooLong { .. } => {
                "Shorten it. If it is a sequence, the line end after the header is missing.".to_owned()
            }
            FastaErrorKind::IllegalHeader { .. } => {
                "Give the sequence a plain name, such as “>sample_1”.".to_owned()
            }
            FastaErrorKind::Fastq => "Convert it to FASTA first, for example with “seqtk seq -A”.".to_owned(),
            FastaErrorKind::NotText => {
                "Give plain FASTA text, as it is or compressed with gzip; export documents as text."
                    .to_owned()
            }
            FastaErrorKind::BrokenGzip => {
                "Check it with “gzip -t”, and transfer it again if that fails.".to_owned()
            }
            FastaErrorKind::Io(_) => "Try again.".to_owned(),
        }
    }

    fn place(&self) -> String {
        match (self.line, self.column) {
            (Some(line), Some(column)) => format!(" in line {line}, column {column}"),
            (Some(line), None) => format!(" in line {line}"),
            _ => String::new(),
        }
    }
}

fn letter_hint(letter: char, molecule: Option<Molecule>) -> String {
    match (letter, molecule) {
        ('>', _) => "A header must begin on its own line.".to_owned(),
        ('.', _) => "Remove the dots; unknown residues are N in nucleotides and X in proteins.".to_owned(),
        ('X' | 'x', Some(Molecule::Nucleotide)) => "Write unknown or masked nucleotides as N.".to_owned(),
        (_, Some(Molecule::Nucleotide)) => format!("Nucleotides are {NUCLEOTIDE_LETTERS}; N stands for any."),
        _ => "Remove it, or write N (nucleotides) or X (proteins) where a residue is unknown.".to_owned(),
    }
}

/// A character for a sentence: visible ones as they are, others by their code.
fn shown(letter: char) -> String {
    if letter.is_ascii_graphic() {
        format!("“{letter}”")
    } else {
        format!("the character U+{:04X}", u32::from(letter))
    }
}

/// A name for a sentence: at most 60 characters.
fn brief(name: &str) -> String {
    match name.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
