use super::*;
use crate::{
    child::{HandlerChildren, tests::roles},
    database::{Manifest, TAXONOMY_FILE},
};
use blastline_jobs::{error_code::ErrorCode, retry::RetryClass};
use std::{fs, io::Write, path::Path, process::Command};
use tempfile::TempDir;
use time::OffsetDateTime;

const DNA: &str = "ACGTTGCAAGGTTTCCGTAGGTGAACCTGCGGAAGGATCATTGATGAGACCGTGG";
const PROTEIN: &str = "MKVLAAGIVGLLLAQWERTYIPASDFGHKLCVNM";

fn request(dir: &Path, fasta: &[u8]) -> BuildRequest {
    fs::write(dir.join("in.fa"), fasta).unwrap();
    BuildRequest {
        name: "my.db-1_x".parse().unwrap(),
        title: "-title of \"mine\" $(x)".to_owned(),
        description: String::new(),
        molecule: None,
        fasta: dir.join("in.fa"),
        taxid_map: None,
        taxonomy: None,
        organisms_in_titles: false,
        source: "a test".to_owned(),
        source_date: String::new(),
        licence: "CC0-1.0".to_owned(),
        examples: Vec::new(),
    }
}

async fn build(request: BuildRequest) -> Result<BuiltDatabase, BuildError> {
    let work = TempDir::new().unwrap();
    let prepared = Prepared::check(request, work.path()).await?;
    let built = prepared.build(&HandlerChildren::new(roles()), None, OffsetDateTime::UNIX_EPOCH).await;
    if built.is_err() {
        assert_eq!(left_in(work.path()), 0, "nothing stays of a build that failed");
    }
    built
}

async fn built(fasta: &str) -> Manifest {
    let dir = TempDir::new().unwrap();
    build(request(dir.path(), fasta.as_bytes())).await.unwrap().manifest
}

async fn refused(fasta: &[u8]) -> BuildError {
    let dir = TempDir::new().unwrap();
    let error = build(request(dir.path(), fasta)).await.unwrap_err();
    assert!(error.is_input_fault(), "{error}");
    assert_eq!(error.retry_class(), RetryClass::Permanent);
    error
}

fn names(manifest: &Manifest) -> Vec<&str> {
    manifest.files.iter().map(|file| file.name.as_str()).collect()
}

#[tokio::test]
async fn the_molecule_is_found_out_and_the_files_carry_the_name() {
    let dna = built(&format!(">a\n{DNA}\n>b\n{DNA}\n")).await;
    assert_eq!((dna.molecule, dna.sequences, dna.letters), (Molecule::Nucleotide, 2, 110));
    assert!(names(&dna).contains(&"my.db-1_x.nsq"), "{:?}", names(&dna));
    let protein = built(&format!(">a\n{PROTEIN}\n")).await;
    assert_eq!((protein.molecule, protein.sequences, protein.letters), (Molecule::Protein, 1, 34));
    assert!(names(&protein).iter().all(|name| name.starts_with("my.db-1_x.p")), "{:?}", names(&protein));
    assert!(!protein.has_taxonomy && !protein.has_organisms);
}

#[tokio::test]
async fn the_title_is_kept_whatever_it_looks_like() {
    let dir = TempDir::new().unwrap();
    let wanted = request(dir.path(), format!(">a\n{DNA}\n").as_bytes());
    let prepared = Prepared::check(wanted, dir.path()).await.unwrap();
    let children = HandlerChildren::new(roles());
    let built = prepared.build(&children, None, OffsetDateTime::UNIX_EPOCH).await.unwrap();
    let said = Command::new("blastdbcmd")
        .args(["-info", "-db", "my.db-1_x"])
        .env("BLASTDB", built.file(&built.manifest.files[0]).parent().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.starts_with("Database: -title of \"mine\" $(x)\n"), "{said}");
    assert_eq!(built.remarks, "");
}

#[tokio::test]
async fn the_generation_is_of_the_content_alone() {
    let dir = TempDir::new().unwrap();
    let generation = async |request: BuildRequest| {
        Prepared::check(request, dir.path()).await.unwrap().database().generation.to_string()
    };
    let text = format!(">a\n{DNA}\n");
    let base = generation(request(dir.path(), text.as_bytes())).await;
    assert_eq!(base.len(), 16);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.replace('\n', "\r\n").as_bytes()).unwrap();
    assert_eq!(generation(request(dir.path(), &gzip.finish().unwrap())).await, base, "gzip and CRLF");
    let told = BuildRequest { title: "other".to_owned(), ..request(dir.path(), text.as_bytes()) };
    assert_eq!(generation(told).await, base, "a title");
    assert_ne!(generation(request(dir.path(), text.replace(">a", ">b").as_bytes())).await, base);
    fs::write(dir.path().join("taxids"), "a 9606\n").unwrap();
    let with_taxids = || BuildRequest {
        taxid_map: Some(dir.path().join("taxids")),
        ..request(dir.path(), text.as_bytes())
    };
    let of_humans = generation(with_taxids()).await;
    fs::write(dir.path().join("taxids"), "a 10090\n").unwrap();
    let of_mice = generation(with_taxids()).await;
    assert!(of_humans != base && of_humans != of_mice);
}

#[tokio::test]
async fn taxa_come_along_and_wrong_ones_are_named() {
    let dir = TempDir::new().unwrap();
    let (taxids, taxa) = (dir.path().join("taxids"), dir.path().join("taxa"));
    let with = |map: &str, taxonomy: &str| {
        fs::write(&taxids, map).unwrap();
        fs::write(&taxa, taxonomy).unwrap();
        BuildRequest {
            taxid_map: Some(taxids.clone()),
            taxonomy: Some(taxa.clone()),
            ..request(dir.path(), format!(">NC_1.1 a\n{DNA}\n").as_bytes())
        }
    };
    let root = "1\t1\tno rank\troot\n";
    let manifest = build(with("NC_1.1\t9606\n", root)).await.unwrap().manifest;
    assert!(names(&manifest).contains(&TAXONOMY_FILE) && manifest.has_taxonomy && manifest.has_organisms);
    let wrong = build(with("NC_1.1\thuman\n", root)).await.unwrap_err();
    assert!(wrong.fault().detail.starts_with("Line 1 of the taxid map"), "{wrong}");
    let wrong = build(with("NC_1.1 9606\n", "1\t1\tno rank\n")).await.unwrap_err();
    assert!(wrong.fault().detail.starts_with("Line 1 of the taxonomy"), "{wrong}");
}

/// What a person reads of each refusal.
#[tokio::test]
async fn sequences_that_cannot_be_a_database_are_told_with_the_line() {
    let long = "x".repeat(51);
    let cases: [(String, &str); 14] = [
        (String::new(), "empty"),
        ("ACGT".repeat(3) + "\n>only a header\n", "no sequence below it"),
        (format!(">a\n{DNA}\n>A again\n{DNA}\n"), "name “A”: line 1 and line 3."),
        (format!(">a\n{DNA}\n\n>lcl|a\n{DNA}\n"), "line 1 and line 4."),
        (format!(">ok\n{DNA}\n>{long} t\n{DNA}\n"), "in line 3 has 51 characters; BLAST takes 50."),
        (format!(">ok\n{DNA}\n>Unc65719.0 t\n{DNA}\n"), "“Unc65719.0” in line 3 as the name"),
        (format!(">ok\n{DNA}\n>gnl|z t\n{DNA}\n"), "“gnl|z” in line 3 as the name"),
        (format!(">a|b|c|d t\n{DNA}\n"), "“a|b|c|d” in line 1 as the name"),
        (format!(">é t\n{DNA}\n"), "“é” in line 1 as the name"),
        (format!(">a\n{DNA}J\n"), "line 2, column 56"),
        (format!(">a\n{DNA}\n>b\n{PROTEIN}\n"), "is a protein sequence"),
        (format!("@a\n{DNA}\n+\n{DNA}\n"), "FASTQ"),
        (format!(">sp|P1234X|A t\n{PROTEIN}\n>sp|P1234X|B t\n{PROTEIN}\n"), "line 1 and line 3."),
        (
            format!(">gi|7|gb|AB000001.1| t\n{DNA}\n>gi|8|gb|AB000001.1| t\n{DNA}\n"),
            "Two sequences have the name",
        ),
    ];
    for (fasta, words) in cases {
        let fault = refused(fasta.as_bytes()).await.fault();
        assert!(fault.detail.contains(words), "{fasta:?}: {} (wanted: {words})", fault.detail);
        assert_eq!(fault.code, ErrorCode::InvalidQueryFasta);
        assert!(fault.hint.is_some(), "{}", fault.detail);
    }
    refused(&[0x1f, 0x8b, 8, 0, 1, 2, 3]).await;
    refused(&[0, 159, 146, 150, 7, 8]).await;
    let dir = TempDir::new().unwrap();
    let asked = BuildRequest {
        molecule: Some(Molecule::Protein),
        ..request(dir.path(), format!(">a\n{DNA}\n").as_bytes())
    };
    let error = build(asked).await.unwrap_err();
    assert!(error.fault().detail.contains("takes protein sequences"), "{}", error.fault().detail);
}

#[tokio::test]
async fn names_as_databases_have_them_are_taken() {
    let ids =
        ["NC_001416.1", "gi|123|gb|ABC123.1|", "gnl|db|5", "C#x(z)", "1", "lcl|my", "C.irapeanum", "Query_7"];
    let fasta: String = ids.iter().map(|id| format!(">{id} title\n{DNA}\n")).collect();
    assert_eq!(built(&fasta).await.sequences, 8);
    let ids = ["sp|P12345|NAME_HUMAN", "tr|A0A1|X_Y", "WP_000001.1"];
    let fasta: String = ids.iter().map(|id| format!(">{id} title OS=x\n{PROTEIN}\n")).collect();
    assert_eq!(built(&fasta).await.sequences, 3);
    let unnamed = built(&format!("{DNA}\n>\n{DNA}\n")).await;
    assert_eq!(unnamed.sequences, 2, "names are made for those without");
}

#[tokio::test]
async fn programs_that_are_not_there_are_named() {
    let dir = TempDir::new().unwrap();
    let wanted = request(dir.path(), format!(">a\n{DNA}\n").as_bytes());
    let prepared = Prepared::check(wanted, dir.path()).await.unwrap();
    let children = HandlerChildren::new(roles());
    let error = prepared.build(&children, Some(dir.path()), OffsetDateTime::UNIX_EPOCH).await.unwrap_err();
    assert!(matches!(error, BuildError::NotInstalled { program: "makeblastdb", .. }), "{error}");
    assert_eq!(error.fault().code, ErrorCode::BlastUnavailable);
    assert!(!error.is_input_fault());
}

#[tokio::test]
async fn a_build_that_is_dropped_ends_its_program_and_cleans_up() {
    let dir = TempDir::new().unwrap();
    let bin = dir.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let pid = dir.path().join("pid");
    let script =
        format!("#!/bin/sh\necho $$ > {0}.new; mv {0}.new {0}\nexec tail -f /dev/null\n", pid.display());
    fs::write(bin.join("makeblastdb"), script).unwrap();
    fs::set_permissions(bin.join("makeblastdb"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let work = dir.path().join("work");
    let wanted = request(dir.path(), format!(">a\n{DNA}\n").as_bytes());
    let prepared = Prepared::check(wanted, &work).await.unwrap();
    let running = tokio::spawn(async move {
        let children = HandlerChildren::new(roles());
        prepared.build(&children, Some(&bin), OffsetDateTime::UNIX_EPOCH).await.map(drop)
    });
    let process = || {
        let pid = fs::read_to_string(&pid).ok()?;
        Some(Path::new("/proc").join(pid.trim()))
    };
    until(|| process().is_some()).await;
    let process = process().unwrap();
    assert!(process.exists());
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    until(|| !process.exists()).await;
    assert_eq!(left_in(&work), 0);
}

/// What is in a work directory besides the lock that all builds share.
fn left_in(work: &Path) -> usize {
    fs::read_dir(work).unwrap().filter(|entry| entry.as_ref().unwrap().file_name() != ".build.lock").count()
}

async fn until(mut holds: impl FnMut() -> bool) {
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(5));
    let met = async {
        while !holds() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), met).await.expect("in time");
}
