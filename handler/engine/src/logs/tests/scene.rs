use crate::error::EngineResult;
use crate::logs::{Archive, Collector, cluster_id};
use crate::serverless::tests::House;
use async_trait::async_trait;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::ids::JobId;
use blastline_jobs::logs::LogEvent;
use blastline_jobs::memory::MemoryCluster;
use blastline_jobs::names::Container;
use blastline_jobs::ports::{
    BlobInfo, BlobPage, BlobStream, Blobs, Cluster, ContainerEnd, ContainerSeen, JobRole, LogLine, LookWish,
    PodSeen, PutCondition, StorageError, StorageErrorKind, StorageResult,
};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A search on a cluster whose containers say what a test has them say.
pub struct Scene {
    pub house: House,
    pub cluster: Arc<MemoryCluster>,
    pub job: JobId,
    pub blobs: Arc<DyingBlobs>,
    /// Every line that was said, by pod, container and attempt, as it is to be read.
    pub said: std::sync::Mutex<BTreeMap<(String, String, u32), Vec<String>>>,
    stamp: AtomicI64,
}

impl Scene {
    pub async fn new() -> Self {
        let make = |clock: &blastline_jobs::memory::ManualClock| {
            Arc::new(MemoryCluster::new(Arc::new(clock.clone()), Vec::new()))
        };
        let (mut house, cluster) = House::with_cluster("yard", make);
        let blobs = Arc::new(DyingBlobs { inner: house.deps.blobs.clone(), left: AtomicI64::new(i64::MAX) });
        house.deps.blobs = blobs.clone();
        let job = house.submit_to(1, 10, Some("yard")).await;
        let submitted = |row: &mut blastline_jobs::rows::JobRow| {
            if let Some(state) = &mut row.elastic {
                state.attempt = 1;
            }
            Ok(true)
        };
        house.deps.jobs().update(&job, submitted).await.unwrap();
        let stamp = AtomicI64::new(1_700_000_000_000);
        Self { house, cluster, job, blobs, said: std::sync::Mutex::default(), stamp }
    }

    /// A pod with containers that run.
    pub fn pod(&self, name: &str, role: JobRole, containers: &[&str]) {
        let containers = containers.iter().map(|name| ContainerSeen {
            name: (*name).to_owned(),
            init: name.starts_with("import"),
            waiting: None,
            running: true,
            end: None,
            last_end: None,
            restarts: 0,
        });
        let pod = PodSeen {
            name: name.to_owned(),
            uid: format!("uid-{name}"),
            job: None,
            role,
            node: None,
            phase: "Running".to_owned(),
            reason: String::new(),
            unschedulable: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
            containers: containers.collect(),
        };
        for container in &pod.containers {
            self.cluster.logs().write(name, &container.name, Vec::new());
        }
        self.cluster.put_pod(&self.job, pod);
    }

    pub fn change(&self, pod: &str, container: &str, change: impl FnOnce(&mut ContainerSeen)) -> u32 {
        let mut seen = self.cluster.peek_pods(&self.job).into_iter().find(|seen| seen.name == pod).unwrap();
        let found = seen.containers.iter_mut().find(|seen| seen.name == container).unwrap();
        change(found);
        let restarts = found.restarts;
        self.cluster.put_pod(&self.job, seen);
        restarts
    }

    /// A container says lines, several of them with one time stamp.
    pub fn say(&self, pod: &str, container: &str, lines: &[&str]) {
        let attempt = self.change(pod, container, |_| {});
        let millis = self.stamp.fetch_add(700, Ordering::SeqCst);
        let at = |number: usize| {
            let millis = millis + i64::try_from(number / 2).unwrap();
            let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap();
            at.format(&Rfc3339).unwrap()
        };
        let said = lines.iter().enumerate();
        let said = said.map(|(number, text)| LogLine { stamp: at(number), text: (*text).to_owned() });
        self.cluster.logs().write(pod, container, said.collect());
        let mut all = self.said.lock().unwrap();
        let key = (pod.to_owned(), container.to_owned(), attempt);
        all.entry(key).or_default().extend(lines.iter().map(|line| (*line).to_owned()));
    }

    pub fn end(&self, pod: &str, container: &str) {
        self.change(pod, container, |seen| {
            seen.running = false;
            seen.end = Some(ContainerEnd {
                exit_code: 0,
                reason: "Completed".to_owned(),
                message: String::new(),
                ended_at: None,
            });
        });
        self.cluster.logs().end(pod, container);
    }

    pub fn restart(&self, pod: &str, container: &str) {
        self.change(pod, container, |seen| seen.restarts += 1);
        self.cluster.logs().restart(pod, container);
    }

    /// A look of the watcher. It may be killed.
    pub async fn look(&self) -> bool {
        let row = self.house.job(&self.job).await;
        let deps = &self.house.deps;
        let looked: EngineResult<_> = async {
            let mut logs = Collector::open(deps, &row).await?;
            let wish = LookWish { pods: 500, told: logs.told() };
            let seen = self.cluster.look(&cluster_id(deps, &row).await?, &wish).await?;
            logs.collect(self.cluster.as_ref(), &seen).await
        }
        .await;
        looked.is_ok()
    }

    /// Every stored line by its source.
    pub async fn stored(&self) -> BTreeMap<(String, String, u32), Vec<LogEvent>> {
        let archive = Archive::open(self.house.deps.blobs.as_ref(), &self.job).await.unwrap();
        let mut all = BTreeMap::new();
        for (source, stored) in &archive.shelf.sources {
            let mut events = Vec::new();
            for entry in &stored.entries {
                events.extend(archive.read(source.step, entry).await.unwrap());
            }
            all.insert((source.pod.clone(), source.container.clone(), source.attempt), events);
        }
        all
    }

    /// What every test ends with: all that was said is stored, once and in order, under names that do not repeat.
    pub async fn assert_stored(&self) {
        let stored = self.stored().await;
        let said = self.said.lock().unwrap().clone();
        let mut ids = std::collections::BTreeSet::new();
        for (source, lines) in &said {
            let events = stored.get(source).cloned().unwrap_or_default();
            let texts: Vec<_> = events.iter().map(|event| event.line.clone()).collect();
            assert_eq!(&texts, lines, "{source:?}");
            assert!(events.iter().enumerate().all(|(at, event)| event.index == at as u64));
            assert!(events.iter().all(|event| ids.insert(event.id.clone())), "a name occurs twice");
        }
        assert!(stored.iter().all(|(source, events)| events.is_empty() || said.contains_key(source)));
    }
}

/// Blobs whose writer is killed after so many writes: the last one may or may not have been made.
pub struct DyingBlobs {
    inner: Arc<dyn Blobs>,
    left: AtomicI64,
}

impl DyingBlobs {
    /// Lets so many writes through; of the next, the write is made and its answer lost where `made`.
    pub fn die_after(&self, writes: i64, made: bool) {
        self.left.store(writes * 2 + i64::from(made), Ordering::SeqCst);
    }

    pub fn live(&self) {
        self.left.store(i64::MAX, Ordering::SeqCst);
    }
}

#[async_trait]
impl Blobs for DyingBlobs {
    async fn ensure(&self, container: Container) -> StorageResult<()> {
        self.inner.ensure(container).await
    }

    async fn put(
        &self,
        path: &BlobPath,
        body: Bytes,
        content_type: &str,
        condition: PutCondition,
    ) -> StorageResult<()> {
        let killed = || StorageError::new(StorageErrorKind::Unavailable, "put", "killed");
        let left = self.left.load(Ordering::SeqCst);
        if left <= 0 {
            return Err(killed());
        }
        if left != i64::MAX {
            self.left.store(left - 2, Ordering::SeqCst);
        }
        // Others get a word in between.
        tokio::task::yield_now().await;
        self.inner.put(path, body, content_type, condition).await?;
        if left == 1 { Err(killed()) } else { Ok(()) }
    }

    async fn put_file(&self, path: &BlobPath, file: &Path, content_type: &str) -> StorageResult<u64> {
        self.inner.put_file(path, file, content_type).await
    }

    async fn get(&self, path: &BlobPath, max_bytes: u64) -> StorageResult<Option<Bytes>> {
        self.inner.get(path, max_bytes).await
    }

    async fn get_range(&self, path: &BlobPath, range: Range<u64>) -> StorageResult<Bytes> {
        self.inner.get_range(path, range).await
    }

    async fn open(&self, path: &BlobPath, range: Option<Range<u64>>) -> StorageResult<BlobStream> {
        self.inner.open(path, range).await
    }

    async fn get_file(&self, path: &BlobPath, file: &Path) -> StorageResult<u64> {
        self.inner.get_file(path, file).await
    }

    async fn head(&self, path: &BlobPath) -> StorageResult<Option<BlobInfo>> {
        self.inner.head(path).await
    }

    async fn list(&self, container: Container, prefix: &str, after: Option<&str>) -> StorageResult<BlobPage> {
        self.inner.list(container, prefix, after).await
    }

    async fn delete(&self, path: &BlobPath) -> StorageResult<bool> {
        self.inner.delete(path).await
    }
}
