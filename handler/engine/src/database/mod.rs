//! Databases: manifests, generations, building, publishing and the local cache.
//!
//! A database is a name with generations. A generation is a folder of files and a manifest under
//! `blast-db/{name}/{generation}/`; once its manifest is written nothing in it changes. The table `databases` points
//! at the live one. So a search that runs on a generation never sees another, whatever is published meanwhile.
//!
//! The way of a database: [`BuildRequest`] → [`install`] (checks the sequences, runs `makeblastdb`, uploads, switches)
//! → [`Catalogue::resolve`] → [`Cache::acquire`] → `BLASTDB=<dir> blastn -db <name>`.

mod build;
mod cache;
mod catalogue;
mod digest;
mod error;
mod install;
mod manifest;
mod publish;
mod row;
mod taxonomy;
#[cfg(test)]
mod tests;

pub use build::{BuildError, BuildRequest, BuiltDatabase, Prepared};
pub use cache::{Cache, CacheError, CachedDatabase};
pub use catalogue::Catalogue;
pub use error::DatabaseError;
pub use install::{InstallError, Installed, install};
pub use manifest::{Example, Manifest, ManifestFile, TAXONOMY_FILE};
pub use publish::{Publisher, Ticket};
pub use row::{DatabaseEntry, DatabaseState};
pub use taxonomy::{Taxon, Taxonomy, TaxonomyError};
