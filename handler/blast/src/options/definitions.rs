//! The options themselves.

use super::definition::{Choice, Group, Kind, OptionDef, Preset, Rule};
use super::task::default_task;
use crate::program::Program;

/// All options, in the order of the form.
pub fn definitions() -> &'static [OptionDef] {
    DEFINITIONS
}

/// The option of this name.
pub fn definition(name: &str) -> Option<&'static OptionDef> {
    DEFINITIONS.iter().find(|def| def.name == name)
}

const fn choice(value: &'static str, label: &'static str) -> Choice {
    Choice { value, label }
}

const STRANDS: &[Choice] =
    &[choice("both", "Both strands"), choice("plus", "As given"), choice("minus", "Reverse complement")];

const MATRIX_CHOICES: &[Choice] = &[
    choice("PAM30", "PAM30 (short or very close)"),
    choice("PAM70", "PAM70"),
    choice("BLOSUM90", "BLOSUM90"),
    choice("BLOSUM80", "BLOSUM80 (close)"),
    choice("BLOSUM62", "BLOSUM62 (usual)"),
    choice("BLOSUM50", "BLOSUM50"),
    choice("BLOSUM45", "BLOSUM45 (distant)"),
    choice("PAM250", "PAM250 (very distant)"),
];

const COMPOSITION: &[Choice] = &[
    choice("0", "None"),
    choice("1", "Statistics by composition"),
    choice("2", "Scores adjusted where that fits (usual)"),
    choice("3", "Scores always adjusted"),
];

/// NCBI's genetic codes that BLAST+ 2.12 takes.
const GENETIC_CODES: &[Choice] = &[
    choice("1", "Standard"),
    choice("2", "Vertebrate mitochondrial"),
    choice("3", "Yeast mitochondrial"),
    choice("4", "Mold, protozoan and coelenterate mitochondrial; Mycoplasma"),
    choice("5", "Invertebrate mitochondrial"),
    choice("6", "Ciliate, dasycladacean and Hexamita nuclear"),
    choice("9", "Echinoderm and flatworm mitochondrial"),
    choice("10", "Euplotid nuclear"),
    choice("11", "Bacterial, archaeal and plant plastid"),
    choice("12", "Alternative yeast nuclear"),
    choice("13", "Ascidian mitochondrial"),
    choice("14", "Alternative flatworm mitochondrial"),
    choice("15", "Blepharisma macronuclear"),
    choice("16", "Chlorophycean mitochondrial"),
    choice("21", "Trematode mitochondrial"),
    choice("22", "Scenedesmus obliquus mitochondrial"),
    choice("23", "Thraustochytrium mitochondrial"),
    choice("24", "Rhabdopleuridae mitochondrial"),
    choice("25", "Candidate division SR1 and Gracilibacteria"),
    choice("26", "Pachysolen tannophilus nuclear"),
    choice("27", "Karyorelict nuclear"),
    choice("28", "Condylostoma nuclear"),
    choice("29", "Mesodinium nuclear"),
    choice("30", "Peritrich nuclear"),
    choice("31", "Blastocrithidia nuclear"),
    choice("33", "Cephalodiscidae mitochondrial"),
];

fn if_(taken: bool, preset: Preset) -> Preset {
    if taken { preset } else { Preset::NotTaken }
}

/// Narrower than BLAST+'s for proteins (2 to 7): words of 5 and more take it 20 s and up to 1 GB for a single protein
/// unless the neighbourhood threshold is that of the fast tasks.
fn word_size_range(program: Program, task: &str) -> Kind {
    let (min, max) = match (program, task) {
        (Program::Blastn, "dc-megablast") => (11, 12),
        (Program::Blastn, _) => (4, 256),
        _ if is_fast(task) => (6, 7),
        _ => (2, 4),
    };
    Kind::Int { min, max }
}

/// BLAST+ takes every number above 0. Low ones make its lookup table grow without bound: 1 with words of 6 took it
/// 150 s and 2 GB for one protein.
fn threshold_range(_: Program, task: &str) -> Kind {
    Kind::Int { min: if is_fast(task) { 18 } else { 5 }, max: 100 }
}

fn is_fast(task: &str) -> bool {
    matches!(task, "blastp-fast" | "blastx-fast" | "tblastn-fast")
}

fn word_size(program: Program, task: &str) -> Preset {
    Preset::Int(match (program, task) {
        (Program::Blastn, "megablast") => 28,
        (Program::Blastn, "blastn-short") => 7,
        (Program::Blastn, _) => 11,
        (_, "blastp-short") => 2,
        _ if is_fast(task) => 6,
        _ => 3,
    })
}

fn reward(program: Program, task: &str) -> Preset {
    let value = if matches!(task, "megablast" | "blastn-short") { 1 } else { 2 };
    if_(program == Program::Blastn, Preset::Int(value))
}

fn penalty(program: Program, task: &str) -> Preset {
    let value = if task == "megablast" { -2 } else { -3 };
    if_(program == Program::Blastn, Preset::Int(value))
}

fn gap_open(program: Program, task: &str) -> Preset {
    match (program, task) {
        (Program::Blastn, "megablast") => Preset::Int(0),
        (Program::Blastn, _) => Preset::Int(5),
        (Program::Tblastx, _) => Preset::NotTaken,
        (_, "blastp-short") => Preset::Int(9),
        _ => Preset::Int(11),
    }
}

fn gap_extend(program: Program, task: &str) -> Preset {
    match (program, task) {
        (Program::Blastn, "megablast") => Preset::Int(0),
        (Program::Blastn, _) => Preset::Int(2),
        (Program::Tblastx, _) => Preset::NotTaken,
        _ => Preset::Int(1),
    }
}

fn matrix(program: Program, task: &str) -> Preset {
    let name = if task == "blastp-short" { "PAM30" } else { "BLOSUM62" };
    if_(program.compares_proteins(), Preset::Text(name))
}

fn seg(program: Program, _: &str) -> Preset {
    let usual = if program == Program::Blastp { "no" } else { "12 2.2 2.5" };
    if_(program.compares_proteins(), Preset::Text(usual))
}

static DEFINITIONS: &[OptionDef] = &[
    OptionDef {
        name: "task",
        label: "Task",
        help: "A preset for a kind of comparison; the defaults of the other options follow it.",
        group: Group::General,
        advanced: false,
        kind: |_, _| Kind::Task,
        preset: |program, _| default_task(program).map_or(Preset::NotTaken, Preset::Text),
    },
    OptionDef {
        name: "evalue",
        label: "E-value",
        help: "Hits are shown up to this expected number of chance hits. The default is 0.05, as on NCBI's page; \
               BLAST+ itself has 10.",
        group: Group::General,
        advanced: false,
        kind: |_, _| Kind::Float { min: 1e-300, max: 1e10 },
        preset: |_, _| Preset::Float(0.05),
    },
    OptionDef {
        name: "max_target_seqs",
        label: "Subjects per query",
        help: "At most so many subjects are kept for each query. Below 5 BLAST+ may miss better ones.",
        group: Group::General,
        advanced: false,
        kind: |_, _| Kind::Int { min: 1, max: 100_000 },
        preset: |_, _| Preset::Int(500),
    },
    OptionDef {
        name: "word_size",
        label: "Word size",
        help: "Length of the matches with which the search begins. Shorter words find more and take longer.",
        group: Group::General,
        advanced: false,
        kind: word_size_range,
        preset: word_size,
    },
    OptionDef {
        name: "strand",
        label: "Strand",
        help: "Strand of the query that is searched with.",
        group: Group::General,
        advanced: true,
        kind: |_, _| Kind::Choice(STRANDS),
        preset: |program, _| {
            let nucleotides = matches!(program, Program::Blastn | Program::Blastx | Program::Tblastx);
            if_(nucleotides, Preset::Text("both"))
        },
    },
    OptionDef {
        name: "reward",
        label: "Match score",
        help: "Score of a pair of equal nucleotides. Goes together with the mismatch score.",
        group: Group::Scoring,
        advanced: true,
        kind: |_, _| Kind::Int { min: 1, max: 5 },
        preset: reward,
    },
    OptionDef {
        name: "penalty",
        label: "Mismatch score",
        help: "Score of a pair of different nucleotides, negative. Goes together with the match score.",
        group: Group::Scoring,
        advanced: true,
        kind: |_, _| Kind::Int { min: -7, max: -1 },
        preset: penalty,
    },
    OptionDef {
        name: "matrix",
        label: "Matrix",
        help: "Scores of pairs of amino acids. The gap costs follow it.",
        group: Group::Scoring,
        advanced: true,
        kind: |_, _| Kind::Choice(MATRIX_CHOICES),
        preset: matrix,
    },
    OptionDef {
        name: "gapopen",
        label: "Gap existence cost",
        help: "Cost of having a gap. With megablast, 0 and 0 together mean costs computed from the scores.",
        group: Group::Scoring,
        advanced: true,
        kind: |_, _| Kind::Int { min: 0, max: 100 },
        preset: gap_open,
    },
    OptionDef {
        name: "gapextend",
        label: "Gap extension cost",
        help: "Cost of each letter of a gap. Goes together with the gap existence cost.",
        group: Group::Scoring,
        advanced: true,
        kind: |_, _| Kind::Int { min: 0, max: 100 },
        preset: gap_extend,
    },
    OptionDef {
        name: "threshold",
        label: "Word score threshold",
        help: "Least score for a neighbouring word to be used. Left alone, BLAST+ takes it from matrix and task.",
        group: Group::Scoring,
        advanced: true,
        kind: threshold_range,
        preset: |program, _| if_(program.compares_proteins(), Preset::Unset),
    },
    OptionDef {
        name: "window_size",
        label: "Two-hit window",
        help: "Largest distance of two words that start an extension; 0: one word is enough. Left alone, BLAST+ \
               takes it from matrix and task.",
        group: Group::Scoring,
        advanced: true,
        kind: |_, _| Kind::Int { min: 0, max: 1000 },
        preset: |_, _| Preset::Unset,
    },
    OptionDef {
        name: "comp_based_stats",
        label: "Composition-based statistics",
        help: "Corrects scores for sequences of unusual composition.",
        group: Group::Scoring,
        advanced: true,
        kind: |_, _| Kind::Choice(COMPOSITION),
        preset: |program, _| {
            let taken = matches!(program, Program::Blastp | Program::Blastx | Program::Tblastn);
            if_(taken, Preset::Text("2"))
        },
    },
    OptionDef {
        name: "dust",
        label: "Low complexity (DUST)",
        help: "Leaves out simple repeats of the query: yes, no, or level, window and linker.",
        group: Group::Filters,
        advanced: true,
        kind: |_, _| Kind::Text(Rule::Dust),
        preset: |program, _| if_(program == Program::Blastn, Preset::Text("20 64 1")),
    },
    OptionDef {
        name: "seg",
        label: "Low complexity (SEG)",
        help: "Leaves out simple regions of the query: yes, no, or window, low cut and high cut.",
        group: Group::Filters,
        advanced: true,
        kind: |_, _| Kind::Text(Rule::Seg),
        preset: seg,
    },
    OptionDef {
        name: "soft_masking",
        label: "Mask for lookup only",
        help: "What is left out serves not to start an alignment, but may be part of one.",
        group: Group::Filters,
        advanced: true,
        kind: |_, _| Kind::Bool,
        preset: |program, _| Preset::Bool(program == Program::Blastn),
    },
    OptionDef {
        name: "lcase_masking",
        label: "Mask lower case",
        help: "Leaves out what is written in lower case.",
        group: Group::Filters,
        advanced: true,
        kind: |_, _| Kind::Flag,
        preset: |_, _| Preset::Bool(false),
    },
    OptionDef {
        name: "perc_identity",
        label: "Least identity, %",
        help: "Drops hits with a lower share of identical letters.",
        group: Group::Restrict,
        advanced: true,
        kind: |_, _| Kind::Float { min: 0.0, max: 100.0 },
        preset: |program, _| if_(program == Program::Blastn, Preset::Unset),
    },
    OptionDef {
        name: "qcov_hsp_perc",
        label: "Least query cover of an alignment, %",
        help: "Drops alignments that cover less of the query.",
        group: Group::Restrict,
        advanced: true,
        kind: |_, _| Kind::Float { min: 0.0, max: 100.0 },
        preset: |_, _| Preset::Unset,
    },
    OptionDef {
        name: "max_hsps",
        label: "Alignments per subject",
        help: "At most so many alignments are kept for each query and subject.",
        group: Group::Restrict,
        advanced: true,
        kind: |_, _| Kind::Int { min: 1, max: 100_000 },
        preset: |_, _| Preset::Unset,
    },
    OptionDef {
        name: "query_gencode",
        label: "Genetic code of the query",
        help: "Code by which the query is translated.",
        group: Group::Genetics,
        advanced: false,
        kind: |_, _| Kind::Choice(GENETIC_CODES),
        preset: |program, _| if_(program.translates_query(), Preset::Text("1")),
    },
    OptionDef {
        name: "db_gencode",
        label: "Genetic code of the database",
        help: "Code by which the database is translated.",
        group: Group::Genetics,
        advanced: false,
        kind: |_, _| Kind::Choice(GENETIC_CODES),
        preset: |program, _| if_(program.translates_subject(), Preset::Text("1")),
    },
];
