//! The command line of a search: to run, and to show.

use crate::elastic::ElasticOptions;
use crate::options::SearchOptions;
use crate::program::Program;

/// The arguments with which a search is run: options, database, query, and the archive that every other format is
/// made from. The archive goes to standard output unless `out` is given.
pub fn search_args(options: &SearchOptions, db: &str, query_file: &str, out: Option<&str>) -> Vec<String> {
    let mut args = vec!["-db".to_owned(), db.to_owned(), "-query".to_owned(), query_file.to_owned()];
    args.extend(options.args());
    args.extend(["-outfmt".to_owned(), "11".to_owned()]);
    if let Some(out) = out {
        args.extend(["-out".to_owned(), out.to_owned()]);
    }
    args
}

/// The arguments with which `blast_formatter` makes a table of an archive.
pub fn formatter_args(archive: &str, outfmt: &str, out: Option<&str>) -> Vec<String> {
    let mut args = vec!["-archive".to_owned(), archive.to_owned(), "-outfmt".to_owned(), outfmt.to_owned()];
    if let Some(out) = out {
        args.extend(["-out".to_owned(), out.to_owned()]);
    }
    args
}

/// The same search for a person's own terminal: quoted for a POSIX shell, one option a line.
pub fn command_line(program: Program, options: &SearchOptions, db: &str, query_file: &str) -> String {
    written(program, &search_args(options, db, query_file, None))
}

/// The same for a search on a cluster, where each batch is run with its own options and its final format.
pub fn cluster_command_line(
    program: Program,
    options: &ElasticOptions,
    db: &str,
    query_file: &str,
) -> String {
    let mut args = vec!["-db".to_owned(), db.to_owned(), "-query".to_owned(), query_file.to_owned()];
    args.extend(options.args());
    written(program, &args)
}

fn written(program: Program, args: &[String]) -> String {
    let mut line = program.to_string();
    for (index, arg) in args.iter().enumerate() {
        let begins_option = arg.starts_with('-') && !arg[1..].starts_with(|c: char| c.is_ascii_digit());
        line.push_str(if begins_option && index > 0 { " \\\n  " } else { " " });
        line.push_str(&quoted(arg));
    }
    line
}

/// A word as a POSIX shell reads it back. Control characters are shown as `?`: they have no place in a line to copy.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:=+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    let shown: String = word.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    format!("'{}'", shown.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elastic::ElasticOutfmt;

    #[test]
    fn one_option_a_line_and_quoted() {
        let options = SearchOptions::defaults(Program::Blastn).unwrap();
        let line = command_line(Program::Blastn, &options, "16S rRNA", "my query's.fa");
        let expected = "blastn -db '16S rRNA' \\\n  -query 'my query'\\''s.fa' \\\n  -task megablast \\\n  \
                        -evalue 0.05 \\\n  -max_target_seqs 500 \\\n  -word_size 28 \\\n  -strand both \\\n  \
                        -reward 1 \\\n  -penalty -2 \\\n  -gapopen 0 \\\n  -gapextend 0 \\\n  -dust '20 64 1' \\\n  \
                        -soft_masking true \\\n  -outfmt 11";
        assert_eq!(line, expected);
    }

    #[test]
    fn on_a_cluster_the_format_is_the_one_that_was_chosen() {
        let options = SearchOptions::defaults(Program::Blastn).unwrap();
        let outfmt = ElasticOutfmt::parse("").unwrap();
        let elastic = ElasticOptions::of_search(&options, &outfmt).unwrap();
        let line = cluster_command_line(Program::Blastn, &elastic, "nt", "queries.fa");
        assert!(line.starts_with("blastn -db nt \\\n  -query queries.fa \\\n  -task megablast"), "{line}");
        assert!(line.ends_with(&format!(" \\\n  -outfmt '{outfmt}'")), "{line}");
        assert!(!line.contains("-outfmt 11"));
    }

    #[test]
    fn nothing_in_a_name_leaves_its_quotes() {
        for name in ["a;rm -rf b", "$(x)", "`x`", "a\nb", "'", "a'b'c", "", "~", "*", "a b"] {
            let word = quoted(name);
            assert!(word.starts_with('\'') && word.ends_with('\''), "{word}");
            assert!(!word.contains('\n'));
        }
        assert_eq!(quoted("uniprot-1.fa"), "uniprot-1.fa");
    }
}
