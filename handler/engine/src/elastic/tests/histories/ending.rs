//! What a history came to, and the table of all of them.

use super::{End, Played, Stage};
use crate::doctor::Doctor;
use crate::serverless::joined_files;
use blastline_jobs::ids::JobId;
use blastline_jobs::memory::MemorySurvey;
use blastline_jobs::rows::{ChunkState, JobRow};
use blastline_jobs::state::Status;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What became of the searches of a history.
#[derive(Debug, Default)]
pub struct Told {
    rows: Vec<JobRow>,
    steps: u64,
    /// What lies on the cluster when all is at rest, before Jobs that have ended are removed by their TTL.
    left: Vec<String>,
    /// What must not be.
    wrong: Vec<String>,
}

/// Looks at a history that was played: lets everything come to rest, and looks for what was left.
pub async fn of(played: Played) -> Told {
    let Played { stage, searches } = played;
    stage.settle().await;
    let mut told = Told::default();
    for search in &searches {
        let row = stage.yard.job(&search.job).await;
        if row.status() == Status::Completed {
            proved(&stage, &row, &mut told.wrong).await;
        } else {
            told.claim(left_of(&stage, &row.id, false).is_empty(), || {
                "something is left on the cluster".to_owned()
            });
        }
        told.left.extend(left_of(&stage, &row.id, false));
        told.rows.push(row);
    }
    for search in &searches {
        stage.finalized(&search.job);
        let running = left_of(&stage, &search.job, true);
        told.claim(running.is_empty(), || format!("runs on: {}", running.join(", ")));
    }
    told.at_rest(&stage).await;
    told.steps = stage.yard.house.steps.load(Ordering::Relaxed);
    told
}

/// What of a search is on the cluster; or only what has not ended.
fn left_of(stage: &Stage, job: &JobId, running: bool) -> Vec<String> {
    let cluster = &stage.yard.cluster;
    let jobs = cluster.peek_jobs(job).into_iter().filter(|seen| !running || seen.end.is_none());
    let mut left: Vec<_> = jobs.map(|seen| format!("Job {}", seen.name)).collect();
    if !running {
        left.extend(cluster.peek_pods(job).into_iter().map(|pod| format!("pod {}", pod.name)));
        left.extend((0..cluster.secrets_of(job)).map(|_| "a Secret".to_owned()));
    }
    left
}

/// A completed search: every Job was seen complete, its result is there, and what it holds was counted.
async fn proved(stage: &Stage, row: &JobRow, wrong: &mut Vec<String>) {
    let chunks = stage.yard.chunks(&row.id).await;
    let batches = row.elastic.as_ref().map_or(0, |state| state.batches);
    if chunks.len() as u64 != batches {
        wrong.push(format!("{} rows for {batches} batches", chunks.len()));
    }
    for chunk in &chunks {
        if chunk.state != ChunkState::Done || chunk.cluster_job.is_empty() {
            wrong
                .push(format!("batch {} is {:?}, its Job `{}`", chunk.batch, chunk.state, chunk.cluster_job));
        }
    }
    let files = joined_files(row).unwrap();
    for file in [&files.hits, &files.residues, &files.queries, &files.archive] {
        if stage.yard.house.deps.blobs.head(file).await.unwrap().is_none() {
            wrong.push(format!("{file} is not there"));
        }
    }
    let wrote = stage.wrote.lock().unwrap();
    let hits: u64 = wrote.iter().filter(|((job, _), _)| *job == row.id).map(|(_, hits)| hits).sum();
    if (row.hits, row.queries_done) != (hits, row.queries_total) {
        wrong.push(format!(
            "{} hits of {hits}, {} queries of {}",
            row.hits, row.queries_done, row.queries_total
        ));
    }
    if let Some(fault) = &row.fault {
        wrong.push(format!("a completed search tells {}", fault.code));
    }
}

impl Told {
    /// Of a history that could not be played to its end.
    pub fn broken() -> Self {
        Self { wrong: vec!["it could not be played to its end".to_owned()], ..Self::default() }
    }

    fn claim(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(what());
        }
    }

    /// Nothing of it may be left here.
    async fn at_rest(&mut self, stage: &Stage) {
        let yard = &stage.yard;
        yard.assert_at_rest().await;
        let holder = yard.cluster.lease_holder();
        self.claim(!holder.starts_with("blastline-"), || format!("the Lease is held by {holder}"));
        let (tables, queues) = (yard.house.tables.clone(), (*yard.house.queues).clone());
        let survey = Arc::new(MemorySurvey { tables, queues, page_size: 7 });
        let doctor = Doctor { deps: yard.house.deps.clone(), survey, machine: None };
        for finding in doctor.examine().await.unwrap().findings {
            self.wrong.push(format!("{}: {} {}", finding.kind.as_str(), finding.subject, finding.detail));
        }
    }

    /// Whether it came to what was expected.
    ///
    /// # Errors
    /// What did not.
    pub fn check(&self, ends: &[End]) -> Result<(), String> {
        let came: Vec<_> = self.rows.iter().map(end_of).collect();
        if self.wrong.is_empty() && came != ends.iter().copied().map(Some).collect::<Vec<_>>() {
            return Err(format!("it came to {}, expected was {ends:?}", self.came_to()));
        }
        if self.wrong.is_empty() { Ok(()) } else { Err(self.wrong.join("; ")) }
    }

    fn came_to(&self) -> String {
        self.rows.iter().map(told).collect::<Vec<_>>().join("; ")
    }

    /// What it came to, how many looks it took, how many functions were run, what is left.
    pub fn cells(&self) -> [String; 4] {
        let looks: u64 =
            self.rows.iter().filter_map(|row| row.elastic.as_ref()).map(|state| state.look).sum();
        let left = if self.left.is_empty() {
            "nothing".to_owned()
        } else {
            format!("{} ended", counted(&self.left))
        };
        [self.came_to(), looks.to_string(), self.steps.to_string(), left]
    }
}

/// So many of each kind.
fn counted(left: &[String]) -> String {
    let of = |kind: &str| left.iter().filter(|name| name.starts_with(kind)).count();
    let kinds = [("Job", of("Job")), ("pod", of("pod")), ("Secret", of("a Secret"))];
    let told = kinds.into_iter().filter(|(_, count)| *count > 0);
    told.map(|(kind, count)| format!("{count} {kind}{}", if count == 1 { "" } else { "s" }))
        .collect::<Vec<_>>()
        .join(", ")
}

fn end_of(row: &JobRow) -> Option<End> {
    match row.status() {
        Status::Completed => Some(End::Completed),
        Status::Cancelled => Some(End::Cancelled),
        Status::Failed => row.fault.as_ref().map(|fault| End::Failed(fault.code)),
        _ => None,
    }
}

fn told(row: &JobRow) -> String {
    match (row.status(), &row.fault) {
        (Status::Completed, _) => format!("completed with {} hits", row.hits),
        (Status::Failed, Some(fault)) => format!("failed: {}", fault.code.as_str()),
        (status, _) => format!("{status:?}").to_lowercase(),
    }
}

/// Rows as lines, column under column.
pub fn columns(table: &[[String; 7]]) -> Vec<String> {
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..7).map(width).collect();
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}", width = *width));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    table.iter().map(line).collect()
}
