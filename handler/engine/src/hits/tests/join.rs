//! Joined parts are the whole.

use super::support::{TestQuery, block_on, export, queries, query, reader, store, write};
use crate::hits::join::ParquetJoin;
use crate::hits::{ExportRequest, HitStore, HitStoreError, Page, ParquetHitStore, limits};
use proptest::prelude::*;

const ALL: ExportRequest = ExportRequest {
    filter: crate::hits::Filter {
        query: None,
        rank: None,
        subject_id: None,
        organism: None,
        min_identity: None,
        max_identity: None,
        min_bitscore: None,
        max_evalue: None,
        min_query_cover: None,
    },
    queries: true,
    residues: true,
};

async fn joined_equals_whole(queries: &[TestQuery], size: usize) {
    let (blobs, by_parts, mut parts) = reader(queries, size).await;
    let hit_store = ParquetHitStore::new(blobs.clone());
    let dir = tempfile::tempdir().unwrap();
    parts.reverse();
    let files = hit_store.join(&parts, dir.path()).await.unwrap();
    assert_eq!(files.counts, by_parts.totals());
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "scratch files are left: {left:?}");
    let whole = store(&blobs, "joined", &files).await;
    let joined = hit_store.reader(vec![whole]).unwrap();
    let (a, b) = (export(&*by_parts, ALL).await.unwrap(), export(&*joined, ALL).await.unwrap());
    assert_eq!(a, b);
    let page = Page { number: 1, size: 50 };
    let sort = crate::hits::Sort { by: crate::hits::SortBy::Identity, direction: None };
    let filter = crate::hits::Filter { query: Some(0), ..Default::default() };
    assert_eq!(
        by_parts.hits(&filter, sort, page).await.unwrap(),
        joined.hits(&filter, sort, page).await.unwrap()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn small_parts_join_to_the_whole(queries in queries(7, 6), size in 1usize..4) {
        block_on(joined_equals_whole(&queries, size));
    }
}

/// Parts above [`limits::COPY_ROWS`] rows are copied, the small one at the end is encoded anew.
#[tokio::test]
async fn large_parts_are_copied_and_join_to_the_whole() {
    let all: Vec<_> = (0..9u64)
        .map(|n| query(n, &(0..1500).map(|s| vec![n * 7 + s, s, s + n]).collect::<Vec<_>>()))
        .collect();
    assert!(all[..4].iter().map(|q| q.rows.len() as u64).sum::<u64>() > limits::COPY_ROWS);
    joined_equals_whole(&all, 4).await;
}

#[test]
fn a_gap_or_an_order_that_is_not_the_querys_is_refused() {
    let dirs: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let a = write(dirs[0].path(), 0, &[query(0, &[vec![1]])]).unwrap();
    let c = write(dirs[1].path(), 2, &[query(2, &[vec![1]])]).unwrap();
    let mut join = ParquetJoin::create(dirs[2].path()).unwrap();
    join.append(&a).unwrap();
    assert!(matches!(join.append(&c), Err(HitStoreError::NotContiguous { expected: 1, found: 2 })));
    assert!(matches!(join.append(&a), Err(HitStoreError::NotContiguous { expected: 1, found: 0 })));
}

#[test]
fn a_part_whose_counts_do_not_fit_is_refused() {
    let (dir, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut part = write(dir.path(), 0, &[query(0, &[vec![1]])]).unwrap();
    part.counts.hits += 1;
    let mut join = ParquetJoin::create(out.path()).unwrap();
    assert!(matches!(join.append(&part), Err(HitStoreError::Corrupt { .. })));
}
