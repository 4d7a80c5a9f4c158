//! Tables: what is read from an archive is what a direct run prints.

use crate::bed::{AMINO, Bed, DNA, Letters};
use blastline_blast::command::{formatter_args, search_args};
use blastline_blast::fasta::{Limits, QueryRecord, Want, normalise};
use blastline_blast::options::SearchOptions;
use blastline_blast::plan::{Part, PartLimits, PlanInput, batch_letters, next_parts};
use blastline_blast::table::{
    Block, FIELDS, Reader, Summary, outfmt, outfmt6_row, outfmt7_block_header, outfmt7_footer, version_line,
};
use blastline_blast::{Molecule, Program};

fn archive(bed: &Bed, options: &SearchOptions, query: &str) -> String {
    let program = options.program();
    bed.must(program.as_str(), &search_args(options, Bed::database(program), query, Some("archive.asn")));
    bed.must("blast_formatter", &formatter_args("archive.asn", &outfmt(), None))
}

fn read(table: &str) -> (Vec<Block>, Summary) {
    let mut reader = Reader::new(table.as_bytes());
    let mut blocks = Vec::new();
    while let Some(block) = reader.next_block().unwrap() {
        blocks.push(block);
    }
    (blocks, reader.finish().unwrap())
}

#[test]
fn rows_of_every_program_are_those_of_a_direct_run() {
    let bed = Bed::new();
    for program in Program::ALL {
        let options = SearchOptions::defaults(program).unwrap();
        let (blocks, summary) = read(&archive(&bed, &options, Bed::query(program)));
        assert!(summary.hsps > 0 && summary.queries_with_hits < summary.queries, "{program}: {summary:?}");
        let six: String = blocks.iter().flat_map(|block| block.hsps.iter().map(outfmt6_row)).collect();
        assert_eq!(six, bed.search(&options, "6"), "{program}");
        let version = bed.must(program.as_str(), &["-version"]);
        let version = version.split_whitespace().nth(1).unwrap();
        let program_line = version_line(program, version);
        assert_eq!(summary.program, program_line);
        let mut seven = String::new();
        for block in &blocks {
            let head = &block.header;
            seven += &outfmt7_block_header(&program_line, &head.defline, &head.database, head.hits);
            seven.extend(block.hsps.iter().map(outfmt6_row));
        }
        seven += &outfmt7_footer(summary.queries);
        assert_eq!(seven, bed.search(&options, "7"), "{program}");
    }
}

#[test]
fn blast_knows_every_field() {
    let bed = Bed::new();
    let options = SearchOptions::defaults(Program::Blastn).unwrap();
    let table = archive(&bed, &options, "nt.fa");
    let names = table.lines().find_map(|line| line.strip_prefix("# Fields: ")).unwrap();
    assert_eq!(names.split(", ").count(), FIELDS.len(), "BLAST+ drops what it does not know: {names}");
}

#[test]
fn values_of_every_program_agree_with_each_other() {
    let bed = Bed::new();
    for program in Program::ALL {
        let options = SearchOptions::defaults(program).unwrap();
        for hsp in
            read(&archive(&bed, &options, Bed::query(program))).0.into_iter().flat_map(|block| block.hsps)
        {
            assert_eq!(hsp.qseq.len() as u64, hsp.length);
            assert_eq!(hsp.sseq.len() as u64, hsp.length);
            assert_eq!(hsp.nident + hsp.mismatch + hsp.gaps, hsp.length);
            let translated = |yes: bool| if yes { 3 } else { 1 };
            for (seq, start, end, step) in [
                (&hsp.qseq, hsp.qstart, hsp.qend, translated(program.translates_query())),
                (&hsp.sseq, hsp.sstart, hsp.send, translated(program.translates_subject())),
            ] {
                let residues = seq.bytes().filter(|&b| b != b'-').count() as u64;
                assert_eq!(start.abs_diff(end) + 1, residues * step, "{program}");
            }
            assert_eq!(
                program.translates_query(),
                (hsp.qframe, hsp.qstart).0 != 0 && program.translates_query()
            );
            assert_eq!(hsp.sstrand.is_some(), program == Program::Blastn);
        }
    }
}

/// Enough queries of many lengths for several batches of BLAST+ and several parts of ours.
pub fn many(bed: &Bed, program: Program) -> String {
    let mut letters = Letters::from(23);
    let protein = program.query_molecule() == Molecule::Protein;
    let (source, alphabet) = if protein { ("aa.db.fa", AMINO) } else { ("nt.db.fa", DNA) };
    let text = bed.read(source);
    let sequence = text.lines().nth(1).unwrap();
    let mut fasta = String::new();
    for index in 0..220 {
        let length = [30, 60, 90, 150, 280][letters.below(5)];
        let start = letters.below(sequence.len() - length);
        let id = ["", "same", "other name"][letters.below(3)];
        let piece = letters.mutate(&sequence[start..start + length], alphabet, 12);
        fasta += &format!(">{id}\n{piece}\n");
        if index % 44 == 0 {
            fasta += &format!(">nothing\n{}\n", letters.take(alphabet, 40));
        }
    }
    fasta
}

fn cut(records: &[QueryRecord], program: Program) -> Vec<Part> {
    let lengths: Vec<_> = records.iter().map(|record| record.letters).collect();
    let mut parts: Vec<Part> = Vec::new();
    loop {
        let planned_to = parts.last().map_or(0, |part| part.first + part.count);
        let next = next_parts(&PlanInput {
            total_queries: lengths.len() as u64,
            planned_to,
            lengths: &lengths[planned_to as usize..],
            pace_letters_per_s: (planned_to > 0).then_some(150.0),
            target_seconds: 60.0,
            slots: 2,
            limits: PartLimits::for_program(program),
        });
        if next.is_empty() {
            return parts;
        }
        parts.extend(next);
    }
}

#[test]
fn a_search_in_parts_prints_what_one_run_prints() {
    let bed = Bed::new();
    for program in Program::ALL {
        let options = SearchOptions::defaults(program).unwrap();
        bed.write(Bed::query(program), &many(&bed, program));
        let whole = bed.search(&options, "6");
        let mut normal = Vec::new();
        let mut records = Vec::new();
        let input = bed.read(Bed::query(program));
        normalise(input.as_bytes(), &mut normal, Want::Program(program), &Limits::default(), &mut |record| {
            records.push(record.clone());
            Ok(())
        })
        .unwrap();
        let parts = cut(&records, program);
        assert!(parts.len() > 1, "{program}");
        let mut joined = String::new();
        for part in parts {
            let part = &records[part.first as usize..(part.first + part.count) as usize];
            let (first, last) = (&part[0], &part[part.len() - 1]);
            let slice = &normal[first.offset as usize..(last.offset + last.bytes) as usize];
            bed.write("part.fa", std::str::from_utf8(slice).unwrap());
            let (blocks, summary) = read(&archive(&bed, &options, "part.fa"));
            assert_eq!(summary.queries, part.len() as u64);
            for (block, record) in blocks.iter().zip(part) {
                assert!(block.hsps.iter().all(|hsp| hsp.qaccver == record.id && hsp.qlen == record.letters));
                joined.extend(block.hsps.iter().map(outfmt6_row));
            }
        }
        assert!(joined == whole, "{program}: parts print other rows than one run");
    }
}

/// Where BLAST+ ends its batches: `blast_formatter` prints one footer a batch.
#[test]
fn batches_of_translated_searches_end_where_we_say() {
    let bed = Bed::new();
    for program in [Program::Blastx, Program::Tblastn, Program::Tblastx] {
        let options = SearchOptions::defaults(program).unwrap();
        bed.write(Bed::query(program), &many(&bed, program));
        let table = archive(&bed, &options, Bed::query(program));
        let found: Vec<usize> = table
            .lines()
            .filter_map(|line| {
                line.strip_prefix("# BLAST processed ")?.strip_suffix(" queries")?.parse().ok()
            })
            .collect();
        let text = bed.read(Bed::query(program));
        let lengths = text.lines().filter(|line| !line.starts_with('>')).map(|line| line.len() as u64);
        let mut expected = vec![0];
        let mut letters = 0;
        for length in lengths {
            *expected.last_mut().unwrap() += 1;
            letters += length;
            if letters >= batch_letters(program) {
                expected.push(0);
                letters = 0;
            }
        }
        expected.retain(|&queries| queries > 0);
        assert!(found.len() > 1);
        assert_eq!(found, expected, "{program}");
    }
}
