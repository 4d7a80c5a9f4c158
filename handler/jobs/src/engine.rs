//! The engines a search may run on.

use std::{fmt, str::FromStr};

/// What runs a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Parts of the query on queues, BLAST+ in each invocation.
    Serverless,
    /// ElasticBLAST on a Kubernetes cluster.
    Elastic,
}

impl Engine {
    /// Every engine.
    pub const ALL: [Self; 2] = [Self::Serverless, Self::Elastic];

    /// The word in rows, requests and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Serverless => "serverless",
            Self::Elastic => "elastic",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Engine {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|e| e.as_str() == text).ok_or_else(|| format!("`{text}` is no engine"))
    }
}
