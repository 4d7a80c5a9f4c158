use std::io;

/// Why hits could not be read from an archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Reading failed.
    #[error("the archive could not be read")]
    Io(#[from] io::Error),
    /// It holds what is not read here; `blast_formatter` may.
    #[error("the archive holds what is not read here: {0}")]
    Foreign(&'static str),
    /// It ends in the middle.
    #[error("the archive is cut off")]
    CutOff,
}
