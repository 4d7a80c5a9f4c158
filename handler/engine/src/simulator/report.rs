use super::checks::INVARIANTS;
use super::coverage::Coverage;
use super::run::{Outcome, run_seed};
use super::world::Line;
use crate::planted::Planted;
use std::fmt::{self, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What many seeds gave.
pub struct Summary {
    pub seeds: u64,
    /// What happened in them.
    pub coverage: Coverage,
    pub took: Duration,
    /// The failing run with the smallest seed, where one failed.
    pub first_failure: Option<Outcome>,
}

/// Runs seeds on every core; stops soon after one has failed.
pub fn run_seeds(first: u64, count: u64, planted: Option<Planted>) -> Summary {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let start = Instant::now();
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let coverage = Mutex::new(Coverage::default());
    let failed: Mutex<Option<Outcome>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let seed = first.wrapping_add(number);
                    // Seeds before one that failed are still looked at, so that the first is always the same.
                    if number >= count
                        || failed.lock().unwrap().as_ref().is_some_and(|known| known.seed < seed)
                    {
                        return;
                    }
                    let outcome = run_seed(seed, planted);
                    let mut here = Coverage::default();
                    here.add(&outcome.history);
                    coverage.lock().unwrap().merge(&here);
                    done.fetch_add(1, Ordering::Relaxed);
                    if outcome.violation.is_some() {
                        let mut failed = failed.lock().unwrap();
                        if failed.as_ref().is_none_or(|known| seed < known.seed) {
                            *failed = Some(outcome);
                        }
                    }
                }
            });
        }
    });
    Summary {
        seeds: done.into_inner(),
        coverage: coverage.into_inner().unwrap(),
        took: start.elapsed(),
        first_failure: failed.into_inner().unwrap(),
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "in these runs: {}", self.coverage)?;
        write!(
            f,
            "{} seeds, {} invariants, {:.1} s: ",
            self.seeds,
            INVARIANTS.len(),
            self.took.as_secs_f64()
        )?;
        match &self.first_failure {
            None => f.write_str("all hold"),
            Some(failure) => write!(f, "seed {} FAILED", failure.seed),
        }
    }
}

/// A failing run as a person reads it: what was refuted, then the history up to there.
pub fn told(outcome: &Outcome) -> String {
    let mut text = history(&outcome.history);
    match &outcome.violation {
        None => writeln!(text, "seed {}: every invariant held", outcome.seed).unwrap(),
        Some(violation) => {
            writeln!(
                text,
                "seed {}: `{}` does not hold: {}",
                outcome.seed, violation.invariant, violation.what
            )
            .unwrap();
        }
    }
    text
}

/// One line an action.
pub fn history(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        writeln!(text, "{line}").unwrap();
    }
    text
}
