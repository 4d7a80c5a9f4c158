//! What BLAST+ writes on the cluster. A BLAST archive can only be formatted beside its database, so an elastic search
//! fixes its format when it is submitted, and with it what can be downloaded afterwards.

use super::join::Join;
use crate::options::FieldError;
use crate::table::CLUSTER_FIELDS;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Field names that BLAST+ knows for its formats 6, 7 and 10. It drops others without a word.
const KNOWN_FIELDS: &[&str] = &[
    "std",
    "qseqid",
    "qgi",
    "qacc",
    "qaccver",
    "qlen",
    "sseqid",
    "sallseqid",
    "sgi",
    "sallgi",
    "sacc",
    "saccver",
    "sallacc",
    "slen",
    "qstart",
    "qend",
    "sstart",
    "send",
    "qseq",
    "sseq",
    "evalue",
    "bitscore",
    "score",
    "length",
    "pident",
    "nident",
    "mismatch",
    "positive",
    "gapopen",
    "gaps",
    "ppos",
    "frames",
    "qframe",
    "sframe",
    "btop",
    "staxid",
    "ssciname",
    "scomname",
    "sblastname",
    "sskingdom",
    "staxids",
    "sscinames",
    "scomnames",
    "sblastnames",
    "sskingdoms",
    "stitle",
    "salltitles",
    "sstrand",
    "qcovs",
    "qcovhsp",
    "qcovus",
];

/// Most fields that are taken in a list.
const MAX_FIELDS: usize = 64;

/// The format of an elastic search. In JSON it is the text that `-outfmt` takes; reading one checks it again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ElasticOutfmt {
    /// The commented table with [`CLUSTER_FIELDS`], from which hits, alignments and tables are made. The default.
    #[default]
    Hits,
    /// Alignments to read, format 0.
    Report,
    /// XML, format 5.
    Xml,
    /// A table without comments, format 6, with these fields; none for the standard twelve.
    Tabular(Vec<String>),
    /// A commented table, format 7, with these fields and nothing for the page; none for the standard twelve.
    Commented(Vec<String>),
    /// A comma-separated table, format 10, with these fields; none for the standard twelve.
    Csv(Vec<String>),
    /// JSON in one document, format 15.
    Json,
    /// XML of the second schema in one document, format 16.
    Xml2,
}

/// Something that can be downloaded of a search. The words are those of the export's `format`, and `archive` and
/// `result_file`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Download {
    /// Hits as tab-separated values with 25 columns.
    Tsv,
    /// The same, comma-separated.
    Csv,
    /// Hits as JSON lines, aligned residues included.
    Jsonl,
    /// Hits as BLAST+'s format 6.
    Outfmt6,
    /// Hits as BLAST+'s format 7.
    Outfmt7,
    /// The BLAST archive, from which `blast_formatter` makes any format where the database is.
    Archive,
    /// What BLAST+ wrote, all batches in query order.
    ResultFile,
}

impl Download {
    /// Every download.
    pub const ALL: [Self; 7] =
        [Self::Tsv, Self::Csv, Self::Jsonl, Self::Outfmt6, Self::Outfmt7, Self::Archive, Self::ResultFile];
}

/// What a format means for what can be done with the results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutfmtStatement {
    /// Number of the format in BLAST+.
    pub number: u8,
    /// A few words for a page.
    pub label: &'static str,
    /// Whether the page shows hits and alignments.
    pub shown_in_page: bool,
    /// What can be downloaded.
    pub gives: Vec<Download>,
    /// What cannot.
    pub rules_out: Vec<Download>,
    /// How the files of the batches become one.
    pub join: Join,
    /// The consequence in a sentence or two.
    pub sentence: &'static str,
}

impl ElasticOutfmt {
    /// Reads what a person chose, as `-outfmt` takes it: a number, for 6, 7 and 10 perhaps with field names. Nothing,
    /// `7` alone, or exactly the fields of [`Self::Hits`], is the default.
    ///
    /// # Errors
    /// Formats whose batches cannot be joined or do not survive the way, and unknown fields.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let mut words = text.split(' ').filter(|word| !word.is_empty());
        let Some(number) = words.next() else { return Ok(Self::Hits) };
        let fields: Vec<&str> = words.collect();
        match number {
            "6" => table_fields(&fields).map(Self::Tabular),
            // The standard table can be downloaded of such a search too.
            "7" if fields.is_empty() || fields == CLUSTER_FIELDS => Ok(Self::Hits),
            "7" => table_fields(&fields).map(Self::Commented),
            "10" => table_fields(&fields).map(Self::Csv),
            _ if !fields.is_empty() => {
                Err(refused("Only the formats 6, 7 and 10 take field names.".to_owned()))
            }
            "0" => Ok(Self::Report),
            "5" => Ok(Self::Xml),
            "15" => Ok(Self::Json),
            "16" => Ok(Self::Xml2),
            _ => match number.parse::<u8>() {
                Ok(number @ (1..=4 | 8..=18)) if !text.trim_start().starts_with('0') => {
                    Err(refused(why_not(number).to_owned()))
                }
                _ => Err(refused("There is no such format.".to_owned())),
            },
        }
    }

    /// What the choice gives and rules out.
    pub fn statement(&self) -> OutfmtStatement {
        const TABLES: [Download; 5] =
            [Download::Tsv, Download::Csv, Download::Jsonl, Download::Outfmt6, Download::Outfmt7];
        let (number, label, join, sentence) = match self {
            Self::Hits => (
                7,
                "Hits and alignments (usual)",
                Join::Hits,
                "The page shows hits and alignments, and makes tables of them. Reports, XML and archives cannot be \
                 made afterwards.",
            ),
            Self::Report => (
                0,
                "A report to read",
                Join::Report,
                "One report with all queries, as text. The page shows no hits, and no table can be made of it afterwards.",
            ),
            Self::Xml => (
                5,
                "XML",
                Join::Xml,
                "One XML document with all queries. The page shows no hits, and no other format can be made of it here.",
            ),
            Self::Tabular(_) => (
                6,
                "A table without comments",
                Join::Concatenated,
                "One table with the fields you chose. The page shows no hits, and queries without hits leave no trace.",
            ),
            Self::Commented(_) => (
                7,
                "A commented table",
                Join::Commented,
                "One commented table with the fields you chose. The page shows no hits.",
            ),
            Self::Csv(_) => (
                10,
                "A comma-separated table",
                Join::Concatenated,
                "One comma-separated table with the fields you chose. The page shows no hits, and queries without hits \
                 leave no trace.",
            ),
            Self::Json => (
                15,
                "JSON",
                Join::Json,
                "One JSON document with all queries. The page shows no hits, and no other format can be made of it here.",
            ),
            Self::Xml2 => (
                16,
                "XML, second schema",
                Join::Xml2,
                "One XML document with all queries, in NCBI's second schema. The page shows no hits, and no other format \
                 can be made of it here.",
            ),
        };
        let gives = match self {
            Self::Hits => TABLES.to_vec(),
            _ => vec![Download::ResultFile],
        };
        let rules_out = Download::ALL.into_iter().filter(|download| !gives.contains(download)).collect();
        let shown_in_page = *self == Self::Hits;
        OutfmtStatement { number, label, shown_in_page, gives, rules_out, join, sentence }
    }

    /// What the name of the file ends with that a search in this format gives, without a dot.
    pub fn extension(&self) -> &'static str {
        match self {
            Self::Hits | Self::Commented(_) | Self::Report => "txt",
            Self::Xml | Self::Xml2 => "xml",
            Self::Tabular(_) => "tsv",
            Self::Csv(_) => "csv",
            Self::Json => "json",
        }
    }

    /// Every format with its standard fields: what a page offers.
    pub fn offered() -> Vec<Self> {
        let standard = Vec::new;
        vec![
            Self::Hits,
            Self::Report,
            Self::Xml,
            Self::Tabular(standard()),
            Self::Commented(vec!["std".to_owned()]),
            Self::Csv(standard()),
            Self::Json,
            Self::Xml2,
        ]
    }
}

/// As `-outfmt` takes it, without quotes.
impl fmt::Display for ElasticOutfmt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, fields) = match self {
            Self::Hits => return write!(f, "7 {}", CLUSTER_FIELDS.join(" ")),
            // Alone, the number stands for the default.
            Self::Commented(fields) if fields.is_empty() => return f.write_str("7 std"),
            Self::Report => (0, [].as_slice()),
            Self::Xml => (5, [].as_slice()),
            Self::Tabular(fields) => (6, fields.as_slice()),
            Self::Commented(fields) => (7, fields.as_slice()),
            Self::Csv(fields) => (10, fields.as_slice()),
            Self::Json => (15, [].as_slice()),
            Self::Xml2 => (16, [].as_slice()),
        };
        write!(f, "{number}")?;
        fields.iter().try_for_each(|field| write!(f, " {field}"))
    }
}

impl TryFrom<String> for ElasticOutfmt {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|error| error.message)
    }
}

impl From<ElasticOutfmt> for String {
    fn from(outfmt: ElasticOutfmt) -> Self {
        outfmt.to_string()
    }
}

fn table_fields(fields: &[&str]) -> Result<Vec<String>, FieldError> {
    if fields.len() > MAX_FIELDS {
        return Err(refused(format!("At most {MAX_FIELDS} fields are taken.")));
    }
    if let Some(unknown) = fields.iter().find(|field| !KNOWN_FIELDS.contains(field)) {
        let shown: String = unknown.chars().filter(|c| !c.is_control()).take(40).collect();
        let message = format!("BLAST+ has no field “{shown}”, and would leave it out without a word.");
        return Err(FieldError::new("outfmt", "not_allowed", message, Some(KNOWN_FIELDS.join(" "))));
    }
    Ok(fields.iter().map(|field| (*field).to_owned()).collect())
}

fn why_not(number: u8) -> &'static str {
    match number {
        1..=4 => {
            "This report names queries by their place in their batch; those of several batches cannot be joined."
        }
        11 => "An archive can only be formatted beside its database, which is on the cluster alone.",
        13 | 14 => "This format is many files, of which ElasticBLAST brings back only the first.",
        17 => {
            "A SAM file names queries by their place in it and lists all of them first, so that the files of several \
             batches do not follow each other."
        }
        18 => "Each batch would have an organism report of its own; they cannot be joined.",
        _ => "Each batch would be a document of its own; they cannot be joined into one.",
    }
}

fn refused(message: String) -> FieldError {
    let allowed = "0, 5, 6, 7 or 10 with or without field names, 15, 16".to_owned();
    FieldError::new("outfmt", "not_allowed", message, Some(allowed))
}
