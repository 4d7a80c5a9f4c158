use super::shelf::{CHUNK, END, Shelf, TOLD, prefix};
use crate::error::{EngineError, EngineResult};
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::ids::JobId;
use blastline_jobs::logs::{LogChunk, LogEntry, LogEvent, LogSource, SCHEMA_VERSION};
use blastline_jobs::names::Container;
use blastline_jobs::ports::{Blobs, PutCondition, StorageErrorKind};
use blastline_jobs::state::StepName;
use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Largest chunk as it is stored, in bytes; they are written with up to one mebibyte of lines.
const MAX_STORED_BYTES: u64 = 8 << 20;
/// Largest chunk as it is read, in bytes.
const MAX_CHUNK_BYTES: u64 = 32 << 20;

/// The logs of one search in storage, with what a listing told of them.
pub struct Archive<'a> {
    blobs: &'a dyn Blobs,
    job: JobId,
    now: OffsetDateTime,
    /// What is there.
    pub shelf: Shelf,
}

impl<'a> Archive<'a> {
    /// Its chunks alone, for who knows what is there.
    pub(super) fn of(blobs: &'a dyn Blobs, job: &JobId) -> Self {
        Self { blobs, job: job.clone(), now: OffsetDateTime::UNIX_EPOCH, shelf: Shelf::default() }
    }

    /// Opens it for reading.
    pub async fn open(blobs: &'a dyn Blobs, job: &JobId) -> EngineResult<Self> {
        Ok(Self { shelf: Shelf::list(blobs, job).await?, ..Self::of(blobs, job) })
    }

    /// Opens it for writing: what a writer before left unnamed is named.
    pub async fn open_to_write(blobs: &'a dyn Blobs, job: &JobId, now: OffsetDateTime) -> EngineResult<Self> {
        let mut archive = Self { now, ..Self::open(blobs, job).await? };
        for (step, sequence) in archive.shelf.unnamed() {
            archive.adopt(step, sequence).await?;
        }
        Ok(archive)
    }

    /// Stores lines of a source that follow each other, but those that are stored already.
    pub async fn append(&mut self, source: &LogSource, mut events: Vec<LogEvent>) -> EngineResult<()> {
        loop {
            let stored = self.shelf.of(source).lines();
            events.retain(|event| event.index >= stored);
            if events.is_empty() {
                return Ok(());
            }
            let sequence = self.shelf.next_sequence(source.step);
            let mut chunk = LogChunk {
                schema_version: SCHEMA_VERSION,
                job_id: self.job.clone(),
                step: source.step,
                sequence,
                target: source.folder(),
                attempt: source.attempt,
                events,
                created_at: self.now.format(&Rfc3339).unwrap_or_default(),
            };
            let (body, path) = (pack(&chunk)?, self.chunk(source.step, sequence)?);
            match self.blobs.put(&path, body, "application/gzip", PutCondition::CreateOnly).await {
                Ok(()) => {
                    if let Some(entry) = chunk.entry() {
                        self.name(source, entry).await?;
                    }
                    return Ok(());
                }
                // Another writer was faster, or our own answer was lost.
                Err(error) if error.kind == StorageErrorKind::AlreadyExists => {
                    events = std::mem::take(&mut chunk.events);
                    self.adopt(source.step, sequence).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Says that a source has ended and that all its lines are stored.
    pub async fn end(&mut self, source: &LogSource) -> EngineResult<()> {
        let path = self.indexed(source, END)?;
        self.create(&path, Bytes::from_static(b"{}")).await?;
        self.shelf.sources.entry(source.clone()).or_default().ended = true;
        Ok(())
    }

    /// Unique ids of the Kubernetes Jobs whose logs are all stored, as far as it was written down. It only spares lists: what
    /// is missing or cannot be read is found out again.
    pub(super) async fn told(&self) -> EngineResult<BTreeSet<String>> {
        let body = self.blobs.get(&self.told_path()?, MAX_STORED_BYTES).await?.unwrap_or_default();
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Writes them down, over what was written before.
    pub(super) async fn tell(&self, told: &BTreeSet<String>) -> EngineResult<()> {
        let body = serde_json::to_vec(told).map_err(|error| EngineError::Internal(error.to_string()))?;
        let path = self.told_path()?;
        Ok(self.blobs.put(&path, body.into(), "application/json", PutCondition::Overwrite).await?)
    }

    fn told_path(&self) -> EngineResult<BlobPath> {
        Ok(BlobPath::new(Container::JobArtifacts, format!("{}{TOLD}", prefix(&self.job)))?)
    }

    /// The lines of a chunk.
    pub async fn read(&self, step: StepName, entry: &LogEntry) -> EngineResult<Vec<LogEvent>> {
        Ok(self.load(step, entry.sequence).await?.events)
    }

    /// Reads a chunk that somebody else wrote and names it.
    async fn adopt(&mut self, step: StepName, sequence: u64) -> EngineResult<()> {
        let chunk = self.load(step, sequence).await?;
        let source = LogSource::of_folder(step, &chunk.target);
        let (Some(source), Some(entry)) = (source, chunk.entry()) else {
            return Err(EngineError::Internal(format!(
                "chunk {sequence} of {step:?} of {} is none",
                self.job
            )));
        };
        self.name(&source, entry).await
    }

    async fn name(&mut self, source: &LogSource, entry: LogEntry) -> EngineResult<()> {
        let path = self.indexed(source, &entry.name())?;
        self.create(&path, Bytes::from_static(b"{}")).await?;
        self.shelf.add(source, entry);
        Ok(())
    }

    async fn create(&self, path: &BlobPath, body: Bytes) -> EngineResult<()> {
        match self.blobs.put(path, body, "application/json", PutCondition::CreateOnly).await {
            Err(error) if error.kind != StorageErrorKind::AlreadyExists => Err(error.into()),
            _ => Ok(()),
        }
    }

    async fn load(&self, step: StepName, sequence: u64) -> EngineResult<LogChunk> {
        let path = self.chunk(step, sequence)?;
        let gone = || EngineError::Internal(format!("{path} is gone"));
        let body = self.blobs.get(&path, MAX_STORED_BYTES).await?.ok_or_else(gone)?;
        unpack(&body).map_err(|error| EngineError::Internal(format!("{path}: {error}")))
    }

    fn chunk(&self, step: StepName, sequence: u64) -> EngineResult<BlobPath> {
        let name = format!("{}{}/{sequence:06}{CHUNK}", prefix(&self.job), step.as_str());
        Ok(BlobPath::new(Container::JobArtifacts, name)?)
    }

    fn indexed(&self, source: &LogSource, file: &str) -> EngineResult<BlobPath> {
        let name = format!("{}{}/{}/{file}", prefix(&self.job), source.step.as_str(), source.folder());
        Ok(BlobPath::new(Container::JobArtifacts, name)?)
    }
}

fn pack(chunk: &LogChunk) -> EngineResult<Bytes> {
    let json = serde_json::to_vec(chunk).map_err(|error| EngineError::Internal(error.to_string()))?;
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&json).map_err(EngineError::io("packing a log"))?;
    Ok(packer.finish().map_err(EngineError::io("packing a log"))?.into())
}

fn unpack(body: &[u8]) -> std::io::Result<LogChunk> {
    let mut json = Vec::new();
    GzDecoder::new(body).take(MAX_CHUNK_BYTES).read_to_end(&mut json)?;
    Ok(serde_json::from_slice(&json)?)
}
