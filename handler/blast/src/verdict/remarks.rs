//! Remarks on a run that succeeded, gathered by kind: a search of many queries may repeat one thousands of times.

use super::Warning;

const NAMED_QUERIES: usize = 5;

struct Rule {
    text: &'static str,
    code: &'static str,
    message: &'static str,
}

const RULES: [Rule; 5] = [
    Rule {
        text: "Karlin-Altschul parameters",
        code: "no_statistics",
        message: "A query has nothing to search with: it is too short, or has only ambiguous or masked letters. \
                  It gets no hits.",
    },
    Rule {
        text: "Examining 5 or more matches is recommended",
        code: "few_targets",
        message: "With fewer than 5 subjects per query BLAST+ may miss better ones.",
    },
    Rule {
        text: "replaced by X",
        code: "letters_replaced",
        message: "Rare amino acids (such as O, pyrrolysine) were scored as X.",
    },
    Rule {
        text: "Hyphens are invalid and will be ignored",
        code: "hyphens_ignored",
        message: "Alignment gaps in a query were left out.",
    },
    Rule {
        text: "Number of threads was reduced",
        code: "threads_reduced",
        message: "BLAST+ used fewer threads than it was given.",
    },
];

/// One warning per kind, in the order in which they first came.
pub(super) fn warnings(stderr: &str) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = Vec::new();
    for line in stderr.lines().filter(|line| !line.trim().is_empty()) {
        let rule = RULES.iter().find(|rule| line.contains(rule.text));
        let code = rule.map_or("other", |rule| rule.code);
        let place = warnings.iter().position(|warning| warning.code == code).unwrap_or_else(|| {
            let message = rule.map_or_else(|| shortened(line), |rule| rule.message.to_owned());
            warnings.push(Warning { code: code.to_owned(), message, queries: Vec::new(), count: 0 });
            warnings.len() - 1
        });
        let warning = &mut warnings[place];
        warning.count += 1;
        if let Some(query) = query_id(line)
            && warning.queries.len() < NAMED_QUERIES
        {
            warning.queries.push(query.to_owned());
        }
    }
    warnings
}

/// The id in `Warning: [blastn] Query_1 seq1 title: …`.
fn query_id(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("] Query_")?;
    let mut words = rest.split([' ', ':']);
    words.next()?;
    words.next().filter(|id| !id.is_empty())
}

fn shortened(line: &str) -> String {
    // A remark without a rule may hold a path: nothing after the first slash is shown.
    line.split('/').next().unwrap_or_default().chars().take(200).collect::<String>().trim().to_owned()
}
