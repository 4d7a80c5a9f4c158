use super::finding::{Finding, Kind};
use super::heal::Cure;
use super::{Doctor, MAX_FINDINGS, Report};
use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{Continuation, Select, Stored};
use blastline_jobs::rows::{ActiveRow, JobRow};
use blastline_jobs::timing::TaskType;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use time::OffsetDateTime;

/// How much was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counted {
    /// Searches.
    pub jobs: u64,
    /// Other rows: worklist, listings, parts, dispatch.
    pub rows: u64,
    /// Messages that could be seen.
    pub messages: u64,
    /// Blobs.
    pub blobs: u64,
}

/// One look at everything.
pub(super) struct Look<'a> {
    pub doctor: &'a Doctor,
    pub deps: &'a Deps,
    pub now: OffsetDateTime,
    pub counted: Counted,
    /// Tasks that the reconciler looks after, with their earliest entry.
    pub worklist: BTreeMap<JobId, ActiveRow>,
    /// Searches that a message names; `None` when not every message could be seen.
    pub messaged: Option<BTreeSet<JobId>>,
    findings: Vec<Finding>,
    more: u64,
    /// The last search that was asked for: what is listed in order asks for the same again and again.
    last: Option<(JobId, Option<JobRow>)>,
}

impl<'a> Look<'a> {
    pub async fn begin(doctor: &'a Doctor) -> EngineResult<Self> {
        let deps = &doctor.deps;
        let messaged = super::messages::named(doctor).await?;
        let mut worklist = BTreeMap::new();
        for task in TaskType::ALL {
            worklist.extend(deps.active().all(*task).await?);
        }
        Ok(Self {
            doctor,
            deps,
            now: deps.clock.now(),
            counted: Counted { rows: worklist.len() as u64, ..Counted::default() },
            worklist,
            messaged,
            findings: Vec::new(),
            more: 0,
            last: None,
        })
    }

    pub fn end(self) -> Report {
        let mut findings = self.findings;
        findings.sort_by(|a, b| (a.kind, &a.subject).cmp(&(b.kind, &b.subject)));
        Report { findings, more: self.more, looked_at: self.counted }
    }

    /// Whether something is too young to be a contradiction.
    pub fn is_young(&self, since: OffsetDateTime) -> bool {
        self.now - since < self.deps.timing.late
    }

    /// Entries whose time was long ago.
    pub fn worklist(&mut self) {
        let patience = self.deps.timing.late;
        let overdue: Vec<_> =
            self.worklist.values().filter(|entry| entry.next_check + patience < self.now).cloned().collect();
        for entry in overdue {
            let since = words(self.now - entry.next_check);
            self.find(Kind::WorklistOverdue, &entry.id, format!("should have been looked at {since} ago"), {
                Cure::None
            });
        }
    }

    /// Notes a contradiction.
    pub fn find(&mut self, kind: Kind, subject: impl ToString, detail: String, cure: Cure) {
        if self.findings.len() >= MAX_FINDINGS {
            self.more += 1;
            return;
        }
        let subject = subject.to_string();
        let heal = kind.heal().replace("{id}", &subject);
        self.findings.push(Finding { kind, subject, detail, heal, cure });
    }

    /// A search, without payload.
    pub async fn job(&mut self, id: &JobId) -> EngineResult<Option<JobRow>> {
        if let Some((last, row)) = &self.last
            && last == id
        {
            return Ok(row.clone());
        }
        let row = self.deps.jobs().state(id).await?;
        self.last = Some((id.clone(), row.clone()));
        Ok(row)
    }

    /// A page of all rows of a table, and where the next begins.
    pub async fn page(
        &self,
        table: Table,
        select: Select,
        after: Option<&Continuation>,
    ) -> EngineResult<(Vec<Stored>, Option<Continuation>)> {
        let page = self.doctor.survey.scan(table, select, after).await?;
        Ok((page.rows, page.next))
    }
}

/// A span of time for people.
pub(super) fn words(span: time::Duration) -> String {
    let seconds = Duration::try_from(span).unwrap_or_default().as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}
