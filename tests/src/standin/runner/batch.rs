//! The pods of a batch: its query, real BLAST+ on it, and its result.
//!
//! The two containers beside each other share a folder that outlives their attempts, as in the real thing. So a second
//! attempt finds what the first one left, and `gzip` does not overwrite it. In one thing this is better than the real
//! one: an exit code of an earlier attempt is not read again, which would be a race between the two containers.

use super::{Attempt, Ended, environment, objects::Address};
use crate::standin::faults::BatchFault;
use flate2::{Compression, write::GzEncoder};
use std::{fs, io::Write, path::PathBuf, process::Stdio};
use tokio::{process::Command, time::Duration};

/// Fetches the batch's query.
pub async fn import_query(attempt: &Attempt<'_>) -> Ended {
    let (results, number) = (attempt.env("ELB_RESULTS"), attempt.env("JOB_NUM"));
    let name = format!("batch_{number}.fa");
    let source =
        Address::read(attempt.shared, &results).map(|results| results.join(&format!("query_batches/{name}")));
    let bytes = match source {
        Some(source) => source.get(attempt.shared).await.ok().flatten(),
        None => None,
    };
    let Some(bytes) = bytes else {
        attempt.say(format!("failed to perform copy command: {results}/query_batches/{name} is not there"));
        return Ended::code(1);
    };
    let (requests, results) = (attempt.path("/shared/requests"), attempt.path("/shared/results"));
    fs::create_dir_all(&requests).unwrap();
    fs::create_dir_all(&results).unwrap();
    fs::write(requests.join(&name), bytes).unwrap();
    attempt.say("100.0 %, 1 Done, 0 Failed, 0 Pending, 0 Skipped, 1 Total");
    Ended::code(0)
}

/// Names of the files of a batch.
struct Files {
    number: String,
    out: String,
    results: PathBuf,
}

impl Files {
    fn of(attempt: &Attempt<'_>) -> Self {
        let number = attempt.env("JOB_NUM");
        let out =
            format!("batch_{number}-{}-{}.out", attempt.env("ELB_BLAST_PROGRAM"), attempt.env("ELB_DB"));
        Self { number, out, results: attempt.path("/shared/results") }
    }

    fn exit_code(&self) -> PathBuf {
        self.results.join(format!("BLAST_EXIT_CODE-{}.out", self.number))
    }
}

/// Runs BLAST+.
pub async fn search(attempt: &Attempt<'_>) -> Ended {
    let files = Files::of(attempt);
    let batch = environment::batch(attempt.pod).unwrap_or(u32::MAX);
    let fault = attempt.shared.faults.batch(batch, |what| {
        !matches!(
            what,
            BatchFault::ResultMissing
                | BatchFault::ResultTruncated
                | BatchFault::ResultEmpty
                | BatchFault::ResultStale
                | BatchFault::GoneAtOnce
        )
    });
    let (program, db) = (attempt.env("ELB_BLAST_PROGRAM"), attempt.env("ELB_DB"));
    let _ = fs::remove_file(files.exit_code());
    attempt.say(format!("run start {} {program} {db}", files.number));
    let (code, said) = match fault {
        Some(BatchFault::OomKilled) => {
            return Ended::Exit { code: 137, out_of_memory: true, message: String::new() };
        }
        Some(BatchFault::Evicted) => return Ended::Evicted,
        Some(BatchFault::NodeLost) => return Ended::NodeLost,
        Some(BatchFault::Exit { code, text }) => {
            fs::write(files.results.join(&files.out), "").unwrap();
            (code, text)
        }
        Some(BatchFault::Slow { seconds }) => {
            attempt.pause(Duration::from_secs(seconds).as_secs_f64()).await;
            blast(attempt, &files).await
        }
        _ => blast(attempt, &files).await,
    };
    said.lines().for_each(|line| attempt.say(line));
    attempt.say(format!("run end {} {code}", files.number));
    if code != 0 {
        report_failure(attempt, &said).await;
    }
    finish(&files, &program, &db, code);
    Ended::code(code)
}

async fn blast(attempt: &Attempt<'_>, files: &Files) -> (i32, String) {
    let (program, db) = (attempt.env("ELB_BLAST_PROGRAM"), attempt.env("ELB_DB"));
    let query = attempt.path("/shared/requests").join(format!("batch_{}.fa", files.number));
    let options = words(&attempt.env("ELB_BLAST_OPTIONS"));
    attempt.say(format!("{program} -db {db} -query batch_{}.fa {}", files.number, options.join(" ")));
    let started = Command::new(&program)
        .args(["-db", &db, "-query"])
        .arg(query)
        .arg("-out")
        .arg(files.results.join(&files.out))
        .args(["-num_threads", "1"])
        .args(&options)
        .env("BLASTDB", attempt.path("/blast/blastdb"))
        .env("BLAST_USAGE_REPORT", "false")
        .current_dir(attempt.path("/blast/blastdb"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    match started {
        Ok(output) => {
            (output.status.code().unwrap_or(137), String::from_utf8_lossy(&output.stderr).into_owned())
        }
        Err(error) => (127, format!("{program}: {error}")),
    }
}

/// Options as the script hands them over: at blanks, and what follows `-outfmt` as one word.
pub fn words(options: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut in_format = false;
    for word in options.split_whitespace() {
        let is_option =
            word.strip_prefix('-').is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
        match words.last_mut() {
            Some(format) if in_format && !is_option => {
                if format == "-outfmt" {
                    words.push(word.to_owned());
                } else {
                    format.push(' ');
                    format.push_str(word);
                }
            }
            _ => {
                in_format = word == "-outfmt";
                words.push(word.to_owned());
            }
        }
    }
    words
}

/// What follows a run of BLAST+: times, compressing, the exit code for the container beside.
fn finish(files: &Files, program: &str, db: &str, code: i32) {
    let Files { number, out, results } = files;
    let runtime =
        format!("run start {number} {program} {db}\nrun exitCode {number} {code}\nrun end {number}\n");
    fs::write(results.join(format!("BLAST_RUNTIME-{number}.out")), runtime).unwrap();
    let (plain, packed) = (results.join(out), results.join(format!("{out}.gz")));
    // gzip refuses to overwrite; the script goes on.
    if !packed.exists() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&fs::read(&plain).unwrap_or_default()).unwrap();
        fs::write(packed, encoder.finish().unwrap()).unwrap();
        let _ = fs::remove_file(plain);
    }
    fs::write(files.exit_code(), code.to_string()).unwrap();
}

async fn report_failure(attempt: &Attempt<'_>, said: &str) {
    let Some(results) = Address::read(attempt.shared, &attempt.env("ELB_RESULTS")) else { return };
    let marker = results.join("metadata/FAILURE.txt");
    if matches!(marker.exists(attempt.shared).await, Ok(false)) {
        let _ = marker.put(attempt.shared, said.to_owned()).await;
    }
}

/// Waits for BLAST+ and uploads its result.
pub async fn export(attempt: &Attempt<'_>) -> Ended {
    let files = Files::of(attempt);
    attempt.say("waiting for BLAST to finish");
    let code = loop {
        match fs::read_to_string(files.exit_code()).ok().and_then(|text| text.parse::<i32>().ok()) {
            Some(code) => break code,
            None => attempt.pause(1.0).await,
        }
    };
    let Some(results) = Address::read(attempt.shared, &attempt.env("ELB_RESULTS")) else {
        return Ended::code(1);
    };
    let runtime = format!("BLAST_RUNTIME-{}.out", files.number);
    let times = fs::read(files.results.join(&runtime)).unwrap_or_default();
    if let Err(error) = results.join(&format!("logs/{runtime}")).put(attempt.shared, times).await {
        attempt.say(format!("failed to perform copy command: {error}"));
        return Ended::code(1);
    }
    let name = format!("{}.gz", files.out);
    let mut bytes = fs::read(files.results.join(&name)).unwrap_or_default();
    let batch = environment::batch(attempt.pod).unwrap_or(u32::MAX);
    let fault = attempt.shared.faults.batch(batch, |what| {
        use BatchFault::{ResultEmpty, ResultMissing, ResultStale, ResultTruncated};
        matches!(what, ResultMissing | ResultTruncated | ResultEmpty | ResultStale)
    });
    match fault {
        Some(BatchFault::ResultMissing | BatchFault::ResultStale) => return Ended::code(code),
        Some(BatchFault::ResultEmpty) => bytes.clear(),
        Some(_) => bytes.truncate(bytes.len() / 2),
        None => {}
    }
    if let Err(error) = results.join(&name).put(attempt.shared, bytes).await {
        attempt.say(format!("failed to perform copy command: {error}"));
        return Ended::code(1);
    }
    attempt.say(format!("100.0 %, 1 Done, 0 Failed, 0 Pending, 0 Skipped, 1 Total: {name}"));
    Ended::code(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_of_several_words_is_one_argument() {
        assert_eq!(
            words("-evalue 0.05 -outfmt 7 std staxids -max_target_seqs 5"),
            ["-evalue", "0.05", "-outfmt", "7 std staxids", "-max_target_seqs", "5"]
        );
        assert_eq!(words("-outfmt 6"), ["-outfmt", "6"]);
        assert_eq!(
            words("-task blastn -reward -2 -outfmt 7"),
            ["-task", "blastn", "-reward", "-2", "-outfmt", "7"]
        );
    }
}
