//! A blob's place: container and a name that cannot leave it.

use crate::names::Container;
use std::fmt;

/// Container and name of a blob. The name is relative, has no empty, `.` or `..` segment, no control
/// character, and none of `\ ? # %`, so that it means the same in a URL, on a disk and in a listing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobPath {
    container: Container,
    name: String,
}

/// A blob name that was refused, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("blob name refused: {reason}")]
pub struct BlobPathError {
    /// What is wrong with it.
    pub reason: &'static str,
}

/// Longest blob name that Azure takes, in characters.
const MAX_CHARS: usize = 1024;

impl BlobPath {
    /// Checks a name.
    pub fn new(container: Container, name: impl Into<String>) -> Result<Self, BlobPathError> {
        let name = name.into();
        let reason = if name.is_empty() {
            "it is empty"
        } else if name.chars().count() > MAX_CHARS {
            "it is longer than 1,024 characters"
        } else if name.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
            "it has an empty, `.` or `..` segment"
        } else if name.chars().any(|c| c.is_control() || matches!(c, '\\' | '?' | '#' | '%')) {
            "it has a control character or one of \\ ? # %"
        } else {
            return Ok(Self { container, name });
        };
        Err(BlobPathError { reason })
    }

    /// The container.
    pub fn container(&self) -> Container {
        self.container
    }

    /// The name inside the container.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The last segment of the name.
    pub fn file_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}

impl fmt::Display for BlobPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.container, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leaves_its_container_is_refused() {
        for bad in
            ["", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "a\\b", "a?b", "a#b", "%2e%2e/a", "a\nb"]
        {
            assert!(BlobPath::new(Container::Results, bad).is_err(), "{bad:?}");
        }
        assert_eq!(BlobPath::new(Container::Results, "a/b c.tsv").unwrap().file_name(), "b c.tsv");
    }
}
