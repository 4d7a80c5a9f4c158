//! The Job controller: pods for Jobs, and the Jobs' conditions.

use super::Memory;
use crate::standin::{
    api::{generated, uid},
    faults::BatchFault,
    objects::{
        Condition, EnvVar, Job, ObjectMeta, OwnerReference, Pod, PodStatus, Time, Toleration, set_condition,
    },
    shared::Shared,
    store::{Kept, World},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// The first pause before another pod after one that failed; it doubles each time, up to six minutes.
const PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(360);

/// What is known of a Job's pods.
#[derive(Debug, Default)]
pub struct PodsOf {
    active: BTreeSet<String>,
    succeeded: BTreeSet<String>,
    failed: BTreeSet<String>,
}

/// Looks at every Job that something may be due for.
pub fn control(shared: &Shared, memory: &mut Memory) {
    let (jobs, mut pods) = {
        let world = shared.world();
        let due = |job: &&Job| {
            let over = job.is_over();
            let stays = over && job.spec.ttl_seconds_after_finished.is_none() && batch_of(job).is_none();
            job.metadata.deletion_timestamp.is_none() && job.spec.suspend != Some(true) && !stays
        };
        let jobs: Vec<Job> = Job::shelf(&world).all().filter(due).cloned().collect();
        let mut pods: BTreeMap<String, Vec<Pod>> = BTreeMap::new();
        let open: BTreeSet<_> =
            jobs.iter().filter(|job| !job.is_over()).map(|job| job.metadata.uid()).collect();
        for pod in Pod::shelf(&world).all() {
            for owner in
                pod.metadata.owner_references.iter().filter(|owner| open.contains(owner.uid.as_str()))
            {
                pods.entry(owner.uid.clone()).or_default().push(pod.clone());
            }
        }
        (jobs, pods)
    };
    for job in jobs {
        if job.is_over() {
            expire(shared, memory, &job);
        } else {
            let own = pods.remove(job.metadata.uid()).unwrap_or_default();
            look_at(shared, memory, &job, &own);
        }
    }
}

/// Takes an ended Job away after its time (TTL).
fn expire(shared: &Shared, memory: &mut Memory, job: &Job) {
    let at_once = batch_of(job)
        .is_some_and(|batch| shared.faults.batch(batch, |what| *what == BatchFault::GoneAtOnce).is_some());
    let over = memory.since(job.metadata.uid(), "over");
    let ttl = job.spec.ttl_seconds_after_finished.map(|ttl| shared.seconds(i64::from(ttl)));
    if at_once || ttl.is_some_and(|ttl| over >= ttl) {
        shared.world().remove::<Job>(job.metadata.namespace(), &job.metadata.name);
    }
}

fn batch_of(job: &Job) -> Option<u32> {
    let containers = &job.spec.template.spec.containers;
    let number =
        containers.iter().flat_map(|container| &container.env).find(|variable| variable.name == "JOB_NUM")?;
    number.value.parse().ok()
}

fn look_at(shared: &Shared, memory: &mut Memory, job: &Job, own: &[Pod]) {
    let mut world = shared.world();
    let uid = job.metadata.uid().to_owned();
    let counted = memory.pods_of.entry(uid.clone()).or_default();
    let failed_before = counted.failed.len();
    let active = counted.count(own);
    let (failed, succeeded) = (counted.failed.len(), counted.succeeded.len());
    if failed > failed_before {
        memory.seen.remove(&(uid.clone(), "pause"));
    }
    let started = job.status.start_time.unwrap_or_else(|| Time::at(world.now()));
    let running = memory.since(&uid, "started");
    let mut status = job.status.clone();
    status.start_time = Some(started);
    status.active = (!active.is_empty()).then_some(active.len() as u32);
    status.succeeded = (succeeded > 0).then_some(succeeded as u32);
    status.failed = (failed > 0).then_some(failed as u32);
    let ready = active.iter().filter(|pod| pod.status.phase == "Running").count();
    status.ready = Some(ready as u32);
    let terminating =
        own.iter().filter(|pod| pod.metadata.deletion_timestamp.is_some() && !pod.is_over()).count();
    status.terminating = Some(terminating as u32);

    let now = Time::at(world.now());
    let finished =
        succeeded >= job.spec.completions.and_then(|count| usize::try_from(count).ok()).unwrap_or(1);
    let failure = why_failed(shared, job, &active, failed, running);
    if let Some(target) = job.condition("FailureTarget").cloned() {
        active.iter().for_each(|pod| end_pod(&mut world, pod));
        if active.is_empty() && terminating == 0 {
            set_condition(&mut status.conditions, condition("Failed", &target.reason, &target.message, now));
        }
    } else if let Some(met) = job.condition("SuccessCriteriaMet").cloned() {
        set_condition(&mut status.conditions, condition("Complete", &met.reason, &met.message, now));
        status.completion_time = Some(now);
    } else if finished {
        let words = "Reached expected number of succeeded pods";
        set_condition(
            &mut status.conditions,
            condition("SuccessCriteriaMet", "CompletionsReached", words, now),
        );
    } else if let Some((reason, message)) = failure {
        set_condition(&mut status.conditions, condition("FailureTarget", reason, message, now));
        active.iter().for_each(|pod| end_pod(&mut world, pod));
    } else if active.is_empty() {
        let doubled = PAUSE.saturating_mul(1 << failed.saturating_sub(1).min(8)).min(LONGEST_PAUSE);
        let pause = if failed == 0 { Duration::ZERO } else { shared.scaled(doubled) };
        if memory.since(&uid, "pause") >= pause {
            add_pod(&mut world, job);
        }
    }
    world.alter::<Job>(job.metadata.namespace(), &job.metadata.name, |job| job.status = status);
}

impl PodsOf {
    /// Counts pods that ended or are gone, and gives those that are active.
    fn count(&mut self, own: &[Pod]) -> Vec<Pod> {
        let mut active = Vec::new();
        for pod in own {
            let uid = pod.metadata.uid().to_owned();
            match pod.status.phase.as_str() {
                "Succeeded" => _ = self.succeeded.insert(uid),
                "Failed" => _ = self.failed.insert(uid),
                // Replaced as soon as it is being deleted (`podReplacementPolicy` `TerminatingOrFailed`).
                _ if pod.metadata.deletion_timestamp.is_some() => _ = self.failed.insert(uid),
                _ => active.push(pod.clone()),
            }
        }
        let gone = self.active.iter().filter(|uid| !own.iter().any(|pod| pod.metadata.uid() == **uid));
        let gone: Vec<_> = gone.filter(|uid| !self.succeeded.contains(*uid)).cloned().collect();
        self.failed.extend(gone);
        self.active = active.iter().map(|pod| pod.metadata.uid().to_owned()).collect();
        active
    }
}

fn why_failed(
    shared: &Shared,
    job: &Job,
    active: &[Pod],
    failed: usize,
    running: Duration,
) -> Option<(&'static str, &'static str)> {
    let limit = job.spec.backoff_limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(6);
    let restarts: usize =
        active.iter().flat_map(|pod| pod.statuses()).map(|status| status.restart_count as usize).sum();
    let restarted = if limit == 0 { restarts > 0 } else { restarts >= limit };
    if failed > limit || restarted {
        return Some(("BackoffLimitExceeded", "Job has reached the specified backoff limit"));
    }
    let deadline = job.spec.active_deadline_seconds.map(|seconds| shared.seconds(seconds));
    deadline
        .is_some_and(|deadline| running >= deadline)
        .then_some(("DeadlineExceeded", "Job was active longer than specified deadline"))
}

fn condition(kind: &str, reason: &str, message: &str, now: Time) -> Condition {
    Condition {
        kind: kind.to_owned(),
        status: "True".to_owned(),
        last_probe_time: Some(now),
        last_transition_time: Some(now),
        reason: reason.to_owned(),
        message: message.to_owned(),
    }
}

/// Marks a pod as to be deleted.
pub fn end_pod(world: &mut World, pod: &Pod) {
    let now = Time::at(world.now());
    world.alter::<Pod>(pod.metadata.namespace(), &pod.metadata.name, |pod| {
        pod.metadata.deletion_timestamp.get_or_insert(now);
        pod.metadata.deletion_grace_period_seconds.get_or_insert(30);
    });
}

fn add_pod(world: &mut World, job: &Job) {
    let template = &job.spec.template;
    let mut spec = template.spec.clone();
    spec.service_account_name.get_or_insert_with(|| "default".to_owned());
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        spec.tolerations.push(Toleration {
            key: key.to_owned(),
            operator: "Exists".to_owned(),
            effect: "NoExecute".to_owned(),
            toleration_seconds: Some(300),
            ..Toleration::default()
        });
    }
    let mut pod = Pod {
        metadata: ObjectMeta {
            name: generated(&format!("{}-", job.metadata.name)),
            generate_name: Some(format!("{}-", job.metadata.name)),
            namespace: job.metadata.namespace.clone(),
            uid: Some(uid()),
            creation_timestamp: Some(Time::at(world.now())),
            labels: template.metadata.labels.clone(),
            annotations: template.metadata.annotations.clone(),
            owner_references: vec![OwnerReference {
                api_version: "batch/v1".to_owned(),
                kind: "Job".to_owned(),
                name: job.metadata.name.clone(),
                uid: job.metadata.uid().to_owned(),
                controller: Some(true),
                block_owner_deletion: Some(true),
            }],
            ..ObjectMeta::default()
        },
        spec,
        status: PodStatus { phase: "Pending".to_owned(), ..PodStatus::default() },
        ..Pod::default()
    };
    give_identity(&mut pod);
    // Tried again at the next look, as the controller does when a quota forbids it.
    if world.quotas.refuses(world, &pod).is_none() {
        world.add(pod);
    }
}

/// What the webhook of Azure workload identity adds to a pod that asks for it by its label.
/// Source: <https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html>.
fn give_identity(pod: &mut Pod) {
    if pod.metadata.label("azure.workload.identity/use") != "true" {
        return;
    }
    let token = "/var/run/secrets/azure/tokens/azure-identity-token";
    for (name, value) in [
        ("AZURE_CLIENT_ID", "00000000-0000-0000-0000-0000000000c1"),
        ("AZURE_TENANT_ID", "00000000-0000-0000-0000-0000000000d1"),
        ("AZURE_FEDERATED_TOKEN_FILE", token),
        ("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com/"),
    ] {
        for container in pod.spec.init_containers.iter_mut().chain(&mut pod.spec.containers) {
            if !container.env.iter().any(|variable| variable.name == name) {
                let (name, value) = (name.to_owned(), value.to_owned());
                container.env.push(EnvVar { name, value, value_from: None });
            }
        }
    }
}
