//! Jobs and pods.

use super::{Causes, Rules, labels, pod_spec::pod_spec};
use crate::standin::objects::{Job, JobSpec, JobStatus, Pod, PodSpec, Selector};

const CONTROLLER: &str = "batch.kubernetes.io/controller-uid";
const JOB_NAME: &str = "batch.kubernetes.io/job-name";

impl Rules for Job {
    fn fill(&mut self) {
        let spec = &mut self.spec;
        spec.parallelism.get_or_insert(1);
        spec.completions.get_or_insert(1);
        spec.backoff_limit.get_or_insert(6);
        spec.suspend.get_or_insert(false);
        spec.completion_mode.get_or_insert_with(|| "NonIndexed".to_owned());
        spec.pod_replacement_policy.get_or_insert_with(|| "TerminatingOrFailed".to_owned());
        fill_pod_spec(&mut spec.template.spec);
    }

    fn complete(&mut self) {
        self.status = JobStatus::default();
        let (uid, name) = (self.metadata.uid().to_owned(), self.metadata.name.clone());
        let spec = &mut self.spec;
        if spec.manual_selector != Some(true) && spec.selector.is_none() {
            spec.selector = Some(Selector { match_labels: [(CONTROLLER.to_owned(), uid.clone())].into() });
            for (key, value) in
                [(CONTROLLER, &uid), ("controller-uid", &uid), (JOB_NAME, &name), ("job-name", &name)]
            {
                spec.template.metadata.labels.insert(key.to_owned(), value.clone());
            }
        }
        if self.metadata.labels.is_empty() {
            self.metadata.labels = self.spec.template.metadata.labels.clone();
        }
        self.metadata.generation = Some(1);
    }

    fn check(&self, wrong: &mut Causes) {
        let JobSpec { template, .. } = &self.spec;
        for (name, value) in [
            ("parallelism", self.spec.parallelism.map(i64::from)),
            ("completions", self.spec.completions.map(i64::from)),
            ("backoffLimit", self.spec.backoff_limit.map(i64::from)),
            ("ttlSecondsAfterFinished", self.spec.ttl_seconds_after_finished.map(i64::from)),
            ("activeDeadlineSeconds", self.spec.active_deadline_seconds),
        ] {
            if value.is_some_and(|value| value < 0) {
                wrong.invalid(
                    format!("spec.{name}"),
                    value.unwrap_or(0),
                    "must be greater than or equal to 0",
                );
            }
        }
        if self.spec.manual_selector != Some(true)
            && self
                .spec
                .selector
                .as_ref()
                .is_some_and(|selector| !selector.match_labels.contains_key(CONTROLLER))
        {
            wrong.invalid("spec.selector", "", "`selector` not auto-generated");
        }
        labels("spec.template.labels", &template.metadata.labels, wrong);
        let policy = template.spec.restart_policy.as_deref().unwrap_or("Always");
        if !matches!(policy, "Never" | "OnFailure") {
            wrong.unsupported("spec.template.spec.restartPolicy", policy, &["OnFailure", "Never"]);
        }
        pod_spec("spec.template.spec", &template.spec, wrong);
    }

    fn check_change(&self, before: &Self, wrong: &mut Causes) {
        let immutable = "field is immutable";
        if self.spec.completions != before.spec.completions {
            wrong.invalid("spec.completions", self.spec.completions, immutable);
        }
        if self.spec.selector != before.spec.selector {
            wrong.invalid("spec.selector", &self.spec.selector, immutable);
        }
        if self.spec.template != before.spec.template {
            wrong.invalid("spec.template", &self.spec.template, immutable);
        }
        if self.spec.completion_mode != before.spec.completion_mode {
            wrong.invalid("spec.completionMode", &self.spec.completion_mode, immutable);
        }
    }

    fn keep(&mut self, before: &Self) {
        self.status = before.status.clone();
    }
}

impl Rules for Pod {
    fn fill(&mut self) {
        fill_pod_spec(&mut self.spec);
    }

    fn check(&self, wrong: &mut Causes) {
        pod_spec("spec", &self.spec, wrong);
    }

    fn check_change(&self, before: &Self, wrong: &mut Causes) {
        if self.spec != before.spec {
            wrong
                .forbidden("spec", "pod updates may not change fields other than `spec.containers[*].image`");
        }
    }

    fn keep(&mut self, before: &Self) {
        self.status = before.status.clone();
    }
}

fn fill_pod_spec(spec: &mut PodSpec) {
    spec.dns_policy.get_or_insert_with(|| "ClusterFirst".to_owned());
    spec.termination_grace_period_seconds.get_or_insert(30);
    spec.scheduler_name.get_or_insert_with(|| "default-scheduler".to_owned());
    for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
        container.termination_message_path.get_or_insert_with(|| "/dev/termination-log".to_owned());
        container.termination_message_policy.get_or_insert_with(|| "File".to_owned());
        container.image_pull_policy.get_or_insert_with(|| "IfNotPresent".to_owned());
        // A limit without a request is the request.
        let limits = container.resources.limits.clone();
        for (name, limit) in limits {
            container.resources.requests.entry(name).or_insert(limit);
        }
    }
}
