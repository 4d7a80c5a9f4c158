//! Blobs against the rows that name them.

use super::finding::Kind;
use super::heal::Cure;
use super::look::Look;
use crate::error::EngineResult;
use crate::serverless::{NamedResults, OWNED};
use blastline_jobs::ids::JobId;
use blastline_jobs::names::{Container, Table};
use blastline_jobs::ports::{BlobInfo, Select};
use blastline_jobs::rows::{CURRENT, JobRow};
use blastline_jobs::state::Status;

/// What of a search's blobs is named by its rows.
enum Owner {
    /// It still goes on, or the reconciler looks after it: whatever is there is its own.
    Open,
    /// There is no such search, or it is deleted.
    Nobody(&'static str),
    /// It has ended and names these.
    Ended { results: NamedResults, query: String, payload: String },
}

pub(super) async fn containers(look: &mut Look<'_>) -> EngineResult<()> {
    for container in OWNED {
        let mut owner: Option<(JobId, Owner)> = None;
        let mut after: Option<String> = None;
        loop {
            let page = look.deps.blobs.list(container, "", after.as_deref()).await?;
            for blob in &page.blobs {
                look.counted.blobs += 1;
                // What was written lately may be in the middle of being made or taken away.
                let Some(id) = id_of(blob).filter(|_| !look.is_young(blob.modified)) else { continue };
                if owner.as_ref().is_none_or(|(of, _)| *of != id) {
                    owner = Some((id.clone(), owner_of(look, &id).await?));
                }
                let Some((_, owner)) = &owner else { continue };
                judge(look, container, blob, &id, owner);
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
    }
    Ok(())
}

/// The search under whose id a blob lies. What lies elsewhere is not ours to judge.
fn id_of(blob: &BlobInfo) -> Option<JobId> {
    blob.path.name().split_once('/').and_then(|(id, _)| id.parse().ok())
}

async fn owner_of(look: &mut Look<'_>, id: &JobId) -> EngineResult<Owner> {
    if look.worklist.contains_key(id) {
        return Ok(Owner::Open);
    }
    Ok(match look.job(id).await? {
        None => Owner::Nobody("there is no such search"),
        Some(job) if job.status() == Status::Deleted => Owner::Nobody("its search is deleted"),
        Some(job) if job.status().is_terminal() => named_by(look, &job).await?,
        Some(_) => Owner::Open,
    })
}

async fn named_by(look: &Look<'_>, job: &JobRow) -> EngineResult<Owner> {
    let parts = look.deps.chunks().list_light(&job.id).await?;
    let select = Select::Only(&["payload_json"]);
    let stored = look.deps.tables.get(Table::JobState, job.id.as_str(), CURRENT, select).await?;
    let payload = match stored {
        Some(stored) => stored.entity.get_text("payload_json")?.to_owned(),
        None => String::new(),
    };
    let query = format!("{}/{}.", job.id, job.query_digest);
    Ok(Owner::Ended { results: NamedResults::of(job, &parts), query, payload })
}

fn judge(look: &mut Look<'_>, container: Container, blob: &BlobInfo, id: &JobId, owner: &Owner) {
    let name = blob.path.name();
    let without_row = match container {
        Container::Queries => Kind::QueryWithoutRow,
        Container::Results => Kind::ResultWithoutRow,
        Container::JobPayloads | Container::BlastDb => Kind::PayloadWithoutRow,
        Container::JobArtifacts => Kind::LogWithoutRow,
    };
    let (kind, why) = match (container, owner) {
        (_, Owner::Open) => return,
        (_, Owner::Nobody(why)) => (without_row, *why),
        (Container::Results, Owner::Ended { results, .. }) if !results.holds(name) => {
            (Kind::AttemptOfEndedJob, "its search has ended and does not name it")
        }
        (Container::Queries, Owner::Ended { query, .. }) if !name.starts_with(query) => {
            (without_row, "its search names another")
        }
        (Container::JobPayloads, Owner::Ended { payload, .. }) if !payload.ends_with(name) => {
            (without_row, "its search names another")
        }
        (_, Owner::Ended { .. }) => return,
    };
    let detail = format!("is there ({} bytes), but {why}", blob.size_bytes);
    look.find(kind, &blob.path, detail, Cure::Worklist(id.clone()));
}
