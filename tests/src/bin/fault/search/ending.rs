//! What is left over when everything is over.

use super::bed::{Bed, CLUSTER_SCALE, TIME_SCALE};
use crate::table::Table;
use blastline_jobs::rows::SlotRow;
use blastline_jobs::{
    names::{QueueName, Table as Rows},
    ports::{Query, Queues, Tables},
};
use blastline_tests::{
    chain::{
        cluster::CLUSTER,
        places::handler,
        processes::{self, Process},
    },
    standin::Standin,
};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path, sync::Arc, time::Duration};
use tokio::{
    process::Command,
    time::{MissedTickBehavior, interval, timeout},
};

/// How long the reconciler may take until nothing is left: it looks for the last time ten minutes after a search's end or
/// a row's first miss, divided by the scale, and clocks were wrong by some seconds.
const TIDY: Duration = Duration::from_secs(2 * 600 / TIME_SCALE as u64 + 60);

/// The same on a cluster, which removes Jobs by itself: those that submit two hours after their end.
const TIDY_CLUSTER: Duration = Duration::from_secs(2 * 3_600 / CLUSTER_SCALE as u64 + 60);

/// What is left over.
#[derive(Debug, Default)]
pub struct Left {
    messages: Vec<String>,
    rows: BTreeMap<&'static str, Vec<String>>,
    cluster: Vec<String>,
    files: Vec<String>,
    cache: Vec<String>,
    blasts: Vec<String>,
    processes: Vec<String>,
    doctor: String,
    findings: Vec<String>,
    doctor_is_content: bool,
}

/// What `handler doctor state --json` prints.
#[derive(Debug, Deserialize)]
struct Report {
    findings: Vec<Finding>,
    looked_at: BTreeMap<String, u64>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    name: String,
    subject: String,
    detail: String,
}

/// Waits until nothing is left, or for so long that it never will be; then asks the doctor, and ends the host.
pub async fn look(bed: &Bed) -> Left {
    let mut left = Left::default();
    let waiting = async {
        let mut ticks = interval(Duration::from_millis(500));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            left = now(bed).await;
            if left.is_nothing() {
                return;
            }
        }
    };
    let tidy = if bed.cluster.is_some() { TIDY.max(TIDY_CLUSTER) } else { TIDY };
    let _ = timeout(tidy, waiting).await;
    let mut chain = bed.chain.lock().await;
    let mut doctor = Command::new(handler());
    doctor.args(["doctor", "state", "--json"]).envs(chain.environment()).kill_on_drop(true);
    let said = doctor.output().await.expect("the doctor can be asked");
    match serde_json::from_slice::<Report>(&said.stdout) {
        Ok(report) => {
            left.findings = report.findings.iter().map(Finding::line).collect();
            let looked = report.looked_at.iter().map(|(what, count)| format!("{count} {what}"));
            left.doctor = looked.collect::<Vec<_>>().join(", ");
        }
        Err(_) => left.doctor = String::from_utf8_lossy(&said.stderr).into_owned(),
    }
    left.doctor_is_content = said.status.code() == Some(0);
    let dir = chain.dir().to_owned();
    let ended = timeout(Duration::from_secs(30), chain.kill_host()).await;
    left.processes = processes::of_chain(&dir).iter().map(command).collect();
    assert!(ended.is_ok() || !left.processes.is_empty());
    left
}

fn command(process: &Process) -> String {
    format!("{} {}", process.pid, process.command)
}

/// What is there at this moment.
async fn now(bed: &Bed) -> Left {
    let storage = bed.storage();
    let (queues, tables): (Arc<dyn Queues>, Arc<dyn Tables>) = (storage.queues(), storage.tables());
    let mut left = Left::default();
    for queue in QueueName::ALL {
        match queues.approximate_count(*queue).await {
            Ok(0) => {}
            count => left.messages.push(format!("{queue} {count:?}")),
        }
    }
    let line = SlotRow::partition(CLUSTER);
    for (what, table, partition) in [
        ("worklist rows", Rows::Active, "blast"),
        ("dispatch rows", Rows::Limits, "dispatch"),
        ("places in line", Rows::Limits, line.as_str()),
    ] {
        let rows = tables.query_all(table, &Query::partition(partition)).await;
        let rows = rows.map(|rows| rows.into_iter().map(|row| row.entity.rk).collect());
        left.rows.insert(what, rows.unwrap_or_else(|error| vec![error.to_string()]));
    }
    left.cluster = bed.cluster.as_ref().map(on_cluster).unwrap_or_default();
    let chain = bed.chain.lock().await;
    left.files = names(&chain.dir().join("scratch"));
    // Lock files stay by design; what is under way or evicted has names of its own.
    let under_way = names(&chain.dir().join("cache")).into_iter();
    left.cache = under_way.filter(|name| name.starts_with('.') && name != ".room.lock").collect();
    left.blasts = chain.blast_processes().iter().map(command).collect();
    left
}

/// What is there of searches on a cluster, and who holds its Leases.
fn on_cluster(cluster: &Standin) -> Vec<String> {
    let kinds = [
        ("Job", cluster.jobs()),
        ("pod", cluster.pods()),
        ("Secret", cluster.secrets()),
        ("Lease of", cluster.lease_holders()),
    ];
    kinds
        .into_iter()
        .flat_map(|(kind, names)| names.into_iter().map(move |name| format!("{kind} {name}")))
        .collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    // The file that builds of databases lock is there to stay.
    names.filter(|name| name != ".build.lock").collect()
}

impl Finding {
    fn line(&self) -> String {
        format!("{} {}: {}", self.name, self.subject, self.detail)
    }
}

impl Left {
    fn is_nothing(&self) -> bool {
        self.messages.is_empty()
            && self.rows.values().all(Vec::is_empty)
            && self.cluster.is_empty()
            && self.files.is_empty()
            && self.cache.is_empty()
            && self.blasts.is_empty()
    }

    /// The claims that nothing is left.
    pub fn tell(&self, table: &mut Table) {
        table.none("messages left", &self.messages);
        for (what, rows) in &self.rows {
            table.none(&format!("{what} left"), rows);
        }
        table.none("objects left on the cluster", &self.cluster);
        table.none("temporary files left", &self.files);
        table.none("cache locks and downloads left", &self.cache);
        table.none("BLAST+ processes left", &self.blasts);
        table.none("processes left after the host's end", &self.processes);
        table.none("contradictions that the doctor finds", &self.findings);
        table.row("`handler doctor state` ends with", 0, &self.doctor, self.doctor_is_content);
    }
}
