//! What is known of the set so far, and the judgement of each record against it.

use super::error::FastaErrorKind;
use super::molecule::{Composition, Verdict};
use super::record::{QueryRecord, QueryStats, Want};
use crate::program::{Molecule, Program};
use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

/// Most ids that are remembered, as 8-byte hashes, to count the duplicates.
const REMEMBERED_IDS: usize = 4_000_000;

/// For numbers that are hashes already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

pub(super) struct Tally {
    want: Want,
    settled: Option<Molecule>,
    total: Composition,
    queries: u64,
    letters: u64,
    shortest: u64,
    longest: u64,
    duplicate_ids: u64,
    without_base: u64,
    without_residue: u64,
    pub gaps_removed: u64,
    seen: HashSet<u64, BuildHasherDefault<Hashed>>,
    hasher: RandomState,
}

impl Tally {
    pub fn new(want: Want) -> Self {
        Self {
            want,
            settled: None,
            total: Composition::new(),
            queries: 0,
            letters: 0,
            shortest: u64::MAX,
            longest: 0,
            duplicate_ids: 0,
            without_base: 0,
            without_residue: 0,
            gaps_removed: 0,
            seen: HashSet::default(),
            hasher: RandomState::new(),
        }
    }

    /// The molecule that is asked for, if one is.
    pub fn wanted(&self) -> Option<Molecule> {
        self.want.molecule()
    }

    /// Number of finished records.
    pub fn queries(&self) -> u64 {
        self.queries
    }

    /// Letters of the finished records.
    pub fn letters(&self) -> u64 {
        self.letters
    }

    /// Takes a finished record that [`Self::judge`] accepted.
    pub fn add(&mut self, record: &QueryRecord, counts: &Composition) {
        self.queries += 1;
        self.letters += record.letters;
        self.shortest = self.shortest.min(record.letters);
        self.longest = self.longest.max(record.letters);
        self.without_base += u64::from(counts.sum(b"ACGTU") == 0);
        self.without_residue += u64::from(counts.sum(b"X") == record.letters);
        self.total.add(counts);
        if self.seen.len() < REMEMBERED_IDS && !self.seen.insert(self.hasher.hash_one(&record.id)) {
            self.duplicate_ids += 1;
        }
    }

    /// Whether a record belongs into this set. A letter that nucleotides do not have is
    /// [`Fault::Foreign`]; the caller knows its place.
    pub fn judge(&mut self, name: &str, counts: &Composition, letters: u64) -> Result<(), Fault> {
        let verdict = counts.verdict(letters);
        match (self.want, verdict) {
            (_, Verdict::Either) => Ok(()),
            (Want::Program(program), Verdict::Sure(found)) if found != program.query_molecule() => {
                Err(self.wrong(program, name, found))
            }
            (Want::Program(program), Verdict::NucleotideWithStrangers)
                if program.query_molecule() == Molecule::Protein =>
            {
                Ok(())
            }
            (_, Verdict::NucleotideWithStrangers) if self.settled != Some(Molecule::Protein) => {
                Err(Fault::Foreign)
            }
            (_, Verdict::NucleotideWithStrangers) => Ok(()),
            (_, Verdict::Sure(found)) => match self.settled {
                Some(others) if others != found => {
                    Err(Fault::Kind(FastaErrorKind::MixedMolecules { name: name.to_owned(), found, others }))
                }
                _ => {
                    self.settled = Some(found);
                    Ok(())
                }
            },
        }
    }

    fn wrong(&self, program: Program, name: &str, found: Molecule) -> Fault {
        let wanted = program.query_molecule();
        Fault::Kind(if self.settled == Some(wanted) {
            FastaErrorKind::MixedMolecules { name: name.to_owned(), found, others: wanted }
        } else {
            let fits = Program::fitting(found, program.database_molecule()).to_vec();
            FastaErrorKind::WrongMolecule { name: name.to_owned(), found, wanted, fits }
        })
    }

    /// The set as a whole, once it has ended.
    pub fn finish(&self, bytes: u64) -> QueryStats {
        let molecule = self.want.molecule().or(self.settled).unwrap_or_else(|| {
            if self.total.looks_nucleotide(self.letters) { Molecule::Nucleotide } else { Molecule::Protein }
        });
        let bases = self.total.sum(b"ACGTU");
        let gc = self.total.sum(b"GC");
        let (ambiguous, uninformative, gc_fraction) = match molecule {
            Molecule::Nucleotide => {
                (self.letters - bases, self.without_base, (bases > 0).then(|| gc as f64 / bases as f64))
            }
            Molecule::Protein => (self.total.sum(b"BJXZ"), self.without_residue, None),
        };
        QueryStats {
            queries: self.queries,
            letters: self.letters,
            shortest: if self.queries == 0 { 0 } else { self.shortest },
            longest: self.longest,
            duplicate_ids: self.duplicate_ids,
            molecule,
            gc_fraction,
            bytes,
            ambiguous,
            uninformative,
            gaps_removed: self.gaps_removed,
        }
    }
}

/// Why a record does not belong into the set.
#[derive(Debug)]
pub(super) enum Fault {
    /// A letter that nucleotides do not have, at the place that the caller noted.
    Foreign,
    /// The record as a whole.
    Kind(FastaErrorKind),
}
