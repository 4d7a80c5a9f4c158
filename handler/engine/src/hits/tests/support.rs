//! Generated hits, blobs in memory, and the way from one to the other.

use crate::hits::{
    ExportItem, ExportRequest, HitReader, HitResult, HitStore, Origin, ParquetHitStore, PartFiles, QueryHead,
    QueryLine, StoredFile, StoredPart, empty_row,
};
use async_trait::async_trait;
use blastline_blast::table::Hsp;
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::memory::{ManualClock, MemoryBlobs};
use blastline_jobs::names::Container;
use blastline_jobs::ports::{BlobInfo, BlobPage, BlobStream, Blobs, PutCondition, StorageResult};
use bytes::Bytes;
use futures::StreamExt;
use proptest::prelude::*;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use time::OffsetDateTime;

/// Blobs in memory that count range reads.
pub struct TestBlobs {
    inner: MemoryBlobs,
    pub reads: AtomicU64,
    pub bytes: AtomicU64,
}

impl Default for TestBlobs {
    fn default() -> Self {
        let clock = Arc::new(ManualClock::at(OffsetDateTime::UNIX_EPOCH));
        Self { inner: MemoryBlobs::ready(clock), reads: AtomicU64::new(0), bytes: AtomicU64::new(0) }
    }
}

#[async_trait]
impl Blobs for TestBlobs {
    async fn ensure(&self, container: Container) -> StorageResult<()> {
        self.inner.ensure(container).await
    }
    async fn put(
        &self,
        path: &BlobPath,
        body: Bytes,
        kind: &str,
        condition: PutCondition,
    ) -> StorageResult<()> {
        self.inner.put(path, body, kind, condition).await
    }
    async fn put_file(&self, path: &BlobPath, file: &Path, kind: &str) -> StorageResult<u64> {
        self.inner.put_file(path, file, kind).await
    }
    async fn get(&self, path: &BlobPath, max_bytes: u64) -> StorageResult<Option<Bytes>> {
        self.inner.get(path, max_bytes).await
    }
    async fn get_range(&self, path: &BlobPath, range: Range<u64>) -> StorageResult<Bytes> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(range.end - range.start, Ordering::Relaxed);
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

/// A query of a test with its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct TestQuery {
    pub id: String,
    pub letters: u64,
    pub rows: Vec<(Hsp, Option<String>, Option<u64>)>,
}

/// A row with plausible values that follow from a seed.
pub fn row(query: u64, subject_rank: u32, hsp_rank: u32, seed: u64) -> Hsp {
    let pident = (seed % 801) as f64 / 10.0 + 20.0;
    let bitscore = (seed % 977) as f64 + 20.0;
    let evalue = if seed.is_multiple_of(7) { 0.0 } else { 10f64.powi(-((seed % 180) as i32)) };
    let length = seed % 60 + 1;
    let letters = |salt: u64| {
        (0..length).map(move |i| b"ACGT-"[((seed ^ salt).rotate_left(i as u32) % 5) as usize] as char)
    };
    Hsp {
        query,
        subject_rank,
        hsp_rank,
        qaccver: format!("q{query}"),
        saccver: format!("S{}.1", seed % 13),
        sseqid: format!("gb|S{}.1|", seed % 13),
        pident,
        pident_text: format!("{pident:.3}"),
        evalue,
        evalue_text: format!("{evalue:.2e}"),
        bitscore,
        bitscore_text: format!("{bitscore:.1}"),
        score: (seed % 500) as i64 - 3,
        length,
        mismatch: seed % 5,
        gapopen: seed % 3,
        qstart: seed % 90 + 1,
        qend: (seed >> 3) % 90 + 1,
        sstart: seed % 1000 + 1,
        send: (seed >> 5) % 1000 + 1,
        nident: seed % 50,
        positive: seed % 55,
        gaps: seed % 4,
        qlen: 100,
        slen: 1000,
        qframe: (seed % 7) as i8 - 3,
        sframe: ((seed >> 2) % 7) as i8 - 3,
        sstrand: seed.is_multiple_of(2).then(|| "plus".to_owned()),
        staxids: seed.is_multiple_of(3).then(|| format!("{};7", seed % 11)),
        qcovs: (!seed.is_multiple_of(19)).then_some((seed % 101) as u32),
        qcovhsp: Some((seed % 37) as u32),
        qseq: letters(1).collect(),
        sseq: letters(99).collect(),
        stitle: (!seed.is_multiple_of(17))
            .then(|| format!("title é {} [Genus species{}]", seed % 23, seed % 5)),
    }
}

/// A query from seeds: one list of seeds a subject.
pub fn query(number: u64, subjects: &[Vec<u64>]) -> TestQuery {
    let mut rows = Vec::new();
    for (subject, seeds) in subjects.iter().enumerate() {
        for (rank, seed) in seeds.iter().enumerate() {
            let organism = (!seeds[0].is_multiple_of(4)).then(|| format!("Genus Species{}", seeds[0] % 6));
            let taxid = seed.is_multiple_of(3).then_some(seed % 11);
            rows.push((row(number, subject as u32, rank as u32, *seed), organism, taxid));
        }
    }
    TestQuery { id: format!("q{number}"), letters: 100, rows }
}

/// Queries of up to so many subjects of up to three alignments.
pub fn queries(most: usize, subjects: usize) -> impl Strategy<Value = Vec<TestQuery>> {
    let alignments = prop::collection::vec(any::<u32>().prop_map(u64::from), 1..4);
    let one = prop::collection::vec(alignments, 0..subjects);
    prop::collection::vec(one, 1..most).prop_map(|all| {
        all.iter().enumerate().map(|(number, subjects)| query(number as u64, subjects)).collect()
    })
}

/// Writes queries as a part.
pub fn write(dir: &Path, first_query: u64, queries: &[TestQuery]) -> HitResult<PartFiles> {
    let store = ParquetHitStore::new(Arc::new(TestBlobs::default()));
    let mut writer = store.part_writer(dir, first_query)?;
    for (number, query) in queries.iter().enumerate() {
        let query_number = first_query + number as u64;
        let head = QueryHead { query: query_number, id: &query.id, title: "a title", letters: query.letters };
        writer.begin_query(&head)?;
        for (row, organism, taxid) in &query.rows {
            writer.push(row, Origin { organism: organism.as_deref(), taxid: *taxid })?;
        }
    }
    writer.finish()
}

/// Stores a part's files under a prefix.
pub async fn store(blobs: &TestBlobs, prefix: &str, files: &PartFiles) -> StoredPart {
    let mut stored = Vec::new();
    for file in [&files.hits, &files.residues, &files.queries] {
        let name = format!("{prefix}/{}", file.file_name().unwrap().to_str().unwrap());
        let path = BlobPath::new(Container::Results, name).unwrap();
        let body = Bytes::from(std::fs::read(file).unwrap());
        let size_bytes = Some(body.len() as u64);
        blobs.put(&path, body, "application/vnd.apache.parquet", PutCondition::Overwrite).await.unwrap();
        stored.push(StoredFile { path, size_bytes });
    }
    let [hits, residues, queries] = <[StoredFile; 3]>::try_from(stored).unwrap();
    StoredPart { hits, residues, queries, counts: files.counts }
}

/// Cuts queries into parts of at most `size`, writes and stores them, and opens a reader.
pub async fn reader(
    queries: &[TestQuery],
    size: usize,
) -> (Arc<TestBlobs>, Arc<dyn HitReader>, Vec<StoredPart>) {
    let blobs = Arc::new(TestBlobs::default());
    let mut parts = Vec::new();
    for (number, chunk) in queries.chunks(size).enumerate() {
        let dir = tempfile::tempdir().unwrap();
        let files = write(dir.path(), (number * size) as u64, chunk).unwrap();
        parts.push(store(&blobs, &format!("job/{number}"), &files).await);
    }
    let reader = ParquetHitStore::new(blobs.clone()).reader(parts.clone()).unwrap();
    (blobs, reader, parts)
}

/// Everything that an export gives.
pub async fn export(reader: &dyn HitReader, request: ExportRequest) -> HitResult<(Vec<QueryLine>, Vec<Hsp>)> {
    let (mut heads, mut rows) = (Vec::new(), Vec::new());
    let mut stream = reader.export(request);
    while let Some(batch) = stream.next().await {
        batch?.for_each(|item| match item {
            ExportItem::Query(head) => heads.push(head.clone()),
            ExportItem::Hsp(row) => {
                let mut copy = empty_row();
                copy.clone_from(row);
                rows.push(copy);
            }
        });
    }
    Ok((heads, rows))
}

/// Runs an asynchronous test body inside a property.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
