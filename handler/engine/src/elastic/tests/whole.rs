use super::Yard;
use super::yard::batch_name;
use blastline_jobs::ids::JobId;
use blastline_jobs::message::{Message, WatchMessage};
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::{Cluster, ContainerSeen, JobRole, PodSeen, Received};
use blastline_jobs::rows::ChunkState;
use blastline_jobs::state::{Phase, StepName, StepStatus};
use std::time::Duration;

#[tokio::test]
async fn a_search_is_submitted_watched_read_in_and_completed() {
    let yard = Yard::new();
    let job = yard.submit(200).await;
    yard.run().await;
    assert_eq!(yard.job(&job).await.phase, Phase::StagingDb);
    assert_eq!((yard.cli(&job).len(), yard.cluster.secrets_of(&job)), (1, 1));
    let batches = u32::try_from(yard.state(&job).await.batches).unwrap();
    assert!(batches > 1, "{batches}");
    yard.take(&job, batches).await;
    yard.pass(Duration::from_secs(10)).await;
    assert_eq!(yard.job(&job).await.phase, Phase::Submitted);
    let lease = yard.cluster.submit_lease().await.unwrap();
    assert_eq!(lease.holder, "", "the next search may be submitted");
    let rows = yard.chunks(&job).await;
    assert_eq!(rows.len(), batches as usize);
    assert!(rows.iter().all(|row| row.state == ChunkState::OnCluster));
    assert_eq!(rows.iter().map(|row| row.queries).sum::<u64>(), 200);
    yard.finish(&job, 1).await;
    yard.pass(Duration::from_secs(10)).await;
    let row = yard.job(&job).await;
    assert_eq!(
        (row.phase, row.queries_done),
        (Phase::Running, rows[1].queries),
        "one batch is read in already"
    );
    for batch in (0..batches).filter(|batch| *batch != 1) {
        yard.finish(&job, batch).await;
    }
    yard.pass(Duration::from_secs(60)).await;
    yard.house.assert_completed(&job, 200).await;
    let progress = yard.job(&job).await.progress.unwrap();
    for step in StepName::ALL {
        assert_eq!(progress.steps[&step].status, StepStatus::Completed, "{step:?}");
    }
    let expected = [
        "created",
        "preparing",
        "waiting_for_submit_slot",
        "configuring",
        "staging_db",
        "submitting",
        "running",
        "results_pending",
        "completed",
    ];
    assert_eq!(yard.house.events(&job).await, expected);
    yard.assert_at_rest().await;
}

#[tokio::test]
async fn a_batch_whose_job_is_removed_after_it_was_seen_complete_stays_complete() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(40).await;
    for batch in 0..batches {
        yard.cluster.end_job(&batch_name(&job, batch), blastline_jobs::ports::JobEnd::Complete);
    }
    yard.pass(Duration::from_secs(10)).await;
    assert_eq!(yard.job(&job).await.phase, Phase::Running, "no result is there yet");
    for batch in 0..batches {
        yard.cluster.remove_job(&batch_name(&job, batch));
        yard.write_result(&job, batch).await;
    }
    yard.house.settle().await;
    yard.house.assert_completed(&job, 40).await;
}

#[tokio::test]
async fn of_two_messages_for_one_look_only_one_goes_on() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    yard.run().await;
    let look = yard.state(&job).await.look;
    let queue = blastline_jobs::names::QueueName::BlastWatch;
    for _ in 0..5 {
        let message = blastline_jobs::message::WatchMessage { job_id: job.clone(), look };
        let body = blastline_jobs::message::Message::Watch(message).to_json();
        yard.house.deps.queues.send(queue, &body, None).await.unwrap();
    }
    yard.run().await;
    assert_eq!(yard.house.queues.bodies(queue).len(), 2, "the one that was on its way, and the next");
    assert_eq!(yard.state(&job).await.look, look + 1);
}

#[tokio::test]
async fn a_look_that_was_killed_before_it_asked_for_the_next_does_so_when_its_message_comes_again() {
    let yard = Yard::new();
    let (job, _) = yard.taken(40).await;
    yard.house.clock.advance(Duration::from_secs(10));
    let queue = QueueName::BlastWatch;
    let taken = yard.house.take(queue).await.unwrap();
    yard.finish(&job, 0).await;
    // Its row is written, and what it returned is lost with it.
    let lost = yard.house.run(queue, &taken).await.unwrap();
    assert_eq!(lost.messages.len(), 1, "a batch to read in");
    let state = yard.state(&job).await;
    let next = WatchMessage { job_id: job.clone(), look: state.look };
    let next = Message::Watch(next);
    let asked = || yard.house.queues.bodies(queue).iter().filter(|body| **body == next.to_json()).count();
    assert_eq!(asked(), 1);
    let again = Received { dequeue_count: taken.dequeue_count + 1, ..taken.clone() };
    let effects = yard.house.run(queue, &again).await.unwrap();
    assert_eq!((asked(), &effects.messages), (2, &lost.messages), "the same effects");
    assert!(effects.history.iter().any(|event| event.name == "running"));
    assert_eq!(yard.state(&job).await, state, "it is not taken twice");
    // Long after, the next look is asked for at once.
    yard.house.clock.advance(Duration::from_secs(60));
    let effects = yard.house.run(queue, &again).await.unwrap();
    assert!(effects.messages.contains(&next), "{effects:?}");
    // Another message for the same look has nothing to say: doubles would multiply.
    let double = Received { id: "another".to_owned(), ..taken };
    assert_eq!(yard.house.run(queue, &double).await.unwrap().messages, []);
}

#[tokio::test]
async fn a_lost_look_is_asked_for_again_by_the_reconciler() {
    let yard = Yard::new();
    let job = yard.submit(10).await;
    yard.run().await;
    let look = yard.state(&job).await.look;
    yard.house.clock.advance(Duration::from_secs(10));
    let queue = blastline_jobs::names::QueueName::BlastWatch;
    let lost = yard.house.take(queue).await.unwrap();
    yard.house.deps.queues.delete(queue, &lost).await.unwrap();
    for _ in 0..3 {
        yard.house.clock.advance(Duration::from_secs(60));
        yard.house.tick().await;
        yard.run().await;
    }
    assert!(yard.state(&job).await.look > look);
}

fn running_pod(yard: &Yard, job: &JobId, batch: u32, restarts: u32) -> PodSeen {
    let name = batch_name(job, batch);
    PodSeen {
        name: format!("{name}-pod"),
        uid: format!("{name}-pod-uid"),
        job: Some(name),
        role: JobRole::Blast,
        node: Some("aks-blastpool-1".to_owned()),
        phase: "Running".to_owned(),
        reason: String::new(),
        unschedulable: None,
        created_at: yard.house.deps.clock.now(),
        containers: vec![ContainerSeen {
            name: "blast".to_owned(),
            init: false,
            waiting: None,
            running: true,
            end: None,
            last_end: None,
            restarts,
        }],
    }
}

#[tokio::test]
async fn where_and_when_a_batch_ran_on_the_cluster_is_told_while_it_runs_and_stays_when_it_was_read_in() {
    let yard = Yard::new();
    let (job, batches) = yard.taken(200).await;
    yard.cluster.put_pod(&job, running_pod(&yard, &job, 0, 0));
    yard.pass(Duration::from_secs(10)).await;
    let told = |rows: Vec<blastline_jobs::rows::ChunkRow>| {
        let row = rows.into_iter().next().unwrap();
        (row.node, row.cluster_attempts, row.cluster_from.is_some(), row.cluster_to.is_some())
    };
    assert_eq!(told(yard.chunks(&job).await), ("aks-blastpool-1".to_owned(), 1, true, false));
    assert_eq!(yard.chunks(&job).await[1].cluster_from, None);
    yard.cluster.put_pod(&job, running_pod(&yard, &job, 0, 1));
    yard.pass(Duration::from_secs(10)).await;
    assert_eq!(told(yard.chunks(&job).await).1, 2, "it was started again");
    for batch in 0..batches {
        yard.finish(&job, batch).await;
    }
    yard.pass(Duration::from_secs(120)).await;
    yard.house.assert_completed(&job, 200).await;
    assert_eq!(told(yard.chunks(&job).await), ("aks-blastpool-1".to_owned(), 2, true, true));
    assert!(yard.chunks(&job).await.iter().all(|row| row.cluster_exit == Some(0)), "a good end");
}
