//! What became of each search, held against BLAST+ itself and against what was done to it.

use super::{
    bed::Bed,
    client::{Outcome, ask},
    faults::Kind,
    plan::{Round, Wish},
};
use crate::table::Table;
use blastline_tests::chain::{samples::fasta, until};
use reqwest::Method;

/// What the searches came to.
#[derive(Debug, Default)]
pub struct Verdict {
    completed: usize,
    equal: usize,
    cancelled: usize,
    failed: usize,
    deleted: usize,
    open: Vec<String>,
    different: Vec<String>,
    untrue: Vec<String>,
    lies: Vec<String>,
    longest_s: u64,
}

/// Judges every search. Nothing is wrong any more when this is called.
pub async fn judge(bed: &Bed, rounds: &[Round], outcomes: &[Outcome]) -> Verdict {
    let mut verdict = Verdict::default();
    for outcome in outcomes {
        let round = &rounds[outcome.round];
        verdict.lies.extend(outcome.lies.iter().cloned());
        verdict.longest_s = verdict.longest_s.max((outcome.to - outcome.from).as_secs());
        let (Some(id), Some(job)) = (&outcome.id, &outcome.job) else {
            verdict.open.push(outcome.line());
            continue;
        };
        if !outcome.has_ended() {
            verdict.open.push(outcome.line());
            continue;
        }
        match job.status.as_str() {
            "completed" => {
                verdict.completed += 1;
                match difference(bed, round, outcome).await {
                    None => verdict.equal += 1,
                    Some(difference) => verdict.different.push(difference),
                }
            }
            "cancelled" if matches!(round.wish, Wish::Cancel(_)) => verdict.cancelled += 1,
            _ => {
                verdict.failed += 1;
                if !is_true(bed, outcome) {
                    verdict.untrue.push(outcome.line());
                }
            }
        }
        if round.wish == Wish::Delete {
            let path = format!("/api/blast/jobs/{id}");
            until("a search is deleted", || async { ask(bed, Method::DELETE, &path).await.then_some(()) })
                .await;
            verdict.deleted += 1;
        }
    }
    verdict
}

/// How a completed search differs from a direct run, if it does.
async fn difference(bed: &Bed, round: &Round, outcome: &Outcome) -> Option<String> {
    let (id, job) = (outcome.id.as_deref()?, outcome.job.as_ref()?);
    let path = format!("/api/blast/jobs/{id}/results/export?format=outfmt6");
    let found = until("a result can be read", || async {
        bed.api().request(Method::GET, &path).send().await.ok()?.error_for_status().ok()?.text().await.ok()
    })
    .await;
    let direct = bed.chain.lock().await.direct(job, &fasta(&round.query));
    let expected = direct.run(round.program, &[], "6");
    (found != expected).then(|| {
        let (ours, theirs) = (found.lines().count(), expected.lines().count());
        format!("search {} {id}: {ours} lines, BLAST+ itself prints {theirs}", round.n)
    })
}

/// Whether a failure can be true, by what was done while the search went on.
fn is_true(bed: &Bed, outcome: &Outcome) -> bool {
    let Some(error) = outcome.job.as_ref().and_then(|job| job.error.as_ref()) else { return false };
    let was = |kinds: &[Kind]| bed.was_done(kinds, outcome.from, outcome.to);
    if bed.may_fail_by(&error.code, outcome.to) {
        return true;
    }
    match error.code.as_str() {
        "disk_full" => was(&[Kind::FullDisk]),
        "blast_interrupted" => was(&[Kind::Blast]),
        "storage_throttled" => was(&[Kind::Busy]),
        "storage_unavailable" => was(&[Kind::Frozen, Kind::Restarted, Kind::CutOff, Kind::Reset, Kind::Cut]),
        // Twelve tries were lost: by kills, or because storage was away again and again.
        "worker_lost" => was(&[Kind::Handler, Kind::Host, Kind::Frozen, Kind::Restarted, Kind::CutOff]),
        // The cluster works on the same storage, and not by way of any proxy.
        "elastic_part_failed"
        | "elastic_submit_failed"
        | "database_staging_failed"
        | "blast_search_failed" => bed.cluster.is_some() && was(&[Kind::Frozen, Kind::Restarted]),
        _ => false,
    }
}

impl Verdict {
    /// The claims about searches.
    pub fn tell(&self, table: &mut Table, searches: usize) {
        let Self { completed, cancelled, failed, deleted, .. } = self;
        let ended = completed + cancelled + failed;
        let told = format!("{ended}: {completed} completed, {cancelled} cancelled, {failed} failed");
        let told = format!("{told}; {deleted} deleted after; the longest took {} s", self.longest_s);
        table.row("searches ended", searches, told, ended == searches);
        table.none("rows that stay non-final", &self.open);
        let measured = if self.different.is_empty() {
            self.equal.to_string()
        } else {
            format!("{}; {}", self.equal, self.different.join("; "))
        };
        table.row("completed with the bytes of BLAST+ itself", completed, measured, self.equal == *completed);
        table.none("named failures that cannot be true", &self.untrue);
        table.none("answers that are not true", &self.lies);
    }
}
