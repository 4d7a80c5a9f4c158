//! What is refused, and with which words.

use super::*;

fn refused(input: &[u8], want: Want) -> FastaError {
    let error = run(input, want).unwrap_err();
    assert!(error.is_input_fault());
    assert!(!error.detail().is_empty() && !error.hint().is_empty());
    error
}

fn code(input: &[u8]) -> &'static str {
    refused(input, Want::Any).code()
}

const BLASTN: Want = Want::Program(Program::Blastn);
const BLASTP: Want = Want::Program(Program::Blastp);
const NUCLEOTIDES: &str = "ACGTACGTACGTACGTACGTACGTACGTACGTACGTACGT";
const PROTEIN: &str = "MKLVINGKTLKGEITIEAVDAATAEKVFKQYANDNGIDGEWTY";

#[test]
fn nothing_to_search_with() {
    assert_eq!(code(b""), "empty");
    assert_eq!(code(b"\n \n\t\r\n"), "only_blanks");
    assert_eq!(code(b"# just a remark\n"), "only_blanks");
    assert_eq!(code(b">a\n>b\n\n>c"), "only_headers");
    assert_eq!(code(b">a\n---\n"), "only_headers");
    assert_eq!(code(&gzip(b"")), "empty");
}

#[test]
fn a_header_without_sequence_is_named() {
    for (input, name, line) in [
        (&b">a x\n>b\nACGT\n"[..], "a", 1),
        (b">a\nACGT\n\n>b x\n\n>c\nACGT\n", "b", 4),
        (b">a\nACGT\n>b", "b", 3),
    ] {
        let error = refused(input, Want::Any);
        let FastaErrorKind::HeaderWithoutSequence { name: found } = &error.kind else { panic!("{error:?}") };
        assert_eq!((found.as_str(), error.line), (name, Some(line)));
    }
}

#[test]
fn an_illegal_letter_is_named_with_line_and_column() {
    let nucleotides = format!(">ok\n{NUCLEOTIDES}\n>contig_17 depth=41\n{NUCLEOTIDES}\nGGTGCAJCTGAAG\n");
    let error = refused(nucleotides.as_bytes(), BLASTN);
    assert_eq!((error.code(), error.line, error.column), ("illegal_letter", Some(5), Some(7)));
    assert_eq!(error.detail(), "“contig_17” has “J” in line 5, column 7, which is not a nucleotide.");
    for (input, letter, line, column) in [
        (">a\n ACGT.ACGT\n", '.', 2, 6),
        (">a\nACGT\nAC>b\n", '>', 3, 3),
        (">a\nAC1GT\n", '1', 2, 3),
        (">a\nACGT 12A\n", '1', 2, 6),
        (">a\nAC\u{e9}GT\n", '\u{e9}', 2, 3),
        (">a\nAC\u{200b}GT\n", '\u{200b}', 2, 3),
        ("ACGT\n;second\nACGT\n", ';', 2, 1),
        (">a\nACGT\n@b\n", '@', 3, 1),
    ] {
        let error = refused(input.as_bytes(), Want::Any);
        let FastaErrorKind::IllegalLetter { letter: found, .. } = error.kind else { panic!("{error:?}") };
        assert_eq!((found, error.line, error.column), (letter, Some(line), Some(column)), "{input:?}");
    }
}

#[test]
fn masked_nucleotides_written_as_x_get_a_hint() {
    let masked = format!(">a\n{NUCLEOTIDES}{}{NUCLEOTIDES}\n", "X".repeat(100));
    for want in [BLASTN, Want::Any] {
        let error = refused(masked.as_bytes(), want);
        assert_eq!(error.code(), "illegal_letter");
        assert_eq!(error.hint(), "Write unknown or masked nucleotides as N.");
    }
}

#[test]
fn the_wrong_molecule_is_named_with_the_program_that_fits() {
    let protein = format!(">prot\n{PROTEIN}\n");
    let error = refused(protein.as_bytes(), BLASTN);
    assert_eq!(error.line, Some(1));
    assert_eq!(
        error.detail(),
        "“prot” in line 1 is a protein sequence, but this program takes nucleotide sequences."
    );
    assert_eq!(error.hint(), "Use tblastn for them, or choose other sequences.");
    let nucleotides = format!(">nt\n{NUCLEOTIDES}\n");
    for (program, fits) in [
        (Program::Blastp, vec![Program::Blastx]),
        (Program::Tblastn, vec![Program::Blastn, Program::Tblastx]),
    ] {
        let error = refused(nucleotides.as_bytes(), Want::Program(program));
        let FastaErrorKind::WrongMolecule { found, wanted, fits: named, .. } = error.kind else { panic!() };
        assert_eq!((found, wanted, named), (Molecule::Nucleotide, Molecule::Protein, fits));
    }
}

#[test]
fn the_first_that_differs_in_a_mixed_set_is_named() {
    for (first, second) in [(NUCLEOTIDES, PROTEIN), (PROTEIN, NUCLEOTIDES)] {
        let mixed = format!(">a\n{first}\n>b\n{first}\n>c\n{second}\n>d\n{first}\n");
        for want in [Want::Any, if first == PROTEIN { BLASTP } else { BLASTN }] {
            let error = refused(mixed.as_bytes(), want);
            let FastaErrorKind::MixedMolecules { name, .. } = &error.kind else { panic!("{error:?}") };
            assert_eq!((name.as_str(), error.line), ("c", Some(5)));
        }
    }
}

#[test]
fn a_foreign_letter_at_the_start_of_a_huge_record_is_found_before_its_end() {
    let endless = io::Cursor::new(b">a\nACGTJ\n").chain(io::repeat(b'A'));
    let error = normalise(endless, &mut io::sink(), BLASTN, &Limits::default(), &mut |_| Ok(())).unwrap_err();
    assert_eq!((error.code(), error.line, error.column), ("illegal_letter", Some(2), Some(5)));
}

#[test]
fn headers_that_blast_would_misread_or_that_cannot_be_shown_are_refused() {
    for header in [">?100", ">?unk100 x", "> ?", ">a\u{1b}[31m red", ">a\u{7f}"] {
        let error = refused(format!(">ok\nACGT\n{header}\nACGT\n").as_bytes(), Want::Any);
        assert_eq!((error.code(), error.line), ("illegal_header", Some(3)), "{header:?}");
    }
    assert_eq!(code(b">caf\xe9\nACGT\n"), "illegal_header");
    assert_eq!(code(b">a\0b\nACGT\n"), "not_text");
}

#[test]
fn other_formats_are_recognised() {
    assert_eq!(code(b"@read1\nACGT\n+\nIIII\n"), "fastq");
    assert_eq!(code(&gzip(b"\n@read1\nACGT\n+\nIIII\n")), "fastq");
    assert_eq!(code(b"PK\x03\x04\x14\0\x06\0"), "not_text");
    assert_eq!(code(b"%PDF-1.7\n"), "illegal_letter");
    assert_eq!(code(b"\x28\xb5\x2f\xfd"), "illegal_letter");
    assert_eq!(code(&gzip(&gzip(b">a\nACGT\n"))), "not_text");
}

#[test]
fn damaged_gzip_is_named() {
    let packed = gzip(format!(">a\n{}\n", NUCLEOTIDES.repeat(50)).as_bytes());
    for end in [2, 5, 10, 15, packed.len() - 8, packed.len() - 1] {
        assert_eq!(code(&packed[..end]), "broken_gzip", "cut at {end}");
    }
    let mut flipped = packed.clone();
    *flipped.last_mut().unwrap() ^= 1;
    assert_eq!(code(&flipped), "broken_gzip");
    let mut trailing = packed;
    trailing.extend(b"rubbish");
    assert_eq!(code(&trailing), "broken_gzip");
}

#[test]
fn limits_are_kept_and_named() {
    let limits = Limits { max_queries: 2, max_letters: 10, max_header_bytes: 5, max_bytes: 1000 };
    let over = |input: &str| run_with(input.as_bytes(), Want::Any, &limits).unwrap_err();
    assert!(run_with(b">12345\nACGTA\n>b\nACGTA\n", Want::Any, &limits).is_ok());
    let error = over(">a\nA\n>b\nA\n>c\nA\n");
    assert_eq!((error.code(), error.line), ("too_many_queries", Some(5)));
    assert_eq!(error.detail(), "There are more than 2 sequences.");
    let error = over(">a\nACGTA\n>b\nACGTAC\n");
    assert_eq!((error.code(), error.line), ("too_many_letters", Some(4)));
    let error = over(">a\nA\n>123456\nA\n");
    assert_eq!((error.code(), error.line), ("header_too_long", Some(3)));
    assert_eq!(over(&"\n".repeat(1001)).code(), "too_many_bytes");
    let bomb = gzip(&vec![b'\n'; 5_000_000]);
    assert!(bomb.len() < 50_000);
    assert_eq!(run_with(&bomb, Want::Any, &limits).unwrap_err().code(), "too_many_bytes");
}

#[test]
fn names_in_messages_are_shortened() {
    let error = refused(format!(">{}\nAC.GT\n", "n".repeat(4000)).as_bytes(), Want::Any);
    assert!(error.detail().len() < 200, "{}", error.detail());
}
