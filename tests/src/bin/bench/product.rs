//! The product as it runs for a person, and BLAST+ by itself, each with its time and its processor time.

use crate::cpu;
use blastline_tests::chain::{Chain, Database, Plan, shapes::Job};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// How long a search of a bench may take.
pub const LONGEST: Duration = Duration::from_secs(1500);

/// What something took, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// From begin to end.
    pub wall: f64,
    /// On processors.
    pub cpu: f64,
}

/// A chain with the settings that people have.
pub async fn start(database: Database) -> Chain {
    start_with(database, &[]).await
}

/// The same with settings of its own.
pub async fn start_with(database: Database, settings: &[(&str, &str)]) -> Chain {
    ordinary(Chain::plan().database(database), settings).start().await
}

/// Times as people have them: nothing is scaled, queues are looked at as the host does by itself.
pub fn ordinary(plan: Plan, settings: &[(&str, &str)]) -> Plan {
    let plan = plan
        .set("TIME_SCALE", 1)
        .set("RECONCILE_CRON", "0 * * * * *")
        .set("AzureFunctionsJobHost__extensions__queues__maxPollingInterval", "00:00:02")
        .set("AzureFunctionsJobHost__extensions__queues__visibilityTimeout", "00:00:05");
    settings.iter().fold(plan, |plan, (name, value)| plan.set(name, value))
}

/// A search by the product.
#[derive(Debug)]
pub struct Search<'a> {
    /// Program.
    pub program: &'a str,
    /// Database.
    pub database: &'a str,
    /// Options beside the defaults: name and value.
    pub options: &'a [(&'a str, &'a str)],
    /// Sequences.
    pub query: &'a str,
}

impl Search<'_> {
    /// Submits it, as a file in a form, and gives its id.
    pub async fn submit(&self, chain: &Chain) -> String {
        let options: serde_json::Map<_, _> =
            self.options.iter().map(|(name, value)| ((*name).to_owned(), value_of(value))).collect();
        let request =
            serde_json::json!({"program": self.program, "database": self.database, "options": options});
        let file = Some(self.query.as_bytes().to_vec());
        let answer = chain.api.post_form("/api/blast/jobs", Some(&request), file).await;
        let submitted = blastline_tests::chain::api::answer(answer, reqwest::StatusCode::ACCEPTED).await;
        let submitted: blastline_tests::chain::shapes::Submitted = submitted;
        submitted.job_id
    }

    /// Runs it to `completed` and reads a page of its hits. The processor time is that of all handlers and of what they
    /// started.
    pub async fn run(&self, chain: &Chain) -> (Cost, Job) {
        let pids = handlers(chain).await;
        let (before, started) = (cpu::seconds(&pids), Instant::now());
        let id = self.submit(chain).await;
        let job = ended(chain, &id).await;
        assert_eq!(job.status, "completed", "{:?}", job.error);
        let page: serde_json::Value = chain.api.read(&format!("/api/blast/jobs/{id}/results/hits")).await;
        assert!(page.is_object());
        let wall = started.elapsed().as_secs_f64();
        assert_eq!(pids, handlers(chain).await, "a handler was started again meanwhile");
        (Cost { wall, cpu: cpu::seconds(&pids) - before }, job)
    }

    /// BLAST+ itself on the same files: what it took, and where its table is.
    pub fn direct(&self, database: &Path, dir: &Path, mode: &[&str]) -> (Cost, PathBuf) {
        let (query, out) = (dir.join("bare.fa"), dir.join("bare.tsv"));
        std::fs::write(&query, self.query).unwrap();
        let mut command = Command::new(self.program);
        command.args(["-db", self.database, "-outfmt", "6", "-query"]).arg(&query).arg("-out").arg(&out);
        for (name, value) in self.options {
            command.arg(format!("-{name}")).arg(value);
        }
        if !self.options.iter().any(|(name, _)| *name == "evalue") {
            command.args(["-evalue", "0.05"]);
        }
        command.args(mode).env("BLASTDB", database).env("BLAST_USAGE_REPORT", "false");
        let (before, started) = (cpu::of_own_children(), Instant::now());
        let status = command.stdin(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        let wall = started.elapsed().as_secs_f64();
        assert!(status.success(), "{} ended with {status}", self.program);
        (Cost { wall, cpu: cpu::of_own_children() - before }, out)
    }
}

fn value_of(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::String(text.to_owned()))
}

/// How long a wait lasts between two looks at most: each look takes the handler and Azurite milliseconds of a processor
/// that the search would use, so that looking more often would measure itself.
const LONGEST_LOOK: Duration = Duration::from_millis(200);

/// Waits for the end of a search: often at first, for short ones, and seldom later.
pub async fn ended(chain: &Chain, id: &str) -> Job {
    let path = format!("/api/tasks/{id}");
    let started = Instant::now();
    let looking = async {
        loop {
            let look = (started.elapsed() / 20).clamp(Duration::from_millis(10), LONGEST_LOOK);
            tokio::time::sleep(look).await;
            let task: serde_json::Value = chain.api.read(&path).await;
            let ready = task.get("ready").and_then(serde_json::Value::as_bool).unwrap_or_default();
            if ready {
                return chain.api.job(id).await;
            }
        }
    };
    tokio::time::timeout(LONGEST, looking).await.expect("the search ends")
}

/// The handler processes.
pub async fn handlers(chain: &Chain) -> Vec<i32> {
    chain.api.processes().await.iter().filter_map(|process| process.pid).collect()
}

/// The folder of a database in the chain's cache, once something has searched it.
pub fn cached(chain: &Chain, name: &str) -> PathBuf {
    let folder = chain.dir().join("cache").join(name);
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    entries.into_iter().find(|path| path.is_dir()).expect("a generation in the cache")
}
