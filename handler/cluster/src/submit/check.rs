use blastline_jobs::ports::SubmitSpec;
use std::time::Duration;

/// The CLI reads at most 1 MiB from standard input, and a Secret holds at most that; some of it is the kubeconfig.
const MAX_CONFIG_BYTES: usize = 1_000_000;

/// Variables that silently win over the configuration, by which a search would run elsewhere than its row says.
const OVERRIDING: [&str; 11] = [
    "ELB_RESULTS",
    "ELB_CLUSTER_NAME",
    "ELB_BATCH_LEN",
    "ELB_USE_PREEMPTIBLE",
    "AZURE_REGION",
    "AZURE_RESOURCE_GROUP",
    "AZURE_STORAGE_ACCOUNT",
    "AZURE_STORAGE_ACCOUNT_CONTAINER",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_ACR_NAME",
    "AZURE_ACR_RESOURCE_GROUP",
];

/// Variables whose values the manifest itself says.
pub const FIXED: [(&str, &str); 8] = [
    // The CLI writes its kubeconfig there; the working directory is the same, for its log.
    ("HOME", "/home/elb"),
    // Asked for by name, and an image's user may have none.
    ("USER", "elb"),
    ("KUBECONFIG", "/etc/elb/kube/config"),
    ("AZCOPY_AUTO_LOGIN_TYPE", "WORKLOAD"),
    // The CLI's split in the cloud writes where its later steps do not read.
    ("ELB_USE_CLIENT_SPLIT", "1"),
    // The CLI itself creates the Jobs, so that its exit code covers it.
    ("ELB_DISABLE_JOB_SUBMISSION_ON_THE_CLOUD", "1"),
    ("PYTHONUNBUFFERED", "1"),
    ("BLAST_USAGE_REPORT", "false"),
];

/// The subscription that the CLI works in, which who submits has to name: without it the CLI would take its tenant for a
/// subscription, and its cluster for missing.
pub const SUBSCRIPTION: &str = "AZURE_SUBSCRIPTION_ID";

/// Shortest time that a submit Job is kept after its end: its output is read from the pod.
pub const LEAST_TTL: Duration = Duration::from_secs(3600);

/// Looks for what would make another search of it than the row says, or no search at all.
pub fn check(spec: &SubmitSpec) -> Result<(), String> {
    if spec.config.is_empty() || spec.config.len() > MAX_CONFIG_BYTES {
        return Err(format!("a configuration of {} bytes", spec.config.len()));
    }
    if spec.attempt == 0 {
        return Err("attempts are counted from 1".to_owned());
    }
    if spec.image.trim().is_empty() {
        return Err("no image is named".to_owned());
    }
    if spec.active_deadline < Duration::from_secs(1) {
        return Err("no time to run".to_owned());
    }
    if spec.env.get(SUBSCRIPTION).is_none_or(|id| id.trim().is_empty()) {
        return Err(format!("the variable {SUBSCRIPTION} is not set"));
    }
    let taken = |name: &&String| {
        let name = name.as_str();
        OVERRIDING.contains(&name) || name == "ELB_ID" || FIXED.iter().any(|(fixed, _)| *fixed == name)
    };
    match spec.env.keys().find(taken) {
        Some(name) => Err(format!("the variable {name} must not be set")),
        None => Ok(()),
    }
}
