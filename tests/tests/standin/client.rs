//! A client with nothing but HTTP.

use blastline_tests::{
    azurite::{Account, Azurite},
    chain::until,
    standin::{Plan, Standin},
};
use reqwest::{Certificate, Client, Method, RequestBuilder};
use serde_json::{Value, json};

/// A stand-in with a client.
pub struct Bed {
    pub standin: Standin,
    pub account: Account,
    http: Client,
}

/// Path of the Jobs.
pub const JOBS: &str = "/apis/batch/v1/namespaces/default/jobs";
/// Path of the pods.
pub const PODS: &str = "/api/v1/namespaces/default/pods";
/// Path of the Secrets.
pub const SECRETS: &str = "/api/v1/namespaces/default/secrets";
/// Path of the Leases.
pub const LEASES: &str = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

impl Bed {
    /// With times divided by 50.
    pub fn new() -> Self {
        Self::with(|plan| plan)
    }

    pub fn with(plan: impl FnOnce(Plan) -> Plan) -> Self {
        let account = Azurite::shared().account();
        let standin = plan(Plan::of(&account).time_scale(50.0)).start();
        let authority = Certificate::from_pem(standin.authority().as_bytes()).unwrap();
        let http = Client::builder().tls_certs_only([authority]).build().unwrap();
        Self { standin, account, http }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.standin.address());
        self.http.request(method, url).bearer_auth(self.standin.token())
    }

    /// Sends a request; status and JSON.
    pub async fn send(&self, request: RequestBuilder) -> (u16, Value) {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> (u16, Value) {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Creates an object that is right.
    pub async fn create(&self, path: &str, body: &Value) -> Value {
        let (status, made) = self.post(path, body).await;
        assert_eq!(status, 201, "{made}");
        made
    }

    /// Waits until an object fulfils something.
    pub async fn until_object(&self, path: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let looked = until(what, || async {
            let (status, object) = self.get(path).await;
            (status == 200 && holds(&object)).then_some(object)
        });
        looked.await
    }

    /// Waits until a Job has a condition.
    pub async fn until_condition(&self, job: &str, kind: &str) -> Value {
        self.until_object(&format!("{JOBS}/{job}"), &format!("{job} is {kind}"), |job| has(job, kind)).await
    }
}

/// Whether an object has a condition that is true.
pub fn has(object: &Value, kind: &str) -> bool {
    let conditions = object["status"]["conditions"].as_array();
    conditions.is_some_and(|all| all.iter().any(|one| one["type"] == kind && one["status"] == "True"))
}

/// A path with a parameter.
pub fn asked(path: &str, name: &str, value: &str) -> String {
    let url = reqwest::Url::parse_with_params("http://localhost", [(name, value)]).unwrap();
    format!("{path}?{}", url.query().unwrap())
}

/// Names of the items of a list.
pub fn names(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

/// A Job that does nothing.
pub fn job(name: &str) -> Value {
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": { "name": name, "labels": { "app": "idle", "name": name } },
        "spec": { "template": { "spec": {
            "restartPolicy": "Never",
            "tolerations": [{ "key": "workload", "operator": "Equal", "value": "blast", "effect": "NoSchedule" }],
            "containers": [{ "name": "idle", "image": "example/idle:1", "command": ["true"] }],
        } } },
    })
}
