use super::archive::Archive;
use crate::error::EngineResult;
use blastline_jobs::ids::JobId;
use blastline_jobs::logs::{LogEvent, LogSource, Numbering};
use blastline_jobs::ports::{Blobs, LogLine};
use blastline_jobs::state::StepName;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What the names begin with that stand for the pods of child processes; the ordinal of the part's first query follows.
pub const CHILD_POD: &str = "part-";

/// A child process that searched a part.
pub(crate) struct ChildRun<'a> {
    /// The search.
    pub job: &'a JobId,
    /// Folder of the attempt: it ends with the part's first query and the attempt's claim.
    pub folder: &'a str,
    /// The program.
    pub program: &'a str,
}

impl ChildRun<'_> {
    /// A child as a source: each attempt at a part is a pod, its program a container.
    fn source(&self) -> LogSource {
        let attempt = self.folder.rsplit('/').next().unwrap_or_default();
        let (first, claim) = attempt.split_once('-').unwrap_or((attempt, attempt));
        LogSource {
            step: StepName::Running,
            pod: format!("{CHILD_POD}{first}-{}", claim.get(..8).unwrap_or(claim)),
            pod_uid: claim.to_owned(),
            container: self.program.to_owned(),
            attempt: 0,
        }
    }
}

/// Stores what a child process wrote to standard error, once it has ended. Nothing is stored where it wrote nothing.
pub(crate) async fn keep(
    blobs: &dyn Blobs,
    run: &ChildRun<'_>,
    text: &str,
    now: OffsetDateTime,
) -> EngineResult<()> {
    let source = run.source();
    if text.trim().is_empty() || !source.is_nameable() {
        return Ok(());
    }
    let stamp = now.format(&Rfc3339).unwrap_or_default();
    let mut numbering = Numbering::default();
    let lines = text.lines().map(|text| LogLine { stamp: stamp.clone(), text: text.to_owned() });
    let numbered = lines.filter_map(|line| numbering.take(line));
    let events =
        (0..).zip(numbered).map(|(index, line)| LogEvent::new(&source, "stderr", index, &line)).collect();
    let mut archive = Archive::open_to_write(blobs, run.job, now).await?;
    archive.append(&source, events).await?;
    archive.end(&source).await
}
