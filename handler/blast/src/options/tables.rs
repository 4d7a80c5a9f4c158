//! Which scores and gap costs BLAST+ has statistics for. It refuses every other combination, in the middle of a
//! search for nucleotides (exit code 3). Source: the lists in its own messages (2.12), compared with the installed
//! BLAST+ by `tests/blast_plus`. Multiples of these scores (2/-4 for 1/-2) give the same alignments and are left out.

use serde::Serialize;

/// Gap costs as (existence, extension).
pub type Gaps = (i64, i64);

/// Reward and penalty for nucleotides, with the gap costs that go with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ScoreGaps {
    /// Score of a match.
    pub reward: i64,
    /// Score of a mismatch, negative.
    pub penalty: i64,
    /// Allowed costs below `from`.
    pub listed: &'static [Gaps],
    /// Every pair with both costs at least these is allowed as well.
    pub from: Gaps,
    /// Whether megablast's linear costs (0 and 0, which it takes for a cost computed from the scores) are allowed.
    pub linear: bool,
}

impl ScoreGaps {
    /// Whether these costs may be used with the scores. Linear costs are megablast's alone.
    pub fn allows(&self, gaps: Gaps, megablast: bool) -> bool {
        (gaps == (0, 0) && self.linear && megablast)
            || self.listed.contains(&gaps)
            || (gaps.0 >= self.from.0 && gaps.1 >= self.from.1)
    }
}

const fn score(reward: i64, penalty: i64, listed: &'static [Gaps], from: Gaps, linear: bool) -> ScoreGaps {
    ScoreGaps { reward, penalty, listed, from, linear }
}

/// The nucleotide scores, from strict (distant) to lenient.
pub const SCORES: &[ScoreGaps] = &[
    score(1, -5, &[], (3, 3), true),
    score(1, -4, &[(1, 2), (0, 2), (2, 1), (1, 1)], (2, 2), true),
    score(2, -7, &[(2, 4), (0, 4), (4, 2), (2, 2)], (4, 4), true),
    score(1, -3, &[(1, 2), (0, 2), (2, 1), (1, 1)], (2, 2), true),
    score(2, -5, &[(2, 4), (0, 4), (4, 2), (2, 2)], (4, 4), true),
    score(1, -2, &[(1, 2), (0, 2), (3, 1), (2, 1), (1, 1)], (2, 2), true),
    score(2, -3, &[(4, 4), (2, 4), (0, 4), (3, 3), (6, 2), (5, 2), (4, 2), (2, 2)], (6, 4), true),
    score(3, -4, &[(5, 3), (4, 3), (6, 2), (5, 2), (4, 2)], (6, 3), false),
    score(4, -5, &[(6, 5), (5, 5), (4, 5), (3, 5)], (12, 8), true),
    score(1, -1, &[(3, 2), (2, 2), (1, 2), (0, 2), (4, 1), (3, 1), (2, 1)], (4, 2), false),
    score(5, -4, &[(10, 6), (8, 6)], (25, 10), false),
    score(3, -2, &[], (5, 5), false),
];

/// The gap costs for a pair of scores; `None` where BLAST+ has no statistics or this table leaves the pair out.
pub fn score_gaps(reward: i64, penalty: i64) -> Option<&'static ScoreGaps> {
    SCORES.iter().find(|row| row.reward == reward && row.penalty == penalty)
}

/// A protein matrix with the gap costs that go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MatrixGaps {
    /// Name of the matrix.
    pub matrix: &'static str,
    /// Costs that BLAST+ uses when none are chosen.
    pub preferred: Gaps,
    /// All allowed costs.
    pub allowed: &'static [Gaps],
}

/// The protein matrices, for close relatives first.
pub const MATRICES: &[MatrixGaps] = &[
    MatrixGaps {
        matrix: "PAM30",
        preferred: (9, 1),
        allowed: &[(7, 2), (6, 2), (5, 2), (10, 1), (9, 1), (8, 1), (15, 3), (14, 2), (14, 1), (13, 3)],
    },
    MatrixGaps {
        matrix: "PAM70",
        preferred: (10, 1),
        allowed: &[(8, 2), (7, 2), (6, 2), (11, 1), (10, 1), (9, 1), (11, 2), (12, 3)],
    },
    MatrixGaps {
        matrix: "BLOSUM90",
        preferred: (10, 1),
        allowed: &[(9, 2), (8, 2), (7, 2), (6, 2), (11, 1), (10, 1), (9, 1)],
    },
    MatrixGaps {
        matrix: "BLOSUM80",
        preferred: (10, 1),
        allowed: &[(25, 2), (13, 2), (9, 2), (8, 2), (7, 2), (6, 2), (11, 1), (10, 1), (9, 1)],
    },
    MatrixGaps {
        matrix: "BLOSUM62",
        preferred: (11, 1),
        allowed: &[
            (11, 2),
            (10, 2),
            (9, 2),
            (8, 2),
            (7, 2),
            (6, 2),
            (13, 1),
            (12, 1),
            (11, 1),
            (10, 1),
            (9, 1),
        ],
    },
    MatrixGaps {
        matrix: "BLOSUM50",
        preferred: (13, 2),
        allowed: &[
            (13, 3),
            (12, 3),
            (11, 3),
            (10, 3),
            (9, 3),
            (16, 2),
            (15, 2),
            (14, 2),
            (13, 2),
            (12, 2),
            (19, 1),
            (18, 1),
            (17, 1),
            (16, 1),
            (15, 1),
        ],
    },
    MatrixGaps {
        matrix: "BLOSUM45",
        preferred: (14, 2),
        allowed: &[
            (13, 3),
            (12, 3),
            (11, 3),
            (10, 3),
            (16, 2),
            (15, 2),
            (14, 2),
            (13, 2),
            (12, 2),
            (19, 1),
            (18, 1),
            (17, 1),
            (16, 1),
        ],
    },
    MatrixGaps {
        matrix: "PAM250",
        preferred: (14, 2),
        allowed: &[
            (15, 3),
            (14, 3),
            (13, 3),
            (12, 3),
            (11, 3),
            (17, 2),
            (16, 2),
            (15, 2),
            (14, 2),
            (13, 2),
            (21, 1),
            (20, 1),
            (19, 1),
            (18, 1),
            (17, 1),
        ],
    },
];

/// The gap costs for a matrix.
pub fn matrix_gaps(matrix: &str) -> Option<&'static MatrixGaps> {
    MATRICES.iter().find(|row| row.matrix == matrix)
}
