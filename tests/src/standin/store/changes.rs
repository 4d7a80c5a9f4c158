//! What happened to objects, for those who watch.

use crate::standin::objects::Words;
use std::{collections::VecDeque, sync::Arc};

/// Changes that are remembered; who asks for older ones is told 410.
const REMEMBERED: usize = 4096;

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It was written.
    Modified,
    /// It is gone.
    Deleted,
}

impl ChangeKind {
    /// The word in a watch.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Modified => "MODIFIED",
            Self::Deleted => "DELETED",
        }
    }
}

/// A change.
#[derive(Debug, Clone)]
pub struct Change {
    /// The version that it made.
    pub version: u64,
    /// Plural name of the kind.
    pub plural: &'static str,
    /// What happened.
    pub kind: ChangeKind,
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// Labels of the object.
    pub labels: Words,
    /// The object as JSON, with version and kind.
    pub body: Arc<str>,
}

/// The newest changes.
#[derive(Debug, Default)]
pub struct Changes {
    kept: VecDeque<Change>,
    forgotten: u64,
}

impl Changes {
    pub(super) fn push(&mut self, change: Change) {
        if self.kept.len() == REMEMBERED
            && let Some(oldest) = self.kept.pop_front()
        {
            self.forgotten = oldest.version;
        }
        self.kept.push_back(change);
    }

    /// Changes of a kind after a version; `None` when some of those are forgotten.
    pub fn after(&self, version: u64, plural: &str) -> Option<Vec<Change>> {
        let newer = self.kept.iter().filter(|change| change.version > version && change.plural == plural);
        (version >= self.forgotten).then(|| newer.cloned().collect())
    }

    /// Forgets everything, as a compaction does.
    pub fn compact(&mut self, now: u64) {
        self.kept.clear();
        self.forgotten = now;
    }
}
