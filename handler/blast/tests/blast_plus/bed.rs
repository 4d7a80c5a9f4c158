//! A folder with two databases and queries for all five programs.

use blastline_blast::Program;
use blastline_blast::options::SearchOptions;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Codons by amino acid, one each, of the standard code.
const CODONS: [(char, &str); 20] = [
    ('A', "GCT"),
    ('C', "TGC"),
    ('D', "GAT"),
    ('E', "GAA"),
    ('F', "TTC"),
    ('G', "GGT"),
    ('H', "CAC"),
    ('I', "ATT"),
    ('K', "AAA"),
    ('L', "CTG"),
    ('M', "ATG"),
    ('N', "AAC"),
    ('P', "CCG"),
    ('Q', "CAG"),
    ('R', "CGT"),
    ('S', "AGC"),
    ('T', "ACC"),
    ('V', "GTG"),
    ('W', "TGG"),
    ('Y', "TAT"),
];

/// A generator with a fixed start (Knuth's MMIX constants), so that each run sees the same sequences.
pub struct Letters(u64);

impl Letters {
    pub fn from(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    pub fn take(&mut self, alphabet: &str, count: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| letters[self.below(letters.len())]).collect()
    }

    /// Changes about one letter in `every`.
    pub fn mutate(&mut self, sequence: &str, alphabet: &str, every: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        let change = |c| if self.below(every) == 0 { letters[self.below(letters.len())] } else { c };
        sequence.chars().map(change).collect()
    }
}

pub const DNA: &str = "ACGT";
pub const AMINO: &str = "ACDEFGHIKLMNPQRSTVWY";

pub fn reverse_complement(sequence: &str) -> String {
    let pair = |c| match c {
        'A' => 'T',
        'C' => 'G',
        'G' => 'C',
        'T' => 'A',
        other => other,
    };
    sequence.chars().rev().map(pair).collect()
}

pub fn back_translated(protein: &str) -> String {
    let codon = |c| CODONS.iter().find(|(amino, _)| *amino == c).map_or("NNN", |(_, codon)| codon);
    protein.chars().map(codon).collect()
}

pub struct Bed {
    dir: TempDir,
}

impl Bed {
    /// Databases `nt` and `aa`, queries `nt.fa` and `aa.fa`.
    pub fn new() -> Self {
        let bed = Self { dir: tempfile::tempdir().unwrap() };
        let mut letters = Letters::from(7);
        let protein = letters.take(AMINO, 300);
        let cousin = letters.mutate(&protein, AMINO, 4);
        let genome = letters.take(DNA, 900) + &back_translated(&protein) + &letters.take(DNA, 300);
        let gap = |s: &str, at: usize, by: usize| format!("{}{}", &s[..at], &s[at + by..]);
        bed.write(
            "nt.db.fa",
            &format!(
                ">chr1 a genome\n{genome}\n>sp|P12345|X_Y title  with\ttab, \"quotes\" & <signs>\n{}\n>dup first\n{}\n>dup \
                 second\n{}\n>\n{}\n># hash\n{}\n",
                gap(&genome[200..900], 350, 7),
                letters.mutate(&genome[100..700], DNA, 15),
                letters.mutate(&genome[150..600], DNA, 25),
                &genome[0..400],
                reverse_complement(&genome[900..1500]),
            ),
        );
        bed.write(
            "aa.db.fa",
            &format!(
                ">P1 whole\n{protein}\n>P2 cousin OS=Some species\n{}\n>P2 the same id\n{}\n>\n{}\n>low\n{}\n",
                gap(&cousin, 120, 5),
                letters.mutate(&protein[40..220], AMINO, 3),
                &protein[100..200],
                "QQQQQQQQPPPPPPPP".repeat(5) + &protein[..60],
            ),
        );
        bed.write(
            "nt.fa",
            &format!(
                ">q1 one\n{}\n>nohit\n{}\n>q1 the same id\n{}\n>\n{}\n>#odd name\n{}\n>allN\n{}\n>coding 100% | x\n{}\n",
                gap(&genome[250..850], 300, 11),
                letters.take(DNA, 90),
                letters.mutate(&reverse_complement(&genome[100..650]), DNA, 12),
                &genome[300..420],
                genome[100..500].to_lowercase(),
                "N".repeat(60),
                letters.mutate(&genome[930..1700], DNA, 20),
            ),
        );
        bed.write(
            "aa.fa",
            &format!(
                ">p1 one\n{}\n>nohit\n{}\n>p1 the same id\n{}\n>\n{}\n>odd letters\n{}BZXUJ*{}\n",
                gap(&protein, 90, 4),
                "WWWWCCCCHHHHWWWWCCCCHHHH",
                letters.mutate(&protein[30..250], AMINO, 3),
                &protein[5..120],
                &protein[10..80],
                &protein[86..200],
            ),
        );
        for (kind, name) in [("nucl", "nt"), ("prot", "aa")] {
            let input = format!("{name}.db.fa");
            bed.must("makeblastdb", &["-in", &input, "-dbtype", kind, "-out", name]);
        }
        bed
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        String::from_utf8(std::fs::read(self.path(name)).unwrap()).unwrap()
    }

    /// The database that a program takes.
    pub fn database(program: Program) -> &'static str {
        if program.database_molecule() == blastline_blast::Molecule::Nucleotide { "nt" } else { "aa" }
    }

    /// The queries that a program takes.
    pub fn query(program: Program) -> &'static str {
        if program.query_molecule() == blastline_blast::Molecule::Nucleotide { "nt.fa" } else { "aa.fa" }
    }

    /// Runs a program of BLAST+ in the folder.
    pub fn run(&self, program: &str, args: &[impl AsRef<str>]) -> Output {
        run_in(self.dir.path(), program, args)
    }

    /// Runs a program that has to succeed, and gives its output.
    pub fn must(&self, program: &str, args: &[impl AsRef<str>]) -> String {
        let output = self.run(program, args);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} failed: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A search in a format, with the options as this crate writes them.
    pub fn search(&self, options: &SearchOptions, outfmt: &str) -> String {
        let program = options.program();
        let mut args = options.args();
        args.extend(
            ["-db", Self::database(program), "-query", Self::query(program), "-outfmt", outfmt]
                .map(String::from),
        );
        self.must(program.as_str(), &args)
    }
}

fn run_in(dir: &Path, program: &str, args: &[impl AsRef<str>]) -> Output {
    let output = Command::new(program).args(args.iter().map(AsRef::as_ref)).current_dir(dir).output();
    output.unwrap_or_else(|error| {
        panic!("{program} could not be started ({error}). The project needs BLAST+: sudo apt-get install ncbi-blast+")
    })
}
