//! Scores and gap costs: our tables against the lists in BLAST+'s own messages.

use crate::bed::Bed;
use blastline_blast::options::{MATRICES, SCORES, score_gaps};
use std::collections::BTreeSet;

/// A pair of gap costs that no row allows.
const NEVER: (i64, i64) = (0, 1);

fn nucleotide(bed: &Bed, task: &str, scores: (i64, i64), gaps: (i64, i64)) -> (bool, String) {
    let [reward, penalty, open, extend] = [scores.0, scores.1, gaps.0, gaps.1].map(|n| n.to_string());
    let args = [
        "-task",
        task,
        "-db",
        "nt",
        "-query",
        "short.fa",
        "-outfmt",
        "6",
        "-reward",
        &reward,
        "-penalty",
        &penalty,
        "-gapopen",
        &open,
        "-gapextend",
        &extend,
    ];
    let output = bed.run("blastn", &args);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success() && stderr.is_empty(), stderr)
}

fn bed() -> Bed {
    let bed = Bed::new();
    bed.write("short.fa", &bed.read("nt.fa").lines().take(2).collect::<Vec<_>>().join("\n"));
    bed
}

fn two_numbers(line: &str, separator: &str) -> Option<(i64, i64)> {
    let (left, right) = line.split_once(separator)?;
    let last_word = left.split_whitespace().next_back()?;
    let first_word = right.split_whitespace().next()?;
    Some((last_word.parse().ok()?, first_word.parse().ok()?))
}

#[test]
fn nucleotide_pairs_are_those_that_blast_lists() {
    let bed = bed();
    for row in SCORES {
        let scores = (row.reward, row.penalty);
        let (taken, message) = nucleotide(&bed, "blastn", scores, NEVER);
        assert!(!taken && !row.allows(NEVER, false), "{scores:?}");
        let listed: BTreeSet<_> = message
            .lines()
            .filter(|line| line.ends_with("are supported existence and extension values"))
            .filter_map(|line| two_numbers(line, " and "))
            .collect();
        let stringent = message.lines().find(|line| line.starts_with("Any values more stringent than"));
        assert_eq!(stringent.and_then(|line| two_numbers(line, " and ")), Some(row.from), "{message}");
        let ours: BTreeSet<_> = row.listed.iter().copied().chain([row.from]).collect();
        assert_eq!(ours, listed, "{scores:?}");
        assert_eq!(nucleotide(&bed, "megablast", scores, (0, 0)).0, row.linear, "{scores:?}");
        assert!(!nucleotide(&bed, "blastn", scores, (0, 0)).0, "{scores:?}");
    }
}

#[test]
fn scores_that_we_leave_out_are_multiples_or_refused_by_blast() {
    let bed = bed();
    let divides = |n: i64, pair: (i64, i64)| pair.0 % n == 0 && pair.1 % n == 0;
    for reward in 1..=5 {
        for penalty in -7..=-1 {
            let pair = (reward, penalty);
            if score_gaps(reward, penalty).is_some() || (2..=5).any(|n| divides(n, pair)) {
                continue;
            }
            assert!(!nucleotide(&bed, "blastn", pair, (30, 12)).0, "{pair:?}");
        }
    }
}

#[test]
fn matrix_pairs_are_those_that_blast_lists() {
    let bed = Bed::new();
    for row in MATRICES {
        let args =
            ["-db", "aa", "-query", "aa.fa", "-matrix", row.matrix, "-gapopen", "1", "-gapextend", "1"];
        let message = String::from_utf8_lossy(&bed.run("blastp", &args).stderr).into_owned();
        let listed: BTreeSet<_> = message
            .lines()
            .filter_map(|line| two_numbers(line, ","))
            .filter(|pair| *pair != (32767, 32767))
            .collect();
        assert_eq!(row.allowed.iter().copied().collect::<BTreeSet<_>>(), listed, "{}: {message}", row.matrix);
        assert!(row.allowed.contains(&row.preferred));
        // What BLAST+ uses when only the matrix is given.
        let bare = ["-db", "aa", "-query", "aa.fa", "-matrix", row.matrix, "-outfmt", "5"];
        let xml = bed.must("blastp", &bare);
        for (element, value) in
            [("Parameters_gap-open", row.preferred.0), ("Parameters_gap-extend", row.preferred.1)]
        {
            assert!(xml.contains(&format!("<{element}>{value}</{element}>")), "{} {element}", row.matrix);
        }
    }
}

/// Every pair of costs within reach, for both kinds of task: about five minutes.
#[test]
#[ignore = "thousands of runs; the lists above say the same in a few"]
fn every_pair_of_costs_is_judged_as_blast_judges_it() {
    let bed = bed();
    for row in SCORES {
        for open in 0..15 {
            for extend in 0..11 {
                for task in ["blastn", "megablast"] {
                    let taken = nucleotide(&bed, task, (row.reward, row.penalty), (open, extend)).0;
                    let ours = row.allows((open, extend), task == "megablast");
                    assert_eq!(ours, taken, "{task} {}/{} {open}/{extend}", row.reward, row.penalty);
                }
            }
        }
    }
}
