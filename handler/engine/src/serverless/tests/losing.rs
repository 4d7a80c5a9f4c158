use super::House;
use super::bench::{Part, lock};
use blastline_jobs::names::QueueName;
use blastline_jobs::ports::Queues;
use std::time::Duration;

#[tokio::test]
async fn a_row_whose_first_message_was_never_sent_is_picked_up() {
    let house = House::new();
    let job = house.submit_row(1, 20).await;
    house.settle().await;
    house.assert_completed(&job, 20).await;
    house.assert_at_rest().await;
    assert!(house.events(&job).await.contains(&"reconcile_resent".to_owned()));
}

#[tokio::test]
async fn effects_that_were_lost_are_made_up_for() {
    let house = House::new();
    let job = house.submit(1, 200).await;
    for round in 0..400 {
        let mut worked = false;
        for queue in QueueName::WORK {
            let Some(message) = house.take(*queue).await else { continue };
            let effects = house.run(*queue, &message).await.unwrap();
            // Every second function's effects and message are lost with the host.
            if round % 2 == 0 {
                house.perform(effects).await;
            }
            house.queues.delete(*queue, &message).await.unwrap();
            worked = true;
        }
        if !worked {
            house.clock.advance(Duration::from_secs(60));
            house.tick().await;
        }
    }
    house.settle().await;
    house.assert_completed(&job, 200).await;
    house.assert_at_rest().await;
}

#[tokio::test]
async fn a_killed_part_is_taken_over_by_the_same_message_at_once() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    lock(&house.bench.script).push_back(Part::Hangs);
    assert!(house.step().await, "prepared");
    let message = house.take(QueueName::BlastChunks).await.unwrap();
    kill_while_running(&house, &message).await;
    // The host sees the dead process and lets the message be seen again: no silence has to pass.
    house.clock.advance(Duration::from_secs(601));
    let again = house.take(QueueName::BlastChunks).await.unwrap();
    assert_eq!((again.id.clone(), again.dequeue_count), (message.id, 2));
    let effects = house.run(QueueName::BlastChunks, &again).await.unwrap();
    house.perform(effects).await;
    house.queues.delete(QueueName::BlastChunks, &again).await.unwrap();
    house.settle().await;
    house.assert_completed(&job, 4).await;
}

#[tokio::test]
async fn a_part_whose_process_and_message_are_gone_is_sent_again_after_its_silence() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    lock(&house.bench.script).push_back(Part::Hangs);
    assert!(house.step().await, "prepared");
    let message = house.take(QueueName::BlastChunks).await.unwrap();
    kill_while_running(&house, &message).await;
    house.queues.delete(QueueName::BlastChunks, &message).await.unwrap();
    house.settle().await;
    house.assert_completed(&job, 4).await;
    house.assert_at_rest().await;
}

/// Runs a part until it hangs in BLAST+, then drops it, as a SIGKILL does.
async fn kill_while_running(house: &House, message: &blastline_jobs::ports::Received) {
    let runs = house.runs().len();
    let mut running = Box::pin(house.run(QueueName::BlastChunks, message));
    loop {
        tokio::select! {
            biased;
            outcome = &mut running => panic!("the part ended by itself: {outcome:?}"),
            () = tokio::task::yield_now() => {}
        }
        if house.runs().len() > runs {
            return;
        }
    }
}

#[tokio::test]
async fn a_poisoned_part_is_sent_again() {
    let house = House::new();
    let job = house.submit(1, 4).await;
    assert!(house.step().await, "prepared");
    let message = house.take(QueueName::BlastChunks).await.unwrap();
    house.queues.send(QueueName::BlastChunksPoison, &message.body, None).await.unwrap();
    house.queues.delete(QueueName::BlastChunks, &message).await.unwrap();
    house.tick().await;
    house.settle().await;
    house.assert_completed(&job, 4).await;
    house.assert_at_rest().await;
}

#[tokio::test]
async fn a_poison_message_that_nobody_can_read_is_taken_away() {
    let house = House::new();
    house.queues.send(QueueName::BlastSubmitPoison, "nonsense", None).await.unwrap();
    house.settle().await;
    house.assert_at_rest().await;
}
