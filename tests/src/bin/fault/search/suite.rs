use super::faults::Kind;

/// On which engine searches run, and what is done to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// Functions alone.
    Search,
    /// A cluster beside them.
    Elastic,
}

impl Suite {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Elastic => "elastic",
        }
    }

    /// What is done.
    pub fn kinds(self) -> Vec<Kind> {
        let is = |kind: &&Kind| match self {
            Self::Search => !kind.is_of_cluster(),
            // BLAST+ runs on the cluster, where what befalls it is a batch's.
            Self::Elastic => **kind != Kind::Blast,
        };
        Kind::ALL.iter().filter(is).copied().collect()
    }

    /// What is done more often than the rest: kills are what the product is most often said to stand.
    pub fn often(self) -> Vec<Kind> {
        match self {
            Self::Search => [Kind::Handler; 6].into_iter().chain([Kind::Blast]).collect(),
            Self::Elastic => [Kind::Handler; 6].into_iter().chain([Kind::Befalls; 8]).collect(),
        }
    }
}
