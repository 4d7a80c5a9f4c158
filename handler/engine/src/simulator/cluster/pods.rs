use super::SimCluster;
use blastline_jobs::ids::JobId;
use blastline_jobs::ports::{ContainerEnd, ContainerSeen, JobRole, JobSeen, PodSeen};

/// The pod of a Job: one, made anew with each state of it.
pub struct Pod {
    pub of: JobId,
    pub seen: PodSeen,
}

impl SimCluster {
    /// Starts the pod of a Job that is there.
    pub(super) fn start_pod(&self, of: &JobId, job: &JobSeen) -> Option<Pod> {
        if !self.is_there(of, job) {
            return None;
        }
        let container = ContainerSeen {
            name: if job.role == JobRole::Blast { "blast" } else { "main" }.to_owned(),
            init: false,
            waiting: None,
            running: true,
            end: None,
            last_end: None,
            restarts: 0,
        };
        let seen = PodSeen {
            name: format!("{}-{}", job.name, job.uid),
            uid: format!("{}-pod", job.uid),
            job: Some(job.name.clone()),
            role: job.role,
            node: Some("node-0".to_owned()),
            phase: "Running".to_owned(),
            reason: String::new(),
            unschedulable: None,
            created_at: self.me.world.now(),
            containers: vec![container],
        };
        self.memory.put_pod(of, seen.clone());
        self.memory.start_job(&job.name);
        Some(Pod { of: of.clone(), seen })
    }

    /// Whether a pod still runs: one whose Job was deleted does for its grace time.
    pub(super) fn lives(&self, pod: &Pod) -> bool {
        self.memory.peek_pods(&pod.of).iter().any(|seen| seen.name == pod.seen.name)
    }

    /// Ends a pod's container. A pod that is being deleted is gone with that.
    pub(super) fn end_pod(&self, pod: &Pod, exit_code: i32, message: &str) -> Option<PodSeen> {
        if !self.lives(pod) {
            return None;
        }
        if !self.memory.peek_jobs(&pod.of).iter().any(|job| Some(&job.name) == pod.seen.job.as_ref()) {
            self.memory.remove_pod(&pod.seen.name);
        }
        let mut seen = pod.seen.clone();
        let good = exit_code == 0;
        seen.phase = if good { "Succeeded" } else { "Failed" }.to_owned();
        for container in &mut seen.containers {
            container.running = false;
            container.end = Some(ContainerEnd {
                exit_code,
                reason: if good { "Completed" } else { "Error" }.to_owned(),
                message: message.to_owned(),
                ended_at: Some(self.me.world.now()),
            });
        }
        if self.lives(pod) {
            self.memory.put_pod(&pod.of, seen.clone());
        }
        Some(seen)
    }
}
