//! Lists of queries, limits, and what a read costs.

use super::support::{query, reader, write};
use crate::hits::{
    ExportItem, ExportRequest, Filter, HitStoreError, Origin, Page, ParquetHitStore, QueryHead, Sort, SortBy,
    limits,
};
use crate::hits::{HitReader, HitStore};
use futures::StreamExt;
use std::sync::atomic::Ordering;

const FIRST: Page = Page { number: 1, size: 3 };

#[tokio::test]
async fn queries_are_listed_in_input_order_over_parts() {
    let queries: Vec<_> = (0..7).map(|n| query(n, if n % 3 == 1 { &[] } else { &[][..] })).collect();
    let with: Vec<_> = (0..7)
        .map(|n| if n % 2 == 0 { query(n, &[vec![n + 1], vec![5, 6]]) } else { queries[n as usize].clone() })
        .collect();
    let (_, reader, _) = reader(&with, 2).await;
    let page = reader.queries(Page { number: 2, size: 3 }, false).await.unwrap();
    assert_eq!(page.queries.iter().map(|q| q.query).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!((page.total, page.without_hits), (7, 3));
    let best = page.queries[1].best.as_ref().unwrap();
    assert_eq!((best.subject_id.as_str(), best.bitscore), ("S5.1", 25.0));
    assert_eq!((page.queries[1].hits, page.queries[1].alignments), (2, 3));
    assert_eq!(page.queries[0].best, None);
    let empty = reader.queries(Page { number: 2, size: 2 }, true).await.unwrap();
    assert_eq!(empty.queries.iter().map(|q| q.query).collect::<Vec<_>>(), [5]);
    assert!(matches!(reader.query(7).await, Err(HitStoreError::UnknownQuery { query: 7 })));
}

#[tokio::test]
async fn a_gap_between_finished_parts_is_no_fault_and_an_overlap_is() {
    let all: Vec<_> = (0..6).map(|n| query(n, &[vec![n]])).collect();
    let (blobs, _, mut parts) = reader(&all, 2).await;
    let double = vec![parts[0].clone(), parts[0].clone()];
    parts.remove(1);
    let store = ParquetHitStore::new(blobs);
    let reader = store.reader(parts).unwrap();
    let page = reader.hits(&Filter::default(), Sort::default(), Page { number: 1, size: 50 }).await.unwrap();
    assert_eq!(page.hits.iter().map(|h| h.query).collect::<Vec<_>>(), [0, 1, 4, 5]);
    let filter = Filter { query: Some(2), ..Filter::default() };
    assert!(matches!(
        reader.hits(&filter, Sort::default(), FIRST).await,
        Err(HitStoreError::UnknownQuery { .. })
    ));
    assert!(matches!(store.reader(double), Err(HitStoreError::NotContiguous { .. })));
}

#[tokio::test]
async fn a_part_without_any_hit_is_read_like_others() {
    let (_, reader, _) = reader(&[query(0, &[])], 1).await;
    let page =
        reader.hits(&Filter::default(), Sort { by: SortBy::Evalue, direction: None }, FIRST).await.unwrap();
    assert_eq!((page.hits.len(), page.total, page.filtered), (0, 0, 0));
    assert_eq!(reader.queries(FIRST, true).await.unwrap().queries.len(), 1);
}

#[tokio::test]
async fn a_sorted_page_too_deep_is_refused_and_an_unsorted_one_is_not() {
    let (_, reader, _) = reader(&[query(0, &[vec![1]])], 1).await;
    let deep = Page { number: limits::SORT_ROWS, size: 2 };
    let sorted = Sort { by: SortBy::Identity, direction: None };
    let answer = reader.hits(&Filter::default(), sorted, deep).await;
    assert!(matches!(answer, Err(HitStoreError::TooDeep { .. })));
    assert_eq!(reader.hits(&Filter::default(), Sort::default(), deep).await.unwrap().hits.len(), 0);
}

#[tokio::test]
async fn an_overview_counts_the_hits_of_its_query_alone() {
    let all: Vec<_> =
        (0..5u64).map(|n| query(n, &(0..=n).map(|s| vec![n * 31 + s, s]).collect::<Vec<_>>())).collect();
    let (_, reader, _) = reader(&all, 2).await;
    for n in 0..5 {
        let overview = reader.overview(n).await.unwrap();
        assert_eq!((overview.query, overview.letters, overview.hits), (n, 100, n + 1));
        assert_eq!(overview.coverage.len(), 100);
        assert_eq!(overview.evalue.counts.iter().sum::<u64>(), n + 1);
        assert_eq!(overview.identity.counts.iter().sum::<u64>(), n + 1);
        let grouped: u64 = overview.groups.iter().map(|group| group.hits).sum();
        assert_eq!(grouped + overview.other_hits, n + 1);
    }
    assert!(matches!(reader.overview(5).await, Err(HitStoreError::UnknownQuery { query: 5 })));
}

#[test]
fn rows_out_of_order_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let row = |subject, rank| super::support::row(0, subject, rank, 3);
    let store = ParquetHitStore::new(std::sync::Arc::new(super::support::TestBlobs::default()));
    let mut writer = store.part_writer(dir.path(), 5).unwrap();
    assert!(writer.push(&row(0, 0), Origin::default()).is_err());
    let head = |query| QueryHead { query, id: "q", title: "", letters: 1 };
    assert!(writer.begin_query(&head(4)).is_err());
    writer.begin_query(&head(5)).unwrap();
    assert!(writer.push(&row(1, 0), Origin::default()).is_err());
    writer.push(&row(0, 0), Origin::default()).unwrap();
    assert!(writer.push(&row(0, 2), Origin::default()).is_err());
    writer.push(&row(0, 1), Origin::default()).unwrap();
    writer.push(&row(1, 0), Origin::default()).unwrap();
    assert!(matches!(writer.begin_query(&head(7)), Err(HitStoreError::OutOfOrder { .. })));
}

/// More rows than a row group, so that pages, groups and hits over their borders all occur.
#[tokio::test]
async fn one_query_of_many_is_read_by_its_pages_alone() {
    let all: Vec<_> = (0..230u64)
        .map(|n| query(n, &(0..100).map(|s| vec![n * 7 + s, s, s * s]).collect::<Vec<_>>()))
        .collect();
    let (blobs, reader, parts) = reader(&all, 230).await;
    let filter = Filter { query: Some(222), ..Filter::default() };
    let sort = Sort { by: SortBy::Bitscore, direction: None };
    let page = Page { number: 1, size: 100 };
    reader.hits(&filter, sort, page).await.unwrap();
    let before = (blobs.reads.load(Ordering::Relaxed), blobs.bytes.load(Ordering::Relaxed));
    let answer = reader.hits(&filter, sort, page).await.unwrap();
    let reads = blobs.reads.load(Ordering::Relaxed) - before.0;
    let bytes = blobs.bytes.load(Ordering::Relaxed) - before.1;
    assert_eq!((answer.total, answer.filtered, answer.hits.len()), (100, 100, 100));
    assert!(answer.hits.iter().all(|hit| hit.query == 222 && hit.alignments == 3));
    let size = parts[0].hits.size_bytes.unwrap();
    assert!(reads <= 12, "{reads} reads");
    assert!(bytes < size / 2, "{bytes} of {size} bytes");
    let request = ExportRequest { residues: true, ..ExportRequest::default() };
    let rows = super::support::export(&*reader, request).await.unwrap().1;
    assert!(rows.iter().eq(all.iter().flat_map(|q| q.rows.iter().map(|row| &row.0))));
}

#[tokio::test]
async fn footers_are_read_once_a_version_and_a_new_version_is_seen() {
    let (blobs, _, parts) = reader(&[query(0, &[vec![1], vec![2]])], 1).await;
    let mut part = parts[0].clone();
    for file in [&mut part.hits, &mut part.residues, &mut part.queries] {
        file.size_bytes = None;
    }
    let store = ParquetHitStore::new(blobs.clone());
    let cost = async |part: &crate::hits::StoredPart| {
        let before = blobs.reads.load(Ordering::Relaxed);
        let page =
            store.reader(vec![part.clone()]).unwrap().hits(&Filter::default(), Sort::default(), FIRST).await;
        (page.unwrap().hits.len(), blobs.reads.load(Ordering::Relaxed) - before)
    };
    let (hits, cold) = cost(&part).await;
    let (again, warm) = cost(&part).await;
    assert_eq!((hits, again), (2, 2));
    assert_eq!(cold, warm + 1);
    let dir = tempfile::tempdir().unwrap();
    let files = write(dir.path(), 0, &[query(0, &[vec![7], vec![8], vec![9]])]).unwrap();
    super::support::store(&blobs, "job/0", &files).await;
    let newer = crate::hits::StoredPart { counts: files.counts, ..part };
    assert_eq!(cost(&newer).await, (3, cold));
}

/// More queries than are told at once, and rows whose residues lie in other row groups than their hits.
#[tokio::test]
async fn an_export_tells_each_query_just_before_its_alignments() {
    let hits_of = |n: u64| if [0, 5_000, 5_001, 9_999].contains(&n) { 40u64 } else { 0 };
    let all: Vec<_> = (0..10_000u64)
        .map(|n| query(n, &(0..hits_of(n)).map(|s| vec![n + s, s * 3]).collect::<Vec<_>>()))
        .collect();
    let (_, reader, _) = reader(&all, 6_000).await;
    let request = ExportRequest { queries: true, residues: true, ..ExportRequest::default() };
    let mut stream = reader.export(request);
    let (mut told, mut given, mut most) = (0u64, 0usize, 0usize);
    let rows: Vec<_> = all.iter().flat_map(|q| q.rows.iter().map(|row| &row.0)).collect();
    while let Some(batch) = stream.next().await {
        let before = told;
        batch.unwrap().for_each(|item| match item {
            ExportItem::Query(head) => {
                assert_eq!((head.query, head.hits), (told, hits_of(told)));
                told += 1;
            }
            ExportItem::Hsp(row) => {
                assert_eq!(row.query + 1, told);
                assert_eq!(row, rows[given]);
                given += 1;
            }
        });
        most = most.max(usize::try_from(told - before).unwrap());
    }
    assert_eq!((told, given), (10_000, rows.len()));
    assert!(most <= limits::BATCH_ROWS);
}

#[test]
fn an_unfinished_part_leaves_no_readable_file() {
    let dir = tempfile::tempdir().unwrap();
    let files = write(dir.path(), 0, &[query(0, &[vec![1]])]).unwrap();
    assert!(files.hits.exists() && files.residues.exists() && files.queries.exists());
    let other = tempfile::tempdir().unwrap();
    let store = ParquetHitStore::new(std::sync::Arc::new(super::support::TestBlobs::default()));
    let mut writer = store.part_writer(other.path(), 0).unwrap();
    writer.begin_query(&QueryHead { query: 0, id: "q", title: "", letters: 1 }).unwrap();
    drop(writer);
    let left = std::fs::read(other.path().join("hits.parquet")).unwrap();
    assert!(!left.ends_with(b"PAR1") || left.len() < 12);
}

fn _readers_are_shared_between_requests(reader: std::sync::Arc<dyn HitReader>) -> impl Send + Sync {
    reader
}
