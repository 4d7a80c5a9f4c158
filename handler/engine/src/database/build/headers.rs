//! Finding the line of a sequence's name in what a person gave, so that an error can say it.

use blastline_blast::fasta;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

const BLOCK: usize = 128 * 1024;

/// Longest part of a header that is looked at, in bytes.
const MAX_HEADER: usize = 1024;

/// The id as BLAST compares it: letter case and an explicit `lcl|` do not count.
pub(super) fn comparable(id: &str) -> String {
    let upper = id.to_ascii_uppercase();
    upper.strip_prefix("LCL|").map(str::to_owned).unwrap_or(upper)
}

/// The lines (from 1) of the first two headers whose id matches. Reads plain or gzip; memory does not grow with the
/// lines. Blocks.
pub(super) fn find(fasta: &Path, matches: impl Fn(&str) -> bool) -> io::Result<(Option<u64>, Option<u64>)> {
    let mut found = Vec::new();
    scan(fasta::open(File::open(fasta)?), |line, id| {
        if matches(id) {
            found.push(line);
        }
        found.len() < 2
    })?;
    Ok((found.first().copied(), found.get(1).copied()))
}

/// Calls `on_id` with line and id of each header until it says stop.
fn scan(mut input: impl Read, mut on_id: impl FnMut(u64, &str) -> bool) -> io::Result<()> {
    let mut block = vec![0; BLOCK];
    let (mut line, mut at_start, mut header) = (1, true, None::<Vec<u8>>);
    loop {
        let count = match input.read(&mut block) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        // The end of the input ends a header too.
        let bytes = if count == 0 { &b"\n"[..] } else { &block[..count] };
        for &byte in bytes {
            match (byte, &mut header) {
                (b'\n', _) => {
                    if header.take().is_some_and(|text| !on_id(line, &first_word(&text))) {
                        return Ok(());
                    }
                    line += 1;
                }
                (b'>', None) if at_start => header = Some(Vec::new()),
                (_, Some(text)) if text.len() < MAX_HEADER => text.push(byte),
                _ => {}
            }
            at_start = byte == b'\n';
        }
        if count == 0 {
            return Ok(());
        }
    }
}

fn first_word(header: &[u8]) -> String {
    String::from_utf8_lossy(header).split_whitespace().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_seen_with_their_lines() {
        let mut seen = Vec::new();
        scan(&b">a one\r\nACGT\n\n> b\nAC>GT\n>c|x"[..], |line, id| {
            seen.push((line, id.to_owned()));
            true
        })
        .unwrap();
        let expected = [(1, "a"), (4, "b"), (6, "c|x")].map(|(line, id)| (line, id.to_owned()));
        assert_eq!(seen, expected);
    }

    #[test]
    fn case_and_an_explicit_local_prefix_do_not_tell_ids_apart() {
        assert_eq!(comparable("lcl|Ab.1"), comparable("aB.1"));
        assert_ne!(comparable("gnl|a"), comparable("a"));
    }
}
