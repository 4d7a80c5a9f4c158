//! Messages come again, late, and in another order. Put there past every proxy.

use super::{adversary::as_soon_as_there_is, bed::Bed, faults::Fault};
use blastline_jobs::{
    ids::JobId,
    message::{ArtifactsMessage, ChunkMessage, Message, SubmitMessage, WatchMessage},
    names::{QueueName, Table},
    ports::{Query, Select},
};
use std::time::Duration;

/// Searches whose messages are doubled at a time, the latest first.
const JOBS: usize = 3;

/// Looks that a search takes, about.
const LOOKS: u64 = 16;

/// Sends messages of searches once more: of parts that there are, of preparing and joining, ended ones too, and last
/// things first.
pub async fn doubled(bed: &Bed, fault: Fault) -> bool {
    let storage = bed.storage();
    let (queues, tables) = (storage.queues(), storage.tables());
    let mut sent = false;
    for job in bed.jobs().iter().rev().skip(fault.place % 4).take(JOBS) {
        let job: JobId = job.parse().expect("a job's id");
        let mut messages = vec![Message::Artifacts(ArtifactsMessage { job_id: job.clone() })];
        let query = Query { select: Select::Only(&["first_query"]), ..Query::partition(job.as_str()) };
        let parts = tables.query_all(Table::JobChunks, &query).await.unwrap_or_default();
        for part in parts.iter().rev().take(1 + fault.place % 5) {
            let first_query = part.entity.get_int("first_query").unwrap_or(0);
            messages.push(Message::Chunk(ChunkMessage { job_id: job.clone(), first_query }));
        }
        if bed.cluster.is_some() {
            // Of a look that was taken, of the one that is due, or of one that nobody asked for yet.
            let look = fault.amount % LOOKS;
            messages.push(Message::Watch(WatchMessage { job_id: job.clone(), look }));
        }
        messages.push(Message::Submit(SubmitMessage { job_id: job }));
        for message in messages {
            let delay = Some(Duration::from_millis(fault.amount % 3_000));
            sent |= queues.send(message.queue(), &message.to_json(), delay).await.is_ok();
        }
    }
    sent
}

/// Takes what waits in a queue and lets it be seen again a little later: whoever comes meanwhile goes first.
pub async fn reordered(bed: &Bed, fault: Fault) -> bool {
    let queues = bed.storage().queues();
    let hidden = Duration::from_secs(1 + fault.amount % 3);
    as_soon_as_there_is(|| async {
        let mut taken = false;
        for queue in QueueName::WORK {
            taken |= queues.receive(*queue, 8, hidden).await.is_ok_and(|messages| !messages.is_empty());
        }
        taken
    })
    .await
}
