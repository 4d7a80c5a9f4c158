//! Queries: what BLAST+ reads after normalising, and what it would have dropped without a word.

use crate::bed::{Bed, DNA, Letters};
use blastline_blast::Program;
use blastline_blast::fasta::{Limits, QueryRecord, Want, normalise};
use blastline_blast::verdict::{Exit, Verdict, judge};

fn normalised(input: &[u8], program: Program) -> Option<(String, Vec<QueryRecord>)> {
    let mut out = Vec::new();
    let mut records = Vec::new();
    normalise(input, &mut out, Want::Program(program), &Limits::default(), &mut |record| {
        records.push(record.clone());
        Ok(())
    })
    .ok()?;
    Some((String::from_utf8(out).unwrap(), records))
}

/// Runs BLAST+ on these bytes and says what it says: `# Query` lines and standard error.
fn read_by_blast(bed: &Bed, bytes: &[u8], program: Program) -> (Vec<String>, String) {
    std::fs::write(bed.path("odd.fa"), bytes).unwrap();
    let args = ["-db", Bed::database(program), "-query", "odd.fa", "-outfmt", "7"];
    let output = bed.run(program.as_str(), &args);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = stdout.lines().filter_map(|line| line.strip_prefix("# Query: ").map(str::to_owned)).collect();
    (lines, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn what_is_accepted_is_read_by_blast_without_a_remark() {
    let bed = Bed::new();
    let dna = Letters::from(3).take(DNA, 120);
    let inputs = [
        format!(">a one\r\n 1 {dna}\r\n\r\n 121 acgtnn\r\n>b\r\n{dna}-{dna}\r\n---\r\n"),
        format!("{dna}\n{dna}\n>\n{dna}\n> spaced title\n{dna}\n"),
        format!("# remark\n>x\n;remark\n{dna}\n!x\n{dna}\n  >y\n{}\n", dna.to_lowercase()),
        format!("\u{feff}>a\u{1}b c\n{dna}\n>>c\n{dna}\n>{} long\n{dna}\n", "i".repeat(300)),
        format!(">{} t\n{dna}\n>gi|1|ref|NM_1.1| t\n{dna}\n>contig_10:3001-5400\n{dna}\n", "t".repeat(4000)),
    ];
    for input in inputs {
        let (out, records) = normalised(input.as_bytes(), Program::Blastn).unwrap();
        let (queries, stderr) = read_by_blast(&bed, out.as_bytes(), Program::Blastn);
        assert_eq!(stderr, "", "{out}");
        assert_eq!(queries.len(), records.len());
        for (query, record) in queries.iter().zip(&records) {
            let id = query.split(' ').next().unwrap();
            assert_eq!(id, record.id);
        }
    }
}

#[test]
fn what_blast_misreads_without_failing_is_refused() {
    let bed = Bed::new();
    let dna = Letters::from(3).take(DNA, 120);
    let silent = [
        format!(">a\n{dna}.{dna}\n"),
        format!(">a\n{dna}X\n"),
        format!("@r\n{dna}\n+\n{}\n", "I".repeat(120)),
        format!(">a\n{dna}\n>?100\n{dna}\n"),
        format!(">a\n{dna}\n>b\n\n>c\n{dna}\n"),
        ">p\nMKLVINGKTLKGEITIEAVDAATAEKVFKQYANDNGIDGEWTY\n".to_owned(),
        String::new(),
    ];
    for input in silent {
        let args = ["-db", "nt", "-query", "odd.fa", "-outfmt", "6"];
        bed.write("odd.fa", &input);
        let output = bed.run("blastn", &args);
        assert_eq!(output.status.code(), Some(0), "BLAST+ takes it: {input}");
        assert!(normalised(input.as_bytes(), Program::Blastn).is_none(), "{input}");
    }
}

#[test]
fn ignored_residues_and_empty_queries_are_failures_although_blast_ends_with_0() {
    let bed = Bed::new();
    let dna = Letters::from(3).take(DNA, 120);
    for (input, code) in [
        (format!(">a\n{dna}.{dna}\n"), "residues_ignored"),
        (String::new(), "query_empty"),
        (format!(">a\n{dna}\n>b\n\n>c\n{dna}\n"), "query_empty"),
    ] {
        let (_, stderr) = read_by_blast(&bed, input.as_bytes(), Program::Blastn);
        let Verdict::Failure(failure) = judge(Exit::code(0), &stderr, Program::Blastn) else {
            panic!("taken for a success: {stderr}");
        };
        assert_eq!(failure.code, code);
    }
}

#[test]
fn a_query_of_n_is_a_remark_and_a_block_without_hits() {
    let bed = Bed::new();
    let (queries, stderr) =
        read_by_blast(&bed, format!(">n x\n{}\n", "N".repeat(60)).as_bytes(), Program::Blastn);
    assert_eq!(queries, ["n x"]);
    let Verdict::Success { warnings } = judge(Exit::code(0), &stderr, Program::Blastn) else {
        panic!("{stderr}")
    };
    assert_eq!(warnings.len(), 1);
    assert_eq!(
        (warnings[0].code.as_str(), warnings[0].queries.as_slice()),
        ("no_statistics", &["n".to_owned()][..])
    );
}
