//! Building a generation from FASTA: check everything first, run `makeblastdb`, believe only what was counted after it.

mod error;
mod headers;
mod info;
mod prepare;
mod run;
mod said;
mod taxids;
#[cfg(test)]
mod tests;
mod workplace;

pub use error::BuildError;
pub use prepare::Prepared;
pub use run::BuiltDatabase;

use super::manifest::Example;
use blastline_blast::program::Molecule;
use blastline_jobs::database_name::DatabaseName;
use std::path::PathBuf;

/// What a database is to be made from.
#[derive(Debug, Clone)]
pub struct BuildRequest {
    /// Name.
    pub name: DatabaseName,
    /// Title for people; it is written into the database as well.
    pub title: String,
    /// What it is good for, in a sentence.
    pub description: String,
    /// What the sequences are made of; found out where it is not said.
    pub molecule: Option<Molecule>,
    /// The sequences: FASTA, plain or gzip.
    pub fasta: PathBuf,
    /// Taxids: lines of a sequence's id and a taxid with a tab or blank between.
    pub taxid_map: Option<PathBuf>,
    /// The taxa, in the form of [`super::Taxonomy`].
    pub taxonomy: Option<PathBuf>,
    /// Whether hits can be named by organism though there is no taxonomy (titles with `OS=`).
    pub organisms_in_titles: bool,
    /// Where the data come from.
    pub source: String,
    /// Date or release of the source, as the source writes it; empty where it has none.
    pub source_date: String,
    /// Licence of the data.
    pub licence: String,
    /// Ready-made searches.
    pub examples: Vec<Example>,
}
