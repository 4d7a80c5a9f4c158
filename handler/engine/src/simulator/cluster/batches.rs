//! What the Jobs of batches do: search, write a result, end. Or something less.

use super::{SimCluster, TTL};
use crate::query::QueryIndex;
use crate::simulator::search::hits_of;
use crate::simulator::world::Event;
use blastline_blast::elastic::names::result_object;
use blastline_blast::elastic::split::split;
use blastline_blast::plan::Part;
use blastline_blast::program::Program;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::elastic::cause::Cause;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::{Container, Table};
use blastline_jobs::ports::{Blobs, JobEnd, JobRole, JobSeen, PutCondition, Select, SubmitSpec, Tables};
use blastline_jobs::rows::{CURRENT, JobRow};
use futures::FutureExt;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// The last line of a result that was written to its end.
pub const END: &str = "# end";

/// The batches that ElasticBLAST cuts the stored query into, by the batch length of its configuration.
pub(super) async fn planned(cluster: &SimCluster, spec: &SubmitSpec) -> Vec<Part> {
    let stores = &cluster.me.world.stores;
    let stored = stores.tables.get(Table::JobState, spec.job.as_str(), CURRENT, Select::All).await;
    let row = JobRow::from_entity(&stored.unwrap().unwrap().entity).unwrap();
    let Ok(index) = QueryIndex::read(&stores.blobs, &row, 0).await else { return Vec::new() };
    let lengths: Vec<u64> = index.entries().iter().map(|entry| entry.letters).collect();
    let letters = spec.config.lines().find_map(|line| line.strip_prefix("batch-len = "));
    split(&lengths, letters.unwrap().trim().parse().unwrap())
}

/// Makes the Job of a batch.
pub(super) fn batch_job(cluster: &Arc<SimCluster>, of: &JobId, number: u32, part: Part) {
    let name =
        format!("blastn-batch-tiny-job-{number:03}-{}", blastline_blast::elastic::names::short(of.as_str()));
    if let Some(job) = cluster.make(of, &name, JobRole::Blast, Some(number)) {
        cluster.spawn(search(cluster.clone(), of.clone(), job, number, part));
    }
}

/// Where a batch writes its result.
fn path_of(of: &JobId, number: u32) -> BlobPath {
    let object = result_object(number, Program::Blastn, "tiny");
    BlobPath::new(Container::Results, format!("{of}/{of}/{object}")).unwrap()
}

impl SimCluster {
    fn write(&self, of: &JobId, number: u32, text: String) {
        let path = path_of(of, number);
        let bytes = Some(text.len());
        let blobs = &self.me.world.stores.blobs;
        blobs.put(&path, text.into(), "x", PutCondition::Overwrite).now_or_never().unwrap().unwrap();
        self.me.tell(Event::Blob { path: path.to_string(), bytes });
    }
}

/// What BLAST+ finds for a batch; a damaged one breaks off.
fn result(of: &JobId, part: Part, damaged: bool) -> String {
    let mut text = String::new();
    for query in part.first..part.first + part.count {
        let _ = writeln!(text, "{query} {}", hits_of(of, query));
    }
    if !damaged {
        let _ = writeln!(text, "{END}");
    }
    text
}

/// Runs a batch.
async fn search(cluster: Arc<SimCluster>, of: JobId, job: JobSeen, number: u32, part: Part) {
    cluster.wait(500, 20_000).await;
    let Some(pod) = cluster.start_pod(&of, &job) else { return };
    cluster.wait(1_000, 60_000).await;
    if !cluster.lives(&pod) {
        return;
    }
    let world = cluster.me.world.clone();
    let fate = if world.happens(|weather| weather.batch_fails) {
        [1, 2, 3, 3, 4, 4][world.draw(|c| c.index(6))]
    } else {
        0
    };
    if fate == 1 {
        if let Some(seen) =
            cluster.end_pod(&pod, world.draw(|c| [1, 2, 3, 137, 255][c.index(5)]), "it says no")
        {
            let cause = Cause::of(&seen).unwrap();
            cluster.harms(&of, cause.fault(Program::Blastn).code);
        }
        let reason = "BackoffLimitExceeded".to_owned();
        cluster.harms(&of, ErrorCode::ElasticPartFailed);
        cluster.end(&of, &job, JobEnd::Failed { reason, message: String::new() }, TTL);
        cluster.harms(&of, ErrorCode::ElasticJobsMissing);
        return;
    }
    match fate {
        0 => cluster.write(&of, number, result(&of, part, false)),
        2 => cluster.write(&of, number, result(&of, part, true)),
        _ => {}
    }
    if fate > 0 {
        cluster.harms(&of, ErrorCode::ResultsInvalid);
    }
    cluster.wait(0, 5_000).await;
    cluster.end_pod(&pod, 0, "");
    let early = world.happens(|weather| weather.removed_early);
    if early || world.weather().cluster_silent > 0 || world.weather().jumps > 0 {
        cluster.harms(&of, ErrorCode::ElasticJobsMissing);
    }
    if cluster.is_there(&of, &job) {
        cluster.tell("batch-complete", &of, number.to_string());
    }
    cluster.end(&of, &job, JobEnd::Complete, if early { Duration::from_secs(5) } else { TTL });
    if fate == 3 {
        cluster.wait(5_000, 500_000).await;
        // Whoever writes late is the pod, which is gone with its search.
        if cluster.is_there(&of, &job) {
            cluster.write(&of, number, result(&of, part, false));
        }
    }
}

/// The finalizer: waits until no batch is open any more.
pub(super) async fn finalize(cluster: Arc<SimCluster>, of: JobId, job: JobSeen) {
    let pod = cluster.start_pod(&of, &job);
    while cluster.is_there(&of, &job) {
        let jobs = cluster.memory.peek_jobs(&of);
        if !jobs.iter().any(|seen| seen.role == JobRole::Blast && seen.end.is_none()) {
            break;
        }
        cluster.wait(10_000, 15_000).await;
    }
    if let Some(pod) = pod {
        cluster.end_pod(&pod, 0, "");
    }
    cluster.end(&of, &job, JobEnd::Complete, TTL);
}
