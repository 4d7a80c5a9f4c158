use super::House;
use crate::serverless::estimate;
use blastline_blast::plan::covers;
use blastline_jobs::rows::ChunkState;

#[tokio::test]
async fn a_search_goes_from_message_to_completed_and_leaves_nothing_behind() {
    let house = House::new();
    let job = house.submit(1, 40).await;
    house.settle().await;
    house.assert_completed(&job, 40).await;
    house.assert_at_rest().await;
    let events = house.events(&job).await;
    for name in [
        "created",
        "preparing",
        "configuring",
        "staging_db",
        "submitting",
        "running",
        "results_pending",
        "completed",
    ] {
        assert_eq!(events.iter().filter(|event| *event == name).count(), 1, "{name} in {events:?}");
    }
}

#[tokio::test]
async fn parts_cover_the_query_once_and_each_is_run_once() {
    let house = House::new();
    let job = house.submit(1, 500).await;
    house.settle().await;
    house.assert_completed(&job, 500).await;
    let chunks = house.deps.chunks().list_light(&job).await.unwrap();
    assert!(chunks.len() > 1, "a long query is cut");
    assert!(chunks.iter().all(|chunk| chunk.state == ChunkState::Done && chunk.attempts == 1));
    let ranges: Vec<_> = chunks.iter().map(|chunk| (chunk.first_query, chunk.queries)).collect();
    assert_eq!(covers(500, &ranges), Ok(()));
    assert_eq!(house.runs().len(), chunks.len());
}

#[tokio::test]
async fn how_many_parts_there_will_be_is_not_guessed_before_the_first_was_cut() {
    let house = House::new();
    let job = house.submit(1, 500).await;
    let said = async || {
        let chunks = house.deps.chunks().list_light(&job).await.unwrap();
        estimate(&house.job(&job).await, &chunks, &house.deps.timing, house.deps.limits).parts
    };
    assert_eq!(said().await, 0);
    assert!(house.step().await, "prepared");
    let cut = house.deps.chunks().list_light(&job).await.unwrap().len() as u64;
    assert!((cut..cut + 500).contains(&said().await));
}

#[tokio::test]
async fn no_more_parts_are_in_flight_than_allowed() {
    let house = House::new();
    let job = house.submit(1, 2000).await;
    while house.step().await {
        let chunks = house.deps.chunks().list_light(&job).await.unwrap();
        let in_flight = chunks.iter().filter(|chunk| chunk.state.is_in_flight()).count();
        assert!(in_flight <= 4, "{in_flight} parts in flight");
    }
    house.assert_completed(&job, 2000).await;
}
