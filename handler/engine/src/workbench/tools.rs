use super::faults::blast_fault;
use crate::error::{EngineError, EngineResult};
use crate::scratch;
use blastline_blast::program::Program;
use blastline_blast::verdict::{BlastFailure, Exit, RetryClass, Verdict, Warning, judge};
use blastline_jobs::ports::{Child, ChildExit, ChildSpec, Children};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Longest standard error that is read, in bytes; the end is kept, where BLAST+ says why it failed.
pub(super) const MAX_STDERR_BYTES: u64 = 64 * 1024;

/// Address space of tools that read no database, in bytes.
const SMALL_TOOL_BYTES: u64 = 4_000_000_000;

/// BLAST+ on this machine. Cheap to clone.
#[derive(Clone)]
pub struct BlastTools {
    children: Arc<dyn Children>,
    scratch: PathBuf,
    version: Arc<OnceCell<String>>,
}

/// What every program finds in its environment, beside where databases are.
///
/// NCBI's toolkit would otherwise report its usage. BLAST+ takes memory for each batch of queries and gives it back after
/// it, so that the kernel clears the same pages again and again; where glibc keeps what it has, in large pages, a search of
/// short reads takes about a fifth less processor time, with the same output (`make bench S=search ROW=reads` shows the
/// whole). Names: <https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html>; an older glibc and
/// other C libraries pass over what they do not know.
const ENVIRONMENT: [(&str, &str); 2] = [
    ("BLAST_USAGE_REPORT", "false"),
    (
        "GLIBC_TUNABLES",
        "glibc.malloc.hugetlb=1:glibc.malloc.trim_threshold=268435456:glibc.malloc.mmap_threshold=33554432:\
         glibc.malloc.top_pad=4194304",
    ),
];

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// A finished run.
#[derive(Debug)]
pub(super) struct Run {
    /// Remarks of BLAST+.
    pub warnings: Vec<Warning>,
}

impl BlastTools {
    /// BLAST+ as these child processes find it; files while it runs go under `scratch`.
    pub fn new(children: Arc<dyn Children>, scratch: PathBuf) -> Self {
        Self { children, scratch, version: Arc::new(OnceCell::new()) }
    }

    /// Version of BLAST+, such as `2.12.0+`, asked for once.
    pub async fn version(&self) -> EngineResult<String> {
        self.version.get_or_try_init(|| self.ask_version()).await.cloned()
    }

    /// A new folder for one piece of work, which goes with the value.
    pub(super) fn work_dir(&self, what: &str) -> EngineResult<TempDir> {
        scratch::dir(&self.scratch, what).map_err(EngineError::io("making a folder"))
    }

    /// Starts a program in a folder; standard output goes to `stdout` there, standard error to `<name>.err`.
    pub(super) async fn start(&self, start: Start<'_>) -> EngineResult<Box<dyn Child>> {
        let blastdb = start.blastdb.map(|dir| ("BLASTDB".to_owned(), dir.display().to_string()));
        let spec = ChildSpec {
            program: start.name.to_owned(),
            args: start.args,
            env: blastdb.into_iter().chain(ENVIRONMENT.map(owned)).collect(),
            dir: start.dir.to_owned(),
            stdout: start.dir.join(start.stdout),
            stderr: start.dir.join(format!("{}.err", start.name)),
            memory_bytes: start.memory_bytes,
        };
        self.children.spawn(&spec).await.map_err(EngineError::io("starting BLAST+"))
    }

    async fn ask_version(&self) -> EngineResult<String> {
        let dir = self.work_dir("version")?;
        let start = Start {
            name: "blastn",
            args: vec!["-version".to_owned()],
            blastdb: None,
            dir: dir.path(),
            stdout: "version.txt",
            memory_bytes: SMALL_TOOL_BYTES,
        };
        let exit = self.start(start).await?.wait().await.map_err(EngineError::io("waiting for BLAST+"))?;
        accept(exit, dir.path(), "blastn", Program::Blastn)?;
        let text = std::fs::read_to_string(dir.path().join("version.txt")).unwrap_or_default();
        let version = text.lines().next().and_then(|line| line.split_whitespace().nth(1)).map(str::to_owned);
        version.ok_or_else(|| {
            EngineError::Fault(blast_fault(&BlastFailure {
                code: "blast_missing",
                message: "BLAST+ did not say its version.".to_owned(),
                hint: "Ask an operator to look at the BLAST+ programs of this machine.".to_owned(),
                class: RetryClass::Transient,
            }))
        })
    }
}

/// What to start.
pub(super) struct Start<'a> {
    /// Program, such as `blastn`.
    pub name: &'a str,
    /// Its arguments.
    pub args: Vec<String>,
    /// Folder of the database.
    pub blastdb: Option<&'a Path>,
    /// Working folder.
    pub dir: &'a Path,
    /// File in the working folder that takes standard output.
    pub stdout: &'a str,
    /// Address space in bytes.
    pub memory_bytes: u64,
}

/// A run that failed.
#[derive(Debug)]
pub(super) struct Failed(BlastFailure);

impl Failed {
    /// Whether it ended as runs do on a database whose files are damaged.
    pub(super) fn blames_database(&self) -> bool {
        matches!(self.0.code, "database_missing" | "database_damaged" | "crashed")
    }
}

impl From<Failed> for EngineError {
    fn from(failed: Failed) -> Self {
        Self::Fault(blast_fault(&failed.0))
    }
}

/// Judges a run by its exit and by what it wrote to standard error: exit code 0 is not success.
pub(super) fn accept(exit: ChildExit, dir: &Path, name: &str, program: Program) -> Result<Run, Failed> {
    let stderr = super::files::read_tail(&dir.join(format!("{name}.err")), MAX_STDERR_BYTES);
    let exit = Exit { code: exit.code, signal: exit.signal };
    match judge(exit, &stderr, program) {
        Verdict::Success { warnings } => Ok(Run { warnings }),
        Verdict::Failure(failure) => {
            // Where that cannot be asked, the failure stands as it was told.
            let room =
                rustix::fs::statvfs(dir).map_or(u64::MAX, |disk| disk.f_bavail.saturating_mul(disk.f_frsize));
            let failure = failure.with_room(room);
            tracing::warn!(name, ?exit, code = failure.code, stderr, "BLAST+ failed");
            Err(Failed(failure))
        }
    }
}
