//! Proxied HTTP.

use crate::fixture::{Plan, TestHost, kill, until_gone};
use crate::scripted::Seen;
use axum::body::Bytes;
use futures::StreamExt as _;
use reqwest::{Body, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const MIB: usize = 1024 * 1024;
const LIMIT: usize = 104_857_600;

fn plan() -> Plan {
    Plan::new().http("echo", "echo/{*rest}", &[]).http("stream", "stream", &["get"])
}

/// Sends bytes as they are and gives the status of the answer.
async fn raw(host: &TestHost, request: &str) -> u16 {
    let address = host.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn requests_arrive_as_they_were_sent_with_the_platforms_headers() {
    let host = plan().start().await;
    let request = host
        .http
        .put(host.url("/echo/a%20b/%2F..%3F?x=1&x=2&q=%C3%A4"))
        .header("x-mine", "1")
        .header("x-forwarded-for", "9.9.9.9")
        .header("x-ms-invocation-id", "forged")
        .header("connection", "x-gone")
        .header("x-gone", "1")
        .body("hello");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["x-toy"], "1");
    assert!(!answer.headers().contains_key("keep-alive"));
    let seen: Seen = answer.json().await.unwrap();
    assert_eq!((seen.method.as_str(), seen.body.as_str(), seen.body_bytes), ("PUT", "hello", 5));
    assert_eq!(seen.target, "/echo/a%20b/%2F..%3F?x=1&x=2&q=%C3%A4");
    let header = |name: &str| seen.headers.get(name).map(String::as_str);
    let own = host.base.strip_prefix("http://").unwrap();
    assert_eq!(header("x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!((header("x-forwarded-proto"), header("x-forwarded-host")), (Some("http"), Some(own)));
    assert_ne!(header("host"), Some(own));
    assert_eq!((header("x-mine"), header("x-gone")), (Some("1"), None));
    assert_eq!(header("content-length"), Some("5"));
    let id = header("x-ms-invocation-id");
    assert!(id.is_some_and(|id| id.len() == 36) && id == header("x-azure-functions-invocationid"));
    assert!(header("x-azure-functions-hostversion").is_some_and(|v| v.starts_with("4.")));
}

#[tokio::test]
async fn events_pass_one_by_one() {
    let mut host = plan().start().await;
    let answer = host.http.get(host.url("/stream")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut pieces = answer.bytes_stream();
    // Each piece is read before the next one exists: a buffer anywhere would stop this test.
    for piece in ["data: 1\n\n", "data: 2\n\n", ": still here\n\n"] {
        host.script.send(piece);
        assert_eq!(pieces.next().await.unwrap().unwrap(), Bytes::from_static(piece.as_bytes()));
    }
    host.script.end();
    assert!(pieces.next().await.is_none());
}

#[tokio::test]
async fn bodies_up_to_the_limit_pass_and_larger_ones_get_413() {
    let host = plan().start().await;
    let piece = Bytes::from(vec![7_u8; MIB]);
    let upload = |bytes: usize| {
        let (piece, mut left) = (piece.clone(), bytes);
        let pieces = std::iter::from_fn(move || {
            let size = left.min(MIB);
            left -= size;
            (size > 0).then(|| Ok::<_, std::io::Error>(piece.slice(..size)))
        });
        Body::wrap_stream(futures::stream::iter(pieces))
    };
    for sized in [true, false] {
        let send = |bytes: usize| {
            let request = host.http.post(host.url("/echo/upload")).body(upload(bytes));
            let request = if sized { request.header("content-length", bytes) } else { request };
            async move { request.send().await.unwrap() }
        };
        let seen: Seen = send(LIMIT).await.json().await.unwrap();
        assert_eq!(seen.body_bytes, LIMIT, "sized: {sized}");
        assert_eq!(seen.headers.contains_key("transfer-encoding"), !sized);
        assert_eq!(send(LIMIT + 1).await.status(), StatusCode::PAYLOAD_TOO_LARGE, "sized: {sized}");
    }
}

#[tokio::test]
async fn the_first_function_by_name_wins_and_unmatched_requests_get_an_empty_404() {
    let host = Plan::new()
        .http("api-jobs", "echo/jobs/{id:int}", &["post"])
        .http("zz-page", "{*path}", &["get", "head"])
        .http("administrators", "administrators", &[])
        .http("aa-off", "{*path}", &[])
        .setting("AzureWebJobs.aa-off.Disabled", "true")
        .start()
        .await;
    let get = |path: &str| host.http.get(host.url(path)).send();
    let post = |path: &str| host.http.post(host.url(path)).send();
    assert_eq!(post("/echo/jobs/1").await.unwrap().status(), StatusCode::OK);
    assert_eq!(get("/echo/jobs/1").await.unwrap().status(), StatusCode::OK);
    let missing = post("/echo/jobs/x").await.unwrap();
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert_eq!(missing.bytes().await.unwrap(), Bytes::new());
    assert_eq!(post("/task-x").await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(get("/admin/nothing").await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(get("/runtime/webhooks/x").await.unwrap().status(), StatusCode::NOT_FOUND);
    let status = host.status().await;
    assert_eq!(
        (status.functions, status.disabled),
        (vec!["api-jobs".to_owned(), "zz-page".to_owned()], vec!["aa-off".to_owned()])
    );
    assert_eq!(status.rejected[0].name, "administrators");
    assert!(status.rejected[0].reason.contains("admin"));
}

#[tokio::test]
async fn the_route_prefix_is_api_unless_it_is_set() {
    let host = Plan::new().http("echo", "jobs", &[]).host("/extensions/http", json!({})).start().await;
    assert_eq!(host.http.get(host.url("/jobs")).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let wanted = host.http.get(host.url("/api/jobs")).send();
    let (answer, invocation) = tokio::join!(wanted, async {
        let mut script = host.script;
        let invocation = script.next().await;
        assert_eq!(invocation.seen.target, "/api/jobs");
        invocation.succeed();
    });
    assert_eq!((answer.unwrap().status(), invocation), (StatusCode::OK, ()));
}

#[tokio::test]
async fn a_web_page_elsewhere_cannot_press_buttons() {
    let host = plan().queue("task-a", "jobs").start().await;
    let get = |h: &str| format!("GET /echo/x HTTP/1.1\r\nHost: {h}\r\nConnection: close\r\n\r\n");
    assert_eq!(raw(&host, &get("evil.example")).await, 421);
    assert_eq!(raw(&host, &get("localhost:1")).await, 200);
    assert_eq!(raw(&host, "GET /echo/x HTTP/1.0\r\n\r\n").await, 421);
    for path in ["/echo/x", "/admin/functions/task-a"] {
        let post = |name: &'static str, value: &'static str| {
            host.http.post(host.url(path)).header(name, value).send()
        };
        assert_eq!(post("origin", "https://evil.example").await.unwrap().status(), StatusCode::FORBIDDEN);
        assert_eq!(post("origin", "null").await.unwrap().status(), StatusCode::FORBIDDEN);
        assert_eq!(post("sec-fetch-site", "cross-site").await.unwrap().status(), StatusCode::FORBIDDEN);
    }
    let own = host.http.post(host.url("/echo/x")).header("origin", &host.base).send().await.unwrap();
    assert_eq!(own.status(), StatusCode::OK);
}

#[tokio::test]
async fn requests_wait_for_a_handler_that_is_on_its_way_back() {
    let host = plan().start().await;
    let before = host.process("http").await;
    kill(before.pid.unwrap());
    until_gone(before.pid.unwrap()).await;
    let after = host.echo("/echo/x").await;
    assert_ne!(Some(i32::try_from(after.pid).unwrap()), before.pid);
}

#[tokio::test]
async fn silence_ends_a_request() {
    let mut host = Plan::new().http("slow", "slow", &[]).argument("--idle-limit 1").start().await;
    let (answer, invocation) = tokio::join!(host.http.post(host.url("/slow")).send(), host.script.next());
    assert_eq!(answer.unwrap().status(), StatusCode::GATEWAY_TIMEOUT);
    drop(invocation);
    assert_eq!(host.process("http").await.restarts, 0);
}

#[tokio::test]
async fn the_time_out_of_one_request_kills_the_process() {
    let plan = Plan::new().http("slow", "slow", &[]).host("/functionTimeout", json!("00:00:01"));
    let mut host = plan.start().await;
    let pid = host.process("http").await.pid;
    let (answer, invocation) = tokio::join!(host.http.post(host.url("/slow")).send(), host.script.next());
    assert_eq!(answer.unwrap().status(), StatusCode::GATEWAY_TIMEOUT);
    drop(invocation);
    host.until(|s| s.processes.iter().any(|p| p.state == "ready" && p.pid != pid && p.restarts == 1)).await;
}
