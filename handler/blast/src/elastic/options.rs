//! The value of `options`: BLAST+'s arguments as ElasticBLAST hands them on.
//!
//! The text goes unquoted into a YAML template and from an environment variable unquoted into a shell. So it holds
//! plain characters only, and no value of several words but the format's (`-outfmt 7 std staxids`): the script of the
//! runner image takes for the format what follows up to the next option ([`MULTI_WORD`]).

use super::outfmt::ElasticOutfmt;
use crate::options::{FieldError, SearchOptions, definition};
use crate::program::Program;
use std::fmt;

/// The option whose value may have several words.
pub const MULTI_WORD: &str = "-outfmt";

/// Options that ElasticBLAST refuses.
const REFUSED: &[&str] = &[
    "-remote",
    "-seqidlist",
    "-negative_seqidlist",
    "-gilist",
    "-negative_gilist",
    "-filtering_db",
    "-in_pssm",
    "-entrez_query",
    "-in_msa",
];

/// Options that ElasticBLAST sets itself; BLAST+ takes each once.
const SET_BY_ELASTIC_BLAST: &[&str] = &["-db", "-query", "-out", "-num_threads"];

/// Filters by taxonomy; ElasticBLAST takes one at most.
const TAXONOMY_FILTERS: &[&str] = &["-taxids", "-negative_taxids", "-taxidlist", "-negative_taxidlist"];

/// Filters by taxonomy whose list is a file that would have to be where ElasticBLAST runs.
const LIST_FILES: &[&str] = &["-taxidlist", "-negative_taxidlist"];

/// Longest text that is taken, in bytes.
const MAX_BYTES: usize = 8_000;

/// Options that survive the way to BLAST+.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElasticOptions {
    text: String,
    outfmt: ElasticOutfmt,
    filters_by_taxonomy: bool,
}

impl ElasticOptions {
    /// The options of a search with a format.
    ///
    /// # Errors
    /// Values that cannot be handed on, under the field of their option.
    pub fn of_search(options: &SearchOptions, outfmt: &ElasticOutfmt) -> Result<Self, Vec<FieldError>> {
        let mut words = options.args();
        let mut errors = Vec::new();
        for place in 1..words.len() {
            let (Some(name), Some(value)) = (words.get(place - 1), words.get(place)) else { break };
            if let Some(word) = one_word(name, value) {
                words[place] = word.to_owned();
            } else if value.contains(' ') {
                errors.push(several_words(name));
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        words.extend([MULTI_WORD.to_owned(), outfmt.to_string()]);
        Self::from_text(options.program(), &words.join(" "))
    }

    /// Options that were written by hand. Without `-outfmt` they get the default ([`ElasticOutfmt::Hits`]); the format is
    /// written last.
    ///
    /// # Errors
    /// All faults at once, under the field `options` or `outfmt`.
    pub fn from_text(program: Program, text: &str) -> Result<Self, Vec<FieldError>> {
        if text.len() > MAX_BYTES {
            return Err(vec![refused(
                "not_allowed",
                format!("The options are longer than {MAX_BYTES} characters."),
            )]);
        }
        if let Some(bad) = text.chars().find(|c| !is_plain(*c)) {
            return Err(vec![refused("not_allowed", foreign(bad))]);
        }
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        let mut errors = Vec::new();
        errors.extend(unknown_place(&words));
        errors.extend(refused_options(&words));
        errors.extend(threads(program, &words));
        let filters: Vec<_> = words.iter().filter(|word| TAXONOMY_FILTERS.contains(word)).collect();
        if filters.len() > 1 {
            let message = "ElasticBLAST takes one filter by taxonomy at most.";
            errors.push(refused("not_allowed", message.to_owned()));
        }
        let (mut kept, outfmt) = match outfmt(&words) {
            Ok(found) => found,
            Err(error) => {
                errors.push(error);
                (Vec::new(), ElasticOutfmt::Hits)
            }
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        // What is written is what the format is read as, whatever it was called.
        let format = outfmt.to_string();
        kept.extend(["-outfmt", &format]);
        let text = kept.join(" ");
        Ok(Self { text, outfmt, filters_by_taxonomy: words.contains(&"-taxids") })
    }

    /// The value of `options`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The arguments that BLAST+ is given for them, the format's several words as one.
    pub fn args(&self) -> Vec<String> {
        let options = self.text.rsplit_once(MULTI_WORD).map_or(self.text.as_str(), |(options, _)| options);
        let mut args: Vec<String> = options.split_whitespace().map(str::to_owned).collect();
        args.extend([MULTI_WORD.to_owned(), self.outfmt.to_string()]);
        args
    }

    /// The format that BLAST+ writes.
    pub fn outfmt(&self) -> &ElasticOutfmt {
        &self.outfmt
    }

    /// Whether the search is limited to taxa: BLAST+ then shares a batch out by query.
    pub fn filters_by_taxonomy(&self) -> bool {
        self.filters_by_taxonomy
    }

    /// The value of `-task`.
    pub fn task(&self) -> Option<&str> {
        let mut words = self.text.split(' ');
        words.find(|word| *word == "-task")?;
        words.next()
    }
}

impl fmt::Display for ElasticOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A value of several words that BLAST+ has one word for. `yes` stands for exactly these numbers (a test against the
/// installed BLAST+ holds it).
fn one_word(name: &str, value: &str) -> Option<&'static str> {
    matches!((name, value), ("-dust", "20 64 1") | ("-seg", "12 2.2 2.5")).then_some("yes")
}

fn several_words(option: &str) -> FieldError {
    let name = option.trim_start_matches('-');
    let label = definition(name).map_or(name, |definition| definition.label);
    let message =
        format!("On a cluster, {label} is yes or no; numbers of your own do not survive the way there.");
    FieldError::new(name, "not_supported", message, Some("yes, no".to_owned()))
}

/// What means itself to a shell without quotes, in YAML between double quotes, to Kubernetes and in the INI.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | ',' | ':' | '/' | '=' | '+' | '@' | '%')
}

fn foreign(c: char) -> String {
    let name = match c {
        '\t' => "a tab".to_owned(),
        '\n' | '\r' => "a line end".to_owned(),
        c if c.is_control() => "a control character".to_owned(),
        c => format!("“{c}”"),
    };
    format!("The options hold {name}, which does not survive the way to the cluster.")
}

fn refused(code: &'static str, message: String) -> FieldError {
    FieldError::new("options", code, message, None)
}

/// Whether a word is the name of an option; negative numbers are values.
fn is_option(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Values that belong to no option, or to one that takes a single word.
fn unknown_place(words: &[&str]) -> Option<FieldError> {
    let mut option = "";
    let mut values = 0;
    for word in words {
        if is_option(word) {
            (option, values) = (word, 0);
            continue;
        }
        values += 1;
        if option.is_empty() || (values > 1 && option != MULTI_WORD) {
            let message = format!("“{word}” belongs to no option.");
            return Some(refused("not_allowed", message));
        }
    }
    None
}

fn refused_options(words: &[&str]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for word in words.iter().filter(|word| is_option(word)) {
        if REFUSED.contains(word) {
            errors.push(refused("not_supported", format!("ElasticBLAST does not take {word}.")));
        } else if SET_BY_ELASTIC_BLAST.contains(word) {
            errors.push(refused("not_allowed", format!("ElasticBLAST sets {word} itself.")));
        } else if LIST_FILES.contains(word) {
            let message = format!(
                "{word} names a file, which is not there where the search runs; -taxids takes the ids."
            );
            errors.push(refused("not_supported", message));
        }
    }
    errors
}

/// ElasticBLAST crashes on `-mt_mode 0` and takes nothing above 1.
fn threads(program: Program, words: &[&str]) -> Option<FieldError> {
    let place = words.iter().position(|word| *word == "-mt_mode")?;
    if program == Program::Tblastx {
        return Some(refused("not_for_program", "tblastx does not take -mt_mode.".to_owned()));
    }
    let only_once = !words.iter().skip(place + 1).any(|word| *word == "-mt_mode");
    if words.get(place + 1) == Some(&"1") && only_once {
        return None;
    }
    let message = "With ElasticBLAST, -mt_mode is 1 or left out.";
    Some(refused("not_allowed", message.to_owned()))
}

/// The options without the format, and the format; the default where there is none.
fn outfmt<'a>(words: &[&'a str]) -> Result<(Vec<&'a str>, ElasticOutfmt), FieldError> {
    let is_format = |word: &&str| word.starts_with("-outfmt");
    let Some(place) = words.iter().position(is_format) else {
        return Ok((words.to_vec(), ElasticOutfmt::Hits));
    };
    let (before, rest) = words.split_at(place);
    let wrong = |message: &str| FieldError::new("outfmt", "not_allowed", message.to_owned(), None);
    let Some((name, rest)) = rest.split_first() else { return Err(wrong("The format is missing.")) };
    if rest.iter().any(is_format) {
        return Err(wrong("The format is given twice."));
    }
    if *name != "-outfmt" {
        return Err(wrong("The format is written as “-outfmt” and the number behind it."));
    }
    let behind = rest.iter().position(|word| is_option(word)).unwrap_or(rest.len());
    let (value, behind) = rest.split_at(behind);
    if value.is_empty() {
        return Err(wrong("The number of the format is missing."));
    }
    Ok(([before, behind].concat(), ElasticOutfmt::parse(&value.join(" "))?))
}
