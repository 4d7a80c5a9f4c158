//! Output bindings and the admin paths.

use crate::fixture::Plan;
use crate::rows::rows;
use reqwest::StatusCode;
use serde_json::{Value, json};

fn plan() -> Plan {
    let bindings = json!([
        {"type": "queueTrigger", "direction": "in", "name": "message", "queueName": "%IN_QUEUE%"},
        {"type": "queue", "direction": "out", "name": "next", "queueName": "more"},
        {"type": "table", "direction": "out", "name": "history", "tableName": "events"},
    ]);
    Plan::new().function("task-example", &bindings).setting("IN_QUEUE", "jobs")
}

#[tokio::test]
async fn messages_and_rows_are_written_and_what_is_missing_is_created() {
    let mut host = plan().start().await;
    host.put("jobs", "work").await;
    let answer = json!({
        "Outputs": {
            "next": [{"n": 1}, {"n": 2}],
            "history": {"PartitionKey": "it's", "RowKey": "1", "count": 3, "at": "2026-01-01T00:00:00Z", "gone": null},
        },
        "Logs": ["a line from the function"],
    });
    host.script.next().await.answer(answer.to_string());
    let (one, two) = (host.take("more").await, host.take("more").await);
    assert_eq!((one.as_str(), two.as_str()), ("eyJuIjoxfQ==", "eyJuIjoyfQ=="));
    host.until_empty("jobs").await;
    let rows = rows(&host.account.account(), "events").await;
    assert_eq!(rows.len(), 1);
    let value = |name: &str| rows[0].get(name).cloned().unwrap_or_default();
    assert_eq!((value("PartitionKey"), value("count")), (json!("it's"), json!("3")));
    assert_eq!(
        (value("count@odata.type"), value("at@odata.type")),
        (json!("Edm.Int64"), json!("Edm.DateTime"))
    );
    assert_eq!(value("gone"), Value::Null);
    assert!(host.log().contains("[task-example] a line from the function"));
}

#[tokio::test]
async fn a_row_that_exists_fails_the_invocation() {
    let mut host = plan().start().await;
    host.put("jobs", "work").await;
    let answer = json!({"Outputs": {"history": {"PartitionKey": "p", "RowKey": "1"}}}).to_string();
    host.script.next().await.answer(&answer);
    host.until_empty("jobs").await;
    host.put("jobs", "again").await;
    host.script.next().await.answer(&answer);
    let again = host.script.next().await;
    assert_eq!(again.payload()["Metadata"]["DequeueCount"], json!("2"));
    again.succeed();
    host.until_empty("jobs").await;
}

#[tokio::test]
async fn an_output_wakes_the_next_function() {
    let mut host = plan().queue("task-more", "more").start().await;
    host.put("jobs", "work").await;
    host.script.next().await.answer(json!({"Outputs": {"next": {"n": 1}}}).to_string());
    let next = host.script.next().await;
    assert_eq!(next.seen.target, "/task-more");
    next.succeed();
    host.until_empty("more").await;
    host.until_empty("jobs").await;
}

#[tokio::test]
async fn a_queue_function_runs_by_hand() {
    let mut host = plan().http("echo", "echo", &[]).start().await;
    let post = |name: &str, body: &'static str| {
        host.http.post(host.url(&format!("/admin/functions/{name}"))).body(body).send()
    };
    let accepted = post("task-example", r#"{"input":"{\"taskId\":\"t-1\"}"}"#).await.unwrap();
    assert_eq!(accepted.status(), StatusCode::ACCEPTED);
    assert_eq!(post("nothing", "{}").await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(post("echo", "{}").await.unwrap().status(), StatusCode::BAD_REQUEST);
    assert_eq!(post("task-example", "{").await.unwrap().status(), StatusCode::BAD_REQUEST);
    let invocation = host.script.next().await;
    let payload = invocation.payload();
    assert_eq!(payload["Data"]["message"], json!(r#""{\"taskId\":\"t-1\"}""#));
    assert_eq!(payload["Metadata"].get("DequeueCount"), None);
    invocation.succeed();
}
