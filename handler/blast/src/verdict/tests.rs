use super::*;

fn failure(exit: Exit, stderr: &str) -> (&'static str, RetryClass) {
    match judge(exit, stderr, Program::Blastn) {
        Verdict::Failure(failure) => {
            assert!(!failure.message.is_empty() && !failure.hint.is_empty());
            assert!(!failure.message.contains('/'), "{}", failure.message);
            (failure.code, failure.class)
        }
        Verdict::Success { warnings } => panic!("taken for a success: {warnings:?}"),
    }
}

fn warnings(stderr: &str) -> Vec<Warning> {
    match judge(Exit::code(0), stderr, Program::Blastn) {
        Verdict::Success { warnings } => warnings,
        Verdict::Failure(failure) => panic!("taken for a failure: {failure:?}"),
    }
}

#[test]
fn exit_code_0_with_ignored_residues_is_a_failure() {
    let stderr = "FASTA-Reader: Ignoring invalid residues at position(s): On line 2: 5-12, 17-18\n";
    assert_eq!(failure(Exit::code(0), stderr), ("residues_ignored", RetryClass::Permanent));
}

#[test]
fn exit_code_0_with_an_empty_query_is_a_failure() {
    assert_eq!(failure(Exit::code(0), "Warning: [blastn] Query is Empty!\n").0, "query_empty");
    let one = "Warning: [blastp] Query_1 q1: Sequence contains no data \n";
    assert_eq!(failure(Exit::code(0), one).0, "query_empty");
    assert_eq!(
        failure(Exit::code(3), "BLAST engine error: Warning: Sequence contains no data\n").0,
        "query_empty"
    );
}

#[test]
fn a_query_of_n_is_a_remark_that_names_it() {
    let line = |n: u32, id: &str| {
        format!(
            "Warning: [blastn] Query_{n} {id} some title: Could not calculate ungapped Karlin-Altschul parameters due \
             to an invalid query sequence or its translation. Please verify the query sequence(s) and/or filtering \
             options \n"
        )
    };
    let stderr: String = (1..=9).map(|n| line(n, &format!("seq{n}"))).collect();
    let found = warnings(&stderr);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].code.as_str(), found[0].count), ("no_statistics", 9));
    assert_eq!(found[0].queries, ["seq1", "seq2", "seq3", "seq4", "seq5"]);
}

#[test]
fn other_remarks_are_kept_apart_by_kind_and_show_no_path() {
    let stderr = "Warning: [blastn] Examining 5 or more matches is recommended\n\n\
                  Warning: [blastp] Query_1 q1: One or more O characters replaced by X for alignment score \
                  calculations at positions 104 \n\
                  CFastaReader: Hyphens are invalid and will be ignored around line 2\n\
                  Warning: [blastp] Number of threads was reduced to 2 to match the number of available CPUs\n\
                  Warning: something new in /srv/secret/place\n";
    let codes: Vec<_> = warnings(stderr).into_iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["few_targets", "letters_replaced", "hyphens_ignored", "threads_reduced", "other"]);
    assert!(warnings(stderr).iter().all(|warning| !warning.message.contains("secret")));
    assert_eq!(warnings(""), []);
}

#[test]
fn a_missing_or_damaged_database_is_tried_again() {
    let missing = "BLAST Database error: No alias or index file found for nucleotide database [D] in search path [P::]\n";
    assert_eq!(failure(Exit::code(2), missing), ("database_missing", RetryClass::Transient));
    let formatter =
        "Error: (CException::eUnknown) s_InitializeSubject() - Fail to initialize local or remote DB\n";
    assert_eq!(failure(Exit::code(255), formatter), ("database_missing", RetryClass::Transient));
    let damaged = "BLAST Database error: Input db vol does not match lmdb vol\n";
    assert_eq!(failure(Exit::code(2), damaged), ("database_damaged", RetryClass::Transient));
    assert_eq!(failure(Exit::code(2), ""), ("database_damaged", RetryClass::Transient));
}

#[test]
fn refused_options_are_permanent() {
    let gaps = "BLAST engine error: Error: Gap existence and extension values 1 and 1 are not supported for \
                substitution scores 2 and -3\n6 and 4 are supported existence and extension values\n";
    let texts = [
        (3, gaps),
        (3, "BLAST engine error: Error: Substitution scores 1 and -6 are not supported\n"),
        (1, "Error:  (CArgException::eInvalidArg) Unknown argument: \"frobnicate\"\n"),
        (
            1,
            "Error:  (CArgException::eConstraint) Argument \"word_size\". Illegal value, expected >=4:  `2'\n",
        ),
        (1, "BLAST query/options error: expect value or cutoff score must be greater than zero\n"),
        (255, "Error: Formatting choice is out of range\n"),
    ];
    for (code, stderr) in texts {
        assert_eq!(failure(Exit::code(code), stderr), ("options_refused", RetryClass::Permanent), "{stderr}");
    }
}

#[test]
fn missing_files_are_tried_again() {
    let query = "Command line argument error: Argument \"query\". File is not accessible:  `part.fa'\n";
    assert_eq!(failure(Exit::code(1), query), ("file_missing", RetryClass::Transient));
    let archive = "BLAST query/options error: Invalid input format for BLAST Archive.\n";
    assert_eq!(failure(Exit::code(1), archive), ("archive_damaged", RetryClass::Transient));
}

#[test]
fn an_unreadable_query_is_permanent() {
    let stderr = "BLAST query error: CFastaReader: Near line 1, there's a line that doesn't look like plausible data, \
                  but it's not marked as defline or comment.\n";
    assert_eq!(failure(Exit::code(1), stderr), ("query_unreadable", RetryClass::Permanent));
}

#[test]
fn short_memory_has_many_faces() {
    let loader = "blastn: error while loading shared libraries: libstdc++.so.6: failed to map segment from shared \
                  object\n";
    assert_eq!(failure(Exit::code(127), loader), ("memory_limit", RetryClass::Resource));
    let thrown = "terminate called after throwing an instance of 'std::bad_alloc'\n";
    assert_eq!(failure(Exit::signal(6), thrown), ("memory_limit", RetryClass::Resource));
    assert_eq!(failure(Exit::code(4), ""), ("memory_limit", RetryClass::Resource));
    assert_eq!(failure(Exit::signal(11), ""), ("crashed", RetryClass::Resource));
    assert_eq!(failure(Exit::code(139), ""), ("crashed", RetryClass::Resource));
}

#[test]
fn a_missing_program_is_not_short_memory() {
    let loader = "blastn: error while loading shared libraries: libblast.so: cannot open shared object file: No such \
                  file or directory\n";
    assert_eq!(failure(Exit::code(127), loader), ("blast_missing", RetryClass::Transient));
    assert_eq!(failure(Exit::code(127), ""), ("blast_missing", RetryClass::Transient));
}

#[test]
fn a_full_disk_is_named_however_it_shows() {
    let abort = "terminate called after throwing an instance of 'std::__ios_failure'\n  what():  basic_ios::clear: \
                 iostream error\n";
    assert_eq!(failure(Exit::signal(6), abort), ("output_not_written", RetryClass::Resource));
    assert_eq!(failure(Exit::code(134), abort), ("output_not_written", RetryClass::Resource));
    assert_eq!(failure(Exit::code(6), "BLAST failed to write output\n").0, "output_not_written");
    assert_eq!(failure(Exit::signal(25), "").0, "output_not_written");
}

#[test]
fn signals_from_outside_are_tried_again() {
    for (exit, code) in [
        (Exit::signal(9), "killed"),
        (Exit::code(137), "killed"),
        (Exit::signal(15), "terminated"),
        (Exit::code(143), "terminated"),
        (Exit::code(141), "output_closed"),
        (Exit { code: None, signal: None }, "unknown"),
        (Exit::code(255), "unknown"),
    ] {
        assert_eq!(failure(exit, ""), (code, RetryClass::Transient));
    }
    assert_eq!(failure(Exit::signal(24), ""), ("time_limit", RetryClass::Resource));
    assert_eq!(failure(Exit::code(3), "BLAST engine error: odd\n"), ("engine_error", RetryClass::Permanent));
}

#[test]
fn what_crashes_on_a_full_disk_is_not_told_as_short_memory_or_a_damaged_database() {
    // What makeblastdb and blast_formatter of 2.12 did on a full tmpfs: SIGBUS, SIGABRT, and 1 without a word.
    for exit in [Exit::signal(7), Exit::signal(6), Exit::code(1)] {
        let failure = |free_bytes| match judge(exit, "", Program::Blastp) {
            Verdict::Failure(failure) => failure.with_room(free_bytes),
            Verdict::Success { .. } => panic!("{exit:?} is no success"),
        };
        assert_eq!(failure(0).code, "output_not_written", "{exit:?}");
        assert_ne!(failure(1 << 30).code, "output_not_written", "{exit:?}");
    }
    let Verdict::Failure(killed) = judge(Exit::signal(9), "", Program::Blastp) else { panic!("killed") };
    assert_eq!(killed.with_room(0).code, "killed", "who was killed from outside did not crash");
}
