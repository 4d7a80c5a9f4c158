//! An API server of a few lines, a clock that tests move, and a cluster that reaches the one by the other.

mod shelf;

pub use shelf::Shelf;

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, Method},
    response::{IntoResponse, Response},
};
use blastline_cluster::{CallLimits, ClusterSettings, KubeClusters};
use blastline_jobs::{
    ids::JobId,
    ports::{Clock, Cluster, Clusters, SubmitSpec},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use time::{OffsetDateTime, macros::datetime};
use tokio::{net::TcpListener, task::JoinHandle};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Asked {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

/// An API server that answers as it is told, and remembers what it was asked.
pub struct Server {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
    /// Kubeconfigs that lead here; a client is made at its first call.
    folders: Mutex<Vec<Arc<tempfile::TempDir>>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// On a port of its own; `answer` gets each request and its number, from nought.
    pub async fn start(answer: impl Fn(&Asked, usize) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let (answer, seen) = (Arc::new(answer), asked.clone());
        let router = Router::new().fallback(move |request: Request| {
            let (answer, seen) = (answer.clone(), seen.clone());
            async move {
                let (parts, body) = request.into_parts();
                let url = reqwest::Url::parse(&format!("http://x{}", parts.uri)).unwrap();
                let request = Asked {
                    method: parts.method,
                    path: parts.uri.path().to_owned(),
                    query: url.query_pairs().into_owned().collect(),
                    headers: parts.headers,
                    body: axum::body::to_bytes(body, 1 << 24).await.unwrap(),
                };
                let number = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(request.clone());
                    seen.len() - 1
                };
                answer(&request, number)
            }
        });
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, asked, task, folders: Mutex::default() }
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often it was asked.
    pub fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// The cluster behind it.
    pub fn cluster(&self) -> Opened {
        self.cluster_with(limits())
    }

    /// The cluster behind it, asked within these limits.
    pub fn cluster_with(&self, limits: CallLimits) -> Opened {
        let opened = Opened::at(&self.url, limits);
        self.folders.lock().unwrap().push(opened.folder.clone());
        opened
    }
}

/// A cluster, its clock and the folder of its kubeconfig.
pub struct Opened {
    pub cluster: Arc<dyn Cluster>,
    pub clock: Arc<TestClock>,
    pub folder: Arc<tempfile::TempDir>,
}

impl Opened {
    /// The cluster at an address.
    pub fn at(url: &str, limits: CallLimits) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let path = folder.path().join("kubeconfig");
        std::fs::write(&path, kubeconfig(url, "{token: a-very-secret-token}")).unwrap();
        let clock = TestClock::new();
        let settings = ClusterSettings { kubeconfig: Some(path), limits, ..ClusterSettings::default() };
        let clusters = KubeClusters::new(settings, None, clock.clone()).unwrap();
        Self { cluster: clusters.open("one").unwrap(), clock, folder }
    }
}

/// Limits that are no wait for a test, and long enough for a busy machine.
pub fn limits() -> CallLimits {
    CallLimits { whole: Duration::from_secs(30), page: 2, ..CallLimits::default() }
}

/// A kubeconfig with one context, `one`.
pub fn kubeconfig(url: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: one\n\
         clusters: [{{name: c, cluster: {{server: '{url}'}}}}]\n\
         contexts: [{{name: one, context: {{cluster: c, user: u}}}}]\n\
         users: [{{name: u, user: {user}}}]\n"
    )
}

/// A clock that stands still; waiting moves it.
pub struct TestClock {
    now: Mutex<OffsetDateTime>,
    waited: Mutex<Vec<Duration>>,
}

impl TestClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { now: Mutex::new(datetime!(2026-01-01 00:00 UTC)), waited: Mutex::default() })
    }

    pub fn advance(&self, by: Duration) {
        *self.now.lock().unwrap() += by;
    }

    /// The waits that were asked for.
    pub fn waited(&self) -> Vec<Duration> {
        self.waited.lock().unwrap().clone()
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        self.waited.lock().unwrap().push(duration);
        self.advance(duration);
    }
}

/// An answer with a JSON body.
pub fn answer(status: u16, body: &Value) -> Response {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

/// A failure as the API tells it.
pub fn failure(status: u16, reason: &str, message: &str) -> Response {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure",
        "reason": reason, "message": message, "code": status,
    });
    answer(status, &body)
}

/// The same with a wait.
pub fn busy(seconds: u64) -> Response {
    let headers = [("retry-after", seconds.to_string())];
    (headers, failure(429, "TooManyRequests", "please try again later")).into_response()
}

/// A page of a list; `more` is the token of the next.
pub fn page(kind: &str, items: Value, more: &str) -> Response {
    answer(
        200,
        &json!({ "kind": kind, "apiVersion": "v1", "metadata": { "continue": more }, "items": items }),
    )
}

/// The search that tests are about.
pub fn job() -> JobId {
    "job-0123456789abcdef0123456789abcdef".parse().unwrap()
}

/// A Job as a list shows it.
pub fn listed_job(name: &str, app: &str, id: &str, created: &str, status: Value) -> Value {
    let label = if app == "elb-cli-submit" { "elb.control/job" } else { "elb-job-id" };
    json!({
        "metadata": { "name": name, "uid": format!("uid-{name}"), "creationTimestamp": created,
                      "labels": { "app": app, label: id } },
        "spec": {}, "status": status,
    })
}

/// A submission.
pub fn spec() -> SubmitSpec {
    SubmitSpec {
        job: job(),
        attempt: 1,
        config: "[cluster]\nname = elb\n".to_owned(),
        image: "acr.example/blastline/elb-cli:1".to_owned(),
        service_account: "elb-cli".to_owned(),
        namespace: "default".to_owned(),
        active_deadline: Duration::from_secs(3600),
        ttl: Duration::from_secs(7200),
        env: [("AZURE_SUBSCRIPTION_ID".to_owned(), "0000-$(HOME)".to_owned())].into(),
    }
}
