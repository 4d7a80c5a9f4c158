use super::*;
use crate::program::{Molecule, Program};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::{self, Read, Write};

mod refused;
mod test_properties;

fn run_with(
    input: &[u8],
    want: Want,
    limits: &Limits,
) -> Result<(String, Vec<QueryRecord>, QueryStats), FastaError> {
    let mut out = Vec::new();
    let mut records = Vec::new();
    let stats = normalise(input, &mut out, want, limits, &mut |record| {
        records.push(record.clone());
        Ok(())
    })?;
    assert_eq!(stats.bytes, out.len() as u64);
    Ok((String::from_utf8(out).unwrap(), records, stats))
}

fn run(input: &[u8], want: Want) -> Result<(String, Vec<QueryRecord>, QueryStats), FastaError> {
    run_with(input, want, &Limits::default())
}

fn text(input: &str) -> String {
    run(input.as_bytes(), Want::Any).unwrap().0
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn line_ends_blanks_comments_and_a_byte_order_mark_do_not_matter() {
    let plain = ">a one\nACGT\nacgt\n>b\nTTTT\n";
    for odd in [
        ">a one\r\nACGT\r\nacgt\r\n>b\r\nTTTT\r\n",
        ">a one\rACGT\racgt\r>b\rTTTT",
        "\u{feff}>a one\n\n  ACGT\t\n\n ac gt\n \n>b\n;comment\nTTTT\n\n",
        "# first\n\n>a one\n! second\nACGT\nacgt\n  >b\nTTTT",
        ">a one\n 1 ACGT\n 5 ac gt 8\n>b\n\t\nT-TT-T\n---\n",
    ] {
        assert_eq!(text(odd), plain, "{odd:?}");
    }
    assert_eq!(text(plain), plain);
}

#[test]
fn a_sequence_without_a_header_and_headers_without_a_name_get_the_name_that_blast_prints() {
    assert_eq!(text("ACGT\nACGT"), ">Query_1\nACGT\nACGT\n");
    assert_eq!(text("ACGT\n>b\nAC\n>\nGT\n>  \nTT"), ">Query_1\nACGT\n>b\nAC\n>Query_3\nGT\n>Query_4\nTT\n");
}

#[test]
fn headers_are_kept_byte_for_byte() {
    let fasta = ">  sp|P1|X  a \"title\" <b>&amp;\twith tab\u{1}second, caf\u{e9} \nACGT\n";
    let (out, records, _) = run(fasta.as_bytes(), Want::Any).unwrap();
    assert_eq!(out, fasta);
    assert_eq!(records[0].id, "sp|P1|X");
    assert_eq!(records[0].title, "a \"title\" <b>&amp;\twith tab\u{1}second, caf\u{e9}");
    let mut latin1 = Vec::new();
    normalise(&b">x caf\xe9\nACGT\n"[..], &mut latin1, Want::Any, &Limits::default(), &mut |record| {
        assert_eq!(record.title, "caf\u{fffd}");
        Ok(())
    })
    .unwrap();
    assert_eq!(latin1, b">x caf\xe9\nACGT\n");
}

#[test]
fn a_header_of_300_characters_is_harmless() {
    let fasta = format!(">{}\nACGT\n", "x".repeat(300));
    assert_eq!(text(&fasta), fasta);
}

#[test]
fn records_say_where_they_are() {
    let (out, records, stats) = run(b">a\nACGT\nAC\n>b x y\nNNN\n>a\nGGGGGGGG\n", Want::Any).unwrap();
    let slices: Vec<_> =
        records.iter().map(|r| &out[r.offset as usize..(r.offset + r.bytes) as usize]).collect();
    assert_eq!(slices, [">a\nACGT\nAC\n", ">b x y\nNNN\n", ">a\nGGGGGGGG\n"]);
    assert_eq!(records.iter().map(|r| r.letters).collect::<Vec<_>>(), [6, 3, 8]);
    assert_eq!(records.iter().map(|r| r.ordinal).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!((stats.queries, stats.letters, stats.shortest, stats.longest), (3, 17, 3, 8));
    assert_eq!((stats.duplicate_ids, stats.ambiguous, stats.uninformative), (1, 3, 1));
    assert_eq!(stats.molecule, Molecule::Nucleotide);
    assert_eq!(stats.gc_fraction, Some(11.0 / 14.0));
}

#[test]
fn all_letters_of_each_molecule_are_taken() {
    let nucleotides = ">n\nACGTURYKMSWBDHVNacgturykmswbdhvn\n";
    let (_, _, stats) = run(nucleotides.as_bytes(), Want::Program(Program::Blastn)).unwrap();
    assert_eq!((stats.letters, stats.ambiguous), (32, 22));
    let proteins = ">p\nABCDEFGHIJKLMNOPQRSTUVWXYZ*abcdefghijklmnopqrstuvwxyz\n";
    let (_, _, stats) = run(proteins.as_bytes(), Want::Program(Program::Blastp)).unwrap();
    assert_eq!((stats.letters, stats.ambiguous, stats.gc_fraction), (53, 8, None));
}

#[test]
fn short_peptides_of_nucleotide_letters_go_with_what_is_wanted() {
    let peptide = b">p\nGATTACA\n";
    assert_eq!(run(peptide, Want::Program(Program::Blastp)).unwrap().2.molecule, Molecule::Protein);
    assert_eq!(run(peptide, Want::Program(Program::Blastn)).unwrap().2.molecule, Molecule::Nucleotide);
    assert_eq!(run(peptide, Want::Any).unwrap().2.molecule, Molecule::Nucleotide);
    assert_eq!(run(b">p\nMKRVDHSWY\n", Want::Any).unwrap().2.molecule, Molecule::Protein);
    let among_proteins = b">p\nGATTACA\n>q\nMKLVINGKTLKGEITIEAVD\n>r\nGATTACA\n";
    assert_eq!(run(among_proteins, Want::Any).unwrap().2.molecule, Molecule::Protein);
}

#[test]
fn gzip_of_several_members_and_a_mark_inside_are_read() {
    let mut packed = gzip("\u{feff}>a\nAC".as_bytes());
    packed.extend(gzip(b"GT\n>b\nTT\n"));
    packed.extend(gzip(b""));
    assert_eq!(run(&packed, Want::Any).unwrap().0, ">a\nACGT\n>b\nTT\n");
}

/// Gives one byte at a time, and is interrupted before each.
struct Trickle<'a>(&'a [u8], bool);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = self.0.len().min(buffer.len()).min(1);
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

#[test]
fn the_size_of_reads_does_not_matter() {
    let fasta = b">a one\r\n 1 ACGT\r\n\r\nac gt\r\n>b\r\nTT-TT";
    for input in [fasta.to_vec(), gzip(fasta)] {
        let mut out = Vec::new();
        normalise(Trickle(&input, false), &mut out, Want::Any, &Limits::default(), &mut |_| Ok(())).unwrap();
        assert_eq!(out, b">a one\nACGT\nacgt\n>b\nTTTT\n");
    }
}

#[test]
fn a_single_line_of_many_blocks_passes_through() {
    let fasta = format!(">long\n{}", "ACGT".repeat(200_000));
    let (out, records, _) = run(fasta.as_bytes(), Want::Any).unwrap();
    assert_eq!(out, fasta + "\n");
    assert_eq!(records[0].letters, 800_000);
}

#[test]
fn an_error_of_the_reader_is_not_a_fault_of_the_sequences() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let packed = gzip(&b">a\nACGT\n".repeat(1000));
    for start in [b">a\nACGT".to_vec(), packed[..20].to_vec(), packed[..2].to_vec(), Vec::new()] {
        let input = io::Cursor::new(start).chain(Broken);
        let error =
            normalise(input, &mut io::sink(), Want::Any, &Limits::default(), &mut |_| Ok(())).unwrap_err();
        assert!(matches!(&error.kind, FastaErrorKind::Io(e) if e.kind() == io::ErrorKind::ConnectionReset));
        assert!(!error.is_input_fault());
    }
}
