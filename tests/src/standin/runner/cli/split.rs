//! Splitting a query into batches, record by record.

/// A query in batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The batches' texts.
    pub batches: Vec<String>,
    /// Letters as the CLI counts them: a line's characters but one, of lines that are no headers.
    pub letters: u64,
}

/// Splits at a length. A record that would make a batch longer begins the next one; none is cut. What stands before the
/// first header counts as a record.
pub fn split(text: &str, batch_len: u64) -> Split {
    let mut batches = Vec::new();
    let (mut batch, mut batch_letters, mut letters) = (String::new(), 0, 0);
    for (record, count) in records(text) {
        letters += count;
        if batch_letters + count > batch_len {
            if !batch.is_empty() {
                batches.push(std::mem::take(&mut batch));
            }
            batch_letters = 0;
        }
        batch.push_str(&record);
        batch_letters += count;
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    Split { batches, letters }
}

/// Records with their letters. A last line without an end gets one, after it was counted.
fn records(text: &str) -> Vec<(String, u64)> {
    let mut records: Vec<(String, u64)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with('>') || records.is_empty() {
            records.push((String::new(), 0));
        }
        if let Some((record, count)) = records.last_mut() {
            record.push_str(line);
            if !line.starts_with('>') {
                *count += line.chars().count() as u64 - 1;
            }
        }
    }
    if let Some((record, _)) = records.last_mut()
        && !record.ends_with('\n')
    {
        record.push('\n');
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_those_of_the_cli() {
        let text = ">a\nACGT\nACGT\n>b\nACGT\n>c\nACGTACGTACGTACGT\n>d\nA";
        let whole = split(text, 12);
        assert_eq!(whole.batches, [">a\nACGT\nACGT\n>b\nACGT\n", ">c\nACGTACGTACGTACGT\n", ">d\nA\n"]);
        assert_eq!(whole.letters, 8 + 4 + 16);
        assert_eq!(split(text, 1_000).batches.len(), 1);
        assert_eq!(split(text, 1).batches.len(), 4);
        assert_eq!(split(text, 28).batches.len(), 1, "the last line counts no letter, as it has no end");
        assert_eq!(split("", 5).batches.len(), 0);
        assert_eq!(split("; preamble\n>a\nAC\n", 100).batches, ["; preamble\n>a\nAC\n"]);
        assert_eq!(split(">a\r\nAC\r\n", 100).letters, 3);
    }

    #[test]
    fn joined_batches_are_the_query() {
        let text: String = (0..40).map(|n| format!(">q{n}\n{}\n", "ACGT".repeat(n % 7))).collect();
        for length in [1, 10, 33, 1_000] {
            assert_eq!(split(&text, length).batches.concat(), text, "{length}");
        }
    }
}
