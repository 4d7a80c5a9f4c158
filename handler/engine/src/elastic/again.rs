//! What a look says when its message comes again: the delivery before may have died between its rows and its effects.

use crate::deps::Deps;
use crate::error::EngineResult;
use crate::planted::{Planted, is_planted};
use crate::serverless::{Delivery, advance, released_again};
use blastline_jobs::effects::Effects;
use blastline_jobs::message::{Message, WatchMessage};
use blastline_jobs::rows::{ElasticState, JobRow};
use blastline_jobs::state::Phase;
use std::time::Duration;

/// The effects of a look that was taken, told from the row again where its own message came again: the message of the next
/// look, those of the parts that it gave places, and the events. Another message for the same look has nothing to say, so
/// that doubles do not multiply.
pub(super) async fn told(
    deps: &Deps,
    row: &JobRow,
    state: &ElasticState,
    message: &WatchMessage,
    delivery: &Delivery,
) -> EngineResult<Effects> {
    // Of a look before the last one the next was asked for: it has been taken.
    if !delivery.is_redelivery() || state.look != message.look + 1 || is_planted(Planted::SilentRedelivery) {
        return Ok(Effects::none());
    }
    let mut effects = Effects { messages: Vec::new(), history: row.told_events() };
    if let Some(at) = state.next_look_at {
        let next = Message::Watch(WatchMessage { job_id: row.id.clone(), look: state.look });
        let delay = Duration::try_from(at - deps.clock.now()).unwrap_or(Duration::ZERO);
        if delay.is_zero() {
            effects.messages.push(next);
        } else {
            deps.queues.send(next.queue(), &next.to_json(), Some(delay)).await?;
        }
    }
    if matches!(row.phase, Phase::Submitted | Phase::Running | Phase::ResultsPending) {
        effects.extend(advance(deps, &row.id).await?);
    }
    effects.extend(released(deps, row, delivery).await?);
    Ok(effects)
}

/// The messages of parts that have a place and were not begun, where this delivery is not the first.
pub(super) async fn released(deps: &Deps, row: &JobRow, delivery: &Delivery) -> EngineResult<Effects> {
    match row.phase {
        Phase::Submitted | Phase::Running => released_again(deps, &row.id, delivery).await,
        _ => Ok(Effects::none()),
    }
}
