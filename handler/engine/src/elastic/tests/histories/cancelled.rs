//! Cancels at every phase.

use super::Played;
use super::stage::Stage;
use crate::serverless::request_cancel;
use blastline_jobs::ids::JobId;
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::ClusterErrorKind;
use blastline_jobs::state::Phase;

/// The owner cancels a search in this phase.
async fn cancel(stage: &Stage, job: &JobId, phase: Phase) {
    stage.is(job, phase).await;
    request_cancel(&stage.yard.house.deps, job).await.unwrap();
    stage.is(job, Phase::Cancelling).await;
}

pub async fn before_it_was_looked_at() -> Played {
    let stage = Stage::new().await;
    let job = stage.yard.submit(40).await;
    cancel(&stage, &job, Phase::Queued).await;
    stage.over(&[&job])
}

pub async fn in_line() -> Played {
    let stage = Stage::new().await;
    let first = stage.submit().await;
    stage.seconds(1).await;
    let job = stage.submit().await;
    cancel(&stage, &job, Phase::WaitingForSubmitSlot).await;
    let batches = stage.take(&first).await;
    stage.finish_all(&first, 0..batches).await;
    stage.over(&[&job, &first])
}

pub async fn for_want_of_room() -> Played {
    let stage = Stage::new().await;
    stage.yard.cluster.set_foreign(["a", "b", "c"].map(str::to_owned).to_vec());
    let job = stage.submit().await;
    cancel(&stage, &job, Phase::WaitingForCapacity).await;
    stage.over(&[&job])
}

pub async fn while_it_is_configured() -> Played {
    let stage = Stage::new().await;
    stage.yard.cluster.fail_after_create(true);
    let job = stage.submit().await;
    cancel(&stage, &job, Phase::Configuring).await;
    stage.over(&[&job])
}

pub async fn while_the_database_comes() -> Played {
    let stage = Stage::new().await;
    let job = stage.staging().await;
    stage.yard.cluster.make_job(&job, "init-ssd-0", blastline_jobs::ports::JobRole::Setup, None);
    stage.seconds(20).await;
    cancel(&stage, &job, Phase::StagingDb).await;
    stage.over(&[&job])
}

pub async fn while_jobs_are_made() -> Played {
    let stage = Stage::new().await;
    let job = stage.staging().await;
    let batches = stage.batches(&job).await;
    stage.yard.make_batches(&job, 0..batches / 2);
    stage.seconds(20).await;
    stage.yard.cluster.keep_pods(true);
    cancel(&stage, &job, Phase::Submitting).await;
    stage.yard.run().await;
    stage.yard.make_batches(&job, batches / 2..batches);
    stage.minutes(1).await;
    stage.yard.cluster.keep_pods(false);
    stage.over(&[&job])
}

pub async fn when_it_was_taken() -> Played {
    let stage = Stage::new().await;
    let (job, _) = stage.taken().await;
    cancel(&stage, &job, Phase::Submitted).await;
    stage.over(&[&job])
}

pub async fn while_batches_run() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.finish(&job, 0).await;
    (1..batches).for_each(|batch| stage.runs(&job, batch, 1));
    stage.seconds(30).await;
    cancel(&stage, &job, Phase::Running).await;
    request_cancel(&stage.yard.house.deps, &job).await.unwrap();
    stage.minutes(1).await;
    stage.is(&job, Phase::Cancelled).await;
    request_cancel(&stage.yard.house.deps, &job).await.unwrap();
    stage.over(&[&job])
}

pub async fn while_results_are_joined() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.finish_all(&job, 0..batches).await;
    stage.yard.house.clock.advance(std::time::Duration::from_secs(10));
    // Everything but the joining itself.
    while stage.yard.job(&job).await.phase != Phase::ResultsPending {
        assert!(stage.yard.house.step().await, "its results are read in");
    }
    assert!(!stage.yard.house.queues.bodies(QueueName::BlastArtifacts).is_empty());
    cancel(&stage, &job, Phase::ResultsPending).await;
    stage.over(&[&job])
}

pub async fn while_the_cluster_is_silent() -> Played {
    let stage = Stage::new().await;
    let (job, _) = stage.taken().await;
    stage.outage(ClusterErrorKind::Unavailable);
    cancel(&stage, &job, Phase::Submitted).await;
    stage.ticks(20).await;
    stage.is(&job, Phase::Cancelling).await;
    stage.back();
    stage.over(&[&job])
}
