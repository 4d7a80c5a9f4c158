//! A guest on a cluster: what it makes there has ids of its own, in one namespace, and goes when the guest leaves.

use async_trait::async_trait;
use blastline_cluster::{ClusterSettings, KubeClusters};
use blastline_jobs::{
    ids::JobId,
    ports::{Clock, Cluster, Clusters, JobRole, JobSeen, SubmitSpec},
};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use time::OffsetDateTime;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Longest wait for something that a real cluster does: a machine may have to pull an image first.
const PATIENCE: Duration = Duration::from_secs(600);
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// An image with a shell. Without ElasticBLAST in it the submission ends with an error, and that is what is wanted.
const IMAGE: &str = "debian:stable-slim";

struct Now;

#[async_trait]
impl Clock for Now {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    async fn sleep(&self, duration: Duration) {
        let _ = timeout(duration, std::future::pending::<()>()).await;
    }
}

/// The guest.
pub struct Guest {
    pub cluster: Arc<dyn Cluster>,
    namespace: String,
    image: String,
    ids: Mutex<Vec<JobId>>,
}

impl Guest {
    /// On the cluster of the kubeconfig's current context, in a namespace.
    pub fn on(kubeconfig: &Path, namespace: Option<String>, image: Option<String>) -> Self {
        let namespace = namespace.unwrap_or_else(|| "default".to_owned());
        let settings = ClusterSettings {
            kubeconfig: Some(kubeconfig.to_owned()),
            kubeconfig_name: Some("guest".to_owned()),
            search_namespace: namespace.clone(),
            own_namespace: namespace.clone(),
            ..ClusterSettings::default()
        };
        let clusters =
            KubeClusters::new(settings, None, Arc::new(Now)).expect("a kubeconfig that can be used");
        let cluster = clusters.open("guest").expect("the current context's cluster");
        let image = image.unwrap_or_else(|| IMAGE.to_owned());
        Self { cluster, namespace, image, ids: Mutex::default() }
    }

    /// A search of its own.
    pub fn search(&self) -> JobId {
        let id = JobId::from_random(rand::random());
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).push(id.clone());
        id
    }

    /// A submission that ends with an error wherever it runs: there is no configuration in its configuration.
    pub fn spec(&self, job: &JobId, attempt: u32) -> SubmitSpec {
        SubmitSpec {
            job: job.clone(),
            attempt,
            config: "[nothing]\n".to_owned(),
            image: self.image.clone(),
            service_account: "elb-cli".to_owned(),
            namespace: self.namespace.clone(),
            active_deadline: Duration::from_secs(600),
            ttl: Duration::from_secs(3_600),
            env: [("AZURE_SUBSCRIPTION_ID".to_owned(), "00000000-0000-0000-0000-000000000001".to_owned())]
                .into(),
        }
    }

    /// The Jobs of a search.
    pub async fn jobs(&self, job: &JobId) -> Result<Vec<JobSeen>, String> {
        self.cluster.jobs_of(job).await.map_err(|error| error.to_string())
    }

    /// Deletes what a search has, as cancelling does.
    pub async fn clear(&self, job: &JobId) -> Result<(), String> {
        for role in JobRole::CANCEL_ORDER {
            self.cluster.delete_jobs(job, role).await.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// What is left of a search: Jobs and pods.
    pub async fn left_of(&self, job: &JobId) -> Result<usize, String> {
        let pods = self.cluster.all_pods_of(job, 100).await.map_err(|error| error.to_string())?;
        Ok(self.jobs(job).await?.len() + pods.len())
    }

    /// Asks again and again until there is an answer.
    pub async fn until<T, F: Future<Output = Result<Option<T>, String>>>(
        &self,
        what: &str,
        mut ask: impl FnMut() -> F,
    ) -> Result<T, String> {
        let asking = async {
            let mut ticks = interval(LOOK_EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                if let Some(answer) = ask().await? {
                    return Ok(answer);
                }
            }
        };
        timeout(PATIENCE, asking).await.unwrap_or_else(|_| Err(format!("not within {PATIENCE:?}: {what}")))
    }

    /// Takes everything away that was made, and says what of it is left.
    pub async fn leave(&self) -> String {
        let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for id in &ids {
            let gone = async {
                self.clear(id).await?;
                self.until("everything is gone", || async {
                    Ok((self.left_of(id).await? == 0).then_some(()))
                })
                .await
            };
            if let Err(wrong) = gone.await {
                return format!("{id} is left behind: {wrong}");
            }
        }
        format!("{} searches were taken away again", ids.len())
    }
}
