//! From code, signal and text to a named failure.

use super::{BlastFailure, RetryClass};
use crate::program::Program;
use RetryClass::{Permanent, Resource, Transient};

fn failure(code: &'static str, class: RetryClass, message: &str, hint: &str) -> BlastFailure {
    BlastFailure { code, message: message.to_owned(), hint: hint.to_owned(), class }
}

fn memory() -> BlastFailure {
    failure(
        "memory_limit",
        Resource,
        "BLAST+ ran out of memory.",
        "Search fewer or shorter sequences at a time, lower the number of subjects per query, or give searches more memory.",
    )
}

pub(super) fn disk() -> BlastFailure {
    failure(
        "output_not_written",
        Resource,
        "BLAST+ could not write its result: the disk is full, or a limit is reached.",
        "Free some space, or lower the number of subjects per query, and search again.",
    )
}

/// What BLAST+ does not count as a failure, although its result is not that of the query as given.
pub(super) fn in_spite_of_success(stderr: &str) -> Option<BlastFailure> {
    if stderr.contains("Ignoring invalid residues") {
        return Some(failure(
            "residues_ignored",
            Permanent,
            "BLAST+ left out letters that it does not know, so its result is not for the sequences as given.",
            "Check the sequences: only letters of the right molecule may stand in them.",
        ));
    }
    if stderr.contains("Query is Empty!") || stderr.contains("Sequence contains no data") {
        return Some(query_empty());
    }
    None
}

fn query_empty() -> BlastFailure {
    failure(
        "query_empty",
        Permanent,
        "A query has no residues.",
        "Remove headers without a sequence, and search again.",
    )
}

/// Texts that name a failure, the most telling first.
fn by_text(stderr: &str) -> Option<BlastFailure> {
    let has = |text: &str| stderr.contains(text);
    if has("bad_alloc")
        || has("Cannot allocate memory")
        || has("Out of memory")
        || has("failed to map segment")
    {
        return Some(memory());
    }
    if has("No space left on device") || has("BLAST failed to write output") || has("iostream error") {
        return Some(disk());
    }
    if has("Query is Empty!") || has("Sequence contains no data") {
        return Some(query_empty());
    }
    if has("No alias or index file found") || has("Fail to initialize local or remote DB") {
        return Some(failure(
            "database_missing",
            Transient,
            "The database was not found where the search ran.",
            "It is fetched again on the next attempt. If that fails as well, its files have to be restored.",
        ));
    }
    if has("BLAST Database error") || has("does not match lmdb") {
        return Some(failure(
            "database_damaged",
            Transient,
            "The database's files do not fit together where the search ran.",
            "They are fetched again on the next attempt. If that fails as well, the database has to be built anew.",
        ));
    }
    if has("Invalid input format for BLAST Archive") {
        return Some(failure(
            "archive_damaged",
            Transient,
            "The stored result could not be read back.",
            "The part is searched again.",
        ));
    }
    if has("File is not accessible") {
        return Some(failure(
            "file_missing",
            Transient,
            "A working file of the search was not there.",
            "The part is tried again.",
        ));
    }
    if has("BLAST query error") || has("doesn't look like plausible data") {
        return Some(failure(
            "query_unreadable",
            Permanent,
            "BLAST+ could not read the sequences.",
            "Check that they are FASTA text.",
        ));
    }
    None
}

const REFUSED: [&str; 7] = [
    "BLAST query/options error",
    "Command line argument error",
    "CArgException",
    "USAGE",
    "are not supported for substitution scores",
    "Substitution scores",
    "Formatting choice is out of range",
];

fn refused(stderr: &str) -> bool {
    REFUSED.iter().any(|text| stderr.contains(text))
}

/// A run that ended by itself with a code other than 0.
pub(super) fn by_code(code: i32, stderr: &str, program: Program) -> BlastFailure {
    let shared_object = stderr.contains("cannot open shared object file");
    match (code, by_text(stderr)) {
        (126 | 127, None) => not_there(program),
        (_, Some(_)) if shared_object => not_there(program),
        (_, Some(failure)) => failure,
        (_, None) if refused(stderr) => failure(
            "options_refused",
            Permanent,
            "BLAST+ refused the options of this search.",
            "Set the options back to their defaults, and change one at a time.",
        ),
        (2, None) => failure(
            "database_damaged",
            Transient,
            "BLAST+ could not open the database where the search ran.",
            "Its files are fetched again on the next attempt.",
        ),
        (3, None) => failure(
            "engine_error",
            Permanent,
            "BLAST+ stopped with an error of its own.",
            "See the details; a search of fewer sequences shows which one it stops at.",
        ),
        (4, None) => memory(),
        (6, None) => disk(),
        (_, None) => unknown(program),
    }
}

fn not_there(program: Program) -> BlastFailure {
    failure(
        "blast_missing",
        // Another instance may have it, and an operator can install it meanwhile.
        Transient,
        &format!("{program} could not be started where the search ran."),
        "BLAST+ has to be installed there, with its libraries.",
    )
}

/// A run that a signal ended. Numbers are those of Linux.
pub(super) fn by_signal(signal: i32, stderr: &str) -> BlastFailure {
    if let Some(failure) = by_text(stderr) {
        return failure;
    }
    match signal {
        9 => failure(
            "killed",
            Transient,
            "The search was killed from outside, as happens when a machine runs short of memory.",
            "The part is tried again. If it keeps happening, search fewer sequences at a time.",
        ),
        1 | 2 | 3 | 15 => failure(
            "terminated",
            Transient,
            "The search was stopped from outside.",
            "The part is tried again.",
        ),
        13 => failure(
            "output_closed",
            Transient,
            "The reader of the result went away.",
            "The part is tried again.",
        ),
        24 => failure(
            "time_limit",
            Resource,
            "The search reached its limit of computing time.",
            "Search fewer or shorter sequences at a time, or raise the word size.",
        ),
        25 => disk(),
        // BLAST+ dies of these when memory is short and when a database file is cut off; it prints nothing.
        _ => failure(
            "crashed",
            Resource,
            "BLAST+ crashed, as it does when memory is short or a database file is damaged.",
            "The part is tried again with the database fetched anew. If that fails as well, search fewer sequences at a time.",
        ),
    }
}

/// An end that no rule names.
pub(super) fn unknown(program: Program) -> BlastFailure {
    failure(
        "unknown",
        Transient,
        &format!("{program} ended in an unknown way."),
        "The part is tried again; the details are in the log.",
    )
}
