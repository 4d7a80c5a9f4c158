use crate::elastic::split::{BatchPlan, MAX_BATCHES, plan_batches, split};
use crate::fasta::{Limits, Want, normalise};
use crate::plan::{Part, batch_letters, covers};
use crate::program::Program;
use proptest::prelude::*;

/// What ElasticBLAST does with the file itself: sequences a batch. A line counts its characters without the line end.
fn by_lines(fasta: &str, batch_len: u64) -> Vec<u64> {
    let (mut batches, mut chunk, mut record) = (Vec::new(), (0, 0), (0, 0));
    let mut close = |record: (u64, u64)| {
        if chunk.0 + record.0 > batch_len && chunk.1 > 0 {
            batches.push(chunk.1);
            chunk = record;
        } else {
            chunk = (chunk.0 + record.0, chunk.1 + record.1);
        }
    };
    for line in fasta.lines() {
        if line.starts_with('>') {
            close(record);
            record = (0, 1);
        } else {
            record.0 += line.len() as u64;
        }
    }
    close(record);
    batches.extend(Some(chunk.1).filter(|sequences| *sequences > 0));
    batches
}

/// The file for ElasticBLAST: sequences in lines of 80 letters, batches filled up as planned.
fn file(lengths: &[u64], plan: Option<&BatchPlan>) -> String {
    let mut text = String::new();
    for (query, letters) in lengths.iter().enumerate() {
        text += &format!(">q{query}");
        for at in (0..*letters).step_by(80) {
            text += "\n";
            text += &"A".repeat((*letters - at).min(80) as usize);
        }
        if let Some(plan) = plan {
            let ends = |batch: &Part| batch.first + batch.count == query as u64 + 1;
            let blanks = plan.batches.iter().position(ends).map_or(0, |batch| plan.blanks(batch));
            text += &" ".repeat(blanks as usize);
        }
        text += "\n";
    }
    text
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
    let plan = plan_batches(Program::Blastn, &[100; 12], 5_000, 6);
    assert_eq!((plan.batch_len, plan.batches.len()), (200, 6));
    // One sequence stays whole, whatever could run beside it.
    let one = plan_batches(Program::Blastn, &[7], 5_000, 6);
    assert_eq!((one.batch_len, one.batches.len()), (1, 1));
    let enough = plan_batches(Program::Blastn, &[100; 12], 200, 6);
    assert_eq!((enough.batch_len, enough.batches.len()), (200, 6));
}

#[test]
fn no_more_batches_than_elastic_blast_creates_jobs_for() {
    let plan = plan_batches(Program::Blastn, &[900; 20_000], 1_000, 6);
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
        prop_assert_eq!(counts(&batches), by_lines(&file(&lengths, None), batch_len));
    }

    #[test]
    fn elastic_blast_makes_of_the_file_what_was_planned(
        program in prop::sample::select(Program::ALL.to_vec()),
        lengths in prop::collection::vec(prop_oneof![1_u64..900, 1_u64..20_000], 1..40),
        wished in 0_u64..100_000,
        concurrent in 0_u64..40,
    ) {
        let plan = plan_batches(program, &lengths, wished, concurrent);
        let ranges: Vec<_> = plan.batches.iter().map(|batch| (batch.first, batch.count)).collect();
        prop_assert_eq!(covers(lengths.len() as u64, &ranges), Ok(()));
        prop_assert_eq!(by_lines(&file(&lengths, Some(&plan)), plan.batch_len), counts(&plan.batches));
        prop_assert_eq!(&BatchPlan::with_batch_len(program, &lengths, plan.batch_len), &plan);
        let blanks: u64 = (0..plan.batches.len()).map(|batch| plan.blanks(batch)).sum();
        prop_assert!(batch_letters(program) > 0 || blanks == 0);
    }

    #[test]
    fn letters_counted_when_a_query_was_read_are_those_that_elastic_blast_counts(
        program in prop::sample::select(vec![Program::Blastp, Program::Tblastn]),
        sequences in prop::collection::vec("[MKVLAW*-]{1,40}([ \\t]{0,2}(\r?\n)[MKVLAWmkvlx*-]{1,60}){0,4}", 1..30),
        batch_len in 1_u64..300,
    ) {
        let text: String = sequences.iter().map(|letters| format!(">q one\r\nMKV{letters}\n\n")).collect();
        let (mut fasta, mut records) = (Vec::new(), Vec::new());
        let read = normalise(text.as_bytes(), &mut fasta, Want::Program(program), &Limits::default(), &mut |record| {
            records.push(record.clone());
            Ok(())
        });
        prop_assert!(read.is_ok(), "{read:?}");
        let lengths: Vec<_> = records.iter().map(|record| record.letters).collect();
        let fasta = String::from_utf8(fasta).unwrap();
        prop_assert_eq!(counts(&split(&lengths, batch_len)), by_lines(&fasta, batch_len));
    }

    #[test]
    fn batches_of_translated_searches_end_where_blast_ends_one(
        program in prop::sample::select(vec![Program::Blastx, Program::Tblastn, Program::Tblastx]),
        lengths in prop::collection::vec(1_u64..9_000, 1..200),
        wished in 1_u64..200_000,
        concurrent in 0_u64..40,
    ) {
        let mut ends = vec![0];
        let mut letters = 0;
        for (query, next) in lengths.iter().enumerate() {
            letters += next;
            if letters >= batch_letters(program) {
                ends.push(query as u64 + 1);
                letters = 0;
            }
        }
        let plan = plan_batches(program, &lengths, wished, concurrent);
        for batch in &plan.batches {
            prop_assert!(ends.contains(&batch.first));
            prop_assert!(batch.letters <= plan.batch_len);
        }
    }
}

#[test]
fn a_few_translated_queries_stay_in_one_batch_and_many_are_shared_out() {
    let few = plan_batches(Program::Blastx, &[900; 10], 20_004, 6);
    assert_eq!((few.batches.len(), few.blanks(0)), (1, 0));
    let many = plan_batches(Program::Blastx, &[900; 1_000], 20_004, 6);
    assert_eq!(counts(&many.batches)[..3], [12, 12, 12]);
    let blanks: Vec<_> = (0..many.batches.len()).map(|batch| many.blanks(batch)).collect();
    assert_eq!((many.batch_len, &blanks[..3], blanks.last()), (14_400, &[3_600; 3][..], Some(&0)));
    // The short rest goes to the batch before it. Uneven ones are filled up to the longest; the last one needs nothing behind it.
    let uneven = plan_batches(Program::Blastx, &[9_000, 2_000, 10_002, 5_000], 1, 6);
    assert_eq!((uneven.batch_len, counts(&uneven.batches)), (11_000, vec![2, 1, 1]));
    assert_eq!([0, 1, 2, 3].map(|batch| uneven.blanks(batch)), [0, 998, 0, 0]);
}
