use crate::support::{Server, busy, page};
use blastline_jobs::ports::ClusterErrorKind;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_short_wait_that_the_cluster_asks_for_is_waited_for() {
    let server = Server::start(|_, number| match number {
        0 => busy(2),
        _ => page("NodeList", json!([]), ""),
    })
    .await;
    let opened = server.cluster();
    assert_eq!(opened.cluster.nodes().await.unwrap(), []);
    assert_eq!(opened.clock.waited(), [Duration::from_secs(2)]);
}

#[tokio::test]
async fn a_long_wait_is_told_and_holds_back_other_calls() {
    let server = Server::start(|_, number| match number {
        0 => busy(30),
        _ => page("NodeList", json!([]), ""),
    })
    .await;
    let opened = server.cluster();
    let error = opened.cluster.nodes().await.unwrap_err();
    assert_eq!((error.kind, error.retry_after), (ClusterErrorKind::Throttled, Some(Duration::from_secs(30))));
    assert!(opened.clock.waited().is_empty());

    opened.clock.advance(Duration::from_secs(20));
    let held = opened.cluster.submit_lease().await.unwrap_err();
    assert_eq!((held.kind, held.retry_after), (ClusterErrorKind::Throttled, Some(Duration::from_secs(10))));
    assert_eq!(server.count(), 1, "the cluster was left alone");

    opened.clock.advance(Duration::from_secs(10));
    assert_eq!(opened.cluster.nodes().await.unwrap(), []);
}

#[tokio::test]
async fn a_cluster_that_keeps_asking_is_not_waited_for_without_end() {
    let server = Server::start(|_, _| busy(1)).await;
    let error = server.cluster().cluster.nodes().await.unwrap_err();
    assert_eq!(error.kind, ClusterErrorKind::Throttled);
    assert_eq!(server.count(), 3);
}
