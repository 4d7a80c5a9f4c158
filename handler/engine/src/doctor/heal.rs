//! Healing: what a finding needs so that the reconciler, at its next run, does the rest. Safe while the system runs,
//! because nothing is taken away here that the reconciler would not decide anew by the rows.

use super::finding::Finding;
use super::messages::job_of;
use super::{Doctor, Report};
use crate::error::{EngineError, EngineResult};
use crate::scratch;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::QueueName;
use blastline_jobs::rows::{ActiveRow, IndexRow};
use blastline_jobs::state::Status;
use blastline_jobs::timing::TaskType;
use serde::Serialize;
use std::time::Duration;

/// What a finding is healed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cure {
    /// Nothing that is done here: its command says what.
    None,
    /// The search goes on the worklist, and the reconciler does the rest.
    Worklist(JobId),
    /// The listing is taken away.
    Listing(IndexRow),
    /// Messages of the queue that name no search are taken away.
    Message(QueueName),
    /// The scratch folder is swept.
    Scratch,
    /// The cache is swept.
    Cache,
}

/// What was done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// It is healed.
    Healed,
    /// The reconciler heals it at its next run.
    LeftToReconciler,
    /// Its own command has to be given.
    ByItsCommand,
}

/// A finding with what was done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Healed {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// What was done.
    pub treatment: Treatment,
}

/// How long messages that are looked at are hidden from functions.
const GLANCE: Duration = Duration::from_secs(1);

impl Doctor {
    /// Heals what was found.
    pub async fn heal(&self, report: Report) -> EngineResult<Vec<Healed>> {
        let mut healed = Vec::new();
        for finding in report.findings {
            let treatment = self.treat(&finding.cure).await?;
            healed.push(Healed { finding, treatment });
        }
        Ok(healed)
    }

    async fn treat(&self, cure: &Cure) -> EngineResult<Treatment> {
        match cure {
            Cure::None => return Ok(Treatment::ByItsCommand),
            Cure::Worklist(id) => {
                let (task, next_check) = (TaskType::Blast, self.deps.clock.now());
                let entry = ActiveRow { task, id: id.clone(), next_check, seen: false, put_off: true };
                self.deps.active().insert(&entry).await?;
                return Ok(Treatment::LeftToReconciler);
            }
            Cure::Listing(row) => {
                let job = self.deps.jobs().summary(&row.job).await?;
                if job.is_none_or(|job| job.status() == Status::Deleted) {
                    self.deps.index().remove(row).await?;
                }
            }
            Cure::Message(queue) => self.drop_messages(*queue).await?,
            Cure::Scratch => {
                if let Some(machine) = &self.machine {
                    scratch::sweep(&machine.scratch);
                }
            }
            Cure::Cache => {
                if let Some(machine) = &self.machine {
                    machine.cache.sweep().await.map_err(EngineError::io("sweeping the cache"))?;
                }
            }
        }
        Ok(Treatment::Healed)
    }

    /// Takes the first messages of a queue and deletes those that name no search; the others are seen again at once,
    /// with one delivery more on their count.
    async fn drop_messages(&self, queue: QueueName) -> EngineResult<()> {
        for message in self.deps.queues.receive(queue, 32, GLANCE).await? {
            let there = match job_of(&message.body) {
                Some(id) => self.deps.jobs().summary(&id).await?.is_some(),
                None => false,
            };
            if !there {
                self.deps.queues.delete(queue, &message).await?;
            }
        }
        Ok(())
    }
}
