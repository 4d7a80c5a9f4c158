//! Does one fault after another until the searches are over and each kind was done.

use super::{
    bed::{Bed, Done},
    cluster,
    faults::{Deck, Fault, Kind},
    kills, messages, storage,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// Furthest that a clock is wrong, in milliseconds. Times are divided by ten: two minutes of a real system.
const WRONG_BY_MS: u64 = 12_000;

/// Torments the chain.
pub async fn torment(bed: Arc<Bed>, seed: u64) {
    let mut deck = Deck::of(bed.suite, seed);
    while !(bed.is_over() && deck.is_through()) {
        let fault = deck.draw();
        let from = Instant::now();
        if act(&bed, fault).await {
            bed.did(Done { kind: fault.kind, from, to: Instant::now() });
        }
        span(fault.pause_ms).await;
    }
}

/// Lets time pass.
pub async fn span(ms: u64) {
    // A span of nothing is what a fault is made of, so it is waited for as what never comes.
    let _ = timeout(Duration::from_millis(ms), std::future::pending::<()>()).await;
}

/// Longest wait for something that a fault can be done to, in looks of a fifth of a second.
const LOOKS: usize = 25;

/// Waits until a fault found something to be done to; false when nothing came.
pub async fn as_soon_as_there_is<F: Future<Output = bool>>(mut attempt: impl FnMut() -> F) -> bool {
    for _ in 0..LOOKS {
        if attempt().await {
            return true;
        }
        span(200).await;
    }
    false
}

/// Does a fault; false when there was nothing to do it to.
async fn act(bed: &Bed, fault: Fault) -> bool {
    match fault.kind {
        Kind::Handler => return kills::handler(bed, fault.place).await,
        Kind::Blast => return kills::blast(bed, fault.place).await,
        Kind::Host => kills::host(bed, fault.lasts_ms / 2).await,
        Kind::Doubled => return messages::doubled(bed, fault).await,
        Kind::Reordered => return messages::reordered(bed, fault).await,
        Kind::FullDisk => {
            bed.disk.fill();
            lasts(bed, fault).await;
            bed.disk.empty();
        }
        Kind::Clock => {
            let ahead = i64::try_from(fault.amount % (2 * WRONG_BY_MS)).unwrap_or(0)
                - i64::try_from(WRONG_BY_MS).unwrap_or(0);
            std::fs::write(&bed.clock_file, ahead.to_string()).expect("the clock's file");
            // Whoever is started from now on has that clock; the others keep theirs.
            for place in 0..2 {
                kills::handler(bed, fault.place + place).await;
            }
        }
        Kind::Frozen | Kind::Restarted | Kind::CutOff | Kind::Reset | Kind::Busy | Kind::Slow | Kind::Cut => {
            storage::act(bed, fault).await;
        }
        Kind::ClusterErrors
        | Kind::ClusterBusy
        | Kind::ClusterCut
        | Kind::ClusterSlow
        | Kind::ClusterDenies
        | Kind::ClusterForgets
        | Kind::ClusterClock
        | Kind::Befalls => return cluster::act(bed, fault).await,
    }
    true
}

/// A fault goes on for its time, with a kill in the middle where it has one.
pub async fn lasts(bed: &Bed, fault: Fault) {
    span(fault.lasts_ms / 2).await;
    if fault.with_kill {
        kills::handler(bed, fault.place).await;
    }
    span(fault.lasts_ms / 2).await;
}
