//! Storage stands still, is away, busy, slow or cut off.

use super::{
    adversary::{lasts, span},
    bed::{Bed, lock},
    faults::{Fault, Kind},
};
use blastline_tests::proxy::Proxy;
use std::{sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};

/// Undoes what a proxy was told.
pub fn calm(proxy: &Proxy) {
    proxy.thaw();
    proxy.delay(Duration::ZERO, Duration::ZERO);
    proxy.answer_busy(0);
    proxy.cut_after(u64::MAX);
    proxy.cut_each_after(u64::MAX);
}

/// Does a fault of storage.
pub async fn act(bed: &Bed, fault: Fault) {
    let one = &bed.proxies[fault.place % bed.proxies.len()];
    match fault.kind {
        Kind::Frozen => {
            lock(&bed.azurite).freeze();
            lasts(bed, fault).await;
            lock(&bed.azurite).thaw();
        }
        Kind::Restarted => restart(bed, fault.lasts_ms / 2).await,
        Kind::CutOff => {
            bed.proxies.iter().for_each(Proxy::freeze);
            lasts(bed, fault).await;
            bed.proxies.iter().for_each(Proxy::thaw);
            bed.proxies.iter().for_each(Proxy::reset);
        }
        Kind::Reset => bed.proxies.iter().for_each(Proxy::reset),
        Kind::Busy => {
            let seconds = if fault.with_kill { 1 } else { 0 };
            one.answer_busy_for(5 + fault.amount % 60, seconds);
            lasts(bed, fault).await;
            one.answer_busy(0);
        }
        Kind::Slow => {
            let each = Duration::from_millis(5 + fault.amount % 200);
            bed.proxies.iter().for_each(|proxy| proxy.delay(each, each));
            lasts(bed, fault).await;
            bed.proxies.iter().for_each(|proxy| proxy.delay(Duration::ZERO, Duration::ZERO));
        }
        _ => {
            one.cut_each_after(fault.amount % 3_000);
            lasts(bed, fault).await;
            one.cut_each_after(u64::MAX);
        }
    }
}

/// Stops Azurite by SIGTERM, which keeps what it acknowledged, and starts it again. It waits for its clients, so their
/// connections are reset until it is gone.
async fn restart(bed: &Bed, down_ms: u64) {
    let azurite = Arc::clone(&bed.azurite);
    let stopping = tokio::task::spawn_blocking(move || lock(&azurite).stop());
    tokio::pin!(stopping);
    let mut ticks = interval(Duration::from_millis(100));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            stopped = &mut stopping => break stopped.expect("Azurite stops"),
            _ = ticks.tick() => bed.proxies.iter().for_each(Proxy::reset),
        }
    }
    span(down_ms).await;
    let azurite = Arc::clone(&bed.azurite);
    tokio::task::spawn_blocking(move || lock(&azurite).start_again()).await.expect("Azurite starts");
}
