use crate::error::EngineResult;
use blastline_jobs::ids::JobId;
use blastline_jobs::logs::{LogEntry, LogSource, Mark};
use blastline_jobs::names::Container;
use blastline_jobs::ports::Blobs;
use blastline_jobs::state::StepName;
use std::collections::{BTreeMap, BTreeSet};

/// Name of what says that a source has ended and all its lines are stored.
pub(super) const END: &str = "end.json";
/// What the names of chunks end with.
pub(super) const CHUNK: &str = ".json.gz";
/// Name of what says of which Kubernetes Jobs all logs are stored, beside the folders of the steps.
pub(super) const TOLD: &str = "told.json";

/// What is stored of one source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stored {
    /// Its chunks, in the order of their lines.
    pub entries: BTreeSet<LogEntry>,
    /// Whether it has ended and all its lines are stored.
    pub ended: bool,
}

impl Stored {
    /// Lines.
    pub fn lines(&self) -> u64 {
        self.entries.last().map_or(0, LogEntry::next)
    }

    /// Place in time of the last line.
    pub fn mark(&self) -> Option<Mark> {
        self.entries.last().map(|entry| entry.to)
    }
}

/// The logs of a search as they were listed.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    /// What is stored of each source.
    pub sources: BTreeMap<LogSource, Stored>,
    chunks: BTreeSet<(StepName, u64)>,
}

/// Prefix of the logs of a search.
pub(super) fn prefix(job: &JobId) -> String {
    format!("{job}/execution-steps/logs/")
}

impl Shelf {
    /// Lists what is there.
    pub async fn list(blobs: &dyn Blobs, job: &JobId) -> EngineResult<Self> {
        let prefix = prefix(job);
        let (mut shelf, mut after) = (Self::default(), None::<String>);
        loop {
            let page = blobs.list(Container::JobArtifacts, &prefix, after.as_deref()).await?;
            for blob in &page.blobs {
                let name = blob.path.name().strip_prefix(&prefix).unwrap_or_default();
                // What else may lie there is nobody's log.
                let _ = shelf.note(name);
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(shelf),
            }
        }
    }

    fn note(&mut self, name: &str) -> Option<()> {
        let (step, rest) = name.split_once('/')?;
        let step = StepName::ALL.into_iter().find(|known| known.as_str() == step)?;
        let Some((folder, file)) = rest.split_once('/') else {
            self.chunks.insert((step, rest.strip_suffix(CHUNK)?.parse().ok()?));
            return Some(());
        };
        let stored = self.sources.entry(LogSource::of_folder(step, folder)?).or_default();
        match file {
            END => stored.ended = true,
            file => {
                stored.entries.insert(LogEntry::of_name(file)?);
            }
        }
        Some(())
    }

    /// Notes a chunk that is stored and indexed.
    pub(super) fn add(&mut self, source: &LogSource, entry: LogEntry) {
        self.chunks.insert((source.step, entry.sequence));
        self.sources.entry(source.clone()).or_default().entries.insert(entry);
    }

    /// Number of the next chunk of a step.
    pub(super) fn next_sequence(&self, step: StepName) -> u64 {
        let last = self.chunks.range((step, 0)..=(step, u64::MAX)).next_back();
        last.map_or(0, |(_, sequence)| sequence + 1)
    }

    /// Chunks that no index names: who wrote them was killed before it could.
    pub(super) fn unnamed(&self) -> Vec<(StepName, u64)> {
        let named: BTreeSet<(StepName, u64)> = self
            .sources
            .iter()
            .flat_map(|(source, stored)| stored.entries.iter().map(|entry| (source.step, entry.sequence)))
            .collect();
        self.chunks.difference(&named).copied().collect()
    }

    /// What is stored of a source; nothing where none is.
    pub fn of(&self, source: &LogSource) -> Stored {
        self.sources.get(source).cloned().unwrap_or_default()
    }

    /// Finds a source by the names in its address.
    pub fn find(&self, pod: &str, container: &str, attempt: u32) -> Option<(&LogSource, &Stored)> {
        self.sources.iter().find(|(source, _)| {
            source.pod == pod && source.container == container && source.attempt == attempt
        })
    }
}
