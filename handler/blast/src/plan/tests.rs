use super::*;
use proptest::prelude::*;

fn input<'a>(lengths: &'a [u64], pace: Option<f64>, slots: usize) -> PlanInput<'a> {
    PlanInput {
        total_queries: lengths.len() as u64,
        planned_to: 0,
        lengths,
        pace_letters_per_s: pace,
        target_seconds: 60.0,
        slots,
        limits: PartLimits::default(),
    }
}

/// Cuts until nothing is left, showing the planner at most `window` lengths at a time.
fn cut_all(
    lengths: &[u64],
    window: usize,
    slots: usize,
    limits: PartLimits,
    paces: &[Option<f64>],
) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut paces = paces.iter().cycle();
    loop {
        let from = parts.last().map_or(0, |part| part.first + part.count);
        let shown = &lengths[from as usize..];
        let next = next_parts(&PlanInput {
            total_queries: lengths.len() as u64,
            planned_to: from,
            lengths: &shown[..shown.len().min(window)],
            pace_letters_per_s: paces.next().copied().flatten(),
            target_seconds: 60.0,
            slots,
            limits,
        });
        assert!(next.len() <= slots.max(1));
        if next.is_empty() {
            return parts;
        }
        parts.extend(next);
    }
}

#[test]
fn one_query_and_a_few_short_ones_make_one_part() {
    assert_eq!(next_parts(&input(&[300], None, 8)), [Part { first: 0, count: 1, letters: 300 }]);
    assert_eq!(next_parts(&input(&[300; 10], None, 8)), [Part { first: 0, count: 10, letters: 3000 }]);
    assert_eq!(next_parts(&input(&[], None, 8)), []);
}

#[test]
fn a_few_long_ones_make_one_a_slot() {
    let parts = next_parts(&input(&[9_000, 8_000, 9_500, 8_700], None, 4));
    assert_eq!(parts.iter().map(|part| part.count).collect::<Vec<_>>(), [1, 1, 1, 1]);
}

#[test]
fn the_first_parts_are_small_and_leave_the_rest_for_later() {
    let parts = next_parts(&input(&[250; 2_000], None, 4));
    assert_eq!(parts.len(), 4);
    assert!(parts.iter().all(|part| part.letters <= 12_500 && part.count <= 50), "{parts:?}");
}

#[test]
fn later_parts_aim_at_the_time_and_the_last_ones_shrink() {
    // 5,000 letters a second for 60 s: 300,000 letters, 1,200 reads of 250.
    let lengths = vec![250; 20_000];
    let all = cut_all(&lengths, usize::MAX, 2, PartLimits::default(), &[Some(5_000.0)]);
    assert_eq!(all[0].count, 1_200);
    let counts: Vec<_> = all.iter().map(|part| part.count).collect();
    assert!(counts.windows(2).all(|pair| pair[1] <= pair[0]), "{counts:?}");
    assert!(counts.last().is_some_and(|&last| last <= 130), "{counts:?}");
    assert!(all.len() < 40, "{}", all.len());
}

#[test]
fn a_slow_pace_makes_parts_of_one_query() {
    let parts = next_parts(&input(&[5_000; 100], Some(0.001), 3));
    assert_eq!(parts.iter().map(|part| part.count).collect::<Vec<_>>(), [1, 1, 1]);
}

#[test]
fn a_batch_that_would_take_far_too_long_is_cut_through() {
    let limits = PartLimits::for_program(crate::Program::Blastx);
    let slow = PlanInput { limits, ..input(&[500; 100], Some(10.0), 3) };
    assert!(next_parts(&slow).iter().all(|part| part.count < 10));
    let usual = PlanInput { limits, ..input(&[500; 100], Some(100.0), 3) };
    assert!(next_parts(&usual).iter().all(|part| part.count == 21));
}

#[test]
fn a_pace_that_is_no_number_counts_as_unknown() {
    for pace in [f64::NAN, -1.0, 0.0] {
        assert_eq!(next_parts(&input(&[300; 10], Some(pace), 4)), next_parts(&input(&[300; 10], None, 4)));
    }
    assert_eq!(next_parts(&input(&[300; 10], Some(f64::INFINITY), 1)).len(), 1);
}

#[test]
fn a_part_is_not_cut_where_the_lengths_at_hand_end() {
    let lengths = [250; 1_300];
    let shown = PlanInput { total_queries: 5_000, ..input(&lengths, Some(5_000.0), 4) };
    assert_eq!(next_parts(&shown).iter().map(|part| part.count).collect::<Vec<_>>(), [1_200]);
}

#[test]
fn covering_is_exact() {
    assert_eq!(covers(0, &[]), Ok(()));
    assert_eq!(covers(5, &[(2, 3), (0, 2)]), Ok(()));
    assert_eq!(covers(5, &[(0, 2), (3, 2)]), Err(CoverFault::Gap { first: 2, count: 1 }));
    assert_eq!(covers(5, &[(0, 3), (2, 3)]), Err(CoverFault::Overlap { first: 2 }));
    assert_eq!(covers(5, &[(0, 5), (0, 5)]), Err(CoverFault::Overlap { first: 0 }));
    assert_eq!(covers(5, &[(0, 4)]), Err(CoverFault::Gap { first: 4, count: 1 }));
    assert_eq!(covers(5, &[(0, 6)]), Err(CoverFault::Beyond { first: 0 }));
    assert_eq!(covers(5, &[(0, 5), (5, 0)]), Err(CoverFault::Empty { first: 5 }));
    assert_eq!(covers(5, &[(0, u64::MAX), (1, 4)]), Err(CoverFault::Beyond { first: 0 }));
}

proptest! {
    #[test]
    fn every_query_is_in_one_part_whatever_the_pace(
        lengths in prop::collection::vec(prop_oneof![0_u64..10, 100_u64..2_000, 1_000_000_u64..9_000_000_000], 0..300),
        window in 1_usize..400,
        slots in 0_usize..20,
        limits in (0_u64..5, 1_u64..300, 0_u64..5_000, 1_u64..10_000_000),
        batch_letters in prop_oneof![Just(0_u64), 1_u64..20_000],
        paces in prop::collection::vec(prop::option::of(prop_oneof![Just(f64::NAN), 1e-6_f64..1e9]), 1..6),
    ) {
        let limits = PartLimits {
            min_queries: limits.0, max_queries: limits.1, min_letters: limits.2, max_letters: limits.3,
            batch_letters,
        };
        let parts = cut_all(&lengths, window, slots, limits, &paces);
        let ranges: Vec<_> = parts.iter().map(|part| (part.first, part.count)).collect();
        prop_assert_eq!(covers(lengths.len() as u64, &ranges), Ok(()));
        for part in &parts {
            let held = &lengths[part.first as usize..(part.first + part.count) as usize];
            prop_assert_eq!(part.letters, held.iter().sum::<u64>());
            prop_assert!(part.count <= limits.max_queries);
            prop_assert!(part.count == 1 || part.letters <= limits.max_letters);
        }
    }

    #[test]
    fn parts_of_a_translated_search_end_where_batches_end(
        lengths in prop::collection::vec(10_u64..3_000, 1..400),
        slots in 1_usize..9,
        paces in prop::collection::vec(prop::option::of(2_000_f64..1e7), 1..6),
    ) {
        let limits = PartLimits::for_program(crate::Program::Blastx);
        let mut ends = std::collections::BTreeSet::from([lengths.len() as u64]);
        let mut letters = 0;
        for (index, length) in lengths.iter().enumerate() {
            letters += length;
            if letters >= limits.batch_letters {
                ends.insert(index as u64 + 1);
                letters = 0;
            }
        }
        for part in cut_all(&lengths, usize::MAX, slots, limits, &paces) {
            prop_assert!(ends.contains(&(part.first + part.count)), "{part:?} of {ends:?}");
        }
    }

    #[test]
    fn covering_refuses_every_damage(cuts in prop::collection::btree_set(1_u64..200, 0..10), index in 0_usize..10, by in 1_u64..9) {
        let mut ranges = Vec::new();
        let mut first = 0;
        for end in cuts.into_iter().chain([200]) {
            ranges.push((first, end - first));
            first = end;
        }
        prop_assert_eq!(covers(200, &ranges), Ok(()));
        let at = index % ranges.len();
        let mut moved = ranges.clone();
        moved[at].0 += by;
        prop_assert!(covers(200, &moved).is_err());
        let mut grown = ranges.clone();
        grown[at].1 += by;
        prop_assert!(covers(200, &grown).is_err());
        ranges.remove(at);
        prop_assert!(covers(200, &ranges).is_err());
    }
}
