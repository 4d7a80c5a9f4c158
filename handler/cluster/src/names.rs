//! Names and labels that our objects and ElasticBLAST's carry. They bind: an older control plane on the same cluster and
//! the CLI itself go by them.

use blastline_jobs::{ids::JobId, ports::JobRole};

/// Label of ElasticBLAST's objects with the search's id.
pub const SEARCH_LABEL: &str = "elb-job-id";
/// Label of our own objects with the search's id. Another label than [`SEARCH_LABEL`], because the CLI waits until no
/// Job with that one is active, and would wait for itself.
pub const CONTROL_LABEL: &str = "elb.control/job";
/// Label that tells what a Job is there for.
pub const APP_LABEL: &str = "app";
/// Label that the cluster puts on the pods of a Job.
pub const JOB_NAME_LABEL: &str = "batch.kubernetes.io/job-name";
/// Label of the machines that take searches, and the taint they carry.
pub const WORKLOAD: &str = "workload";
/// Value of [`WORKLOAD`].
pub const WORKLOAD_BLAST: &str = "blast";
/// The Lease that every submitter to a cluster holds while it submits.
pub const SUBMIT_LEASE: &str = "elb-blast-submit-default";
/// What the names of our Jobs begin with.
pub const SUBMIT_JOB_PREFIX: &str = "elb-cli-submit-";
/// Key of the configuration in its Secret.
pub const CONFIG_KEY: &str = "elastic-blast.ini";

/// The last eight digits of an id: what names of Kubernetes objects have room for.
pub fn short(job: &JobId) -> &str {
    let id = job.as_str();
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

/// Name of the Secret with a search's configuration.
pub fn secret_name(job: &JobId, attempt: u32) -> String {
    format!("elb-cfg-{}-{attempt}", short(job))
}

/// Name of the Job that runs `elastic-blast submit`.
pub fn submit_job_name(job: &JobId, attempt: u32) -> String {
    format!("{SUBMIT_JOB_PREFIX}{}-{attempt}", short(job))
}

/// The label that carries the search's id on Jobs of a role.
pub fn id_label(role: JobRole) -> &'static str {
    match role {
        JobRole::Cli => CONTROL_LABEL,
        JobRole::Finalizer | JobRole::Submit | JobRole::Setup | JobRole::Blast => SEARCH_LABEL,
    }
}

/// The role that a label `app` stands for.
pub fn role_of(app: &str) -> Option<JobRole> {
    JobRole::CANCEL_ORDER.into_iter().find(|role| role.app() == app)
}

/// Selects the Jobs and pods of one role of a search.
pub fn select_role(job: &JobId, role: JobRole) -> String {
    format!("{}={job},{APP_LABEL}={}", id_label(role), role.app())
}

/// Selects what ElasticBLAST made for a search.
pub fn select_search(job: &JobId) -> String {
    format!("{SEARCH_LABEL}={job},{APP_LABEL} in (finalizer,submit,setup,blast)")
}

/// Whether a text can be the name of a pod or, without dots, of a container (RFC 1123).
pub fn is_name(text: &str, dots: bool, longest: usize) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let label = |part: &str| {
        let bytes = part.as_bytes();
        let ends = bytes.first().copied().is_some_and(plain) && bytes.last().copied().is_some_and(plain);
        ends && bytes.iter().all(|&b| plain(b) || b == b'-')
    };
    text.len() <= longest && if dots { text.split('.').all(label) } else { label(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> JobId {
        "job-0123456789abcdef0123456789abcdef".parse().unwrap()
    }

    #[test]
    fn names_end_in_the_ids_last_digits_and_the_attempt() {
        assert_eq!(secret_name(&job(), 2), "elb-cfg-89abcdef-2");
        assert_eq!(submit_job_name(&job(), 2), "elb-cli-submit-89abcdef-2");
    }

    #[test]
    fn each_role_is_selected_by_the_id_and_its_own_label() {
        assert_eq!(
            select_role(&job(), JobRole::Cli),
            "elb.control/job=job-0123456789abcdef0123456789abcdef,app=elb-cli-submit"
        );
        for role in [JobRole::Finalizer, JobRole::Submit, JobRole::Setup, JobRole::Blast] {
            let selector = select_role(&job(), role);
            assert!(
                selector.starts_with("elb-job-id=job-0123456789abcdef0123456789abcdef,app="),
                "{selector}"
            );
            assert!(select_search(&job()).contains(role.app()), "{role:?}");
            assert_eq!(role_of(role.app()), Some(role));
        }
        assert_eq!(role_of("nginx"), None);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for good in ["a", "blast", "blastn-batch-16s-job-000-89abcdef-x7k2p", "a.b"] {
            assert!(is_name(good, true, 253), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a/b", "a..b", "../a", "a?b", "a%2f", "a b", "ä"] {
            assert!(!is_name(bad, true, 253), "{bad}");
        }
        assert!(!is_name("a.b", false, 63));
        assert!(!is_name(&"a".repeat(64), false, 63));
    }
}
