//! Secrets, ConfigMaps, Leases and nodes.

use super::{Causes, Rules, data_key};
use crate::standin::objects::{ConfigMap, Lease, Node, Secret};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Most bytes of the data of a Secret or ConfigMap.
const DATA_MOST: usize = 1024 * 1024;

impl Rules for Secret {
    fn fill(&mut self) {
        self.secret_type.get_or_insert_with(|| "Opaque".to_owned());
        for (key, value) in std::mem::take(&mut self.string_data) {
            self.data.insert(key, STANDARD.encode(value));
        }
    }

    fn check(&self, wrong: &mut Causes) {
        let mut size = 0;
        for (key, value) in &self.data {
            wrong.syntax(format!("data[{key}]"), key, data_key(key));
            match STANDARD.decode(value) {
                Ok(bytes) => size += bytes.len(),
                Err(_) => wrong.invalid(format!("data[{key}]"), value, "illegal base64 data"),
            }
        }
        if size > DATA_MOST {
            wrong.invalid("data", "", "Too long: must have at most 1048576 bytes");
        }
    }

    fn check_change(&self, before: &Self, wrong: &mut Causes) {
        if self.secret_type != before.secret_type {
            wrong.invalid("type", &self.secret_type, "field is immutable");
        }
        if before.immutable == Some(true) && (self.data != before.data || self.immutable != Some(true)) {
            wrong.forbidden("data", "field is immutable when `immutable` is set");
        }
    }
}

impl Rules for ConfigMap {
    fn check(&self, wrong: &mut Causes) {
        for key in self.data.keys().chain(self.binary_data.keys()) {
            wrong.syntax(format!("data[{key}]"), key, data_key(key));
        }
        let size: usize = self.data.values().chain(self.binary_data.values()).map(String::len).sum();
        if size > DATA_MOST {
            wrong.invalid("data", "", "Too long: must have at most 1048576 bytes");
        }
    }
}

impl Rules for Lease {
    fn check(&self, wrong: &mut Causes) {
        if self.spec.lease_duration_seconds.is_some_and(|seconds| seconds <= 0) {
            wrong.invalid(
                "spec.leaseDurationSeconds",
                self.spec.lease_duration_seconds,
                "must be greater than 0",
            );
        }
        if self.spec.lease_transitions.is_some_and(|count| count < 0) {
            wrong.invalid(
                "spec.leaseTransitions",
                self.spec.lease_transitions,
                "must be greater than or equal to 0",
            );
        }
    }
}

impl Rules for Node {
    fn keep(&mut self, before: &Self) {
        self.status = before.status.clone();
    }
}
