//! Identifiers of jobs, owners, tenants and invocations.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// An identifier that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct IdError(pub &'static str);

/// A job: `job-` and 32 lower-case hex digits. A job is its own task, so task ids have this shape too.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JobId(String);

/// Longest idempotency key, in characters.
pub const MAX_IDEMPOTENCY_KEY_CHARS: usize = 256;

impl JobId {
    /// An id from 16 random bytes.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(format!("job-{}", hex::encode(bytes)))
    }

    /// The id that a key stands for: the first 32 hex digits of SHA-256 over tenant, owner and key, so that the
    /// insert itself decides which of two equal requests comes first.
    pub fn from_key(tenant: &TenantId, owner: &OwnerId, key: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [tenant.as_str(), owner.as_str(), key] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hex::encode(hash.finalize());
        Self(format!("job-{}", digest.get(..32).unwrap_or(&digest)))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for JobId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_prefix("job-").ok_or(IdError("job id"))?;
        let fine = digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if fine { Ok(Self(text.to_owned())) } else { Err(IdError("job id")) }
    }
}

impl TryFrom<String> for JobId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<JobId> for String {
    fn from(id: JobId) -> Self {
        id.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! directory_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The zero GUID, which stands for the one identity of a development machine.
            pub fn development() -> Self {
                Self("00000000-0000-0000-0000-000000000000".to_owned())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let hex_or_hyphen = |b: u8| b.is_ascii_hexdigit() || b == b'-';
                let fine = text.len() == 36 && text.bytes().all(hex_or_hyphen);
                if fine { Ok(Self(text.to_ascii_lowercase())) } else { Err(IdError($what)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

directory_id!(
    /// Owner of a job: the object id of a person or application in the directory (a GUID).
    OwnerId, "owner id"
);
directory_id!(
    /// Directory that an owner belongs to (a GUID).
    TenantId, "tenant id"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_equal_keys_are_equal_and_parts_cannot_run_into_each_other() {
        let (tenant, owner) = (TenantId::development(), OwnerId::development());
        let id = JobId::from_key(&tenant, &owner, "k");
        assert_eq!(id, JobId::from_key(&tenant, &owner, "k"));
        assert_ne!(id, JobId::from_key(&tenant, &owner, "kk"));
        assert_eq!(id.as_str().parse::<JobId>().unwrap(), id);
    }

    #[test]
    fn a_job_id_of_another_shape_is_refused() {
        for bad in [
            "",
            "job-",
            "job-XYZ",
            "job-0123456789abcdef0123456789abcdeF",
            "../job-0123456789abcdef0123456789abcdef",
        ] {
            assert!(bad.parse::<JobId>().is_err(), "{bad}");
        }
    }
}
