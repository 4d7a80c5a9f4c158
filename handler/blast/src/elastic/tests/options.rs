use crate::elastic::outfmt::Download;
use crate::elastic::{ElasticOptions, ElasticOutfmt};
use crate::options::{OptionValue, RawOptions, SearchOptions, tasks, validate};
use crate::program::Program;
use proptest::prelude::*;

fn text(program: Program, given: &str) -> Result<String, String> {
    ElasticOptions::from_text(program, given)
        .map(|options| options.as_str().to_owned())
        .map_err(|errors| errors.iter().map(|error| error.message.clone()).collect::<Vec<_>>().join(" "))
}

/// A shell's reading of an unquoted variable, and then the script's: what stands between an option that takes several
/// words and the next is one value.
fn as_blast_sees(text: &str) -> Vec<String> {
    let mut args: Vec<String> = Vec::new();
    let mut joins = false;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let option = word.starts_with('-') && word[1..].starts_with(|c: char| c.is_ascii_alphabetic());
        match args.last_mut() {
            Some(last) if !option && joins && !last.starts_with('-') => {
                last.push(' ');
                last.push_str(word);
            }
            _ => args.push(word.to_owned()),
        }
        if option {
            joins = word == crate::elastic::options::MULTI_WORD;
        }
    }
    args
}

#[test]
fn every_default_survives_the_way() {
    for program in Program::ALL {
        let names: Vec<_> = tasks(program).iter().map(|task| Some(task.name)).chain([None]).collect();
        for task in names {
            let raw: RawOptions =
                task.map(|task| ("task".to_owned(), OptionValue::from(task))).into_iter().collect();
            let options = validate(program, &raw).unwrap();
            for outfmt in ElasticOutfmt::offered() {
                let elastic = ElasticOptions::of_search(&options, &outfmt).unwrap();
                assert_eq!(elastic.outfmt(), &outfmt);
                assert_eq!(elastic.task(), options.task());
                let seen = as_blast_sees(elastic.as_str());
                let mut expected = options.args();
                for value in &mut expected {
                    if matches!(value.as_str(), "20 64 1" | "12 2.2 2.5") {
                        "yes".clone_into(value);
                    }
                }
                expected.extend(["-outfmt".to_owned(), outfmt.to_string()]);
                assert_eq!(seen, expected, "{program} {task:?}");
            }
        }
    }
}

#[test]
fn values_of_several_words_are_refused_by_their_option() {
    for (program, name, numbers) in [
        (Program::Blastn, "dust", "30 64 1"),
        (Program::Blastp, "seg", "10 1.8 2.1"),
        (Program::Blastx, "seg", "12 2 3"),
    ] {
        let elastic = |value: &str| {
            let raw: RawOptions = [(name.to_owned(), OptionValue::from(value))].into();
            ElasticOptions::of_search(&validate(program, &raw).unwrap(), &ElasticOutfmt::Hits)
        };
        let errors = elastic(numbers).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert_eq!((errors[0].field.as_str(), errors[0].code.as_ref()), (name, "not_supported"));
        assert!(errors[0].message.contains("yes or no"), "{}", errors[0].message);
        for word in ["yes", "no"] {
            let taken = elastic(word).unwrap();
            assert!(taken.as_str().contains(&format!("-{name} {word} ")), "{taken}");
        }
    }
    assert!(text(Program::Blastn, "-dust 30 64 1").is_err());
}

#[test]
fn a_format_is_always_there() {
    assert_eq!(text(Program::Blastn, ""), Ok(format!("-outfmt {}", ElasticOutfmt::Hits)));
    let given = text(Program::Blastn, "  -evalue   1e-5 ").unwrap();
    assert_eq!(given, format!("-evalue 1e-5 -outfmt {}", ElasticOutfmt::Hits));
    let six = text(Program::Blastn, "-outfmt 6 std staxids -evalue 1").unwrap();
    assert_eq!(six, "-evalue 1 -outfmt 6 std staxids");
    // The number alone stands for the default, so the default's fields are what BLAST+ gets.
    let seven = text(Program::Blastn, "-outfmt 7 -evalue 1").unwrap();
    assert_eq!(seven, format!("-evalue 1 -outfmt {}", ElasticOutfmt::Hits));
}

#[test]
fn options_that_elastic_blast_refuses_or_sets_are_told() {
    for (given, says) in [
        ("-remote", "does not take -remote"),
        ("-seqidlist x", "does not take"),
        ("-negative_seqidlist x", "does not take"),
        ("-gilist x", "does not take"),
        ("-negative_gilist x", "does not take"),
        ("-filtering_db x", "does not take"),
        ("-in_pssm x", "does not take"),
        ("-entrez_query x", "does not take"),
        ("-in_msa x", "does not take"),
        ("-db nt", "sets -db itself"),
        ("-query x", "sets -query itself"),
        ("-out x", "sets -out itself"),
        ("-num_threads 4", "sets -num_threads itself"),
        ("-taxidlist ids.txt", "names a file"),
        ("-taxids 9606 -negative_taxids 10090", "one filter"),
        ("-taxids 9606 -taxids 10090", "one filter"),
        ("-mt_mode 0", "-mt_mode is 1 or left out"),
        ("-mt_mode 2", "-mt_mode is 1 or left out"),
        ("-mt_mode", "-mt_mode is 1 or left out"),
        ("-mt_mode 1 -mt_mode 0", "-mt_mode is 1 or left out"),
        ("5", "belongs to no option"),
        ("-evalue 1 2", "belongs to no option"),
        ("-outfmt 6 -outfmt 7", "given twice"),
        ("-outfmt", "is missing"),
        ("-outfmt -evalue 1", "is missing"),
        ("-outfmt=6", "the number behind it"),
        ("-outfmt 6 std nonsense", "has no field “nonsense”"),
        ("-outfmt 5 std", "take field names"),
        ("-outfmt 13", "many files"),
        ("-outfmt 17", "place in it"),
        ("-outfmt 12", "document of its own"),
        ("-outfmt 11", "beside its database"),
        ("-outfmt 4", "place in their batch"),
        ("-outfmt 99", "no such format"),
        ("-outfmt 06", "no such format"),
    ] {
        let told = text(Program::Blastn, given).expect_err(given);
        assert!(told.contains(says), "{given}: {told}");
    }
    assert!(text(Program::Tblastx, "-mt_mode 1").is_err());
    assert!(text(Program::Blastp, "-mt_mode 1").is_ok());
    assert!(ElasticOptions::from_text(Program::Blastp, "-taxids 9606").unwrap().filters_by_taxonomy());
    assert!(
        !ElasticOptions::from_text(Program::Blastp, "-negative_taxids 9606").unwrap().filters_by_taxonomy()
    );
    assert!(text(Program::Blastn, "-penalty -3 -reward 2").is_ok());
}

#[test]
fn what_yaml_shell_or_kubernetes_would_take_for_something_else_is_refused() {
    for bad in [
        "\"", "'", "\\", "`", "$", ";", "&", "|", "<", ">", "(", ")", "{", "}", "[", "]", "*", "?", "!", "~",
        "#", "^", "\n", "\r", "\t", "\u{0}", "\u{7f}", "é", "–", "\u{a0}",
    ] {
        let given = format!("-evalue 1{bad}0");
        let told = text(Program::Blastn, &given).expect_err(&given);
        assert!(told.contains("does not survive"), "{given}: {told}");
    }
    assert!(text(Program::Blastn, "-evalue $(ELB_RESULTS)").is_err());
    assert!(text(Program::Blastn, &"-evalue 1 ".repeat(1_000)).unwrap_err().contains("longer"));
    // Percent signs survive; the configuration doubles them.
    assert_eq!(
        text(Program::Blastn, "-perc_identity 90% -outfmt 6").unwrap(),
        "-perc_identity 90% -outfmt 6"
    );
}

#[test]
fn formats_are_read_as_they_are_written() {
    for outfmt in ElasticOutfmt::offered() {
        assert_eq!(ElasticOutfmt::parse(&outfmt.to_string()), Ok(outfmt.clone()), "{outfmt}");
        let json = serde_json::to_string(&outfmt).unwrap();
        assert_eq!(json, format!("\"{outfmt}\""));
        assert_eq!(serde_json::from_str::<ElasticOutfmt>(&json).unwrap(), outfmt);
    }
    let fields = ["std".to_owned(), "staxids".to_owned()].to_vec();
    assert_eq!(ElasticOutfmt::parse("7 std staxids"), Ok(ElasticOutfmt::Commented(fields.clone())));
    assert_eq!(ElasticOutfmt::parse(" 10  std staxids "), Ok(ElasticOutfmt::Csv(fields)));
    assert!(serde_json::from_str::<ElasticOutfmt>(r#""6 $(x)""#).is_err());
    assert_eq!(ElasticOutfmt::parse(""), Ok(ElasticOutfmt::Hits));
    assert_eq!(ElasticOutfmt::parse("7"), Ok(ElasticOutfmt::Hits));
    assert_eq!(ElasticOutfmt::parse("7 std"), Ok(ElasticOutfmt::Commented(vec!["std".to_owned()])));
    assert_eq!(ElasticOutfmt::Commented(Vec::new()).to_string(), "7 std");
    assert!(ElasticOutfmt::parse(&format!("6 {}", ["std"; 65].join(" "))).is_err());
}

#[test]
fn each_format_says_what_it_gives_and_what_it_rules_out() {
    for outfmt in ElasticOutfmt::offered() {
        let statement = outfmt.statement();
        let mut all = [statement.gives.clone(), statement.rules_out.clone()].concat();
        all.sort_unstable();
        let mut every = Download::ALL.to_vec();
        every.sort_unstable();
        assert_eq!(all, every, "{outfmt}");
        assert!(!statement.gives.is_empty() && statement.sentence.ends_with('.'), "{outfmt}");
        assert_eq!(statement.shown_in_page, outfmt == ElasticOutfmt::Hits);
        assert_eq!(statement.gives.contains(&Download::Tsv), outfmt == ElasticOutfmt::Hits);
        assert!(outfmt.to_string().starts_with(&statement.number.to_string()), "{outfmt}");
    }
    let text = serde_json::to_string(&ElasticOutfmt::Hits.statement()).unwrap();
    assert!(text.contains(r#""gives":["tsv","csv","jsonl","outfmt6","outfmt7"]"#), "{text}");
}

proptest! {
    #[test]
    fn what_is_taken_is_plain_one_line_and_stable(given in "[ -~]{0,60}") {
        if let Ok(first) = text(Program::Blastn, &given) {
            prop_assert!(first.chars().all(|c| c.is_ascii_alphanumeric() || " -_.,:/=+@%".contains(c)));
            prop_assert!(first.contains("-outfmt") && first.trim() == first);
            prop_assert_eq!(text(Program::Blastn, &first), Ok(first.clone()));
        }
    }

    #[test]
    fn nothing_makes_the_reader_of_options_panic(given in "\\PC{0,80}") {
        let _ = text(Program::Blastx, &given);
        let _ = ElasticOutfmt::parse(&given);
    }

    #[test]
    fn numbers_of_a_search_survive_the_way(evalue in 1e-200_f64..1e9, hits in 1_i64..100_000) {
        let raw: RawOptions =
            [("evalue".to_owned(), OptionValue::from(evalue)), ("max_target_seqs".to_owned(), OptionValue::from(hits))].into();
        let options: SearchOptions = validate(Program::Blastp, &raw).unwrap();
        let elastic = ElasticOptions::of_search(&options, &ElasticOutfmt::Xml).unwrap();
        let seen = as_blast_sees(elastic.as_str());
        prop_assert_eq!(&seen[..seen.len() - 2], &options.args()[..]);
    }
}
