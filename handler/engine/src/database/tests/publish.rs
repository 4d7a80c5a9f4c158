//! Publishing under kills, doubles and races.

use super::{super::*, Rigged, blobs, manifest, tables};
use blastline_blast::program::Molecule;
use blastline_jobs::{
    database_name::DatabaseName,
    memory::{MemoryBlobs, MemoryTables},
    names::Container,
    ports::Blobs as _,
};
use futures::future::join_all;
use std::{fs, sync::Arc};
use tempfile::TempDir;

const NAME: &str = "x";

/// A build with three files; as with `makeblastdb`, each build of the same content has other bytes.
fn built(generation: &str, build: u8) -> Built {
    let (big, small) = ([build; 300], [build]);
    let files: [(&str, &[u8]); 3] =
        [("x.nsq", &big), ("x.nin", &small), ("taxonomy.tsv", b"1\t1\tx\troot\n")];
    let dir = TempDir::new().unwrap();
    for (name, bytes) in files {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    Built { built: BuiltDatabase::of(manifest(NAME, generation, &files), dir.path()), _dir: dir }
}

struct Built {
    built: BuiltDatabase,
    _dir: TempDir,
}

impl std::ops::Deref for Built {
    type Target = BuiltDatabase;
    fn deref(&self) -> &BuiltDatabase {
        &self.built
    }
}

struct World {
    tables: Rigged<MemoryTables>,
    blobs: Rigged<MemoryBlobs>,
}

impl World {
    fn new() -> Self {
        Self { tables: tables(), blobs: blobs() }
    }

    fn publisher(&self) -> Publisher {
        Publisher::new(Arc::new(self.tables.clone()), Arc::new(self.blobs.clone()))
    }

    /// A publisher in a process that dies after so many calls, and how to see whether it did.
    fn dying_publisher(&self, calls: i64) -> (Publisher, Rigged<MemoryTables>) {
        let tables = self.tables.dying(calls);
        let blobs = self.blobs.dying_with(&tables);
        (Publisher::new(Arc::new(tables.clone()), Arc::new(blobs)), tables)
    }

    /// The live generation, every file of which is read and proved.
    async fn live(&self) -> Option<String> {
        let catalogue = Catalogue::new(Arc::new(self.tables.clone()), Arc::new(self.blobs.clone()));
        let manifest = match catalogue.resolve(&name(), None).await {
            Ok(manifest) => manifest,
            Err(DatabaseError::Unknown { .. } | DatabaseError::NotReady { .. }) => return None,
            Err(error) => panic!("{error}"),
        };
        for file in &manifest.files {
            let bytes = self.blobs.get(&manifest.blob(file).unwrap(), 1 << 20).await.unwrap();
            assert_eq!(digest::of_bytes(&bytes.expect("a file of a live generation")), file.sha256);
        }
        Some(manifest.generation.to_string())
    }

    /// Number of blobs of a generation.
    async fn stored(&self, generation: &str) -> usize {
        let page = self.blobs.list(Container::BlastDb, &format!("{NAME}/{generation}/"), None).await.unwrap();
        page.blobs.len()
    }
}

fn name() -> DatabaseName {
    NAME.parse().unwrap()
}

async fn publish(publisher: &Publisher, built: &BuiltDatabase) -> Result<Manifest, DatabaseError> {
    let ticket = publisher.mark_preparing(&name(), "t", "d", Some(Molecule::Nucleotide)).await?;
    publisher.publish(&ticket, built).await
}

#[tokio::test]
async fn killed_at_each_step_the_live_generation_is_whole_and_the_next_attempt_succeeds() {
    let mut kills = 0;
    for calls in 0.. {
        let world = World::new();
        publish(&world.publisher(), &built("old", 1)).await.unwrap();
        let (publisher, process) = world.dying_publisher(calls);
        let died = publish(&publisher, &built("new", 2)).await;
        let live = world.live().await.expect("something is live at any time");
        assert!(live == "old" || live == "new", "{live}");
        if process.is_dead() && died.is_err() {
            kills += 1;
            assert_eq!(live, "old", "after {calls} calls");
        }
        publish(&world.publisher(), &built("new", 3)).await.unwrap();
        assert_eq!(world.live().await.as_deref(), Some("new"));
        assert_eq!(
            world.stored("new").await,
            4,
            "three files and the manifest, nothing of the broken attempt"
        );
        assert_eq!(world.stored("old").await, 4, "the old generation stays for whoever uses it");
        if !process.is_dead() {
            break;
        }
    }
    assert!(kills >= 15, "only {kills} kills");
}

#[tokio::test]
async fn two_builds_of_the_same_content_at_once_never_mix() {
    for round in 0..20 {
        let world = World::new();
        let builds = [built("g", 1), built("g", 2), built("g", 3)];
        let publishers = [world.publisher(), world.publisher(), world.publisher()];
        let done = join_all((0..3).map(|n| {
            let (publisher, built) = (&publishers[(n + round) % 3], &builds[n]);
            async move { publish(publisher, built).await }
        }))
        .await;
        for result in done {
            assert!(matches!(result, Ok(_) | Err(DatabaseError::Superseded(_))), "{result:?}");
        }
        assert_eq!(world.live().await.as_deref(), Some("g"));
    }
}

#[tokio::test]
async fn an_older_preparation_does_not_revert_a_newer_one() {
    let world = World::new();
    let publisher = world.publisher();
    let older = publisher.mark_preparing(&name(), "t", "d", None).await.unwrap();
    let newer = publisher.mark_preparing(&name(), "t", "d", None).await.unwrap();
    publisher.publish(&newer, &built("new", 1)).await.unwrap();
    let late = publisher.publish(&older, &built("old", 1)).await.unwrap_err();
    assert!(matches!(late, DatabaseError::Superseded(_)), "{late}");
    assert!(matches!(publisher.mark_failed(&older, "x").await, Err(DatabaseError::Superseded(_))));
    assert_eq!(world.live().await.as_deref(), Some("new"));
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_counts() {
    let world = World::new();
    world.tables.doubled.store(true, std::sync::atomic::Ordering::SeqCst);
    for generation in ["a", "b"] {
        publish(&world.publisher(), &built(generation, 1)).await.unwrap();
        assert_eq!(world.live().await.as_deref(), Some(generation));
    }
    let ticket = world.publisher().mark_preparing(&name(), "t", "d", None).await.unwrap();
    world.publisher().mark_failed(&ticket, "no luck").await.unwrap();
}

#[tokio::test]
async fn a_generation_that_was_live_before_is_live_again_without_an_upload() {
    let world = World::new();
    let publisher = world.publisher();
    for generation in ["a", "b"] {
        publish(&publisher, &built(generation, 1)).await.unwrap();
    }
    let old = built("a", 2).manifest.database();
    assert_eq!(publisher.live_entry(&old).await.unwrap(), None);
    let ticket = publisher.mark_preparing(&name(), "t", "d", None).await.unwrap();
    let manifest = publisher.publish_existing(&ticket, &built("a", 2).manifest).await.unwrap().unwrap();
    assert_eq!(manifest.files, built("a", 1).manifest.files, "as it was");
    assert!(publisher.live_entry(&old).await.unwrap().is_some());
    let never = manifest_of("never");
    let ticket = publisher.mark_preparing(&name(), "t", "d", None).await.unwrap();
    assert_eq!(publisher.publish_existing(&ticket, &never).await.unwrap(), None);
}

fn manifest_of(generation: &str) -> Manifest {
    manifest(NAME, generation, &[("x.nsq", b"x")])
}

#[tokio::test]
async fn a_file_that_changed_since_it_was_built_is_not_published() {
    let world = World::new();
    let built = built("g", 1);
    fs::write(built.file(&built.manifest.files[0]), [9; 300]).unwrap();
    let error = publish(&world.publisher(), &built).await.unwrap_err();
    assert!(matches!(error, DatabaseError::UploadDiffers { .. }), "{error}");
    assert_eq!(world.live().await, None);
}

#[tokio::test]
async fn a_manifest_is_read_once_and_a_generation_without_one_is_unknown() {
    let world = World::new();
    publish(&world.publisher(), &built("g", 1)).await.unwrap();
    let dying = world.tables.dying(2);
    let catalogue = Catalogue::new(Arc::new(dying.clone()), Arc::new(world.blobs.dying_with(&dying)));
    let g = "g".parse().unwrap();
    let first = catalogue.resolve(&name(), Some(&g)).await.unwrap();
    assert_eq!(first, catalogue.resolve(&name(), Some(&g)).await.unwrap());
    let unknown = catalogue.resolve(&name(), Some(&"h".parse().unwrap())).await.unwrap_err();
    assert!(matches!(unknown, DatabaseError::UnknownGeneration(_)), "{unknown}");
    assert!(dying.is_dead(), "two reads in all");
}
