use super::House;
use super::tricky::{Trick, Tricky, Write};
use crate::deps::DispatchLimits;
use crate::serverless::{finish_cancel, request_cancel};
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{ChunkMessage, Message};
use blastline_jobs::names::{QueueName, Table};
use blastline_jobs::ports::Queues;
use blastline_jobs::state::Phase;

/// Prepares the search whose message comes next, with a trick played on a write.
async fn prepare(house: &mut House, write: Write, table: Table, trick: Trick) -> Vec<Message> {
    let tricky = Tricky::new(&house.tables, write, table, trick);
    let plain = std::mem::replace(&mut house.deps.tables, tricky.clone());
    let message = house.take(QueueName::BlastSubmit).await.unwrap();
    let effects = house.run(QueueName::BlastSubmit, &message).await.unwrap();
    house.queues.delete(QueueName::BlastSubmit, &message).await.unwrap();
    house.deps.tables = plain;
    assert!(tricky.is_played());
    house.perform(effects.clone()).await;
    effects.messages
}

async fn in_flight(house: &House, jobs: &[&JobId]) -> usize {
    let mut parts = 0;
    for job in jobs {
        let chunks = house.deps.chunks().list_light(job).await.unwrap();
        parts += chunks.iter().filter(|chunk| chunk.state.is_in_flight()).count();
    }
    parts
}

#[tokio::test]
async fn a_part_whose_insert_was_sent_twice_knows_itself_and_its_message_is_sent() {
    let mut house = House::with_limits(DispatchLimits { in_flight: 1, per_owner: 1 });
    let job = house.submit(1, 4).await;
    let sent = prepare(&mut house, Write::Insert, Table::JobChunks, Trick::SentTwice).await;
    assert_eq!(sent, [Message::Chunk(ChunkMessage { job_id: job.clone(), first_query: 0 })]);
    assert!(house.step().await, "the part is searched without a wait");
    assert_eq!(house.runs(), [0]);
    house.settle().await;
    house.assert_completed(&job, 4).await;
}

#[tokio::test]
async fn places_whose_taking_failed_or_was_not_answered_are_not_given_out_twice() {
    for trick in [Trick::Fails, Trick::AnswerLost] {
        let mut house = House::with_limits(DispatchLimits { in_flight: 2, per_owner: 2 });
        let first = house.submit(1, 200).await;
        prepare(&mut house, Write::Patch, Table::Limits, trick).await;
        let second = house.submit(2, 200).await;
        while house.take(QueueName::BlastChunks).await.is_some() {}
        assert!(house.step().await, "the second is prepared");
        let parts = in_flight(&house, &[&first, &second]).await;
        assert!(parts <= 2, "{parts} parts have two places");
        house.clock.advance(std::time::Duration::from_secs(601));
        house.settle().await;
        house.assert_completed(&first, 200).await;
        house.assert_completed(&second, 200).await;
        house.assert_at_rest().await;
    }
}

#[tokio::test]
async fn a_dispatch_row_that_comes_after_its_searchs_end_holds_no_places() {
    let mut house = House::new();
    let job = house.submit(1, 200).await;
    let (deps, id) = (house.deps.clone(), job.clone());
    let cancelled = async move {
        request_cancel(&deps, &id).await.unwrap();
        finish_cancel(&deps, &id).await.unwrap();
    };
    prepare(&mut house, Write::Insert, Table::Limits, Trick::Overtaken(Box::pin(cancelled))).await;
    assert_eq!(house.job(&job).await.phase, Phase::Cancelled);
    assert_eq!(house.deps.dispatch().all().await.unwrap(), [], "places that nobody gives back");
}
