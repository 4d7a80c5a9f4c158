//! Asking BLAST+ whether it takes the options, on a database of one sequence.

use super::WorkbenchParts;
use super::tools::{BlastTools, Start, accept};
use crate::error::{EngineError, EngineResult};
use crate::serverless::{Preparation, SearchPlan};
use blastline_blast::command::search_args;
use blastline_blast::options::SearchOptions;
use blastline_blast::program::{Molecule, Program};
use blastline_jobs::error_code::{ErrorCode, Fault};
use blastline_jobs::names::Table;
use blastline_jobs::ports::{Entity, Select, StorageResult, Tables};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Partition of `limits` that remembers what BLAST+ said to options.
const PARTITION: &str = "blast-options";

/// Address space of the question, in bytes.
const MEMORY_BYTES: u64 = 4_000_000_000;

/// A made-up nucleotide sequence, long enough for every word size. Not from any organism.
const NUCLEOTIDES: &str = ">made_up\n\
    ACGATTGCCAGTACCTGAATCGGATCTTACGCAGTCAGGTCAACTGATTCGCCATAGGCTTAACGTCCGATAGGACTTCA\n\
    GTCAATCGGCTTACGATCCAGTTGCAACTGGACTTCCGATAAGCTCAGGTTACCGATGCATCGGATCAATCCGGTTAGCA\n";

/// A made-up protein sequence. Not from any organism.
const RESIDUES: &str = ">made_up\nMKTWLEQRSGNDAVHICYFPTKELMQRWNSGADVHYICFPTKMELWQRSNGDAVYHICPF\n";

/// Looks whether a search can run here.
pub(super) async fn check(parts: &WorkbenchParts, plan: &SearchPlan) -> EngineResult<Preparation> {
    let manifest = parts.catalogue.manifest(&plan.database).await?;
    if plan.search.program().database_molecule() != manifest.molecule {
        let detail = format!("{} cannot search a {} database.", plan.search.program(), manifest.molecule);
        return Err(Fault::new(ErrorCode::ValidationError, detail).into());
    }
    if !plan.elsewhere {
        parts.cache.fits(manifest.size_bytes())?;
    }
    let blast_version = parts.tools.version().await?;
    let key = key(&plan.search, &blast_version);
    let remembered = recall(parts.tables.as_ref(), &key).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what BLAST+ said before could not be read; it is asked again");
        None
    });
    let said = match remembered {
        Some(said) => said,
        None => {
            let said = ask(&parts.tools, &plan.search).await?;
            if let Err(error) = remember(parts.tables.as_ref(), &key, &said).await {
                tracing::warn!(%error, "what BLAST+ said could not be stored");
            }
            said
        }
    };
    match said {
        Said::Yes => Ok(Preparation {
            options: format!("BLAST+ {blast_version} takes these options"),
            database: format!("{} sequences at hand", manifest.sequences),
            blast_version,
        }),
        Said::No(detail) => Err(Fault::new(ErrorCode::BlastOptionsRefused, detail).into()),
    }
}

enum Said {
    Yes,
    No(String),
}

/// Same program, task, options and version, same answer.
fn key(search: &SearchOptions, version: &str) -> String {
    hex::encode(Sha256::digest(format!("{version} {}", search.canonical())))
}

async fn recall(tables: &dyn Tables, key: &str) -> StorageResult<Option<Said>> {
    let Some(stored) = tables.get(Table::Limits, PARTITION, key, Select::All).await? else { return Ok(None) };
    Ok(match (stored.entity.get_bool("accepted"), stored.entity.get_text("detail")) {
        (Ok(true), _) => Some(Said::Yes),
        (Ok(false), Ok(detail)) if !detail.is_empty() => Some(Said::No(detail.to_owned())),
        _ => None,
    })
}

async fn remember(tables: &dyn Tables, key: &str, said: &Said) -> StorageResult<()> {
    let (accepted, detail) = match said {
        Said::Yes => (true, ""),
        Said::No(detail) => (false, detail.as_str()),
    };
    let entity = Entity::new(PARTITION, key).bool("accepted", accepted).text("detail", detail);
    tables.upsert(Table::Limits, &entity).await.map(drop)
}

/// Runs the search on made-up sequences. Only a refusal is an answer; anything else that goes wrong is an error.
async fn ask(tools: &BlastTools, search: &SearchOptions) -> EngineResult<Said> {
    let work = tools.work_dir("options")?;
    let dir = work.path();
    let program = search.program();
    write(dir, "subject.fa", program.database_molecule())?;
    write(dir, "query.fa", program.query_molecule())?;
    make_database(tools, dir, program).await?;
    let args = search_args(search, "tiny", "query.fa", Some("out.asn"));
    let start = Start {
        name: program.as_str(),
        args,
        blastdb: Some(dir),
        dir,
        stdout: "search.out",
        memory_bytes: MEMORY_BYTES,
    };
    let exit = tools.start(start).await?.wait().await.map_err(EngineError::io("waiting for BLAST+"))?;
    match accept(exit, dir, program.as_str(), program).map_err(EngineError::from) {
        Ok(_) => Ok(Said::Yes),
        Err(EngineError::Fault(fault)) if fault.code == ErrorCode::BlastOptionsRefused => {
            Ok(Said::No(fault.detail))
        }
        Err(error) => Err(error),
    }
}

fn write(dir: &Path, file: &str, molecule: Molecule) -> EngineResult<()> {
    let text = match molecule {
        Molecule::Nucleotide => NUCLEOTIDES,
        Molecule::Protein => RESIDUES,
    };
    std::fs::write(dir.join(file), text).map_err(EngineError::io("writing a made-up sequence"))
}

async fn make_database(tools: &BlastTools, dir: &Path, program: Program) -> EngineResult<()> {
    let kind = match program.database_molecule() {
        Molecule::Nucleotide => "nucl",
        Molecule::Protein => "prot",
    };
    let args = ["-in", "subject.fa", "-dbtype", kind, "-out", "tiny"].map(str::to_owned).to_vec();
    let start = Start {
        name: "makeblastdb",
        args,
        blastdb: None,
        dir,
        stdout: "makeblastdb.out",
        memory_bytes: MEMORY_BYTES,
    };
    let exit = tools.start(start).await?.wait().await.map_err(EngineError::io("waiting for makeblastdb"))?;
    accept(exit, dir, "makeblastdb", program)?;
    Ok(())
}
