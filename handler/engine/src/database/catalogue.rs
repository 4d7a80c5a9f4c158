//! Which databases there are, and what a name stands for.

use super::{
    DatabaseError,
    manifest::{MAX_MANIFEST_BYTES, Manifest},
    row::{DatabaseEntry, DatabaseState, PARTITION},
};
use blastline_jobs::{
    database_name::{DatabaseName, DatabaseRef, Generation},
    names::Table,
    ports::{Blobs, Query, Select, Tables},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Most manifests remembered in a process; they never change, so that one may be forgotten at any time.
const MAX_REMEMBERED: usize = 256;

/// How long a process takes the live generation of a database for what it was. A search that names no generation may run
/// on the one before for so long after another one went live; listing the databases ends that at once.
const LIVE_FOR: Duration = Duration::from_secs(5);

/// Most names that are offered for one that is unknown.
const MAX_NEAR: usize = 3;

/// Reads the catalogue and manifests. Cheap to clone.
#[derive(Clone)]
pub struct Catalogue {
    tables: Arc<dyn Tables>,
    blobs: Arc<dyn Blobs>,
    manifests: Arc<Mutex<HashMap<DatabaseRef, Arc<Manifest>>>>,
    live: Arc<Mutex<HashMap<DatabaseName, (Instant, DatabaseRef)>>>,
}

impl Catalogue {
    /// A catalogue over its storage.
    pub fn new(tables: Arc<dyn Tables>, blobs: Arc<dyn Blobs>) -> Self {
        Self { tables, blobs, manifests: Arc::default(), live: Arc::default() }
    }

    /// All databases: those that can be searched first, then by title. A damaged row hides its own database alone.
    pub async fn list(&self) -> Result<Vec<DatabaseEntry>, DatabaseError> {
        let rows = self.tables.query_all(Table::Databases, &Query::partition(PARTITION)).await?;
        let mut entries: Vec<_> = rows
            .iter()
            .filter_map(|row| match DatabaseEntry::from_row(&row.entity) {
                Ok(entry) => Some(entry),
                Err(error) => {
                    tracing::error!(%error, "a database is left out of the catalogue");
                    None
                }
            })
            .collect();
        let now = Instant::now();
        let live = entries.iter().filter_map(|entry| Some((entry.name.clone(), (now, entry.live()?))));
        *self.seen_live() = live.collect();
        entries.sort_by_cached_key(|entry| {
            (entry.state != DatabaseState::Ready, entry.title.to_lowercase(), entry.name.clone())
        });
        Ok(entries)
    }

    /// One database; `None` when there is none of that name.
    pub async fn get(&self, name: &DatabaseName) -> Result<Option<DatabaseEntry>, DatabaseError> {
        let row = self.tables.get(Table::Databases, PARTITION, name.as_str(), Select::All).await?;
        Ok(row.map(|row| DatabaseEntry::from_row(&row.entity)).transpose()?)
    }

    /// The manifest of a generation, or of the live one.
    pub async fn resolve(
        &self,
        name: &DatabaseName,
        generation: Option<&Generation>,
    ) -> Result<Arc<Manifest>, DatabaseError> {
        match generation {
            Some(generation) => {
                let database = DatabaseRef { name: name.clone(), generation: generation.clone() };
                self.manifest(&database).await
            }
            None => self.manifest(&self.live(name).await?).await,
        }
    }

    /// The manifest of a generation; read once per process.
    pub async fn manifest(&self, database: &DatabaseRef) -> Result<Arc<Manifest>, DatabaseError> {
        if let Some(known) = self.remembered().get(database) {
            return Ok(Arc::clone(known));
        }
        let manifest = read_manifest(&*self.blobs, database).await?;
        let manifest = Arc::new(manifest.ok_or_else(|| DatabaseError::UnknownGeneration(database.clone()))?);
        let mut remembered = self.remembered();
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(database.clone(), Arc::clone(&manifest));
        Ok(manifest)
    }

    async fn live(&self, name: &DatabaseName) -> Result<DatabaseRef, DatabaseError> {
        if let Some((seen, live)) = self.seen_live().get(name)
            && seen.elapsed() < LIVE_FOR
        {
            return Ok(live.clone());
        }
        let live = self.look_for_live(name).await?;
        self.seen_live().insert(name.clone(), (Instant::now(), live.clone()));
        Ok(live)
    }

    async fn look_for_live(&self, name: &DatabaseName) -> Result<DatabaseRef, DatabaseError> {
        let Some(entry) = self.get(name).await? else {
            return Err(DatabaseError::Unknown { name: name.clone(), near: self.near(name).await? });
        };
        entry.live().ok_or(DatabaseError::NotReady {
            name: entry.name,
            state: entry.state,
            detail: entry.state_detail,
        })
    }

    async fn near(&self, name: &DatabaseName) -> Result<Vec<DatabaseName>, DatabaseError> {
        let mut names: Vec<_> = self
            .list()
            .await?
            .into_iter()
            .map(|entry| (distance(name.as_str(), entry.name.as_str()), entry.name))
            .filter(|(distance, other)| *distance <= other.as_str().len().max(name.as_str().len()) / 2)
            .collect();
        names.sort();
        Ok(names.into_iter().take(MAX_NEAR).map(|(_, name)| name).collect())
    }

    fn seen_live(&self) -> std::sync::MutexGuard<'_, HashMap<DatabaseName, (Instant, DatabaseRef)>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashMap<DatabaseRef, Arc<Manifest>>> {
        self.manifests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a manifest from storage; `None` when the generation has none.
pub(super) async fn read_manifest(
    blobs: &dyn Blobs,
    database: &DatabaseRef,
) -> Result<Option<Manifest>, DatabaseError> {
    let bytes = blobs.get(&Manifest::path(database)?, MAX_MANIFEST_BYTES).await?;
    bytes.map(|bytes| Manifest::from_json(&bytes, database)).transpose()
}

/// Levenshtein distance of two ASCII names, letter case aside.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn names_that_look_alike_are_near() {
        assert_eq!(distance("orchid", "Orchids"), 1);
        assert_eq!(distance("orchdis", "orchids"), 2);
        assert_eq!(distance("nt", "swissprot"), 8);
        assert_eq!(distance("", "abc"), 3);
    }
}
