use super::*;
use crate::program::Program;
use proptest::prelude::*;

/// A row with an id, a subject, its length and its title.
fn row(query: &str, subject: &str, slen: u64, title: &str) -> String {
    format!(
        "{query}\t{subject}\t99.500\t200\t1\t0\t1\t200\t400\t201\t7.53e-162\t  555\t300\t199\t199\t0\t300\t{slen}\t1\t-1\t\
         minus\tN/A\t100\t67\tgnl|x|{subject}\tACGT\tAC-T\t{title}\n"
    )
}

fn block(defline: &str, rows: &[String]) -> String {
    let fields = if rows.is_empty() { "" } else { "# Fields: query acc.ver, subject acc.ver\n" };
    let count = rows.len();
    format!(
        "# BLASTN 2.12.0+\n# Query: {defline}\n# Database: my db\n{fields}# {count} hits found\n{}",
        rows.concat()
    )
}

fn sample() -> String {
    let first = [
        row("q1", "s1", 500, "one"),
        row("q1", "s1", 500, "one"),
        row("q1", "s2", 500, "with\ttab and #"),
        row("q1", "s2", 600, "with\ttab and #"),
    ];
    let fourth = [row("#", "BL_ORD_ID:3", 500, "N/A")];
    block("q1 dup", &first)
        + &block("q1 dup", &[])
        + &block("", &[])
        + &block("# odd", &fourth)
        + "# BLAST processed 4 queries\n"
}

fn blocks(text: &str) -> Result<(Vec<Block>, Summary), TableError> {
    let mut reader = Reader::new(text.as_bytes());
    let mut blocks = Vec::new();
    while let Some(block) = reader.next_block()? {
        blocks.push(block);
    }
    Ok((blocks, reader.finish()?))
}

fn fault(text: &str) -> (u64, String) {
    let error = blocks(text).unwrap_err();
    (error.line, error.kind.to_string())
}

#[test]
fn rows_belong_to_queries_by_position_even_with_equal_ids() {
    let (blocks, summary) = blocks(&sample()).unwrap();
    let heads: Vec<_> =
        blocks.iter().map(|b| (b.header.ordinal, b.header.defline.as_str(), b.hsps.len())).collect();
    assert_eq!(heads, [(0, "q1 dup", 4), (1, "q1 dup", 0), (2, "", 0), (3, "# odd", 1)]);
    assert_eq!(blocks[0].header.database, "my db");
    assert_eq!(blocks[3].hsps[0].query, 3);
    let expected = Summary {
        queries: 4,
        queries_with_hits: 2,
        subjects: 4,
        hsps: 5,
        program: "BLASTN 2.12.0+".to_owned(),
    };
    assert_eq!(summary, expected);
}

#[test]
fn ranks_count_subjects_and_their_alignments() {
    let (blocks, _) = blocks(&sample()).unwrap();
    // Two subjects with one id are told apart by their lengths.
    let ranks: Vec<_> = blocks[0].hsps.iter().map(|hsp| (hsp.subject_rank, hsp.hsp_rank)).collect();
    assert_eq!(ranks, [(0, 0), (0, 1), (1, 0), (2, 0)]);
    assert_eq!((blocks[3].hsps[0].subject_rank, blocks[3].hsps[0].hsp_rank), (0, 0));
}

#[test]
fn values_are_read_and_their_printed_form_is_kept() {
    let (blocks, _) = blocks(&sample()).unwrap();
    let hsp = &blocks[0].hsps[2];
    assert_eq!((hsp.pident, hsp.evalue, hsp.bitscore), (99.5, 7.53e-162, 555.0));
    assert_eq!((hsp.sstart, hsp.send, hsp.sframe, hsp.sstrand.as_deref()), (400, 201, -1, Some("minus")));
    assert_eq!((hsp.staxids.as_deref(), hsp.qcovs, hsp.qcovhsp), (None, Some(100), Some(67)));
    assert_eq!(hsp.stitle.as_deref(), Some("with\ttab and #"));
    assert_eq!(outfmt6_row(hsp), "q1\ts2\t99.500\t200\t1\t0\t1\t200\t400\t201\t7.53e-162\t  555\n");
    assert_eq!(blocks[3].hsps[0].stitle, None);
    assert_eq!(blocks[3].hsps[0].qaccver, "#");
}

#[test]
fn a_batch_of_its_own_footer_counts_with_the_others() {
    let joined = block("a", &[])
        + "# BLAST processed 1 queries\n"
        + &block("b", &[])
        + "# BLAST processed 1 queries\n";
    assert_eq!(blocks(&joined).unwrap().1.queries, 2);
}

#[test]
fn a_table_that_is_cut_off_anywhere_is_never_taken_for_whole() {
    let text = sample();
    for end in 0..text.len() {
        assert!(blocks(&text[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn faults_name_their_line() {
    let good = row("q", "s", 1, "t");
    let head = "# BLASTN 2.12.0+\n# Query: q\n# Database: d\n# Fields: x\n";
    let foot = "# BLAST processed 1 queries\n";
    assert_eq!(fault(&good), (1, "a row before the first query".to_owned()));
    let short = format!("{head}# 1 hits found\nq\ts\t1\n{foot}");
    assert_eq!(fault(&short), (6, "3 fields instead of 28".to_owned()));
    let number = format!("{head}# 1 hits found\n{}{foot}", good.replace("\t200\t1\t0", "\t-200\t1\t0"));
    assert_eq!(fault(&number), (6, "“length” is not a number that can be read".to_owned()));
    let infinite = format!("{head}# 1 hits found\n{}{foot}", good.replace("7.53e-162", "inf"));
    assert_eq!(fault(&infinite), (6, "“evalue” is not a number that can be read".to_owned()));
    let more = format!("{head}# 1 hits found\n{good}{good}{foot}");
    assert_eq!(fault(&more), (7, "2 rows where 1 were declared".to_owned()));
    let fewer = format!("{head}# 2 hits found\n{good}{foot}");
    assert_eq!(fault(&fewer), (7, "1 rows where 2 were declared".to_owned()));
    let queries = block("q", &[]) + "# BLAST processed 2 queries\n";
    assert_eq!(fault(&queries).1, "1 queries where 2 were declared");
    assert_eq!(fault("# hello\n"), (1, "an unexpected comment line".to_owned()));
    assert_eq!(fault("").1, "the table is cut off");
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let endless = std::io::BufReader::new(std::io::repeat(b'x'));
    let mut reader = Reader::new(endless).with_longest_line(1000);
    let error = reader.next_event().unwrap_err();
    assert!(matches!(error.kind, TableErrorKind::LineTooLong { limit: 1000 }));
}

#[test]
fn format_7_is_written_as_blast_writes_it() {
    let program = version_line(Program::Blastn, "2.12.0+");
    assert_eq!(
        outfmt7_block_header(&program, "q1 one", "db2", 0),
        "# BLASTN 2.12.0+\n# Query: q1 one\n# Database: db2\n# 0 hits found\n"
    );
    assert!(
        outfmt7_block_header(&program, "", "db2", 2)
            .contains("# Query: \n# Database: db2\n# Fields: query acc.ver, ")
    );
    assert_eq!(outfmt7_footer(200), "# BLAST processed 200 queries\n");
}

#[test]
fn exports_have_25_columns_and_quote_what_they_must() {
    let (blocks, _) = blocks(&sample()).unwrap();
    let mut hsp = blocks[0].hsps[2].clone();
    assert_eq!(COLUMNS.len(), 25);
    assert!(tsv_header().starts_with("qaccver\tsaccver\tpident\t"));
    assert_eq!(tsv_row(&hsp).matches('\t').count(), 24);
    assert!(tsv_row(&hsp).ends_with("\t67\twith tab and #\n"));
    assert_eq!(csv_header().trim_end().split(',').count(), 25);
    for (title, cell) in [
        ("=1+1", "\"'=1+1\""),
        (" @SUM(A1)", "\"' @SUM(A1)\""),
        ("-x", "\"'-x\""),
        ("a, \"b\"", "\"a, \"\"b\"\"\""),
        ("plain", "plain"),
    ] {
        hsp.stitle = Some(title.to_owned());
        assert!(csv_row(&hsp).ends_with(&format!(",67,{cell}\r\n")), "{}", csv_row(&hsp));
    }
    // Numbers of our own are no formulas.
    assert!(csv_row(&hsp).contains(",1,-1,minus,"));
    let json = json_line(&hsp).unwrap();
    assert!(json.ends_with("}\n") && json.contains("\"evalue\":7.53e-162") && !json.contains("_text"));
}

proptest! {
    #[test]
    fn never_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut reader = Reader::new(&bytes[..]);
        while let Ok(Some(_)) = reader.next_event() {}
    }

    #[test]
    fn a_damaged_table_is_refused_or_has_as_many_rows(at in 0_usize..2000, byte: u8) {
        let mut bytes = sample().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let mut reader = Reader::new(&bytes[..]);
        let mut rows = 0;
        loop {
            match reader.next_event() {
                Ok(Some(Event::Hsp(_))) => rows += 1,
                Ok(Some(Event::Query(_))) => {}
                Ok(None) => {
                    prop_assert_eq!(reader.finish().unwrap().hsps, rows);
                    break;
                }
                Err(_) => break,
            }
        }
    }
}

#[test]
fn a_table_of_a_cluster_gives_the_same_rows_as_one_of_blast_formatter() {
    let rows = sample().replace("\tACGT\tAC-T\t", "\tACGT\tAC-T\t2G-1\t");
    let with_btop = rows.replace("subject acc.ver\n", "subject acc.ver, BTOP, subject title\n");
    assert_eq!(blocks(&with_btop).unwrap(), blocks(&sample()).unwrap());
    // A row without the field that its table names is one short.
    let text = sample().replace("subject acc.ver\n", "subject acc.ver, BTOP, subject title\n");
    let fault = blocks(&text).unwrap_err();
    assert!(matches!(fault.kind, TableErrorKind::FieldCount { found: 28, wanted: 29 }), "{fault}");
}

#[test]
fn the_fields_of_a_cluster_are_those_of_blast_formatter_and_one_more() {
    let shared: Vec<_> = CLUSTER_FIELDS.iter().filter(|field| **field != "btop").copied().collect();
    assert_eq!(shared, FIELDS);
    for needed in "staxids stitle qlen slen qcovs qcovhsp sstrand qframe sframe btop qseq sseq".split(' ') {
        assert!(CLUSTER_FIELDS.contains(&needed), "{needed}");
    }
    assert_eq!(CLUSTER_FIELDS.last(), Some(&"stitle"));
}
