use super::advance::Tally;
use crate::deps::Deps;
use crate::error::EngineResult;
use crate::planted::{Planted, is_planted};
use crate::query::QueryIndex;
use crate::store::VersionedDispatch;
use blastline_blast::plan::{PartLimits, PlanInput, next_parts};
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{ChunkMessage, Message};
use blastline_jobs::names::QueueName;
use blastline_jobs::rows::{ChunkRow, ChunkState, DispatchRow, JobRow};
use blastline_jobs::state::Phase;

/// Parts whose pace is averaged: the latest ones tell best what comes.
const PACE_PARTS: usize = 16;

/// Cuts and releases up to `count` parts of a job: each is a row first, then a message for the caller to return.
///
/// Each part begins where the last row ends and is written create-only, so that two dispatchers at once never cut
/// overlapping parts: the slower one's write fails and it stops.
pub(super) async fn release(deps: &Deps, job: &JobId, count: u64) -> EngineResult<Vec<ChunkMessage>> {
    let entry = deps.dispatch().get(job).await?;
    let (jobs, parts) = (deps.jobs(), deps.chunks());
    let (row, chunks) = futures::join!(jobs.state(job), parts.list_light(job));
    let Some(row) = row? else { return Ok(Vec::new()) };
    if !matches!(row.phase, Phase::Submitting | Phase::Submitted | Phase::Running) {
        return Ok(Vec::new());
    }
    let chunks = chunks?;
    let tally = Tally::of(&chunks);
    // Places that the index did not know to be taken were given out twice.
    let unknown = tally.in_flight.saturating_sub(entry.as_ref().map_or(0, |entry| entry.row.in_flight));
    let count = count.saturating_sub(unknown);
    if row.elastic.is_some() {
        return release_ready(deps, entry.as_ref(), &row, &chunks, count).await;
    }
    let cuts = cut(deps, &row, &chunks, count).await?;
    let Some(last) = cuts.last() else { return Ok(Vec::new()) };
    let fresh = DispatchRow {
        job: job.clone(),
        owner: row.owner.clone(),
        created_at: row.created_at,
        in_flight: tally.in_flight + cuts.len() as u64,
        more: last.end() < row.queries_total,
    };
    // Places first: who dies here leaves places taken that nobody has, until the parts are counted anew; the other way
    // round more parts would be in flight than may be. Of two dispatchers one loses here and leaves it to the other.
    if !deps.dispatch().put(entry.as_ref(), &fresh).await? {
        return Ok(Vec::new());
    }
    let mut released = Vec::new();
    for chunk in &cuts {
        if is_planted(Planted::MessageBeforeRow) {
            let message = ChunkMessage { job_id: job.clone(), first_query: chunk.first_query };
            deps.queues.send(QueueName::BlastChunks, &Message::Chunk(message).to_json(), None).await?;
        }
        if !deps.chunks().insert(chunk).await? {
            break;
        }
        released.push(ChunkMessage { job_id: job.clone(), first_query: chunk.first_query });
    }
    Ok(released)
}

/// Releases up to `count` batches whose result is there. Places first, as with parts that are cut.
async fn release_ready(
    deps: &Deps,
    entry: Option<&VersionedDispatch>,
    row: &JobRow,
    chunks: &[ChunkRow],
    count: u64,
) -> EngineResult<Vec<ChunkMessage>> {
    let now = deps.clock.now();
    let ready: Vec<_> = chunks.iter().filter(|chunk| chunk.is_ready(now)).collect();
    let taken = usize::try_from(count).unwrap_or(usize::MAX).min(ready.len());
    if taken == 0 {
        return Ok(Vec::new());
    }
    let fresh = DispatchRow {
        job: row.id.clone(),
        owner: row.owner.clone(),
        created_at: row.created_at,
        in_flight: Tally::of(chunks).in_flight + taken as u64,
        more: taken < ready.len(),
    };
    if !deps.dispatch().put(entry, &fresh).await? {
        return Ok(Vec::new());
    }
    let mut released = Vec::new();
    for chunk in ready.into_iter().take(taken) {
        let mut ours = false;
        let release = |row: &mut ChunkRow| {
            ours = row.is_ready(now);
            if ours {
                row.state = ChunkState::Released;
                row.released_at = now;
                row.retry_at = None;
            }
            ours
        };
        deps.chunks().update(&row.id, chunk.first_query, release).await?;
        if ours {
            released.push(ChunkMessage { job_id: row.id.clone(), first_query: chunk.first_query });
        }
    }
    Ok(released)
}

/// The next parts of a job, at most `count`.
async fn cut(deps: &Deps, row: &JobRow, chunks: &[ChunkRow], count: u64) -> EngineResult<Vec<ChunkRow>> {
    let planned_to = Tally::of(chunks).planned_to;
    if planned_to >= row.queries_total || count == 0 {
        return Ok(Vec::new());
    }
    let index = QueryIndex::read(deps.blobs.as_ref(), row, planned_to).await?;
    let lengths: Vec<u64> = index.entries().iter().map(|entry| entry.letters).collect();
    let parts = next_parts(&PlanInput {
        total_queries: row.queries_total,
        planned_to,
        lengths: &lengths,
        pace_letters_per_s: pace(chunks),
        target_seconds: deps.timing.part_target.as_secs_f64(),
        slots: usize::try_from(deps.limits.in_flight).unwrap_or(usize::MAX),
        // Whole batches of BLAST+, so that a cut search prints what an uncut one prints.
        limits: PartLimits::for_program(row.program),
    });
    let now = deps.clock.now();
    let spanned = parts.iter().take(usize::try_from(count).unwrap_or(usize::MAX)).map_while(|part| {
        let (offset, bytes) = index.span(part.first, part.count)?;
        Some(ChunkRow::cut(&row.id, part, offset, bytes, now))
    });
    Ok(spanned.collect())
}

/// Letters that a part gets through in a second, by the parts that ended last.
pub(super) fn pace(chunks: &[ChunkRow]) -> Option<f64> {
    let measured = chunks.iter().rev().filter(|chunk| chunk.state == ChunkState::Done).take(PACE_PARTS);
    let (letters, ms) = measured.fold((0_u64, 0_u64), |(l, ms), c| (l + c.letters, ms + c.elapsed_ms.max(1)));
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    (ms > 0).then(|| letters as f64 * 1000.0 / ms as f64)
}
