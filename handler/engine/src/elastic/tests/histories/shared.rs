//! A cluster that others use as well, and rows that others write as well.

use super::Played;
use super::stage::Stage;
use crate::serverless::request_cancel;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::Table;
use blastline_jobs::ports::{Entity, JobRole, Match, Select};
use blastline_jobs::rows::CURRENT;
use blastline_jobs::state::Phase;

pub async fn other_installations() -> Played {
    let stage = Stage::new().await;
    let other = JobId::from_random([200; 16]);
    for (name, role) in [("their-finalizer", JobRole::Finalizer), ("their-setup", JobRole::Setup)] {
        stage.yard.cluster.make_job(&other, name, role, None);
    }
    // The same numbers as ours, one of them failed.
    for batch in 0..4 {
        let name = format!("their-batch-{batch}");
        stage.yard.cluster.make_job(&other, &name, JobRole::Blast, Some(batch));
    }
    let failed = blastline_jobs::ports::JobEnd::Failed { reason: String::new(), message: String::new() };
    stage.yard.cluster.end_job("their-batch-0", failed);
    let theirs = stage.yard.cluster.peek_jobs(&other);
    let (job, batches) = stage.taken().await;
    stage.finish_all(&job, 0..batches).await;
    stage.minutes(2).await;
    let (cancelled, _) = stage.taken().await;
    request_cancel(&stage.yard.house.deps, &cancelled).await.unwrap();
    stage.settle().await;
    assert_eq!(stage.yard.cluster.peek_jobs(&other), theirs, "theirs are as they were");
    stage.over(&[&job, &cancelled])
}

pub async fn two_at_once() -> Played {
    let stage = Stage::new().await;
    let first = stage.submit().await;
    stage.seconds(1).await;
    let second = stage.submit().await;
    stage.is(&second, Phase::WaitingForSubmitSlot).await;
    let batches = stage.take(&first).await;
    stage.minutes(1).await;
    stage.is(&second, Phase::StagingDb).await;
    stage.take(&second).await;
    for batch in 0..batches {
        stage.finish(&first, batch).await;
        stage.seconds(10).await;
        stage.finish(&second, batch).await;
    }
    stage.over(&[&first, &second])
}

/// Writes columns of a search's row as a program does that knows no others; under the version it read, or an older one.
async fn edit(stage: &Stage, job: &JobId, entity: Entity, stale: bool) -> bool {
    let tables = &stage.yard.house.deps.tables;
    let read = tables.get(Table::JobState, job.as_str(), CURRENT, Select::All).await.unwrap().unwrap();
    if stale {
        stage.minutes(1).await;
    }
    tables.patch(Table::JobState, &entity, &Match::Version(read.etag)).await.is_ok()
}

pub async fn older_writer() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.finish(&job, 0).await;
    let mine =
        || Entity::new(job.as_str(), CURRENT).text("error_code", "old_words").int("queries_done", 0_u64);
    assert!(!edit(&stage, &job, mine(), true).await, "what was read before somebody else wrote is refused");
    let title =
        Entity::new(job.as_str(), CURRENT).text("job_title", "theirs").text("of_another_version", "kept");
    assert!(edit(&stage, &job, title, false).await);
    stage.finish_all(&job, 1..batches).await;
    stage.settle().await;
    assert_eq!(stage.yard.job(&job).await.title, "theirs");
    let tables = &stage.yard.house.deps.tables;
    let read = tables.get(Table::JobState, job.as_str(), CURRENT, Select::All).await.unwrap().unwrap();
    assert_eq!(
        read.entity.get_text("of_another_version").unwrap(),
        "kept",
        "columns of others are left alone"
    );
    stage.over(&[&job])
}

pub async fn older_columns() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.finish(&job, 0).await;
    stage.seconds(30).await;
    stage.is(&job, Phase::Running).await;
    let back = Entity::new(job.as_str(), CURRENT).text("phase", "staging_db").text("status", "running");
    assert!(edit(&stage, &job, back, false).await);
    stage.minutes(2).await;
    stage.finish_all(&job, 1..batches).await;
    stage.over(&[&job])
}
