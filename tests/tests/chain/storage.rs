//! Storage is slow, busy, frozen or cut off: nothing is lost, and who asks is told the truth.

use blastline_tests::chain::{
    Chain, Database, Plan,
    api::problem,
    searches::{STRICT, many_proteins, small},
    shapes::{JobList, Submitted},
    until,
};
use blastline_tests::{azurite::Addresses, proxy::Proxy};
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;

/// Before all three services.
struct Proxies {
    blob: Proxy,
    queue: Proxy,
    table: Proxy,
}

impl Proxies {
    async fn before(plan: Plan) -> (Self, Plan) {
        let addresses = plan.account().addresses().clone();
        let proxies = Self {
            blob: Proxy::before(&addresses.blob).await.unwrap(),
            queue: Proxy::before(&addresses.queue).await.unwrap(),
            table: Proxy::before(&addresses.table).await.unwrap(),
        };
        let through =
            Addresses { blob: proxies.blob.url(), queue: proxies.queue.url(), table: proxies.table.url() };
        let plan = plan.through(|account| account.connection_string_through(&through));
        (proxies, plan)
    }

    fn all(&self) -> [&Proxy; 3] {
        [&self.blob, &self.queue, &self.table]
    }
}

async fn recovered(chain: &Chain) {
    until("storage is there again", || async {
        (chain.api.get("/api/health/ready").await.status() == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_that_is_busy_or_frozen_is_told_as_a_problem_to_try_again_later() {
    let (proxies, plan) = Proxies::before(Chain::plan().database(Database::orchids())).await;
    let chain = plan.start().await;
    let done = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&done).await;
    proxies.table.answer_busy_for(u64::MAX, 7);
    let job = format!("/api/blast/jobs/{done}");
    let hits = format!("{job}/results/hits");
    for path in ["/api/blast/jobs", &job, "/api/blast/databases", &hits, &format!("/api/tasks/{done}")] {
        let told = problem(chain.api.get(path).await, 503).await;
        assert_eq!((told.code.as_str(), told.retryable), ("storage_throttled", true), "{path}");
        assert_eq!(told.retry_after_seconds, Some(7), "{path}: what storage asked for is passed on");
    }
    let told = problem(chain.api.post("/api/blast/jobs", &small()).await, 503).await;
    assert!(told.retryable && !told.detail.contains("127.0.0.1"), "{}", told.detail);
    assert_eq!(chain.api.get("/api/health").await.status(), StatusCode::OK, "the process itself is well");
    assert_eq!(chain.api.get("/api/health/ready").await.status(), StatusCode::SERVICE_UNAVAILABLE);
    proxies.table.answer_busy(0);
    recovered(&chain).await;
    proxies.all().into_iter().for_each(Proxy::freeze);
    let told = problem(chain.api.get(&job).await, 503).await;
    assert_eq!(told.code, "storage_unavailable");
    proxies.all().into_iter().for_each(Proxy::thaw);
    recovered(&chain).await;
    let list: JobList = chain.api.read("/api/blast/jobs").await;
    assert_eq!(list.jobs.len(), 1, "a refused search left something");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_goes_on_through_resets_busy_answers_and_a_freeze() {
    let plan = Chain::plan().database(Database::proteins(300));
    let (proxies, plan) = Proxies::before(plan).await;
    let chain = plan.start().await;
    let (search, query) = many_proteins(500);
    let id = chain.api.submit(&search).await.job_id;
    let mut seen = 0;
    for round in 0..4 {
        let job = chain
            .api
            .until(&id, "it goes on", |job| job.queries_done > seen || job.phase == "completed")
            .await;
        seen = job.queries_done;
        match round {
            0 => proxies.all().into_iter().for_each(Proxy::reset),
            1 => proxies.all().into_iter().for_each(|proxy| proxy.answer_busy(25)),
            2 => proxies.all().into_iter().for_each(|proxy| proxy.cut_after(3_000)),
            _ => frozen_for_a_while(&proxies, &chain).await,
        }
    }
    let job = chain.api.completed(&id).await;
    let expected = chain.direct(&job, &query).run("blastp", STRICT, "6");
    let found = until("the result can be read", || async {
        let path = format!("/api/blast/jobs/{id}/results/export?format=outfmt6");
        let response = chain.api.get(&path).await.error_for_status().ok()?;
        response.text().await.ok()
    })
    .await;
    assert_eq!(found, expected);
}

/// Frozen until the API has said so.
async fn frozen_for_a_while(proxies: &Proxies, chain: &Chain) {
    proxies.all().into_iter().for_each(Proxy::freeze);
    until("the freeze is noticed", || async {
        (chain.api.get("/api/blast/jobs").await.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(())
    })
    .await;
    proxies.all().into_iter().for_each(Proxy::thaw);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_is_cut_off_is_refused_or_ends() {
    let (proxies, plan) = Proxies::before(Chain::plan().database(Database::orchids())).await;
    let chain = plan.start().await;
    let (mut taken, mut refused) = (Vec::new(), 0);
    // Each service is cut at several places of its conversation; its tries that follow are cut as well.
    for (round, proxy) in [0, 1, 2, 0, 1, 2, 2].into_iter().enumerate() {
        let mut search = small();
        search["idempotency_key"] = json!(format!("round {round}"));
        proxies.all()[proxy].cut_each_after(round as u64 * 120);
        let response = chain.api.post("/api/blast/jobs", &search).await;
        proxies.all()[proxy].cut_each_after(u64::MAX);
        if response.status() == StatusCode::ACCEPTED {
            taken.push(response.json::<Submitted>().await.unwrap().job_id);
        } else {
            let told = problem(response, 503).await;
            assert!(told.retryable, "{told:?}");
            refused += 1;
            // The same request again, as a client does: now it is taken.
            recovered(&chain).await;
            taken.push(chain.api.submit(&search).await.job_id);
        }
    }
    assert!(refused > 2, "the cuts came too late to be noticed");
    for id in &taken {
        chain.api.completed(id).await;
    }
    let list: JobList = chain.api.read("/api/blast/jobs").await;
    assert_eq!(list.jobs.len(), 7, "a search is listed twice or not at all");
    assert!(list.jobs.iter().all(|job| job.status == "completed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_storage_delays_and_breaks_nothing() {
    let (proxies, plan) = Proxies::before(Chain::plan().database(Database::orchids())).await;
    let chain = plan.start().await;
    for proxy in proxies.all() {
        proxy.delay(Duration::from_millis(30), Duration::from_millis(30));
    }
    let id = chain.api.submit(&small()).await.job_id;
    chain.api.completed(&id).await;
    for proxy in proxies.all() {
        proxy.delay(Duration::ZERO, Duration::ZERO);
    }
}
