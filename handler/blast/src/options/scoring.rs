//! Options that only go together: scores with gap costs.

use super::tables::{MATRICES, SCORES, matrix_gaps, score_gaps};
use super::validate::FieldError;
use super::value::{OptionValue, RawOptions};
use crate::program::Program;

/// Checks the pairs, and gives gap costs that nobody chose the value that fits the scores. `values` holds what was
/// chosen and the defaults of the task.
pub(super) fn complete(
    program: Program,
    task: &str,
    chosen: &RawOptions,
    values: &mut RawOptions,
) -> Vec<FieldError> {
    let gaps_chosen = chosen.contains_key("gapopen") || chosen.contains_key("gapextend");
    if program == Program::Blastn {
        nucleotide(task, gaps_chosen, values)
    } else if let Some(OptionValue::Text(matrix)) = values.get("matrix") {
        let matrix = matrix.clone();
        protein(&matrix, chosen, values)
    } else {
        Vec::new()
    }
}

fn whole(values: &RawOptions, name: &str) -> Option<i64> {
    match values.get(name) {
        Some(OptionValue::Int(value)) => Some(*value),
        _ => None,
    }
}

fn gaps_of(values: &RawOptions) -> Option<(i64, i64)> {
    Some((whole(values, "gapopen")?, whole(values, "gapextend")?))
}

fn set_gaps(values: &mut RawOptions, gaps: (i64, i64)) {
    values.insert("gapopen".to_owned(), OptionValue::Int(gaps.0));
    values.insert("gapextend".to_owned(), OptionValue::Int(gaps.1));
}

fn pair(fields: [&str; 2], message: &str, allowed: &str) -> Vec<FieldError> {
    fields
        .map(|field| FieldError::new(field, "pair_not_allowed", message.to_owned(), Some(allowed.to_owned())))
        .to_vec()
}

fn nucleotide(task: &str, gaps_chosen: bool, values: &mut RawOptions) -> Vec<FieldError> {
    let (Some(reward), Some(penalty)) = (whole(values, "reward"), whole(values, "penalty")) else {
        return Vec::new();
    };
    let Some(row) = score_gaps(reward, penalty) else {
        let all: Vec<_> = SCORES.iter().map(|row| format!("{}/{}", row.reward, row.penalty)).collect();
        let message = format!("BLAST+ has no statistics for the scores {reward} and {penalty}.");
        return pair(["reward", "penalty"], &message, &all.join(", "));
    };
    let megablast = task == "megablast";
    let Some(gaps) = gaps_of(values) else { return Vec::new() };
    if row.allows(gaps, megablast) {
        return Vec::new();
    }
    if !gaps_chosen {
        set_gaps(values, row.from);
        return Vec::new();
    }
    let mut allowed: Vec<_> = row.listed.iter().map(|(open, extend)| format!("{open}/{extend}")).collect();
    if row.linear && megablast {
        allowed.insert(0, "0/0".to_owned());
    }
    allowed.push(format!("and everything from {}/{} on", row.from.0, row.from.1));
    let message = format!(
        "BLAST+ has no statistics for gap costs {} and {} with the scores {reward} and {penalty}.",
        gaps.0, gaps.1
    );
    pair(["gapopen", "gapextend"], &message, &allowed.join(", "))
}

fn protein(matrix: &str, chosen: &RawOptions, values: &mut RawOptions) -> Vec<FieldError> {
    let Some(row) = matrix_gaps(matrix) else {
        let all: Vec<_> = MATRICES.iter().map(|row| row.matrix).collect();
        let message = "There is no such matrix.".to_owned();
        return vec![FieldError::new("matrix", "not_allowed", message, Some(all.join(", ")))];
    };
    if !values.contains_key("gapopen") {
        // tblastx makes no gaps.
        return Vec::new();
    }
    let gaps = (
        whole(chosen, "gapopen").unwrap_or(row.preferred.0),
        whole(chosen, "gapextend").unwrap_or(row.preferred.1),
    );
    if row.allowed.contains(&gaps) {
        set_gaps(values, gaps);
        return Vec::new();
    }
    let allowed: Vec<_> = row.allowed.iter().map(|(open, extend)| format!("{open}/{extend}")).collect();
    let message = format!("BLAST+ has no statistics for gap costs {} and {} with {matrix}.", gaps.0, gaps.1);
    pair(["gapopen", "gapextend"], &message, &allowed.join(", "))
}
