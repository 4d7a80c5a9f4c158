//! How long a line is on its way from a container to a reader.

use super::{
    PODS,
    reader::{Manner, read},
    yard,
};
use crate::{product, stats, table::Line};
use blastline_tests::standin::{Fault, LineFault};

/// Lines of each pod, and milliseconds from one to the next: half a minute.
const LINES: u32 = 300;
const EVERY_MILLIS: u64 = 100;

/// Measures the row.
pub async fn latency() -> Vec<Line> {
    let chatter = Fault::Lines {
        container: "blast".to_owned(),
        count: LINES,
        what: LineFault::Chatter,
        every_millis: Some(EVERY_MILLIS),
    };
    let yard = yard::start(PODS, chatter, false).await;
    let id = yard::submit(&yard, &yard::wanted(PODS)).await;
    let (job, held) = tokio::join!(product::ended(&yard.chain, &id), read(&yard.chain, &id, Manner::Steady));
    assert_eq!(job.status, "completed", "{:?}", job.error);
    let said = held.lines.values().map(Vec::len).sum::<usize>();
    assert!(said > PODS * LINES as usize, "{said} lines came");
    let mut sorted = held.delays.clone();
    sorted.sort_by(f64::total_cmp);
    let late = sorted[sorted.len() * 95 / 100];
    let beside = format!("{said} lines, 95 of 100 within {late:.2} s, {}", stats::load());
    let what = format!("logs: from container to reader, median with {PODS} pods");
    vec![Line::at_most(what, 1.0, " s", stats::median(&held.delays), &beside)]
}
