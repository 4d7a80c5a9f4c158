use super::scene::Scene;
use crate::logs::{Archive, page};
use blastline_jobs::names::Container;
use blastline_jobs::ports::JobRole;
use blastline_jobs::state::StepName;
use proptest::prelude::*;

#[tokio::test]
async fn what_containers_say_is_stored_and_what_ended_is_never_read_again() {
    let scene = Scene::new().await;
    scene.pod("batch-000", JobRole::Blast, &["import-query-batches", "blast", "results-export"]);
    scene.pod("elb-cli-submit-1", JobRole::Cli, &["submit"]);
    scene.say("batch-000", "import-query-batches", &["fetched"]);
    scene.end("batch-000", "import-query-batches");
    scene.say("batch-000", "blast", &["one", "two", "three", "https://a/b?sv=1&sig=abc%2B"]);
    scene.say("elb-cli-submit-1", "submit", &["accepted"]);
    assert!(scene.look().await);
    assert!(scene.look().await);
    scene.say("batch-000", "blast", &["four", ""]);
    scene.end("batch-000", "blast");
    assert!(scene.look().await);
    let key = ("batch-000".to_owned(), "blast".to_owned(), 0);
    let masked = "https://a/b?sv=1&sig=***".to_owned();
    scene.said.lock().unwrap().get_mut(&key).unwrap()[3] = masked;
    scene.assert_stored().await;
    let archive = Archive::open(scene.house.deps.blobs.as_ref(), &scene.job).await.unwrap();
    let ended =
        |step| archive.shelf.sources.iter().filter(|(s, stored)| s.step == step && stored.ended).count();
    assert_eq!((ended(StepName::Running), ended(StepName::Submitting)), (2, 0));
    for container in ["blast", "results-export"] {
        scene.end("batch-000", container);
    }
    scene.end("elb-cli-submit-1", "submit");
    scene.look().await;
    let before = scene.cluster.calls();
    scene.look().await;
    assert_eq!(scene.cluster.calls() - before, 1, "one list, no log");
}

#[tokio::test]
async fn a_container_that_is_started_again_keeps_what_it_said_before() {
    let scene = Scene::new().await;
    scene.pod("batch-000", JobRole::Blast, &["blast"]);
    scene.say("batch-000", "blast", &["a", "b"]);
    scene.look().await;
    scene.say("batch-000", "blast", &["c: killed"]);
    scene.restart("batch-000", "blast");
    scene.say("batch-000", "blast", &["again"]);
    scene.look().await;
    scene.assert_stored().await;
    let page = page(scene.house.deps.blobs.as_ref(), &scene.job, ("batch-000", "blast", 0), 1, 10).await;
    let page = page.unwrap().unwrap();
    assert_eq!((page.events.len(), page.total, page.ended), (2, 3, true));
}

#[tokio::test]
async fn a_pod_that_is_gone_ends_with_what_was_stored() {
    let scene = Scene::new().await;
    scene.pod("batch-000", JobRole::Blast, &["blast"]);
    scene.say("batch-000", "blast", &["a", "b"]);
    scene.look().await;
    scene.cluster.remove_pod("batch-000");
    scene.look().await;
    scene.assert_stored().await;
    let archive = Archive::open(scene.house.deps.blobs.as_ref(), &scene.job).await.unwrap();
    assert!(archive.shelf.sources.values().all(|stored| stored.ended));
}

#[tokio::test]
async fn long_lines_binary_bytes_and_many_lines_come_whole() {
    let scene = Scene::new().await;
    scene.pod("batch-000", JobRole::Blast, &["blast"]);
    let long = "ä ".repeat(2_000);
    scene.say("batch-000", "blast", &[&long, "a\u{fffd}\0b\tc"]);
    for _ in 0..40 {
        let lines: Vec<_> = (0..1_000).map(|number| format!("line {number} {}", "x".repeat(60))).collect();
        scene.say("batch-000", "blast", &lines.iter().map(String::as_str).collect::<Vec<_>>());
    }
    scene.look().await;
    scene.assert_stored().await;
    let blobs = scene.house.deps.blobs.as_ref();
    let (mut from, mut pages) = (0, 0);
    while let Some(page) = page(blobs, &scene.job, ("batch-000", "blast", 0), from, 5_000).await.unwrap() {
        assert_eq!(page.events[0].index, from);
        from = page.events.last().unwrap().index + 1;
        pages += 1;
        if from == page.total {
            break;
        }
    }
    assert_eq!((from, pages), (40_002, 9));
}

#[tokio::test]
async fn logs_go_with_their_search() {
    let scene = Scene::new().await;
    scene.pod("batch-000", JobRole::Blast, &["blast"]);
    scene.say("batch-000", "blast", &["a"]);
    scene.look().await;
    crate::serverless::request_cancel(&scene.house.deps, &scene.job).await.unwrap();
    scene.house.settle().await;
    assert_eq!(scene.stored().await.len(), 1, "they outlive the pods");
    scene.house.delete(&scene.job).await;
    scene.house.settle().await;
    let left = scene.house.deps.blobs.list(Container::JobArtifacts, "", None).await.unwrap();
    assert!(left.blobs.is_empty());
}

#[derive(Debug, Clone)]
enum Event {
    Say { container: usize, lines: usize },
    Restart(usize),
    Look,
    Killed { writes: i64, made: bool },
    Two,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0usize..3, 0usize..5).prop_map(|(container, lines)| Event::Say { container, lines }),
        1 => (0usize..3).prop_map(Event::Restart),
        2 => Just(Event::Look),
        3 => (0i64..6, any::<bool>()).prop_map(|(writes, made)| Event::Killed { writes, made }),
        2 => Just(Event::Two),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn kills_and_doubles_leave_every_line_once_and_in_order(events in prop::collection::vec(event(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let scene = Scene::new().await;
            let places = [("batch-000", "blast"), ("batch-000", "results-export"), ("batch-001", "blast")];
            scene.pod("batch-000", JobRole::Blast, &["blast", "results-export"]);
            scene.pod("batch-001", JobRole::Blast, &["blast"]);
            let mut number = 0;
            for event in events {
                match event {
                    Event::Say { container, lines } => {
                        let lines: Vec<_> = (0..lines).map(|_| { number += 1; format!("line {number}") }).collect();
                        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
                        scene.say(places[container].0, places[container].1, &lines);
                    }
                    // Of two restarts between looks the cluster has forgotten the first run.
                    Event::Restart(container) => {
                        scene.look().await;
                        scene.restart(places[container].0, places[container].1);
                        scene.look().await;
                    }
                    Event::Look => assert!(scene.look().await),
                    Event::Killed { writes, made } => {
                        scene.blobs.die_after(writes, made);
                        scene.look().await;
                        scene.blobs.live();
                    }
                    Event::Two => {
                        futures::join!(scene.look(), scene.look());
                    }
                }
            }
            for (pod, container) in places {
                scene.end(pod, container);
            }
            assert!(scene.look().await);
            scene.assert_stored().await;
        });
    }
}
