use crate::support::{Opened, Server, failure, job, limits, page, spec};
use axum::{http::StatusCode, response::IntoResponse};
use blastline_cluster::CallLimits;
use blastline_jobs::ports::ClusterErrorKind as Kind;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn every_answer_has_its_class() {
    let cases = [
        (400, "BadRequest", "the server could not understand", Kind::Invalid),
        (401, "Unauthorized", "Unauthorized", Kind::Denied),
        (403, "Forbidden", "User \"x\" cannot list resource \"nodes\"", Kind::Denied),
        (403, "Forbidden", "exceeded quota: q, requested: count/jobs.batch=1, used: 5", Kind::Quota),
        (403, "Forbidden", "maximum memory usage per Container is 1Gi, but limit is 2Gi", Kind::Quota),
        (404, "NotFound", "not found", Kind::NotFound),
        (405, "MethodNotAllowed", "", Kind::Invalid),
        (408, "Timeout", "", Kind::Unavailable),
        (409, "AlreadyExists", "", Kind::AlreadyExists),
        (409, "Conflict", "the object has been modified", Kind::LostRace),
        (410, "Gone", "", Kind::Unavailable),
        (413, "RequestEntityTooLarge", "", Kind::Invalid),
        (415, "UnsupportedMediaType", "", Kind::Invalid),
        (422, "Invalid", "spec: Required value", Kind::Invalid),
        (429, "TooManyRequests", "", Kind::Throttled),
        (500, "InternalError", "etcdserver: request timed out", Kind::Unavailable),
        (503, "ServiceUnavailable", "", Kind::Unavailable),
        (504, "Timeout", "", Kind::Unavailable),
    ];
    for (status, reason, message, kind) in cases {
        let server = Server::start(move |_, _| failure(status, reason, message)).await;
        let error = server.cluster().cluster.nodes().await.unwrap_err();
        assert_eq!(error.kind, kind, "{status} {reason} {message}");
        assert_eq!(error.what, "list nodes");
        assert!(error.cause.contains(message), "{error}");
    }
}

#[tokio::test]
async fn only_the_cluster_itself_says_that_something_is_gone() {
    let server = Server::start(|_, _| (StatusCode::NOT_FOUND, "<h1>no such site</h1>").into_response()).await;
    let lease = server.cluster().cluster.submit_lease().await.unwrap_err();
    assert_eq!(lease.kind, Kind::Unavailable);
}

#[tokio::test]
async fn a_sign_in_page_is_no_answer() {
    let moved = |_: &_, _| (StatusCode::FOUND, [("location", "https://login.example")]).into_response();
    let server = Server::start(moved).await;
    assert_eq!(server.cluster().cluster.nodes().await.unwrap_err().kind, Kind::Corrupt);
}

#[tokio::test]
async fn nobody_there_is_no_answer() {
    let opened = Opened::at("http://127.0.0.1:1", limits());
    let error = opened.cluster.nodes().await.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.cause.contains("refused"), "{error}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let short = CallLimits { whole: Duration::from_millis(50), ..limits() };
    let opened = Opened::at(&url, short);
    let error = opened.cluster.nodes().await.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.cause.contains("no answer within 50ms"), "{error}");
}

#[tokio::test]
async fn nothing_secret_gets_into_an_error() {
    let server = Server::start(|asked, _| {
        let sent = String::from_utf8_lossy(&asked.body).into_owned();
        failure(422, "Invalid", &format!("cannot be handled: {} {sent}", asked.header("authorization")))
    })
    .await;
    let mut spec = spec();
    spec.config = "hidden-configuration".to_owned();
    let error = server.cluster().cluster.create_submit(&spec).await.unwrap_err();
    assert_eq!(server.asked()[0].header("authorization"), "Bearer a-very-secret-token");
    for printed in [format!("{error}"), format!("{error:?}")] {
        assert!(!printed.contains("secret-token") && !printed.contains("cannot be handled"), "{printed}");
        assert!(printed.contains("422"), "{printed}");
    }
}

#[tokio::test]
async fn a_renewed_token_is_taken_up_after_a_refusal() {
    let server = Server::start(|asked, _| match asked.header("authorization") {
        "Bearer renewed" => page("NodeList", json!([]), ""),
        _ => failure(401, "Unauthorized", "Unauthorized"),
    })
    .await;
    let opened = server.cluster();
    assert_eq!(opened.cluster.nodes().await.unwrap_err().kind, Kind::Denied);
    let text = crate::support::kubeconfig(&server.url, "{token: renewed}");
    std::fs::write(opened.folder.path().join("kubeconfig"), text).unwrap();
    opened.clock.advance(Duration::from_secs(60));
    assert_eq!(opened.cluster.nodes().await.unwrap_err().kind, Kind::Denied, "this one finds out");
    assert_eq!(opened.cluster.nodes().await.unwrap(), []);
}

#[tokio::test]
async fn a_truncated_answer_is_no_answer() {
    let whole = "{\"kind\":\"JobList\",\"metadata\":{},\"items\":[";
    let server = Server::start(move |_, _| whole.into_response()).await;
    assert_eq!(server.cluster().cluster.jobs_of(&job()).await.unwrap_err().kind, Kind::Corrupt);
}

#[tokio::test]
async fn a_kubeconfig_that_is_being_replaced_is_waited_for() {
    let server = Server::start(|_, _| page("NodeList", json!([]), "")).await;
    let opened = server.cluster();
    let path = opened.folder.path().join("kubeconfig");
    let text = std::fs::read_to_string(&path).unwrap();
    for broken in ["", "very-secret: ["] {
        std::fs::write(&path, broken).unwrap();
        let error = opened.cluster.nodes().await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable);
        assert!(!error.cause.contains("very-secret"), "{error}");
    }
    std::fs::write(&path, text).unwrap();
    assert_eq!(opened.cluster.nodes().await.unwrap(), []);
}
