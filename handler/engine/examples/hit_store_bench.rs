//! Measures the hit store on generated hits and prints a table. Blobs are in memory, so that reads are the store's
//! own cost; requests and bytes are counted, because they are what a network would add.
//!
//! `cargo run --release -p blastline-engine --example hit_store_bench -- [alignments] [parts]`

use async_trait::async_trait;
use blastline_blast::table::{Hsp, push_outfmt6_row};
use blastline_engine::hits::{
    ExportItem, ExportRequest, Filter, HitReader, HitResult, HitStore, Origin, Page, ParquetHitStore,
    PartFiles, QueryHead, Sort, SortBy, StoredFile, StoredPart, empty_row,
};
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::memory::{ManualClock, MemoryBlobs};
use blastline_jobs::names::Container;
use blastline_jobs::ports::{BlobInfo, BlobPage, BlobStream, Blobs, PutCondition, StorageResult};
use bytes::Bytes;
use futures::StreamExt;
use std::error::Error;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use time::OffsetDateTime;

/// Alignments of a query: 250 subjects of two.
const SUBJECTS: u64 = 250;
/// Columns of an alignment.
const COLUMNS: usize = 200;

/// Blobs in memory with counted reads.
struct Counted {
    inner: MemoryBlobs,
    reads: AtomicU64,
    bytes: AtomicU64,
}

#[async_trait]
impl Blobs for Counted {
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
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.inner.head(path).await
    }
    async fn list(&self, container: Container, prefix: &str, after: Option<&str>) -> StorageResult<BlobPage> {
        self.inner.list(container, prefix, after).await
    }
    async fn delete(&self, path: &BlobPath) -> StorageResult<bool> {
        self.inner.delete(path).await
    }
}

/// A linear congruential generator: the same hits on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

/// Fills a row as `blastp` might print it.
#[allow(clippy::cast_precision_loss, reason = "figures of a benchmark")]
fn fill(row: &mut Hsp, numbers: &mut Numbers, query: u64, subject: u64, rank: u64) {
    let strength = 400_u64.saturating_sub(subject) + numbers.next(40);
    row.subject_rank = u32::try_from(subject).unwrap_or(0);
    row.hsp_rank = u32::try_from(rank).unwrap_or(0);
    row.qaccver = format!("query_{query}");
    let id = numbers.next(200_000);
    row.saccver = format!("A0A{id:06}.1");
    row.sseqid = format!("sp|A0A{id:06}.1|");
    row.stitle =
        Some(format!("Protein of kind {} OS=Genus species{} OX={}", id % 4_000, id % 900, id % 900 + 1));
    row.staxids = Some((id % 900 + 1).to_string());
    row.pident = numbers.next(80_000) as f64 / 1_000.0 + 20.0;
    row.pident_text = format!("{:.3}", row.pident);
    row.evalue = 10f64.powi(-i32::try_from(strength / 3).unwrap_or(0));
    row.evalue_text = format!("{:.2e}", row.evalue);
    row.bitscore = strength as f64 + numbers.next(10) as f64 / 10.0;
    row.bitscore_text = format!("{:.1}", row.bitscore);
    row.score = i64::try_from(strength * 2).unwrap_or(0);
    row.length = COLUMNS as u64;
    (row.qstart, row.qend) = (numbers.next(50) + 1, 250 + numbers.next(50));
    (row.sstart, row.send) = (numbers.next(300) + 1, 500 + numbers.next(100));
    (row.nident, row.positive, row.mismatch) = (numbers.next(200), numbers.next(200), numbers.next(100));
    (row.qlen, row.slen, row.qcovs, row.qcovhsp) = (300, 700, Some(90), Some(80));
    for side in [&mut row.qseq, &mut row.sseq] {
        side.clear();
        side.extend(
            (0..COLUMNS).map(|_| char::from(b"ACDEFGHIKLMNPQRSTVWY"[numbers.next(20) as usize % 20])),
        );
    }
}

fn write(store: &dyn HitStore, dir: &Path, queries: Range<u64>, text: &mut u64) -> HitResult<PartFiles> {
    let mut writer = store.part_writer(dir, queries.start)?;
    let (mut numbers, mut row, mut line) = (Numbers(queries.start + 1), empty_row(), String::new());
    for query in queries {
        let id = format!("query_{query}");
        writer.begin_query(&QueryHead { query, id: &id, title: "", letters: 300 })?;
        for (subject, rank) in (0..SUBJECTS).flat_map(|subject| [(subject, 0), (subject, 1)]) {
            fill(&mut row, &mut numbers, query, subject, rank);
            line.clear();
            push_outfmt6_row(&mut line, &row);
            *text += line.len() as u64;
            writer.push(&row, Origin { organism: Some("Genus species"), taxid: Some(1) })?;
        }
    }
    writer.finish()
}

async fn store_part(
    blobs: &Counted,
    prefix: &str,
    files: &PartFiles,
) -> Result<(StoredPart, u64, u64), Box<dyn Error>> {
    let file = async |name: &str, from: &Path| -> Result<(StoredFile, u64), Box<dyn Error>> {
        let path = BlobPath::new(Container::Results, format!("{prefix}/{name}"))?;
        let size = blobs.put_file(&path, from, "").await?;
        Ok((StoredFile { path, size_bytes: Some(size) }, size))
    };
    let (hits, hits_bytes) = file("hits", &files.hits).await?;
    let (residues, residues_bytes) = file("residues", &files.residues).await?;
    let (queries, _) = file("queries", &files.queries).await?;
    Ok((StoredPart { hits, residues, queries, counts: files.counts }, hits_bytes, residues_bytes))
}

fn line(what: &str, started: Instant, figure: &str) {
    println!("| {what} | {:.1} ms | {figure} |", started.elapsed().as_secs_f64() * 1e3);
}

/// Times a question twice: with footers unread and with footers known.
async fn ask<F: Future<Output = HitResult<u64>>>(
    what: &str,
    blobs: &Counted,
    store: &dyn HitStore,
    part: &StoredPart,
    question: impl Fn(Arc<dyn HitReader>) -> F,
) -> Result<(), Box<dyn Error>> {
    let reader = store.reader(vec![part.clone()])?;
    for state in ["cold", "warm"] {
        let before = (blobs.reads.load(Ordering::Relaxed), blobs.bytes.load(Ordering::Relaxed));
        let started = Instant::now();
        let rows = question(reader.clone()).await?;
        let reads = blobs.reads.load(Ordering::Relaxed) - before.0;
        let kilobytes = (blobs.bytes.load(Ordering::Relaxed) - before.1) / 1_000;
        line(&format!("{what}, {state}"), started, &format!("{rows} rows, {reads} reads, {kilobytes} kB"));
    }
    Ok(())
}

async fn questions(blobs: &Counted, store: &dyn HitStore, whole: &StoredPart) -> Result<(), Box<dyn Error>> {
    let page = Page { number: 1, size: 50 };
    let one = Filter { query: Some(whole.counts.queries / 2), ..Filter::default() };
    let strict = Filter { min_identity: Some(99.0), ..Filter::default() };
    let by = |by| Sort { by, direction: None };
    let hits = |filter: Filter, sort| {
        move |reader: Arc<dyn HitReader>| {
            let filter = filter.clone();
            async move { Ok(reader.hits(&filter, sort, page).await?.hits.len() as u64) }
        }
    };
    ask("hits of a query", blobs, store, whole, hits(one.clone(), by(SortBy::Relevance))).await?;
    ask("hits of a query by identity", blobs, store, whole, hits(one.clone(), by(SortBy::Identity))).await?;
    ask("all hits", blobs, store, whole, hits(Filter::default(), by(SortBy::Relevance))).await?;
    ask("all hits by identity", blobs, store, whole, hits(Filter::default(), by(SortBy::Identity))).await?;
    ask("hits from 99 % identity on", blobs, store, whole, hits(strict, by(SortBy::Relevance))).await?;
    let shown = one.clone();
    ask("alignments of a query", blobs, store, whole, move |reader| {
        let filter = shown.clone();
        async move { Ok(reader.alignments(&filter, Sort::default(), page).await?.alignments.len() as u64) }
    })
    .await?;
    let query = one.query.unwrap_or(0);
    let overview = |reader: Arc<dyn HitReader>| async move { Ok(reader.overview(query).await?.hits) };
    ask("overview of a query", blobs, store, whole, overview).await?;
    ask("queries", blobs, store, whole, |reader| async move {
        Ok(reader.queries(page, false).await?.queries.len() as u64)
    })
    .await
}

#[tokio::main(flavor = "current_thread")]
#[allow(clippy::cast_precision_loss, reason = "figures of a benchmark")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let alignments = numbers.next().transpose()?.unwrap_or(1_000_000);
    let parts = numbers.next().transpose()?.unwrap_or(4).max(1);
    let each = (alignments / (2 * SUBJECTS) / parts).max(1);
    let clock = Arc::new(ManualClock::at(OffsetDateTime::UNIX_EPOCH));
    let inner = MemoryBlobs::ready(clock);
    let blobs = Arc::new(Counted { inner, reads: AtomicU64::new(0), bytes: AtomicU64::new(0) });
    let store = ParquetHitStore::new(blobs.clone());
    println!("| what | time | figures |\n|---|---|---|");

    let started = Instant::now();
    let (mut numbers, mut row, mut generated, mut text) = (Numbers(1), empty_row(), String::new(), 0);
    for subject in 0..parts * each * SUBJECTS * 2 {
        generated.clear();
        fill(&mut row, &mut numbers, subject / SUBJECTS, subject % SUBJECTS, 0);
        push_outfmt6_row(&mut generated, &row);
        text += generated.len();
    }
    let generating = started.elapsed().as_secs_f64();
    line("generate", started, &format!("{} MB of outfmt 6", text / 1_000_000));

    let (mut text, mut stored) = (0, Vec::new());
    let started = Instant::now();
    for part in 0..parts {
        let dir = tempfile::tempdir()?;
        let files = write(&store, dir.path(), part * each..(part + 1) * each, &mut text)?;
        stored.push(store_part(&blobs, &format!("part/{part}"), &files).await?.0);
    }
    let rate = text as f64 / 1e6 / (started.elapsed().as_secs_f64() - generating).max(1e-9);
    let rows = parts * each * 2 * SUBJECTS;
    let figure =
        format!("{rows} alignments, {} MB of outfmt 6, {rate:.0} MB/s without generating", text / 1_000_000);
    line("generate and write", started, &figure);

    let dir = tempfile::tempdir()?;
    let started = Instant::now();
    let files = store.join(&stored, dir.path()).await?;
    line("join", started, &format!("{parts} parts"));
    let (whole, hits_bytes, residues_bytes) = store_part(&blobs, "whole", &files).await?;
    println!("| sizes | | hits {} kB, residues {} kB |", hits_bytes / 1_000, residues_bytes / 1_000);
    questions(&blobs, &store, &whole).await?;

    let started = Instant::now();
    let (mut out, mut bytes) = (String::new(), 0);
    let mut stream = store.reader(vec![whole])?.export(ExportRequest::default());
    while let Some(batch) = stream.next().await {
        out.clear();
        batch?.for_each(|item| {
            if let ExportItem::Hsp(row) = item {
                push_outfmt6_row(&mut out, row);
            }
        });
        bytes += out.len();
    }
    let rate = bytes as f64 / 1e6 / started.elapsed().as_secs_f64();
    line("export as outfmt 6", started, &format!("{} MB, {rate:.0} MB/s", bytes / 1_000_000));
    Ok(())
}
