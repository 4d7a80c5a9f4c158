//! Verdicts: real runs into real faults.

use crate::bed::Bed;
use blastline_blast::Program;
use blastline_blast::verdict::{Exit, Verdict, judge};
use std::os::unix::process::ExitStatusExt;
use std::process::Output;

fn code(output: &Output) -> &'static str {
    let exit = Exit { code: output.status.code(), signal: output.status.signal() };
    match judge(exit, &String::from_utf8_lossy(&output.stderr), Program::Blastn) {
        Verdict::Failure(failure) => failure.code,
        Verdict::Success { .. } => "success",
    }
}

#[test]
fn faults_are_named() {
    let bed = Bed::new();
    bed.write("broken.asn", "no archive");
    let cases: [(&str, &[&str], &str); 10] = [
        ("blastn", &["-db", "nt", "-query", "nt.fa", "-outfmt", "6"], "success"),
        ("blastn", &["-db", "nowhere", "-query", "nt.fa"], "database_missing"),
        ("blastn", &["-db", "aa", "-query", "nt.fa"], "database_missing"),
        ("blastn", &["-db", "nt", "-query", "nowhere.fa"], "file_missing"),
        ("blastn", &["-db", "nt", "-query", "nt.fa", "-out", "nowhere/x"], "file_missing"),
        ("blastn", &["-db", "nt", "-query", "nt.fa", "-frobnicate", "1"], "options_refused"),
        ("blastn", &["-db", "nt", "-query", "nt.fa", "-evalue", "-1"], "options_refused"),
        ("blastn", &["-db", "nt", "-query", "nt.fa", "-outfmt", "99"], "options_refused"),
        ("blastn", &["-db", "nt", "-query", "nt.nsq", "-outfmt", "6"], "query_unreadable"),
        ("blast_formatter", &["-archive", "broken.asn", "-outfmt", "6"], "archive_damaged"),
    ];
    for (program, args, expected) in cases {
        assert_eq!(code(&bed.run(program, args)), expected, "{program} {args:?}");
    }
}

#[test]
fn a_full_disk_is_named_for_archives_and_tables() {
    let bed = Bed::new();
    for outfmt in ["11", "7"] {
        let args = ["-db", "nt", "-query", "nt.fa", "-outfmt", outfmt, "-out", "/dev/full"];
        assert_eq!(code(&bed.run("blastn", &args)), "output_not_written", "{outfmt}");
    }
}

#[test]
fn short_memory_is_named() {
    let bed = Bed::new();
    let line = "ulimit -v 30000; exec blastn -db nt -query nt.fa -outfmt 6";
    assert_eq!(code(&bed.run("sh", &["-c", line])), "memory_limit");
}

#[test]
fn an_archive_whose_database_is_gone_names_the_database() {
    let bed = Bed::new();
    bed.must("blastn", &["-db", "nt", "-query", "nt.fa", "-outfmt", "11", "-out", "a.asn"]);
    for entry in std::fs::read_dir(bed.path("")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("nt.n") {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert_eq!(code(&bed.run("blast_formatter", &["-archive", "a.asn", "-outfmt", "6"])), "database_missing");
}

/// The reason why a database is checked against its manifest before it is used: no verdict can see this one.
#[test]
fn a_database_cut_off_may_pass_for_one_without_hits() {
    let bed = Bed::new();
    std::fs::write(bed.path("nt.nsq"), b"short").unwrap();
    let output = bed.run("blastn", &["-db", "nt", "-query", "nt.fa", "-outfmt", "6"]);
    let found = code(&output);
    assert!(matches!(found, "success" | "crashed" | "database_damaged"), "{found}");
    if found == "success" {
        assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    }
}
