use super::advance::Tally;
use super::release::pace;
use crate::deps::DispatchLimits;
use blastline_jobs::rows::{ChunkRow, JobRow};
use blastline_jobs::timing::Timing;
use std::time::Duration;

/// What can be said of the rest of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Parts in all; 0 while none was cut.
    pub parts: u64,
    /// Time left, where the pace is known.
    pub remaining: Option<Duration>,
}

/// Estimates the rest of a search from the parts that are done.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate"
)]
pub fn estimate(job: &JobRow, chunks: &[ChunkRow], timing: &Timing, limits: DispatchLimits) -> Estimate {
    if chunks.is_empty() {
        // Nothing says yet how large a part will be.
        return Estimate { parts: 0, remaining: None };
    }
    let tally = Tally::of(chunks);
    let planned: u64 = chunks.iter().map(|chunk| chunk.letters).sum();
    let unplanned = job.letters_total.saturating_sub(planned) as f64;
    let Some(pace) = pace(chunks) else {
        let letters = (planned as f64 / chunks.len() as f64).max(1.0);
        return Estimate {
            parts: chunks.len() as u64 + (unplanned / letters).ceil() as u64,
            remaining: None,
        };
    };
    let full = (pace * timing.part_target.as_secs_f64()).max(1.0);
    let parts = chunks.len() as u64 + (unplanned / full).ceil() as u64;
    let side_by_side = tally.running.clamp(1, limits.in_flight) as f64;
    let left = job.letters_total.saturating_sub(tally.letters_done) as f64;
    let seconds = left / pace / side_by_side;
    let remaining = (!job.status().is_terminal() && seconds.is_finite())
        .then(|| Duration::from_secs_f64(seconds.min(1e9)));
    Estimate { parts, remaining }
}
