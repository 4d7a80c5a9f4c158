//! Why a database was not built. What lies in the sequences is told with the line, in a biologist's words.

use super::super::{
    TaxonomyError,
    error::{io_class, io_fault, is_disk_full},
};
use blastline_blast::fasta::FastaError;
use blastline_jobs::{
    error_code::{ErrorCode, Fault},
    retry::RetryClass,
};
use std::io;

/// A database that was not built. `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The FASTA text is wrong.
    #[error("sequences: {0}")]
    Fasta(#[source] FastaError),
    /// Two sequences have the same name. BLAST takes no notice of letter case in names.
    #[error("id {id} is in lines {first_line:?} and {line:?}")]
    DuplicateId {
        /// The name.
        id: String,
        /// Line of the first one, where it was found.
        first_line: Option<u64>,
        /// Line of the next one, where it was found.
        line: Option<u64>,
    },
    /// A sequence's name is longer than BLAST takes.
    #[error("id {id} in line {line:?} has {length} characters")]
    IdTooLong {
        /// The name.
        id: String,
        /// Its length in characters.
        length: usize,
        /// Its line, where it was found.
        line: Option<u64>,
    },
    /// A sequence's name is none that BLAST takes.
    #[error("id {id} in line {line:?} is refused")]
    IdRefused {
        /// The name.
        id: String,
        /// Its line, where it was found.
        line: Option<u64>,
    },
    /// A line of the taxid map is wrong.
    #[error("taxid map, line {line}: {problem}")]
    TaxidMap {
        /// Line, from 1.
        line: u64,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The taxonomy is wrong.
    #[error(transparent)]
    Taxonomy(#[from] TaxonomyError),
    /// A BLAST+ program is not there or cannot be started.
    #[error("{program} cannot be started: {cause}")]
    NotInstalled {
        /// The program.
        program: &'static str,
        /// Why.
        cause: String,
    },
    /// A BLAST+ program was killed.
    #[error("{program} was ended by signal {signal}")]
    Interrupted {
        /// The program.
        program: &'static str,
        /// The signal.
        signal: i32,
    },
    /// A BLAST+ program did not get the memory it wanted.
    #[error("{program} ran out of memory: {said}")]
    OutOfMemory {
        /// The program.
        program: &'static str,
        /// Its words.
        said: String,
    },
    /// The disk is full.
    #[error("{program} met a full disk: {said}")]
    DiskFull {
        /// The program.
        program: &'static str,
        /// Its words.
        said: String,
    },
    /// A BLAST+ program refused for a reason of its own.
    #[error("{program} ended with {code:?}: {said}")]
    Refused {
        /// The program.
        program: &'static str,
        /// Its exit code.
        code: Option<i32>,
        /// Its words, without local paths.
        said: String,
    },
    /// The database that came out does not hold what went in.
    #[error("{went_in:?} sequences and letters went in, {came_out:?} came out: {said}")]
    Differs {
        /// Sequences and letters that were read.
        went_in: (u64, u64),
        /// Sequences and letters that BLAST+ tells of the database.
        came_out: Option<(u64, u64)>,
        /// What `makeblastdb` remarked.
        said: String,
    },
    /// A local file failed.
    #[error("local file: {0}")]
    LocalFile(#[from] io::Error),
}

impl BuildError {
    /// Whether the sequences (or what came with them) are at fault, so that the same bytes are refused again.
    pub fn is_input_fault(&self) -> bool {
        match self {
            Self::Fasta(error) => error.is_input_fault(),
            Self::Taxonomy(error) => matches!(error, TaxonomyError::Line { .. }),
            Self::DuplicateId { .. }
            | Self::IdTooLong { .. }
            | Self::IdRefused { .. }
            | Self::TaxidMap { .. }
            | Self::Refused { .. }
            | Self::Differs { .. } => true,
            Self::NotInstalled { .. }
            | Self::Interrupted { .. }
            | Self::OutOfMemory { .. }
            | Self::DiskFull { .. }
            | Self::LocalFile(_) => false,
        }
    }

    /// Whether and why trying again may help.
    pub fn retry_class(&self) -> RetryClass {
        match self {
            Self::OutOfMemory { .. } | Self::DiskFull { .. } => RetryClass::Capacity,
            Self::LocalFile(error) => io_class(error),
            _ if self.is_input_fault() => RetryClass::Permanent,
            Self::Fasta(_)
            | Self::Taxonomy(_)
            | Self::DuplicateId { .. }
            | Self::IdTooLong { .. }
            | Self::IdRefused { .. }
            | Self::TaxidMap { .. }
            | Self::Refused { .. }
            | Self::Differs { .. }
            | Self::NotInstalled { .. }
            | Self::Interrupted { .. } => RetryClass::Transient,
        }
    }

    /// What a person is told.
    pub fn fault(&self) -> Fault {
        let input = |detail: String| Fault::new(ErrorCode::InvalidQueryFasta, detail);
        match self {
            Self::Fasta(error) if !error.is_input_fault() => {
                Fault::new(ErrorCode::InternalError, "The sequences could not be read or stored.")
            }
            Self::Fasta(error) => input(error.detail()).with_hint(error.hint()),
            Self::DuplicateId { id, first_line, line } => input(format!(
                "Two sequences have the name “{}”{}{}. Capital and small letters count as the same.",
                brief(id),
                first_line.map(|line| format!(": line {line}")).unwrap_or_default(),
                line.map(|line| format!(" and line {line}")).unwrap_or_default()
            ))
            .with_hint("Give each sequence a name of its own, for example by adding a number."),
            Self::IdTooLong { id, length, line } => input(format!(
                "The name “{}”{} has {length} characters; BLAST takes 50.",
                brief(id),
                at(*line)
            ))
            .with_hint("Shorten the first word after “>”; what follows it may stay."),
            Self::IdRefused { id, line } => {
                input(format!("BLAST does not take “{}”{} as the name of a sequence.", brief(id), at(*line)))
                    .with_hint("Use letters, digits, “_”, “-” and “.” in the first word after “>”.")
            }
            Self::TaxidMap { line, problem } => {
                input(format!("Line {line} of the taxid map is wrong: {problem}."))
                    .with_hint("Each line is a sequence's name, a tab, and a taxid.")
            }
            Self::Taxonomy(TaxonomyError::Line { line, problem }) => {
                input(format!("Line {line} of the taxonomy is wrong: {problem}."))
                    .with_hint("Each line is taxid, parent, rank and name, with tabs between.")
            }
            Self::Taxonomy(TaxonomyError::Io(error)) | Self::LocalFile(error) => io_fault(error),
            Self::NotInstalled { program, .. } => Fault::new(
                ErrorCode::BlastUnavailable,
                format!("{program} is not installed on this machine."),
            ),
            Self::Interrupted { program, .. } => {
                Fault::new(ErrorCode::BlastInterrupted, format!("{program} was ended from outside."))
            }
            Self::OutOfMemory { program, .. } => Fault::new(
                ErrorCode::BlastOutOfMemory,
                format!("{program} needs more memory than it may use."),
            )
            .with_hint("Make a database of fewer sequences."),
            Self::DiskFull { .. } => {
                Fault::new(ErrorCode::DiskFull, "The disk ran full while the database was made.")
            }
            Self::Refused { said, .. } => input(format!("BLAST+ refused the sequences: {said}")),
            Self::Differs { went_in, came_out, .. } => input(match came_out {
                Some(out) => format!(
                    "{} sequences with {} letters went in, but the database has {} with {}.",
                    went_in.0, went_in.1, out.0, out.1
                ),
                None => "The database that was made cannot be read.".to_owned(),
            })
            .with_hint("Check the sequences for characters that BLAST does not know."),
        }
    }
}

impl From<FastaError> for BuildError {
    fn from(error: FastaError) -> Self {
        use blastline_blast::fasta::FastaErrorKind;
        match error.kind {
            FastaErrorKind::Io(error) if is_disk_full(&error) => Self::LocalFile(error),
            kind => Self::Fasta(FastaError { kind, ..error }),
        }
    }
}

fn at(line: Option<u64>) -> String {
    line.map(|line| format!(" in line {line}")).unwrap_or_default()
}

/// A name for a sentence: at most 60 characters.
fn brief(name: &str) -> String {
    match name.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
