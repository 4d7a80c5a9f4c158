use crate::client::{Bed, JOBS, PODS, asked, job, names};
use blastline_tests::standin::Fault;
use reqwest::Method;
use serde_json::{Value, json};

async fn jobs(bed: &Bed, count: usize) {
    for number in 0..count {
        let mut job = job(&format!("job-{number}"));
        job["metadata"]["labels"]["parity"] = json!(if number % 2 == 0 { "even" } else { "odd" });
        bed.create(JOBS, &job).await;
    }
}

#[tokio::test]
async fn a_request_needs_a_token_that_is_taken() {
    let mut bed = Bed::new();
    let without = reqwest::Client::builder().tls_danger_accept_invalid_certs(true).build().unwrap();
    let address = format!("{}{JOBS}", bed.standin.address());
    assert_eq!(without.get(&address).send().await.unwrap().status(), 401);
    assert_eq!(without.get(&address).bearer_auth("other").send().await.unwrap().status(), 401);
    let strangers = reqwest::Client::new().get(&address).bearer_auth(bed.standin.token()).send().await;
    assert!(strangers.is_err(), "its certificate is trusted by those alone who were given the authority");
    let old = bed.request(Method::GET, JOBS);
    bed.standin.renew_token();
    assert_eq!(bed.send(old).await.0, 401);
    assert_eq!(bed.get(JOBS).await.0, 200);
    assert_eq!(bed.get("/version").await.1["major"], "1");
}

#[tokio::test]
async fn selectors_select() {
    let bed = Bed::new();
    jobs(&bed, 4).await;
    for (selector, wanted) in [
        ("parity=even", vec!["job-0", "job-2"]),
        ("parity!=even", vec!["job-1", "job-3"]),
        ("name in (job-1,job-2),parity", vec!["job-1", "job-2"]),
        ("name notin (job-1,job-2)", vec!["job-0", "job-3"]),
        ("!parity", vec![]),
    ] {
        let request = bed.request(Method::GET, &asked(JOBS, "labelSelector", selector));
        let (_, list) = bed.send(request).await;
        assert_eq!(names(&list), wanted, "{selector}");
        assert_eq!((list["kind"].as_str(), list["items"][0].get("kind")), (Some("JobList"), None));
    }
    for (name, bad) in
        [("labelSelector", "a b"), ("fieldSelector", "status.phase=x"), ("limit", "x"), ("labelSelectr", "a")]
    {
        let request = bed.request(Method::GET, &asked(JOBS, name, bad));
        assert_eq!(bed.send(request).await.0, 400, "{name}={bad}");
    }
}

#[tokio::test]
async fn pages_go_on_in_the_state_in_which_the_list_began() {
    let bed = Bed::new();
    jobs(&bed, 5).await;
    let page = |query: String| {
        let bed = &bed;
        async move { bed.get(&format!("{JOBS}?{query}")).await }
    };
    let (_, first) = page("limit=2".to_owned()).await;
    assert_eq!(
        (names(&first), &first["metadata"]["remainingItemCount"]),
        (vec!["job-0".into(), "job-1".into()], &json!(3))
    );
    let token = first["metadata"]["continue"].as_str().unwrap().to_owned();
    bed.delete(&format!("{JOBS}/job-3?propagationPolicy=Background")).await;
    let (_, second) = page(format!("limit=2&continue={token}")).await;
    assert_eq!(names(&second), ["job-2", "job-3"]);
    assert_eq!(second["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"]);
    let (_, last) =
        page(format!("limit=2&continue={}", second["metadata"]["continue"].as_str().unwrap())).await;
    assert_eq!((names(&last), last["metadata"].get("continue")), (vec!["job-4".into()], None));
    bed.standin.compact();
    let (status, gone) = page(format!("limit=2&continue={token}")).await;
    assert_eq!((status, gone["reason"].as_str()), (410, Some("Expired")));
    assert_eq!(page("limit=2&continue=made-up".to_owned()).await.0, 400);
}

#[tokio::test]
async fn a_watch_tells_what_changes_and_an_old_version_is_gone() {
    let bed = Bed::new();
    bed.create(JOBS, &job("x")).await;
    bed.until_condition("x", "Complete").await;
    let version = bed.get(JOBS).await.1["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
    bed.delete(&format!("{JOBS}/x?propagationPolicy=Background")).await;
    let path = format!("{JOBS}?watch=true&timeoutSeconds=1&resourceVersion={version}");
    let text = bed.request(Method::GET, &path).send().await.unwrap().text().await.unwrap();
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (events[0]["type"].as_str(), &events[0]["object"]["metadata"]["name"]),
        (Some("DELETED"), &json!("x"))
    );
    bed.standin.compact();
    let text = bed.request(Method::GET, &path).send().await.unwrap().text().await.unwrap();
    let event: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((event["type"].as_str(), &event["object"]["code"]), (Some("ERROR"), &json!(410)));
}

#[tokio::test]
async fn a_job_is_complete_only_after_its_criteria_are_met_and_goes_after_its_time() {
    let bed = Bed::new();
    let mut body = job("x");
    body["spec"]["ttlSecondsAfterFinished"] = json!(500);
    bed.create(JOBS, &body).await;
    let done = bed.until_condition("x", "Complete").await;
    let kinds: Vec<_> =
        done["status"]["conditions"].as_array().unwrap().iter().map(|one| one["type"].clone()).collect();
    assert_eq!(kinds, ["SuccessCriteriaMet", "Complete"]);
    let (_, pods) = bed.get(&format!("{PODS}?labelSelector=batch.kubernetes.io/job-name=x")).await;
    assert_eq!(pods["items"][0]["status"]["phase"], "Succeeded");
    assert_eq!(pods["items"][0]["metadata"]["ownerReferences"][0]["uid"], done["metadata"]["uid"]);
    let (_, running) = bed.get(&format!("{PODS}?fieldSelector=status.phase!=Succeeded")).await;
    assert!(names(&running).is_empty());
    let gone = || async {
        (bed.get(&format!("{JOBS}/x")).await.0 == 404 && bed.standin.pods().is_empty()).then_some(())
    };
    blastline_tests::chain::until("Job and pod are gone", gone).await;
}

#[tokio::test]
async fn a_pod_that_fits_nowhere_waits_with_the_schedulers_words() {
    let bed = Bed::new();
    let mut body = job("x");
    body["spec"]["template"]["spec"]["nodeSelector"] = json!({ "workload": "blast" });
    body["spec"]["template"]["spec"]["containers"][0]["resources"] =
        json!({ "requests": { "memory": "400Gi" } });
    bed.create(JOBS, &body).await;
    let looked = blastline_tests::chain::until("the pod waits", || async {
        let (_, pods) = bed.get(PODS).await;
        let condition = pods["items"][0]["status"]["conditions"][0].clone();
        (condition["status"] == "False").then_some((pods["items"][0]["status"]["phase"].clone(), condition))
    });
    let (phase, condition) = looked.await;
    assert_eq!((phase, &condition["reason"]), (json!("Pending"), &json!("Unschedulable")));
    let words = condition["message"].as_str().unwrap();
    assert!(
        words.starts_with("0/4 nodes are available: 3 Insufficient memory, 1 node(s) had untolerated taint"),
        "{words}"
    );
}

#[tokio::test]
async fn calls_can_be_refused_slowed_down_and_cut() {
    let bed = Bed::new();
    bed.standin.arm(Fault::ApiStatus {
        status: 429,
        verb: Some("list".to_owned()),
        resource: Some("jobs".to_owned()),
        calls: 1,
        retry_after_seconds: Some(3),
    });
    let response = bed.request(Method::GET, JOBS).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (429, "3"));
    assert_eq!(bed.get(JOBS).await.0, 200);
    bed.standin.arm(Fault::ApiCut { calls: 1 });
    assert!(bed.request(Method::GET, JOBS).send().await.is_err());
    bed.standin.arm(Fault::TokenExpired);
    assert_eq!(bed.get(JOBS).await.0, 401);
    bed.standin.mend();
    assert_eq!(bed.get(JOBS).await.0, 200);
    assert_eq!(bed.standin.calls()["list jobs"], 5);
}
