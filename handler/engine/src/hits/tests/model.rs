//! What is written is read: against a model that holds everything in memory.

use super::support::{TestQuery, block_on, export, queries, reader};
use crate::hits::{Alignment, Direction, ExportRequest, Filter, Page, Sort, SortBy};
use blastline_blast::table::Hsp;
use proptest::prelude::*;
use std::cmp::Ordering;

/// The hits of the model: rows of one query and subject.
fn hits(queries: &[TestQuery]) -> Vec<Vec<(Hsp, Option<String>)>> {
    let mut hits: Vec<Vec<(Hsp, Option<String>)>> = Vec::new();
    for (row, organism, _) in queries.iter().flat_map(|q| &q.rows) {
        if row.hsp_rank == 0 {
            hits.push(Vec::new());
        }
        hits.last_mut().unwrap().push((row.clone(), organism.clone()));
    }
    hits
}

fn passes(filter: &Filter, hit: &[(Hsp, Option<String>)]) -> bool {
    let (first, organism) = &hit[0];
    filter.query.is_none_or(|query| first.query == query)
        && filter.rank.is_none_or(|rank| u64::from(first.subject_rank) == rank)
        && filter.subject_id.as_ref().is_none_or(|id| first.saccver == *id)
        && filter.organism.as_ref().is_none_or(|text| {
            organism.as_ref().is_some_and(|name| name.to_lowercase().contains(&text.to_lowercase()))
        })
        && filter.min_identity.is_none_or(|bound| first.pident >= bound)
        && filter.max_identity.is_none_or(|bound| first.pident <= bound)
        && filter.min_bitscore.is_none_or(|bound| first.bitscore >= bound)
        && filter.max_evalue.is_none_or(|bound| first.evalue <= bound)
        && filter
            .min_query_cover
            .is_none_or(|bound| first.qcovs.is_some_and(|cover| f64::from(cover) >= bound))
}

fn order(sort: Sort, a: &Hsp, b: &Hsp) -> Ordering {
    let order = match sort.by {
        SortBy::Relevance => return Ordering::Equal,
        SortBy::Evalue => a.evalue.total_cmp(&b.evalue),
        SortBy::Bitscore => a.bitscore.total_cmp(&b.bitscore),
        SortBy::Identity => a.pident.total_cmp(&b.pident),
        SortBy::QueryCover => a.qcovs.unwrap_or(0).cmp(&b.qcovs.unwrap_or(0)),
        SortBy::Length => a.length.cmp(&b.length),
        SortBy::Subject => a.saccver.cmp(&b.saccver),
    };
    let best_first_is_greatest =
        matches!(sort.by, SortBy::Bitscore | SortBy::Identity | SortBy::QueryCover | SortBy::Length);
    let descending = sort.direction.map_or(best_first_is_greatest, |d| d == Direction::Descending);
    if descending { order.reverse() } else { order }
}

fn filters() -> impl Strategy<Value = Filter> {
    let percent = || prop::option::of(0u32..100).prop_map(|p| p.map(f64::from));
    (
        prop::option::of(0u64..4),
        prop::option::weighted(0.2, 0u64..4),
        prop::option::weighted(0.3, (0u32..13).prop_map(|n| format!("S{n}.1"))),
        prop::option::weighted(0.3, (0u32..6).prop_map(|n| format!("sPECIES{n}"))),
        percent(),
        percent(),
        prop::option::weighted(0.3, (0u32..900).prop_map(f64::from)),
        prop::option::weighted(0.3, (0i32..100).prop_map(|e| 10f64.powi(-e))),
        percent(),
    )
        .prop_map(
            |(query, rank, subject_id, organism, a, b, min_bitscore, max_evalue, min_query_cover)| Filter {
                query,
                rank,
                subject_id,
                organism,
                min_identity: a.filter(|_| query.is_some()),
                max_identity: b.map(|p| p / 2.0 + 50.0),
                min_bitscore,
                max_evalue,
                min_query_cover: min_query_cover.filter(|p| *p < 40.0),
            },
        )
}

fn sorts() -> impl Strategy<Value = Sort> {
    let by = prop::sample::select(vec![
        SortBy::Relevance,
        SortBy::Evalue,
        SortBy::Bitscore,
        SortBy::Identity,
        SortBy::QueryCover,
        SortBy::Length,
        SortBy::Subject,
    ]);
    let direction = prop::sample::select(vec![None, Some(Direction::Ascending), Some(Direction::Descending)]);
    (by, direction).prop_map(|(by, direction)| Sort { by, direction })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_exported_field_by_field(queries in queries(6, 8), size in 1usize..7) {
        block_on(async {
            let (_, reader, _) = reader(&queries, size).await;
            let request = ExportRequest { queries: true, residues: true, ..ExportRequest::default() };
            let (heads, rows) = export(&*reader, request).await.unwrap();
            let wanted: Vec<Hsp> = queries.iter().flat_map(|q| q.rows.iter().map(|r| r.0.clone())).collect();
            assert_eq!(rows, wanted);
            let told: Vec<(u64, &str, u64)> =
                heads.iter().map(|h| (h.query, h.id.as_str(), h.alignments)).collect();
            let meant: Vec<(u64, &str, u64)> =
                queries.iter().enumerate().map(|(n, q)| (n as u64, q.id.as_str(), q.rows.len() as u64)).collect();
            assert_eq!(told, meant);
        });
    }

    #[test]
    fn pages_of_hits_are_those_of_the_model(
        queries in queries(5, 8), size in 1usize..6, filter in filters(), sort in sorts(), page in 1u64..4,
    ) {
        block_on(async {
            let (_, reader, _) = reader(&queries, size).await;
            let page = Page { number: page, size: 5 };
            let answer = reader.hits(&filter, sort, page).await;
            if filter.query.is_some_and(|query| query >= queries.len() as u64) {
                assert!(answer.is_err());
                return;
            }
            let answer = answer.unwrap();
            let all = hits(&queries);
            let mut wanted: Vec<_> = all.iter().filter(|hit| passes(&filter, hit)).collect();
            assert_eq!(answer.filtered, wanted.len() as u64);
            assert_eq!(answer.total, all.iter().filter(|h| filter.query.is_none_or(|q| h[0].0.query == q)).count() as u64);
            wanted.sort_by(|a, b| order(sort, &a[0].0, &b[0].0));
            let wanted: Vec<_> = wanted.into_iter().skip((page.number as usize - 1) * 5).take(5).collect();
            assert_eq!(answer.hits.len(), wanted.len());
            for (hit, rows) in answer.hits.iter().zip(wanted) {
                let (first, organism) = &rows[0];
                assert_eq!((hit.query, hit.rank), (first.query, u64::from(first.subject_rank)));
                assert_eq!(hit.subject_id, first.saccver);
                assert_eq!(hit.evalue, first.evalue_text);
                assert_eq!(hit.organism, *organism);
                assert_eq!(hit.title, first.stitle.clone().unwrap_or_default());
                assert_eq!((hit.subject_length, hit.query_cover), (first.slen, first.qcovs.map(f64::from)));
                assert_eq!((hit.bitscore, hit.identity), (first.bitscore, first.pident));
                let taxid = queries.iter().flat_map(|q| &q.rows).find(|row| row.0 == *first).unwrap().2;
                assert_eq!(hit.taxid, taxid);
                assert_eq!(hit.alignments, rows.len() as u64);
                assert!((hit.total_bitscore - rows.iter().map(|r| r.0.bitscore).sum::<f64>()).abs() < 1e-9);
                let spans: Vec<(u64, u64)> = hit.spans.iter().map(|s| (s.from, s.to)).collect();
                let meant: Vec<(u64, u64)> =
                    rows.iter().map(|r| (r.0.qstart.min(r.0.qend), r.0.qstart.max(r.0.qend))).collect();
                assert_eq!(spans, meant);
            }
        });
    }

    #[test]
    fn alignments_and_exports_hold_all_alignments_of_the_hits_that_pass(
        queries in queries(5, 6), size in 1usize..6, filter in filters(), sort in sorts(),
    ) {
        let filter = Filter { query: filter.query.filter(|q| *q < queries.len() as u64), ..filter };
        block_on(async {
            let (_, reader, _) = reader(&queries, size).await;
            let all = hits(&queries);
            let mut wanted: Vec<Hsp> =
                all.iter().filter(|hit| passes(&filter, hit)).flatten().map(|row| row.0.clone()).collect();
            let request = ExportRequest { filter: filter.clone(), queries: true, residues: true };
            let (heads, rows) = export(&*reader, request).await.unwrap();
            assert_eq!(rows, wanted);
            for head in heads {
                assert_eq!(head.alignments, wanted.iter().filter(|row| row.query == head.query).count() as u64);
            }
            let page = Page { number: 2, size: 4 };
            let answer = reader.alignments(&filter, sort, page).await.unwrap();
            assert_eq!(answer.filtered, wanted.len() as u64);
            wanted.sort_by(|a, b| order(sort, a, b));
            let shown: Vec<_> = wanted.into_iter().skip(4).take(4).collect();
            assert_eq!(answer.alignments.len(), shown.len());
            for (alignment, row) in answer.alignments.iter().zip(shown) {
                let organism = queries.iter().flat_map(|q| &q.rows).find(|r| r.0 == row).unwrap().1.clone();
                let wanted = Alignment {
                    query: row.query,
                    query_id: row.qaccver,
                    query_length: row.qlen,
                    rank: row.subject_rank.into(),
                    alignment: row.hsp_rank.into(),
                    subject_id: row.saccver,
                    title: row.stitle.unwrap_or_default(),
                    organism,
                    subject_length: row.slen,
                    query_start: row.qstart,
                    query_end: row.qend,
                    subject_start: row.sstart,
                    subject_end: row.send,
                    query_frame: row.qframe.into(),
                    subject_frame: row.sframe.into(),
                    score: row.score,
                    bitscore: row.bitscore,
                    evalue: row.evalue_text,
                    identical: row.nident,
                    positive: row.positive,
                    gaps: row.gaps,
                    length: row.length,
                    identity: row.pident,
                    residues: Some((row.qseq, row.sseq)),
                };
                assert_eq!(*alignment, wanted);
            }
        });
    }
}
