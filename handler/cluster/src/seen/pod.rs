use super::Meta;
use crate::names::JOB_NAME_LABEL;
use blastline_jobs::{
    ids::JobId,
    ports::{ContainerEnd, ContainerSeen, JobSeen, LogTarget, PodSeen},
};
use serde::Deserialize;
use time::OffsetDateTime;

/// What is read of a pod.
#[derive(Debug, Deserialize)]
pub struct PodRead {
    metadata: Meta,
    spec: Spec,
    #[serde(default)]
    status: Status,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    #[serde(default)]
    node_name: Option<String>,
    #[serde(default)]
    init_containers: Vec<Named>,
    #[serde(default)]
    containers: Vec<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(default)]
    phase: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    conditions: Vec<Condition>,
    #[serde(default)]
    init_container_statuses: Vec<ContainerStatus>,
    #[serde(default)]
    container_statuses: Vec<ContainerStatus>,
}

#[derive(Debug, Deserialize)]
struct Condition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
    #[serde(default)]
    message: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContainerStatus {
    name: String,
    #[serde(default)]
    state: State,
    #[serde(default)]
    last_state: State,
    #[serde(default)]
    restart_count: u32,
}

#[derive(Debug, Default, Deserialize)]
struct State {
    #[serde(default)]
    waiting: Option<Waiting>,
    #[serde(default)]
    running: Option<Running>,
    #[serde(default)]
    terminated: Option<Terminated>,
}

#[derive(Debug, Deserialize)]
struct Waiting {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    message: String,
}

#[derive(Debug, Deserialize)]
struct Running {}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terminated {
    exit_code: i32,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    message: String,
    #[serde(default, with = "time::serde::rfc3339::option")]
    finished_at: Option<OffsetDateTime>,
}

impl From<Terminated> for ContainerEnd {
    fn from(read: Terminated) -> Self {
        Self {
            exit_code: read.exit_code,
            reason: read.reason,
            message: read.message,
            ended_at: read.finished_at,
        }
    }
}

/// How often a container was started again; `None` where this is another pod of its name, or has no such container.
pub fn restarts_of(read: &PodRead, target: &LogTarget) -> Option<u32> {
    let statuses = read.status.init_container_statuses.iter().chain(&read.status.container_statuses);
    let mut same = statuses.filter(|_| read.metadata.uid == target.pod_uid);
    same.find(|status| status.name == target.container).map(|status| status.restart_count)
}

/// A pod of a search in the port's terms; `None` for one that is not of this search. It is by its labels, or because one
/// of the search's `jobs` owns it.
pub fn pod_seen(job: &JobId, jobs: &[JobSeen], read: PodRead) -> Option<PodSeen> {
    let owns = |seen: &&JobSeen| {
        !seen.uid.is_empty() && read.metadata.owner_references.iter().any(|owner| owner.uid == seen.uid)
    };
    let role = read.metadata.role_in(job).or_else(|| jobs.iter().find(owns).map(|seen| seen.role))?;
    let PodRead { metadata, spec, status } = read;
    let unplaced = |c: &&Condition| c.kind == "PodScheduled" && c.status == "False";
    let owner = metadata.owner_references.iter().find(|owner| owner.kind == "Job");
    let owner = owner.map(|owner| owner.name.clone());
    let mut containers = containers(spec.init_containers, status.init_container_statuses, true);
    containers.extend(self::containers(spec.containers, status.container_statuses, false));
    Some(PodSeen {
        job: owner.or_else(|| metadata.labels.get(JOB_NAME_LABEL).cloned()),
        name: metadata.name,
        uid: metadata.uid,
        role,
        node: spec.node_name.filter(|name| !name.is_empty()),
        unschedulable: status.conditions.iter().find(unplaced).map(|condition| condition.message.clone()),
        phase: status.phase,
        reason: status.reason,
        created_at: metadata.creation_timestamp,
        containers,
    })
}

/// The containers that the pod has by its specification, each with what is known of it. A pod that waits for a machine
/// has no states yet.
fn containers(named: Vec<Named>, mut states: Vec<ContainerStatus>, init: bool) -> Vec<ContainerSeen> {
    let find = |Named { name }: Named| {
        let at = states.iter().position(|state| state.name == name);
        let read = at.map(|at| states.swap_remove(at));
        let restarts = read.as_ref().map_or(0, |read| read.restart_count);
        let (state, last) = read.map(|read| (read.state, read.last_state)).unwrap_or_default();
        ContainerSeen {
            name,
            init,
            waiting: state.waiting.map(|waiting| (waiting.reason, waiting.message)),
            running: state.running.is_some(),
            end: state.terminated.map(ContainerEnd::from),
            last_end: last.terminated.map(ContainerEnd::from),
            restarts,
        }
    };
    named.into_iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use blastline_jobs::ports::JobRole;
    use serde_json::{Value, json};

    fn job() -> JobId {
        "job-0123456789abcdef0123456789abcdef".parse().unwrap()
    }

    fn seen(status: Value) -> PodSeen {
        let read = json!({
            "metadata": {
                "name": "blastn-batch-x-job-000-89abcdef-k2x9p", "uid": "p-1",
                "creationTimestamp": "2026-01-01T00:00:00Z",
                "labels": { "app": "blast", "elb-job-id": job().as_str(), "batch.kubernetes.io/job-name": "other" },
                "ownerReferences": [{ "kind": "Job", "name": "blastn-batch-x-job-000-89abcdef", "uid": "u-1" }],
            },
            "spec": {
                "initContainers": [{ "name": "import-query-batches" }],
                "containers": [{ "name": "blast", "image": "i" }, { "name": "results-export", "image": "i" }],
            },
            "status": status,
        });
        pod_seen(&job(), &[], serde_json::from_value(read).unwrap()).unwrap()
    }

    #[test]
    fn a_pod_without_a_machine_says_so_in_the_schedulers_words() {
        let pod = seen(json!({
            "phase": "Pending",
            "conditions": [{ "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes" }],
        }));
        assert_eq!(pod.unschedulable.as_deref(), Some("0/3 nodes"));
        assert_eq!((pod.phase.as_str(), pod.role, pod.node), ("Pending", JobRole::Blast, None));
        assert_eq!(pod.job.as_deref(), Some("blastn-batch-x-job-000-89abcdef"));
        let names: Vec<_> = pod.containers.iter().map(|c| (c.name.as_str(), c.init)).collect();
        assert_eq!(names, [("import-query-batches", true), ("blast", false), ("results-export", false)]);
    }

    #[test]
    fn what_ended_an_earlier_attempt_is_seen_behind_the_running_one() {
        let pod = seen(json!({
            "phase": "Running",
            "containerStatuses": [
                { "name": "results-export", "state": { "running": { "startedAt": "2026-01-01T00:00:05Z" } } },
                {
                    "name": "blast", "restartCount": 1, "state": { "running": {} },
                    "lastState": { "terminated": {
                        "exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-01-01T00:00:04Z",
                    }},
                },
            ],
        }));
        let blast = pod.containers.iter().find(|c| c.name == "blast").unwrap();
        let last = blast.last_end.as_ref().unwrap();
        assert_eq!((last.exit_code, last.reason.as_str(), blast.restarts), (137, "OOMKilled", 1));
        assert!(blast.running && blast.end.is_none());
    }

    #[test]
    fn an_image_that_cannot_be_pulled_and_an_eviction_are_told() {
        let pod = seen(json!({
            "phase": "Failed", "reason": "Evicted",
            "initContainerStatuses": [{ "name": "import-query-batches", "state": { "terminated": { "exitCode": 0 } } }],
            "containerStatuses": [
                { "name": "blast", "state": { "waiting": { "reason": "ImagePullBackOff", "message": "no such image" } } },
            ],
        }));
        assert_eq!(pod.reason, "Evicted");
        assert_eq!(
            pod.containers[1].waiting,
            Some(("ImagePullBackOff".to_owned(), "no such image".to_owned()))
        );
        assert_eq!(pod.containers[0].end.as_ref().unwrap().exit_code, 0);
    }
}
