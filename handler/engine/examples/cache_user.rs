//! A process that uses the cache of databases until it is killed, for the tests of `database::cache`:
//! `cache_user <dir> <seed>` takes one of five generations after the other, proves every file while it holds it, and
//! prints a line each time. Anything that is not whole ends it with a message.

use blastline_blast::program::Molecule;
use blastline_engine::database::{Cache, CacheError, Manifest, ManifestFile};
use blastline_jobs::{
    memory::{ManualClock, MemoryBlobs},
    ports::{Blobs, PutCondition},
};
use sha2::{Digest, Sha256};
use std::{error::Error, path::PathBuf, sync::Arc};
use time::OffsetDateTime;

/// Files of a generation.
const FILES: u8 = 4;
/// Bytes of a file: large enough that a kill often falls into a download.
const FILE_BYTES: usize = 1 << 17;
/// Generations that fit at once, of five.
const ROOM: u64 = 3;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let dir = PathBuf::from(args.next().ok_or("a directory is missing")?);
    let mut state: u64 = args.next().ok_or("a seed is missing")?.parse()?;
    let blobs = MemoryBlobs::ready(Arc::new(ManualClock::at(OffsetDateTime::UNIX_EPOCH)));
    let mut generations = Vec::new();
    for generation in 0..5 {
        generations.push(store(&blobs, generation).await?);
    }
    let cache = Cache::new(dir, ROOM * generations[0].size_bytes());
    loop {
        // Knuth's linear congruential generator (MMIX): enough to vary the order.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let manifest = &generations[usize::try_from((state >> 33) % 5)?];
        match cache.acquire(manifest, &blobs).await {
            Ok(cached) => {
                for file in &manifest.files {
                    let bytes = std::fs::read(cached.dir().join(&file.name))?;
                    if hex::encode(Sha256::digest(bytes)) != file.sha256 {
                        return Err(format!("{} of {} is damaged", file.name, manifest.generation).into());
                    }
                }
                println!("used {}", manifest.generation);
            }
            Err(CacheError::NoRoom { .. } | CacheError::Contended(_)) => println!("no room"),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Stores a made-up generation.
async fn store(blobs: &MemoryBlobs, generation: u8) -> Result<Manifest, Box<dyn Error>> {
    let body = |file: u8| vec![generation * FILES + file; FILE_BYTES];
    let files = (0..FILES).map(|file| ManifestFile {
        name: format!("x.{file}"),
        size_bytes: FILE_BYTES as u64,
        sha256: hex::encode(Sha256::digest(body(file))),
    });
    let manifest = Manifest {
        schema_version: 1,
        name: "x".parse()?,
        generation: format!("g{generation}").parse()?,
        folder: "f".to_owned(),
        title: String::new(),
        description: String::new(),
        molecule: Molecule::Nucleotide,
        sequences: 1,
        letters: 1,
        blastdb_version: 5,
        files: files.collect(),
        source: String::new(),
        source_date: String::new(),
        licence: String::new(),
        created_at: OffsetDateTime::UNIX_EPOCH,
        has_taxonomy: false,
        has_organisms: false,
        examples: Vec::new(),
    };
    for (file, number) in manifest.files.iter().zip(0..) {
        blobs.put(&manifest.blob(file)?, body(number).into(), "x/y", PutCondition::Overwrite).await?;
    }
    Ok(manifest)
}
