use super::Yard;
use crate::logs::{Archive, Collector};
use blastline_jobs::ports::{ContainerEnd, ContainerSeen, JobEnd, JobRole, LogLine, PodSeen};
use blastline_jobs::state::Phase;
use std::time::Duration;

/// The finalizer's pod, which runs or has ended.
fn finalizer(yard: &Yard, name: &str, ended: bool) -> PodSeen {
    let end = ContainerEnd {
        exit_code: 0,
        reason: "Completed".to_owned(),
        message: String::new(),
        ended_at: Some(yard.house.deps.clock.now()),
    };
    let container = ContainerSeen {
        name: "finalizer".to_owned(),
        init: false,
        waiting: None,
        running: !ended,
        end: ended.then_some(end),
        last_end: None,
        restarts: 0,
    };
    PodSeen {
        name: format!("{name}-x1y2z"),
        uid: "uid-of-the-finalizers-pod".to_owned(),
        job: Some(name.to_owned()),
        role: JobRole::Finalizer,
        node: None,
        phase: if ended { "Succeeded" } else { "Running" }.to_owned(),
        reason: String::new(),
        unschedulable: None,
        created_at: yard.house.deps.clock.now(),
        containers: vec![container],
    }
}

fn line(second: u32, text: &str) -> LogLine {
    LogLine { stamp: format!("2024-10-04T10:00:{second:02}.000000000Z"), text: text.to_owned() }
}

#[tokio::test]
async fn what_a_finalizer_says_after_the_last_look_is_stored_before_it_is_cleared_away() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(40).await;
    let name = format!("finalizer-{job}");
    let pod = finalizer(&yard, &name, false);
    yard.cluster.put_pod(&job, pod.clone());
    yard.cluster.logs().write(&pod.name, "finalizer", vec![line(1, "waits")]);
    for batch in 0..batches {
        yard.finish(&job, batch).await;
    }
    yard.pass(Duration::from_secs(60)).await;
    assert_eq!(yard.job(&job).await.phase, Phase::Completed);
    yard.cluster.logs().write(&pod.name, "finalizer", vec![line(2, "all done")]);
    yard.cluster.logs().end(&pod.name, "finalizer");
    yard.cluster.end_job(&name, JobEnd::Complete);
    yard.cluster.put_pod(&job, finalizer(&yard, &name, true));
    assert!(!yard.cluster.peek_jobs(&job).is_empty(), "they are kept for a while");
    yard.assert_nothing_left(&job).await;
    let archive = Archive::open(yard.house.deps.blobs.as_ref(), &job).await.unwrap();
    let mut said = Vec::new();
    for (source, stored) in &archive.shelf.sources {
        for entry in stored.entries.iter().filter(|_| source.container == "finalizer") {
            said.extend(archive.read(source.step, entry).await.unwrap().into_iter().map(|event| event.line));
        }
    }
    assert_eq!(said, ["waits", "all done"]);
}

#[tokio::test]
async fn a_cluster_that_is_silent_when_a_search_has_completed_is_cleared_once_it_answers() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(40).await;
    for batch in 0..batches {
        yard.finish(&job, batch).await;
    }
    yard.pass(Duration::from_secs(60)).await;
    let kind = blastline_jobs::ports::ClusterErrorKind::Unavailable;
    yard.cluster.set_outage(Some(blastline_jobs::ports::ClusterError::new(kind, "x", "stopped")));
    for _ in 0..30 {
        yard.pass(Duration::from_secs(60)).await;
        yard.house.tick().await;
    }
    yard.house.assert_completed(&job, 40).await;
    yard.cluster.set_outage(None);
    yard.assert_nothing_left(&job).await;
}

#[tokio::test]
async fn a_job_that_ended_well_is_not_listed_any_more_once_its_logs_are_stored() {
    let yard = Yard::new();
    let (job, _) = yard.taken(200).await;
    let name = format!("finalizer-{job}");
    let told = async || {
        let row = yard.job(&job).await;
        let logs = Collector::open(&yard.house.deps, &row).await.unwrap();
        let uid = yard.cluster.peek_jobs(&job).into_iter().find(|job| job.name == name).unwrap().uid;
        logs.told().contains(&uid)
    };
    let pod = finalizer(&yard, &name, false);
    yard.cluster.put_pod(&job, pod.clone());
    yard.cluster.logs().write(&pod.name, "finalizer", vec![line(1, "waits")]);
    yard.pass(Duration::from_secs(10)).await;
    assert!(!told().await, "it runs");
    yard.cluster.logs().end(&pod.name, "finalizer");
    yard.cluster.put_pod(&job, finalizer(&yard, &name, true));
    yard.pass(Duration::from_secs(10)).await;
    assert!(!told().await, "its Job has not ended");
    yard.cluster.end_job(&name, JobEnd::Complete);
    yard.pass(Duration::from_secs(30)).await;
    assert!(told().await);
}
