use crate::error::{EngineError, EngineResult};
use blastline_jobs::blob_path::BlobPath;
use blastline_jobs::engine::Engine;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Container;
use blastline_jobs::rows::JobRow;

/// Where the blobs of a search are.
#[derive(Debug, Clone)]
pub struct ResultPaths {
    job: JobId,
}

impl ResultPaths {
    /// Places of a job.
    pub fn of(job: &JobId) -> Self {
        Self { job: job.clone() }
    }

    /// The normalised FASTA, and behind it its index (offsets and lengths of the queries), by the digest of the FASTA:
    /// of two requests with one key and different sequences, the loser cannot overwrite what the winner's row names.
    pub fn query(&self, digest: &str) -> EngineResult<BlobPath> {
        self.blob(Container::Queries, &format!("{digest}.fa"))
    }

    /// Prefix of everything of the job, in any container.
    pub fn prefix(&self) -> String {
        format!("{}/", self.job)
    }

    /// Prefix of everything that parts wrote.
    pub fn parts_prefix(&self) -> String {
        format!("{}/parts/", self.job)
    }

    /// Folder of one attempt at a part.
    pub fn attempt(&self, first_query: u64, claim: &str) -> String {
        format!("{}{first_query:012}-{claim}", self.parts_prefix())
    }

    /// Folder of one attempt at joining the parts.
    pub fn joined(&self, claim: &str) -> String {
        format!("{}/joined-{claim}", self.job)
    }

    /// Prefix of what ElasticBLAST writes: it appends the search's id to the place of results that it is given, and that is
    /// the search's own folder.
    pub fn cluster_prefix(&self) -> String {
        format!("{0}/{0}/", self.job)
    }

    fn blob(&self, container: Container, file: &str) -> EngineResult<BlobPath> {
        BlobPath::new(container, format!("{}/{file}", self.job))
            .map_err(|e| EngineError::Internal(e.to_string()))
    }
}

/// The files of a result, of one part or of the whole search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultFiles {
    /// Alignments without residues, one row an HSP.
    pub hits: BlobPath,
    /// Residues, row by row as in `hits`.
    pub residues: BlobPath,
    /// Queries, one row each.
    pub queries: BlobPath,
    /// What BLAST+ wrote, gzip: a BLAST archive (`-outfmt 11`), or the file of a cluster in the format chosen there. Joined
    /// by appending.
    pub archive: BlobPath,
}

/// The files in a part's folder.
pub fn part_files(folder: &str, engine: Engine) -> EngineResult<ResultFiles> {
    let file = |name: &str| BlobPath::new(Container::Results, format!("{folder}/{name}"));
    Ok(ResultFiles {
        hits: file("hits.parquet")?,
        residues: file("residues.parquet")?,
        queries: file("queries.parquet")?,
        archive: file(match engine {
            Engine::Serverless => "search.asn.gz",
            Engine::Elastic => "search.out.gz",
        })?,
    })
}

/// The files of a whole search, in the folder that its row names.
pub fn joined_files(job: &JobRow) -> EngineResult<ResultFiles> {
    part_files(job.result_folder(), job.engine)
}
