use crate::elastic::join::{Join, Joiner};

fn joined(join: Join, batches: &[&str]) -> std::io::Result<String> {
    let mut joiner = Joiner::new(join, Vec::new());
    for batch in batches {
        joiner.add(&mut batch.as_bytes(), &mut |_| ())?;
    }
    Ok(String::from_utf8(joiner.finish()?).unwrap())
}

fn xml(queries: &[&str]) -> String {
    let iteration = |(number, name): (usize, &&str)| {
        let number = number + 1;
        format!(
            "<Iteration>\n  <Iteration_iter-num>{number}</Iteration_iter-num>\n  \
             <Iteration_query-ID>Query_{number}</Iteration_query-ID>\n  <Iteration_query-def>{name}</Iteration_query-def>\n\
             </Iteration>\n"
        )
    };
    let iterations: String = queries.iter().enumerate().map(iteration).collect();
    format!(
        "<?xml version=\"1.0\"?>\n<BlastOutput>\n  <BlastOutput_program>blastn</BlastOutput_program>\n\
         <BlastOutput_iterations>\n{iterations}</BlastOutput_iterations>\n</BlastOutput>\n\n"
    )
}

#[test]
fn plain_results_follow_each_other() {
    assert_eq!(joined(Join::Concatenated, &["a\n", "", "b\n"]).unwrap(), "a\nb\n");
    assert_eq!(joined(Join::Concatenated, &[]).unwrap(), "");
}

#[test]
fn commented_tables_get_one_last_line() {
    let one = "# BLASTN 2.17.0+\n# Query: a\n# 1 hits found\nrow\n# BLAST processed 1 queries\n";
    let two = "# BLASTN 2.17.0+\n# Query: b\n# 0 hits found\n# BLAST processed 1 queries\n# BLASTN 2.17.0+\n# Query: c\n\
               # 0 hits found\n# BLAST processed 1 queries\n";
    let expected = "# BLASTN 2.17.0+\n# Query: a\n# 1 hits found\nrow\n# BLASTN 2.17.0+\n# Query: b\n# 0 hits found\n\
                    # BLASTN 2.17.0+\n# Query: c\n# 0 hits found\n# BLAST processed 3 queries\n";
    assert_eq!(joined(Join::Commented, &[one, two]).unwrap(), expected);
}

#[test]
fn xml_of_batches_is_the_xml_of_all_queries() {
    let whole = xml(&["a", "b", "c", "d"]);
    for cut in 1..4 {
        let names = ["a", "b", "c", "d"];
        let found = joined(Join::Xml, &[&xml(&names[..cut]), &xml(&names[cut..])]).unwrap();
        assert_eq!(found.trim_end(), whole.trim_end());
    }
}

#[test]
fn a_batch_that_was_cut_off_is_no_part_of_a_result() {
    let whole = xml(&["a", "b"]);
    for at in [1, whole.len() / 2, whole.len() - 20] {
        assert!(joined(Join::Xml, &[&whole, &whole[..at]]).is_err(), "{at}");
    }
    assert!(joined(Join::Xml, &[""]).is_err());
    assert!(joined(Join::Commented, &["# BLASTN 2.17.0+\n# Query: a\n# 0 hits found\n"]).is_err());
    assert!(joined(Join::Commented, &["# BLAST processed 1 queries"]).is_err());
    assert!(joined(Join::Commented, &[""]).is_err());
}

fn report(queries: &[&str]) -> String {
    let block =
        |name: &&str| format!("Query= {name}\n\nLength=9\n\n>s a subject\nQuery= is in its title\n\n\n");
    let blocks: String = queries.iter().map(block).collect();
    format!(
        "BLASTN 2.17.0+\n\n\nReference: words\n\n\n{blocks}  Database: nt\n    Posted date:  today\n  \
         Number of letters in database: 9\n  Number of sequences in database:  1\n\n\n\nMatrix: blastn\n"
    )
}

fn json(queries: &[&str]) -> String {
    let one = |(number, name): (usize, &&str)| {
        format!(
            "{{\n    \"report\": {{\n      \"version\": \"BLASTN 2.17.0+\",\n          \"query_id\": \"Query_{}\",\n          \
             \"query_title\": \"{name}\",\n          \"hits\": [\n          ]\n    }}\n  }}\n",
            number + 1
        )
    };
    let all: Vec<String> = queries.iter().enumerate().map(one).collect();
    format!("{{\n\"BlastOutput2\": [\n{}]\n}}\n", all.join(",\n"))
}

fn xml2(queries: &[&str]) -> String {
    let one = |(number, name): (usize, &&str)| {
        format!(
            "<BlastOutput2>\n      <version>BLASTN 2.17.0+</version>\n              <query-id>Query_{}</query-id>\n              \
             <query-title>{name}</query-title>\n</BlastOutput2>\n",
            number + 1
        )
    };
    let all: Vec<String> = queries.iter().enumerate().map(one).collect();
    format!("<?xml version=\"1.0\"?>\n<BlastXML2\n>\n{}</BlastXML2>\n", all.join("\n"))
}

/// A kind of join, and a made-up result of some queries.
type Kind = (Join, fn(&[&str]) -> String);

const KINDS: [Kind; 4] = [(Join::Report, report), (Join::Xml, xml), (Join::Xml2, xml2), (Join::Json, json)];

#[test]
fn documents_of_batches_are_the_document_of_all_queries() {
    let names = ["a", "b", "c", "d"];
    for (join, made) in KINDS {
        for cut in 1..4 {
            let (mut joiner, mut seen) = (Joiner::new(join, Vec::new()), Vec::new());
            for batch in [&names[..cut], &names[cut..]] {
                joiner.add(&mut made(batch).as_bytes(), &mut |name| seen.push(name.to_owned())).unwrap();
            }
            assert_eq!((joiner.told().queries, seen), (4, names.map(str::to_owned).to_vec()), "{join:?}");
            assert_eq!(joiner.finish().unwrap(), made(&names).into_bytes(), "{join:?}");
        }
    }
}

#[test]
fn a_document_that_was_cut_off_anywhere_is_refused() {
    for (join, made) in KINDS {
        let whole = made(&["a", "b"]);
        let needed = whole.trim_end().rfind('\n').unwrap();
        // A report tells its end before its last lines.
        let needed = if join == Join::Report { whole.find("Number of seq").unwrap() } else { needed };
        for at in 0..needed {
            assert!(joined(join, &[&whole[..at]]).is_err(), "{join:?} {at}");
        }
    }
}

#[test]
fn what_made_a_file_is_read_from_it() {
    for (join, made) in KINDS.into_iter().filter(|(join, _)| *join != Join::Xml) {
        let mut joiner = Joiner::new(join, Vec::new());
        joiner.add(&mut made(&["a"]).as_bytes(), &mut |_| ()).unwrap();
        assert_eq!(joiner.told().program, "BLASTN 2.17.0+", "{join:?}");
    }
}
