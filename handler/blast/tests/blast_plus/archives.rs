//! Archives: the rows that are made of one are those that `blast_formatter` prints.

use crate::bed::{Bed, DNA, Letters, reverse_complement};
use blastline_blast::Program;
use blastline_blast::archive::{ArchiveError, ArchiveReader, RowMaker, Subject, is_readable};
use blastline_blast::command::{formatter_args, search_args};
use blastline_blast::options::{OptionValue, validate};
use blastline_blast::table::{Hsp, Reader, outfmt};
use std::collections::HashMap;

/// Names in the ways that databases have them.
const NAMES: [&str; 6] =
    ["plain", "gb|AB000001.1|", "ref|NC_000017.3|", "emb|Z78533|", "lcl|with.dots_1", "dbj|D00001.2|X"];

fn database(letters: &mut Letters) -> String {
    let ancestor = letters.take(DNA, 1200);
    let mut text = String::new();
    for (index, name) in NAMES.iter().enumerate() {
        let mut relative = letters.mutate(&ancestor, DNA, 6 + index * 7);
        relative.replace_range(400..400 + index * 3, "");
        relative.replace_range(700..704, "NRYK");
        let title = if index == 2 { "" } else { " a title, with\t“signs” & blanks" };
        text += &format!(">{name}{title}\n{relative}\n");
    }
    // Two alignments with one subject, on both strands.
    text += &format!(
        ">twice two copies\n{}{}{}\n",
        &ancestor[100..600],
        letters.take(DNA, 300),
        reverse_complement(&ancestor[550..1000])
    );
    text
}

fn queries(letters: &mut Letters, database: &str) -> String {
    let sequences: Vec<&str> = database.lines().filter(|line| !line.starts_with('>')).collect();
    let mut text = String::new();
    for number in 0..40 {
        let whole = sequences[letters.below(sequences.len())];
        let from = letters.below(600);
        let (length, every) = (60 + letters.below(540), 9 + letters.below(60));
        let mut piece = letters.mutate(&whole[from..from + length], DNA, every);
        match number % 8 {
            1 => piece = reverse_complement(&piece),
            2 => piece = piece.to_lowercase(),
            3 => piece = piece.replace('T', "U"),
            4 => piece.replace_range(20..24, "nNRy"),
            5 => piece.replace_range(30..33, ""),
            6 => piece.insert_str(25, "ACGTTGCA"),
            7 => piece = letters.take(DNA, 200),
            _ => {}
        }
        text += &format!(">q{} number {number}\n{piece}\n", number % 30);
    }
    text
}

/// The sequences of a database as `blastdbcmd` lists them.
fn subjects(bed: &Bed) -> HashMap<String, Subject> {
    let listed = bed.must("blastdbcmd", &["-db", "own", "-entry", "all", "-outfmt", Subject::LISTING]);
    let subjects = listed.lines().map(|line| Subject::listed(line.as_bytes()).unwrap());
    subjects.map(|subject| (subject.accession.clone(), subject)).collect()
}

fn residues(fasta: &str) -> Vec<(String, Vec<u8>)> {
    let records = fasta.split('>').skip(1).map(|record| record.split_once('\n').unwrap());
    records
        .map(|(header, letters)| {
            let name = header.split_whitespace().next().unwrap().to_owned();
            (name, letters.replace('\n', "").to_uppercase().replace('U', "T").into_bytes())
        })
        .collect()
}

#[test]
fn rows_of_an_archive_are_those_of_blast_formatter() {
    let bed = Bed::new();
    let version = bed.must("blastn", &["-version"]);
    if !is_readable(Program::Blastn, version.split_whitespace().nth(1).unwrap()) {
        // Another release than those that were compared: its archives go to blast_formatter.
        return;
    }
    let mut seen = 0;
    for (seed, task) in
        [(1, "megablast"), (2, "blastn"), (3, "blastn-short"), (4, "dc-megablast"), (5, "blastn")]
    {
        let mut letters = Letters::from(seed);
        let sequences = database(&mut letters);
        let fasta = queries(&mut letters, &sequences);
        bed.write("own.fa", &sequences);
        bed.write("own.q.fa", &fasta);
        bed.write(
            "taxids.txt",
            &NAMES.map(|name| format!("{} 9606\n", name.split('|').nth(1).unwrap_or(name))).concat(),
        );
        bed.must(
            "makeblastdb",
            &["-in", "own.fa", "-dbtype", "nucl", "-parse_seqids", "-taxid_map", "taxids.txt", "-out", "own"],
        );
        let text = |value: &str| OptionValue::Text(value.to_owned());
        let given = [("task", text(task)), ("evalue", OptionValue::Float(10.0))];
        let given = given.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        let options = validate(Program::Blastn, &given).unwrap();
        bed.must("blastn", &search_args(&options, "own", "own.q.fa", Some("own.asn")));
        let table = bed.must("blast_formatter", &formatter_args("own.asn", &outfmt(), None));
        let mut reader = Reader::new(table.as_bytes());
        let mut wanted = Vec::new();
        while let Some(block) = reader.next_block().unwrap() {
            wanted.extend(block.hsps);
        }
        let (known, queries) = (subjects(&bed), residues(&fasta));
        let mut archive = ArchiveReader::new(std::fs::File::open(bed.path("own.asn")).unwrap());
        let (mut alignments, mut row, mut maker) = (Vec::new(), Hsp::default(), RowMaker::default());
        let mut found = Vec::new();
        while archive.next_query(&mut alignments).unwrap() {
            let (name, letters) = &queries[usize::try_from(alignments[0].query).unwrap()];
            maker
                .rows(
                    &alignments,
                    (name, letters),
                    |name| known.get(name),
                    &mut row,
                    |row| {
                        found.push(row.clone());
                        Ok::<(), ArchiveError>(())
                    },
                )
                .unwrap();
        }
        assert_eq!(archive.summary().queries, 40);
        assert_eq!(found.len(), wanted.len(), "{task}");
        for (found, wanted) in found.iter().zip(&wanted) {
            assert_eq!(found, wanted, "{task}");
        }
        seen += found.len();
    }
    assert!(seen > 500, "{seen}");
}
