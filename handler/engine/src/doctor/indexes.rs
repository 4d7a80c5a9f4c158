//! Rows that stand for others: listings, parts and what the dispatcher knows.

use super::finding::Kind;
use super::heal::Cure;
use super::look::Look;
use crate::error::EngineResult;
use blastline_jobs::names::Table;
use blastline_jobs::ports::Select;
use blastline_jobs::rows::{CHUNK_LIGHT, ChunkRow, IndexRow};
use blastline_jobs::state::Status;

pub(super) async fn listings(look: &mut Look<'_>) -> EngineResult<()> {
    let mut after = None;
    loop {
        let (rows, next) = look.page(Table::JobIndex, Select::All, after.as_ref()).await?;
        for stored in &rows {
            look.counted.rows += 1;
            let row = IndexRow::from_entity(&stored.entity)?;
            if look.is_young(row.created_at) || look.worklist.contains_key(&row.job) {
                continue;
            }
            let job = look.job(&row.job).await?;
            if job.is_none_or(|job| job.status() == Status::Deleted) {
                let detail = "is on its owner's list, but there is no such search".to_owned();
                look.find(Kind::IndexWithoutRow, row.job.clone(), detail, Cure::Listing(row));
            }
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

pub(super) async fn parts(look: &mut Look<'_>) -> EngineResult<()> {
    let mut after = None;
    loop {
        let (rows, next) = look.page(Table::JobChunks, CHUNK_LIGHT, after.as_ref()).await?;
        for stored in &rows {
            look.counted.rows += 1;
            let part = ChunkRow::from_entity(&stored.entity)?;
            if look.worklist.contains_key(&part.job) {
                continue;
            }
            let subject = format!("{} part {}", part.job, part.first_query);
            let cure = Cure::Worklist(part.job.clone());
            match look.job(&part.job).await? {
                None => {
                    look.find(
                        Kind::PartWithoutRow,
                        subject,
                        "belongs to a search that is not there".into(),
                        cure,
                    );
                }
                Some(job) if job.status().is_terminal() && part.state.is_in_flight() => {
                    let detail = format!("is `{}`, but its search is `{}`", part.state.as_str(), job.phase);
                    look.find(Kind::PartOfEndedJob, subject, detail, cure);
                }
                Some(_) => {}
            }
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

pub(super) async fn dispatch(look: &mut Look<'_>) -> EngineResult<()> {
    for row in look.deps.dispatch().all().await? {
        look.counted.rows += 1;
        if look.worklist.contains_key(&row.job) {
            continue;
        }
        let job = look.job(&row.job).await?;
        if job.as_ref().is_none_or(|job| job.status().is_terminal()) {
            let is = job.map_or_else(|| "not there".to_owned(), |job| format!("`{}`", job.phase));
            let detail = format!("holds {} places, but its search is {is}", row.in_flight);
            look.find(Kind::DispatchOfEndedJob, row.job.clone(), detail, Cure::Worklist(row.job));
        }
    }
    Ok(())
}
