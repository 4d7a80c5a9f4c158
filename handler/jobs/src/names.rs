//! Names of tables, queues and containers: the one place they are spelled.

use std::fmt;

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every name of this kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name as storage knows it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names! {
    /// A table.
    Table {
        /// One row per task.
        JobState = "jobstate",
        /// Newest-first listing per owner.
        JobIndex = "jobindex",
        /// Append-only events.
        JobHistory = "jobhistory",
        /// Parts of a search.
        JobChunks = "jobchunks",
        /// The reconciler's worklist.
        Active = "active",
        /// Catalogue of databases and the pointer to the live generation.
        Databases = "databases",
        /// Clusters that searches may run on, and what was last seen of them.
        Clusters = "clusters",
        /// Counters: parts in flight, remembered answers of BLAST+, lines in front of clusters.
        Limits = "limits",
    }
}

names! {
    /// A queue, or the poison queue the host makes beside it.
    QueueName {
        /// Searches to prepare.
        BlastSubmit = "blast-submit",
        /// Parts to search.
        BlastChunks = "blast-chunks",
        /// Finished searches to join.
        BlastArtifacts = "blast-artifacts",
        /// Searches on a cluster to look at.
        BlastWatch = "blast-watch",
        /// What failed five times in [`QueueName::BlastSubmit`].
        BlastSubmitPoison = "blast-submit-poison",
        /// What failed five times in [`QueueName::BlastChunks`].
        BlastChunksPoison = "blast-chunks-poison",
        /// What failed five times in [`QueueName::BlastArtifacts`].
        BlastArtifactsPoison = "blast-artifacts-poison",
        /// What failed five times in [`QueueName::BlastWatch`].
        BlastWatchPoison = "blast-watch-poison",
    }
}

impl QueueName {
    /// The queues that functions are triggered by.
    pub const WORK: &'static [Self] =
        &[Self::BlastSubmit, Self::BlastChunks, Self::BlastArtifacts, Self::BlastWatch];

    /// The poison queue beside a work queue; a poison queue has none.
    pub fn poison(self) -> Option<Self> {
        match self {
            Self::BlastSubmit => Some(Self::BlastSubmitPoison),
            Self::BlastChunks => Some(Self::BlastChunksPoison),
            Self::BlastArtifacts => Some(Self::BlastArtifactsPoison),
            Self::BlastWatch => Some(Self::BlastWatchPoison),
            Self::BlastSubmitPoison
            | Self::BlastChunksPoison
            | Self::BlastArtifactsPoison
            | Self::BlastWatchPoison => None,
        }
    }
}

names! {
    /// A blob container.
    Container {
        /// Query sequences.
        Queries = "queries",
        /// Databases by name and generation.
        BlastDb = "blast-db",
        /// Results.
        Results = "results",
        /// What a search said while it ran: its logs.
        JobArtifacts = "job-artifacts",
        /// Payloads too large for a row.
        JobPayloads = "job-payloads",
    }
}
