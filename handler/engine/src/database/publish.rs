//! Making a generation the live one: files, then the manifest, then one compare-and-swap of the row.
//!
//! Whatever is killed or doubled on the way: a generation with a manifest is whole and never changes, and the row
//! points at such a one or at none. Files go into a folder of the build's own, so that two builds of the same content
//! (whose files differ, `makeblastdb` writes dates) never mix; the first manifest decides.

use super::{
    BuiltDatabase, DatabaseError,
    catalogue::read_manifest,
    manifest::{Manifest, ManifestFile},
    row::{self, DatabaseEntry, DatabaseState, PARTITION},
};
use blastline_blast::program::Molecule;
use blastline_jobs::{
    database_name::{DatabaseName, DatabaseRef},
    names::{Container, Table},
    ports::{Blobs, Entity, Match, PutCondition, Select, StorageErrorKind, Stored, Tables},
};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Files that are uploaded at the same time.
const PARALLEL: usize = 4;

/// Files up to this size are read back whole after the upload, in bytes; of larger ones the size is compared.
const READ_BACK_BYTES: u64 = 64 << 20;

/// How often a row is read again when somebody else wrote in between.
const ATTEMPTS: usize = 8;

const OCTETS: &str = "application/octet-stream";

/// Longest explanation in a row, in characters.
const MAX_DETAIL: usize = 1000;

/// Publishes generations.
#[derive(Clone)]
pub struct Publisher {
    tables: Arc<dyn Tables>,
    blobs: Arc<dyn Blobs>,
}

/// The right to switch a database's row, until somebody else begins to prepare the same database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    name: DatabaseName,
    id: String,
}

impl Publisher {
    /// A publisher over its storage.
    pub fn new(tables: Arc<dyn Tables>, blobs: Arc<dyn Blobs>) -> Self {
        Self { tables, blobs }
    }

    /// The catalogue's entry of a database when this generation of it is live and its manifest is there.
    pub async fn live_entry(&self, database: &DatabaseRef) -> Result<Option<DatabaseEntry>, DatabaseError> {
        let Some(row) = self.row(&database.name).await? else { return Ok(None) };
        let entry = DatabaseEntry::from_row(&row.entity)?;
        let live = entry.live().as_ref() == Some(database)
            && self.blobs.head(&Manifest::path(database)?).await?.is_some();
        Ok(live.then_some(entry))
    }

    /// Says that a database is being prepared. One that can be searched stays so. Whoever calls this last is the one
    /// who may switch.
    pub async fn mark_preparing(
        &self,
        name: &DatabaseName,
        title: &str,
        description: &str,
        molecule: Option<Molecule>,
    ) -> Result<Ticket, DatabaseError> {
        let ticket = Ticket { name: name.clone(), id: hex::encode(rand::random::<[u8; 8]>()) };
        self.change(name, |old| {
            if ticket.check(old).is_ok() {
                return Ok(None);
            }
            let patch = Entity::new(PARTITION, name.as_str()).text(row::PREPARING, &ticket.id);
            if is_searchable(old)? {
                return Ok(Some(patch));
            }
            Ok(Some(
                patch
                    .text(row::TITLE, title)
                    .text(row::DESCRIPTION, description)
                    .text(row::MOLECULE, molecule.map(Molecule::as_str).unwrap_or_default())
                    .text(row::STATE, DatabaseState::Preparing.as_str())
                    .text(row::STATE_DETAIL, ""),
            ))
        })
        .await?;
        Ok(ticket)
    }

    /// Says why a database could not be prepared. One that can be searched stays so, with the reason why it is not
    /// newer.
    pub async fn mark_failed(&self, ticket: &Ticket, detail: &str) -> Result<(), DatabaseError> {
        let detail: String = detail.chars().take(MAX_DETAIL).collect();
        self.change(&ticket.name, |old| {
            let said = |old: &Entity| {
                old.get_text(row::PREPARING) == Ok("") && old.get_text(row::STATE_DETAIL) == Ok(&detail)
            };
            if old.is_some_and(said) {
                return Ok(None);
            }
            ticket.check(old)?;
            let patch = Entity::new(PARTITION, ticket.name.as_str())
                .text(row::PREPARING, "")
                .text(row::STATE_DETAIL, &detail);
            let searchable = is_searchable(old)?;
            Ok(Some(if searchable { patch } else { patch.text(row::STATE, DatabaseState::Failed.as_str()) }))
        })
        .await
    }

    /// Uploads a generation, verifies every file and makes it the live one. When the same content was published
    /// before, that generation is taken as it is. Repeatable.
    pub async fn publish(&self, ticket: &Ticket, built: &BuiltDatabase) -> Result<Manifest, DatabaseError> {
        let database = built.manifest.database();
        let manifest = match read_manifest(&*self.blobs, &database).await? {
            Some(there) => there,
            None => self.upload(built).await?,
        };
        self.switch(ticket, &manifest, &built.manifest).await?;
        if let Err(error) = self.sweep(&manifest).await {
            tracing::warn!(%database, %error, "left-over files of earlier attempts stay");
        }
        Ok(manifest)
    }

    /// Makes the generation of this description the live one with its texts, when it is there; `None` when it is not.
    pub async fn publish_existing(
        &self,
        ticket: &Ticket,
        described: &Manifest,
    ) -> Result<Option<Manifest>, DatabaseError> {
        let Some(manifest) = read_manifest(&*self.blobs, &described.database()).await? else {
            return Ok(None);
        };
        self.switch(ticket, &manifest, described).await?;
        Ok(Some(manifest))
    }

    async fn upload(&self, built: &BuiltDatabase) -> Result<Manifest, DatabaseError> {
        let mut manifest = built.manifest.clone();
        manifest.folder = hex::encode(rand::random::<[u8; 6]>());
        let database = manifest.database();
        // Boxed, because the compiler cannot tell otherwise that they may move between threads.
        let uploads: Vec<_> =
            manifest.files.iter().map(|file| self.put(&manifest, built, file).boxed()).collect();
        let uploaded = stream::iter(uploads).buffer_unordered(PARALLEL).try_collect::<()>().await;
        let put = match uploaded {
            Ok(()) => {
                let json = serde_json::to_vec_pretty(&manifest).map_err(std::io::Error::other)?;
                let path = Manifest::path(&database)?;
                let put =
                    self.blobs.put(&path, json.into(), "application/json", PutCondition::CreateOnly).await;
                put.map_err(DatabaseError::from)
            }
            Err(error) => Err(error),
        };
        match put {
            Ok(()) => Ok(manifest),
            // Another build of the same content may have been first (and swept these files), or this very write was
            // repeated after its answer was lost. What is there decides.
            Err(error) => read_manifest(&*self.blobs, &database).await?.ok_or(error),
        }
    }

    async fn put(
        &self,
        manifest: &Manifest,
        built: &BuiltDatabase,
        file: &ManifestFile,
    ) -> Result<(), DatabaseError> {
        let path = manifest.blob(file)?;
        self.blobs.put_file(&path, &built.file(file), OCTETS).await?;
        let stored = self.blobs.head(&path).await?.map(|info| info.size_bytes);
        let mut same = stored == Some(file.size_bytes);
        if same && file.size_bytes <= READ_BACK_BYTES {
            let mut hash = Sha256::new();
            let mut bytes = self.blobs.open(&path, None).await?;
            while let Some(block) = bytes.try_next().await? {
                hash.update(&block);
            }
            same = hex::encode(hash.finalize()) == file.sha256;
        }
        if same {
            return Ok(());
        }
        Err(DatabaseError::UploadDiffers { database: manifest.database(), file: file.name.clone() })
    }

    /// Points the row at a generation. Texts and examples are those of `described`, which may be newer.
    async fn switch(
        &self,
        ticket: &Ticket,
        manifest: &Manifest,
        described: &Manifest,
    ) -> Result<(), DatabaseError> {
        let live = row::live(&manifest.described_by(described));
        self.change(&ticket.name, |old| {
            // So it is after this very write when its answer was lost, or after another one of the same content.
            let done = old.is_some_and(|old| {
                live.props
                    .iter()
                    .all(|(name, value)| old.props.get(name) == Some(value) || name == row::CREATED_AT)
            });
            if done {
                return Ok(None);
            }
            ticket.check(old)?;
            Ok(Some(live.clone()))
        })
        .await
    }

    /// Deletes what builds that were broken off or lost left in the generation's folder.
    async fn sweep(&self, manifest: &Manifest) -> Result<(), DatabaseError> {
        let database = manifest.database();
        let prefix = format!("{}/{}/", database.name, database.generation);
        let (kept, own) = (Manifest::path(&database)?, format!("{prefix}{}/", manifest.folder));
        let mut after = None;
        loop {
            let page = self.blobs.list(Container::BlastDb, &prefix, after.as_deref()).await?;
            for blob in page.blobs.iter().map(|blob| &blob.path) {
                if *blob != kept && !blob.name().starts_with(&own) {
                    self.blobs.delete(blob).await?;
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn row(&self, name: &DatabaseName) -> Result<Option<Stored>, DatabaseError> {
        Ok(self.tables.get(Table::Databases, PARTITION, name.as_str(), Select::All).await?)
    }

    /// Changes or creates a row by compare-and-swap; not at all when there is no patch. A write whose answer is lost is
    /// repeated below and then looks like a lost race: each patch knows what the row is like after it.
    async fn change(
        &self,
        name: &DatabaseName,
        patch: impl Fn(Option<&Entity>) -> Result<Option<Entity>, DatabaseError>,
    ) -> Result<(), DatabaseError> {
        for _ in 0..ATTEMPTS {
            let old = self.row(name).await?;
            let Some(patch) = patch(old.as_ref().map(|old| &old.entity))? else { return Ok(()) };
            let written = match old {
                Some(old) => self.tables.patch(Table::Databases, &patch, &Match::Version(old.etag)).await,
                None => self.tables.insert(Table::Databases, &patch).await,
            };
            match written {
                Ok(_) => return Ok(()),
                Err(error) if error.is_conflict() || error.kind == StorageErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DatabaseError::Contended(name.clone()))
    }
}

impl Ticket {
    fn check(&self, row: Option<&Entity>) -> Result<(), DatabaseError> {
        match row {
            Some(row) if row.get_text(row::PREPARING)? == self.id => Ok(()),
            _ => Err(DatabaseError::Superseded(self.name.clone())),
        }
    }
}

fn is_searchable(row: Option<&Entity>) -> Result<bool, DatabaseError> {
    Ok(match row {
        Some(row) => row.opt_text(row::GENERATION)?.is_some(),
        None => false,
    })
}
