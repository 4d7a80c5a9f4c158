//! The ways to a cluster, and the client that each leads to.
//!
//! A client is made at the first call and kept. After a 401 it is made anew, from the file or the resource manager, so that
//! a renewed token or certificate is taken up without a restart.

mod arm;
mod entra;
mod kubeconfig;

pub use arm::ArmCluster;
pub use entra::Identity;
pub use kubeconfig::read_contexts;

use crate::{
    CallLimits,
    error::{client_error, kubeconfig_problem},
};
use blastline_jobs::ports::{Clock, ClusterError, ClusterErrorKind, ClusterResult};
use entra::EntraBearer;
use kube::{Client, Config, client::ClientBuilder, config::Kubeconfig};
use std::{path::PathBuf, sync::Arc};
use time::OffsetDateTime;
use tokio::sync::Mutex;
use tower::{buffer::BufferLayer, filter::AsyncFilterLayer};

/// A client is not made anew more often than this.
const LEAST_AGE: time::Duration = time::Duration::seconds(30);
/// Requests that may wait for a token.
const WAITING_REQUESTS: usize = 256;

/// Where a cluster is found.
pub enum Source {
    /// A context of a kubeconfig file.
    Context {
        /// The file; it is read again when a client is made anew.
        path: PathBuf,
        /// The context.
        context: String,
    },
    /// The cluster that this process runs in: its service account.
    InCluster,
    /// A cluster of Azure, through the resource manager.
    Arm(ArmCluster),
}

/// Makes and keeps the client of one cluster.
pub struct Connector {
    source: Source,
    limits: CallLimits,
    /// Who signs in with Entra, where somebody does.
    identity: Option<Identity>,
    clock: Arc<dyn Clock>,
    made: Mutex<Option<Made>>,
}

struct Made {
    client: Client,
    at: OffsetDateTime,
}

impl Connector {
    /// Nothing is asked until the first call.
    pub fn new(
        source: Source,
        limits: CallLimits,
        identity: Option<Identity>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { source, limits, identity, clock, made: Mutex::new(None) }
    }

    /// The client, made if there is none.
    pub async fn client(&self, what: &str) -> ClusterResult<Client> {
        // Held while a client is made, so that many callers make one.
        let mut made = self.made.lock().await;
        if let Some(made) = made.as_ref() {
            return Ok(made.client.clone());
        }
        let client = self.connect(what).await?;
        *made = Some(Made { client: client.clone(), at: self.clock.now() });
        Ok(client)
    }

    /// Makes the next call make a client anew: this one's identity was refused.
    pub async fn forget(&self) {
        let now = self.clock.now();
        self.made.lock().await.take_if(|made| now - made.at >= LEAST_AGE);
    }

    async fn connect(&self, what: &str) -> ClusterResult<Client> {
        let kubeconfig = match &self.source {
            Source::Context { path, context } => {
                let mut file = Kubeconfig::read_from(path).map_err(|error| broken(what, &error))?;
                file.current_context = Some(context.clone());
                Some(file)
            }
            Source::InCluster => None,
            Source::Arm(cluster) => {
                let identity = self.identity.as_ref().ok_or_else(|| no_identity(what))?;
                Some(cluster.kubeconfig(what, identity).await?)
            }
        };
        let (limits, identity) = (self.limits, self.identity.clone());
        let owned = what.to_owned();
        // A sign-in program that a kubeconfig names is started and waited for while the client is made.
        let made = tokio::task::spawn_blocking(move || build(&owned, kubeconfig, limits, identity)).await;
        made.unwrap_or_else(|error| Err(ClusterError::new(ClusterErrorKind::Unavailable, what, error)))
    }
}

/// A client from a kubeconfig, or without one from the service account of this pod.
fn build(
    what: &str,
    kubeconfig: Option<Kubeconfig>,
    limits: CallLimits,
    identity: Option<Identity>,
) -> ClusterResult<Client> {
    let mut entra = None;
    let mut config = match kubeconfig {
        Some(mut file) => {
            entra = identity.filter(|_| kubeconfig::sign_in_is_ours(&mut file));
            Config::try_from(file).map_err(|error| broken(what, &error))?
        }
        None => Config::incluster().map_err(|error| {
            ClusterError::new(ClusterErrorKind::Unavailable, what, format_args!("not in a cluster: {error}"))
        })?,
    };
    config.connect_timeout = Some(limits.connect);
    config.write_timeout = Some(limits.whole);
    // Reading is limited per call: what is fine for a followed log is too long for a list.
    config.read_timeout = None;
    // Fifteen tries, up to a quarter of an hour each, are not for a function that a message waits behind.
    config.default_retry = false;
    let builder = ClientBuilder::try_from(config).map_err(|error| client_error(what, &error))?;
    Ok(match entra {
        Some(identity) => builder
            // The stack below cannot be cloned, which the filter needs: hence the buffer.
            .with_layer(&BufferLayer::new(WAITING_REQUESTS))
            .with_layer(&AsyncFilterLayer::new(EntraBearer::new(identity)))
            .build(),
        None => builder.build(),
    })
}

/// It could be used at the start, so it is being replaced, or the operator will see to it: the cluster cannot be reached
/// meanwhile, and no search is failed for it.
fn broken(what: &str, error: &kube::config::KubeconfigError) -> ClusterError {
    ClusterError::new(ClusterErrorKind::Unavailable, what, kubeconfig_problem(error))
}

fn no_identity(what: &str) -> ClusterError {
    ClusterError::new(ClusterErrorKind::Denied, what, "no identity to ask the resource manager with")
}
