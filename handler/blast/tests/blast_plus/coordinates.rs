//! Coordinates at the ends of each line of an alignment: ours against BLAST+'s pairwise text.

use crate::bed::Bed;
use blastline_blast::Program;
use blastline_blast::alignment::lines;
use blastline_blast::command::{formatter_args, search_args};
use blastline_blast::options::SearchOptions;
use blastline_blast::table::{Event, Reader, outfmt};

/// Start and end of each `Query` or `Sbjct` line; a line of gaps alone has none.
fn printed(text: &str, label: &str) -> Vec<(Option<u64>, Option<u64>)> {
    let rows = text.lines().filter(|line| line.starts_with(label));
    rows.map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        if words.len() < 4 { (None, None) } else { (words[1].parse().ok(), words[3].parse().ok()) }
    })
    .collect()
}

#[test]
fn lines_begin_and_end_where_blast_says() {
    let bed = Bed::new();
    for program in Program::ALL {
        let options = SearchOptions::defaults(program).unwrap();
        let (db, query) = (Bed::database(program), Bed::query(program));
        bed.must(program.as_str(), &search_args(&options, db, query, Some("a.asn")));
        let table = bed.must("blast_formatter", &formatter_args("a.asn", &outfmt(), None));
        let text = bed.must("blast_formatter", &formatter_args("a.asn", "0", None));
        let mut ours = (Vec::new(), Vec::new());
        let mut reader = Reader::new(table.as_bytes());
        while let Some(event) = reader.next_event().unwrap() {
            let Event::Hsp(hsp) = event else { continue };
            for line in lines(program, &hsp, 60) {
                ours.0.push((line.query.start, line.query.end));
                ours.1.push((line.subject.start, line.subject.end));
            }
        }
        for (label, ours) in [("Query ", ours.0), ("Sbjct ", ours.1)] {
            let theirs = printed(&text, label);
            assert_eq!(ours.len(), theirs.len(), "{program} {label}");
            for (ours, theirs) in ours.iter().zip(theirs) {
                if let (Some(start), Some(end)) = theirs {
                    assert_eq!(*ours, (start, end), "{program} {label}");
                }
            }
        }
    }
}
