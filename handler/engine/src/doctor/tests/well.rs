use super::clinic::Clinic;
use crate::doctor::{Kind, MAX_FINDINGS};
use crate::serverless::request_cancel;
use crate::serverless::tests::{Part, lock};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::names::{Container, Table};
use blastline_jobs::ports::Query;
use std::time::Duration;

#[tokio::test]
async fn a_system_that_works_has_no_contradiction_at_any_step() {
    let clinic = Clinic::new();
    let house = &clinic.house;
    lock(&house.bench.script).extend([Part::Succeeds, Part::Fails(ErrorCode::BlastOutOfMemory)]);
    house.submit(1, 60).await;
    house.submit_row(2, 40).await;
    let cancelled = house.submit(3, 200).await;
    for step in 0..400 {
        let unexpected: Vec<_> =
            clinic.kinds().await.into_iter().filter(|kind| *kind != Kind::ResultMissing).collect();
        assert_eq!(unexpected, [], "at step {step}");
        if step == 5 {
            request_cancel(&house.deps, &cancelled).await.unwrap();
        }
        if !house.step().await {
            house.clock.advance(Duration::from_secs(20));
            house.tick().await;
        }
    }
    house.assert_at_rest().await;
}

#[tokio::test]
async fn a_deleted_search_leaves_its_row_and_history_alone() {
    let clinic = Clinic::new();
    let job = clinic.completed().await;
    clinic.house.delete(&job).await;
    clinic.house.settle().await;
    let deps = &clinic.house.deps;
    for container in crate::serverless::OWNED {
        assert!(deps.blobs.list(container, "", None).await.unwrap().blobs.is_empty(), "{container}");
    }
    let row = clinic.house.job(&job).await;
    assert_eq!(row.phase.as_str(), "deleted");
    let list = Query::partition(row.owner.as_str());
    assert!(deps.tables.query_all(Table::JobIndex, &list).await.unwrap().is_empty());
    assert!(deps.chunks().list_light(&job).await.unwrap().is_empty());
    assert!(!clinic.house.events(&job).await.is_empty());
    clinic.house.assert_at_rest().await;
    clinic.age();
    assert_eq!(clinic.kinds().await, []);
}

#[tokio::test]
async fn what_a_request_stored_that_never_became_a_search_goes_once_it_had_time_enough() {
    let clinic = Clinic::new();
    let deps = &clinic.house.deps;
    let job = clinic.house.orphan(1).await;
    let stored =
        || async { deps.blobs.list(Container::Queries, job.as_str(), None).await.unwrap().blobs.len() };
    assert!(stored().await > 0);
    clinic.house.clock.advance(deps.timing.blast.quiet * 2);
    clinic.house.tick().await;
    assert!(stored().await > 0, "its request may still be at it");
    assert_eq!(clinic.kinds().await, []);
    clinic.house.clock.advance(deps.timing.late);
    clinic.house.tick().await;
    assert_eq!(stored().await, 0);
    clinic.house.assert_at_rest().await;
}

#[tokio::test]
async fn what_a_later_request_of_the_same_key_stores_is_not_taken_away_with_what_the_first_left() {
    let clinic = Clinic::new();
    let (house, deps) = (&clinic.house, &clinic.house.deps);
    let job = house.orphan(1).await;
    house.clock.advance(deps.timing.blast.quiet * 2);
    house.tick().await;
    house.clock.advance(deps.timing.late);
    house.reserve(&job).await;
    house.tick().await;
    let stored = deps.blobs.list(Container::Queries, job.as_str(), None).await.unwrap().blobs.len();
    assert!(stored > 0, "the second request is under way");
}

#[tokio::test]
async fn findings_are_bounded_and_the_rest_is_counted() {
    let clinic = Clinic::new();
    for n in 0..MAX_FINDINGS + 3 {
        let job = blastline_jobs::ids::JobId::from_random((n as u128).to_be_bytes());
        clinic.plant(Container::Results, &job, "file").await;
    }
    clinic.age();
    let report = clinic.examine().await;
    assert_eq!((report.findings.len(), report.more), (MAX_FINDINGS, 3));
}
