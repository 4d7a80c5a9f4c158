//! Three readers of twenty talkative pods: each ends with the same lines in order, and the handler stays small.

use super::{
    PODS,
    reader::{Held, Manner, read},
    yard,
};
use crate::{product, stats, table::Line};
use blastline_tests::{
    chain::{cluster::Clustered, processes::peak_bytes},
    standin::{Fault, LineFault},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Lines of each pod, and milliseconds from one to the next.
const LINES: u32 = 5_000;
const EVERY_MILLIS: u64 = 10;
/// Of the restless reader.
const SEED: u64 = 20;

/// Lines by container.
type Lines = BTreeMap<String, Vec<(String, String)>>;

/// Measures the row.
pub async fn readers() -> Vec<Line> {
    let chatter = Fault::Lines {
        container: "blast".to_owned(),
        count: LINES,
        what: LineFault::Chatter,
        every_millis: Some(EVERY_MILLIS),
    };
    let yard = yard::start(PODS, chatter, false).await;
    let id = yard::submit(&yard, &yard::wanted(PODS)).await;
    let manners = [Manner::Steady, Manner::Slow, Manner::Restless(SEED)];
    let readers = manners.map(|manner| read(&yard.chain, &id, manner));
    let (job, held) = tokio::join!(product::ended(&yard.chain, &id), futures::future::join_all(readers));
    assert_eq!(job.status, "completed", "{:?}", job.error);
    let stored = stored(&yard, &id).await;
    let mut lines = vec![spoken(&stored)];
    lines.extend(manners.iter().zip(&held).map(|(manner, held)| same(*manner, held, &stored)));
    lines.push(memory(&yard).await);
    lines
}

/// Whether what is stored is what the pods said.
fn spoken(stored: &Lines) -> Line {
    let expected = |pod: &str| (0..LINES).map(|n| format!("line {n:06} of {pod}")).collect::<Vec<_>>();
    let whole = stored.iter().filter(|(target, lines)| {
        let Some(pod) = target.strip_suffix("/blast") else { return false };
        let said: Vec<_> =
            lines.iter().map(|(_, line)| line).filter(|line| line.starts_with("line ")).collect();
        said.into_iter().eq(expected(pod).iter())
    });
    let (whole, all) = (whole.count(), stored.values().map(Vec::len).sum::<usize>());
    Line::holds(
        format!("logs: pods whose {LINES} lines are stored whole and in order"),
        &format!("{PODS}"),
        format!("{whole} ({} containers, {all} lines in all)", stored.len()),
        whole == PODS,
    )
}

/// Whether a reader ended with exactly the stored lines.
fn same(manner: Manner, held: &Held, stored: &Lines) -> Line {
    let who = match manner {
        Manner::Steady => "a steady reader".to_owned(),
        Manner::Slow => "a slow reader".to_owned(),
        Manner::Restless(seed) => format!("a reader that breaks off at random (seed {seed})"),
    };
    let differ =
        stored.keys().chain(held.lines.keys()).filter(|key| stored.get(*key) != held.lines.get(*key)).count();
    let got: usize = held.lines.values().map(Vec::len).sum();
    let measured = format!("{differ} ({got} lines, {} came again, {} returns)", held.again, held.returns);
    Line::holds(format!("logs: containers whose lines differ for {who}"), "0", measured, differ == 0)
}

async fn memory(yard: &Clustered) -> Line {
    let processes = yard.chain.api.processes().await;
    #[expect(clippy::cast_precision_loss, reason = "some hundred mebibytes")]
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let peaks = processes.iter().filter_map(|process| {
        let group = process.group.clone().unwrap_or_default();
        Some((mebibytes(peak_bytes(process.pid?)), group))
    });
    let (most, group) =
        peaks.fold((0.0, String::new()), |most, next| if next.0 > most.0 { next } else { most });
    let beside = format!("{group}, of {} processes, {}", processes.len(), stats::load());
    Line::at_most("logs: most memory of a handler process", 150.0, " MiB", most, &beside)
}

/// Every stored line, page by page.
async fn stored(yard: &Clustered, id: &str) -> Lines {
    let api = &yard.chain.api;
    let targets: Value = api.read(&format!("/api/blast/jobs/{id}/logs/targets")).await;
    let mut all = Lines::new();
    for target in targets["targets"].as_array().unwrap() {
        let name = target["target"].as_str().unwrap();
        let (lines, mut from) = (all.entry(name.to_owned()).or_default(), Some(0));
        while let Some(first) = from {
            let path = format!("/api/blast/jobs/{id}/logs?target={name}&from={first}&limit=5000");
            let page: Value = api.read(&path).await;
            let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
            lines.extend(
                page["lines"].as_array().unwrap().iter().map(|line| (text(line, "id"), text(line, "line"))),
            );
            from = page["next"].as_u64();
        }
    }
    all
}
