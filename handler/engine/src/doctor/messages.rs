//! Messages against rows. Only the first 32 visible ones of a queue can be seen; what that leaves open is not guessed.

use super::Doctor;
use super::finding::Kind;
use super::heal::Cure;
use super::look::{Look, words};
use crate::error::EngineResult;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::QueueName;
use serde::Deserialize;
use std::collections::BTreeSet;

/// What every message of ours tells.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    job_id: JobId,
}

/// The search that a message names.
pub(super) fn job_of(body: &str) -> Option<JobId> {
    serde_json::from_str::<Named>(body).ok().map(|named| named.job_id)
}

/// The searches that messages name; `None` when there are messages that cannot be seen.
pub(super) async fn named(doctor: &Doctor) -> EngineResult<Option<BTreeSet<JobId>>> {
    let mut named = BTreeSet::new();
    for queue in QueueName::ALL.iter().copied() {
        let seen = doctor.survey.peek(queue).await?;
        if doctor.deps.queues.approximate_count(queue).await? > seen.len() as u64 {
            return Ok(None);
        }
        named.extend(seen.iter().filter_map(|message| job_of(&message.body)));
    }
    Ok(Some(named))
}

async fn queue_of(look: &mut Look<'_>, queue: QueueName) -> EngineResult<()> {
    let is_poison = !QueueName::WORK.contains(&queue);
    for message in look.doctor.survey.peek(queue).await? {
        look.counted.messages += 1;
        if look.is_young(message.sent_at) {
            continue;
        }
        let since = words(look.now - message.sent_at);
        if is_poison {
            let detail = format!("holds a message that failed five times, for {since}: {}", message.body);
            look.find(Kind::PoisonMessage, queue, detail, Cure::None);
            continue;
        }
        let job = job_of(&message.body);
        let there = match &job {
            Some(id) => look.job(id).await?.is_some(),
            None => false,
        };
        if !there {
            let subject = job.map_or_else(|| queue.to_string(), |job| format!("{queue} {job}"));
            let detail = format!("a message names no search that is there, for {since}: {}", message.body);
            look.find(Kind::MessageWithoutRow, subject, detail, Cure::Message(queue));
        }
    }
    Ok(())
}

pub(super) async fn queues(look: &mut Look<'_>) -> EngineResult<()> {
    for queue in QueueName::ALL.iter().copied() {
        queue_of(look, queue).await?;
    }
    Ok(())
}
