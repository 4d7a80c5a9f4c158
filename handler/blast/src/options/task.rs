//! Tasks: the presets that BLAST+ has within a program.

use crate::program::Program;
use serde::Serialize;

/// A preset of a program (`-task`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Task {
    /// The name that BLAST+ takes.
    pub name: &'static str,
    /// A few words for a page.
    pub label: &'static str,
    /// When to use it.
    pub help: &'static str,
}

const BLASTN: &[Task] = &[
    Task {
        name: "megablast",
        label: "Highly similar sequences",
        help: "For sequences of the same or a closely related species (95 % identity or more). Fastest.",
    },
    Task {
        name: "dc-megablast",
        label: "More dissimilar sequences",
        help: "Discontiguous words: for related species, especially in coding regions.",
    },
    Task {
        name: "blastn",
        label: "Somewhat similar sequences",
        help: "Short words: finds more distant matches, and takes about ten times as long as megablast.",
    },
    Task {
        name: "blastn-short",
        label: "Primers and other short sequences",
        help: "For queries of fewer than 30 nucleotides. Consider a higher E-value.",
    },
];

const BLASTP: &[Task] = &[
    Task { name: "blastp", label: "Standard", help: "For proteins of usual length." },
    Task {
        name: "blastp-short",
        label: "Short peptides",
        help: "For queries of fewer than 30 residues: PAM30, words of 2. Consider a higher E-value.",
    },
    Task { name: "blastp-fast", label: "Fast", help: "Words of 6: faster, and may miss distant relatives." },
];

const BLASTX: &[Task] = &[
    Task { name: "blastx", label: "Standard", help: "Words of 3." },
    Task { name: "blastx-fast", label: "Fast", help: "Words of 6: faster, and may miss distant relatives." },
];

const TBLASTN: &[Task] = &[
    Task { name: "tblastn", label: "Standard", help: "Words of 3." },
    Task { name: "tblastn-fast", label: "Fast", help: "Words of 6: faster, and may miss distant relatives." },
];

/// The tasks of a program, BLAST+'s own default first. tblastx has none, and BLAST+ refuses `-task` there.
pub const fn tasks(program: Program) -> &'static [Task] {
    match program {
        Program::Blastn => BLASTN,
        Program::Blastp => BLASTP,
        Program::Blastx => BLASTX,
        Program::Tblastn => TBLASTN,
        Program::Tblastx => &[],
    }
}

/// The task that runs when none is chosen; `None` for tblastx.
pub fn default_task(program: Program) -> Option<&'static str> {
    tasks(program).first().map(|task| task.name)
}
