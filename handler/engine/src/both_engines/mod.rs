//! One suite over both engines: what has to hold for a search wherever it runs. Each body is a test on functions alone and
//! one on a cluster in memory.

mod world;

use crate::serverless::Accepted;
use blastline_blast::plan::covers;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::JobId;
use blastline_jobs::rows::ChunkState;
use blastline_jobs::state::{Phase, Status};
use std::time::Duration;
use world::{QUERIES, World};

macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod on_functions {
            $(#[tokio::test] async fn $name() { super::$name(super::World::functions).await; })+
        }
        mod on_a_cluster {
            $(#[tokio::test] async fn $name() { super::$name(super::World::cluster).await; })+
        }
    };
}

on_both_engines! {
    a_search_is_submitted_and_completed_with_every_query_once,
    partial_results_are_there_before_the_end_and_never_go_back,
    a_part_that_fails_for_good_fails_the_search_by_name,
    cancelling_after_any_step_leaves_nothing_running,
    killed_after_the_writes_of_any_function_nothing_is_lost,
    every_message_may_come_twice,
    the_same_request_twice_is_one_search,
}

/// Every query was searched, counted once, and belongs to one part.
async fn assert_whole(world: &World, job: &JobId) {
    let row = world.job(job).await;
    assert_eq!(row.phase, Phase::Completed, "{:?}", row.fault);
    assert_eq!((row.queries_done, row.hits, row.fault), (QUERIES, QUERIES, None));
    let chunks = world.house().deps.chunks().list_light(job).await.unwrap();
    assert!(chunks.len() > 1 && chunks.iter().all(|chunk| chunk.state == ChunkState::Done), "{chunks:?}");
    let ranges: Vec<_> = chunks.iter().map(|chunk| (chunk.first_query, chunk.queries)).collect();
    assert_eq!(covers(QUERIES, &ranges), Ok(()));
    world.assert_nothing_runs(job).await;
}

async fn a_search_is_submitted_and_completed_with_every_query_once<W: Future<Output = World>>(
    on: impl Fn() -> W,
) {
    let world = on().await;
    let job = world.submit().await;
    world.to_its_end(&job).await;
    assert_whole(&world, &job).await;
    let events = world.house().events(&job).await;
    for name in
        ["created", "preparing", "configuring", "staging_db", "submitting", "running", "results_pending"]
    {
        assert_eq!(events.iter().filter(|event| *event == name).count(), 1, "{name} in {events:?}");
    }
    assert_eq!(events.last().map(String::as_str), Some("completed"));
}

async fn partial_results_are_there_before_the_end_and_never_go_back<W: Future<Output = World>>(
    on: impl Fn() -> W,
) {
    let world = on().await;
    let job = world.submit().await;
    let (mut done, mut partly) = (0, 0);
    for number in 0..1_000 {
        while world.step().await {
            let row = world.job(&job).await;
            assert!(row.queries_done >= done, "{} after {done}", row.queries_done);
            done = row.queries_done;
            let of_parts = world.house().deps.chunks().list_light(&job).await.unwrap();
            let counted: u64 =
                of_parts.iter().filter(|part| part.state == ChunkState::Done).map(|part| part.queries).sum();
            assert!(done <= counted, "{done} are told, {counted} are there");
            partly += u32::from(done > 0 && !row.status().is_terminal());
        }
        if world.job(&job).await.status().is_terminal() {
            break;
        }
        world.round(number).await;
    }
    assert!(partly > 1, "some results came before the others");
    world.house().settle().await;
    assert_eq!(world.job(&job).await.status(), Status::Completed);
}

async fn a_part_that_fails_for_good_fails_the_search_by_name<W: Future<Output = World>>(on: impl Fn() -> W) {
    let world = on().await;
    let job = world.submit().await;
    world.break_a_part();
    let row = world.to_its_end(&job).await;
    assert_eq!(row.status(), Status::Failed);
    let fault = row.fault.unwrap();
    assert_eq!(fault.code, ErrorCode::BlastSearchFailed);
    assert!(!fault.detail.is_empty());
    assert_eq!(world.left_on_cluster(&job), 0);
    world.assert_nothing_runs(&job).await;
}

/// Steps that a search takes in which nothing goes wrong.
async fn steps_of<W: Future<Output = World>>(on: &impl Fn() -> W) -> u64 {
    let world = on().await;
    let job = world.submit().await;
    world.to_its_end(&job).await;
    assert_whole(&world, &job).await;
    world.steps()
}

async fn cancelling_after_any_step_leaves_nothing_running<W: Future<Output = World>>(on: impl Fn() -> W) {
    for step in 0..steps_of(&on).await {
        let world = on().await;
        let job = world.submit().await;
        let mut number = 0;
        while world.steps() < step {
            if !world.step().await {
                world.round(number).await;
                number += 1;
            }
        }
        if world.job(&job).await.status().is_terminal() {
            break;
        }
        world.cancel(&job).await;
        world.cancel(&job).await;
        let row = world.to_its_end(&job).await;
        assert_eq!(row.status(), Status::Cancelled, "after step {step}: {:?}", row.fault);
        assert_eq!(world.left_on_cluster(&job), 0, "after step {step}");
        world.assert_nothing_runs(&job).await;
    }
}

async fn killed_after_the_writes_of_any_function_nothing_is_lost<W: Future<Output = World>>(
    on: impl Fn() -> W,
) {
    for step in 0..steps_of(&on).await {
        let world = on().await;
        world.kill_at(step);
        let job = world.submit().await;
        let row = world.to_its_end(&job).await;
        assert_eq!(row.status(), Status::Completed, "killed in step {step}: {:?}", row.fault);
        assert_whole(&world, &job).await;
    }
}

async fn every_message_may_come_twice<W: Future<Output = World>>(on: impl Fn() -> W) {
    let world = on().await;
    world.double_messages();
    let job = world.submit().await;
    world.to_its_end(&job).await;
    assert_whole(&world, &job).await;
    assert!(!world.searched_twice(&job));
}

async fn the_same_request_twice_is_one_search<W: Future<Output = World>>(on: impl Fn() -> W) {
    let world = on().await;
    let job = JobId::from_random([9; 16]);
    assert!(matches!(world.request(&job).await, Accepted::New(_)));
    world.house().clock.advance(Duration::from_secs(1));
    assert!(matches!(world.request(&job).await, Accepted::Existing(_)));
    world.to_its_end(&job).await;
    assert_whole(&world, &job).await;
    assert!(matches!(world.request(&job).await, Accepted::Existing(_)), "and when it has ended");
    world.house().settle().await;
    assert!(!world.searched_twice(&job));
    assert_whole(&world, &job).await;
}
