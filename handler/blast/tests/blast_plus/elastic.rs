//! Searches in batches on a cluster: BLAST+ takes what we hand on, and batches together say what one run says.

use crate::bed::Bed;
use crate::tables::many;
use blastline_blast::Program;
use blastline_blast::command::{formatter_args, search_args};
use blastline_blast::elastic::join::Joiner;
use blastline_blast::elastic::options::MULTI_WORD;
use blastline_blast::elastic::{ElasticOptions, ElasticOutfmt, plan_batches};
use blastline_blast::fasta::{Limits, QueryRecord, Want, normalise};
use blastline_blast::options::{OptionValue, RawOptions, SearchOptions, validate};
use blastline_blast::plan::Part;
use blastline_blast::table::{Hsp, Reader, outfmt};

/// What the script in the cluster makes of the options: the shell splits at blanks, and what stands between the format's
/// option and the next is one value.
fn arguments(options: &str) -> Vec<String> {
    let mut args: Vec<String> = Vec::new();
    let mut open = false;
    for word in options.split(' ') {
        let is_option = word.starts_with('-') && !word[1..].starts_with(|c: char| c.is_ascii_digit());
        match args.last_mut() {
            Some(value) if open && !is_option && !value.starts_with('-') => *value += &format!(" {word}"),
            _ => args.push(word.to_owned()),
        }
        open = if is_option { word == MULTI_WORD } else { open };
    }
    args
}

/// A query that was read in, and its sequences.
fn query(bed: &Bed, program: Program) -> (String, Vec<QueryRecord>) {
    let (mut fasta, mut records) = (Vec::new(), Vec::new());
    let text = many(bed, program);
    normalise(text.as_bytes(), &mut fasta, Want::Program(program), &Limits::default(), &mut |record| {
        records.push(record.clone());
        Ok(())
    })
    .unwrap();
    (String::from_utf8(fasta).unwrap(), records)
}

/// Splits a query into batches as ElasticBLAST does, searches each as its script does, and gives what BLAST+ wrote.
fn in_batches(bed: &Bed, program: Program, options: &ElasticOptions, batch_len: u64) -> Vec<String> {
    let (fasta, records) = query(bed, program);
    let lengths: Vec<_> = records.iter().map(|record| record.letters).collect();
    let plan = plan_batches(program, &lengths, batch_len, 1);
    let search = |(number, batch): (usize, &Part)| {
        let of_batch = &records[batch.first as usize..(batch.first + batch.count) as usize];
        let (first, last) = (&of_batch[0], &of_batch[of_batch.len() - 1]);
        let text = fasta[first.offset as usize..(last.offset + last.bytes) as usize].trim_end();
        bed.write("batch.fa", &format!("{text}{}\n", " ".repeat(plan.blanks(number) as usize)));
        let mut args = ["-db", Bed::database(program), "-query", "batch.fa", "-num_threads", "2"]
            .map(str::to_owned)
            .to_vec();
        args.extend(arguments(options.as_str()));
        bed.must(program.as_str(), &args)
    };
    plan.batches.iter().enumerate().map(search).collect()
}

/// The same query in one run, as the serverless engine searches it: through an archive and `blast_formatter`.
fn in_one_run(bed: &Bed, options: &SearchOptions) -> String {
    let program = options.program();
    bed.write("whole.fa", &query(bed, program).0);
    bed.must(program.as_str(), &search_args(options, Bed::database(program), "whole.fa", Some("whole.asn")));
    bed.must("blast_formatter", &formatter_args("whole.asn", &outfmt(), None))
}

fn rows(tables: &[String]) -> Vec<Hsp> {
    let mut before = 0;
    let mut all = Vec::new();
    for table in tables {
        let mut reader = Reader::new(table.as_bytes());
        while let Some(block) = reader.next_block().unwrap() {
            all.extend(block.hsps.into_iter().map(|hsp| Hsp { query: hsp.query + before, ..hsp }));
        }
        before += reader.finish().unwrap().queries;
    }
    all
}

fn defaults(program: Program, outfmt: &ElasticOutfmt) -> (SearchOptions, ElasticOptions) {
    let options = SearchOptions::defaults(program).unwrap();
    let elastic = ElasticOptions::of_search(&options, outfmt).unwrap();
    (options, elastic)
}

#[test]
fn rows_of_batches_are_those_of_one_run() {
    let bed = Bed::new();
    for program in Program::ALL {
        let (options, elastic) = defaults(program, &ElasticOutfmt::Hits);
        let tables = in_batches(&bed, program, &elastic, 3_000);
        assert!(tables.len() > 1, "{program}");
        let found = rows(&tables);
        assert!(found.len() > 100, "{program}");
        assert_eq!(found, rows(&[in_one_run(&bed, &options)]), "{program}");
    }
}

#[test]
fn files_of_batches_joined_are_the_file_of_one_run() {
    let bed = Bed::new();
    let fields = vec!["std".to_owned(), "stitle".to_owned()];
    for program in [Program::Blastn, Program::Blastp] {
        let names: Vec<_> = query(&bed, program).1.into_iter().map(|record| record.id).collect();
        for outfmt in [
            ElasticOutfmt::Report,
            ElasticOutfmt::Xml,
            ElasticOutfmt::Tabular(fields.clone()),
            ElasticOutfmt::Commented(fields.clone()),
            ElasticOutfmt::Csv(fields.clone()),
            ElasticOutfmt::Json,
            ElasticOutfmt::Xml2,
        ] {
            let (_, elastic) = defaults(program, &outfmt);
            let join = outfmt.statement().join;
            let (mut joiner, mut named) = (Joiner::new(join, Vec::new()), Vec::new());
            for batch in in_batches(&bed, program, &elastic, 9_000) {
                joiner.add(&mut batch.as_bytes(), &mut |name| named.push(name.to_owned())).unwrap();
            }
            let told = joiner.told().clone();
            let joined = String::from_utf8(joiner.finish().unwrap()).unwrap();
            let [whole] = in_batches(&bed, program, &elastic, u64::MAX).try_into().unwrap();
            assert_eq!(joined, whole, "{program} {outfmt}");
            if join.names_queries() {
                assert_eq!((told.queries, &named), (names.len() as u64, &names), "{program} {outfmt}");
                assert!(told.program.starts_with(&program.as_str().to_uppercase()), "{told:?}");
            }
        }
    }
}

#[test]
fn blast_takes_every_format_that_is_offered_without_a_word() {
    let bed = Bed::new();
    for program in Program::ALL {
        for outfmt in ElasticOutfmt::offered() {
            let (_, elastic) = defaults(program, &outfmt);
            let mut args =
                ["-db", Bed::database(program), "-query", Bed::query(program)].map(str::to_owned).to_vec();
            args.extend(arguments(elastic.as_str()));
            let output = bed.run(program.as_str(), &args);
            assert!(output.status.success() && !output.stdout.is_empty(), "{program} {outfmt}");
            let words = String::from_utf8_lossy(&output.stderr);
            assert!(!words.contains("ignored") && !words.contains("rror"), "{program} {outfmt}: {words}");
        }
    }
}

#[test]
fn yes_stands_for_the_usual_numbers_of_both_filters() {
    let bed = Bed::new();
    let low = "ACGT".repeat(2) + &"A".repeat(90) + &"CAG".repeat(40);
    bed.write("low.fa", &format!(">low\n{low}\n{}", bed.read("nt.fa")));
    bed.write("plow.fa", &format!(">low\n{}\n{}", "QQQQQQQQPPPPPPPP".repeat(5), bed.read("aa.fa")));
    for (program, query, name, numbers) in [
        (Program::Blastn, "low.fa", "dust", "20 64 1"),
        (Program::Blastp, "plow.fa", "seg", "12 2.2 2.5"),
        (Program::Tblastn, "plow.fa", "seg", "12 2.2 2.5"),
        (Program::Blastx, "low.fa", "seg", "12 2.2 2.5"),
        (Program::Tblastx, "low.fa", "seg", "12 2.2 2.5"),
    ] {
        let run = |value: &str| {
            let raw: RawOptions = [(name.to_owned(), OptionValue::from(value))].into();
            let mut args = validate(program, &raw).unwrap().args();
            args.extend(["-db", Bed::database(program), "-query", query, "-outfmt", "5"].map(str::to_owned));
            // The masked letters are in lower case within the alignments.
            bed.must(program.as_str(), &args)
        };
        let [yes, as_numbers, no] = ["yes", numbers, "no"].map(run);
        assert_eq!(yes, as_numbers, "{program}");
        assert_ne!(yes, no, "{program}");
    }
}
