//! Whole searches against BLAST+ itself, in turn, with the same table at the end.

use crate::{
    mutants::{self, Recipe},
    product::{self, Cost, Search},
    stats,
    table::Line,
};
use blastline_tests::chain::{Chain, Database, samples, shapes::Job};
use std::{fs, path::Path};

/// Pairs of a row.
const PAIRS: usize = 5;

/// Seconds that BLAST+ by itself has to take for its ratio to say something.
const LEAST_SECONDS: f64 = 20.0;

/// What the product may take beyond its ratio, in seconds: starting, looking, joining.
const ALLOWANCE: f64 = 0.5;

/// Seconds that a set is made for where its size is free.
const AIM_SECONDS: f64 = 24.0;

/// A comparison.
struct Comparison<'a> {
    what: &'a str,
    database: Database,
    program: &'a str,
    options: &'a [(&'a str, &'a str)],
    /// A set of so many queries.
    set: fn(usize) -> String,
    queries: Size,
    wall: f64,
    cpu: Option<f64>,
}

/// How many queries a set has.
#[derive(Clone, Copy)]
enum Size {
    /// As many as the row is about.
    Fixed(usize),
    /// As many as take BLAST+ long enough on this machine; so many are tried first.
    Enough(usize),
}

/// Many hits, nucleotides: each query hits nearly every orchid.
pub async fn nucleotides() -> Vec<Line> {
    compare(Comparison {
        what: "many hits, nucleotides",
        database: Database::orchids(),
        program: "blastn",
        options: &[("task", "blastn")],
        set: |queries| {
            let recipe = Recipe { queries, letters: (500, 750), every: 25, strangers: 0, seed: 11 };
            mutants::fasta(samples::orchids(), mutants::BASES, recipe)
        },
        queries: Size::Enough(300),
        wall: 1.0,
        cpu: Some(1.1),
    })
    .await
}

/// Many hits, proteins.
pub async fn proteins() -> Vec<Line> {
    compare(Comparison {
        what: "many hits, proteins",
        database: Database::proteins(20_000),
        program: "blastp",
        options: &[],
        set: |queries| {
            let recipe = Recipe { queries, letters: (150, 400), every: 8, strangers: 0, seed: 12 };
            mutants::fasta(samples::proteins(), mutants::RESIDUES, recipe)
        },
        queries: Size::Enough(120),
        wall: 1.05,
        cpu: Some(1.1),
    })
    .await
}

/// Few hits: short reads, of which three in a hundred come from the database.
pub async fn reads() -> Vec<Line> {
    compare(Comparison {
        what: "few hits, short reads",
        database: Database::genomes(),
        program: "blastn",
        options: &[],
        set: |queries| {
            let recipe = Recipe { queries, letters: (125, 130), every: 60, strangers: 97, seed: 13 };
            mutants::fasta(samples::genomes(), mutants::BASES, recipe)
        },
        queries: Size::Enough(150_000),
        wall: 0.75,
        cpu: None,
    })
    .await
}

/// 20,000 queries with many hits.
pub async fn many_queries() -> Vec<Line> {
    compare(Comparison {
        what: "20,000 queries with many hits",
        // All 94 take BLAST+ minutes; with these every query still hits nearly every subject.
        database: Database::some_orchids(16),
        program: "blastn",
        options: &[],
        set: |queries| {
            let recipe = Recipe { queries, letters: (230, 270), every: 25, strangers: 0, seed: 14 };
            mutants::fasta(&samples::orchids()[..16], mutants::BASES, recipe)
        },
        queries: Size::Fixed(20_000),
        wall: 0.7,
        cpu: None,
    })
    .await
}

async fn compare(comparison: Comparison<'_>) -> Vec<Line> {
    let Comparison { what, database, program, options, set, queries, wall: wall_bar, cpu: cpu_bar } =
        comparison;
    let name = database.name;
    let settings = [("MAX_QUERIES", "2000000"), ("MAX_QUERY_LETTERS", "1000000000")];
    let chain = product::start_with(database, &settings).await;
    let first = set(match queries {
        Size::Fixed(count) | Size::Enough(count) => count,
    });
    let search = Search { program, database: name, options, query: &first };
    warm(&chain, &search).await;
    let files = product::cached(&chain, name);
    let (mode, seconds) = better_mode(&search, &files, chain.dir());
    let mode: Vec<&str> = mode.iter().map(String::as_str).collect();
    let query = match queries {
        Size::Enough(count) if seconds < AIM_SECONDS => set(enough(count, seconds)),
        _ => first.clone(),
    };
    let search = Search { query: &query, ..search };
    let (mut walls, mut cpus, mut bare, mut same) = (Vec::new(), Vec::new(), Vec::new(), true);
    for pair in 0..PAIRS {
        let theirs = if pair % 2 == 0 { Some(search.direct(&files, chain.dir(), &mode)) } else { None };
        let (ours, job) = search.run(&chain).await;
        let (theirs, table) = theirs.unwrap_or_else(|| search.direct(&files, chain.dir(), &mode));
        same &= is_same(&chain, &job.job_id, &table, &format!("{program}-{pair}")).await;
        eprintln!("    {}; {}", told(&ours, &theirs), steps(&job));
        // The allowance is the bar's: it is taken off before the ratio, so that the ratio is held to the bar.
        walls.push((ours.wall - ALLOWANCE) / theirs.wall);
        cpus.push(ours.cpu / theirs.cpu);
        bare.push(theirs.wall);
    }
    let bare_seconds = stats::median(&bare);
    let shown = format!(
        "{}; bare {bare_seconds:.1} s with {}; {}",
        stats::range(&walls),
        mode.join(" "),
        stats::load()
    );
    let mut lines = vec![Line::at_most(
        format!("{what}: wall less 0.5 s"),
        wall_bar,
        " ×",
        stats::median(&walls),
        &shown,
    )];
    if let Some(bar) = cpu_bar {
        let shown = stats::range(&cpus);
        lines.push(Line::at_most(format!("{what}: CPU"), bar, " ×", stats::median(&cpus), &shown));
    }
    let told = if same { "the same bytes" } else { "other bytes" };
    lines.push(Line::holds(format!("{what}: outfmt 6"), "the same bytes as BLAST+", told, same));
    lines.push(Line::at_least(format!("{what}: bare run"), LEAST_SECONDS, " s", bare_seconds, ""));
    lines
}

/// How many queries take BLAST+ long enough, from what some take.
fn enough(queries: usize, seconds: f64) -> usize {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some thousand queries"
    )]
    let more = (queries as f64 * AIM_SECONDS / seconds.max(0.1)).ceil() as usize;
    more.max(queries)
}

fn told(ours: &Cost, theirs: &Cost) -> String {
    format!(
        "wall {:.1} s : {:.1} s bare, CPU {:.1} s : {:.1} s bare",
        ours.wall, theirs.wall, ours.cpu, theirs.cpu
    )
}

/// What the steps of a search took, and how many parts it was.
fn steps(job: &Job) -> String {
    let taken = job.steps.iter().filter_map(|step| Some((step, step.duration_ms.filter(|ms| *ms > 0)?)));
    #[expect(clippy::cast_precision_loss, reason = "some seconds")]
    let words: Vec<_> =
        taken.map(|(step, ms)| format!("{} {:.1} s", step.phase, ms as f64 / 1000.0)).collect();
    let parts = job.parts.as_ref().map_or(0, |parts| parts.planned);
    format!("{parts} parts, {}", words.join(", "))
}

/// The database into the cache, options asked, processes begun: what is paid once.
async fn warm(chain: &Chain, search: &Search<'_>) {
    let first: String = search.query.split_inclusive('\n').take(2).collect();
    Search { query: &first, ..*search }.run(chain).await;
}

/// How BLAST+ uses the cores of this machine best, and what it takes then. `-mt_mode 1` splits by query.
fn better_mode(search: &Search<'_>, database: &Path, dir: &Path) -> (Vec<String>, f64) {
    let cores = std::thread::available_parallelism().map_or(2, usize::from).to_string();
    let plain = vec!["-num_threads".to_owned(), cores.clone()];
    let split: Vec<String> = plain.iter().cloned().chain(["-mt_mode".to_owned(), "1".to_owned()]).collect();
    let time = |mode: &[String]| {
        let mode: Vec<&str> = mode.iter().map(String::as_str).collect();
        search.direct(database, dir, &mode).0.wall
    };
    let (of_plain, of_split) = (time(&plain), time(&split));
    eprintln!("    bare: {of_plain:.1} s with threads, {of_split:.1} s with -mt_mode 1");
    if of_split < of_plain { (split, of_split) } else { (plain, of_plain) }
}

/// Whether a search gave the bytes of the bare run. Where it did not, both tables are kept and the first line that
/// differs is said.
async fn is_same(chain: &Chain, job: &str, table: &Path, name: &str) -> bool {
    let (ours, theirs) = (chain.api.export(job, "outfmt6").await, fs::read_to_string(table).unwrap());
    if ours == theirs {
        return true;
    }
    let kept = std::env::temp_dir().join(format!("bench-differs-{}-{name}", std::process::id()));
    fs::create_dir_all(&kept).unwrap();
    fs::write(kept.join("ours.tsv"), &ours).unwrap();
    fs::write(kept.join("bare.tsv"), &theirs).unwrap();
    let differing = ours.lines().zip(theirs.lines()).enumerate().find(|(_, (ours, theirs))| ours != theirs);
    eprintln!("    other bytes, kept in {}: {differing:?}", kept.display());
    false
}

#[cfg(test)]
mod tests {
    use super::enough;

    #[test]
    fn a_set_grows_until_it_takes_long_enough_and_never_shrinks() {
        assert_eq!(enough(300, 6.0), 1_200);
        assert_eq!(enough(300, 60.0), 300);
    }
}
