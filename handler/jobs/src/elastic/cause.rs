//! Why a pod waits, or why an attempt of a Job failed.

use crate::error_code::{ErrorCode, Fault};
use crate::ports::{ContainerEnd, ContainerSeen, PodSeen};
use blastline_blast::program::Program;
use blastline_blast::verdict::{Exit, RetryClass, Verdict, judge};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A cause that is told apart from others. Words are the cluster's own, without control characters and of at most
/// [`MAX_WORDS`] characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// An image cannot be pulled.
    ImageNotPulled {
        /// Kubernetes' reason, such as `ImagePullBackOff`, and its message.
        words: String,
    },
    /// No machine takes the pod.
    Unschedulable {
        /// The scheduler's words.
        words: String,
    },
    /// A container cannot be made, for example because its volume or configuration is missing.
    NotStarted {
        /// Kubernetes' reason and message.
        words: String,
    },
    /// It used more memory than it may, in this attempt or the one before.
    OutOfMemory,
    /// The machine ran short of something and put the pod out.
    Evicted {
        /// The machine's words.
        words: String,
    },
    /// The machine is gone.
    NodeLost,
    /// Time was up.
    Deadline,
    /// BLAST+ ended with an error.
    Blast {
        /// Its exit code.
        code: i32,
        /// What it said, as far as it is known.
        text: String,
    },
    /// Another container of the pod ended with an error.
    Step {
        /// The container's name.
        container: String,
        /// Its exit code.
        code: i32,
        /// What it said, as far as it is known.
        text: String,
    },
    /// None of the above.
    Other {
        /// The cluster's words.
        words: String,
    },
}

/// Longest words of the cluster that are kept, in characters.
pub const MAX_WORDS: usize = 1_000;

/// The container that runs BLAST+.
pub const BLAST_CONTAINER: &str = "blast";

/// Reasons for which a container waits because of its image.
const IMAGE_REASONS: &[&str] = &["ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName"];

/// Reasons for which it waits because it cannot be made.
const START_REASONS: &[&str] = &["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];

/// Exit code of a shell whose child was killed with SIGKILL.
const KILLED: i32 = 128 + 9;

impl Cause {
    /// What ended an attempt, or will not let it begin, the most telling first; `None` while nothing is wrong. What went
    /// wrong in the attempt before counts too: a restart hides it within seconds.
    pub fn of(pod: &PodSeen) -> Option<Self> {
        // First what became of the pod as a whole: who puts it out or ends it in time kills its containers, and they end
        // with the same code as for want of memory.
        Self::by_pod(pod)
            .or_else(|| Self::by_memory(pod))
            .or_else(|| Self::by_waiting(pod))
            .or_else(|| Self::by_exit(pod))
    }

    /// Why it waits; `None` where it does not, or for no reason that needs telling.
    pub fn of_waiting(pod: &PodSeen) -> Option<Self> {
        Self::by_waiting(pod)
    }

    /// What ended the attempt before; `None` for the first attempt.
    pub fn of_last_attempt(pod: &PodSeen) -> Option<Self> {
        let ended =
            |container: &ContainerSeen| container.last_end.as_ref().and_then(|end| of_end(container, end));
        let mut causes: Vec<Self> = pod.containers.iter().filter_map(ended).collect();
        match causes.iter().position(|cause| *cause == Self::OutOfMemory) {
            Some(place) => Some(causes.swap_remove(place)),
            None => causes.into_iter().next(),
        }
    }

    /// How long it is believed that such a wait passes by itself; `None` where it may as long as the search has time.
    pub const fn patience(&self) -> Option<Duration> {
        match self {
            Self::ImageNotPulled { .. } | Self::NotStarted { .. } => Some(Duration::from_secs(900)),
            Self::Unschedulable { .. }
            | Self::OutOfMemory
            | Self::Evicted { .. }
            | Self::NodeLost
            | Self::Deadline
            | Self::Blast { .. }
            | Self::Step { .. }
            | Self::Other { .. } => None,
        }
    }

    fn by_memory(pod: &PodSeen) -> Option<Self> {
        let mut ends = pod.containers.iter().flat_map(|seen| {
            let ends = [seen.end.as_ref(), seen.last_end.as_ref()];
            ends.into_iter().flatten().filter_map(|end| of_end(seen, end))
        });
        ends.find(|cause| *cause == Self::OutOfMemory)
    }

    fn by_pod(pod: &PodSeen) -> Option<Self> {
        match pod.reason.as_str() {
            "Evicted" => Some(Self::Evicted { words: kept(&pod_words(pod)) }),
            "DeadlineExceeded" => Some(Self::Deadline),
            "NodeLost" | "NodeShutdown" | "Terminated" | "Shutdown" => Some(Self::NodeLost),
            _ if pod.phase == "Unknown" => Some(Self::NodeLost),
            _ => None,
        }
    }

    fn by_waiting(pod: &PodSeen) -> Option<Self> {
        let waiting = pod.containers.iter().filter_map(|container| container.waiting.as_ref());
        let told = |(reason, message): &(String, String)| kept(&format!("{reason}: {message}"));
        let found = waiting.filter_map(|waiting| match waiting.0.as_str() {
            reason if IMAGE_REASONS.contains(&reason) => Some(Self::ImageNotPulled { words: told(waiting) }),
            reason if START_REASONS.contains(&reason) => Some(Self::NotStarted { words: told(waiting) }),
            _ => None,
        });
        let unschedulable =
            pod.unschedulable.as_ref().map(|words| Self::Unschedulable { words: kept(words) });
        found.chain(unschedulable).next()
    }

    fn by_exit(pod: &PodSeen) -> Option<Self> {
        let mut ends: Vec<Self> = Vec::new();
        for container in &pod.containers {
            let end = container.end.as_ref().filter(|end| end.exit_code != 0).or(container.last_end.as_ref());
            ends.extend(end.and_then(|end| of_end(container, end)));
        }
        let blast = ends.iter().position(|cause| matches!(cause, Self::Blast { .. }));
        match blast {
            Some(place) => Some(ends.swap_remove(place)),
            None => ends.into_iter().next(),
        }
    }

    /// The cause as a fault of the search, in words for a researcher.
    pub fn fault(&self, program: Program) -> Fault {
        match self {
            Self::ImageNotPulled { words } => {
                let detail = format!("The cluster cannot get the program's image. It says: {words}");
                Fault::new(ErrorCode::ImageNotPulled, detail)
            }
            Self::Unschedulable { words } => {
                let detail = format!("No machine of the cluster has room for the search. It says: {words}");
                Fault::new(ErrorCode::NoMachineFits, detail)
            }
            Self::NotStarted { words } | Self::Other { words } => {
                let detail = format!("A part of the search failed on the cluster. It says: {words}");
                Fault::new(ErrorCode::ElasticPartFailed, detail)
            }
            Self::OutOfMemory => {
                let detail = "BLAST+ needed more memory on the cluster than a part of the search may use.";
                Fault::new(ErrorCode::BlastOutOfMemory, detail)
            }
            Self::Evicted { words } => {
                let detail =
                    format!("A machine of the cluster ran short and stopped a part of the search. {words}");
                Fault::new(ErrorCode::BlastInterrupted, detail.trim_end())
            }
            Self::NodeLost => {
                let detail = "A machine of the cluster was lost while it searched.";
                Fault::new(ErrorCode::BlastInterrupted, detail)
            }
            Self::Deadline => {
                let detail = "A part of the search took longer on the cluster than it may.";
                Fault::new(ErrorCode::DeadlineExceeded, detail)
            }
            Self::Blast { code, text } => blast_fault(*code, text, program),
            Self::Step { container, code, text } => {
                let words = if text.is_empty() { String::new() } else { format!(" It said: {text}") };
                let detail =
                    format!("The step “{container}” of a part of the search ended with code {code}.{words}");
                Fault::new(ErrorCode::ElasticPartFailed, detail)
            }
        }
    }
}

fn blast_fault(code: i32, text: &str, program: Program) -> Fault {
    match judge(Exit::code(code), text, program) {
        Verdict::Failure(failure) => {
            let named = match (failure.code, failure.class) {
                ("options_refused", _) => ErrorCode::BlastOptionsRefused,
                ("memory_limit", _) => ErrorCode::BlastOutOfMemory,
                (_, RetryClass::Transient | RetryClass::Resource) => ErrorCode::BlastInterrupted,
                (_, RetryClass::Permanent) => ErrorCode::BlastSearchFailed,
            };
            Fault::new(named, failure.message).with_hint(failure.hint)
        }
        Verdict::Success { .. } => {
            Fault::new(ErrorCode::BlastSearchFailed, format!("BLAST+ ended with code {code} on the cluster."))
        }
    }
}

/// What a container's end says; `None` for a good one.
fn of_end(container: &ContainerSeen, end: &ContainerEnd) -> Option<Cause> {
    let runs_blast = container.name == BLAST_CONTAINER && !container.init;
    // Where the kernel kills BLAST+ alone, the script around it lives on and passes the shell's code on.
    if end.reason == "OOMKilled" || (runs_blast && end.exit_code == KILLED) {
        return Some(Cause::OutOfMemory);
    }
    let (code, text) = (end.exit_code, kept(&end.message));
    match (end.reason.as_str(), code) {
        (_, 0) => None,
        ("DeadlineExceeded", _) => Some(Cause::Deadline),
        ("ContainerCannotRun" | "StartError", _) => {
            Some(Cause::NotStarted { words: kept(&format!("{}: {}", end.reason, end.message)) })
        }
        _ if runs_blast => Some(Cause::Blast { code, text }),
        _ => Some(Cause::Step { container: container.name.clone(), code, text }),
    }
}

/// What is known of a pod that was put out: the words of its containers' ends.
fn pod_words(pod: &PodSeen) -> String {
    let ends = pod.containers.iter().filter_map(|container| container.end.as_ref());
    ends.map(|end| end.message.as_str()).find(|message| !message.is_empty()).unwrap_or_default().to_owned()
}

/// Words without control characters, at most [`MAX_WORDS`] of their characters.
pub(super) fn kept(words: &str) -> String {
    let clean = words.chars().map(|c| if c.is_control() { ' ' } else { c });
    clean.take(MAX_WORDS).collect::<String>().trim().to_owned()
}
