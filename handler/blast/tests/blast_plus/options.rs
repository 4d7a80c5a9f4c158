//! Options: BLAST+ takes what we take, and our defaults are its own.

use crate::bed::Bed;
use blastline_blast::Program;
use blastline_blast::options::{
    Described, OptionValue, RawOptions, Rule, SearchOptions, form, tasks, validate,
};
use std::collections::BTreeSet;

fn task_names(program: Program) -> Vec<Option<&'static str>> {
    match tasks(program) {
        [] => vec![None],
        all => all.iter().map(|task| Some(task.name)).collect(),
    }
}

fn with_task(task: Option<&str>) -> RawOptions {
    task.map(|task| ("task".to_owned(), OptionValue::from(task))).into_iter().collect()
}

#[test]
fn tasks_are_those_of_blast() {
    let bed = Bed::new();
    for program in Program::ALL {
        let help = bed.must(program.as_str(), &["-help"]);
        assert_eq!(help.contains(" -task <"), !tasks(program).is_empty(), "{program}");
        for task in tasks(program) {
            assert!(help.contains(&format!("'{}'", task.name)), "{program} {}", task.name);
        }
        if let Some(first) = tasks(program).first() {
            assert!(help.contains(&format!("Task to execute\n   Default = `{}'", first.name)), "{program}");
        }
    }
}

/// Writing the defaults out changes nothing: hits and the parameters that BLAST+ reports are those of a bare run.
#[test]
fn written_defaults_are_those_of_blast() {
    let bed = Bed::new();
    for program in Program::ALL {
        for task in task_names(program) {
            let options = validate(program, &with_task(task)).unwrap();
            let mut bare =
                vec!["-evalue", "0.05", "-db", Bed::database(program), "-query", Bed::query(program)];
            bare.extend(task.map(|task| ["-task", task]).into_iter().flatten());
            // XML holds every hit and the parameters.
            bare.extend(["-outfmt", "5"]);
            assert_eq!(bed.search(&options, "5"), bed.must(program.as_str(), &bare), "{program} {task:?}");
        }
    }
}

/// Values at the ends of each range, and every choice.
fn extremes(input: &Described) -> Vec<OptionValue> {
    match input {
        Described::Integer { min, max } => vec![OptionValue::Int(*min), OptionValue::Int(*max)],
        Described::Number { min, max } => vec![OptionValue::Float(*min), OptionValue::Float(*max)],
        Described::Boolean => vec![OptionValue::Bool(true), OptionValue::Bool(false)],
        Described::Choice { choices } => choices.iter().map(|choice| choice.value.into()).collect(),
        Described::Pattern { rule: Rule::Dust, .. } => vec!["yes".into(), "no".into(), "0 9999 1".into()],
        Described::Pattern { rule: Rule::Seg, .. } => vec!["yes".into(), "no".into(), "9999 0.5 9.75".into()],
    }
}

#[test]
fn blast_takes_both_ends_of_every_range_and_every_choice() {
    let bed = Bed::new();
    let mut refused = Vec::new();
    // A range is walked through once; another program or task with the same range is asked for one value of it.
    let mut walked = BTreeSet::new();
    for program in Program::ALL {
        let first: String = bed.read(Bed::query(program)).lines().nth(1).unwrap().chars().take(150).collect();
        bed.write("short.fa", &format!(">short\n{first}\n"));
        for option in form(program) {
            for entry in &option.per_task {
                let first = &option.per_task[0];
                if entry.task != first.task && entry.input == first.input {
                    continue;
                }
                let mut values = extremes(&entry.input);
                if !walked.insert(format!("{} {:?}", option.name, entry.input)) {
                    values.drain(..values.len() - 1);
                }
                for value in values {
                    let mut chosen = with_task(entry.task);
                    chosen.insert(option.name.to_owned(), value);
                    // Scores and gap costs go in pairs; the test of the pairs takes care of them.
                    let Ok(options) = validate(program, &chosen) else { continue };
                    let mut args = options.args();
                    args.extend(
                        ["-db", Bed::database(program), "-query", "short.fa", "-outfmt", "6"]
                            .map(String::from),
                    );
                    let output = bed.run(program.as_str(), &args);
                    if !output.status.success() {
                        refused.push(format!(
                            "{program} {chosen:?}: {}",
                            String::from_utf8_lossy(&output.stderr)
                        ));
                    }
                }
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn what_we_refuse_at_the_edge_blast_refuses_too() {
    let bed = Bed::new();
    let edges: [(Program, Option<&str>, &str, OptionValue); 9] = [
        (Program::Blastn, Some("blastn"), "word_size", 3.into()),
        (Program::Blastn, Some("dc-megablast"), "word_size", 13.into()),
        (Program::Blastp, None, "word_size", 8.into()),
        (Program::Tblastx, None, "word_size", 6.into()),
        (Program::Blastn, None, "evalue", 0.into()),
        (Program::Blastn, None, "perc_identity", 101.into()),
        (Program::Blastn, None, "max_hsps", 0.into()),
        (Program::Blastp, None, "threshold", 0.into()),
        (Program::Blastx, None, "query_gencode", 7.into()),
    ];
    for (program, task, name, value) in edges {
        let mut chosen = with_task(task);
        chosen.insert(name.to_owned(), value.clone());
        assert!(validate(program, &chosen).is_err(), "{program} {name}");
        let flag = format!("-{name}");
        let value = value.to_string();
        let mut args = vec!["-db", Bed::database(program), "-query", Bed::query(program), &flag, &value];
        args.extend(task.map(|task| ["-task", task]).into_iter().flatten());
        assert!(!bed.run(program.as_str(), &args).status.success(), "{program} {name}");
    }
}

#[test]
fn the_command_shown_is_the_search_that_runs() {
    let bed = Bed::new();
    for program in Program::ALL {
        let options = SearchOptions::defaults(program).unwrap();
        let line = blastline_blast::command::command_line(
            program,
            &options,
            Bed::database(program),
            Bed::query(program),
        );
        let shown = bed.must("sh", &["-c", &line]);
        bed.write("shown.asn", &shown);
        assert_eq!(
            bed.must("blast_formatter", &["-archive", "shown.asn", "-outfmt", "6"]),
            bed.search(&options, "6")
        );
    }
}
