//! What the rows of searches say, against worklist, messages, listings and results.

use super::finding::Kind;
use super::heal::Cure;
use super::look::{Look, words};
use crate::error::EngineResult;
use crate::serverless::joined_files;
use blastline_blast::elastic::ElasticOutfmt;
use blastline_jobs::names::{Container, Table};
use blastline_jobs::rows::{JOB_SUMMARY, JobRow, index_row_key};
use blastline_jobs::state::Status;
use std::collections::BTreeSet;

pub(super) async fn rows(look: &mut Look<'_>) -> EngineResult<()> {
    let mut after = None;
    loop {
        let (rows, next) = look.page(Table::JobState, JOB_SUMMARY, after.as_ref()).await?;
        for stored in &rows {
            look.counted.jobs += 1;
            let row = JobRow::from_entity(&stored.entity)?;
            if row.status().is_terminal() {
                ended(look, &row).await?;
            } else {
                open(look, &row).await?;
            }
            if row.status() != Status::Deleted && !look.is_young(row.created_at) {
                listed(look, &row).await?;
            }
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// A search that has not ended.
async fn open(look: &mut Look<'_>, row: &JobRow) -> EngineResult<()> {
    let cure = Cure::Worklist(row.id.clone());
    let phase = row.phase;
    if row.deadline_at + look.deps.timing.late < look.now {
        let since = words(look.now - row.deadline_at);
        let detail = format!("is `{phase}`, and its time was up {since} ago");
        look.find(Kind::RowPastDeadline, &row.id, detail, cure.clone());
    }
    if !look.worklist.contains_key(&row.id) {
        let detail = format!("is `{phase}` and not on the worklist: nobody would notice if it were lost");
        look.find(Kind::RowNotOnWorklist, &row.id, detail, cure.clone());
    }
    if look.is_young(row.heartbeat_at.max(row.updated_at)) {
        return Ok(());
    }
    let parts = look.deps.chunks().list_light(&row.id).await?;
    let seen = parts.iter().map(|part| part.last_seen()).max().unwrap_or(row.created_at);
    let seen = seen.max(row.heartbeat_at).max(row.updated_at);
    let has_message = look.messaged.as_ref().is_none_or(|named| named.contains(&row.id));
    if !look.is_young(seen) && !has_message {
        let since = words(look.now - seen);
        let detail = format!("is `{phase}`, gave no sign of life for {since}, and no message names it");
        look.find(Kind::RowWithoutMessage, &row.id, detail, cure);
    }
    Ok(())
}

/// A search that has ended.
async fn ended(look: &mut Look<'_>, row: &JobRow) -> EngineResult<()> {
    if row.status() != Status::Completed {
        return Ok(());
    }
    let files = joined_files(row)?;
    let prefix = format!("{}/", row.id);
    let page = look.deps.blobs.list(Container::Results, &prefix, None).await?;
    let there: BTreeSet<&str> = page.blobs.iter().map(|blob| blob.path.name()).collect();
    let all: &[_] = match row.outfmt() {
        ElasticOutfmt::Hits => &[&files.hits, &files.residues, &files.queries, &files.archive],
        _ => &[&files.archive],
    };
    let mut missing = Vec::new();
    for file in all.iter().filter(|file| !there.contains(file.name())) {
        // A page may end before the name.
        if page.next.is_none() || look.deps.blobs.head(file).await?.is_none() {
            missing.push(file.name().rsplit('/').next().unwrap_or_default().to_owned());
        }
    }
    if !missing.is_empty() {
        let detail = format!("is completed, but its result lacks {}", missing.join(", "));
        look.find(Kind::ResultMissing, &row.id, detail, Cure::None);
    }
    Ok(())
}

/// Whether a search is on its owner's list.
async fn listed(look: &mut Look<'_>, row: &JobRow) -> EngineResult<()> {
    if !look.deps.index().has(&row.owner, &index_row_key(row.created_at, &row.id)).await? {
        let detail = "is not on its owner's list".to_owned();
        look.find(Kind::RowWithoutIndex, &row.id, detail, Cure::Worklist(row.id.clone()));
    }
    Ok(())
}
