//! The store's traits: what the engine and the API know of it.

use super::counts::{HitCounts, PartFiles, StoredPart};
use super::error::HitResult;
use super::export::{ExportRequest, ExportStream};
use super::filter::{Filter, Page, Sort};
use super::footers::Footers;
use super::hit::{AlignmentPage, HitPage};
use super::join::join_stored;
use super::overview::Overview;
use super::queries::{QueryLine, QueryPage};
use super::reader::ParquetHitReader;
use super::record::{Origin, QueryHead};
use super::writer::ParquetPartWriter;
use async_trait::async_trait;
use blastline_blast::table::Hsp;
use blastline_jobs::ports::Blobs;
use std::path::Path;
use std::sync::Arc;

/// Writes the hits of one part: each query in input order, its alignments in BLAST+'s order.
pub trait PartWriter: Send {
    /// Begins a query, with or without hits. Queries follow each other without a gap.
    fn begin_query(&mut self, head: &QueryHead<'_>) -> HitResult<()>;
    /// Adds an alignment of the query that was begun last, whatever `row.query` says.
    fn push(&mut self, row: &Hsp, origin: Origin<'_>) -> HitResult<()>;
    /// Completes the files. Without it they are not readable.
    fn finish(self: Box<Self>) -> HitResult<PartFiles>;
}

/// Reads the hits of finished parts.
#[async_trait]
pub trait HitReader: Send + Sync {
    /// Sums over all parts; `first_query` is that of the first one.
    fn totals(&self) -> HitCounts;
    /// A page of queries in input order, on request only those without hits.
    async fn queries(&self, page: Page, without_hits: bool) -> HitResult<QueryPage>;
    /// One query.
    async fn query(&self, query: u64) -> HitResult<QueryLine>;
    /// A page of hits: one row a query and subject.
    async fn hits(&self, filter: &Filter, sort: Sort, page: Page) -> HitResult<HitPage>;
    /// A page of the alignments of hits that pass, with residues.
    async fn alignments(&self, filter: &Filter, sort: Sort, page: Page) -> HitResult<AlignmentPage>;
    /// All hits of a query at a glance.
    async fn overview(&self, query: u64) -> HitResult<Overview>;
    /// All alignments of hits that pass, in BLAST+'s order, as a stream.
    fn export(&self, request: ExportRequest) -> ExportStream;
}

/// Where hits are kept.
#[async_trait]
pub trait HitStore: Send + Sync {
    /// Begins a part in an existing, empty directory.
    fn part_writer(&self, dir: &Path, first_query: u64) -> HitResult<Box<dyn PartWriter>>;
    /// Opens finished parts, or the joined files as one part. Nothing is read before it is asked for.
    fn reader(&self, parts: Vec<StoredPart>) -> HitResult<Arc<dyn HitReader>>;
    /// Joins stored parts, which have to cover their queries without a gap, into files in an existing directory.
    async fn join(&self, parts: &[StoredPart], dir: &Path) -> HitResult<PartFiles>;
}

/// Hits in Parquet files. Keep one: its readers share the footers that were read.
#[derive(Clone)]
pub struct ParquetHitStore {
    blobs: Arc<dyn Blobs>,
    footers: Arc<Footers>,
}

impl ParquetHitStore {
    /// A store that reads through these blobs.
    pub fn new(blobs: Arc<dyn Blobs>) -> Self {
        Self { blobs, footers: Arc::default() }
    }
}

#[async_trait]
impl HitStore for ParquetHitStore {
    fn part_writer(&self, dir: &Path, first_query: u64) -> HitResult<Box<dyn PartWriter>> {
        Ok(Box::new(ParquetPartWriter::create(dir, first_query)?))
    }

    fn reader(&self, parts: Vec<StoredPart>) -> HitResult<Arc<dyn HitReader>> {
        Ok(Arc::new(ParquetHitReader::new(self.blobs.clone(), self.footers.clone(), parts)?))
    }

    async fn join(&self, parts: &[StoredPart], dir: &Path) -> HitResult<PartFiles> {
        join_stored(&self.blobs, parts, dir).await
    }
}

#[async_trait]
impl HitReader for ParquetHitReader {
    fn totals(&self) -> HitCounts {
        self.sums()
    }

    async fn queries(&self, page: Page, without_hits: bool) -> HitResult<QueryPage> {
        self.query_page(page, without_hits).await
    }

    async fn query(&self, query: u64) -> HitResult<QueryLine> {
        self.query_line(query, &Self::budget()).await
    }

    async fn hits(&self, filter: &Filter, sort: Sort, page: Page) -> HitResult<HitPage> {
        self.hit_page(filter, sort, page).await
    }

    async fn alignments(&self, filter: &Filter, sort: Sort, page: Page) -> HitResult<AlignmentPage> {
        self.alignment_page(filter, sort, page).await
    }

    async fn overview(&self, query: u64) -> HitResult<Overview> {
        self.query_overview(query).await
    }

    fn export(&self, request: ExportRequest) -> ExportStream {
        self.export_stream(request)
    }
}
