//! Which results of batches are there.

use super::paths::ElasticPaths;
use crate::deps::Deps;
use crate::error::EngineResult;
use blastline_jobs::names::Container;
use blastline_jobs::ports::BlobInfo;
use blastline_jobs::rows::{ChunkRow, JobRow};
use std::collections::BTreeMap;
use std::time::Duration;
use time::OffsetDateTime;

/// By how much the clocks of cluster and storage may differ.
const SKEW: Duration = Duration::from_secs(330);

/// The results that batches of a search have written: listed once a look, by the page, when the first of them is asked for.
pub(super) struct Results<'a> {
    deps: &'a Deps,
    row: &'a JobRow,
    listed: Option<BTreeMap<String, BlobInfo>>,
}

impl<'a> Results<'a> {
    /// Of a search.
    pub fn of(deps: &'a Deps, row: &'a JobRow) -> Self {
        Self { deps, row, listed: None }
    }

    /// Whether the result of a batch is there and was written after that moment: a file of an earlier attempt under the same
    /// id is none. That it is whole and holds what it should is proved by who reads it in.
    pub async fn is_fresh(&mut self, chunk: &ChunkRow, since: Option<OffsetDateTime>) -> EngineResult<bool> {
        let listed = match self.listed.take() {
            Some(listed) => listed,
            None => self.list().await?,
        };
        let listed = self.listed.insert(listed);
        Ok(listed.get(&chunk.source).is_some_and(|blob| is_fresh(blob, since)))
    }

    async fn list(&self) -> EngineResult<BTreeMap<String, BlobInfo>> {
        let prefix = ElasticPaths::of(self.row)?.batch_results();
        let (mut all, mut after) = (BTreeMap::new(), None::<String>);
        loop {
            let page = self.deps.blobs.list(Container::Results, &prefix, after.as_deref()).await?;
            all.extend(page.blobs.into_iter().map(|blob| (blob.path.name().to_owned(), blob)));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }
}

fn is_fresh(blob: &BlobInfo, since: Option<OffsetDateTime>) -> bool {
    blob.size_bytes > 0 && since.is_none_or(|since| blob.modified + SKEW >= since)
}
