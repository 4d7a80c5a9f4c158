//! One attempt of a container, and the ways in which it ends.

use super::{Attempt, Ended, kubelet::Kubelet};
use crate::standin::{
    control::lose_node,
    faults::{Fault, LineFault},
    objects::{Container, ContainerState, Pod, Terminated, Time},
};
use std::{sync::Arc, time::Duration};
use tokio::time::interval;

/// Most bytes of a termination message.
/// Source: <https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/>.
const MESSAGE_MOST: usize = 4096;

impl Kubelet {
    /// Runs a container once and says how it ended.
    pub(super) async fn attempt(&self, container: &Container, restarts: u32) -> Ended {
        let log = self.shared.logs.begin(self.pod.metadata.uid(), &container.name);
        let started = self.now();
        self.starts(container, restarts, started);
        let attempt = Attempt {
            shared: &self.shared,
            pod: &self.pod,
            container,
            log: Arc::clone(&log),
            dir: self.dir.clone(),
        };
        let ((), ended) = tokio::join!(biased; self.chatter(&attempt), attempt.run());
        if let Ended::Exit { code, out_of_memory, message } = &ended {
            let asks_log = container.termination_message_policy.as_deref() == Some("FallbackToLogsOnError");
            let message =
                if message.is_empty() && asks_log && *code != 0 { log.tail() } else { message.clone() };
            let reason = match code {
                _ if *out_of_memory => "OOMKilled",
                0 => "Completed",
                _ => "Error",
            };
            self.set_state(&container.name, self.terminated(started, *code, reason, &message));
        }
        log.close();
        ended
    }

    /// Lines that a history wants besides the container's own.
    async fn chatter(&self, attempt: &Attempt<'_>) {
        let wanted = self.shared.faults.look(|fault, _| match fault {
            Fault::Lines { container, count, what, every_millis } if *container == attempt.container.name => {
                Some((*count, *what, *every_millis))
            }
            _ => None,
        });
        let Some((count, what, every)) = wanted else { return };
        let mut ticks = every.map(|millis| interval(Duration::from_millis(millis.max(1))));
        for number in 0..count {
            if let Some(ticks) = &mut ticks {
                ticks.tick().await;
            }
            match what {
                LineFault::Long => attempt.say(format!("{number:06} {}", "x".repeat(3_993))),
                LineFault::Binary => {
                    attempt.say([b"\xff\xfe\x00\x80 \x1b[31m ", number.to_string().as_bytes()].concat());
                }
                LineFault::Chatter => attempt.say(format!("line {number:06} of {}", attempt.pod.metadata.name)),
                LineFault::Secrets => attempt.say(format!(
                    "GET https://account.blob.core.windows.net/c/b?sv=2024-01-01&sig=c2VjcmV0LXNpZ25hdHVyZQ%3D%3D \
                     Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl ({number})"
                )),
            }
        }
    }

    /// The pod is evicted: it fails as a whole, and its containers with it.
    pub(super) fn evict(&self, container: &Container) {
        let state = self.terminated(self.now(), 137, "Error", "");
        let message = format!(
            "The node was low on resource: memory. Threshold quantity: 750Mi, available: 512Mi. Container {} was using \
             9Gi, request is 4Gi, has larger consumption of memory. ",
            container.name
        );
        self.update(|pod| {
            for status in &mut pod.status.container_statuses {
                status.state = state.clone();
                status.ready = false;
            }
            pod.status.phase = "Failed".to_owned();
            pod.status.reason = Some("Evicted".to_owned());
            pod.status.message = Some(message);
        });
    }

    /// The pod's node does not answer any more.
    pub(super) fn lose_node(&self) {
        let mut world = self.shared.world();
        let name = world.get::<Pod>(self.pod.metadata.namespace(), &self.pod.metadata.name);
        let name = name.and_then(|pod| pod.spec.node_name.clone());
        if let Some(name) = name {
            lose_node(&mut world, &name);
        }
    }

    fn terminated(&self, started_at: Time, exit_code: i32, reason: &str, message: &str) -> ContainerState {
        let mut cut = message.len().min(MESSAGE_MOST);
        while !message.is_char_boundary(cut) {
            cut -= 1;
        }
        let terminated = Terminated {
            exit_code,
            signal: None,
            reason: reason.to_owned(),
            message: message[..cut].to_owned(),
            started_at,
            finished_at: self.now(),
            container_id: None,
        };
        ContainerState { terminated: Some(terminated), ..ContainerState::default() }
    }

    fn now(&self) -> Time {
        Time::at(self.shared.world().now())
    }
}
