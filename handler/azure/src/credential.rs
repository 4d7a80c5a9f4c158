use crate::ConnectError;
use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    time::OffsetDateTime,
};
use azure_identity::{
    DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
    WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};
use std::{collections::HashMap, sync::Arc};
use time::Duration;
use tokio::sync::Mutex;

/// A cached token is renewed when it has less than this left.
const RENEW_BEFORE: Duration = Duration::minutes(5);
/// A failed renewal is forgiven while the old token has more than this left.
const USABLE: Duration = Duration::seconds(30);

/// Which identity the process has. There is no chain that tries one after the other: what is set decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CredentialSource {
    /// The platform's identity: Functions, App Service, a virtual machine.
    ManagedIdentity,
    /// A pod's federated token.
    WorkloadIdentity,
    /// Whoever is signed in with `az` or `azd`.
    #[default]
    DeveloperTools,
}

impl CredentialSource {
    /// Chooses by the setting `…__credential` and by which variables the platform has set.
    pub fn detect(setting: Option<&str>, is_set: impl Fn(&str) -> bool) -> Self {
        if setting.is_some_and(|value| value.eq_ignore_ascii_case("managedidentity"))
            || is_set("IDENTITY_ENDPOINT")
        {
            Self::ManagedIdentity
        } else if is_set("AZURE_FEDERATED_TOKEN_FILE") {
            Self::WorkloadIdentity
        } else {
            Self::DeveloperTools
        }
    }

    /// Makes the credential. It caches its tokens, so one is made per process and shared.
    pub fn credential(self, client_id: Option<&str>) -> Result<Arc<dyn TokenCredential>, ConnectError> {
        let refuse = |error: azure_core::Error| ConnectError::Identity { problem: error.to_string() };
        Ok(match self {
            Self::ManagedIdentity => ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                user_assigned_id: client_id.map(|id| UserAssignedId::ClientId(id.to_owned())),
                ..Default::default()
            }))
            .map_err(refuse)?,
            Self::WorkloadIdentity => {
                WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
                    client_id: client_id.map(str::to_owned),
                    ..Default::default()
                }))
                .map_err(refuse)?
            }
            // The tools start a process for every token and remember none.
            Self::DeveloperTools => {
                Arc::new(Cached::new(DeveloperToolsCredential::new(None).map_err(refuse)?))
            }
        })
    }
}

/// Remembers the tokens of a credential that does not.
#[derive(Debug)]
struct Cached<C> {
    inner: Arc<C>,
    tokens: Mutex<HashMap<String, AccessToken>>,
}

impl<C> Cached<C> {
    fn new(inner: Arc<C>) -> Self {
        Self { inner, tokens: Mutex::default() }
    }
}

#[async_trait::async_trait]
impl<C: TokenCredential> TokenCredential for Cached<C> {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let key = scopes.join(" ");
        // Held while a token is fetched, so that many callers start one process.
        let mut tokens = self.tokens.lock().await;
        let left = |token: &AccessToken| token.expires_on - OffsetDateTime::now_utc();
        if let Some(token) = tokens.get(&key).filter(|token| left(token) > RENEW_BEFORE) {
            return Ok(token.clone());
        }
        match self.inner.get_token(scopes, options).await {
            Ok(token) => {
                tokens.insert(key, token.clone());
                Ok(token)
            }
            Err(error) => tokens.get(&key).filter(|token| left(token) > USABLE).cloned().ok_or(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azure_core::error::ErrorKind;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Hands out tokens that live for a given time, up to a number of them.
    #[derive(Debug)]
    struct Source {
        lives: Duration,
        tokens: u32,
        asked: AtomicU32,
    }

    #[async_trait::async_trait]
    impl TokenCredential for Source {
        async fn get_token(
            &self,
            _: &[&str],
            _: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            let asked = self.asked.fetch_add(1, Ordering::SeqCst);
            if asked >= self.tokens {
                return Err(azure_core::Error::with_message(ErrorKind::Credential, "signed out"));
            }
            Ok(AccessToken::new(format!("t{asked}"), OffsetDateTime::now_utc() + self.lives))
        }
    }

    fn cached(lives: Duration, tokens: u32) -> Cached<Source> {
        Cached::new(Arc::new(Source { lives, tokens, asked: AtomicU32::new(0) }))
    }

    #[tokio::test]
    async fn a_token_is_asked_for_once_per_scope() {
        let credential = cached(Duration::hours(1), 2);
        for _ in 0..10 {
            credential.get_token(&["a"], None).await.unwrap();
            credential.get_token(&["b"], None).await.unwrap();
        }
        assert_eq!(credential.inner.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_failed_renewal_is_forgiven_while_the_token_lives() {
        let credential = cached(Duration::minutes(2), 1);
        credential.get_token(&["a"], None).await.unwrap();
        assert_eq!(credential.get_token(&["a"], None).await.unwrap().token.secret(), "t0");
        assert_eq!(credential.inner.asked.load(Ordering::SeqCst), 2, "a renewal was tried");
    }

    #[tokio::test]
    async fn a_failed_renewal_of_a_dying_token_is_an_error() {
        let credential = cached(Duration::seconds(10), 1);
        credential.get_token(&["a"], None).await.unwrap();
        assert!(credential.get_token(&["a"], None).await.is_err());
    }

    #[test]
    fn the_platform_decides_which_identity_is_used() {
        let pick = |setting, set: &'static str| CredentialSource::detect(setting, |name| name == set);
        assert_eq!(pick(None, "IDENTITY_ENDPOINT"), CredentialSource::ManagedIdentity);
        assert_eq!(pick(Some("ManagedIdentity"), ""), CredentialSource::ManagedIdentity);
        assert_eq!(pick(None, "AZURE_FEDERATED_TOKEN_FILE"), CredentialSource::WorkloadIdentity);
        assert_eq!(pick(None, ""), CredentialSource::DeveloperTools);
    }
}
