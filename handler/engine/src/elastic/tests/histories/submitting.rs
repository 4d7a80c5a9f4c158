//! Submissions that are repeated, cut off, refused, or say what is not so.

use super::Played;
use super::door::Creating;
use super::stage::{QUERIES, Stage};
use crate::elastic::tests::yard::ACCEPTED;
use crate::serverless::Accepted;
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{Message, SubmitMessage};
use blastline_jobs::ports::{Cluster, JobRole, LeaseSeen};
use blastline_jobs::state::Phase;
use std::time::Duration;

/// The rest of a search that was submitted.
async fn goes_well(stage: &Stage, job: &JobId) {
    let batches = stage.take(job).await;
    stage.finish_all(job, 0..batches).await;
}

pub async fn same_key_twice() -> Played {
    let stage = Stage::new().await;
    let house = &stage.yard.house;
    let job = JobId::from_random([9; 16]);
    let first = house.request(&job, 1, QUERIES, Some("yard")).await;
    house.clock.advance(Duration::from_secs(1));
    let twice = [first, house.request(&job, 1, QUERIES, Some("yard")).await];
    assert!(matches!(twice, [Accepted::New(_), Accepted::Existing(_)]), "{twice:?}");
    let again = Message::Submit(SubmitMessage { job_id: job.clone() });
    house.deps.queues.send(again.queue(), &again.to_json(), None).await.unwrap();
    stage.yard.run().await;
    house.deps.queues.send(again.queue(), &again.to_json(), None).await.unwrap();
    stage.minutes(1).await;
    assert_eq!(stage.yard.cli(&job).len(), 1, "one submission");
    goes_well(&stage, &job).await;
    stage.over(&[&job])
}

pub async fn killed_between_secret_and_job() -> Played {
    let stage = Stage::new().await;
    stage.door.creating(Creating::SecretAlone);
    let job = stage.submit().await;
    assert_eq!((stage.yard.cli(&job).len(), stage.yard.cluster.secrets_of(&job)), (0, 1));
    stage.door.creating(Creating::Fine);
    stage.minutes(1).await;
    stage.is(&job, Phase::StagingDb).await;
    assert_eq!((stage.yard.cli(&job).len(), stage.yard.cluster.secrets_of(&job)), (1, 1));
    goes_well(&stage, &job).await;
    stage.over(&[&job])
}

pub async fn killed_between_job_and_row() -> Played {
    let stage = Stage::new().await;
    stage.yard.cluster.fail_after_create(true);
    let job = stage.submit().await;
    assert_eq!((stage.yard.cli(&job).len(), stage.yard.state(&job).await.attempt), (1, 0));
    stage.yard.cluster.fail_after_create(false);
    stage.minutes(1).await;
    assert_eq!((stage.yard.cli(&job).len(), stage.yard.state(&job).await.attempt), (1, 1));
    goes_well(&stage, &job).await;
    stage.over(&[&job])
}

pub async fn took_it_and_made_nothing() -> Played {
    let stage = Stage::new().await;
    let job = stage.staging().await;
    stage.yard.cluster.end_cli(&job, 1, 0, ACCEPTED);
    stage.over(&[&job])
}

pub async fn took_it_and_made_half() -> Played {
    let stage = Stage::new().await;
    let job = stage.staging().await;
    let batches = stage.batches(&job).await;
    stage.yard.take(&job, batches / 2).await;
    stage.seconds(10).await;
    stage.finish_all(&job, 0..batches / 2).await;
    stage.over(&[&job])
}

pub async fn broke_off_in_the_middle() -> Played {
    let stage = Stage::new().await;
    let job = stage.staging().await;
    let batches = stage.batches(&job).await;
    stage.yard.make_batches(&job, 0..batches / 2);
    stage.yard.cluster.end_cli(&job, 1, 7, "");
    stage.minutes(1).await;
    assert_eq!(stage.yard.state(&job).await.attempt, 1, "nothing is submitted beside what is there");
    stage.over(&[&job])
}

pub async fn broke_off_before_any() -> Played {
    let stage = Stage::new().await;
    let job = stage.staging().await;
    stage.yard.cluster.make_job(&job, "init-ssd-0", JobRole::Setup, None);
    stage.yard.cluster.end_cli(&job, 1, 7, "");
    stage.minutes(2).await;
    let state = stage.yard.state(&job).await;
    assert_eq!((state.attempt, state.tries), (2, 1));
    goes_well(&stage, &job).await;
    stage.over(&[&job])
}

pub async fn refused() -> Played {
    let stage = Stage::new().await;
    let job = stage.staging().await;
    let said = r#"{"category":"invalid","kind":"error","message":"bad outfmt"}"#;
    stage.yard.cluster.end_cli(&job, 1, 1, said);
    stage.over(&[&job])
}

pub async fn quota() -> Played {
    let stage = Stage::new().await;
    stage.door.creating(Creating::Quota);
    let job = stage.submit().await;
    stage.minutes(30).await;
    let row = stage.yard.job(&job).await;
    let tries = row.elastic.as_ref().map(|state| (state.tries, state.attempt));
    assert_eq!((row.phase, tries), (Phase::WaitingForCapacity, Some((0, 0))), "waiting uses up no try");
    assert_eq!(stage.yard.cluster.lease_holder(), "", "who waits keeps nobody waiting");
    stage.door.creating(Creating::Fine);
    stage.minutes(2).await;
    stage.is(&job, Phase::StagingDb).await;
    goes_well(&stage, &job).await;
    stage.over(&[&job])
}

pub async fn never_taken() -> Played {
    let stage = Stage::new().await;
    stage.door.creating(Creating::Refused);
    let job = stage.submit().await;
    stage.over(&[&job])
}

/// Another installation takes the Lease.
async fn stolen(stage: &Stage) {
    let cluster = &stage.yard.cluster;
    let version = cluster.submit_lease().await.unwrap().version;
    let lease = LeaseSeen {
        holder: "elb-dashboard-1".to_owned(),
        renewed_at: Some(stage.yard.house.deps.clock.now()),
        duration: Duration::from_secs(900),
        version,
    };
    cluster.write_submit_lease(&lease).await.unwrap();
}

pub async fn lease_lost() -> Played {
    let stage = Stage::new().await;
    let job = stage.staging().await;
    stolen(&stage).await;
    stage.minutes(6).await;
    goes_well(&stage, &job).await;
    stage.settle().await;
    assert_eq!(stage.yard.cluster.lease_holder(), "elb-dashboard-1", "theirs is left alone");
    stage.over(&[&job])
}

pub async fn lease_held() -> Played {
    let stage = Stage::new().await;
    stolen(&stage).await;
    let job = stage.submit().await;
    stage.minutes(14).await;
    stage.is(&job, Phase::WaitingForSubmitSlot).await;
    stage.minutes(3).await;
    stage.is(&job, Phase::StagingDb).await;
    goes_well(&stage, &job).await;
    stage.over(&[&job])
}
