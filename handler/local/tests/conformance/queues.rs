//! Queue triggers.

use crate::fixture::{Plan, kill};
use crate::scripted::Reply;
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, interval};

fn plan() -> Plan {
    Plan::new().queue("task-example", "jobs")
}

#[tokio::test]
async fn a_message_becomes_an_invocation_and_success_deletes_it() {
    let mut host = plan().start().await;
    host.put("jobs", r#"{"taskId":"t-1"}"#).await;
    let invocation = host.script.next().await;
    let header = |name: &str| invocation.seen.headers.get(name).map(String::as_str);
    assert_eq!((invocation.seen.method.as_str(), invocation.seen.target.as_str()), ("POST", "/task-example"));
    assert_eq!(header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!((header("transfer-encoding"), header("content-length")), (Some("chunked"), None));
    assert!(header("x-azure-functions-invocationid").is_some_and(|id| id.len() == 36));
    assert!(header("user-agent").is_some_and(|agent| agent.starts_with("Azure-Functions-Host/4.")));
    // What marks a proxied request must be absent here: handlers tell forged invocations by it.
    assert_eq!((header("x-forwarded-for"), header("x-ms-invocation-id")), (None, None));
    let payload = invocation.payload();
    assert_eq!(payload["Data"]["message"], json!(r#""{\"taskId\":\"t-1\"}""#));
    assert_eq!(
        (&payload["Metadata"]["DequeueCount"], &payload["Metadata"]["taskId"]),
        (&json!("1"), &json!("\"t-1\""))
    );
    assert_eq!(payload["Metadata"]["ExpirationTime"], json!("9999-12-31T23:59:59+00:00"));
    assert_eq!(payload["Metadata"]["sys"]["MethodName"], json!("task-example"));
    invocation.succeed();
    host.until_empty("jobs").await;
    host.script.assert_quiet();
}

#[tokio::test]
async fn failures_of_every_kind_are_repeated_and_then_poisoned() {
    let mut host = plan().host("/extensions/queues/maxDequeueCount", json!(6)).start().await;
    host.put("jobs", "work").await;
    let json = Some("application/json".to_owned());
    let respond =
        |status, content_type, body: &str| Reply::Respond { status, content_type, body: body.to_owned() };
    let replies = [
        respond(500, json.clone(), "{}"),
        respond(200, Some("text/plain".to_owned()), "{}"),
        respond(200, json.clone(), ""),
        respond(200, json, "null"),
        Reply::Exit(3),
    ];
    for (count, reply) in (1..).zip(replies) {
        let invocation = host.script.next().await;
        assert_eq!(invocation.payload()["Metadata"]["DequeueCount"], json!(count.to_string()));
        invocation.reply(reply);
    }
    let last = host.script.next().await;
    assert_eq!(last.payload()["Metadata"]["DequeueCount"], json!("6"));
    last.fail();
    assert_eq!(host.take("jobs-poison").await, "d29yaw==");
    host.until_empty("jobs").await;
    host.script.assert_quiet();
}

#[tokio::test]
async fn a_failed_message_waits_for_the_visibility_time_out() {
    let mut host = plan().host("/extensions/queues/visibilityTimeout", json!("00:00:02")).start().await;
    host.put("jobs", "work").await;
    host.script.next().await.fail();
    let failed = Instant::now();
    let again = host.script.next().await;
    assert!(failed.elapsed() >= Duration::from_millis(1000), "it came back at once");
    again.succeed();
    host.until_empty("jobs").await;
}

#[tokio::test]
async fn an_undecodable_body_is_poisoned_without_running() {
    let mut host = plan().start().await;
    host.account.storage().put_message("jobs", "no base64!", Duration::ZERO).await.unwrap();
    assert_eq!(host.take("jobs-poison").await, "no base64!");
    host.until_empty("jobs").await;
    host.script.assert_quiet();
}

#[tokio::test]
async fn plain_bodies_pass_when_the_encoding_is_none() {
    let mut host = plan().host("/extensions/queues/messageEncoding", json!("none")).start().await;
    let text = "no <base64> & \"more\"";
    host.account.storage().put_message("jobs", text, Duration::ZERO).await.unwrap();
    let invocation = host.script.next().await;
    let data = invocation.payload()["Data"]["message"].as_str().unwrap().to_owned();
    assert_eq!(serde_json::from_str::<String>(&data).unwrap(), text);
    invocation.succeed();
    host.until_empty("jobs").await;
}

#[tokio::test]
async fn a_long_run_keeps_its_message() {
    let mut host = plan().argument("--lease 1").start().await;
    host.put("jobs", "work").await;
    let invocation = host.script.next().await;
    // Over several lease times, nobody else ever sees the message.
    let storage = host.account.storage();
    let mut ticks = interval(Duration::from_millis(100));
    for _ in 0..35 {
        ticks.tick().await;
        let seen = storage.get_messages("jobs", 1, Duration::from_secs(1)).await.unwrap();
        assert!(seen.is_empty(), "the lease was lost\n{}", host.log());
    }
    invocation.succeed();
    host.until_empty("jobs").await;
    host.script.assert_quiet();
}

#[tokio::test]
async fn a_message_comes_again_when_its_process_is_killed() {
    let mut host = plan().start().await;
    host.put("jobs", "work").await;
    let first = host.script.next().await;
    kill(i32::try_from(first.seen.pid).unwrap());
    let second = host.script.next().await;
    assert_ne!(second.seen.pid, first.seen.pid);
    assert_eq!(second.payload()["Metadata"]["DequeueCount"], json!("2"));
    second.succeed();
    host.until_empty("jobs").await;
}

#[tokio::test]
async fn a_message_comes_again_after_its_lease_when_the_host_is_killed() {
    let mut host = plan().argument("--lease 2").start().await;
    host.put("jobs", "work").await;
    let _hanging = host.script.next().await;
    host.signal(rustix::process::Signal::KILL);
    host.ended().await;
    let mut second = plan().argument("--lease 2").start_with(host.account).await;
    let again = second.script.next().await;
    assert_eq!(again.payload()["Metadata"]["DequeueCount"], json!("2"));
    again.succeed();
    second.until_empty("jobs").await;
}

#[tokio::test]
async fn a_time_out_kills_the_process_and_fails_everything_in_it() {
    let mut host = plan()
        .host("/functionTimeout", json!("00:00:02"))
        .host("/extensions/queues/newBatchThreshold", json!(1))
        .start()
        .await;
    host.put("jobs", "1").await;
    host.put("jobs", "2").await;
    let (first, second) = (host.script.next().await, host.script.next().await);
    assert_eq!(first.seen.pid, second.seen.pid);
    first.reply(Reply::Hang);
    second.reply(Reply::Hang);
    for _ in 0..2 {
        let again = host.script.next().await;
        assert_eq!(again.payload()["Metadata"]["DequeueCount"], json!("2"));
        again.succeed();
    }
    host.until_empty("jobs").await;
}

#[tokio::test]
async fn at_most_batch_size_and_threshold_run_at_once() {
    let mut host = plan().start().await;
    for text in ["1", "2", "3"] {
        host.put("jobs", text).await;
    }
    for _ in 0..3 {
        let invocation = host.script.next().await;
        // Another one would have been started by now: the queue is not empty and every request rings the bell.
        host.put("other", "ring").await;
        let empty = host.http.post(host.url("/nothing")).send().await.unwrap();
        assert_eq!(empty.status(), 404);
        host.script.assert_quiet();
        invocation.succeed();
    }
    host.until_empty("jobs").await;
}

#[tokio::test]
async fn storage_that_is_away_does_not_stop_http() {
    let away = "AccountName=a;AccountKey=aGk=;BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a;\
        TableEndpoint=http://127.0.0.1:1/a";
    let host = plan().http("echo", "echo", &[]).setting("AzureWebJobsStorage", away).start().await;
    assert_eq!(host.echo("/echo").await.method, "GET");
    host.until(|s| s.processes.iter().all(|p| p.state == "ready" && p.restarts == 0)).await;
}
