//! The doctor: reads all rows, messages and blobs, and lists what contradicts.
//!
//! It may look while the system runs. Work in progress is never taken for a contradiction, by three means: what is
//! younger than [`Timing::late`](blastline_jobs::timing::Timing) does not count, what the worklist still holds is the
//! reconciler's, and what was found is looked for a second time from the start; only what both looks saw is told.
//!
//! Memory holds the worklist, the findings (at most [`MAX_FINDINGS`]) and one page of rows, messages or blobs.

mod blobs;
mod finding;
mod heal;
mod indexes;
mod jobs;
mod local;
mod look;
mod messages;
#[cfg(test)]
mod tests;

pub use finding::{Finding, Kind};
pub use heal::{Healed, Treatment};
pub use look::Counted;

use crate::database::Cache;
use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::ports::Survey;
use look::Look;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Findings that are told; what is beyond is counted.
pub const MAX_FINDINGS: usize = 10_000;

/// Looks for contradictions, and heals them.
pub struct Doctor {
    /// The world as functions see it.
    pub deps: Deps,
    /// Everything there is.
    pub survey: Arc<dyn Survey>,
    /// The folders of this machine; `None` where only storage is looked at.
    pub machine: Option<Machine>,
}

/// Folders in which functions of one machine keep files.
pub struct Machine {
    /// Databases.
    pub cache: Arc<Cache>,
    /// What searches work on.
    pub scratch: PathBuf,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What contradicts, in the order of names and subjects.
    pub findings: Vec<Finding>,
    /// Findings beyond those that are told.
    pub more: u64,
    /// What was looked at.
    pub looked_at: Counted,
}

impl Doctor {
    /// Looks at everything. Something that cannot be read is an error: then nothing can be said.
    pub async fn examine(&self) -> EngineResult<Report> {
        let first = self.look().await?;
        if first.findings.is_empty() {
            return Ok(first);
        }
        let again: BTreeSet<_> =
            self.look().await?.findings.into_iter().map(|f| (f.kind, f.subject)).collect();
        let findings =
            first.findings.into_iter().filter(|f| again.contains(&(f.kind, f.subject.clone()))).collect();
        Ok(Report { findings, ..first })
    }

    async fn look(&self) -> EngineResult<Report> {
        let mut look = Look::begin(self).await?;
        look.worklist();
        jobs::rows(&mut look).await?;
        indexes::listings(&mut look).await?;
        indexes::parts(&mut look).await?;
        indexes::dispatch(&mut look).await?;
        messages::queues(&mut look).await?;
        blobs::containers(&mut look).await?;
        if let Some(machine) = &self.machine {
            local::folders(&mut look, machine)?;
        }
        Ok(look.end())
    }
}
