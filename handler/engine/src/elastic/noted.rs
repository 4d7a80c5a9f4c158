//! What a look writes down of a batch.

use blastline_jobs::elastic::judgement::{BatchSeen, BatchState};
use blastline_jobs::error_code::Fault;
use blastline_jobs::rows::{ChunkRow, ChunkState};
use time::OffsetDateTime;

/// What became of a batch.
#[derive(Debug, Clone, Copy)]
pub(super) enum Noted<'a> {
    /// It has not ended.
    Open,
    /// Its Job is complete, now or at an earlier look.
    Complete {
        /// Whether its result is there.
        fresh: bool,
    },
    /// It failed, and why.
    Failed(&'a Fault),
}

/// Writes into a batch's row what is new: where and when it runs while it does, that its Job was seen to complete, since
/// Kubernetes takes Jobs away, and that its result is there to be read in. Whether anything is.
pub(super) fn note(chunk: &mut ChunkRow, seen: &BatchSeen, noted: Noted<'_>, now: OffsetDateTime) -> bool {
    if chunk.state != ChunkState::OnCluster {
        return false;
    }
    let before = chunk.clone();
    match noted {
        Noted::Open => place(chunk, seen, now),
        Noted::Complete { fresh } => {
            remember(chunk, seen, now);
            if fresh {
                chunk.state = ChunkState::Ready;
                chunk.released_at = now;
            }
        }
        Noted::Failed(fault) => {
            remember(chunk, seen, now);
            chunk.state = ChunkState::Failed;
            chunk.fault = Some(fault.clone());
        }
    }
    *chunk != before
}

fn place(chunk: &mut ChunkRow, seen: &BatchSeen, now: OffsetDateTime) {
    let (BatchState::Running, Some(node)) = (&seen.state, &seen.node) else { return };
    node.clone_into(&mut chunk.node);
    chunk.cluster_from = chunk.cluster_from.or(seen.started_at).or(Some(now));
    chunk.cluster_attempts = seen.attempts.into();
}

fn remember(chunk: &mut ChunkRow, seen: &BatchSeen, now: OffsetDateTime) {
    if let Some(uid) = &seen.job_uid {
        uid.clone_into(&mut chunk.cluster_job);
        chunk.cluster_from = seen.started_at.or(seen.created_at).or(chunk.cluster_from);
        chunk.cluster_to = seen.ended_at.or(chunk.cluster_to).or(Some(now));
        chunk.cluster_attempts = chunk.cluster_attempts.max(seen.attempts.into());
        chunk.cluster_exit = seen.exit_code.and_then(|code| u64::try_from(code).ok()).or(chunk.cluster_exit);
    }
    if let Some(node) = &seen.node {
        node.clone_into(&mut chunk.node);
    }
}
