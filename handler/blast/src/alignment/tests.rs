use super::*;
use crate::program::Program;

#[test]
fn nucleotides_have_bars_and_proteins_letters_and_plus_signs() {
    assert_eq!(midline(Program::Blastn, None, "ACGT-NRa", "ACCTA-RA"), "|| |  ||");
    assert_eq!(midline(Program::Blastp, Some("BLOSUM62"), "MKV-I*XUO", "MRI-V*XUK"), "M++ +*XU ");
    assert_eq!(midline(Program::Tblastx, None, "ILV*", "LLA-"), "+L  ");
}

#[test]
fn matrices_are_symmetric_and_known_by_the_names_of_the_options() {
    for row in crate::options::MATRICES {
        let matrix: Matrix = row.matrix.parse().unwrap();
        for &a in matrix::ORDER {
            for &b in matrix::ORDER {
                assert_eq!(matrix.score(a, b), matrix.score(b, a));
            }
        }
        assert!(matrix.score(b'W', b'w').unwrap() > matrix.score(b'W', b'A').unwrap());
        assert_eq!(matrix.score(b'U', b'C'), None);
    }
    assert_eq!("BLOSUM99".parse::<Matrix>(), Err(UnknownMatrix));
    assert_eq!(Matrix::Blosum62.score(b'W', b'W'), Some(11));
}

fn hsp(qseq: &str, sseq: &str, query: (u64, u64), subject: (u64, u64)) -> crate::table::Hsp {
    let row = format!(
        "q\ts\t1\t{}\t0\t0\t{}\t{}\t{}\t{}\t1\t1\t1\t0\t0\t0\t9\t9\t1\t1\tN/A\tN/A\t1\t1\ts\t{qseq}\t{sseq}\tt\n",
        qseq.len(),
        query.0,
        query.1,
        subject.0,
        subject.1
    );
    let table = format!("# BLASTN 2.12.0+\n# Query: q\n# Database: d\n# Fields: f\n# 1 hits found\n{row}");
    let mut reader = crate::table::Reader::new(table.as_bytes());
    reader.next_block().unwrap().unwrap().hsps.remove(0)
}

fn ends(program: Program, hsp: &crate::table::Hsp, width: usize) -> Vec<[u64; 4]> {
    let side = |line: Line<'_>| [line.query.start, line.query.end, line.subject.start, line.subject.end];
    lines(program, hsp, width).into_iter().map(side).collect()
}

#[test]
fn coordinates_leave_out_gaps_and_count_down_on_the_minus_strand() {
    let minus = hsp("ACGTAC", "AC--AC", (1, 6), (104, 101));
    assert_eq!(ends(Program::Blastn, &minus, 2), [[1, 2, 104, 103], [3, 4, 103, 103], [5, 6, 102, 101]]);
}

#[test]
fn a_translated_residue_takes_three_nucleotides() {
    let frames = hsp("MKV-I", "MKVLI", (12, 1), (7, 21));
    assert_eq!(ends(Program::Tblastx, &frames, 3), [[12, 4, 7, 15], [3, 1, 16, 21]]);
    let proteins = hsp("MKV-I", "MKVLI", (1, 12), (7, 11));
    assert_eq!(ends(Program::Blastx, &proteins, 60), [[1, 12, 7, 11]]);
}

#[test]
fn odd_input_is_cut_without_a_panic() {
    let odd = hsp("A\u{e9}CGT", "------", (1, 0), (0, 0));
    for width in 0..9 {
        assert!(!lines(Program::Blastn, &odd, width).is_empty());
    }
}
