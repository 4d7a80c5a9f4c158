//! Damaged files are named, never a panic.

use super::support::{TestBlobs, block_on, export, query, store, write};
use crate::hits::join::ParquetJoin;
use crate::hits::{ExportRequest, Filter, HitStore, HitStoreError, Page, ParquetHitStore, PartFiles, Sort};
use blastline_jobs::ports::{Blobs, PutCondition};
use bytes::Bytes;
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;

fn part(dir: &Path) -> PartFiles {
    let all: Vec<_> = (0..4).map(|n| query(n, &[vec![n, 3], vec![9], vec![n * n]])).collect();
    write(dir, 0, &all).unwrap()
}

/// Reads in all ways; whatever comes, it comes back.
async fn read(files: &PartFiles, file: usize, bytes: Vec<u8>) -> Vec<HitStoreError> {
    let blobs = Arc::new(TestBlobs::default());
    let mut stored = store(&blobs, "job", files).await;
    let damaged = match file {
        0 => &mut stored.hits,
        1 => &mut stored.residues,
        _ => &mut stored.queries,
    };
    damaged.size_bytes = None;
    blobs.put(&damaged.path, Bytes::from(bytes), "", PutCondition::Overwrite).await.unwrap();
    let hit_store = ParquetHitStore::new(blobs);
    let page = Page { number: 1, size: 10 };
    let filter = Filter { query: Some(1), ..Filter::default() };
    let fresh = || hit_store.reader(vec![stored.clone()]).unwrap();
    let request = ExportRequest { queries: true, residues: true, ..ExportRequest::default() };
    [
        fresh().hits(&filter, Sort::default(), page).await.err(),
        fresh().alignments(&Filter::default(), Sort::default(), page).await.err(),
        fresh().queries(page, true).await.err(),
        export(&*fresh(), request).await.err(),
        hit_store.join(&[stored.clone()], tempfile::tempdir().unwrap().path()).await.err(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn expected(error: &HitStoreError) -> bool {
    matches!(
        error,
        HitStoreError::Corrupt { .. } | HitStoreError::TooLarge { .. } | HitStoreError::LocalFile { .. }
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cut_file_is_damaged(file in 0usize..3, at in 0.0f64..1.0) {
        let dir = tempfile::tempdir().unwrap();
        let files = part(dir.path());
        let bytes = std::fs::read([&files.hits, &files.residues, &files.queries][file]).unwrap();
        let cut = (bytes.len() as f64 * at) as usize;
        let errors = block_on(read(&files, file, bytes[..cut].to_vec()));
        prop_assert!(!errors.is_empty());
        prop_assert!(errors.iter().all(expected), "{errors:?}");
    }

    #[test]
    fn flipped_bytes_are_damaged_or_go_unseen(file in 0usize..3, at in 0.0f64..1.0, xor in 1u8..=255) {
        let dir = tempfile::tempdir().unwrap();
        let files = part(dir.path());
        let mut bytes = std::fs::read([&files.hits, &files.residues, &files.queries][file]).unwrap();
        let position = ((bytes.len() - 1) as f64 * at) as usize;
        bytes[position] ^= xor;
        let errors = block_on(read(&files, file, bytes));
        prop_assert!(errors.iter().all(expected), "{errors:?}");
    }
}

#[test]
fn files_of_another_program_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let files = part(dir.path());
    let swapped = PartFiles { hits: files.residues.clone(), ..files.clone() };
    let out = tempfile::tempdir().unwrap();
    let mut join = ParquetJoin::create(out.path()).unwrap();
    assert!(matches!(join.append(&swapped), Err(HitStoreError::Corrupt { .. })));
    let errors = block_on(read(&files, 0, std::fs::read(&files.queries).unwrap()));
    assert!(errors.iter().any(|e| matches!(e, HitStoreError::Corrupt { .. })));
}

#[test]
fn counts_with_another_digit_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let files = part(dir.path());
    let original = std::fs::read(&files.hits).unwrap();
    for (key, digit) in [("\"first_query\":", b'7'), ("\"queries\":", b'1'), ("\"hits\":", b'9')] {
        let mut bytes = original.clone();
        let at = bytes.windows(key.len()).position(|window| window == key.as_bytes()).unwrap() + key.len();
        bytes[at] = digit;
        let errors = block_on(read(&files, 0, bytes));
        assert!(!errors.is_empty() && errors.iter().all(expected), "{key} {errors:?}");
    }
}
