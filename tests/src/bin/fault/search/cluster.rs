//! What is done to the cluster, and what befalls submissions and batches there.

use super::{
    adversary::{lasts, span},
    bed::{Bed, CLUSTER_SCALE},
    faults::{Fault, Kind},
};
use blastline_tests::standin::{self, BatchFault, CliFault, Standin};
use std::time::{Duration, Instant};

/// Furthest that the cluster's clock is wrong, in seconds.
const WRONG_BY: u64 = 300;

/// Calls that go wrong one after the other; after five of them nobody calls for half a minute.
const FEW: u32 = 4;

/// What befalls a search, and by which codes it may fail of that.
type Befalls = (fn() -> standin::Fault, &'static [&'static str]);

/// A batch that ends badly so often that its Job fails, where one batch meets all of it.
const TIMES: u32 = 6;

fn any_batch(what: BatchFault, times: u32) -> standin::Fault {
    standin::Fault::Batch { batch: None, what, times }
}

fn cli(what: CliFault) -> standin::Fault {
    standin::Fault::Cli { what, times: 1 }
}

fn cli_exit(code: i32, category: &str) -> standin::Fault {
    cli(CliFault::Exit { code, category: Some(category.to_owned()), retry_after_seconds: None })
}

fn exit() -> BatchFault {
    BatchFault::Exit { code: 3, text: "BLAST engine error: the search was ended".to_owned() }
}

/// Everything that may befall one.
const BEFALLS: &[Befalls] = &[
    (|| any_batch(exit(), 1), &[]),
    (|| any_batch(exit(), TIMES), &["blast_search_failed"]),
    (|| any_batch(BatchFault::OomKilled, 1), &[]),
    (|| any_batch(BatchFault::OomKilled, TIMES), &["blast_out_of_memory"]),
    (|| any_batch(BatchFault::Evicted, 1), &["blast_interrupted"]),
    (|| any_batch(BatchFault::NodeLost, 1), &["blast_interrupted"]),
    (|| any_batch(BatchFault::GoneAtOnce, 1), &["elastic_jobs_missing"]),
    (|| any_batch(BatchFault::ResultMissing, 1), &["results_invalid"]),
    (|| any_batch(BatchFault::ResultTruncated, 1), &["results_invalid"]),
    (|| any_batch(BatchFault::ResultEmpty, 1), &["results_invalid"]),
    (|| any_batch(BatchFault::ResultStale, 1), &["results_invalid"]),
    (|| any_batch(BatchFault::Slow { seconds: 60 }, 3), &[]),
    (|| standin::Fault::PodVanishes { app: "blast".to_owned(), times: 1 }, &["blast_interrupted"]),
    (|| standin::Fault::SetupFails { times: 1 }, &[]),
    (|| standin::Fault::Finalizer { marker: Some("FAILURE".to_owned()) }, &[]),
    (|| standin::Fault::Unschedulable { app: "blast".to_owned(), seconds: Some(300) }, &[]),
    (|| cli(CliFault::CreatesNothing), &["elastic_jobs_missing"]),
    (|| cli(CliFault::CreatesHalf { code: 7 }), &["elastic_jobs_missing"]),
    (|| cli(CliFault::CreatesLate { seconds: 120 }), &["elastic_jobs_missing"]),
    (|| cli(CliFault::NoJson), &[]),
    (|| cli(CliFault::NoiseAfter), &[]),
    (|| cli(CliFault::LongJson), &[]),
    (|| cli_exit(7, "transient"), &["elastic_submit_failed"]),
    (|| cli_exit(8, "conflict"), &["elastic_submit_failed"]),
    (|| cli_exit(10, "capacity"), &[]),
];

/// Does it; false where there is no cluster.
pub async fn act(bed: &Bed, fault: Fault) -> bool {
    let Some(cluster) = &bed.cluster else { return false };
    match fault.kind {
        Kind::ClusterForgets => forget(cluster, Duration::from_millis(fault.lasts_ms)).await,
        Kind::ClusterClock => {
            let ahead = i64::try_from(fault.amount % (2 * WRONG_BY)).unwrap_or(0);
            cluster.skew(ahead - i64::try_from(WRONG_BY).unwrap_or(0));
        }
        Kind::Befalls => {
            let (befalls, codes) = BEFALLS[fault.place % BEFALLS.len()];
            bed.befalls(codes);
            cluster.arm(befalls());
        }
        kind => {
            cluster.arm(answers(kind, fault));
            lasts(bed, fault).await;
        }
    }
    true
}

/// How calls are answered: for a while, as an outage is over at some time whether or not anybody calls; or the next few.
fn answers(kind: Kind, fault: Fault) -> standin::Fault {
    let seconds = fault.lasts_ms * u64::from(CLUSTER_SCALE) / 1_000;
    let down = |status| standin::Fault::ApiDown { status, seconds };
    match kind {
        Kind::ClusterBusy => standin::Fault::ApiStatus {
            status: 429,
            verb: None,
            resource: None,
            calls: FEW,
            retry_after_seconds: Some(1),
        },
        Kind::ClusterCut => standin::Fault::ApiCut { calls: FEW },
        Kind::ClusterSlow => standin::Fault::ApiSlow { millis: 1_000 * (1 + fault.amount % 60), calls: FEW },
        Kind::ClusterDenies => down(401),
        _ => down(if fault.amount.is_multiple_of(2) { 500 } else { 503 }),
    }
}

/// Forgets old versions again and again for a while.
async fn forget(cluster: &Standin, for_so_long: Duration) {
    let until = Instant::now() + for_so_long;
    while Instant::now() < until {
        cluster.compact();
        span(20).await;
    }
}
