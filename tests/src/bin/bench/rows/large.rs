//! A query of 1 GB: memory of the handlers and files outside the data folder while it is submitted.

use crate::{cpu, mutants, product, stats, table::Line};
use blastline_tests::{
    chain::{Chain, Database, processes::peak_bytes, samples},
    chain::{api::answer, shapes::Submitted},
};
use flate2::{Compression, write::GzEncoder};
use reqwest::StatusCode;
use serde_json::json;
use std::{
    fs,
    io::Write,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Letters of the query.
const LETTERS: usize = 1_000_000_000;

/// Letters of one sequence, and sequences that are all different. The file repeats them, since a request body has at
/// most 100 MiB and travels packed; so few that a packer finds the repeat before it gives up looking.
const EACH: usize = 2_000;
const DIFFERENT: usize = 4;

/// Largest part, in bytes of FASTA: a part has at most so many letters (`PartLimits`), and some room for headers.
const PART_BYTES: u64 = 52_000_000;

/// Most memory of a handler process, in MiB.
const MOST_MIB: f64 = 150.0;

/// Measures the row.
pub async fn measure() -> Vec<Line> {
    let settings = [("MAX_QUERIES", "20000000"), ("MAX_QUERY_LETTERS", "2000000000")];
    let chain = product::start_with(Database::orchids(), &settings).await;
    let watch = Watch::over(&chain).await;
    let request = json!({"program": "blastn", "database": "orchid_its"});
    let started = Instant::now();
    let sent = chain.api.patient().post_form("/api/blast/jobs", Some(&request), Some(packed())).await;
    let id = answer::<Submitted>(sent, StatusCode::ACCEPTED).await.job_id;
    let seconds = started.elapsed().as_secs_f64();
    // The first parts are cut as well before it is over.
    chain.api.until(&id, "a part is done", |job| job.queries_done > 0).await;
    let seen = watch.end().await;
    let cancelled = chain.api.post(&format!("/api/blast/jobs/{id}/cancel"), &json!({})).await;
    assert!(cancelled.status().is_success());
    chain.api.ended(&id).await;
    #[expect(clippy::cast_precision_loss, reason = "bytes of a process")]
    let most = seen.memory as f64 / 1_048_576.0;
    let beside = format!("taken in {seconds:.0} s, {}", stats::load());
    let outside = format!("{:.1} MB at the most", seen.outside as f64 / 1e6);
    let held = seen.outside <= PART_BYTES;
    vec![
        Line::at_most("1 GB query: memory of each handler", MOST_MIB, " MiB", most, &beside),
        Line::holds("1 GB query: files outside the data folder", "none larger than a part", outside, held),
    ]
}

/// The query, packed.
fn packed() -> Vec<u8> {
    let recipe =
        mutants::Recipe { queries: DIFFERENT, letters: (EACH, EACH), every: 4, strangers: 100, seed: 16 };
    let set = mutants::fasta(samples::orchids(), mutants::BASES, recipe);
    let sequences: Vec<&str> = set.lines().filter(|line| !line.starts_with('>')).collect();
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    for number in 0..LETTERS / EACH {
        write!(out, ">s{number}\n{}\n", sequences[number % sequences.len()]).unwrap();
    }
    out.finish().unwrap()
}

/// What is looked at while something runs.
struct Watch {
    over: Arc<AtomicBool>,
    outside: Arc<AtomicU64>,
    looking: std::thread::JoinHandle<()>,
    pids: Vec<i32>,
}

/// The most that was seen.
struct Seen {
    memory: u64,
    outside: u64,
}

impl Watch {
    async fn over(chain: &Chain) -> Self {
        let pids = product::handlers(chain).await;
        let (over, outside) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (told, seen, folder, watched) =
            (over.clone(), outside.clone(), chain.dir().to_owned(), pids.clone());
        let looking = std::thread::spawn(move || {
            while !told.load(Ordering::SeqCst) {
                let largest = watched.iter().map(|pid| largest_outside(*pid, &folder)).max();
                seen.fetch_max(largest.unwrap_or(0), Ordering::SeqCst);
                std::thread::park_timeout(Duration::from_millis(50));
            }
        });
        Self { over, outside, looking, pids }
    }

    async fn end(self) -> Seen {
        self.over.store(true, Ordering::SeqCst);
        self.looking.thread().unpark();
        self.looking.join().unwrap();
        let alive = self.pids.iter().filter(|pid| cpu::precise(**pid) > 0.0);
        let memory = alive.map(|pid| peak_bytes(*pid)).max().unwrap_or(u64::MAX);
        Seen { memory, outside: self.outside.load(Ordering::SeqCst) }
    }
}

/// Size of the largest file that a process has open and that is in neither the data folder nor the system's own.
fn largest_outside(pid: i32, folder: &Path) -> u64 {
    let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let sizes = open.filter_map(|entry| {
        let target = fs::read_link(entry.path()).ok()?;
        let about = fs::metadata(entry.path()).ok()?;
        let outside = about.is_file() && !target.starts_with(folder) && !target.starts_with("/proc");
        outside.then_some(about.len())
    });
    sizes.max().unwrap_or(0)
}
