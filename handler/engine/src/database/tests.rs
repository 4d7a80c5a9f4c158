//! What the tests of databases share, and the tests of the whole way.

mod publish;
mod rigged;
mod whole;

pub(super) use rigged::Rigged;

use super::{Manifest, ManifestFile, digest};
use blastline_blast::program::Molecule;
use blastline_jobs::{
    memory::{ManualClock, MemoryBlobs, MemoryTables},
    ports::{Blobs, PutCondition},
};
use std::sync::Arc;
use time::OffsetDateTime;

/// A manifest with these files, whose blobs need not be there.
pub(super) fn manifest(name: &str, generation: &str, files: &[(&str, &[u8])]) -> Manifest {
    let file = |(name, bytes): &(&str, &[u8])| ManifestFile {
        name: (*name).to_owned(),
        size_bytes: bytes.len() as u64,
        sha256: digest::of_bytes(bytes),
    };
    Manifest {
        schema_version: Manifest::CURRENT,
        name: name.parse().unwrap(),
        generation: generation.parse().unwrap(),
        folder: "f0".to_owned(),
        title: "Slipper orchids".to_owned(),
        description: "Which orchid is this?".to_owned(),
        molecule: Molecule::Nucleotide,
        sequences: 1,
        letters: 4,
        blastdb_version: 5,
        files: files.iter().map(file).collect(),
        source: "a test".to_owned(),
        source_date: String::new(),
        licence: "CC0-1.0".to_owned(),
        created_at: OffsetDateTime::UNIX_EPOCH,
        has_taxonomy: false,
        has_organisms: false,
        examples: Vec::new(),
    }
}

pub(super) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(OffsetDateTime::UNIX_EPOCH))
}

/// Blobs in memory that count, fail, spoil and wait on demand.
pub(super) fn blobs() -> Rigged<MemoryBlobs> {
    Rigged::new(MemoryBlobs::ready(clock()))
}

/// Tables in memory that fail on demand.
pub(super) fn tables() -> Rigged<MemoryTables> {
    Rigged::new(MemoryTables::ready())
}

/// Stores the files of a manifest (not the manifest itself).
pub(super) async fn store(blobs: &dyn Blobs, manifest: &Manifest, files: &[(&str, &[u8])]) {
    for (file, (_, bytes)) in manifest.files.iter().zip(files) {
        let path = manifest.blob(file).unwrap();
        blobs.put(&path, bytes.to_vec().into(), "x/y", PutCondition::Overwrite).await.unwrap();
    }
}
