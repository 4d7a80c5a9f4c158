//! The manifest of a generation: what it is and which files it has. Written last, so that a generation with a
//! manifest is whole.

use super::DatabaseError;
use blastline_blast::program::{Molecule, Program};
use blastline_jobs::{
    blob_path::{BlobPath, BlobPathError},
    database_name::{DatabaseName, DatabaseRef, Generation},
    names::Container,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// The form written today.
const SCHEMA_VERSION: u32 = 1;

/// Largest manifest that is read, in bytes: room for more files than NCBI's largest database has volumes.
pub(super) const MAX_MANIFEST_BYTES: u64 = 16 << 20;

/// Name of the taxonomy file of a generation that has one, see [`super::Taxonomy`].
pub const TAXONOMY_FILE: &str = "taxonomy.tsv";

/// A generation of a database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Form of this document, 1.
    pub schema_version: u32,
    /// Name of the database, and of its files before the dot.
    pub name: DatabaseName,
    /// Generation.
    pub generation: Generation,
    /// Folder of the files below the generation's. A build that lost against another one of the same content had its
    /// own, so that the two never mixed.
    pub folder: String,
    /// Title for people.
    pub title: String,
    /// What it is good for, in a sentence.
    pub description: String,
    /// What the sequences are made of.
    pub molecule: Molecule,
    /// Number of sequences.
    pub sequences: u64,
    /// Residues in all sequences.
    pub letters: u64,
    /// Version of the BLAST database format.
    pub blastdb_version: u8,
    /// The files, by name.
    pub files: Vec<ManifestFile>,
    /// Where the data come from.
    pub source: String,
    /// Date or release of the source, as the source writes it; empty where it has none.
    pub source_date: String,
    /// Licence of the data.
    pub licence: String,
    /// When it was built.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Whether [`TAXONOMY_FILE`] is among the files and sequences carry taxids.
    pub has_taxonomy: bool,
    /// Whether hits can be named by organism, by taxonomy or by title.
    pub has_organisms: bool,
    /// Ready-made searches.
    #[serde(default)]
    pub examples: Vec<Example>,
}

/// A file of a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Name, without a folder.
    pub name: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// SHA-256, 64 hex digits.
    pub sha256: String,
}

/// A ready-made search with a recognisable answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Stable id, for example `which-orchid`.
    pub id: String,
    /// The question, for example "Which orchid is this?".
    pub title: String,
    /// What is searched against what.
    pub description: String,
    /// Program.
    pub program: Program,
    /// FASTA text.
    pub query: String,
    /// What a correct search finds, in a sentence.
    pub answer: String,
}

impl Manifest {
    /// The form written today, for builders.
    pub(super) const CURRENT: u32 = SCHEMA_VERSION;

    /// Which database in which version this is.
    pub fn database(&self) -> DatabaseRef {
        DatabaseRef { name: self.name.clone(), generation: self.generation.clone() }
    }

    /// Bytes of all files together.
    pub fn size_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size_bytes).sum()
    }

    /// This generation with the texts and examples of another description of it.
    pub(super) fn described_by(&self, texts: &Self) -> Self {
        let texts = texts.clone();
        Self {
            title: texts.title,
            description: texts.description,
            source: texts.source,
            source_date: texts.source_date,
            licence: texts.licence,
            has_organisms: texts.has_organisms,
            examples: texts.examples,
            ..self.clone()
        }
    }

    /// Where a file of this generation lies.
    pub fn blob(&self, file: &ManifestFile) -> Result<BlobPath, BlobPathError> {
        BlobPath::new(
            Container::BlastDb,
            format!("{}/{}/{}/{}", self.name, self.generation, self.folder, file.name),
        )
    }

    /// Where the manifest of a generation lies.
    pub fn path(database: &DatabaseRef) -> Result<BlobPath, BlobPathError> {
        BlobPath::new(Container::BlastDb, format!("{}/{}/manifest.json", database.name, database.generation))
    }

    /// Reads a manifest and checks that it is that of `database` and that its file names cannot leave a folder.
    pub fn from_json(bytes: &[u8], database: &DatabaseRef) -> Result<Self, DatabaseError> {
        let corrupt = |cause: String| DatabaseError::DamagedManifest { database: database.clone(), cause };
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| corrupt(error.to_string()))?;
        match manifest.problem(database) {
            None => Ok(manifest),
            Some(problem) => Err(corrupt(problem)),
        }
    }

    fn problem(&self, database: &DatabaseRef) -> Option<String> {
        if self.schema_version != SCHEMA_VERSION {
            return Some(format!("form {} is not known", self.schema_version));
        }
        if self.database() != *database {
            return Some(format!("it is that of {}", self.database()));
        }
        if self.folder.is_empty() || !self.folder.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Some("the folder's name is not allowed".to_owned());
        }
        if self.files.is_empty() {
            return Some("it lists no files".to_owned());
        }
        let mut names = BTreeSet::new();
        self.files.iter().find_map(|file| {
            let hash = file.sha256.len() == 64 && file.sha256.bytes().all(|b| b.is_ascii_hexdigit());
            let fine = hash && is_file_name(&file.name) && names.insert(&file.name);
            (!fine).then(|| {
                format!("file `{}` is twice there or has no good name or hash", file.name.escape_debug())
            })
        })
    }
}

/// Letters, digits, `_`, `-` and `.`, not beginning with a dot: such a name stays in its folder.
fn is_file_name(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::super::tests::manifest;
    use super::*;

    #[test]
    fn a_manifest_reads_back() {
        let manifest = manifest("orchids", "00ff", &[("orchids.nsq", b"ACGT")]);
        let json = serde_json::to_vec(&manifest).unwrap();
        assert_eq!(Manifest::from_json(&json, &manifest.database()).unwrap(), manifest);
        let blob = manifest.blob(&manifest.files[0]).unwrap();
        assert_eq!(blob.to_string(), "blast-db/orchids/00ff/f0/orchids.nsq");
        assert_eq!(
            Manifest::path(&manifest.database()).unwrap().to_string(),
            "blast-db/orchids/00ff/manifest.json"
        );
    }

    #[test]
    fn a_file_name_that_leaves_the_folder_is_damage() {
        let good = manifest("orchids", "00ff", &[("orchids.nsq", b"ACGT")]);
        let spoilt = |spoil: &dyn Fn(&mut Manifest)| {
            let mut manifest = good.clone();
            spoil(&mut manifest);
            Manifest::from_json(&serde_json::to_vec(&manifest).unwrap(), &good.database())
        };
        for name in ["../x", "/x", "a/b", ".x", "", "a\0", "a b"] {
            assert!(spoilt(&|m| m.files[0].name = name.to_owned()).is_err(), "{name:?}");
        }
        assert!(spoilt(&|m| m.folder = "..".to_owned()).is_err());
        assert!(spoilt(&|m| m.files[0].sha256.truncate(63)).is_err());
        assert!(spoilt(&|m| m.files.push(m.files[0].clone())).is_err());
        assert!(spoilt(&|m| m.files.clear()).is_err());
        assert!(spoilt(&|m| m.generation = "00fe".parse().unwrap()).is_err());
        assert!(spoilt(&|m| m.schema_version = 2).is_err());
        assert!(Manifest::from_json(b"{}", &good.database()).is_err());
    }
}
