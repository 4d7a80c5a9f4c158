//! The objects as they are sent.

use super::check::{FIXED, LEAST_TTL};
use crate::names::{
    APP_LABEL, CONFIG_KEY, CONTROL_LABEL, WORKLOAD, WORKLOAD_BLAST, secret_name, submit_job_name,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use blastline_jobs::ports::{JobRole, JobSeen, SubmitSpec};
use k8s_openapi::{
    api::{
        batch::v1::{Job, JobSpec},
        core::v1::{
            Capabilities, Container, EmptyDirVolumeSource, EnvVar, KeyToPath, PodSpec, PodTemplateSpec,
            ResourceRequirements, SecretVolumeSource, SecurityContext, Toleration, Volume, VolumeMount,
        },
    },
    apimachinery::pkg::{api::resource::Quantity, apis::meta::v1::ObjectMeta},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What the container runs.
const SCRIPT: &str = include_str!("submit.sh");
/// Key of the kubeconfig in the Secret. It holds no secret; the Secret is where it can be mounted from.
const KUBECONFIG_KEY: &str = "kubeconfig";
/// By this label the cluster gives the pod its Entra identity.
/// Source: <https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html>.
const IDENTITY_LABEL: &str = "azure.workload.identity/use";
/// Memory of the CLI, which holds a query and its split.
const MEMORY: &str = "2Gi";

/// The Secret, with what the CLI reads. Written by hand because the types of the API print it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretBody {
    api_version: &'static str,
    kind: &'static str,
    metadata: ObjectMeta,
    #[serde(rename = "type")]
    class: &'static str,
    data: BTreeMap<String, String>,
}

/// The Secret with the configuration.
pub fn secret(spec: &SubmitSpec) -> SecretBody {
    SecretBody {
        api_version: "v1",
        kind: "Secret",
        metadata: ObjectMeta {
            name: Some(secret_name(&spec.job, spec.attempt)),
            labels: Some([(CONTROL_LABEL.to_owned(), spec.job.to_string())].into()),
            ..ObjectMeta::default()
        },
        class: "Opaque",
        data: encoded(spec),
    }
}

/// What the Secret holds, as it is read back.
pub fn encoded(spec: &SubmitSpec) -> BTreeMap<String, String> {
    let entry = |key: &str, text: &str| (key.to_owned(), STANDARD.encode(text));
    [entry(CONFIG_KEY, &spec.config), entry(KUBECONFIG_KEY, &kubeconfig(&spec.namespace))].into()
}

/// The way of the CLI's kubectl to its own cluster: as the service account, in the namespace that it makes Jobs in. It
/// goes before the one that the CLI fetches, which would need a sign-in program.
fn kubeconfig(namespace: &str) -> String {
    let account = "/var/run/secrets/kubernetes.io/serviceaccount";
    format!(
        "apiVersion: v1\n\
         kind: Config\n\
         clusters:\n\
         - name: here\n  \
           cluster:\n    \
             server: https://kubernetes.default.svc\n    \
             certificate-authority: {account}/ca.crt\n\
         users:\n\
         - name: here\n  \
           user:\n    \
             tokenFile: {account}/token\n\
         contexts:\n\
         - name: here\n  \
           context:\n    \
             cluster: here\n    \
             user: here\n    \
             namespace: {namespace}\n\
         current-context: here\n"
    )
}

/// The Job that submits.
pub fn job(spec: &SubmitSpec) -> Job {
    // Never `elb-job-id`: the CLI waits until no active Job has it, and would wait for itself.
    let labels: BTreeMap<String, String> = [
        (APP_LABEL.to_owned(), JobRole::Cli.app().to_owned()),
        (CONTROL_LABEL.to_owned(), spec.job.to_string()),
    ]
    .into();
    let mut of_pod = labels.clone();
    of_pod.insert(IDENTITY_LABEL.to_owned(), "true".to_owned());
    Job {
        metadata: ObjectMeta {
            name: Some(submit_job_name(&spec.job, spec.attempt)),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        spec: Some(JobSpec {
            active_deadline_seconds: Some(i64::try_from(spec.active_deadline.as_secs()).unwrap_or(i64::MAX)),
            // A second try is another Job, decided on by us.
            backoff_limit: Some(0),
            ttl_seconds_after_finished: Some(
                i32::try_from(spec.ttl.max(LEAST_TTL).as_secs()).unwrap_or(i32::MAX),
            ),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta { labels: Some(of_pod), ..ObjectMeta::default() }),
                spec: Some(pod(spec)),
            },
            ..JobSpec::default()
        }),
        status: None,
    }
}

fn pod(spec: &SubmitSpec) -> PodSpec {
    PodSpec {
        restart_policy: Some("Never".to_owned()),
        service_account_name: Some(spec.service_account.clone()),
        // Services of the namespace would appear as variables, and some could have names that the CLI reads.
        enable_service_links: Some(false),
        // On machines of searches as well as on those of the system.
        tolerations: Some(vec![
            Toleration {
                key: Some(WORKLOAD.to_owned()),
                operator: Some("Equal".to_owned()),
                value: Some(WORKLOAD_BLAST.to_owned()),
                effect: Some("NoSchedule".to_owned()),
                ..Toleration::default()
            },
            Toleration {
                key: Some("CriticalAddonsOnly".to_owned()),
                operator: Some("Exists".to_owned()),
                ..Toleration::default()
            },
        ]),
        volumes: Some(volumes(spec)),
        containers: vec![container(spec)],
        ..PodSpec::default()
    }
}

fn volumes(spec: &SubmitSpec) -> Vec<Volume> {
    let from_secret = |name: &str, key: &str, path: &str| Volume {
        name: name.to_owned(),
        secret: Some(SecretVolumeSource {
            secret_name: Some(secret_name(&spec.job, spec.attempt)),
            items: Some(vec![KeyToPath { key: key.to_owned(), path: path.to_owned(), mode: None }]),
            ..SecretVolumeSource::default()
        }),
        ..Volume::default()
    };
    vec![
        from_secret("cfg", CONFIG_KEY, CONFIG_KEY),
        from_secret("kube", KUBECONFIG_KEY, "config"),
        Volume {
            name: "home".to_owned(),
            empty_dir: Some(EmptyDirVolumeSource::default()),
            ..Volume::default()
        },
    ]
}

fn container(spec: &SubmitSpec) -> Container {
    let mount = |name: &str, path: &str, read_only: bool| VolumeMount {
        name: name.to_owned(),
        mount_path: path.to_owned(),
        read_only: read_only.then_some(true),
        ..VolumeMount::default()
    };
    let amount = |name: &str, value: &str| (name.to_owned(), Quantity(value.to_owned()));
    Container {
        name: "submit".to_owned(),
        image: Some(spec.image.clone()),
        command: Some(vec!["/bin/bash".to_owned(), "-c".to_owned(), SCRIPT.to_owned()]),
        working_dir: Some("/home/elb".to_owned()),
        env: Some(environment(spec)),
        resources: Some(ResourceRequirements {
            requests: Some([amount("cpu", "250m"), amount("memory", MEMORY)].into()),
            limits: Some([amount("memory", MEMORY)].into()),
            ..ResourceRequirements::default()
        }),
        // Without an answer of the CLI, the end of its log is what the decision is made by.
        termination_message_policy: Some("FallbackToLogsOnError".to_owned()),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities { add: None, drop: Some(vec!["ALL".to_owned()]) }),
            ..SecurityContext::default()
        }),
        volume_mounts: Some(vec![
            mount("cfg", "/cfg", true),
            mount("kube", "/etc/elb/kube", true),
            mount("home", "/home/elb", false),
        ]),
        ..Container::default()
    }
}

/// Further variables come last and cannot stand for a fixed one, which was checked before.
fn environment(spec: &SubmitSpec) -> Vec<EnvVar> {
    let fixed = FIXED.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let id = ("ELB_ID".to_owned(), spec.job.to_string());
    // Kubernetes replaces `$(NAME)`; `$$(` keeps it as it is.
    let further = spec.env.iter().map(|(name, value)| (name.clone(), value.replace("$(", "$$(")));
    let variable = |(name, value)| EnvVar { name, value: Some(value), value_from: None };
    fixed.chain([id]).chain(further).map(variable).collect()
}

/// Gives the Secret another configuration.
#[derive(Serialize)]
pub struct DataPatch {
    data: BTreeMap<String, String>,
}

/// The patch that brings the Secret up to date.
pub fn data_patch(spec: &SubmitSpec) -> DataPatch {
    DataPatch { data: encoded(spec) }
}

/// Gives the Secret its owner.
#[derive(Serialize)]
pub struct OwnerPatch {
    metadata: OwnerMeta,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnerMeta {
    owner_references: [OwnerBody; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnerBody {
    api_version: &'static str,
    kind: &'static str,
    name: String,
    uid: String,
}

/// The patch that makes a Job the owner.
pub fn owner_patch(job: &JobSeen) -> OwnerPatch {
    let owner =
        OwnerBody { api_version: "batch/v1", kind: "Job", name: job.name.clone(), uid: job.uid.clone() };
    OwnerPatch { metadata: OwnerMeta { owner_references: [owner] } }
}
