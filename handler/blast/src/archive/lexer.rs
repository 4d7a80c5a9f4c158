//! The words of ASN.1 value notation as NCBI's toolkit prints it (X.680, section 12).

use super::error::ArchiveError;
use std::io::Read;

const BLOCK: usize = 256 * 1024;

/// A lexical item. Texts are in [`Lexer::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `,`
    Comma,
    /// A name, a number or `::=`.
    Word,
    /// A text in double quotes, without them; the toolkit breaks long ones over lines.
    Quoted,
    /// Bits or bytes in single quotes with their letter; their content is not kept.
    Bits,
    /// The end of the input.
    End,
}

/// Reads items one by one.
pub(super) struct Lexer<R> {
    input: R,
    block: Vec<u8>,
    at: usize,
    filled: usize,
    text: Vec<u8>,
}

impl<R: Read> Lexer<R> {
    pub fn new(input: R) -> Self {
        Self { input, block: vec![0; BLOCK], at: 0, filled: 0, text: Vec::with_capacity(256) }
    }

    /// The text of the last word or quoted text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The next item.
    pub fn next(&mut self) -> Result<Item, ArchiveError> {
        loop {
            let Some(byte) = self.peek()? else { return Ok(Item::End) };
            self.at += 1;
            return Ok(match byte {
                b' ' | b'\n' | b'\r' | b'\t' => continue,
                b'{' => Item::Open,
                b'}' => Item::Close,
                b',' => Item::Comma,
                b'"' => {
                    self.quoted()?;
                    Item::Quoted
                }
                b'\'' => {
                    self.skip_past(b'\'')?;
                    self.at += usize::from(matches!(self.peek()?, Some(b'H' | b'B')));
                    Item::Bits
                }
                _ => {
                    self.at -= 1;
                    self.word()?;
                    Item::Word
                }
            });
        }
    }

    /// Passes over the rest of what the last [`Item::Open`] began.
    pub fn skip_block(&mut self) -> Result<(), ArchiveError> {
        let mut depth = 1_usize;
        while depth > 0 {
            if self.at == self.filled && self.peek()?.is_none() {
                return Err(ArchiveError::CutOff);
            }
            let rest = self.block.get(self.at..self.filled).unwrap_or_default();
            let Some(next) = rest.iter().position(|b| matches!(b, b'{' | b'}' | b'"' | b'\'')) else {
                self.at = self.filled;
                continue;
            };
            let byte = rest.get(next).copied();
            self.at += next + 1;
            match byte {
                Some(b'{') => depth += 1,
                Some(b'}') => depth -= 1,
                Some(quote) => self.skip_past(quote)?,
                None => {}
            }
        }
        Ok(())
    }

    fn peek(&mut self) -> Result<Option<u8>, ArchiveError> {
        if self.at == self.filled {
            self.at = 0;
            self.filled = loop {
                match self.input.read(&mut self.block) {
                    Ok(count) => break count,
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        self.filled = 0;
                        return Err(error.into());
                    }
                }
            };
        }
        Ok(self.block.get(self.at..self.filled).and_then(|rest| rest.first()).copied())
    }

    fn word(&mut self) -> Result<(), ArchiveError> {
        self.text.clear();
        while self.peek()?.is_some() {
            let rest = self.block.get(self.at..self.filled).unwrap_or_default();
            let ends = |b: &u8| matches!(b, b' ' | b'\n' | b'\r' | b'\t' | b',' | b'{' | b'}' | b'"' | b'\'');
            let length = rest.iter().position(ends);
            self.text.extend_from_slice(rest.get(..length.unwrap_or(rest.len())).unwrap_or_default());
            self.at += length.unwrap_or(rest.len());
            if length.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// A quote within a text is doubled; line ends within are the printer's own.
    fn quoted(&mut self) -> Result<(), ArchiveError> {
        self.text.clear();
        loop {
            let byte = self.peek()?.ok_or(ArchiveError::CutOff)?;
            self.at += 1;
            match byte {
                b'"' if self.peek()? == Some(b'"') => {
                    self.at += 1;
                    self.text.push(b'"');
                }
                b'"' => return Ok(()),
                b'\n' | b'\r' => {}
                other => self.text.push(other),
            }
        }
    }

    fn skip_past(&mut self, quote: u8) -> Result<(), ArchiveError> {
        loop {
            if self.peek()?.is_none() {
                return Err(ArchiveError::CutOff);
            }
            let rest = self.block.get(self.at..self.filled).unwrap_or_default();
            match memchr::memchr(quote, rest) {
                Some(end) => {
                    self.at += end + 1;
                    return Ok(());
                }
                None => self.at = self.filled,
            }
        }
    }
}
