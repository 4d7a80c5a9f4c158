//! A pod's life: volumes, images, init containers one after the other, then the others side by side.

use super::{Ended, environment, places};
use crate::standin::{
    faults::Fault,
    objects::{Condition, Container, ContainerState, ContainerStatus, Pod, Running, Time, set_condition},
    shared::Shared,
};
use futures::future::join_all;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long a pod may be watched before it vanishes.
const VANISHES_AFTER: Duration = Duration::from_secs(20);

/// The kubelet of one pod.
pub struct Kubelet {
    pub(super) shared: Arc<Shared>,
    pub(super) pod: Pod,
    pub(super) dir: PathBuf,
}

impl Kubelet {
    /// For a pod that has a node.
    pub fn new(shared: Arc<Shared>, pod: Pod) -> Self {
        let dir = shared.dir.join("pods").join(pod.metadata.uid());
        Self { shared, pod, dir }
    }

    /// Runs it to its end.
    pub async fn run(&self) {
        self.volumes_are_there().await;
        places::mount(&self.shared, &self.pod, &self.dir);
        self.image_is_there().await;
        for container in &self.pod.spec.init_containers {
            if !self.container(container).await {
                self.settle();
                return;
            }
        }
        self.update(|pod| set_condition(&mut pod.status.conditions, ready_condition("Initialized")));
        let all = join_all(self.pod.spec.containers.iter().map(|container| self.container(container)));
        tokio::join!(all, self.vanish());
        self.settle();
        // The node's disk is as finite as that of a real one.
        let _ = std::fs::remove_dir_all(&self.dir);
    }

    /// Waits for Secrets and ConfigMaps that are mounted or read.
    async fn volumes_are_there(&self) {
        let mut listen = self.shared.world().listen();
        loop {
            listen.borrow_and_update();
            let missing = {
                let world = self.shared.world();
                places::missing(&world, &self.pod).or_else(|| environment::missing(&world, &self.pod))
            };
            if missing.is_none() || listen.changed().await.is_err() {
                return;
            }
        }
    }

    /// Waits for ever where the image cannot be pulled.
    async fn image_is_there(&self) {
        let (app, batch) = (self.pod.metadata.label("app"), environment::batch(&self.pod));
        let fails = self.shared.faults.look(|fault, _| match fault {
            Fault::ImagePull { app: of, batch: which } if of == app => {
                which.is_none_or(|which| Some(which) == batch).then_some(())
            }
            _ => None,
        });
        if fails.is_none() {
            return;
        }
        let first = self.pod.spec.init_containers.iter().chain(&self.pod.spec.containers).next();
        let (name, image) = first.map_or(("", ""), |first| (first.name.as_str(), first.image.as_str()));
        let pulling =
            format!("rpc error: code = NotFound desc = failed to pull and unpack image {image:?}: not found");
        self.set_state(name, ContainerState::waits("ErrImagePull", pulling));
        let _ = timeout(self.shared.scaled(Duration::from_secs(10)), std::future::pending::<()>()).await;
        let words = format!("Back-off pulling image {image:?}");
        self.set_state(name, ContainerState::waits("ImagePullBackOff", words));
        std::future::pending::<()>().await;
    }

    /// Takes the pod away, where a history says so.
    async fn vanish(&self) {
        let app = self.pod.metadata.label("app");
        let meant =
            |fault: &Fault| matches!(fault, Fault::PodVanishes { app: of, .. } if of == app).then_some(());
        if self.shared.faults.take(meant).is_some() {
            let _ = timeout(self.shared.scaled(VANISHES_AFTER), std::future::pending::<()>()).await;
            let mut world = self.shared.world();
            world.remove::<Pod>(self.pod.metadata.namespace(), &self.pod.metadata.name);
            drop(world);
            self.shared.logs.forget(self.pod.metadata.uid());
        }
    }

    /// Runs a container to its end, again where the policy says so; whether it succeeded.
    async fn container(&self, container: &Container) -> bool {
        let again = self.pod.spec.restart_policy.as_deref() == Some("OnFailure");
        for restarts in 0.. {
            let ended = self.attempt(container, restarts).await;
            match ended {
                Ended::Exit { code: 0, .. } => return true,
                Ended::Exit { .. } if again => self.back_off(container, restarts).await,
                Ended::Exit { .. } => return false,
                Ended::Evicted => self.evict(container),
                Ended::NodeLost => self.lose_node(),
            }
            if !matches!(ended, Ended::Exit { .. }) {
                std::future::pending::<()>().await;
            }
        }
        false
    }

    /// The pause before a container runs again: none before its second attempt, then 10 s, doubled each time.
    async fn back_off(&self, container: &Container, restarts: u32) {
        if restarts == 0 {
            return;
        }
        let pause = Duration::from_secs(10 << (restarts - 1).min(5));
        let words = format!(
            "back-off {}s restarting failed container={} pod={}_{}({})",
            pause.as_secs(),
            container.name,
            self.pod.metadata.name,
            self.pod.metadata.namespace(),
            self.pod.metadata.uid()
        );
        self.update(|pod| {
            if let Some(status) = pod.status_mut(&container.name) {
                status.last_state =
                    std::mem::replace(&mut status.state, ContainerState::waits("CrashLoopBackOff", words));
            }
        });
        let _ = timeout(self.shared.scaled(pause), std::future::pending::<()>()).await;
    }

    /// Says that a container runs.
    pub(super) fn starts(&self, container: &Container, restarts: u32, now: Time) {
        self.update(|pod| {
            let Some(status) = pod.status_mut(&container.name) else { return };
            let running =
                ContainerState { running: Some(Running { started_at: now }), ..ContainerState::default() };
            let before = std::mem::replace(&mut status.state, running);
            if before.terminated.is_some() {
                status.last_state = before;
            }
            status.restart_count = restarts;
            (status.ready, status.started) = (true, true);
            status.container_id = Some(format!("containerd://{}-{restarts}", container.name));
            status.image_id = format!("{}@sha256:{:064x}", container.image, container.image.len());
        });
    }

    /// Changes a container's state.
    pub(super) fn set_state(&self, container: &str, state: ContainerState) {
        self.update(|pod| {
            if let Some(status) = pod.status_mut(container) {
                status.state = state;
                (status.ready, status.started) = (false, false);
            }
        });
    }

    /// Changes the pod, and its phase by what its containers do.
    pub(super) fn update(&self, change: impl FnOnce(&mut Pod)) {
        let mut world = self.shared.world();
        world.alter::<Pod>(self.pod.metadata.namespace(), &self.pod.metadata.name, |pod| {
            // Another pod may have the name by now.
            if pod.metadata.uid() == self.pod.metadata.uid() && !pod.is_over() {
                change(pod);
                if pod.status.container_statuses.iter().any(|status| status.state.running.is_some()) {
                    pod.status.phase = "Running".to_owned();
                    set_condition(&mut pod.status.conditions, ready_condition("Ready"));
                }
            }
        });
    }

    /// Says how the pod ended.
    fn settle(&self) {
        self.update(|pod| {
            let inits = &pod.status.init_container_statuses;
            let fine = |status: &ContainerStatus| {
                status.state.terminated.as_ref().is_some_and(|ended| ended.exit_code == 0)
            };
            let well = inits.iter().chain(&pod.status.container_statuses).all(fine);
            pod.status.phase = if well { "Succeeded" } else { "Failed" }.to_owned();
            let mut ready = ready_condition("Ready");
            ready.status = "False".to_owned();
            ready.reason = if well { "PodCompleted" } else { "PodFailed" }.to_owned();
            set_condition(&mut pod.status.conditions, ready);
        });
    }
}

fn ready_condition(kind: &str) -> Condition {
    let (kind, status) = (kind.to_owned(), "True".to_owned());
    Condition { kind, status, ..Condition::default() }
}
