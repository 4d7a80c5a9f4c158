use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a job's result consists of.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ResultManifest {
    /// The job.
    pub job_id: String,
    /// `available`, `partial` (parts are still running) or `no_result_files`.
    pub status: String,
    /// Files that can be downloaded as they are.
    pub files: Vec<ResultFile>,
    /// Formats that `results/export` gives now.
    pub formats: Vec<ExportFormat>,
    /// Whether hits and alignments can be read. Not of a search on a cluster that was submitted with a format of its own:
    /// its result is one file, and `hits` and `alignments` say nothing.
    pub shows_hits: bool,
    /// Why they cannot, in a sentence or two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hits_absent: Option<String>,
    /// Sequences in the query.
    pub queries_total: u64,
    /// Sequences whose result is there.
    pub queries_done: u64,
    /// Query-subject pairs.
    pub hits: u64,
    /// Alignments (HSPs).
    pub alignments: u64,
    /// Manifest version.
    pub schema_version: u32,
}

/// A file of the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResultFile {
    /// Id for `results/files/{file_id}`.
    pub file_id: String,
    /// File name.
    pub name: String,
    /// What it is, in words.
    pub description: String,
    /// Size.
    pub size_bytes: u64,
    /// `parquet`, `asn1.gz` or `fasta`; `txt.gz`, `tsv.gz`, `csv.gz`, `xml.gz` or `json.gz` for the file of a search in a
    /// format of its own.
    pub format: String,
}

/// A format that an export can be had in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportFormat {
    /// Value of `format`.
    pub format: String,
    /// Name for people.
    pub label: String,
    /// File name extension.
    pub extension: String,
}

/// Which queries to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QueryListParams {
    /// 1-based page.
    pub page: Option<u64>,
    /// Rows a page, at most 500.
    pub page_size: Option<u64>,
    /// Only queries without hits.
    pub without_hits: Option<bool>,
}

/// The queries of a job with their best hits.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct QueryList {
    /// The queries, in input order.
    pub queries: Vec<QueryRow>,
    /// Queries whose result is there.
    pub total: u64,
    /// Of these, without hits.
    pub without_hits: u64,
    /// 1-based page.
    pub page: u64,
    /// Number of pages.
    pub pages: u64,
    /// Whether parts are still running.
    pub partial: bool,
}

/// A query with its best hit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueryRow {
    /// Position in the input, 0-based: what `query` means in other requests.
    pub query: u64,
    /// Name.
    pub id: String,
    /// Rest of the defline.
    pub title: String,
    /// Length in letters.
    pub letters: u64,
    /// Subjects hit.
    pub hits: u64,
    /// Alignments (HSPs).
    pub alignments: u64,
    /// Best hit, where there is one.
    pub best: Option<BestHit>,
}

/// The best hit of a query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BestHit {
    /// Subject accession.
    pub subject_id: String,
    /// Subject title.
    pub title: String,
    /// Organism, where known.
    pub organism: Option<String>,
    /// Bit score.
    pub bitscore: f64,
    /// E-value as BLAST+ prints it.
    pub evalue: String,
    /// Identical letters in percent.
    pub identity: f64,
}

/// Which hits, in which order. Used by hits, alignments and export.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HitParams {
    /// Position of the query, 0-based; all queries when left out.
    pub query: Option<u64>,
    /// Rank of the subject among the query's hits, 0-based: with `query`, exactly one subject.
    pub rank: Option<u64>,
    /// Accession of the subject.
    pub subject_id: Option<String>,
    /// Text in the subject's organism, any case.
    pub organism: Option<String>,
    /// Least identity in percent.
    pub min_identity: Option<f64>,
    /// Greatest identity in percent.
    pub max_identity: Option<f64>,
    /// Least bit score.
    pub min_bitscore: Option<f64>,
    /// Greatest E-value.
    pub max_evalue: Option<f64>,
    /// Least query cover in percent.
    pub min_query_cover: Option<f64>,
    /// `relevance` (BLAST+'s order), `evalue`, `bitscore`, `identity`, `query_cover`, `length` or `subject`.
    pub sort_by: Option<String>,
    /// `asc` or `desc`; what is best first when left out.
    pub sort_dir: Option<String>,
    /// 1-based page.
    pub page: Option<u64>,
    /// Rows a page, at most 500.
    pub page_size: Option<u64>,
}

/// A page of hits: one row a query and subject.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HitList {
    /// The hits.
    pub hits: Vec<Hit>,
    /// Hits before filters.
    pub total_hits: u64,
    /// Hits that pass the filters.
    pub filtered_hits: u64,
    /// 1-based page.
    pub page: u64,
    /// Number of pages.
    pub pages: u64,
    /// Whether parts are still running, so that counts may grow.
    pub partial: bool,
}

/// A subject that a query hit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Hit {
    /// Position of the query, 0-based.
    pub query: u64,
    /// Rank of the subject among the query's hits, 0-based, in BLAST+'s order.
    pub rank: u64,
    /// Subject accession.
    pub subject_id: String,
    /// Subject title.
    pub title: String,
    /// Organism, where known.
    pub organism: Option<String>,
    /// NCBI taxonomy id, where known.
    pub taxid: Option<u64>,
    /// Length of the subject in its own letters.
    pub subject_length: u64,
    /// Number of alignments (HSPs).
    pub alignments: u64,
    /// Bit score of the best alignment.
    pub bitscore: f64,
    /// Sum of the bit scores of all alignments.
    pub total_bitscore: f64,
    /// E-value of the best alignment as BLAST+ prints it.
    pub evalue: String,
    /// Identical letters of the best alignment in percent.
    pub identity: f64,
    /// Share of the query that all alignments cover, in percent, where BLAST+ printed it.
    pub query_cover: Option<f64>,
    /// The alignments on the query, for drawing.
    pub spans: Vec<Span>,
}

/// Where an alignment lies on the query, in the query's letters, 1-based and inclusive, `from` ≤ `to`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Span {
    /// First letter.
    pub from: u64,
    /// Last letter.
    pub to: u64,
    /// Bit score.
    pub bitscore: f64,
}

/// A page of alignments.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AlignmentList {
    /// The alignments.
    pub alignments: Vec<Alignment>,
    /// Alignments before filters.
    pub total_alignments: u64,
    /// Alignments that pass the filters.
    pub filtered_alignments: u64,
    /// 1-based page.
    pub page: u64,
    /// Number of pages.
    pub pages: u64,
    /// Whether parts are still running.
    pub partial: bool,
}

/// One alignment (HSP) with its residues. Positions are 1-based and inclusive in each sequence's own letters; on
/// a minus strand or frame the start is greater than the end, as BLAST+ prints it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Alignment {
    /// Position of the query, 0-based.
    pub query: u64,
    /// Name of the query.
    pub query_id: String,
    /// Length of the query.
    pub query_length: u64,
    /// Rank of the subject, 0-based.
    pub rank: u64,
    /// Rank of the alignment in the subject, 0-based.
    pub alignment: u64,
    /// Subject accession.
    pub subject_id: String,
    /// Subject title.
    pub title: String,
    /// Organism, where known.
    pub organism: Option<String>,
    /// Length of the subject.
    pub subject_length: u64,
    /// Start on the query.
    pub query_start: u64,
    /// End on the query.
    pub query_end: u64,
    /// Start on the subject.
    pub subject_start: u64,
    /// End on the subject.
    pub subject_end: u64,
    /// Frame of the query: 0 for proteins, 1 or −1 for nucleotides, ±1 to ±3 where translated.
    pub query_frame: i32,
    /// Frame of the subject, likewise.
    pub subject_frame: i32,
    /// Raw score.
    pub score: i64,
    /// Bit score.
    pub bitscore: f64,
    /// E-value as BLAST+ prints it.
    pub evalue: String,
    /// Identical columns.
    pub identical: u64,
    /// Columns with a positive score.
    pub positive: u64,
    /// Gap letters.
    pub gaps: u64,
    /// Columns.
    pub length: u64,
    /// Identical columns in percent.
    pub identity: f64,
    /// Aligned query with gaps.
    pub query_residues: String,
    /// Line between, as BLAST+ prints it.
    pub midline: String,
    /// Aligned subject with gaps.
    pub subject_residues: String,
}

/// Which query's overview.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverviewParams {
    /// Position of the query, 0-based.
    pub query: u64,
}

/// All hits of a query at a glance, in constant size.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Overview {
    /// Position of the query, 0-based.
    pub query: u64,
    /// Letters of the query.
    pub letters: u64,
    /// Subjects hit.
    pub hits: u64,
    /// How many subjects cover each stretch, by score class: at most 200 stretches from first letter to last.
    pub coverage: Vec<CoverageBin>,
    /// Hits by E-value, as −log10, to 180; what is beyond, 0 included, is in the last bin.
    pub evalue: Histogram,
    /// Hits by identity, 20 to 100 %.
    pub identity: Histogram,
    /// Groups of subjects that cover about the same stretch, strongest first, at most 6.
    pub groups: Vec<RegionGroup>,
    /// Hits that are in no listed group.
    pub other_hits: u64,
    /// Whether parts are still running.
    pub partial: bool,
}

/// A stretch of the query and how many subjects cover it, by bit score: below 40, 40–50, 50–80, 80–200, from 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverageBin {
    /// First letter, 1-based.
    pub from: u64,
    /// Last letter, inclusive.
    pub to: u64,
    /// Counts by score class, weakest first; always 5.
    pub counts: Vec<u64>,
}

/// Counts in bins of equal width.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Histogram {
    /// Left edge of the first bin.
    pub from: f64,
    /// Right edge of the last bin.
    pub to: f64,
    /// Hits in each bin.
    pub counts: Vec<u64>,
}

/// Subjects of one score class that cover about the same stretch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegionGroup {
    /// Score class, 0 (weakest) to 4.
    pub class: u8,
    /// First letter.
    pub from: u64,
    /// Last letter.
    pub to: u64,
    /// Subjects.
    pub hits: u64,
}
