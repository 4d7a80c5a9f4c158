//! The taxid map: which sequence is of which taxon.

use super::BuildError;
use std::io::{BufRead, Read, Write};

/// Longest line, in bytes.
const MAX_LINE_BYTES: u64 = 4096;

/// Reads a map, checks it, and writes it in the form that `makeblastdb -taxid_map` takes. It would end with an
/// exception from inside otherwise.
pub(super) fn normalise(mut input: impl BufRead, out: &mut impl Write) -> Result<(), BuildError> {
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        if input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut text)? == 0 {
            break;
        }
        let problem = |problem| BuildError::TaxidMap { line, problem };
        let words = str::from_utf8(&text).map_err(|_| problem("it is no text"))?;
        let mut words = words.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (None, ..) => {}
            (Some(id), Some(taxid), None) => {
                let taxid =
                    taxid.parse::<u32>().ok().filter(|&taxid| taxid > 0 && i32::try_from(taxid).is_ok());
                let taxid = taxid.ok_or_else(|| problem("the taxid is no positive number"))?;
                writeln!(out, "{id} {taxid}")?;
            }
            _ => return Err(problem("there are not two words")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Result<String, String> {
        let mut out = Vec::new();
        normalise(text.as_bytes(), &mut out).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn lines_are_two_words() {
        assert_eq!(run("A\t9606\r\n\nsp|P1|X  10090\n").unwrap(), "A 9606\nsp|P1|X 10090\n");
        assert_eq!(run("A 1\nB abc\n").unwrap_err(), "taxid map, line 2: the taxid is no positive number");
        assert_eq!(run("A 0\n").unwrap_err(), "taxid map, line 1: the taxid is no positive number");
        assert!(run("A\n").unwrap_err().contains("two words"));
        assert!(run("A 1 2\n").unwrap_err().contains("two words"));
        assert!(run("A 4294967295\n").is_err());
    }
}
