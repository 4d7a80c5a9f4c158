use super::House;
use blastline_jobs::message::{ArtifactsMessage, ChunkMessage, Message, SubmitMessage};
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::Queues;

#[tokio::test]
async fn every_message_delivered_twice_changes_nothing() {
    let house = House::new();
    let job = house.submit(1, 60).await;
    let again = Message::Submit(SubmitMessage { job_id: job.clone() });
    house.queues.send(again.queue(), &again.to_json(), None).await.unwrap();
    loop {
        let mut worked = false;
        for queue in QueueName::WORK {
            let Some(message) = house.take(*queue).await else { continue };
            for _ in 0..2 {
                let effects = house.run(*queue, &message).await.unwrap();
                house.perform(effects).await;
            }
            house.queues.delete(*queue, &message).await.unwrap();
            worked = true;
        }
        if !worked {
            break;
        }
    }
    house.settle().await;
    house.assert_completed(&job, 60).await;
    house.assert_at_rest().await;
    let mut runs = house.runs();
    runs.sort_unstable();
    let before = runs.len();
    runs.dedup();
    assert_eq!(runs.len(), before, "a part was searched twice");
    let events = house.events(&job).await;
    assert_eq!(events.iter().filter(|event| *event == "completed").count(), 1);
}

#[tokio::test]
async fn messages_that_come_late_find_a_job_that_has_ended() {
    let house = House::new();
    let job = house.submit(1, 10).await;
    house.settle().await;
    let runs = house.runs().len();
    for message in [
        Message::Submit(SubmitMessage { job_id: job.clone() }),
        Message::Chunk(ChunkMessage { job_id: job.clone(), first_query: 0 }),
        Message::Chunk(ChunkMessage { job_id: job.clone(), first_query: 5 }),
        Message::Artifacts(ArtifactsMessage { job_id: job.clone() }),
    ] {
        house.queues.send(message.queue(), &message.to_json(), None).await.unwrap();
    }
    house.settle().await;
    assert_eq!(house.runs().len(), runs);
    house.assert_completed(&job, 10).await;
}

#[tokio::test]
async fn results_asked_for_too_early_wait_for_the_parts() {
    let house = House::new();
    let job = house.submit(1, 30).await;
    let early = Message::Artifacts(ArtifactsMessage { job_id: job.clone() });
    house.queues.send(early.queue(), &early.to_json(), None).await.unwrap();
    house.settle().await;
    house.assert_completed(&job, 30).await;
}

#[tokio::test]
async fn the_message_of_a_job_that_does_not_exist_is_done_with() {
    let house = House::new();
    let job_id = blastline_jobs::ids::JobId::from_random([1; 16]);
    let message = Message::Submit(SubmitMessage { job_id });
    house.queues.send(message.queue(), &message.to_json(), None).await.unwrap();
    house.settle().await;
    house.assert_at_rest().await;
}
