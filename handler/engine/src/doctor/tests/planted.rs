use super::clinic::Clinic;
use crate::doctor::Kind;
use crate::serverless::tests::{Part, lock};
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::{Container, QueueName, Table};
use blastline_jobs::ports::{Match, Queues};
use blastline_jobs::rows::{CURRENT, ChunkState, DispatchRow, IndexRow};
use blastline_jobs::state::Phase;
use blastline_jobs::timing::TaskType;

fn stranger() -> JobId {
    JobId::from_random([7; 16])
}

#[tokio::test]
async fn searches_that_the_reconciler_does_not_know_of_are_found_and_healed() {
    let clinic = Clinic::new();
    let job = clinic.house.submit_row(1, 4).await;
    let entry = clinic.house.deps.active().all(TaskType::Blast).await.unwrap().remove(&job).unwrap();
    clinic.house.deps.active().remove(&entry).await.unwrap();
    assert_eq!(clinic.kinds().await, [Kind::RowNotOnWorklist], "it is young, but has to have an entry");
    clinic.age();
    assert_eq!(clinic.kinds().await, [Kind::RowNotOnWorklist, Kind::RowWithoutMessage]);
    let report = clinic.examine().await;
    clinic.doctor.heal(report).await.unwrap();
    clinic.house.tick().await;
    while clinic.house.step().await {}
    assert_eq!(clinic.phase(&job).await, Phase::Completed);
}

#[tokio::test]
async fn searches_whose_time_is_up_are_found_and_healed() {
    let clinic = Clinic::new();
    let job = clinic.house.submit(1, 4).await;
    clinic.house.clock.advance(clinic.house.deps.timing.blast.deadline * 2);
    assert_eq!(clinic.kinds().await, [Kind::RowPastDeadline, Kind::WorklistOverdue]);
    let report = clinic.examine().await;
    clinic.doctor.heal(report).await.unwrap();
    clinic.house.tick().await;
    assert_eq!(clinic.kinds().await, []);
    assert_eq!(clinic.phase(&job).await, Phase::WorkerLost);
}

#[tokio::test]
async fn searches_on_nobodys_list_and_listings_of_nothing_are_found_and_healed() {
    let clinic = Clinic::new();
    let job = clinic.completed().await;
    let deps = &clinic.house.deps;
    let listing = IndexRow::of(&clinic.house.job(&job).await);
    deps.index().remove(&listing).await.unwrap();
    clinic.is_found_and_healed(Kind::RowWithoutIndex).await;
    clinic.house.settle().await;
    deps.index().put(&IndexRow { job: stranger(), ..listing }).await.unwrap();
    clinic.is_found_and_healed(Kind::IndexWithoutRow).await;
}

#[tokio::test]
async fn a_result_that_is_gone_is_found_and_goes_with_its_search() {
    let clinic = Clinic::new();
    let job = clinic.completed().await;
    let files = crate::serverless::joined_files(&clinic.house.job(&job).await).unwrap();
    clinic.house.deps.blobs.delete(&files.archive).await.unwrap();
    let report = clinic.examine().await;
    assert_eq!(report.findings.len(), 1);
    let finding = &report.findings[0];
    assert_eq!((finding.kind, finding.subject.as_str()), (Kind::ResultMissing, job.as_str()));
    assert!(finding.detail.contains("search.asn.gz"), "{}", finding.detail);
    assert_eq!(finding.heal, format!("DELETE /api/blast/jobs/{job}, then submit the search again"));
    clinic.house.delete(&job).await;
    clinic.house.tick().await;
    assert_eq!(clinic.kinds().await, []);
}

#[tokio::test]
async fn a_reconciler_that_does_not_run_is_found_and_waking_it_heals() {
    let clinic = Clinic::new();
    let job = clinic.completed().await;
    clinic.house.delete(&job).await;
    clinic.age();
    clinic.is_found_and_healed(Kind::WorklistOverdue).await;
}

#[tokio::test]
async fn parts_of_searches_that_ended_or_are_not_there_are_found_and_healed() {
    let clinic = Clinic::new();
    let job = clinic.completed().await;
    let chunks = clinic.house.deps.chunks();
    chunks
        .update(&job, 0, |part| {
            part.state = ChunkState::Running;
            true
        })
        .await
        .unwrap();
    clinic.is_found_and_healed(Kind::PartOfEndedJob).await;
    clinic.house.settle().await;
    let mut part = chunks.get(&job, 0).await.unwrap().unwrap().row;
    part.job = stranger();
    chunks.insert(&part).await.unwrap();
    clinic.is_found_and_healed(Kind::PartWithoutRow).await;
}

#[tokio::test]
async fn places_that_nobody_uses_are_found_and_given_back() {
    let clinic = Clinic::new();
    let job = clinic.completed().await;
    let row = clinic.house.job(&job).await;
    for id in [job, stranger()] {
        let (owner, created_at) = (row.owner.clone(), row.created_at);
        let place = DispatchRow { job: id, owner, created_at, in_flight: 2, more: true };
        clinic.house.deps.dispatch().put(None, &place).await.unwrap();
        clinic.is_found_and_healed(Kind::DispatchOfEndedJob).await;
        clinic.house.settle().await;
    }
}

#[tokio::test]
async fn messages_that_name_nothing_are_found_and_healed() {
    let clinic = Clinic::new();
    let body = format!(r#"{{"jobId":"{}"}}"#, stranger());
    clinic.house.queues.send(QueueName::BlastArtifacts, &body, None).await.unwrap();
    clinic.house.queues.send(QueueName::BlastChunks, "nonsense", None).await.unwrap();
    assert_eq!(clinic.kinds().await, [], "a message that was sent just now is let be");
    clinic.age();
    clinic.is_found_and_healed(Kind::MessageWithoutRow).await;
}

#[tokio::test]
async fn poison_that_nobody_took_is_found_and_the_reconciler_takes_it() {
    let clinic = Clinic::new();
    clinic.house.queues.send(QueueName::BlastChunksPoison, "nonsense", None).await.unwrap();
    clinic.age();
    clinic.is_found_and_healed(Kind::PoisonMessage).await;
}

#[tokio::test]
async fn what_no_search_owns_is_found_and_healed() {
    for (container, kind) in [
        (Container::Queries, Kind::QueryWithoutRow),
        (Container::Results, Kind::ResultWithoutRow),
        (Container::JobPayloads, Kind::PayloadWithoutRow),
        (Container::JobArtifacts, Kind::LogWithoutRow),
    ] {
        let clinic = Clinic::new();
        clinic.plant(container, &stranger(), "file").await;
        assert_eq!(clinic.kinds().await, [], "what was written just now is let be");
        clinic.age();
        clinic.is_found_and_healed(kind).await;
        // And of a search that is deleted.
        let job = clinic.completed().await;
        clinic.house.delete(&job).await;
        clinic.house.settle().await;
        clinic.plant(container, &job, "file").await;
        clinic.age();
        clinic.is_found_and_healed(kind).await;
    }
}

#[tokio::test]
async fn what_an_ended_search_does_not_name_is_found_and_healed() {
    let clinic = Clinic::new();
    let job = clinic.completed().await;
    clinic.plant(Container::Results, &job, "parts/000000000000-ab/hits.parquet").await;
    clinic.age();
    clinic.is_found_and_healed(Kind::AttemptOfEndedJob).await;
    for (container, kind) in
        [(Container::Queries, Kind::QueryWithoutRow), (Container::JobPayloads, Kind::PayloadWithoutRow)]
    {
        clinic.house.settle().await;
        clinic.plant(container, &job, "another.fa").await;
        clinic.age();
        clinic.is_found_and_healed(kind).await;
    }
}

#[tokio::test]
async fn finished_parts_of_a_search_that_failed_stay_and_its_attempts_go() {
    let clinic = Clinic::new();
    let job = clinic.house.submit(1, 200).await;
    lock(&clinic.house.bench.script).extend([Part::Succeeds, Part::Fails(ErrorCode::BlastSearchFailed)]);
    while clinic.house.step().await {}
    let done = clinic.house.deps.chunks().list_light(&job).await.unwrap();
    let done = done.iter().find(|part| part.state == ChunkState::Done).unwrap();
    let (_, folder) = done.output.split_once('/').unwrap();
    for folder in [folder, "parts/000000000000-lost"] {
        clinic.plant(Container::Results, &job, &format!("{folder}/hits.parquet")).await;
    }
    clinic.house.settle().await;
    assert_ne!(clinic.phase(&job).await, Phase::Completed);
    let left = clinic.house.deps.blobs.list(Container::Results, "", None).await.unwrap().blobs;
    let left: Vec<_> = left.iter().map(|blob| blob.path.name().to_owned()).collect();
    assert_eq!(left, [format!("{}/hits.parquet", done.output)]);
    clinic.age();
    assert_eq!(clinic.kinds().await, []);
}

#[tokio::test]
async fn what_killed_processes_left_on_this_machine_is_found_and_healed() {
    let clinic = Clinic::new();
    // Process ids end far below this on Linux.
    std::fs::create_dir(clinic.dir.path().join("scratch/blastline-4194999-part-x")).unwrap();
    clinic.is_found_and_healed(Kind::ScratchLeftover).await;
    for left in [".incoming-4194999-aa", ".trash-bb"] {
        std::fs::create_dir(clinic.dir.path().join("cache").join(left)).unwrap();
        clinic.is_found_and_healed(Kind::CacheLeftover).await;
    }
    std::fs::write(clinic.dir.path().join("cache/.incoming-4194999-cc.lock"), "12").unwrap();
    clinic.is_found_and_healed(Kind::CacheLeftover).await;
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_no_clean_bill_of_health() {
    let clinic = Clinic::new();
    let job = clinic.completed().await;
    let broken = blastline_jobs::ports::Entity::new(job.as_str(), CURRENT).text("phase", "nonsense");
    clinic.house.deps.tables.patch(Table::JobState, &broken, &Match::Any).await.unwrap();
    assert!(clinic.doctor.examine().await.is_err());
}
