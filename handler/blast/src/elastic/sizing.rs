//! How large batches and what they ask of a machine are, by ElasticBLAST's own rules, so that they are known and shown
//! before anything is submitted. Everything computed here is written into the configuration, so that ElasticBLAST does
//! not compute it anew.

use super::machine::Machine;
use super::memory::MemoryAmount;
use crate::program::Program;

/// How BLAST+ shares the work of a batch out over threads (<https://www.ncbi.nlm.nih.gov/books/NBK571452/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadMode {
    /// Each thread searches queries of its own; good for many queries and a small database.
    ByQuery,
    /// Each thread searches a share of the database.
    ByDatabase,
}

/// What is known of a search when it is sized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchShape<'a> {
    /// The program.
    pub program: Program,
    /// The task, as `-task` takes it; `None` for tblastx, or for the program's default.
    pub task: Option<&'a str>,
    /// Letters in the database, where its metadata says so.
    pub database_letters: Option<u64>,
    /// Whether the search is limited to taxa (`-taxids`).
    pub filters_by_taxonomy: bool,
}

/// Processors of a batch, as ElasticBLAST's profile `balanced` has it. Never 16: that is its mark for “not set”, which
/// the profile overwrites.
pub const BATCH_CPUS: u32 = 8;

/// Memory of a batch besides the database, in GiB: that of the profile `balanced`.
const BATCH_MEMORY_GIB: u32 = 4;

/// Threads above which more letters a batch bring nothing.
const MAX_THREADS: u64 = 16;

impl SearchShape<'_> {
    fn task(&self) -> Option<&str> {
        self.task.or_else(|| crate::options::default_task(self.program))
    }

    /// How the work is shared out.
    pub fn thread_mode(&self) -> ThreadMode {
        let Some(task) = self.task() else { return ThreadMode::ByDatabase };
        let within = match (self.database_letters, most_letters_by_query(task)) {
            (Some(letters), Some(most)) => letters <= most,
            _ => false,
        };
        if self.filters_by_taxonomy || within { ThreadMode::ByQuery } else { ThreadMode::ByDatabase }
    }

    /// Letters of a batch for searches that run on so many processors.
    pub fn batch_len(&self, cpus: u32) -> u64 {
        match self.thread_mode() {
            ThreadMode::ByQuery => letters_a_thread(self.program) * u64::from(cpus).clamp(1, MAX_THREADS),
            ThreadMode::ByDatabase => self.batch_len_by_database(),
        }
    }

    fn batch_len_by_database(&self) -> u64 {
        /// Letters from which a database counts as large.
        const LARGE: u64 = 20_000_000_000;
        /// Letters below which it counts as small.
        const SMALL: u64 = 100_000_000;
        match (self.program, self.database_letters) {
            (Program::Blastn, _) if matches!(self.task(), Some("blastn" | "dc-megablast")) => 1_000_000,
            (Program::Blastp, Some(..LARGE)) => 40_000,
            (Program::Blastp, Some(_)) => 20_000,
            (Program::Blastx, Some(..LARGE)) => 100_000,
            (Program::Blastx, Some(_)) => 30_000,
            (Program::Tblastn, Some(..SMALL)) => 320_000,
            (Program::Tblastn, Some(..LARGE)) => 40_000,
            (Program::Tblastn, Some(_)) => 20_000,
            (Program::Tblastx, Some(..SMALL)) => 400_000,
            (Program::Tblastx, Some(..LARGE)) => 100_000,
            (Program::Tblastx, Some(_)) => 10_000,
            (program, _) => usual_batch_len(program),
        }
    }
}

/// Letters of a batch where nothing more is known.
const fn usual_batch_len(program: Program) -> u64 {
    match program {
        Program::Blastn => 5_000_000,
        Program::Blastp => 10_000,
        Program::Blastx => 20_004,
        Program::Tblastn => 20_000,
        Program::Tblastx => 100_000,
    }
}

/// Letters of a batch for each thread that searches queries of its own.
const fn letters_a_thread(program: Program) -> u64 {
    match program {
        Program::Blastp => 20_000,
        Program::Blastx => 84_000,
        Program::Blastn | Program::Tblastn | Program::Tblastx => usual_batch_len(program),
    }
}

/// Letters of a database up to which sharing out by query is quicker; `None` where it is never chosen by size.
fn most_letters_by_query(task: &str) -> Option<u64> {
    Some(match task {
        "megablast" => 6_000_000_000,
        "blastn" => 150_000_000,
        "blastp-fast" => 2_500_000_000,
        "blastp" => 740_000_000,
        "blastx" | "blastx-fast" => 900_000_000,
        "tblastn-fast" => 350_000_000,
        "tblastn" => 280_000_000,
        _ => return None,
    })
}

/// What one batch asks of a machine, and how many run side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requests {
    /// Processors that BLAST+ uses (`num-cpus`).
    pub cpus: u32,
    /// Memory that is set aside for it besides the shared database (`mem-request`).
    pub memory: MemoryAmount,
    /// Memory at which it is ended (`mem-limit`).
    pub memory_limit: MemoryAmount,
    /// Batches that run side by side on all machines.
    pub concurrent: u64,
}

impl Requests {
    /// The requests of batches on so many machines of a type.
    pub fn on(machine: &Machine, nodes: u32) -> Self {
        let cpus = BATCH_CPUS.min(machine.vcpus.max(1));
        let memory = BATCH_MEMORY_GIB.min(machine.usable_gib().max(1));
        let by_cpus = machine.vcpus / cpus;
        let by_memory = machine.memory_gib / memory;
        Self {
            cpus,
            memory: MemoryAmount::gib(memory),
            memory_limit: MemoryAmount::gib(machine.usable_gib()),
            concurrent: u64::from(by_cpus.min(by_memory).max(1)) * u64::from(nodes.max(1)),
        }
    }

    /// Processors that ElasticBLAST asks Kubernetes for, for each of so many batches: fewer than BLAST+ uses, so that
    /// there is room for the system.
    pub fn cpu_request(&self, batches: u64, nodes: u32) -> u32 {
        let most = self.cpus.saturating_sub(2);
        let request = if batches == u64::from(nodes) {
            most
        } else {
            let quarter = u64::from(nodes) * u64::from(self.cpus) / 4;
            u32::try_from(quarter).unwrap_or(u32::MAX).saturating_sub(2).min(most)
        };
        request.max(1)
    }
}
