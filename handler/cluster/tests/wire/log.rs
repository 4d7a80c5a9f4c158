use crate::support::{Server, failure, limits};
use axum::{
    body::{Body, Bytes},
    response::Response,
};
use blastline_cluster::CallLimits;
use blastline_jobs::ports::{ClusterErrorKind, ClusterResult, LogLine, LogTarget, LogWish};
use futures::{StreamExt, stream};
use std::{io, time::Duration};
use time::macros::datetime;

const STAMP: &str = "2026-01-01T00:00:00.000000001Z";

fn target() -> LogTarget {
    LogTarget {
        pod: "blastn-batch-x-job-000-89abcdef-k2x9p".to_owned(),
        pod_uid: "u".to_owned(),
        container: "blast".to_owned(),
    }
}

async fn read(server: &Server, limits: CallLimits, wish: &LogWish) -> Vec<ClusterResult<LogLine>> {
    let stream = server.cluster_with(limits).cluster.log(&target(), wish).await.unwrap();
    stream.collect().await
}

fn texts(lines: Vec<ClusterResult<LogLine>>) -> Vec<String> {
    lines.into_iter().map(|line| line.unwrap().text).collect()
}

/// A body that comes in pieces and then ends or falls silent.
fn pieces(pieces: &[&str], then: Then) -> Response {
    let whole: Vec<io::Result<Bytes>> =
        pieces.iter().map(|piece| Ok(Bytes::from((*piece).to_owned()))).collect();
    let come = stream::iter(whole);
    match then {
        Then::Ends => Response::new(Body::from_stream(come)),
        Then::FallsSilent => Response::new(Body::from_stream(come.chain(stream::pending()))),
    }
}

#[derive(Clone, Copy)]
enum Then {
    Ends,
    FallsSilent,
}

#[tokio::test]
async fn lines_come_in_their_order_however_they_were_sent() {
    let server = Server::start(|_, _| {
        pieces(&["2026-01-01T00:00:", "00.000000001Z a\n2026-01-01T00:00:00.000000001Z ", "b\n"], Then::Ends)
    })
    .await;
    let lines = read(&server, limits(), &LogWish::default()).await;
    assert!(lines.iter().all(|line| line.as_ref().unwrap().stamp == STAMP));
    assert_eq!(texts(lines), ["a", "b"]);
    let asked = &server.asked()[0];
    assert_eq!(asked.path, "/api/v1/namespaces/default/pods/blastn-batch-x-job-000-89abcdef-k2x9p/log");
    assert_eq!((asked.query("container"), asked.query("timestamps")), ("blast", "true"));
    assert_eq!((asked.query("follow"), asked.query("sinceTime"), asked.query("limitBytes")), ("", "", ""));
}

#[tokio::test]
async fn a_wish_is_passed_on() {
    let server = Server::start(|_, _| pieces(&[], Then::Ends)).await;
    let wish = LogWish {
        since: Some(datetime!(2026-01-01 01:00:09.9 +1)),
        follow: true,
        limit_bytes: Some(4096),
        previous: false,
    };
    assert!(read(&server, limits(), &wish).await.is_empty());
    let asked = &server.asked()[0];
    assert_eq!(asked.query("sinceTime"), "2026-01-01T00:00:09Z");
    assert_eq!((asked.query("follow"), asked.query("limitBytes")), ("true", "4096"));
}

#[tokio::test]
async fn a_line_that_the_limit_cut_is_left_to_the_next_reading() {
    let text = format!("{STAMP} whole\n{STAMP} ha");
    let limit = u64::try_from(text.len()).unwrap();
    let server = Server::start(move |_, _| pieces(&[&text], Then::Ends)).await;
    let cut = LogWish { limit_bytes: Some(limit), ..LogWish::default() };
    assert_eq!(texts(read(&server, limits(), &cut).await), ["whole"]);
    let wide = LogWish { limit_bytes: Some(limit + 1), ..LogWish::default() };
    assert_eq!(texts(read(&server, limits(), &wide).await), ["whole", "ha"]);
}

#[tokio::test]
async fn a_connection_that_breaks_is_an_error_and_no_end() {
    let (tell, told) = tokio::sync::watch::channel(false);
    let server = Server::start(move |_, _| {
        let mut told = told.clone();
        let come = stream::once(async { Ok(Bytes::from("2026-01-01T00:00:00Z a\n2026-01-01T00:00:01Z b")) });
        let broken = stream::once(async move {
            told.wait_for(|read| *read).await.unwrap();
            Err(io::Error::other("the connection broke"))
        });
        Response::new(Body::from_stream(come.chain(broken)))
    })
    .await;
    let wish = LogWish { follow: true, ..LogWish::default() };
    let mut lines = server.cluster().cluster.log(&target(), &wish).await.unwrap();
    assert_eq!(lines.next().await.unwrap().unwrap().text, "a");
    tell.send_replace(true);
    let error = lines.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind, ClusterErrorKind::Unavailable);
    assert!(lines.next().await.is_none());
}

#[tokio::test]
async fn a_log_that_falls_silent_is_given_up() {
    for follow in [false, true] {
        let server = Server::start(|_, _| pieces(&["2026-01-01T00:00:00Z a\n"], Then::FallsSilent)).await;
        let short = Duration::from_millis(50);
        let limits = if follow {
            CallLimits { follow_idle: short, ..limits() }
        } else {
            CallLimits { idle: short, ..limits() }
        };
        let lines = read(&server, limits, &LogWish { follow, ..LogWish::default() }).await;
        assert_eq!(lines.len(), 2);
        let error = lines[1].as_ref().unwrap_err();
        assert!(error.cause.contains("no answer within 50ms"), "{error}");
    }
}

#[tokio::test]
async fn a_container_that_does_not_run_yet_is_asked_for_again() {
    let waiting = "container \"blast\" in pod \"p\" is waiting to start: PodInitializing";
    let server = Server::start(move |_, _| failure(400, "BadRequest", waiting)).await;
    let Err(error) = server.cluster().cluster.log(&target(), &LogWish::default()).await else {
        panic!("an error")
    };
    assert_eq!(error.kind, ClusterErrorKind::Unavailable);
    let server = Server::start(|_, _| failure(404, "NotFound", "pods \"p\" not found")).await;
    let Err(error) = server.cluster().cluster.log(&target(), &LogWish::default()).await else {
        panic!("an error")
    };
    assert_eq!(error.kind, ClusterErrorKind::NotFound);
}

#[tokio::test]
async fn what_is_no_name_never_reaches_the_cluster() {
    let server = Server::start(|_, _| pieces(&[], Then::Ends)).await;
    let cluster = server.cluster().cluster;
    for (pod, container) in
        [("../../secrets/x", "blast"), ("p", "a/b"), ("p?x=", "blast"), ("", "blast"), ("p", "a.b")]
    {
        let target = LogTarget { pod: pod.to_owned(), container: container.to_owned(), ..target() };
        let Err(error) = cluster.log(&target, &LogWish::default()).await else { panic!("{pod} {container}") };
        assert_eq!(error.kind, ClusterErrorKind::Invalid, "{pod} {container}");
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn a_container_that_waits_does_not_open_the_breaker() {
    let waiting = "container \"blast\" in pod \"p\" is waiting to start: ContainerCreating";
    let server = Server::start(move |_, _| failure(400, "BadRequest", waiting)).await;
    let cluster = server.cluster().cluster;
    for _ in 0..10 {
        assert!(cluster.log(&target(), &LogWish::default()).await.is_err());
    }
    assert_eq!(server.count(), 10);
}
