//! Output of BLAST+ comes out of the store byte by byte.

use super::support::{TestBlobs, store};
use crate::hits::organism::{OrganismOf, TaxonNames};
use crate::hits::{ExportItem, ExportRequest, HitStore, ParquetHitStore, PartFiles, QueryHead};
use blastline_blast::Program;
use blastline_blast::table::{
    Event, Reader, Summary, outfmt, outfmt7_block_header, outfmt7_footer, push_outfmt6_row, version_line,
};
use futures::StreamExt;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Letters from a linear congruential generator: the same on every machine.
fn letters(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        b"ACGT"[(state >> 33) as usize % 4]
    };
    (0..length).map(|_| next()).collect()
}

/// A copy with every n-th letter replaced and one deleted, so that scores differ and gaps occur.
fn mutant(of: &[u8], every: usize) -> Vec<u8> {
    let mut copy: Vec<u8> = of
        .iter()
        .enumerate()
        .map(|(i, c)| if i % every == every - 1 { if *c == b'A' { b'C' } else { b'A' } } else { *c })
        .collect();
    copy.remove(copy.len() / 2);
    copy
}

fn fasta(records: &[(String, Vec<u8>)]) -> String {
    records.iter().map(|(head, seq)| format!(">{head}\n{}\n", String::from_utf8_lossy(seq))).collect()
}

fn run(program: &str, dir: &Path, args: &[&str]) -> Vec<u8> {
    let out = Command::new(program).args(args).current_dir(dir).output().unwrap();
    assert!(out.status.success(), "{program}: {}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

/// Writes a table into the store as a part does.
fn write(hit_store: &dyn HitStore, dir: &Path, table: &[u8], lengths: &[u64]) -> (PartFiles, Summary) {
    let mut writer = hit_store.part_writer(dir, 0).unwrap();
    let names = TaxonNames::default();
    let mut reader = Reader::new(BufReader::new(table));
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Query(head) => {
                let (id, title) = head.defline.split_once(' ').unwrap_or((&head.defline, ""));
                let letters = lengths[usize::try_from(head.ordinal).unwrap()];
                writer.begin_query(&QueryHead { query: head.ordinal, id, title, letters }).unwrap();
            }
            Event::Hsp(row) => {
                let origin = names.origin(row.staxids.as_deref(), row.stitle.as_deref());
                writer.push(&row, origin).unwrap();
            }
        }
    }
    let summary = reader.finish().unwrap();
    (writer.finish().unwrap(), summary)
}

#[tokio::test]
async fn outfmt_6_and_7_of_blastn_come_out_unchanged() {
    let dir = tempfile::tempdir().unwrap();
    let originals: Vec<Vec<u8>> = (1..5).map(|n| letters(n, 400 + 100 * n as usize)).collect();
    let mut subjects = Vec::new();
    for (n, original) in originals.iter().enumerate() {
        for every in [200, 50, 20, 11, 8] {
            subjects.push((format!("S{n}_{every} subject {n} [Genus species{n}]"), mutant(original, every)));
        }
        subjects.push((
            format!("T{n} twice"),
            [mutant(original, 30), letters(99, 80), mutant(original, 9)].concat(),
        ));
    }
    let mut queries: Vec<(String, Vec<u8>)> =
        originals.iter().enumerate().map(|(n, seq)| (format!("query{n} a defline"), seq.clone())).collect();
    queries.insert(2, ("nothing".to_owned(), letters(777, 60)));
    std::fs::write(dir.path().join("db.fa"), fasta(&subjects)).unwrap();
    std::fs::write(dir.path().join("q.fa"), fasta(&queries)).unwrap();
    run("makeblastdb", dir.path(), &["-in", "db.fa", "-dbtype", "nucl", "-parse_seqids", "-out", "db"]);
    let search = ["-query", "q.fa", "-db", "db", "-task", "blastn", "-evalue", "10"];
    let wanted = run("blastn", dir.path(), &[&search[..], &["-outfmt", "6"]].concat());
    let table = run("blastn", dir.path(), &[&search[..], &["-outfmt", &outfmt()]].concat());

    let blobs = Arc::new(TestBlobs::default());
    let hit_store = ParquetHitStore::new(blobs.clone());
    let lengths: Vec<u64> = queries.iter().map(|(_, seq)| seq.len() as u64).collect();
    let (files, summary) = write(&hit_store, dir.path(), &table, &lengths);
    assert_eq!((files.counts.queries, files.counts.queries_without_hits), (5, 1));
    assert_eq!((files.counts.hits, files.counts.alignments), (summary.subjects, summary.hsps));
    let part = store(&blobs, "job", &files).await;
    let hits = hit_store.reader(vec![part]).unwrap();

    let (mut six, mut seven) = (String::new(), String::new());
    let program = version_line(Program::Blastn, summary.program.trim_start_matches("BLASTN "));
    let mut stream = hits.export(ExportRequest { queries: true, ..ExportRequest::default() });
    while let Some(batch) = stream.next().await {
        batch.unwrap().for_each(|item| match item {
            ExportItem::Query(line) => {
                let defline = format!("{} {}", line.id, line.title);
                seven.push_str(&outfmt7_block_header(&program, defline.trim_end(), "db", line.alignments));
            }
            ExportItem::Hsp(row) => {
                push_outfmt6_row(&mut six, row);
                push_outfmt6_row(&mut seven, row);
            }
        });
    }
    seven.push_str(&outfmt7_footer(files.counts.queries));
    assert!(wanted.len() > 1000);
    assert_eq!(six, String::from_utf8(wanted).unwrap());
    let wanted = run("blastn", dir.path(), &[&search[..], &["-outfmt", "7"]].concat());
    assert_eq!(seven, String::from_utf8(wanted).unwrap());
    let first = hits.query(0).await.unwrap().best.unwrap();
    assert_eq!((first.subject_id.as_str(), first.organism.as_deref()), ("S0_200", Some("Genus species0")));
}
