//! The Job that runs `elastic-blast submit` and the Secret with its configuration.
//!
//! Three calls: the Secret, the Job, and the Secret's owner. Whoever is killed after any of them leaves what the next call
//! finds and goes on from.

mod check;
mod manifest;

use crate::{
    names::{secret_name, submit_job_name},
    seen::{JobRead, Meta, job_seen},
    wire::{Ask, JSON, MERGE_PATCH, Wire},
};
use blastline_jobs::ports::{ClusterError, ClusterErrorKind, ClusterResult, JobSeen, SubmitSpec};
use http::Method;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is read of the Secret. It does not print.
#[derive(Deserialize)]
struct SecretRead {
    metadata: Meta,
    #[serde(default)]
    data: BTreeMap<String, String>,
}

/// One search's submission at one API server.
pub struct Submission<'a> {
    wire: &'a Wire,
    spec: &'a SubmitSpec,
    secrets: String,
    jobs: String,
    what: String,
}

impl<'a> Submission<'a> {
    /// In the namespace of our own objects.
    pub fn new(wire: &'a Wire, namespace: &str, spec: &'a SubmitSpec) -> Self {
        Self {
            wire,
            spec,
            secrets: format!("/api/v1/namespaces/{namespace}/secrets"),
            jobs: format!("/apis/batch/v1/namespaces/{namespace}/jobs"),
            what: format!("submit {} attempt {}", spec.job, spec.attempt),
        }
    }

    /// Creates what is missing and gives the Job.
    pub async fn create(&self) -> ClusterResult<JobSeen> {
        check::check(self.spec).map_err(|problem| self.error(ClusterErrorKind::Invalid, &problem))?;
        let secret = self.secret().await?;
        let job = self.job().await?;
        let owned = secret.metadata.owner_references.iter().any(|owner| owner.uid == job.uid);
        if !owned {
            self.give_owner(&job).await?;
        }
        Ok(job)
    }

    /// The Secret, created or found.
    async fn secret(&self) -> ClusterResult<SecretRead> {
        let wanted = manifest::secret(self.spec);
        let created = self.post(&self.secrets, &wanted, true).await;
        let found: SecretRead = match created {
            Err(error) if error.kind == ClusterErrorKind::AlreadyExists => {
                let path = format!("{}/{}", self.secrets, secret_name(&self.spec.job, self.spec.attempt));
                self.wire.object(&Ask::get(&self.what, path).discreet()).await.map_err(vanished)?
            }
            other => return other,
        };
        if !found.metadata.is_ours(&self.spec.job) {
            return Err(self.error(ClusterErrorKind::AlreadyExists, "a Secret of this name is not ours"));
        }
        if found.metadata.deletion_timestamp.is_some() {
            return Err(self.error(ClusterErrorKind::Unavailable, "the Secret is still being deleted"));
        }
        // Written by an earlier version of ours, perhaps. A Job that has started from it keeps it.
        if found.data != manifest::encoded(self.spec) && self.found_job().await?.is_none() {
            self.patch(&manifest::data_patch(self.spec)).await.map_err(vanished)?;
        }
        Ok(found)
    }

    /// The Job, created or found.
    async fn job(&self) -> ClusterResult<JobSeen> {
        let created = self.post(&self.jobs, &manifest::job(self.spec), false).await;
        let found: JobRead = match created {
            Err(error) if error.kind == ClusterErrorKind::AlreadyExists => {
                self.found_job().await?.ok_or_else(|| vanished(error))?
            }
            other => other?,
        };
        job_seen(&self.spec.job, found)
            .ok_or_else(|| self.error(ClusterErrorKind::AlreadyExists, "a Job of this name is not ours"))
    }

    /// The Job of this name, if there is one.
    async fn found_job(&self) -> ClusterResult<Option<JobRead>> {
        let path = format!("{}/{}", self.jobs, submit_job_name(&self.spec.job, self.spec.attempt));
        match self.wire.object(&Ask::get(&self.what, path)).await {
            Ok(job) => Ok(Some(job)),
            Err(error) if error.kind == ClusterErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes the Job the Secret's owner, so that the cluster removes both together.
    async fn give_owner(&self, job: &JobSeen) -> ClusterResult<()> {
        match self.patch(&manifest::owner_patch(job)).await {
            // Somebody deletes the search's objects meanwhile. A Job that needs its Secret no more is fine without.
            Err(error) if error.kind == ClusterErrorKind::NotFound && (job.end.is_some() || job.deleting) => {
                Ok(())
            }
            other => other.map_err(vanished),
        }
    }

    async fn patch(&self, patch: &impl Serialize) -> ClusterResult<()> {
        let path = format!("{}/{}", self.secrets, secret_name(&self.spec.job, self.spec.attempt));
        let ask = Ask::new(Method::PATCH, &self.what, path).with_body(MERGE_PATCH, json(patch)).discreet();
        self.wire.call(&ask).await.map(|_| ())
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        object: &impl Serialize,
        discreet: bool,
    ) -> ClusterResult<T> {
        let mut ask = Ask::new(Method::POST, &self.what, path).with_body(JSON, json(object));
        ask.discreet = discreet;
        self.wire.object(&ask).await
    }

    fn error(&self, kind: ClusterErrorKind, cause: &str) -> ClusterError {
        ClusterError::new(kind, &self.what, cause)
    }
}

/// What was there a moment ago and is gone: the next call makes it anew.
fn vanished(mut error: ClusterError) -> ClusterError {
    if matches!(error.kind, ClusterErrorKind::NotFound | ClusterErrorKind::AlreadyExists) {
        error.kind = ClusterErrorKind::LostRace;
    }
    error
}

/// These types have no value that JSON cannot say.
fn json(object: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(object).unwrap_or_default()
}
