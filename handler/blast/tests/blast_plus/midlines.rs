//! Midlines: ours against those in BLAST+'s XML.

use crate::bed::Bed;
use blastline_blast::Program;
use blastline_blast::alignment::midline;
use blastline_blast::options::{MATRICES, OptionValue, RawOptions, validate};

/// The texts of an XML element, in order.
fn texts<'a>(xml: &'a str, element: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let pieces = xml.split(open.as_str()).skip(1);
    pieces.map(|piece| piece.split(close.as_str()).next().unwrap()).collect()
}

/// XML shows masked residues as X but draws its midline without the mask; a table shows them without it, as we do.
fn compare(bed: &Bed, program: Program, chosen: RawOptions) -> usize {
    let options = validate(program, &chosen).unwrap();
    let table = bed.search(&options, "6 qseq sseq");
    let xml = bed.search(&options, "5");
    let lines = texts(&xml, "Hsp_midline");
    assert_eq!(lines.len(), table.lines().count());
    for (row, line) in table.lines().zip(&lines) {
        let (query, subject) = row.split_once('\t').unwrap();
        assert_eq!(midline(program, options.matrix(), query, subject), *line, "{program} {chosen:?}");
    }
    lines.len()
}

#[test]
fn midlines_of_every_program_and_matrix_are_those_of_blast() {
    let bed = Bed::new();
    let mut letters = crate::bed::Letters::from(11);
    // Pairs of all letters, rare and ambiguous ones included, within a frame that is found.
    let query = letters.take("ABCDEFGHIJKLMNOPQRSTUVWXYZ*", 900);
    let subject = letters.mutate(&query, "ABCDEFGHIJKLMNOPQRSTUVWXYZ*", 3);
    bed.write("odd.db.fa", &format!("{}>odd\n{subject}\n", bed.read("aa.db.fa")));
    bed.must("makeblastdb", &["-in", "odd.db.fa", "-dbtype", "prot", "-out", "aa"]);
    bed.write("aa.fa", &format!("{}>oddq\n{query}\n", bed.read("aa.fa")));
    for program in Program::ALL {
        if program == Program::Blastn {
            assert!(compare(&bed, program, RawOptions::new()) > 3);
            continue;
        }
        for row in MATRICES {
            let chosen = RawOptions::from([
                ("matrix".to_owned(), OptionValue::from(row.matrix)),
                ("seg".to_owned(), OptionValue::from("no")),
            ]);
            assert!(compare(&bed, program, chosen) > 3, "{program} {}", row.matrix);
        }
    }
}

#[test]
fn masked_queries_are_compared_without_their_mask() {
    let bed = Bed::new();
    for program in Program::ALL {
        let chosen = RawOptions::from([
            ("lcase_masking".to_owned(), OptionValue::Bool(true)),
            ("soft_masking".to_owned(), OptionValue::Bool(false)),
        ]);
        assert!(compare(&bed, program, chosen) > 0);
    }
}
