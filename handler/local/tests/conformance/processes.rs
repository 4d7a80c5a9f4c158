//! Handler processes: one per scale group, restarted, and never left behind.

use crate::fixture::{Plan, Status, kill, until_gone};
use crate::scripted::Reply;
use rustix::process::Signal;
use serde_json::json;
use std::collections::BTreeSet;

fn plan() -> Plan {
    Plan::new()
        .http("echo", "echo/{*rest}", &[])
        .http("more", "more", &[])
        .queue("task-a", "jobs-a")
        .queue("task-b", "jobs-b")
}

fn all_ready(status: &Status) -> bool {
    status.processes.iter().all(|p| p.state == "ready")
}

fn pids(status: &Status) -> BTreeSet<i32> {
    status.processes.iter().filter_map(|p| p.pid).collect()
}

#[tokio::test]
async fn each_scale_group_has_its_own_process() {
    let mut host = plan().argument("--instances task-b=2").start().await;
    let status = host.until(all_ready).await;
    let groups: Vec<&str> = status.processes.iter().filter_map(|p| p.group.as_deref()).collect();
    assert_eq!(groups, ["http", "function:task-a", "function:task-b", "function:task-b"]);
    assert_eq!(pids(&status).len(), 4);
    assert_eq!((status.state.as_str(), status.id.starts_with("local-")), ("Running", true));
    host.put("jobs-a", "x").await;
    let invocation = host.script.next().await;
    let variable = |name: &str| invocation.seen.environment.get(name).map(String::as_str);
    assert_eq!(variable("FUNCTIONS_TARGET_GROUP"), Some("function:task-a"));
    assert_eq!(variable("AZURE_FUNCTIONS_ENVIRONMENT"), Some("Development"));
    assert_eq!(variable("WEBSITE_HOSTNAME"), host.base.strip_prefix("http://"));
    assert_eq!(variable("FUNCTIONS_CUSTOMHANDLER_PORT"), variable("FUNCTIONS_HTTPWORKER_PORT"));
    assert_eq!(variable("FUNCTIONS_CUSTOMHANDLER_WORKER_ID"), variable("FUNCTIONS_HTTPWORKER_ID"));
    assert!(variable("FUNCTIONS_APP_ROOT_PATH").is_some());
    invocation.succeed();
    let echo = host.echo("/echo/x").await;
    assert_eq!(echo.environment["FUNCTIONS_TARGET_GROUP"], "http");
    host.until_empty("jobs-a").await;
}

#[tokio::test]
async fn one_process_may_serve_all() {
    let mut host = plan().argument("--single-process").start().await;
    let echo = host.echo("/echo/x").await;
    assert!(!echo.environment.contains_key("FUNCTIONS_TARGET_GROUP"));
    host.put("jobs-b", "x").await;
    let invocation = host.script.next().await;
    assert_eq!(invocation.seen.pid, echo.pid);
    invocation.succeed();
    host.until_empty("jobs-b").await;
    assert_eq!(host.status().await.processes.len(), 1);
}

#[tokio::test]
async fn instances_work_at_the_same_time() {
    let mut host = Plan::new().queue("task-a", "jobs").argument("--instances task-a=2").start().await;
    host.put("jobs", "1").await;
    host.put("jobs", "2").await;
    let (first, second) = (host.script.next().await, host.script.next().await);
    assert_ne!(first.seen.pid, second.seen.pid);
    first.succeed();
    second.succeed();
    host.until_empty("jobs").await;
}

#[tokio::test]
async fn local_settings_reach_the_handler_and_the_environment_beats_them() {
    let file = r#"{"IsEncrypted":false,"Values":{"TOY_VALUE":"file","FUNCTIONS_FILE":"file"}}"#;
    let host = plan().file("local.settings.json", file).setting("TOY_VALUE", "environment").start().await;
    let echo = host.echo("/echo/x").await;
    assert_eq!(
        (&*echo.environment["TOY_VALUE"], &*echo.environment["FUNCTIONS_FILE"]),
        ("environment", "file")
    );
    assert!(host.log().contains("[http] toy handler says hello"));
}

#[tokio::test]
async fn a_dead_handler_is_started_again_whatever_its_exit_code() {
    let mut host = Plan::new().http("die", "die", &[]).start().await;
    for (restarts, code) in [(1, 0), (2, 200), (3, 3)] {
        let url = host.url("/die");
        let (answer, ()) = tokio::join!(host.http.post(url).send(), async {
            host.script.next().await.reply(Reply::Exit(code));
        });
        assert_eq!(answer.unwrap().status(), 502);
        host.until(|s| all_ready(s) && s.processes[0].restarts == restarts).await;
    }
    kill(host.process("http").await.pid.unwrap());
    host.until(|s| all_ready(s) && s.processes[0].restarts == 4).await;
}

#[tokio::test]
async fn a_handler_that_never_answers_is_replaced() {
    let host = plan()
        .function("zz-mute", &json!([]))
        .host("/customHandler/initializationTimeout", json!("00:00:20"))
        .start()
        .await;
    assert_eq!(host.status().await.rejected[0].name, "zz-mute");
    let mute = Plan::new()
        .http("echo", "echo", &[])
        .host("/customHandler/description", json!({"defaultExecutablePath": "sleep", "arguments": ["600"]}))
        .host("/customHandler/initializationTimeout", json!("00:00:01"));
    let mute = mute.start_unready().await;
    mute.until(|s| s.processes[0].restarts >= 2).await;
}

#[tokio::test]
async fn handlers_die_with_a_killed_host() {
    let mut host = plan().start().await;
    let pids = pids(&host.until(all_ready).await);
    assert_eq!(pids.len(), 3);
    host.signal(Signal::KILL);
    host.ended().await;
    for pid in pids {
        until_gone(pid).await;
    }
}

#[tokio::test]
async fn the_host_ends_cleanly_and_leaves_no_process() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut host = plan().start().await;
        let pids = pids(&host.until(all_ready).await);
        host.signal(signal);
        assert!(host.ended().await.success());
        for pid in pids {
            until_gone(pid).await;
        }
    }
}

#[tokio::test]
async fn what_a_handler_started_in_its_group_goes_with_it() {
    let command = format!("sleep 600 & echo started $!; exec {}", env!("CARGO_BIN_EXE_toy-handler"));
    let description = json!({"defaultExecutablePath": "sh", "arguments": ["-c", command]});
    let mut host = plan().host("/customHandler/description", description).start().await;
    host.until(|_| host.log().contains("[http] started")).await;
    let handler = host.process("http").await;
    let log = host.log();
    let line = log.lines().find(|line| line.contains("[http] started")).unwrap();
    let child: i32 = line.rsplit(' ').next().unwrap().parse().unwrap();
    kill(handler.pid.unwrap());
    until_gone(child).await;
    host.signal(Signal::TERM);
    host.ended().await;
}
