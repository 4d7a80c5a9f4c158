use crate::elastic::join::{Join, Joiner};

fn joined(join: Join, batches: &[&str]) -> std::io::Result<String> {
    let mut joiner = Joiner::new(join, Vec::new());
    for batch in batches {
        joiner.add(&mut batch.as_bytes())?;
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
