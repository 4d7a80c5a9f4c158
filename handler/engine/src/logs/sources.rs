use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::elastic::resolve::resolve_elastic_blast_job_id;
use blastline_jobs::ids::JobId;
use blastline_jobs::logs::{LogSource, step_of};
use blastline_jobs::ports::{Cluster, ClusterErrorKind, ContainerSeen, PodSeen};
use blastline_jobs::rows::JobRow;
use serde_json::{Map, Value};

/// Pods whose logs are looked for.
pub(super) const MAX_PODS: u32 = 5_000;

/// A run of a container on the cluster, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub source: LogSource,
    /// Whether it has ended: what its log holds is all there will be.
    pub ended: bool,
    /// Where its log is.
    pub log: WhichLog,
}

/// Where the log of a run is to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhichLog {
    /// It is the container's log.
    Present,
    /// The container was started again since: its log is the one before.
    Previous,
    /// The container was started again more than once since: nowhere.
    Lost,
    /// Its pod was not listed: nowhere, if the cluster says that the pod is gone.
    Unlisted,
}

/// The id that the cluster knows a search by. A row of this program has it in a column; a row that another writer touched
/// may have it in a nested place of its payload alone.
pub async fn cluster_id(deps: &Deps, row: &JobRow) -> EngineResult<JobId> {
    let column = row.elastic.as_ref().map(|state| state.blast_job_id.as_str()).unwrap_or_default();
    if let Ok(id) = column.parse() {
        return Ok(id);
    }
    let text = deps.jobs().payload_text(&row.id).await?;
    let payload: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
    let found = resolve_elastic_blast_job_id(&payload).and_then(|id| id.parse().ok());
    Ok(found.unwrap_or_else(|| row.id.clone()))
}

/// Runs of containers that have a log, init containers included.
pub(super) fn runs(pods: &[PodSeen]) -> Vec<Seen> {
    pods.iter()
        .flat_map(|pod| pod.containers.iter().flat_map(move |container| runs_of(pod, container)))
        .collect()
}

fn runs_of(pod: &PodSeen, container: &ContainerSeen) -> Vec<Seen> {
    let source = |attempt| LogSource {
        step: step_of(pod.role),
        pod: pod.name.clone(),
        pod_uid: pod.uid.clone(),
        container: container.name.clone(),
        attempt,
    };
    let mut runs = Vec::new();
    if let Some(before) = container.restarts.checked_sub(1) {
        runs.push(Seen { source: source(before), ended: true, log: WhichLog::Previous });
    }
    if container.running || container.end.is_some() {
        let ended = container.end.is_some();
        runs.push(Seen { source: source(container.restarts), ended, log: WhichLog::Present });
    }
    runs.retain(|run| run.source.is_nameable());
    runs
}

/// Whether a log that was read since a run was seen was that of this run: its container was not started again. A pod that is
/// gone starts nothing. Where that cannot be asked it is not known, and the log is read again later.
pub(super) async fn is_still(cluster: &dyn Cluster, seen: &Seen) -> bool {
    if matches!(seen.log, WhichLog::Lost | WhichLog::Unlisted) {
        return true;
    }
    let expected = seen.source.attempt + u32::from(seen.log == WhichLog::Previous);
    match cluster.restarts(&seen.source.target()).await {
        Ok(restarts) => restarts.is_none_or(|restarts| restarts == expected),
        Err(error) => {
            tracing::warn!(target = seen.source.name(), %error, "a log that was read is not known to be a run's");
            false
        }
    }
}

/// Whether an error says that there is no such log and will be none: the cluster's own word, not its silence.
pub(super) fn says_gone(kind: ClusterErrorKind) -> bool {
    kind == ClusterErrorKind::NotFound
}
