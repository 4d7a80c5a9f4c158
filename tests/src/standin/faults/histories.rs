//! Histories by name: what a run can be told to go through (`standin --history <name>`).

use super::{BatchFault, CliFault, Fault, LineFault};

/// A history.
#[derive(Debug, Clone, Copy)]
pub struct History {
    /// Its name.
    pub name: &'static str,
    /// What happens, in a sentence.
    pub story: &'static str,
    faults: fn() -> Vec<Fault>,
}

impl History {
    /// Its faults.
    pub fn faults(&self) -> Vec<Fault> {
        (self.faults)()
    }
}

/// The history of a name.
pub fn history(name: &str) -> Option<&'static History> {
    HISTORIES.iter().find(|history| history.name == name)
}

const ALWAYS: u32 = u32::MAX;

fn batch(batch: u32, what: BatchFault, times: u32) -> Fault {
    Fault::Batch { batch: Some(batch), what, times }
}

fn cli(what: CliFault) -> Fault {
    Fault::Cli { what, times: 1 }
}

fn cli_exit(code: i32, category: &str) -> Fault {
    cli(CliFault::Exit { code, category: Some(category.to_owned()), retry_after_seconds: None })
}

fn blast_exit(code: i32, times: u32) -> Fault {
    let text = "BLAST engine error: the search was ended".to_owned();
    batch(1, BatchFault::Exit { code, text }, times)
}

fn status(status: u16, calls: u32) -> Fault {
    Fault::ApiStatus { status, verb: None, resource: None, calls, retry_after_seconds: None }
}

fn lines(container: &str, what: LineFault, count: u32) -> Fault {
    Fault::Lines { container: container.to_owned(), count, what, every_millis: None }
}

macro_rules! histories {
    ($($name:literal, $story:literal, $faults:expr;)+) => {
        /// Every history.
        pub const HISTORIES: &[History] =
            &[$(History { name: $name, story: $story, faults: || Vec::from($faults) }),+];
    };
}

histories! {
    "fine", "everything is complete", [];
    "batch-fails", "batch 1 fails in every attempt", [blast_exit(3, ALWAYS)];
    "batch-fails-and-goes", "batch 1 fails, its Job is gone at once, and the finalizer says SUCCESS",
        [blast_exit(3, ALWAYS), batch(1, BatchFault::GoneAtOnce, 1),
         Fault::Finalizer { marker: Some("SUCCESS".to_owned()) }];
    "batch-retries", "batch 1 fails once, and is complete in its second attempt", [blast_exit(3, 1)];
    "out-of-memory-once", "batch 1 is ended for want of memory, and is complete in its second attempt",
        [batch(1, BatchFault::OomKilled, 1)];
    "out-of-memory", "batch 1 is ended for want of memory in every attempt",
        [batch(1, BatchFault::OomKilled, ALWAYS)];
    "evicted", "the pod of batch 1 is evicted once", [batch(1, BatchFault::Evicted, 1)];
    "node-lost", "the node of batch 1 is lost", [batch(1, BatchFault::NodeLost, 1)];
    "image-pull", "the image of the batches cannot be pulled",
        [Fault::ImagePull { app: "blast".to_owned(), batch: None }];
    "image-pull-cli", "the image of the submission cannot be pulled",
        [Fault::ImagePull { app: "elb-cli-submit".to_owned(), batch: None }];
    "unschedulable", "no node takes the batches",
        [Fault::Unschedulable { app: "blast".to_owned(), seconds: None }];
    "pending-an-hour", "no node takes the batches for an hour",
        [Fault::Unschedulable { app: "blast".to_owned(), seconds: Some(3_600) }];
    "quota-jobs", "the namespace may hold no further Job", [Fault::QuotaJobs { limit: 0 }];
    "quota-pods", "the namespace may hold no further pod", [Fault::QuotaPods { limit: 0 }];
    "setup-fails", "the database cannot be brought to any node", [Fault::SetupFails { times: ALWAYS }];
    "setup-fails-once", "the database is brought to a node in the second attempt", [Fault::SetupFails { times: 1 }];
    "cli-created-nothing", "the CLI says accepted and has created nothing", [cli(CliFault::CreatesNothing)];
    "cli-created-half", "the CLI ends in the middle of creating Jobs", [cli(CliFault::CreatesHalf { code: 7 })];
    "cli-creates-late", "the Jobs come three minutes after the CLI has said accepted",
        [cli(CliFault::CreatesLate { seconds: 180 })];
    "cli-hangs", "the CLI waits for ever", [cli(CliFault::Hangs)];
    "cli-capacity", "the CLI finds no capacity once", [cli_exit(10, "capacity")];
    "cli-conflict", "the CLI meets a conflict once", [cli_exit(8, "conflict")];
    "cli-transient", "the CLI fails once for a passing reason", [cli_exit(7, "transient")];
    "cli-auth", "the CLI may not do what it has to", [cli_exit(6, "auth")];
    "cli-no-json", "the CLI succeeds and says nothing in JSON", [cli(CliFault::NoJson)];
    "cli-noise", "noise follows the CLI's JSON", [cli(CliFault::NoiseAfter)];
    "cli-two-json", "the CLI prints two lines of JSON", [cli(CliFault::TwoJson)];
    "cli-long-json", "the CLI's JSON is longer than a termination message", [cli(CliFault::LongJson)];
    "cli-rejected", "the CLI rejects the search for want of capacity",
        [cli(CliFault::Decision { decision: "rejected_capacity".to_owned() })];
    "api-500", "the API answers 500 for ten minutes", [Fault::ApiDown { status: 500, seconds: 600 }];
    "api-429", "the API asks to slow down twenty times",
        [Fault::ApiStatus { status: 429, verb: None, resource: None, calls: 20, retry_after_seconds: Some(1) }];
    "api-401", "the token is refused three times", [status(401, 3)];
    "api-slow", "answers take five seconds", [Fault::ApiSlow { millis: 5_000, calls: 50 }];
    "api-cut", "ten connections are cut", [Fault::ApiCut { calls: 10 }];
    "stopped", "the cluster does not answer any more", [Fault::ApiCut { calls: ALWAYS }];
    "token-expired", "the token is refused from now on", [Fault::TokenExpired];
    "gone-at-once", "the Job of batch 0 is gone as soon as it is complete",
        [batch(0, BatchFault::GoneAtOnce, 1)];
    "false-failure", "the finalizer says FAILURE though all batches are complete",
        [Fault::Finalizer { marker: Some("FAILURE".to_owned()) }];
    "no-marker", "the finalizer writes no marker", [Fault::Finalizer { marker: None }];
    "result-missing", "the result of batch 0 is not written", [batch(0, BatchFault::ResultMissing, ALWAYS)];
    "result-truncated", "the result of batch 0 ends in the middle",
        [batch(0, BatchFault::ResultTruncated, ALWAYS)];
    "result-empty", "the result of batch 0 has no bytes", [batch(0, BatchFault::ResultEmpty, ALWAYS)];
    "result-stale", "an older result of batch 0 lies there, and no new one comes",
        [batch(0, BatchFault::ResultStale, ALWAYS)];
    "lease-stolen", "the Lease is somebody else's at its third renewal", [Fault::LeaseStolen { after_writes: 2 }];
    "long-lines", "the batches write lines of 4,000 characters", [lines("blast", LineFault::Long, 500)];
    "binary-lines", "the batches write bytes that are no text", [lines("blast", LineFault::Binary, 50)];
    "secret-lines", "the batches write tokens and signatures", [lines("blast", LineFault::Secrets, 5)];
    "chatter", "each batch writes 5,000 lines", [lines("blast", LineFault::Chatter, 5_000)];
    "live-lines", "each batch writes a line every 100 ms, for a minute",
        [Fault::Lines { container: "blast".to_owned(), count: 600, what: LineFault::Chatter, every_millis: Some(100) }];
    "log-vanishes", "a batch's pod is taken away while it is followed",
        [Fault::PodVanishes { app: "blast".to_owned(), times: 1 }];
    "slow-batches", "each batch takes a minute longer",
        [Fault::Batch { batch: None, what: BatchFault::Slow { seconds: 60 }, times: ALWAYS }];
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_faults_survive_being_written() {
        let names: BTreeSet<_> = HISTORIES.iter().map(|history| history.name).collect();
        assert_eq!(names.len(), HISTORIES.len());
        for history in HISTORIES {
            let text = serde_json::to_string(&history.faults()).unwrap();
            assert_eq!(
                serde_json::from_str::<Vec<Fault>>(&text).unwrap(),
                history.faults(),
                "{}",
                history.name
            );
        }
    }
}
