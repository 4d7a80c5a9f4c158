//! `elb-finalizer-…`: waits for the batches and writes a marker, which may be wrong in the ways of the real one.

use super::{Attempt, Ended, objects::Address};
use crate::standin::{
    faults::Fault,
    objects::{Job, Kind},
    store::Kept,
};
use std::{collections::BTreeSet, time::Duration};
use tokio::time::timeout;

/// So long it waits for the batches to be complete.
const LONGEST: Duration = Duration::from_secs(72 * 3_600);

/// Waits until every Job that was there at the beginning is complete, or for 72 hours; then says `SUCCESS` where no Job
/// that is still there has a failed pod. Both are as in the script: a Job that failed is waited for in vain, and one that
/// was removed counts as well.
pub async fn finalize(attempt: &Attempt<'_>) -> Ended {
    let id = attempt.env("BLAST_ELB_JOB_ID");
    let Some(results) = Address::read(attempt.shared, &attempt.env("ELB_RESULTS")) else {
        attempt.say("ERROR: ELB_RESULTS is not in this storage account");
        return Ended::code(1);
    };
    let wanted = jobs(attempt, &id).into_iter().map(|job| job.metadata.name).collect::<BTreeSet<_>>();
    attempt.say(format!("waiting for {} jobs", wanted.len()));
    let forced = attempt.shared.faults.look(|fault, _| match fault {
        Fault::Finalizer { marker } => Some(marker.clone()),
        _ => None,
    });
    let waiting = complete(attempt, &id, &wanted, forced.is_some());
    let _ = timeout(attempt.shared.scaled(LONGEST), waiting).await;
    let failed = jobs(attempt, &id).iter().any(|job| job.status.failed.is_some_and(|count| count > 0));
    let marker = match forced {
        Some(None) => return Ended::code(0),
        Some(Some(marker)) => marker,
        None if failed => "FAILURE".to_owned(),
        None => "SUCCESS".to_owned(),
    };
    attempt.say(format!("uploading {marker}.txt"));
    match results.join(&format!("metadata/{marker}.txt")).put(attempt.shared, "").await {
        Ok(()) => Ended::code(0),
        Err(error) => {
            attempt.say(format!("failed to perform copy command: {error}"));
            Ended::code(1)
        }
    }
}

/// Waits until all are complete; with `any_end`, a failed or removed Job is an end too.
async fn complete(attempt: &Attempt<'_>, id: &str, wanted: &BTreeSet<String>, any_end: bool) {
    let mut listen = attempt.shared.world().listen();
    loop {
        listen.borrow_and_update();
        let there = jobs(attempt, id);
        let done = wanted.iter().all(|name| match there.iter().find(|job| job.metadata.name == *name) {
            Some(job) => job.condition("Complete").is_some() || (any_end && job.is_over()),
            None => any_end,
        });
        if done || listen.changed().await.is_err() {
            return;
        }
    }
}

fn jobs(attempt: &Attempt<'_>, id: &str) -> Vec<Job> {
    let world = attempt.shared.world();
    let of_search = |job: &&Job| job.meta().label("app") == "blast" && job.meta().label("elb-job-id") == id;
    Job::shelf(&world).all().filter(of_search).cloned().collect()
}
