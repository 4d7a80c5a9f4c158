use super::Meta;
use crate::names::short;
use blastline_jobs::{
    ids::JobId,
    ports::{JobEnd, JobRole, JobSeen},
};
use serde::Deserialize;
use time::OffsetDateTime;

/// What is read of a Job.
#[derive(Debug, Deserialize)]
pub struct JobRead {
    /// Name, labels, times.
    pub metadata: Meta,
    /// Its state.
    #[serde(default)]
    pub status: Status,
}

/// The state of a Job.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    #[serde(default, with = "time::serde::rfc3339::option")]
    start_time: Option<OffsetDateTime>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    completion_time: Option<OffsetDateTime>,
    #[serde(default)]
    active: u32,
    #[serde(default)]
    failed: u32,
    #[serde(default)]
    conditions: Vec<Condition>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    message: String,
    #[serde(default, with = "time::serde::rfc3339::option")]
    last_transition_time: Option<OffsetDateTime>,
}

impl Status {
    /// The condition of this type that holds. By type, since their order says nothing: `SuccessCriteriaMet` comes before
    /// `Complete` from Kubernetes 1.31 on.
    fn holds(&self, kind: &str) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.kind == kind && condition.status == "True")
    }

    /// How it ended and when. `Failed` goes before `Complete`: a Job has one of them, and success is proved.
    fn end(&self) -> Option<(JobEnd, Option<OffsetDateTime>)> {
        if let Some(failed) = self.holds("Failed") {
            let end = JobEnd::Failed { reason: failed.reason.clone(), message: failed.message.clone() };
            return Some((end, failed.last_transition_time));
        }
        let complete = self.holds("Complete")?;
        Some((JobEnd::Complete, self.completion_time.or(complete.last_transition_time)))
    }
}

/// A Job of a search in the port's terms; `None` for one that is not of this search.
pub fn job_seen(job: &JobId, read: JobRead) -> Option<JobSeen> {
    let role = read.metadata.role_in(job)?;
    let (end, ended_at) = read.status.end().unzip();
    Some(JobSeen {
        batch: if role == JobRole::Blast { batch_of(&read.metadata.name, short(job)) } else { None },
        role,
        name: read.metadata.name,
        uid: read.metadata.uid,
        created_at: read.metadata.creation_timestamp,
        started_at: read.status.start_time,
        ended_at: ended_at.flatten(),
        end,
        active: read.status.active,
        failed_pods: read.status.failed,
        deleting: read.metadata.deletion_timestamp.is_some(),
    })
}

impl JobRead {
    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.status.end().is_some()
    }
}

/// The number in `<program>-batch-<database>-job-<number>-<short>`.
fn batch_of(name: &str, short: &str) -> Option<u32> {
    let front = name.strip_suffix(short)?.strip_suffix('-')?;
    let (_, number) = front.rsplit_once("-job-")?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use time::macros::datetime;

    fn job() -> JobId {
        "job-0123456789abcdef0123456789abcdef".parse().unwrap()
    }

    fn seen(app: &str, name: &str, status: serde_json::Value) -> Option<JobSeen> {
        let read = json!({
            "kind": "Job",
            "metadata": {
                "name": name, "uid": "u-1", "creationTimestamp": "2026-01-01T00:00:00Z",
                "labels": { "app": app, "elb-job-id": job().as_str(), "db": "x" },
                "managedFields": [{ "manager": "kubectl" }],
            },
            "spec": { "template": {} },
            "status": status,
        });
        job_seen(&job(), serde_json::from_value(read).unwrap())
    }

    #[test]
    fn a_batch_is_known_by_its_number() {
        for (name, batch) in [
            ("blastn-batch-16s-ribosomal-rna-job-000-89abcdef", Some(0)),
            ("blastp-batch-nr-job-s-job-1234-89abcdef", Some(1234)),
            ("blastn-batch-x-job-00a-89abcdef", None),
            ("blastn-batch-x-job-000-00000000", None),
        ] {
            assert_eq!(seen("blast", name, json!({})).unwrap().batch, batch, "{name}");
        }
        assert_eq!(seen("setup", "init-ssd-job-000-89abcdef", json!({})).unwrap().batch, None);
    }

    #[test]
    fn success_criteria_met_is_no_end() {
        let met = json!({ "type": "SuccessCriteriaMet", "status": "True", "lastTransitionTime": "2026-01-01T00:01:00Z" });
        let running =
            seen("blast", "b", json!({ "active": 0, "succeeded": 1, "conditions": [met] })).unwrap();
        assert_eq!(running.end, None);
        let complete =
            json!({ "type": "Complete", "status": "True", "lastTransitionTime": "2026-01-01T00:01:02Z" });
        let ended = seen("blast", "b", json!({ "conditions": [met, complete] })).unwrap();
        assert_eq!(ended.end, Some(JobEnd::Complete));
        assert_eq!(ended.ended_at, Some(datetime!(2026-01-01 00:01:02 UTC)));
    }

    #[test]
    fn a_failed_pod_is_no_failed_job_and_a_failed_job_says_why() {
        let retried =
            seen("blast", "b", json!({ "active": 1, "failed": 2, "startTime": "2026-01-01T00:00:01Z" }));
        let retried = retried.unwrap();
        assert_eq!((retried.end, retried.failed_pods, retried.active), (None, 2, 1));
        let target = json!({ "type": "FailureTarget", "status": "True", "reason": "BackoffLimitExceeded" });
        assert_eq!(seen("blast", "b", json!({ "conditions": [target] })).unwrap().end, None);
        let failed = json!({
            "type": "Failed", "status": "True", "reason": "DeadlineExceeded", "message": "too long",
            "lastTransitionTime": "2026-01-01T00:02:00Z",
        });
        let ended = seen("blast", "b", json!({ "conditions": [target, failed] })).unwrap();
        let end = JobEnd::Failed { reason: "DeadlineExceeded".to_owned(), message: "too long".to_owned() };
        assert_eq!(ended.end, Some(end));
        assert_eq!(ended.ended_at, Some(datetime!(2026-01-01 00:02 UTC)));
    }

    #[test]
    fn a_condition_that_does_not_hold_counts_for_nothing() {
        let not = json!({ "type": "Complete", "status": "False" });
        assert_eq!(seen("blast", "b", json!({ "conditions": [not] })).unwrap().end, None);
    }

    #[test]
    fn somebody_elses_job_is_not_taken() {
        assert!(seen("nginx", "b", json!({})).is_none());
        let other: JobId = "job-ffffffffffffffffffffffffffffffff".parse().unwrap();
        let read = json!({ "metadata": {
            "name": "b", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": { "app": "blast", "elb-job-id": job().as_str() },
        }});
        assert!(job_seen(&other, serde_json::from_value(read).unwrap()).is_none());
    }
}
