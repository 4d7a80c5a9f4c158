//! `taxonomy.tsv`: the taxa of a generation. One line a taxon: taxid, parent's taxid, rank, scientific name, with
//! tabs between; the root is its own parent, as in NCBI's taxonomy.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
};

/// Longest line, in bytes.
const MAX_LINE_BYTES: u64 = 4096;

/// A taxon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxon {
    /// NCBI taxonomy id.
    pub taxid: u32,
    /// Taxid of the next taxon up.
    pub parent: u32,
    /// Rank, for example `species`.
    pub rank: String,
    /// Scientific name.
    pub name: String,
}

/// A taxonomy that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyError {
    /// A line is not what it should be.
    #[error("taxonomy, line {line}: {problem}")]
    Line {
        /// Line, from 1.
        line: u64,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The file cannot be read.
    #[error("taxonomy: {0}")]
    Io(#[from] io::Error),
}

/// The taxa of a generation by taxid. Held in memory: a generation's file has the taxa that its sequences name and
/// those above them.
#[derive(Debug, Clone, Default)]
pub struct Taxonomy {
    taxa: HashMap<u32, Taxon>,
}

impl Taxonomy {
    /// Reads a file. Blocks.
    pub fn load(path: &Path) -> Result<Self, TaxonomyError> {
        let mut taxa = HashMap::new();
        read(BufReader::new(File::open(path)?), |taxon| {
            taxa.insert(taxon.taxid, taxon);
        })?;
        Ok(Self { taxa })
    }

    /// Writes taxa in the form that [`Self::load`] reads. Tabs and line ends in texts become blanks.
    pub fn write<'a>(out: &mut impl Write, taxa: impl IntoIterator<Item = &'a Taxon>) -> io::Result<()> {
        let flat = |text: &str| text.replace(['\t', '\n', '\r'], " ");
        for taxon in taxa {
            writeln!(out, "{}\t{}\t{}\t{}", taxon.taxid, taxon.parent, flat(&taxon.rank), flat(&taxon.name))?;
        }
        Ok(())
    }

    /// A taxon.
    pub fn get(&self, taxid: u32) -> Option<&Taxon> {
        self.taxa.get(&taxid)
    }

    /// The scientific name of a taxon.
    pub fn name(&self, taxid: u32) -> Option<&str> {
        self.get(taxid).map(|taxon| taxon.name.as_str())
    }

    /// A taxon and all above it, up to the root or the first that is missing; a ring ends it too.
    pub fn lineage(&self, taxid: u32) -> Vec<&Taxon> {
        let mut lineage: Vec<&Taxon> = Vec::new();
        let mut next = self.get(taxid);
        while let Some(taxon) = next.filter(|taxon| lineage.iter().all(|seen| seen.taxid != taxon.taxid)) {
            lineage.push(taxon);
            next = self.get(taxon.parent);
        }
        lineage
    }

    /// Number of taxa.
    pub fn len(&self) -> usize {
        self.taxa.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.taxa.is_empty()
    }
}

/// Reads taxa line by line.
pub(super) fn read(mut input: impl BufRead, mut on_taxon: impl FnMut(Taxon)) -> Result<(), TaxonomyError> {
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        if input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut text)? == 0 {
            break;
        }
        let problem = |problem| TaxonomyError::Line { line, problem };
        let whole = text.ends_with(b"\n") || (text.len() as u64) < MAX_LINE_BYTES;
        let text =
            str::from_utf8(&text).ok().filter(|_| whole).ok_or_else(|| problem("it is no short text"))?;
        let text = text.trim_end_matches(['\n', '\r']);
        if !text.is_empty() {
            on_taxon(parse(text).map_err(problem)?);
        }
    }
    Ok(())
}

fn parse(line: &str) -> Result<Taxon, &'static str> {
    let mut columns = line.split('\t');
    let mut next = || columns.next().map(str::trim);
    let (Some(taxid), Some(parent), Some(rank), Some(name), None) = (next(), next(), next(), next(), next())
    else {
        return Err("there are not four columns: taxid, parent, rank, name");
    };
    let id = |text: &str| text.parse().ok().filter(|&id| id > 0);
    let taxid = id(taxid).ok_or("the taxid is no positive number")?;
    let parent = id(parent).ok_or("the parent's taxid is no positive number")?;
    if name.is_empty() {
        return Err("the name is empty");
    }
    Ok(Taxon { taxid, parent, rank: rank.to_owned(), name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taxon(taxid: u32, parent: u32, rank: &str, name: &str) -> Taxon {
        Taxon { taxid, parent, rank: rank.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn what_was_written_is_read_back_with_its_lineage() {
        let taxa = [
            taxon(1, 1, "no rank", "root"),
            taxon(4747, 1, "family", "Orchidaceae"),
            taxon(53035, 4747, "species", "Cypripedium\tirapeanum"),
        ];
        let file = tempfile::NamedTempFile::new().unwrap();
        Taxonomy::write(&mut file.as_file(), &taxa).unwrap();
        let read = Taxonomy::load(file.path()).unwrap();
        assert_eq!((read.len(), read.name(53035)), (3, Some("Cypripedium irapeanum")));
        let lineage: Vec<_> = read.lineage(53035).iter().map(|taxon| taxon.taxid).collect();
        assert_eq!(lineage, [53035, 4747, 1]);
        assert!(read.lineage(7).is_empty());
    }

    #[test]
    fn a_line_that_is_wrong_is_named() {
        let problem = |text: &str| read(text.as_bytes(), |_| ()).unwrap_err().to_string();
        assert!(
            problem("1\t1\tno rank\troot\n2\t1\tx\n").starts_with("taxonomy, line 2: there are not four")
        );
        assert!(problem("0\t1\tno rank\troot\n").contains("taxid"));
        assert!(problem("1\tx\tno rank\troot\n").contains("parent"));
        assert!(problem("1\t1\tno rank\t\n").contains("name is empty"));
        assert!(problem(&format!("1\t1\tx\t{}\n", "n".repeat(5000))).contains("no short text"));
        read(&b"\r\n1\t1\tno rank\troot\r\n\n"[..], |_| ()).unwrap();
    }
}
