use crate::ports::{JobRole, LogTarget};
use crate::state::StepName;
use sha2::{Digest, Sha256};

/// Longest name of a pod, in characters (RFC 1123 subdomain).
const MAX_POD: usize = 253;
/// Longest name of a container, in characters (RFC 1123 label).
const MAX_LABEL: usize = 63;

/// What lines come from: one run of a container in a pod, or of a child process, which is given names of the same form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogSource {
    /// Step of the search that it belongs to.
    pub step: StepName,
    /// Pod.
    pub pod: String,
    /// Unique id of the pod.
    pub pod_uid: String,
    /// Container.
    pub container: String,
    /// Which run of the container in that pod, from 0: Kubernetes starts some again in place.
    pub attempt: u32,
}

/// A name that no pod or container can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a pod and a container, `<pod>/<container>` or `<pod>/<container>/<attempt>`")]
pub struct SourceError;

/// The step that a pod of a Job of this role belongs to.
pub fn step_of(role: JobRole) -> StepName {
    match role {
        JobRole::Cli | JobRole::Submit => StepName::Submitting,
        JobRole::Setup => StepName::StagingDb,
        JobRole::Blast => StepName::Running,
        JobRole::Finalizer => StepName::ExportingResults,
    }
}

impl LogSource {
    /// The name in addresses: `<pod>/<container>`, with `/<attempt>` behind it from the second attempt on.
    pub fn name(&self) -> String {
        match self.attempt {
            0 => format!("{}/{}", self.pod, self.container),
            attempt => format!("{}/{}/{attempt}", self.pod, self.container),
        }
    }

    /// Reads such a name: pod, container, attempt. Names that Kubernetes does not take are refused.
    pub fn parse_name(text: &str) -> Result<(&str, &str, u32), SourceError> {
        let mut parts = text.split('/');
        let (pod, container) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let attempt = parts.next().map(|attempt| attempt.parse().map_err(|_| SourceError)).transpose()?;
        let fine = is_pod(pod) && is_label(container) && parts.next().is_none();
        if fine { Ok((pod, container, attempt.unwrap_or(0))) } else { Err(SourceError) }
    }

    /// Where its log is read.
    pub fn target(&self) -> LogTarget {
        LogTarget { pod: self.pod.clone(), pod_uid: self.pod_uid.clone(), container: self.container.clone() }
    }

    /// Name of its folder, below its step's. It says all there is to say, so that a listing is an index.
    pub fn folder(&self) -> String {
        format!("{:03}~{}~{}~{}", self.attempt, self.container, self.pod, self.pod_uid)
    }

    /// Reads the name of a folder; `None` where it is no source's.
    pub fn of_folder(step: StepName, folder: &str) -> Option<Self> {
        let mut parts = folder.split('~');
        let mut next = || parts.next();
        let (attempt, container, pod, pod_uid) = (next()?, next()?, next()?, next()?);
        let fine = next().is_none() && is_pod(pod) && is_label(container) && is_uid(pod_uid);
        let attempt = attempt.parse().ok().filter(|_| fine)?;
        let (pod, pod_uid, container) = (pod.to_owned(), pod_uid.to_owned(), container.to_owned());
        Some(Self { step, pod, pod_uid, container, attempt })
    }

    /// Whether its names can be stored and asked for.
    pub fn is_nameable(&self) -> bool {
        is_pod(&self.pod) && is_label(&self.container) && is_uid(&self.pod_uid)
    }

    /// A short key, the same for the same source: 10 hex digits.
    pub fn key(&self) -> String {
        let digest = hex::encode(Sha256::digest(self.folder()));
        digest.get(..10).unwrap_or(&digest).to_owned()
    }
}

fn is_label(text: &str) -> bool {
    let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = text.as_bytes();
    bytes.len() <= MAX_LABEL
        && edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
}

/// Kubernetes bounds the whole of a subdomain, not each of its labels.
fn is_pod(text: &str) -> bool {
    let label = |label: &str| {
        let plain = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        !label.is_empty() && plain && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= MAX_POD && text.split('.').all(label)
}

fn is_uid(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        let mut source = LogSource {
            step: StepName::Running,
            pod: "blastn-batch-nt-job-000-a1.b2".to_owned(),
            pod_uid: "0b5d5f4c-0f0f-4f0f-8f0f-0f0f0f0f0f0f".to_owned(),
            container: "blast".to_owned(),
            attempt: 0,
        };
        for attempt in [0, 1, 12] {
            source.attempt = attempt;
            assert_eq!(LogSource::of_folder(StepName::Running, &source.folder()).as_ref(), Some(&source));
            let name = source.name();
            assert_eq!(
                LogSource::parse_name(&name),
                Ok((source.pod.as_str(), source.container.as_str(), attempt))
            );
        }
    }

    #[test]
    fn names_that_are_no_kubernetes_names_are_refused() {
        let long = "a".repeat(254);
        for bad in [
            "", "/", "a", "a/", "/a", "a/B", "A/b", "a/b/c", "a/b/-1", "a/b/1/2", "../b", "a/..", "a//b",
            "-a/b", "a-/b", "a/b.c", "a..b/c", "a b/c", "a/b%2f", "a~b/c", "ä/b", &long,
        ] {
            assert_eq!(LogSource::parse_name(bad), Err(SourceError), "{bad:?}");
        }
        assert_eq!(LogSource::of_folder(StepName::Running, "0~a~b"), None);
        assert_eq!(LogSource::of_folder(StepName::Running, "0~a~b~c~d"), None);
    }
}
