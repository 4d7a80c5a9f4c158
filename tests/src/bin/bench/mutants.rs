//! Query sets: pieces of the sample sequences with changed letters, from a seeded generator. The same seed gives the
//! same set on every machine.

use blastline_tests::chain::samples::Record;
use std::fmt::Write;

/// What a set is to be made of.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Queries.
    pub queries: usize,
    /// Least and most letters of one.
    pub letters: (usize, usize),
    /// One letter in so many is drawn anew.
    pub every: usize,
    /// Of a hundred queries, so many have nothing to do with the samples.
    pub strangers: usize,
    /// Where the generator begins.
    pub seed: u64,
}

/// A set as FASTA, one line a sequence.
pub fn fasta(of: &[Record], alphabet: &[u8], recipe: Recipe) -> String {
    let mut random = Random(recipe.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let long: Vec<&[u8]> = of
        .iter()
        .map(|record| record.letters.as_bytes())
        .filter(|seq| seq.len() >= recipe.letters.0)
        .collect();
    let (least, most) = recipe.letters;
    let mut text = String::with_capacity(recipe.queries * (most + 20));
    for number in 0..recipe.queries {
        let length = least + random.below(most - least + 1);
        let _ = writeln!(text, ">q{number} mutant of seed {}", recipe.seed);
        let source = if random.below(100) < recipe.strangers || long.is_empty() {
            None
        } else {
            Some(long[random.below(long.len())])
        };
        let from = source.map_or(0, |seq| random.below(seq.len().saturating_sub(length) + 1));
        let count = source.map_or(length, |seq| length.min(seq.len() - from));
        for place in 0..count {
            let kept = source.filter(|_| random.below(recipe.every) != 0).map(|seq| seq[from + place]);
            let letter = kept.unwrap_or_else(|| alphabet[random.below(alphabet.len())]);
            text.push(char::from(letter));
        }
        text.push('\n');
    }
    text
}

/// Bases.
pub const BASES: &[u8] = b"ACGT";

/// Residues.
pub const RESIDUES: &[u8] = b"ACDEFGHIKLMNPQRSTVWY";

/// Numbers that are the same at every run (xorshift, Marsaglia 2003, <https://doi.org/10.18637/jss.v008.i14>).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % bound.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECIPE: Recipe = Recipe { queries: 200, letters: (30, 60), every: 10, strangers: 25, seed: 5 };

    fn source() -> Vec<Record> {
        vec![Record::new("short", "AC"), Record::new("a", "A".repeat(100)), Record::new("c", "C".repeat(45))]
    }

    #[test]
    fn a_seed_gives_the_same_set_and_another_seed_another() {
        let set = fasta(&source(), BASES, RECIPE);
        assert_eq!(set, fasta(&source(), BASES, RECIPE));
        assert_ne!(set, fasta(&source(), BASES, Recipe { seed: 6, ..RECIPE }));
    }

    #[test]
    fn a_set_is_what_its_recipe_says() {
        let set = fasta(&source(), BASES, RECIPE);
        let sequences: Vec<&str> = set.lines().filter(|line| !line.starts_with('>')).collect();
        assert_eq!(sequences.len(), 200);
        assert!(
            sequences
                .iter()
                .all(|seq| (30..=60).contains(&seq.len()) && seq.bytes().all(|b| BASES.contains(&b)))
        );
        let most_of_one =
            |seq: &str| BASES.iter().map(|base| seq.bytes().filter(|b| b == base).count()).max();
        let strangers = sequences.iter().filter(|seq| most_of_one(seq).unwrap() * 3 < seq.len() * 2).count();
        assert!((25..75).contains(&strangers), "{strangers}");
    }
}
