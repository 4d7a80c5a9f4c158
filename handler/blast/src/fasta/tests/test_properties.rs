//! What holds for all inputs.

use super::*;

/// FASTA with every oddity that is legal.
fn fasta() -> impl Strategy<Value = String> {
    let letters = prop::sample::select(b"ACGTacgtNRYU- ".to_vec());
    let line = prop::collection::vec(letters, 0..30).prop_map(|bytes| String::from_utf8(bytes).unwrap());
    let end = prop::sample::select(vec!["\n", "\r\n", "\r", "\n\n", "\n \n"]);
    let header =
        prop_oneof![Just(String::new()), "[a-zA-Z0-9|_.]{1,12}( [ -~]{0,20})?", Just("dup".to_owned())];
    let record =
        (header, end.clone(), prop::collection::vec((line, end), 1..5)).prop_map(|(header, end, lines)| {
            let body: String = lines.into_iter().map(|(line, end)| line + end).collect();
            format!(">{header}{end}A{body}{end}")
        });
    prop::collection::vec(record, 1..8).prop_map(|records| records.concat())
}

proptest! {
    #[test]
    fn never_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300), packed: bool) {
        let bytes = if packed { gzip(&bytes) } else { bytes };
        for want in [Want::Any, Want::Program(Program::Blastn), Want::Program(Program::Tblastn)] {
            if let Err(error) = normalise(&bytes[..], &mut io::sink(), want, &Limits::default(), &mut |_| Ok(())) {
                prop_assert!(!error.detail().is_empty() && !error.hint().is_empty());
            }
        }
    }

    #[test]
    fn never_panics_on_what_looks_like_fasta(text in "[>@;ACGTEX*1 \\-.\r\n\t]{0,200}") {
        let _ = run(text.as_bytes(), Want::Any);
        let mut cut = gzip(text.as_bytes());
        cut.truncate(cut.len() * 2 / 3);
        let _ = run(&cut, Want::Any);
    }

    #[test]
    fn what_is_accepted_is_accepted_again_unchanged(text in "[>;ACGTEX*1 \\-\r\n\t]{0,200}") {
        if let Ok((once, records, stats)) = run(text.as_bytes(), Want::Any) {
            let (twice, again, same) = run(once.as_bytes(), Want::Any).unwrap();
            prop_assert_eq!(&once, &twice);
            prop_assert_eq!(records, again);
            prop_assert_eq!(stats.letters, same.letters);
            prop_assert_eq!(stats.molecule, same.molecule);
        }
    }

    #[test]
    fn records_slice_the_output_into_themselves(text in fasta()) {
        let (out, records, stats) = run(text.as_bytes(), Want::Program(Program::Blastn)).unwrap();
        prop_assert_eq!(records.len() as u64, stats.queries);
        prop_assert_eq!(records.iter().map(|r| r.letters).sum::<u64>(), stats.letters);
        let mut joined = String::new();
        for record in &records {
            prop_assert_eq!(record.offset, joined.len() as u64);
            let slice = &out[record.offset as usize..(record.offset + record.bytes) as usize];
            let (alone, inner, _) = run(slice.as_bytes(), Want::Program(Program::Blastn)).unwrap();
            prop_assert_eq!(&alone, slice);
            prop_assert_eq!(inner.len(), 1);
            let expected = QueryRecord { ordinal: 0, offset: 0, ..record.clone() };
            prop_assert_eq!(&inner[0], &expected);
            joined.push_str(slice);
        }
        prop_assert_eq!(joined, out);
    }

    #[test]
    fn cut_at_records_and_joined_it_is_the_whole(text in fasta(), cut in 0_usize..8) {
        let (out, records, _) = run(text.as_bytes(), Want::Program(Program::Blastn)).unwrap();
        let at = records.get(cut).map_or(out.len(), |record| record.offset as usize);
        let mut joined = String::new();
        for piece in [&out[..at], &out[at..]] {
            if !piece.is_empty() {
                joined += &run(piece.as_bytes(), Want::Program(Program::Blastn)).unwrap().0;
            }
        }
        prop_assert_eq!(joined, out);
    }

    #[test]
    fn gzip_and_plain_are_the_same(text in "[>ACGTE1 \r\n]{0,200}", member in 0_usize..200) {
        let at = member.min(text.len());
        let mut packed = gzip(&text.as_bytes()[..at]);
        packed.extend(gzip(&text.as_bytes()[at..]));
        match (run(text.as_bytes(), Want::Any), run(&packed, Want::Any)) {
            (Ok(plain), Ok(unpacked)) => prop_assert_eq!(plain, unpacked),
            (Err(plain), Err(unpacked)) => prop_assert_eq!(plain.detail(), unpacked.detail()),
            (plain, unpacked) => prop_assert!(false, "{plain:?} but {unpacked:?}"),
        }
    }

    #[test]
    fn how_the_bytes_come_does_not_matter(
        records in prop::collection::vec("(>[a-z]{1,3}( [ -~]{0,9})?(\n|\r\n))?([ACGTNacgt]{1,40}\n){0,6}[ACGTNRE*;1 \r\n-]{0,4}", 1..6),
        most in 20_u64..400,
    ) {
        let text = records.concat();
        for limits in [Limits::default(), Limits { max_letters: most, ..Limits::default() }] {
            let whole = run_with(text.as_bytes(), Want::Any, &limits);
            let mut out = Vec::new();
            let mut records = Vec::new();
            let bytewise = normalise(OneByOne(text.as_bytes()), &mut out, Want::Any, &limits, &mut |record| {
                records.push(record.clone());
                Ok(())
            });
            match (whole, bytewise) {
                (Ok(whole), Ok(stats)) => prop_assert_eq!(whole, (String::from_utf8(out).unwrap(), records, stats)),
                (Err(whole), Err(bytewise)) => prop_assert_eq!(whole.detail(), bytewise.detail()),
                (whole, bytewise) => prop_assert!(false, "{whole:?} but {bytewise:?}"),
            }
        }
    }
}

/// Gives a byte at a time.
struct OneByOne<'a>(&'a [u8]);

impl Read for OneByOne<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(1);
        self.0.read(&mut into[..most])
    }
}
