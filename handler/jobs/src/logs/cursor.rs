use super::numbering::Mark;
use crate::ids::JobId;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// So long before its mark the log of a source is read again when a reader comes back: lines of standard output and
/// standard error, and of several threads, may have been stamped in another order than they were written.
pub const OVERLAP_SECONDS: i64 = 10;

/// Most sources that a cursor names.
const MAX_SOURCES: usize = 4_000;

/// What a reader holds of every source, to the second: the id of an event. Bound to its search, and checked, so that one
/// that was made up is seen to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor {
    seconds: BTreeMap<String, i64>,
}

impl Cursor {
    /// Notes that a line of a source was sent.
    pub fn note(&mut self, key: &str, mark: Mark) {
        let second = mark.nanos.div_euclid(1_000_000_000);
        match self.seconds.get_mut(key) {
            Some(known) => *known = second.max(*known),
            None => {
                self.seconds.insert(key.to_owned(), second);
            }
        }
    }

    /// From which second on lines of a source are sent again; `None` for one that nothing is known of: all of them.
    pub fn since(&self, key: &str) -> Option<i64> {
        self.seconds.get(key).map(|second| second - OVERLAP_SECONDS)
    }

    /// As the id of an event of a search.
    pub fn encode(&self, job: &JobId) -> String {
        let pairs: Vec<String> =
            self.seconds.iter().map(|(key, second)| format!("{key}{second:x}")).collect();
        let body = pairs.join(".");
        format!("1.{}.{body}", seal(job, &body))
    }

    /// Reads the id of an event of a search; `None` where this program never gave it out for that search.
    pub fn decode(job: &JobId, text: &str) -> Option<Self> {
        let (sealed, body) = text.strip_prefix("1.")?.split_once('.')?;
        if sealed != seal(job, body) {
            return None;
        }
        let mut seconds = BTreeMap::new();
        for pair in body.split('.').filter(|pair| !pair.is_empty()).take(MAX_SOURCES) {
            let (key, second) = pair.split_at_checked(10)?;
            seconds.insert(key.to_owned(), i64::from_str_radix(second, 16).ok()?);
        }
        Some(Self { seconds })
    }
}

/// Twelve hex digits that bind a body to a search. No secret: who forges one harms nobody but themselves.
fn seal(job: &JobId, body: &str) -> String {
    let digest = hex::encode(Sha256::digest(format!("{job} {body}")));
    digest.get(..12).unwrap_or(&digest).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_for_its_own_search_and_no_other() {
        let (job, other) = (JobId::from_random([1; 16]), JobId::from_random([2; 16]));
        let mut cursor = Cursor::default();
        assert_eq!(Cursor::decode(&job, &cursor.encode(&job)), Some(cursor.clone()));
        for (key, second) in [("0123456789", 1_767_225_600), ("abcdef0123", 0)] {
            cursor.note(key, Mark { nanos: second * 1_000_000_000, n: 0 });
        }
        cursor.note("0123456789", Mark { nanos: 5, n: 0 });
        let text = cursor.encode(&job);
        assert_eq!(Cursor::decode(&job, &text), Some(cursor.clone()));
        assert_eq!(cursor.since("0123456789"), Some(1_767_225_590));
        assert_eq!(cursor.since("ffffffffff"), None);
        assert_eq!(Cursor::decode(&other, &text), None);
        for made_up in ["", "0", "17", "1.", "1..", &text.replace("ab", "ba"), &format!("{text}0")] {
            assert_eq!(Cursor::decode(&job, made_up), None, "{made_up}");
        }
    }
}
