use super::Identity;
use crate::{
    CallLimits, ConnectError,
    error::{classify, corrupt, kubeconfig_problem, no_answer},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use blastline_jobs::ports::{ClusterError, ClusterErrorKind, ClusterResult};
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use kube::config::Kubeconfig;
use serde::Deserialize;
use std::fmt;

/// Scope of the resource manager's tokens.
const ARM_SCOPE: &str = "https://management.azure.com/.default";
/// Version of the resource manager's interface.
const API_VERSION: &str = "2025-10-01";

/// A cluster of Azure, asked for by its resource id.
#[derive(Clone)]
pub struct ArmCluster {
    endpoint: String,
    resource_id: String,
    http: reqwest::Client,
    limits: CallLimits,
}

#[derive(Deserialize)]
struct Credentials {
    kubeconfigs: Vec<Credential>,
}

#[derive(Deserialize)]
struct Credential {
    value: String,
}

impl ArmCluster {
    /// A cluster by its resource id (`/subscriptions/…/managedClusters/…`) at the resource manager's address, which is
    /// `https://management.azure.com` in the public cloud.
    pub fn new(endpoint: &str, resource_id: &str, limits: CallLimits) -> Result<Self, ConnectError> {
        let http = reqwest::Client::builder()
            .connect_timeout(limits.connect)
            .timeout(limits.whole)
            .build()
            .map_err(|error| ConnectError::Client { problem: error.to_string() })?;
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Ok(Self { endpoint, resource_id: format!("/{}", resource_id.trim_matches('/')), http, limits })
    }

    /// The kubeconfig that the identity is given. Its sign-in program, if any, is for who builds the client to take out.
    pub(super) async fn kubeconfig(&self, what: &str, identity: &Identity) -> ClusterResult<Kubeconfig> {
        let bearer = tokio::time::timeout(self.limits.whole, identity.bearer(ARM_SCOPE))
            .await
            .map_err(|_| no_answer(what, self.limits.whole))?
            .map_err(|error| ClusterError::new(ClusterErrorKind::Unavailable, what, error))?;
        let url = format!(
            "{}{}/listClusterUserCredential?api-version={API_VERSION}&format=exec",
            self.endpoint, self.resource_id
        );
        let sent = self.http.post(url).header(AUTHORIZATION, bearer).header(CONTENT_LENGTH, "0").send().await;
        let response = sent.map_err(|error| transport(what, &error))?;
        if !response.status().is_success() {
            return Err(refused(what, response.status().as_u16()));
        }
        let body = response.bytes().await.map_err(|error| transport(what, &error))?;
        let read: Credentials = serde_json::from_slice(&body)
            .map_err(|_| corrupt(what, "the resource manager's answer holds no kubeconfigs"))?;
        let first = read.kubeconfigs.into_iter().next();
        let first = first.ok_or_else(|| corrupt(what, "the resource manager gave no kubeconfig"))?;
        let text = STANDARD.decode(first.value).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.ok_or_else(|| corrupt(what, "the kubeconfig is not base64 of text"))?;
        Kubeconfig::from_yaml(&text).map_err(|error| corrupt(what, kubeconfig_problem(&error)))
    }
}

/// The resource manager's words are left out: what they repeat is not ours to know.
fn refused(what: &str, status: u16) -> ClusterError {
    let kind = match status {
        // A cluster that is stopped or being changed.
        409 => ClusterErrorKind::Unavailable,
        other => classify(other, true, "", ""),
    };
    ClusterError::new(kind, what, format_args!("the resource manager answered {status}"))
}

fn transport(what: &str, error: &reqwest::Error) -> ClusterError {
    ClusterError::new(ClusterErrorKind::Unavailable, what, crate::error::chain(error))
}

impl fmt::Debug for ArmCluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArmCluster").field("resource_id", &self.resource_id).finish()
    }
}
