//! What a pod's specification has to be.

use super::{Causes, dns_label, dns_subdomain, labels, names::env_name};
use crate::standin::objects::{Container, EnvVar, PodSpec, Toleration, Volume};
use std::collections::BTreeSet;

/// Looks at a specification at a path.
pub fn pod_spec(at: &str, spec: &PodSpec, wrong: &mut Causes) {
    let volumes = volumes(at, &spec.volumes, wrong);
    if spec.containers.is_empty() {
        wrong.required(format!("{at}.containers"), "");
    }
    let mut names = BTreeSet::new();
    for (list, containers) in [("initContainers", &spec.init_containers), ("containers", &spec.containers)] {
        for (index, container) in containers.iter().enumerate() {
            let field = format!("{at}.{list}[{index}]");
            if !names.insert(&container.name) {
                wrong.duplicate(format!("{field}.name"), &container.name);
            }
            look_at_container(&field, container, &volumes, wrong);
        }
    }
    labels(&format!("{at}.nodeSelector"), &spec.node_selector, wrong);
    for (index, toleration) in spec.tolerations.iter().enumerate() {
        look_at_toleration(&format!("{at}.tolerations[{index}]"), toleration, wrong);
    }
    for (name, value) in [("activeDeadlineSeconds", spec.active_deadline_seconds)] {
        if value.is_some_and(|value| value < 1) {
            wrong.invalid(format!("{at}.{name}"), value, "must be between 1 and 2147483647, inclusive");
        }
    }
    if let Some(account) = &spec.service_account_name {
        wrong.syntax(format!("{at}.serviceAccountName"), account, dns_subdomain(account));
    }
}

fn volumes<'a>(at: &str, volumes: &'a [Volume], wrong: &mut Causes) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    for (index, volume) in volumes.iter().enumerate() {
        let field = format!("{at}.volumes[{index}]");
        wrong.syntax(format!("{field}.name"), &volume.name, dns_label(&volume.name));
        if !names.insert(volume.name.as_str()) {
            wrong.duplicate(format!("{field}.name"), &volume.name);
        }
        match volume.sources() {
            0 => wrong.required(field.clone(), "must specify a volume type"),
            1 => {}
            _ => wrong.forbidden(field.clone(), "may not specify more than 1 volume type"),
        }
        if volume.secret.as_ref().is_some_and(|secret| secret.secret_name.is_empty()) {
            wrong.required(format!("{field}.secret.secretName"), "");
        }
        if volume.config_map.as_ref().is_some_and(|map| map.name.is_empty()) {
            wrong.required(format!("{field}.configMap.name"), "");
        }
        if volume.host_path.as_ref().is_some_and(|path| path.path.is_empty()) {
            wrong.required(format!("{field}.hostPath.path"), "");
        }
    }
    names
}

fn look_at_container(at: &str, container: &Container, volumes: &BTreeSet<&str>, wrong: &mut Causes) {
    if container.name.is_empty() {
        wrong.required(format!("{at}.name"), "");
    } else {
        wrong.syntax(format!("{at}.name"), &container.name, dns_label(&container.name));
    }
    if container.image.is_empty() {
        wrong.required(format!("{at}.image"), "");
    } else if container.image.trim() != container.image {
        wrong.invalid(
            format!("{at}.image"),
            &container.image,
            "must not have leading or trailing whitespace",
        );
    }
    for (index, variable) in container.env.iter().enumerate() {
        look_at_variable(&format!("{at}.env[{index}]"), variable, wrong);
    }
    let mut paths = BTreeSet::new();
    for (index, mount) in container.volume_mounts.iter().enumerate() {
        let field = format!("{at}.volumeMounts[{index}]");
        if !volumes.contains(mount.name.as_str()) {
            wrong.not_found(format!("{field}.name"), &mount.name);
        }
        if mount.mount_path.is_empty() {
            wrong.required(format!("{field}.mountPath"), "");
        } else if !paths.insert(&mount.mount_path) {
            wrong.invalid(format!("{field}.mountPath"), &mount.mount_path, "must be unique");
        }
        if mount
            .sub_path
            .as_ref()
            .is_some_and(|path| path.starts_with('/') || path.split('/').any(|part| part == ".."))
        {
            wrong.invalid(format!("{field}.subPath"), &mount.sub_path, "must be a relative path");
        }
    }
    for (name, request) in &container.resources.requests {
        if let Some(limit) = container.resources.limits.get(name)
            && request.milli() > limit.milli()
        {
            let why = format!("must be less than or equal to {name} limit");
            wrong.invalid(format!("{at}.resources.requests"), request, why);
        }
    }
    known(
        at,
        "terminationMessagePolicy",
        &container.termination_message_policy,
        &["File", "FallbackToLogsOnError"],
        wrong,
    );
    known(at, "imagePullPolicy", &container.image_pull_policy, &["Always", "IfNotPresent", "Never"], wrong);
}

fn look_at_variable(at: &str, variable: &EnvVar, wrong: &mut Causes) {
    if variable.name.is_empty() {
        wrong.required(format!("{at}.name"), "");
    } else {
        wrong.syntax(format!("{at}.name"), &variable.name, env_name(&variable.name));
    }
    if let Some(from) = &variable.value_from {
        let sources =
            [from.field_ref.is_some(), from.secret_key_ref.is_some(), from.config_map_key_ref.is_some()];
        if sources.iter().filter(|named| **named).count() != 1 {
            wrong.invalid(
                format!("{at}.valueFrom"),
                "",
                "must specify one of: `fieldRef`, `secretKeyRef`, `configMapKeyRef`",
            );
        }
        if !variable.value.is_empty() {
            wrong.invalid(format!("{at}.valueFrom"), "", "may not be specified when `value` is not empty");
        }
    }
}

fn look_at_toleration(at: &str, toleration: &Toleration, wrong: &mut Causes) {
    let Toleration { key, operator, value, effect, toleration_seconds } = toleration;
    if !matches!(operator.as_str(), "" | "Exists" | "Equal") {
        wrong.unsupported(format!("{at}.operator"), operator, &["Equal", "Exists"]);
    }
    if key.is_empty() && operator != "Exists" {
        wrong.invalid(format!("{at}.operator"), operator, "operator must be Exists when `key` is empty");
    }
    if operator == "Exists" && !value.is_empty() {
        wrong.invalid(format!("{at}.operator"), operator, "value must be empty when `operator` is 'Exists'");
    }
    if !matches!(effect.as_str(), "" | "NoSchedule" | "PreferNoSchedule" | "NoExecute") {
        wrong.unsupported(format!("{at}.effect"), effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
    }
    if toleration_seconds.is_some() && effect != "NoExecute" {
        wrong.invalid(
            format!("{at}.effect"),
            effect,
            "effect must be 'NoExecute' when `tolerationSeconds` is set",
        );
    }
}

fn known(at: &str, name: &str, value: &Option<String>, values: &[&str], wrong: &mut Causes) {
    if let Some(value) = value
        && !values.contains(&value.as_str())
    {
        wrong.unsupported(format!("{at}.{name}"), value, values);
    }
}
