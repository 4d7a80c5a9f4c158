use crate::support::{Server, TestClock, failure, limits, page};
use async_trait::async_trait;
use axum::response::{IntoResponse, Response};
use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    time::OffsetDateTime,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use blastline_cluster::{ArmCluster, ClusterSettings, Identity, KubeClusters};
use blastline_jobs::ports::{Cluster, ClusterErrorKind, Clusters};
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

const ID: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/elb";

/// Gives another token each time, which names the scope.
#[derive(Debug, Default)]
struct Counting(AtomicU32);

#[async_trait]
impl TokenCredential for Counting {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        let [scope] = scopes else { panic!("one scope a call") };
        Ok(AccessToken::new(
            format!("{number}-{scope}"),
            OffsetDateTime::now_utc() + time::Duration::hours(1),
        ))
    }
}

fn cluster(manager: &Server) -> Arc<dyn Cluster> {
    let arm = ArmCluster::new(&manager.url, ID, limits()).unwrap();
    let identity = Some(Identity::new(Arc::new(Counting::default())));
    let settings = ClusterSettings { limits: limits(), ..ClusterSettings::default() };
    let clusters = KubeClusters::new(settings, identity, TestClock::new()).unwrap();
    clusters.with_azure("elb", arm).unwrap().open("elb").unwrap()
}

fn credentials(kubeconfig: &str) -> Response {
    let body = json!({ "kubeconfigs": [{ "name": "clusterUser", "value": STANDARD.encode(kubeconfig) }] });
    crate::support::answer(200, &body)
}

const KUBELOGIN: &str =
    "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: kubelogin, args: [get-token]}}";

#[tokio::test]
async fn a_fresh_token_goes_with_every_request_and_no_program_is_started() {
    let api = Server::start(|_, _| page("NodeList", json!([]), "")).await;
    let url = api.url.clone();
    let manager = Server::start(move |_, _| credentials(&crate::support::kubeconfig(&url, KUBELOGIN))).await;
    let cluster = cluster(&manager);
    cluster.nodes().await.unwrap();
    cluster.nodes().await.unwrap();

    let asked = manager.asked();
    assert_eq!(asked.len(), 1, "a client is kept");
    assert_eq!(asked[0].method, "POST");
    assert_eq!(asked[0].path, format!("{ID}/listClusterUserCredential"));
    assert_eq!(asked[0].query("format"), "exec");
    assert_eq!(asked[0].header("authorization"), "Bearer 0-https://management.azure.com/.default");
    let scope = "6dae42f8-4368-4678-94ff-3960e28e3630/.default";
    let tokens: Vec<_> = api.asked().iter().map(|asked| asked.header("authorization").to_owned()).collect();
    assert_eq!(tokens, [format!("Bearer 1-{scope}"), format!("Bearer 2-{scope}")]);
}

#[tokio::test]
async fn a_cluster_with_local_accounts_is_used_as_its_kubeconfig_says() {
    let api = Server::start(|_, _| page("NodeList", json!([]), "")).await;
    let url = api.url.clone();
    let manager =
        Server::start(move |_, _| credentials(&crate::support::kubeconfig(&url, "{token: local}"))).await;
    cluster(&manager).nodes().await.unwrap();
    assert_eq!(api.asked()[0].header("authorization"), "Bearer local");
}

#[tokio::test]
async fn what_the_resource_manager_says_has_its_class() {
    for (status, kind) in [
        (401, ClusterErrorKind::Denied),
        (403, ClusterErrorKind::Denied),
        (404, ClusterErrorKind::NotFound),
        (409, ClusterErrorKind::Unavailable),
        (429, ClusterErrorKind::Throttled),
        (500, ClusterErrorKind::Unavailable),
    ] {
        let manager = Server::start(move |_, _| failure(status, "", "the manager's words")).await;
        let error = cluster(&manager).nodes().await.unwrap_err();
        assert_eq!(error.kind, kind, "{status}");
        assert!(!error.cause.contains("words"), "{error}");
    }
    for body in ["{}", "{\"kubeconfigs\":[]}", "{\"kubeconfigs\":[{\"value\":\"***\"}]}", "very-secret"] {
        let manager = Server::start(move |_, _| body.into_response()).await;
        let error = cluster(&manager).nodes().await.unwrap_err();
        assert_eq!(error.kind, ClusterErrorKind::Corrupt, "{body}");
        assert!(!error.cause.contains("very-secret"));
    }
}

/// Nobody is signed in.
#[derive(Debug)]
struct SignedOut;

#[async_trait]
impl TokenCredential for SignedOut {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let words = "token request with a very-secret assertion failed";
        Err(azure_core::Error::with_message(azure_core::error::ErrorKind::Credential, words))
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_asked_and_nothing_is_told() {
    let manager = Server::start(|_, _| "".into_response()).await;
    let arm = ArmCluster::new(&manager.url, ID, limits()).unwrap();
    let settings = ClusterSettings { limits: limits(), ..ClusterSettings::default() };
    let identity = Some(Identity::new(Arc::new(SignedOut)));
    let clusters = KubeClusters::new(settings.clone(), identity, TestClock::new()).unwrap();
    let error =
        clusters.with_azure("elb", arm.clone()).unwrap().open("elb").unwrap().nodes().await.unwrap_err();
    assert!(error.kind.retryable() && !format!("{error:?}").contains("very-secret"), "{error}");
    let nobody = KubeClusters::new(settings, None, TestClock::new()).unwrap();
    let error = nobody.with_azure("elb", arm).unwrap().open("elb").unwrap().nodes().await.unwrap_err();
    assert_eq!(error.kind, ClusterErrorKind::Denied);
    assert_eq!(manager.count(), 0);
}
