use super::archive::Archive;
use crate::error::EngineResult;
use blastline_jobs::ids::JobId;
use blastline_jobs::logs::LogEvent;
use blastline_jobs::ports::Blobs;

/// Most lines of a page.
pub const MAX_PAGE_LINES: u64 = 5_000;
/// Most bytes of a page's lines; one line is always given.
const MAX_PAGE_BYTES: usize = 4 << 20;

/// Stored lines of one source that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// The lines.
    pub events: Vec<LogEvent>,
    /// Lines of the source that are stored.
    pub total: u64,
    /// Whether no more will come.
    pub ended: bool,
}

/// A page of a source's log; `None` where no source of these names has anything stored.
pub async fn page(
    blobs: &dyn Blobs,
    job: &JobId,
    (pod, container, attempt): (&str, &str, u32),
    from: u64,
    limit: u64,
) -> EngineResult<Option<LogPage>> {
    let archive = Archive::open(blobs, job).await?;
    let Some((source, stored)) = archive.shelf.find(pod, container, attempt) else { return Ok(None) };
    let (mut events, mut bytes) = (Vec::new(), 0);
    let limit = usize::try_from(limit.min(MAX_PAGE_LINES)).unwrap_or(usize::MAX);
    for entry in stored.entries.iter().filter(|entry| entry.next() > from) {
        for event in archive.read(source.step, entry).await?.into_iter().filter(|event| event.index >= from) {
            bytes += event.bytes();
            if events.len() == limit || (bytes > MAX_PAGE_BYTES && !events.is_empty()) {
                return Ok(Some(LogPage { events, total: stored.lines(), ended: stored.ended }));
            }
            events.push(event);
        }
    }
    Ok(Some(LogPage { events, total: stored.lines(), ended: stored.ended }))
}
