//! The organism of a subject: by taxonomy id where the generation has a taxonomy, else from the title.

use super::record::Origin;
use std::collections::HashMap;

/// Names by taxonomy id, as far as a database generation records them (`taxonomy.tsv`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaxonNames {
    names: HashMap<u64, String>,
}

impl TaxonNames {
    /// Reads lines of `taxid⇥parent⇥rank⇥name`. Lines that are not of this form, such as a header, are left out.
    pub fn from_tsv(text: &str) -> Self {
        let entry = |line: &str| {
            let mut fields = line.split('\t');
            let taxid = fields.next()?.trim().parse().ok()?;
            let name = fields.nth(2)?.trim();
            (!name.is_empty()).then(|| (taxid, name.to_owned()))
        };
        Self { names: text.lines().filter_map(entry).collect() }
    }

    /// The name of a taxon.
    pub fn get(&self, taxid: u64) -> Option<&str> {
        self.names.get(&taxid).map(String::as_str)
    }
}

/// Finds the organism of a subject.
pub trait OrganismOf: Send + Sync {
    /// `staxids` is BLAST+'s list of taxonomy ids, separated by `;`, where it printed one; `title` the subject's.
    fn origin<'a>(&'a self, staxids: Option<&str>, title: Option<&'a str>) -> Origin<'a>;
}

impl OrganismOf for TaxonNames {
    fn origin<'a>(&'a self, staxids: Option<&str>, title: Option<&'a str>) -> Origin<'a> {
        let taxid = first_taxid(staxids).or_else(|| title.and_then(taxid_of_title));
        let organism = taxid.and_then(|taxid| self.get(taxid)).or_else(|| title.and_then(organism_of_title));
        Origin { organism, taxid }
    }
}

/// The first taxonomy id of BLAST+'s list; 0 and `N/A` mean that there is none.
fn first_taxid(staxids: Option<&str>) -> Option<u64> {
    staxids?.split(';').filter_map(|id| id.trim().parse().ok()).find(|id| *id > 0)
}

/// The taxonomy id in a UniProt title (`OX=9606`).
fn taxid_of_title(title: &str) -> Option<u64> {
    tag(title, "OX").and_then(|id| id.parse().ok()).filter(|id| *id > 0)
}

/// The organism in a title: after `OS=` in UniProt's (<https://www.uniprot.org/help/fasta-headers>), in the last
/// square brackets in NCBI's protein titles.
pub fn organism_of_title(title: &str) -> Option<&str> {
    tag(title, "OS").or_else(|| in_last_brackets(title))
}

/// Tags of UniProt titles, which end each other.
const TAGS: &[&str] = &[" OS=", " OX=", " GN=", " PE=", " SV="];

fn tag<'a>(title: &'a str, name: &str) -> Option<&'a str> {
    let at = title.match_indices(name).find_map(|(at, _)| {
        let begins = at == 0 || title[..at].ends_with(' ');
        let rest = title[at + name.len()..].strip_prefix('=')?;
        begins.then_some(rest)
    })?;
    let end = TAGS.iter().filter_map(|tag| at.find(tag)).min().unwrap_or(at.len());
    Some(at[..end].trim()).filter(|value| !value.is_empty())
}

/// What stands in square brackets at the end, nested ones included: `[[Clostridium] innocuum]`. It has to look like
/// a name, so that `[validated]` or `[4Fe-4S]` is not taken for one: a letter first, and a second word.
fn in_last_brackets(title: &str) -> Option<&str> {
    // Several titles of one entry are joined by `>`; the first one is the subject's.
    let title = title.split(" >").next().unwrap_or(title).trim_end();
    let inner = title.strip_suffix(']')?;
    let mut depth = 1;
    let start = inner.char_indices().rev().find_map(|(at, c)| {
        match c {
            ']' => depth += 1,
            '[' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at + 1)
    })?;
    let name = inner[start..].trim();
    let first = name.trim_start_matches('[').chars().next()?;
    (first.is_alphabetic() && name.contains(' ')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn uniprot_titles_name_organism_and_taxid() {
        let title = "sp|P69905|HBA_HUMAN Hemoglobin subunit alpha OS=Homo sapiens OX=9606 GN=HBA1 PE=1 SV=2";
        assert_eq!(
            TaxonNames::default().origin(None, Some(title)),
            Origin { organism: Some("Homo sapiens"), taxid: Some(9606) }
        );
        assert_eq!(
            organism_of_title("X OS=Escherichia coli (strain K12) GN=x PE=4"),
            Some("Escherichia coli (strain K12)")
        );
        assert_eq!(organism_of_title("X OS=Uncultured archaeon"), Some("Uncultured archaeon"));
        assert_eq!(organism_of_title("OS=Homo sapiens"), Some("Homo sapiens"));
        assert_eq!(organism_of_title("X OS= OX=1"), None);
        assert_eq!(organism_of_title("PHOS=phate protein"), None);
    }

    #[test]
    fn ncbi_titles_name_the_organism_in_brackets() {
        assert_eq!(organism_of_title("hypothetical protein [Escherichia coli]"), Some("Escherichia coli"));
        assert_eq!(organism_of_title("x [[Clostridium] innocuum]"), Some("[Clostridium] innocuum"));
        assert_eq!(organism_of_title("a [Homo sapiens] >b [Pan troglodytes]"), Some("Homo sapiens"));
        assert_eq!(organism_of_title("ferredoxin [4Fe-4S]"), None);
        assert_eq!(organism_of_title("enzyme [validated]"), None);
        assert_eq!(organism_of_title("no brackets"), None);
        assert_eq!(organism_of_title("odd ]"), None);
        assert_eq!(organism_of_title(""), None);
    }

    #[test]
    fn a_known_taxid_wins_over_the_title() {
        let names =
            TaxonNames::from_tsv("taxid\tparent\trank\tname\n9606\t9605\tspecies\tHomo sapiens\nbad\n");
        let title = "protein [Pan troglodytes]";
        assert_eq!(
            names.origin(Some("9606;63221"), Some(title)),
            Origin { organism: Some("Homo sapiens"), taxid: Some(9606) }
        );
        assert_eq!(
            names.origin(Some("1"), Some(title)),
            Origin { organism: Some("Pan troglodytes"), taxid: Some(1) }
        );
        assert_eq!(names.origin(Some("N/A"), None), Origin::default());
        assert_eq!(names.origin(Some("0"), None), Origin::default());
    }

    proptest! {
        #[test]
        fn no_title_makes_it_panic(title in "[ \\[\\]>=OSXGNPEVé0-9a-z]{0,60}", taxids in "[0-9;/NA ]{0,12}") {
            let _ = TaxonNames::default().origin(Some(&taxids), Some(&title));
        }
    }
}
