use crate::elastic::split::{MAX_BATCHES, plan_batches, split};
use crate::plan::{Part, covers};
use proptest::prelude::*;

/// What ElasticBLAST does, record by record, with the records themselves: batches of names and lengths.
fn by_records(lengths: &[u64], batch_len: u64) -> Vec<Vec<u64>> {
    let mut batches: Vec<Vec<u64>> = Vec::new();
    let mut chunk: Vec<u64> = Vec::new();
    for &record in lengths {
        if chunk.iter().sum::<u64>() + record > batch_len && !chunk.is_empty() {
            batches.push(std::mem::take(&mut chunk));
        }
        chunk.push(record);
    }
    if !chunk.is_empty() {
        batches.push(chunk);
    }
    batches
}

fn counts(parts: &[Part]) -> Vec<u64> {
    parts.iter().map(|part| part.count).collect()
}

#[test]
fn a_batch_is_closed_when_the_next_record_would_make_it_too_long() {
    assert_eq!(counts(&split(&[4, 6, 1], 10)), [2, 1]);
    assert_eq!(counts(&split(&[4, 7, 1], 10)), [1, 2]);
    assert_eq!(counts(&split(&[11, 1, 30, 1], 10)), [1, 1, 1, 1]);
    assert_eq!(counts(&split(&[30], 10)), [1]);
    assert_eq!(split(&[], 10), []);
    // Records without letters cost nothing, and stand before a long one in a batch of their own.
    assert_eq!(counts(&split(&[0, 0, 11, 0, 10], 10)), [2, 1, 2]);
}

#[test]
fn fewer_batches_than_can_run_side_by_side_are_made_shorter() {
    let plan = plan_batches(&[100; 12], 5_000, 6);
    assert_eq!((plan.batch_len, plan.batches.len()), (200, 6));
    // One sequence stays whole, whatever could run beside it.
    let one = plan_batches(&[7], 5_000, 6);
    assert_eq!((one.batch_len, one.batches.len()), (1, 1));
    let enough = plan_batches(&[100; 12], 200, 6);
    assert_eq!((enough.batch_len, enough.batches.len()), (200, 6));
}

#[test]
fn no_more_batches_than_elastic_blast_creates_jobs_for() {
    let plan = plan_batches(&[900; 20_000], 1_000, 6);
    assert!(plan.batches.len() as u64 <= MAX_BATCHES, "{}", plan.batches.len());
    assert!(plan.batches.len() as u64 > MAX_BATCHES / 2, "{}", plan.batches.len());
}

proptest! {
    #[test]
    fn batches_hold_every_query_once_and_joined_they_are_the_query(
        lengths in prop::collection::vec(prop_oneof![0_u64..20, 0_u64..2_000, Just(100_000)], 0..300),
        batch_len in 1_u64..5_000,
    ) {
        let batches = split(&lengths, batch_len);
        let ranges: Vec<_> = batches.iter().map(|batch| (batch.first, batch.count)).collect();
        prop_assert_eq!(covers(lengths.len() as u64, &ranges), Ok(()));
        let mut joined = Vec::new();
        for batch in &batches {
            let range = batch.first as usize..(batch.first + batch.count) as usize;
            let records = &lengths[range];
            prop_assert_eq!(records.iter().sum::<u64>(), batch.letters);
            prop_assert!(batch.letters <= batch_len || batch.count == 1);
            joined.extend_from_slice(records);
        }
        prop_assert_eq!(&joined, &lengths);
        let records: Vec<_> = by_records(&lengths, batch_len).iter().map(|chunk| chunk.len() as u64).collect();
        prop_assert_eq!(counts(&batches), records);
    }

    #[test]
    fn a_plan_is_what_elastic_blast_makes_of_its_batch_length(
        lengths in prop::collection::vec(0_u64..3_000, 1..400),
        wished in 0_u64..100_000,
        concurrent in 0_u64..40,
    ) {
        let plan = plan_batches(&lengths, wished, concurrent);
        prop_assert!(plan.batch_len > 0);
        prop_assert_eq!(split(&lengths, plan.batch_len), plan.batches);
    }
}
