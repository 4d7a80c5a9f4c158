//! What `makeblastdb` said, and what it means. Its exit code alone tells nothing: it drops residues it does not know
//! and ends with 0. The phrases are those of BLAST+ 2.12, measured.

use super::{
    BuildError, Prepared,
    headers::{comparable, find},
    prepare::RefusedName,
};
use crate::child::EXIT_NOT_STARTED;
use blastline_jobs::ports::ChildExit;
use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

/// Longest quotation of a program, in characters.
const MAX_SAID: usize = 400;

/// Judges how a BLAST+ program ended. `Ok` when it says it succeeded.
pub(super) fn judge(program: &'static str, exit: ChildExit, stderr: &str) -> Result<(), BuildError> {
    let said = quote(stderr);
    if let Some(signal) = exit.signal {
        return Err(BuildError::Interrupted { program, signal });
    }
    let code = exit.code;
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| stderr.contains(phrase));
    if code == Some(0) && !has(&["Ignoring invalid residues"]) {
        return Ok(());
    }
    if has(&["Cannot allocate memory", "bad_alloc", "failed to map segment", "Out of memory"]) {
        return Err(BuildError::OutOfMemory { program, said });
    }
    if has(&["No space left on device", "MDB_MAP_FULL"]) {
        return Err(BuildError::DiskFull { program, said });
    }
    // Also the code of the dynamic loader, for a library that is not there; one that found no memory is above.
    if code == Some(i32::from(EXIT_NOT_STARTED)) {
        return Err(BuildError::NotInstalled { program, cause: said });
    }
    Err(BuildError::Refused { program, code, said })
}

/// Turns a refusal of `makeblastdb` into one that names the sequence and its line, where it is about one. Blocks.
pub(super) fn about_a_sequence(
    error: BuildError,
    stderr: &str,
    prepared: &Prepared,
) -> io::Result<BuildError> {
    if !matches!(error, BuildError::Refused { .. }) {
        return Ok(error);
    }
    let fasta = &prepared.request.fasta;
    if let Some(id) =
        after(stderr, "Duplicate seq_ids are found:").and_then(|rest| rest.split_whitespace().next())
    {
        // It names one of the forms of the id, in capitals: `LCL|A`, `SP|P12345`.
        let key = comparable(id.trim_end_matches('|'));
        let is_it = |other: &str| {
            let other = comparable(other);
            other == key || other.starts_with(&format!("{key}|"))
        };
        let (first_line, line) = find(fasta, is_it)?;
        return Ok(BuildError::DuplicateId { id: key, first_line, line });
    }
    let quoted = after(stderr, "Could not construct seq-id from '")
        .and_then(|rest| rest.split_once('\'').map(|(id, _)| id))
        .or_else(|| {
            stderr
                .split_once("' is not a valid local ID")
                .and_then(|(before, _)| before.rsplit_once('\''))
                .map(|(_, id)| id)
        });
    if let Some(id) = quoted {
        return RefusedName::Refused(id.to_owned()).locate(fasta);
    }
    let too_long = stderr.contains("local id is too long");
    if let Some(line) = after(stderr, "Near line ").and_then(leading_number).filter(|_| too_long)
        && let Some(id) = id_in_line(&prepared.sequences_file(), line)?
    {
        return RefusedName::TooLong(id).locate(fasta);
    }
    Ok(error)
}

fn after<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    text.split_once(phrase).map(|(_, rest)| rest)
}

fn leading_number(text: &str) -> Option<usize> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The id of the header in or next before a line of the normalised sequences.
fn id_in_line(file: &Path, line: usize) -> io::Result<Option<String>> {
    let mut id = None;
    for text in BufReader::new(File::open(file)?).split(b'\n').take(line) {
        if let Some(header) = text?.strip_prefix(b">") {
            id = String::from_utf8_lossy(header).split_whitespace().next().map(str::to_owned);
        }
    }
    Ok(id)
}

/// The last words of a program for a sentence: one line, no control characters, no local paths.
pub(super) fn quote(stderr: &str) -> String {
    let text = stderr.replace(|c: char| c.is_control(), " ");
    let words: Vec<_> = text
        .split_whitespace()
        .filter(|word| {
            !word.trim_start_matches(['"', '\'', '(', '[']).starts_with('/') && !word.contains("c++/")
        })
        .collect();
    let line = words.join(" ");
    let skip = line.chars().count().saturating_sub(MAX_SAID);
    line.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use blastline_jobs::retry::RetryClass;

    fn judged(code: i32, stderr: &str) -> BuildError {
        judge("makeblastdb", ChildExit { code: Some(code), signal: None }, stderr).unwrap_err()
    }

    #[test]
    fn an_exit_code_of_zero_is_not_believed() {
        let dropped = "FASTA-Reader: Ignoring invalid residues at position(s): On line 2: 6, 9, 11-12\n";
        assert!(matches!(judged(0, dropped), BuildError::Refused { .. }));
        let exit = ChildExit { code: Some(0), signal: None };
        judge("makeblastdb", exit, "Warning: something harmless\n").unwrap();
    }

    #[test]
    fn what_is_no_fault_of_the_sequences_is_tried_again() {
        let memory =
            "error while loading shared libraries: libz.so.1: failed to map segment from shared object";
        let cases = [
            (judged(127, memory), RetryClass::Capacity),
            (judged(255, "Error: mdb_env_open: Cannot allocate memory"), RetryClass::Capacity),
            (
                judged(255, "Error: mdb_put: MDB_MAP_FULL: Environment mapsize limit reached"),
                RetryClass::Capacity,
            ),
            (judged(134, "write: No space left on device"), RetryClass::Capacity),
            (judged(127, "could not start makeblastdb: No such file or directory"), RetryClass::Transient),
            (judge("x", ChildExit { code: None, signal: Some(9) }, "").unwrap_err(), RetryClass::Transient),
        ];
        for (error, class) in cases {
            assert!(!error.is_input_fault() && error.retry_class() == class, "{error}");
        }
    }

    #[test]
    fn a_quotation_has_no_local_path_and_an_end() {
        let said = "BLAST Database error: No file [x] in \"/tmp/build-1/x\"\n at /home/me/y \u{7}\n";
        assert_eq!(quote(said), "BLAST Database error: No file [x] in at");
        assert_eq!(quote(&"long ".repeat(1000)).chars().count(), 400);
    }
}
