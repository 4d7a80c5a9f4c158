//! Timer triggers.

use crate::account::TestAccount;
use crate::fixture::Plan;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{interval, timeout};

const BLOB: &str = "timers/conformance/timer-example/status";

fn plan(schedule: &str) -> Plan {
    Plan::new()
        .function(
            "timer-example",
            &json!([{"type": "timerTrigger", "direction": "in", "name": "timer", "schedule": "%CRON%"}]),
        )
        .setting("CRON", schedule)
        .setting("AzureFunctionsWebHost__hostid", "conformance")
}

async fn status(account: &TestAccount) -> Option<Value> {
    let blob = account.storage().get_blob("azure-webjobs-hosts", BLOB).await.unwrap();
    blob.map(|body| serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_quick_timer_ticks_without_memory_and_without_overlap() {
    let mut host = plan("* * * * * *").start().await;
    let first = host.script.next().await;
    assert_eq!((first.seen.method.as_str(), first.seen.target.as_str()), ("POST", "/timer-example"));
    let info = &first.payload()["Data"]["timer"];
    assert_eq!(
        *info,
        json!({"Schedule": {"AdjustForDST": true}, "ScheduleStatus": null, "IsPastDue": false})
    );
    // Two more ticks go by while the first one runs; nothing starts.
    let mut ticks = interval(Duration::from_millis(100));
    for _ in 0..22 {
        ticks.tick().await;
        host.script.assert_quiet();
    }
    first.succeed();
    host.script.next().await.succeed();
    assert_eq!(status(&host.account).await, None);
}

#[tokio::test]
async fn a_missed_tick_is_made_up_for_once() {
    let account = TestAccount::new();
    let old = json!({"Last": "2020-01-01T00:00:00+00:00", "Next": "2021-01-01T00:00:00+00:00",
        "LastUpdated": "2020-01-01T00:00:00+00:00"});
    let body = old.to_string().into();
    account.storage().put_blob("azure-webjobs-hosts", BLOB, body).await.unwrap();
    let mut host = plan("0 0 0 1 1 *").start_with(account).await;
    let run = host.script.next().await;
    let info = run.payload()["Data"]["timer"].clone();
    assert_eq!((&info["IsPastDue"], &info["ScheduleStatus"]["Last"]), (&json!(true), &old["Last"]));
    run.succeed();
    let written = async {
        let mut ticks = interval(Duration::from_millis(20));
        loop {
            ticks.tick().await;
            let now = status(&host.account).await.unwrap();
            if now["Last"] != old["Last"] {
                return now;
            }
        }
    };
    let new = timeout(Duration::from_secs(30), written).await.expect("the status was not written");
    assert!(new["Next"].as_str().unwrap().ends_with("-01-01T00:00:00+00:00"));
    host.script.assert_quiet();
}

#[tokio::test]
async fn a_new_timer_waits_for_its_tick_and_can_run_by_hand() {
    let mut host = plan("0 0 0 1 1 *").start().await;
    let by_hand = || host.http.post(host.url("/admin/functions/timer-example")).body("{}").send();
    assert_eq!(by_hand().await.unwrap().status(), 202);
    assert_eq!(by_hand().await.unwrap().status(), 202);
    let first = host.script.next().await;
    assert_eq!(first.payload()["Data"]["timer"]["IsPastDue"], json!(false));
    // The second run waits for the first: a timer is single.
    host.script.assert_quiet();
    first.succeed();
    host.script.next().await.succeed();
}
