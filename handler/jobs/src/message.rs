//! Queue messages. Keys begin with a word of ours, so that none collides with the queue's own metadata (`id`,
//! `popReceipt`, `dequeueCount`, …), which the host merges with a message's properties.

use crate::ids::JobId;
use crate::names::QueueName;
use serde::{Deserialize, Serialize};

/// A search to prepare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubmitMessage {
    /// The job.
    pub job_id: JobId,
}

/// A part to search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChunkMessage {
    /// The job.
    pub job_id: JobId,
    /// Ordinal of the part's first query, 0-based.
    pub first_query: u64,
}

/// A search whose parts are done, to be joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactsMessage {
    /// The job.
    pub job_id: JobId,
}

/// A search on a cluster to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WatchMessage {
    /// The job.
    pub job_id: JobId,
    /// Number of the look, as the row counts them: of messages that name the same one, one goes on.
    pub look: u64,
}

/// A message of any queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Message {
    /// For `blast-submit`.
    Submit(SubmitMessage),
    /// For `blast-chunks`.
    Chunk(ChunkMessage),
    /// For `blast-artifacts`.
    Artifacts(ArtifactsMessage),
    /// For `blast-watch`.
    Watch(WatchMessage),
}

impl Message {
    /// The queue it belongs to.
    pub fn queue(&self) -> QueueName {
        match self {
            Self::Submit(_) => QueueName::BlastSubmit,
            Self::Chunk(_) => QueueName::BlastChunks,
            Self::Artifacts(_) => QueueName::BlastArtifacts,
            Self::Watch(_) => QueueName::BlastWatch,
        }
    }

    /// The message as JSON text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_do_not_collide_with_queue_metadata() {
        let job_id = JobId::from_random([1; 16]);
        let metadata =
            ["id", "popreceipt", "dequeuecount", "expirationtime", "insertiontime", "nextvisibletime", "sys"];
        for message in [
            Message::Submit(SubmitMessage { job_id: job_id.clone() }),
            Message::Chunk(ChunkMessage { job_id: job_id.clone(), first_query: 3 }),
            Message::Artifacts(ArtifactsMessage { job_id: job_id.clone() }),
            Message::Watch(WatchMessage { job_id, look: 1 }),
        ] {
            let keys: std::collections::BTreeMap<String, serde_json::Value> =
                serde_json::from_str(&message.to_json()).unwrap();
            assert!(!keys.is_empty());
            assert!(keys.keys().all(|key| !metadata.contains(&key.to_lowercase().as_str())));
        }
    }
}
