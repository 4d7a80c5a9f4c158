use crate::support::{Server, failure, page};
use blastline_jobs::ports::ClusterErrorKind;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_cluster_that_does_not_answer_is_not_asked_in_vain() {
    let server = Server::start(|_, number| match number {
        0..=5 => failure(500, "InternalError", "etcdserver: leader changed"),
        _ => page("NodeList", json!([]), ""),
    })
    .await;
    let opened = server.cluster();
    for _ in 0..8 {
        assert_eq!(opened.cluster.nodes().await.unwrap_err().kind, ClusterErrorKind::Unavailable);
    }
    assert_eq!(server.count(), 5);
    opened.clock.advance(Duration::from_secs(30));
    for _ in 0..3 {
        assert!(opened.cluster.nodes().await.is_err());
    }
    assert_eq!(server.count(), 6, "one call tried and failed");
    opened.clock.advance(Duration::from_secs(30));
    for _ in 0..3 {
        assert_eq!(opened.cluster.nodes().await.unwrap(), []);
    }
}

#[tokio::test]
async fn refusals_are_answers() {
    let server = Server::start(|_, _| failure(403, "Forbidden", "no")).await;
    let opened = server.cluster();
    for _ in 0..12 {
        assert_eq!(opened.cluster.nodes().await.unwrap_err().kind, ClusterErrorKind::Denied);
    }
    assert_eq!(server.count(), 12);
}
