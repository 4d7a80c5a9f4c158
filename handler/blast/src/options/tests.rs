use super::*;
use crate::program::Program;
use proptest::prelude::*;

fn raw(pairs: &[(&str, OptionValue)]) -> RawOptions {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn valid(program: Program, pairs: &[(&str, OptionValue)]) -> SearchOptions {
    validate(program, &raw(pairs)).unwrap()
}

/// Fields and codes of what is wrong.
fn faults(program: Program, pairs: &[(&str, OptionValue)]) -> Vec<(String, String)> {
    let errors = validate(program, &raw(pairs)).unwrap_err();
    assert!(errors.iter().all(|error| !error.message.is_empty()));
    errors.into_iter().map(|error| (error.field, error.code.into_owned())).collect()
}

fn args(options: &SearchOptions) -> String {
    options.args().join(" ")
}

#[test]
fn defaults_of_each_task_are_written_out() {
    let of = |program, task: &str| {
        let chosen = if task.is_empty() { vec![] } else { vec![("task", task.into())] };
        args(&valid(program, &chosen))
    };
    let common = "-evalue 0.05 -max_target_seqs 500";
    let nt = "-dust 20 64 1 -soft_masking true";
    assert_eq!(
        of(Program::Blastn, "megablast"),
        format!(
            "-task megablast {common} -word_size 28 -strand both -reward 1 -penalty -2 -gapopen 0 -gapextend 0 {nt}"
        )
    );
    assert_eq!(
        of(Program::Blastn, "dc-megablast"),
        format!(
            "-task dc-megablast {common} -word_size 11 -strand both -reward 2 -penalty -3 -gapopen 5 -gapextend 2 {nt}"
        )
    );
    assert_eq!(
        of(Program::Blastn, "blastn-short"),
        format!(
            "-task blastn-short {common} -word_size 7 -strand both -reward 1 -penalty -3 -gapopen 5 -gapextend 2 {nt}"
        )
    );
    assert_eq!(
        of(Program::Blastp, "blastp-short"),
        format!(
            "-task blastp-short {common} -word_size 2 -matrix PAM30 -gapopen 9 -gapextend 1 -comp_based_stats 2 \
             -seg no -soft_masking false"
        )
    );
    assert_eq!(
        of(Program::Tblastx, ""),
        format!(
            "{common} -word_size 3 -strand both -matrix BLOSUM62 -seg 12 2.2 2.5 -soft_masking false \
             -query_gencode 1 -db_gencode 1"
        )
    );
}

#[test]
fn the_task_of_somewhat_similar_really_reaches_the_command_line() {
    assert!(args(&valid(Program::Blastn, &[("task", "blastn".into())])).starts_with("-task blastn "));
    for program in Program::ALL {
        let first = SearchOptions::defaults(program).unwrap().args().first().cloned();
        assert_eq!(first.as_deref() == Some("-task"), program != Program::Tblastx, "{program}");
    }
}

#[test]
fn every_default_of_every_task_is_valid_and_reads_back() {
    for program in Program::ALL {
        let defaults = SearchOptions::defaults(program).unwrap();
        assert_eq!(validate(program, defaults.values()), Ok(defaults));
        for description in form(program) {
            for entry in description.per_task {
                let Some(default) = entry.default else { continue };
                let mut chosen = raw(&[(description.name, default)]);
                chosen.extend(entry.task.map(|task| ("task".to_owned(), task.into())));
                assert!(validate(program, &chosen).is_ok(), "{program} {chosen:?}");
            }
        }
    }
}

#[test]
fn the_form_shows_exactly_what_the_program_takes() {
    let names = |program| form(program).iter().map(|option| option.name).collect::<Vec<_>>();
    assert!(!names(Program::Tblastx).contains(&"task"));
    assert!(!names(Program::Tblastx).contains(&"gapopen"));
    assert!(!names(Program::Blastp).contains(&"strand"));
    assert!(!names(Program::Blastp).contains(&"perc_identity"));
    assert!(names(Program::Blastx).contains(&"query_gencode"));
    assert!(!names(Program::Blastx).contains(&"db_gencode"));
    let word_size = form(Program::Blastn).into_iter().find(|option| option.name == "word_size").unwrap();
    let defaults: Vec<_> = word_size.per_task.iter().filter_map(|entry| entry.default.clone()).collect();
    assert_eq!(defaults, [28, 11, 11, 7].map(OptionValue::Int));
    let evalue = definition("evalue").unwrap();
    assert!(evalue.help.contains("0.05") && evalue.help.contains("10"));
}

#[test]
fn wrong_values_are_named_by_field() {
    use Program::{Blastn, Blastp, Tblastx};
    let check = |program, name: &str, value: OptionValue, code: &str| {
        assert_eq!(faults(program, &[(name, value)]), [(name.to_owned(), code.to_owned())]);
    };
    check(Blastn, "frobnicate", 1.into(), "unknown_option");
    check(Blastn, "evalue", "abc".into(), "wrong_type");
    check(Blastn, "evalue", (-1).into(), "out_of_range");
    check(Blastn, "evalue", 0.into(), "out_of_range");
    check(Blastn, "word_size", 3.into(), "out_of_range");
    check(Blastn, "word_size", 11.5.into(), "wrong_type");
    check(Blastn, "max_target_seqs", 0.into(), "out_of_range");
    check(Blastn, "max_target_seqs", i64::MAX.into(), "out_of_range");
    check(Blastn, "task", "zzz".into(), "not_allowed");
    check(Blastn, "matrix", "BLOSUM62".into(), "not_for_program");
    check(Blastp, "strand", "plus".into(), "not_for_program");
    check(Tblastx, "task", "tblastx".into(), "not_for_program");
    check(Tblastx, "word_size", 6.into(), "out_of_range");
    check(Blastp, "matrix", "blosum62".into(), "not_allowed");
    check(Blastp, "lcase_masking", "true".into(), "wrong_type");
    check(Program::Blastx, "query_gencode", 7.into(), "not_allowed");
    let both = faults(Blastn, &[("evalue", (-1).into()), ("nope", true.into())]);
    assert_eq!(both.len(), 2);
}

#[test]
fn ranges_follow_the_task() {
    let dc = |words: i64| {
        validate(Program::Blastn, &raw(&[("task", "dc-megablast".into()), ("word_size", words.into())]))
    };
    assert!(dc(11).is_ok() && dc(12).is_ok());
    assert_eq!(dc(28).unwrap_err()[0].allowed.as_deref(), Some("11 to 12"));
}

#[test]
fn shell_characters_line_ends_and_paths_never_pass() {
    let bad = [
        "20 64 1; rm -rf x",
        "no\n",
        "../x",
        "$(id)",
        "`id`",
        "a|b",
        "yes no",
        "20 64",
        "1 2 3 4",
        "-1 2 3",
        "%s",
        "'",
        "1e5 2 3",
    ];
    for text in bad {
        assert_eq!(faults(Program::Blastn, &[("dust", text.into())])[0].1, "not_allowed", "{text:?}");
        assert_eq!(faults(Program::Blastp, &[("seg", text.into())])[0].1, "not_allowed", "{text:?}");
        assert_eq!(faults(Program::Blastp, &[("matrix", text.into())])[0].1, "not_allowed", "{text:?}");
        assert_eq!(faults(Program::Blastp, &[(text, 1.into())])[0].1, "unknown_option", "{text:?}");
    }
    let long = "x".repeat(300);
    let errors = validate(Program::Blastn, &raw(&[(&long, 1.into())])).unwrap_err();
    assert_eq!(errors[0].field.len(), 64);
}

#[test]
fn gap_costs_follow_scores_and_matrix_unless_chosen() {
    let gaps = |options: &SearchOptions| (options.get("gapopen").cloned(), options.get("gapextend").cloned());
    let expect = |open: i64, extend: i64| (Some(open.into()), Some(extend.into()));
    let pam = valid(Program::Blastp, &[("matrix", "PAM30".into())]);
    assert_eq!(gaps(&pam), expect(9, 1));
    let scores =
        valid(Program::Blastn, &[("task", "blastn".into()), ("reward", 1.into()), ("penalty", (-5).into())]);
    assert_eq!(gaps(&scores), expect(3, 3));
    let usual =
        valid(Program::Blastn, &[("task", "blastn".into()), ("reward", 1.into()), ("penalty", (-2).into())]);
    assert_eq!(gaps(&usual), expect(5, 2));
    let lenient = valid(Program::Blastn, &[("reward", 1.into()), ("penalty", (-1).into())]);
    assert_eq!(gaps(&lenient), expect(4, 2));
}

#[test]
fn pairs_that_blast_refuses_are_refused_with_what_is_allowed() {
    let errors =
        validate(Program::Blastn, &raw(&[("reward", 5.into()), ("penalty", (-1).into())])).unwrap_err();
    let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["reward", "penalty"]);
    assert!(errors[0].allowed.as_ref().unwrap().contains("5/-4"));
    let task = ("task", OptionValue::from("blastn"));
    let errors =
        validate(Program::Blastn, &raw(&[task.clone(), ("gapopen", 1.into()), ("gapextend", 1.into())]))
            .unwrap_err();
    assert_eq!(errors[0].code, "pair_not_allowed");
    assert!(errors[0].allowed.as_ref().unwrap().contains("5/2"));
    // Linear costs are megablast's alone.
    let linear = [("gapopen", 0.into()), ("gapextend", 0.into())];
    assert!(validate(Program::Blastn, &raw(&linear)).is_ok());
    assert!(validate(Program::Blastn, &raw(&[task, linear[0].clone(), linear[1].clone()])).is_err());
    let errors =
        validate(Program::Blastp, &raw(&[("matrix", "PAM30".into()), ("gapopen", 11.into())])).unwrap_err();
    assert!(errors[0].allowed.as_ref().unwrap().contains("9/1"));
}

#[test]
fn equal_options_have_one_text_and_one_json() {
    let one = valid(
        Program::Blastn,
        &[("evalue", 10.into()), ("word_size", 11.0.into()), ("dust", " 20  64 1 ".into())],
    );
    let other = valid(
        Program::Blastn,
        &[("dust", "20 64 1".into()), ("word_size", 11.into()), ("evalue", 1e1.into())],
    );
    assert_eq!(one, other);
    assert_eq!(one.canonical(), other.canonical());
    let json = serde_json::to_string(&one).unwrap();
    assert_eq!(json, serde_json::to_string(&other).unwrap());
    assert_eq!(serde_json::from_str::<SearchOptions>(&json).unwrap(), one);
    assert_ne!(one.canonical(), SearchOptions::defaults(Program::Blastn).unwrap().canonical());
}

#[test]
fn options_read_from_json_are_checked_again() {
    let short: SearchOptions =
        serde_json::from_str(r#"{"program":"blastp","options":{"evalue":1e-5}}"#).unwrap();
    assert_eq!(short.get("evalue"), Some(&OptionValue::Float(1e-5)));
    assert!(
        serde_json::from_str::<SearchOptions>(r#"{"program":"blastp","options":{"seg":"$(id)"}}"#).is_err()
    );
}

#[test]
fn flags_are_there_or_not() {
    assert!(!args(&valid(Program::Blastn, &[])).contains("lcase_masking"));
    let masked = valid(Program::Blastn, &[("lcase_masking", true.into())]);
    assert!(masked.args().iter().filter(|arg| *arg == "-lcase_masking").count() == 1);
    assert!(!masked.args().contains(&"true-lcase_masking".to_owned()));
}

fn any_value() -> impl Strategy<Value = OptionValue> {
    prop_oneof![
        any::<bool>().prop_map(OptionValue::Bool),
        (-10_i64..300).prop_map(OptionValue::Int),
        any::<i64>().prop_map(OptionValue::Int),
        any::<f64>().prop_map(OptionValue::Float),
        prop::sample::select(vec!["yes", "no", "PAM30", "blastn", "12 2.2 2.5", "20 64 1", "both", "11"])
            .prop_map(OptionValue::from),
        "\\PC{0,12}".prop_map(OptionValue::Text),
    ]
}

proptest! {
    #[test]
    fn whatever_is_asked_for_is_valid_or_named_and_stays_so(
        program in prop::sample::select(Program::ALL.to_vec()),
        chosen in prop::collection::btree_map(
            prop_oneof![
                prop::sample::select(definitions().iter().map(|def| def.name.to_owned()).collect::<Vec<_>>()),
                "\\PC{0,10}",
            ],
            any_value(),
            0..4,
        ),
    ) {
        match validate(program, &chosen) {
            Ok(options) => {
                prop_assert_eq!(validate(program, options.values()), Ok(options.clone()));
                let json = serde_json::to_string(&options).unwrap();
                prop_assert_eq!(&serde_json::from_str::<SearchOptions>(&json).unwrap(), &options);
                for arg in options.args() {
                    prop_assert!(arg.chars().all(|c| c.is_ascii_alphanumeric() || " ._-".contains(c)), "{}", arg);
                }
                for name in chosen.keys() {
                    prop_assert!(options.get(name).is_some());
                }
            }
            Err(errors) => prop_assert!(!errors.is_empty()),
        }
    }
}
