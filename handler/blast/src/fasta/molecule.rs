//! Nucleotides or amino acids? Decided per record from counts of letters, so that nothing is held.
//!
//! All nucleotide codes are amino-acid codes as well; E F I J L O P Q X Z and `*` are amino acids alone. About every
//! third residue of a real protein is one of these, so a record of [`SHORT`] letters without any is a protein with a
//! chance below one in ten thousand, and one that moreover is nine tenths A, C, G, T, U and N is taken for
//! nucleotides. A shorter one may be either (a peptide such as `GATTACA`), and goes with what was asked for or with
//! the rest of its set.

use super::alphabet::{Class, class};
use super::plain::{self, PLAIN};
use crate::program::Molecule;

/// Below this length a record without letters of its own is not judged.
pub(super) const SHORT: u64 = 30;

/// Counts of bytes, one per ASCII code.
#[derive(Clone)]
pub(super) struct Composition([u64; 128]);

impl Composition {
    pub fn new() -> Self {
        Self([0; 128])
    }

    pub fn clear(&mut self) {
        self.0.fill(0);
    }

    #[inline]
    pub fn count(&mut self, byte: u8) {
        self.0[usize::from(byte & 0x7f)] += 1;
    }

    /// Counts a run of plain nucleotides (A, C, G, T and N, in either case), as nearly every line of a file is one; false,
    /// and nothing counted, where anything else is among them.
    #[inline]
    pub fn count_plain(&mut self, run: &[u8]) -> bool {
        let (counts, _) = plain::count(run);
        let all = counts.iter().sum::<u64>() == run.len() as u64;
        if all {
            self.add_plain(counts);
        }
        all
    }

    /// Adds counts of the letters of [`PLAIN`].
    pub fn add_plain(&mut self, counts: [u64; 5]) {
        for (letter, count) in PLAIN.iter().zip(counts) {
            self.0[usize::from(*letter)] += count;
        }
    }

    pub fn add(&mut self, other: &Self) {
        for (sum, more) in self.0.iter_mut().zip(other.0) {
            *sum += more;
        }
    }

    /// How often these upper-case letters occur, in either case.
    pub fn sum(&self, letters: &[u8]) -> u64 {
        letters.iter().map(|&b| self.0[usize::from(b)] + self.0[usize::from(b.to_ascii_lowercase())]).sum()
    }

    fn protein_only(&self) -> u64 {
        (b'A'..=b'Z').filter(|&b| class(b) == Class::ProteinOnly).map(|b| self.sum(&[b])).sum::<u64>()
            + self.0[usize::from(b'*')]
    }

    /// Nine tenths are A, C, G, T, U or N. `X` is left aside: nucleotides are masked with it by mistake.
    pub fn looks_nucleotide(&self, letters: u64) -> bool {
        let judged = letters - self.sum(b"X");
        let usual = self.sum(b"ACGTUN");
        usual > 0 && usual >= judged - judged / 10
    }

    /// What a record of so many letters is made of.
    pub fn verdict(&self, letters: u64) -> Verdict {
        let looks_nucleotide = self.looks_nucleotide(letters);
        match (self.protein_only() > 0, letters >= SHORT && looks_nucleotide) {
            (true, true) => Verdict::NucleotideWithStrangers,
            (true, false) => Verdict::Sure(Molecule::Protein),
            (false, true) => Verdict::Sure(Molecule::Nucleotide),
            (false, false) => Verdict::Either,
        }
    }
}

/// What a record is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// No doubt.
    Sure(Molecule),
    /// Nucleotides, with letters among them that nucleotides do not have.
    NucleotideWithStrangers,
    /// Legal as both.
    Either,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Verdict {
        let mut counts = Composition::new();
        text.bytes().for_each(|b| counts.count(b));
        counts.verdict(text.len() as u64)
    }

    #[test]
    fn long_ones_are_told_apart() {
        assert_eq!(verdict(&"acgtN".repeat(8)), Verdict::Sure(Molecule::Nucleotide));
        assert_eq!(verdict("MKVLAAGIVGLLLAQWERTYIPASDFGHKLCVNM"), Verdict::Sure(Molecule::Protein));
        assert_eq!(verdict(&"N".repeat(40)), Verdict::Sure(Molecule::Nucleotide));
        // The antifreeze peptide of the winter flounder: half alanine, with threonine and asparagine.
        assert_eq!(verdict("DTASDAAAAAALTAANAKAAAELTAANAAAAAAAATAR"), Verdict::Sure(Molecule::Protein));
    }

    #[test]
    fn plain_runs_are_counted_as_single_letters_are() {
        for text in ["ACGTNacgtn".repeat(60), "T".repeat(1_000), String::new()] {
            let (mut run, mut single) = (Composition::new(), Composition::new());
            assert!(run.count_plain(text.as_bytes()));
            text.bytes().for_each(|b| single.count(b));
            for letter in b"ACGTN" {
                assert_eq!(run.sum(&[*letter]), single.sum(&[*letter]));
            }
        }
        for other in ["ACGR", "ACG ", "AC-T", "1ACGT", "ACGU", "AC\u{e9}", "a!"] {
            let mut counts = Composition::new();
            assert!(!counts.count_plain(other.as_bytes()), "{other}");
            assert_eq!(counts.sum(b"ACGT"), 0);
        }
    }

    #[test]
    fn one_foreign_letter_among_nucleotides_is_a_mistake_not_a_protein() {
        assert_eq!(verdict(&format!("{}J", "ACGT".repeat(10))), Verdict::NucleotideWithStrangers);
        assert_eq!(
            verdict(&format!("{}{}", "X".repeat(50), "ACGT".repeat(10))),
            Verdict::NucleotideWithStrangers
        );
        assert_eq!(verdict(&"X".repeat(50)), Verdict::Sure(Molecule::Protein));
    }

    #[test]
    fn short_ones_without_letters_of_their_own_may_be_either() {
        assert_eq!(verdict("GATTACA"), Verdict::Either);
        assert_eq!(verdict("RYKMSWBDHVN"), Verdict::Either);
        assert_eq!(verdict("GATTACAE"), Verdict::Sure(Molecule::Protein));
        assert_eq!(verdict("X"), Verdict::Sure(Molecule::Protein));
    }
}
