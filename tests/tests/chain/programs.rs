//! Each program finds what BLAST+ itself finds, to the byte.

use blastline_tests::chain::{
    Chain, Database,
    blast::xml_hsps,
    samples::{self, Record, fasta},
    searches::{genome_pieces, genome_readings, orchid_pieces, protein_pieces, search},
    shapes::{Alignments, Job},
};
use serde_json::json;

/// A search whose result is held against a direct run.
struct Case {
    program: &'static str,
    database: Database,
    query: Vec<Record>,
    options: &'static [(&'static str, &'static str)],
}

impl Case {
    /// Runs the search through the chain and directly; gives both for further questions.
    async fn check(self) {
        let name = self.database.name;
        let chain = Chain::with(self.database).await;
        let query = fasta(&self.query);
        let options: serde_json::Map<_, _> =
            self.options.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let mut search = search(self.program, name, &self.query);
        search["options"] = json!(options);
        let taken = chain.api.submit(&search).await;
        let job = chain.api.completed(&taken.job_id).await;
        assert_eq!(job.queries_done, self.query.len() as u64);
        let args: Vec<String> =
            self.options.iter().flat_map(|(name, value)| [format!("-{name}"), (*value).to_owned()]).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let direct = chain.direct(&job, &query);
        let expected = direct.run(self.program, &args, "6");
        let hit: std::collections::BTreeSet<_> =
            expected.lines().filter_map(|line| line.split('\t').next()).collect();
        assert!(hit.len() > 1 && !hit.contains("nothing"), "the query is no good test: {hit:?}");
        assert_eq!(chain.api.export(&job.job_id, "outfmt6").await, expected);
        assert_eq!(chain.api.export(&job.job_id, "outfmt7").await, direct.run(self.program, &args, "7"));
        alignments_are_blasts(&chain, &job, &direct.run(self.program, &args, "5")).await;
    }
}

/// The alignments endpoint says of every alignment what BLAST+ says in its XML.
async fn alignments_are_blasts(chain: &Chain, job: &Job, xml: &str) {
    let expected = xml_hsps(xml);
    let path = format!("/api/blast/jobs/{}/results/alignments?page_size=200", job.job_id);
    let page: Alignments = chain.api.read(&path).await;
    assert_eq!(page.total_alignments, expected.len() as u64);
    assert!(!page.partial && !page.alignments.is_empty());
    for (found, expected) in page.alignments.iter().zip(expected) {
        let at = format!("{} {}", expected.query, expected.subject);
        assert_eq!(found.query_id, expected.query, "{at}");
        assert_eq!(
            [found.query_start, found.query_end],
            ordered(&expected.span[..2], found.query_frame),
            "{at}"
        );
        assert_eq!([found.subject_start, found.subject_end], subject(&expected, found.subject_frame), "{at}");
        assert_eq!([found.query_frame, found.subject_frame], expected.frames, "{at}");
        assert_eq!([found.identical, found.positive, found.gaps, found.length], expected.counts, "{at}");
        let lines = [&found.query_residues, &found.midline, &found.subject_residues];
        let [query, midline, subject] = &expected.lines;
        assert_eq!(lines, [&unmasked(query, &found.query_residues), midline, subject], "{at}");
    }
}

/// XML shows residues of low complexity as X; tables and the API show the residues themselves.
fn unmasked(shown: &str, residues: &str) -> String {
    shown
        .chars()
        .zip(residues.chars())
        .map(|(shown, residue)| if shown == 'X' { residue } else { shown })
        .collect()
}

/// XML has the smaller number first where a translated sequence is read backwards; tables and the API follow the
/// alignment.
fn ordered(span: &[u64], frame: i32) -> [u64; 2] {
    let (from, to) = (span[0].min(span[1]), span[0].max(span[1]));
    if frame < 0 { [to, from] } else { [from, to] }
}

fn subject(expected: &blastline_tests::chain::blast::XmlHsp, frame: i32) -> [u64; 2] {
    ordered(&expected.span[2..], frame)
}

/// Sequences with hits, one without, and two of the same name.
fn with_oddities(mut query: Vec<Record>, nothing: Record) -> Vec<Record> {
    let twin = Record::new(query[0].header.clone(), query[1].letters.clone());
    query.insert(1, nothing);
    query.push(twin);
    query
}

#[tokio::test(flavor = "multi_thread")]
async fn blastn_finds_what_blast_finds() {
    let query = with_oddities(orchid_pieces(8, 30), samples::nucleotides("nothing", 400, 5));
    let case =
        Case { program: "blastn", database: Database::orchids(), query, options: &[("task", "blastn")] };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn megablast_in_several_parts_finds_what_blast_finds() {
    let query = with_oddities(orchid_pieces(45, 60), samples::nucleotides("nothing", 400, 5));
    Case { program: "blastn", database: Database::orchids(), query, options: &[] }.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blastp_finds_what_blast_finds() {
    let query = with_oddities(protein_pieces(60, 250, 9), samples::residues("nothing", 120, 5));
    Case { program: "blastp", database: Database::proteins(1_000), query, options: &[] }.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blastx_finds_what_blast_finds() {
    let query = with_oddities(genome_pieces(24, 900), samples::nucleotides("nothing", 90, 5));
    Case { program: "blastx", database: Database::proteins(1_000), query, options: &[] }.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tblastn_finds_what_blast_finds() {
    let query = with_oddities(genome_readings(12), samples::residues("nothing", 60, 5));
    Case { program: "tblastn", database: Database::genomes(), query, options: &[] }.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tblastx_finds_what_blast_finds() {
    let query = with_oddities(genome_pieces(4, 300), samples::nucleotides("nothing", 60, 5));
    Case { program: "tblastx", database: Database::genomes(), query, options: &[] }.check().await;
}
