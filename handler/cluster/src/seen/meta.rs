use crate::names::{APP_LABEL, CONTROL_LABEL, SEARCH_LABEL, role_of};
use blastline_jobs::{ids::JobId, ports::JobRole};
use serde::Deserialize;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// What every object has.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// Name.
    pub name: String,
    /// Unique id.
    #[serde(default)]
    pub uid: String,
    /// When the cluster created it, by its clock.
    #[serde(with = "time::serde::rfc3339")]
    pub creation_timestamp: OffsetDateTime,
    /// Since when it is being deleted.
    #[serde(default)]
    pub deletion_timestamp: Option<String>,
    /// Labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What it belongs to.
    #[serde(default)]
    pub owner_references: Vec<Owner>,
}

/// What an object belongs to.
#[derive(Debug, Clone, Deserialize)]
pub struct Owner {
    /// For example `Job`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Unique id.
    #[serde(default)]
    pub uid: String,
}

impl Meta {
    /// What it is there for, where the labels tell.
    pub fn role(&self) -> Option<JobRole> {
        self.labels.get(APP_LABEL).and_then(|app| role_of(app))
    }

    /// The search that its labels name.
    pub fn search(&self) -> Option<&str> {
        [SEARCH_LABEL, CONTROL_LABEL].into_iter().find_map(|label| self.labels.get(label)).map(String::as_str)
    }

    /// Its role, if it is an object of this search. A list is believed only so far.
    pub fn role_in(&self, job: &JobId) -> Option<JobRole> {
        self.role().filter(|_| self.search() == Some(job.as_str()))
    }

    /// Whether it is a search's own object of ours, not one of ElasticBLAST's.
    pub fn is_ours(&self, job: &JobId) -> bool {
        self.labels.get(CONTROL_LABEL).is_some_and(|id| id == job.as_str())
    }
}
