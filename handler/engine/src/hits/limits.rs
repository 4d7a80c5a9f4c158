//! Limits of the hit store, each with its reason.

/// Rows of a row group of hits: large enough that a footer stays small (about 15 kB a group), small enough
/// that one group in the making takes a few megabytes of memory.
pub const ROW_GROUP_ROWS: usize = 65_536;

/// Encoded bytes of a row group, hits or residues: bounds the memory of a writer whatever the length of titles
/// and alignments.
pub const ROW_GROUP_BYTES: usize = 16 << 20;

/// Rows of a data page of hits: what a read of a few rows has to decode for each column.
pub const PAGE_ROWS: usize = 4_096;

/// Bytes of a column's dictionary in a row group, beyond which its texts are written plainly: a read of a few rows has
/// to fetch the whole dictionary.
pub const DICTIONARY_BYTES: usize = 128 << 10;

/// Bytes of a data page of residues: what a read of one alignment has to fetch at least.
pub const RESIDUE_PAGE_BYTES: usize = 64 << 10;

/// Rows that a writer collects before it encodes them, and that a reader decodes at once.
pub const BATCH_ROWS: usize = 4_096;

/// Bytes of residues that a writer collects before it encodes them.
pub const BATCH_BYTES: usize = 1 << 20;

/// Row groups with at least this many rows are copied by a join as they are; smaller ones are put together, so
/// that thousands of small parts do not make a footer of megabytes.
pub const COPY_ROWS: u64 = 16_384;

/// Row groups of at least this many compressed bytes are copied by a join whatever their rows.
pub const COPY_BYTES: u64 = 4 << 20;

/// Bytes that are read from a file's end to get its footer, in one request where it suffices.
pub const TAIL_BYTES: u64 = 128 << 10;

/// Bytes of a footer with its page index: a job of 100 million alignments stays below.
pub const FOOTER_BYTES: u64 = 64 << 20;

/// Memory of decoded footers that a store keeps: a job of 5 million alignments has about 3 MB.
pub const FOOTER_CACHE_BYTES: usize = 64 << 20;

/// Bytes that one request for a page, an overview or a list may fetch. An export has no such limit, because it
/// streams.
pub const REQUEST_BYTES: u64 = 256 << 20;

/// Ranges that lie closer than this are fetched as one: a request costs more than these bytes.
pub const COALESCE_BYTES: u64 = 256 << 10;

/// Ranges of one file that are fetched at the same time.
pub const PARALLEL_READS: usize = 4;

/// Rows of a page, at most.
pub const PAGE_SIZE: u64 = 500;

/// Rows that a sort keeps: pages behind them cannot be had in that order. By relevance there is no such limit.
pub const SORT_ROWS: u64 = 100_000;

/// Stretches that a hit carries for drawing, strongest first.
pub const SPANS: usize = 200;

/// Letters of residues (both sides) of a page of alignments; alignments after them come without residues.
pub const RESIDUE_LETTERS: u64 = 8 << 20;

/// Stretches of a coverage figure.
pub const COVERAGE_BINS: u64 = 200;

/// Bins of a histogram.
pub const HISTOGRAM_BINS: usize = 40;

/// Groups of subjects that an overview names.
pub const REGION_GROUPS: usize = 6;

/// Groups of subjects that an overview tells apart while it counts; subjects that open a further one are counted
/// among the others.
pub const REGION_CANDIDATES: usize = 512;
