//! The file of queries that ElasticBLAST gets: the stored one, with blanks where batches are filled up.

use std::io::{self, Read, Write};

/// Blanks at a place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blanks {
    /// Bytes of the text that come before them.
    pub at: u64,
    /// How many.
    pub count: u64,
}

/// Copies a text and puts the blanks, given in the order of their places, in between. Holds a buffer, whatever the sizes.
///
/// # Errors
/// Reading and writing; a text that ends before a place.
pub fn fill_up(text: &mut impl Read, blanks: &[Blanks], out: &mut impl Write) -> io::Result<()> {
    let mut before = 0;
    for blank in blanks {
        let length = blank.at.saturating_sub(before);
        if io::copy(&mut text.take(length), out)? < length {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the text ends before a batch does"));
        }
        before += length;
        io::copy(&mut io::repeat(b' ').take(blank.count), out)?;
    }
    io::copy(text, out)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, blanks: &[(u64, u64)]) -> io::Result<String> {
        let blanks: Vec<_> = blanks.iter().map(|&(at, count)| Blanks { at, count }).collect();
        let mut out = Vec::new();
        fill_up(&mut text.as_bytes(), &blanks, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn blanks_stand_where_they_were_asked_for() {
        let text = ">a\nAC\n>b\nGT\n>c\nT\n";
        assert_eq!(filled(text, &[]).unwrap(), text);
        assert_eq!(filled(text, &[(5, 3), (11, 0)]).unwrap(), ">a\nAC   \n>b\nGT\n>c\nT\n");
        assert_eq!(filled(text, &[(5, 1), (11, 2)]).unwrap(), ">a\nAC \n>b\nGT  \n>c\nT\n");
        assert_eq!(filled("", &[(0, 2)]).unwrap(), "  ");
    }

    #[test]
    fn a_text_that_ends_too_early_is_no_query() {
        assert!(filled(">a\nAC\n", &[(5, 1), (40, 1)]).is_err());
    }
}
