use super::printed::{bitscore, evalue, percent};
use super::*;
use proptest::prelude::*;

const ARCHIVE: &str = r#"Blast4-archive ::= {
  request { ident "2.12.0+", body queue-search { program "blastn", service "megablast",
      queries bioseq-set { seq-set {
        seq { id { local str "Query_1" }, descr { title "say ""{""" }, inst { seq-data ncbi2na 'B4'H } },
        seq { id { local str "Query_2" } } } },
      subject database "tiny", options { { name "x", value big-integer 3 } } } },
  results { alignments { {
        type partial, dim 2,
        score { { id str "score", value int 8 }, { id str "e_value", value real { 2, 10, -4 } },
          { id str "bit_score", value real { 155, 10, -1 } }, { id str "num_ident", value int 7 } },
        segs denseg { dim 2, numseg 3, ids { local str "Query_2", embl { accession "Z1", version 1 } },
          starts { 0, 1, -1, 5, 4, 6 }, lens { 4, 1, 3 },
          strands { plus, plus, plus, plus, plus, plus } } } },
    masks { }, search-stats { "Length adjustment: 2" } } }
"#;

fn read(text: &str) -> Result<(Vec<Alignment>, ArchiveSummary), ArchiveError> {
    let mut reader = ArchiveReader::new(text.as_bytes());
    let (mut all, mut query) = (Vec::new(), Vec::new());
    while reader.next_query(&mut query)? {
        all.append(&mut query);
    }
    Ok((all, reader.summary().clone()))
}

#[test]
fn an_alignment_becomes_a_row() {
    let (found, summary) = read(ARCHIVE).unwrap();
    assert_eq!(summary, ArchiveSummary { queries: 2, version: "2.12.0+".into() });
    let subject = Subject {
        accession: "Z1.1".into(),
        id: "emb|Z1.1|".into(),
        taxid: None,
        title: Some("a subject".into()),
        residues: b"TACGTGACGTT".to_vec(),
    };
    let mut rows = Vec::new();
    let known = |name: &str| (name == "Z1.1").then_some(&subject);
    RowMaker::default()
        .rows(&found, ("q2", b"ACGTACTA"), known, &mut crate::table::Hsp::default(), |row| {
            rows.push(crate::table::outfmt6_row(row));
            assert_eq!((row.qseq.as_str(), row.sseq.as_str()), ("ACGT-ACT", "ACGTGACG"));
            assert_eq!((row.qcovs, row.qcovhsp), (Some(88), Some(88)));
            Ok::<(), ArchiveError>(())
        })
        .unwrap();
    assert_eq!(rows, ["q2\tZ1.1\t87.500\t8\t0\t1\t1\t7\t2\t9\t2.00e-04\t15.5\n"]);
}

#[test]
fn archives_one_after_the_other_number_their_queries_through() {
    let second = ARCHIVE.replace("Query_2", "Query_4").replace("Query_1", "Query_3");
    let (found, summary) = read(&(ARCHIVE.to_owned() + &second)).unwrap();
    assert_eq!(summary.queries, 4);
    assert_eq!(found.iter().map(|alignment| alignment.query).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn what_is_not_read_here_is_said() {
    for (what, by) in [
        ("\"blastn\"", "\"tblastx\""),
        ("denseg", "std"),
        ("embl", "general"),
        ("Query_2\", embl", "Query_9\", embl"),
        ("Query_2\", embl", "lcl_2\", embl"),
        ("4, 1, 3", "4, 1"),
        ("\"num_ident\"", "\"other\""),
        ("155, 10", "155, 2"),
        ("Blast4-archive", "Blast5-archive"),
    ] {
        assert!(ARCHIVE.contains(what), "{what}");
        assert!(matches!(read(&ARCHIVE.replace(what, by)), Err(ArchiveError::Foreign(_))), "{what}");
    }
}

#[test]
fn an_archive_that_is_cut_off_is_never_taken_for_whole() {
    let end = ARCHIVE.trim_end().len();
    for length in 1..end {
        assert!(read(&ARCHIVE[..length]).is_err(), "{length}");
    }
}

#[test]
fn numbers_are_printed_as_blast_prints_them() {
    let printed = |value| {
        let mut text = String::new();
        evalue(value, &mut text);
        text
    };
    for (value, text) in [
        (0.0, "0.0"),
        (9e-181, "0.0"),
        (3.430_12e-167, "3.43e-167"),
        (1e-5, "1.00e-05"),
        (0.0009, "0.001"),
        (0.05, "0.050"),
        (0.25, "0.25"),
        (2.34, "2.3"),
        (12.6, "13"),
    ] {
        assert_eq!(printed(value), text);
    }
    let mut text = String::new();
    for (value, expected) in
        [(15.54, "15.5"), (9.51, " 9.5"), (99.91, " 99"), (577.9, "577"), (123_456.0, "1.235e+05")]
    {
        bitscore(value, &mut text);
        assert_eq!(text, expected);
    }
    percent(322, 327, &mut text);
    assert_eq!(text, "98.471");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(cut in 0..ARCHIVE.len(), byte: u8) {
        let mut bytes = ARCHIVE.as_bytes().to_vec();
        bytes[cut] = byte;
        let mut reader = ArchiveReader::new(bytes.as_slice());
        let mut query = Vec::new();
        while matches!(reader.next_query(&mut query), Ok(true)) {}
    }
}
