//! Machines that are lost, too small, full or without an image.

use super::Played;
use super::stage::Stage;
use blastline_jobs::ports::{ContainerEnd, ContainerSeen, JobEnd, JobRole, PodSeen};
use blastline_jobs::state::{Phase, Status, StepName};

pub async fn node_lost() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    stage.runs(&job, 0, 1);
    stage.seconds(30).await;
    let mut pod = stage.pod(&job, 0, 1);
    (pod.phase, pod.reason) = ("Failed".to_owned(), "NodeLost".to_owned());
    pod.containers[0].running = false;
    stage.put(&job, pod);
    stage.minutes(5).await;
    assert_eq!(stage.yard.job(&job).await.status(), Status::Running);
    let mut again = stage.pod(&job, 0, 2);
    again.node = Some("aks-blastpool-0".to_owned());
    stage.put(&job, again);
    stage.minutes(1).await;
    assert_eq!(stage.yard.chunks(&job).await[0].node, "aks-blastpool-0");
    stage.finish_all(&job, 0..batches).await;
    stage.over(&[&job])
}

pub async fn node_lost_for_good() -> Played {
    let stage = Stage::new().await;
    let (job, _) = stage.taken().await;
    let mut pod = stage.pod(&job, 0, 1);
    (pod.phase, pod.reason) = ("Failed".to_owned(), "NodeLost".to_owned());
    pod.containers[0].running = false;
    stage.put(&job, pod);
    stage.job_fails(&job, 0);
    stage.over(&[&job])
}

pub async fn out_of_memory() -> Played {
    let stage = Stage::new().await;
    let (job, _) = stage.taken().await;
    stage.attempt_fails(&job, 0, 1, (137, "OOMKilled", ""));
    stage.job_fails(&job, 0);
    stage.over(&[&job])
}

pub async fn out_of_memory_once() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    let mut pod = stage.pod(&job, 0, 1);
    let seen: &mut ContainerSeen = &mut pod.containers[0];
    seen.restarts = 1;
    seen.last_end = Some(ContainerEnd {
        exit_code: 137,
        reason: "OOMKilled".to_owned(),
        message: String::new(),
        ended_at: None,
    });
    stage.put(&job, pod);
    stage.minutes(1).await;
    assert_eq!(stage.yard.chunks(&job).await[0].cluster_attempts, 2);
    stage.finish_all(&job, 0..batches).await;
    stage.over(&[&job])
}

pub async fn image_of_a_batch() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    (0..batches).for_each(|batch| stage.waits(&job, batch, "ImagePullBackOff"));
    stage.minutes(10).await;
    assert_eq!(stage.yard.job(&job).await.status(), Status::Running, "it may pass");
    let words =
        stage.yard.job(&job).await.progress.unwrap().steps[&StepName::Submitting].detail.clone().unwrap();
    assert!(words.contains("ImagePullBackOff"), "{words}");
    stage.over(&[&job])
}

pub async fn image_of_the_submission() -> Played {
    let stage = Stage::new().await;
    let job = stage.staging().await;
    let cli = stage.yard.cli(&job).remove(0);
    let mut pod: PodSeen = stage.pod(&job, 0, 1);
    (pod.job, pod.role, pod.phase) = (Some(cli.name), JobRole::Cli, "Pending".to_owned());
    "submit".clone_into(&mut pod.containers[0].name);
    pod.containers[0].running = false;
    pod.containers[0].waiting = Some(("ErrImagePull".to_owned(), "no such image".to_owned()));
    stage.put(&job, pod);
    stage.over(&[&job])
}

pub async fn pending_for_an_hour() -> Played {
    let stage = Stage::new().await;
    let (job, batches) = stage.taken().await;
    for batch in 0..batches {
        let mut pod = stage.pod(&job, batch, 1);
        (pod.phase, pod.node) = ("Pending".to_owned(), None);
        pod.containers[0].running = false;
        pod.unschedulable = Some("0/2 nodes are available: 2 Insufficient memory".to_owned());
        stage.put(&job, pod);
    }
    stage.minutes(60).await;
    let row = stage.yard.job(&job).await;
    assert_eq!(row.phase, Phase::Submitted);
    let words = row.progress.unwrap().steps[&StepName::Submitting].detail.clone().unwrap();
    assert!(words.contains("Insufficient memory"), "the scheduler's words are told: {words}");
    (0..batches).for_each(|batch| stage.runs(&job, batch, 1));
    stage.minutes(2).await;
    stage.is(&job, Phase::Running).await;
    stage.finish_all(&job, 0..batches).await;
    stage.over(&[&job])
}

pub async fn database_not_brought() -> Played {
    let stage = Stage::new().await;
    let job = stage.staging().await;
    let name = "init-ssd-0";
    stage.yard.cluster.make_job(&job, name, JobRole::Setup, None);
    let reason = "BackoffLimitExceeded".to_owned();
    stage.yard.cluster.end_job(name, JobEnd::Failed { reason, message: String::new() });
    // The CLI does not wait for it.
    stage.yard.cluster.end_cli(&job, 1, 0, crate::elastic::tests::yard::ACCEPTED);
    stage.over(&[&job])
}
