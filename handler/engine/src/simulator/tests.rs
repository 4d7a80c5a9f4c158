use super::checks::INVARIANTS;
use super::report::{Summary, history, run_seeds, told};
use super::run::run_seed;
use super::settings::{Asked, SHORT};
use crate::planted::Planted;

/// Seeds within which a planted fault has to be found.
const SEEDS_TO_CATCH: u64 = 500;

fn all_hold(summary: &Summary) {
    println!("{summary}");
    if let Some(failure) = &summary.first_failure {
        panic!("{}", told(failure));
    }
}

#[test]
fn every_invariant_holds_for_500_seeds() {
    let summary = run_seeds(1, SHORT, None);
    all_hold(&summary);
    // Seeds in which nothing goes wrong would prove nothing.
    for word in [
        "completed",
        "failed",
        "cancelled",
        "deleted",
        "processes killed",
        "processes stood still",
        "calls sent twice",
        "answers lost",
        "leases lost",
        "jumps of the clock",
        "calls failed",
        "messages poisoned",
        "submissions to a cluster",
        "batches on a cluster",
        "harms on a cluster",
        "Jobs removed by time",
        "silences of the cluster",
        "Leases of others",
    ] {
        assert!(summary.coverage.of(word) > 0, "no {word}");
    }
}

/// What `make simulate` runs, and `make test-all` with 2,000 seeds.
#[test]
#[ignore = "run by `make simulate` with what it is asked for"]
fn what_was_asked_for() {
    let asked = Asked::from_environment().unwrap_or_else(|message| panic!("{message}"));
    let summary = run_seeds(asked.seed, asked.seeds, asked.planted);
    println!("invariants checked:");
    for (name, claim) in INVARIANTS {
        println!("  {name:<24} {claim}");
    }
    if let Some(failure) = &summary.first_failure {
        println!("{}", told(failure));
        println!("{summary}");
        let planted = asked.planted.map(|fault| format!(" PLANT={fault:?}")).unwrap_or_default();
        panic!("again: make simulate SEED={}{planted}", failure.seed);
    }
    println!("{summary}");
}

#[test]
fn the_same_seed_gives_the_same_history() {
    for seed in [3, 4, 5] {
        let (one, other) = (run_seed(seed, None), run_seed(seed, None));
        assert!(one.history.len() > 50, "seed {seed} does something");
        assert_eq!(history(&one.history), history(&other.history), "seed {seed}");
    }
    assert_ne!(history(&run_seed(3, None).history), history(&run_seed(4, None).history));
}

#[test]
fn every_planted_fault_is_caught() {
    let mut missed = Vec::new();
    for fault in Planted::ALL {
        match run_seeds(1, SEEDS_TO_CATCH, Some(fault)).first_failure {
            Some(failure) => {
                let violation = failure.violation.expect("a failing run says what does not hold");
                println!("{:<20} seed {:>3}: {}", format!("{fault:?}"), failure.seed, violation.invariant);
            }
            None => missed.push(fault),
        }
    }
    assert_eq!(missed, [], "of {} faults", Planted::ALL.len());
}

/// A run that failed, kept with its seed: it fails of the same invariant again, and twice in the same way. The history
/// below its first two lines is what it was when it was recorded; a change to the code may change single lines of it.
#[test]
fn a_recorded_failing_seed_replays() {
    let recorded = include_str!("recorded/message-before-row.txt");
    let mut lines = recorded.lines();
    let asked =
        Asked::parse_line(lines.next().unwrap_or_default()).unwrap_or_else(|message| panic!("{message}"));
    let outcome = run_seed(asked.seed, asked.planted);
    let violation = outcome.violation.as_ref().map(|violation| violation.invariant);
    assert_eq!(violation, lines.next(), "the recorded seed fails of the recorded invariant");
    assert_eq!(told(&outcome), told(&run_seed(asked.seed, asked.planted)), "line by line");
    assert!(recorded.contains("does not hold"), "its history is kept with it");
}

#[test]
fn every_invariant_is_listed_once_and_says_what_it_claims() {
    let names: std::collections::BTreeSet<_> = INVARIANTS.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), INVARIANTS.len());
    let manual = include_str!("../../../../docs/simulator.md");
    for (name, claim) in INVARIANTS {
        assert!(claim.len() > 20, "{name}");
        assert!(manual.contains(&format!("| `{name}` | {claim} |")), "docs/simulator.md lacks `{name}`");
    }
    for fault in Planted::ALL {
        assert!(manual.contains(&format!("| `{fault:?}` |")), "docs/simulator.md lacks `{fault:?}`");
    }
}
