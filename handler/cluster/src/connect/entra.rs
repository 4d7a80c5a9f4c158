use azure_core::credentials::TokenCredential;
use futures::future::BoxFuture;
use http::{HeaderValue, Request, header::AUTHORIZATION};
use kube::client::Body;
use std::{fmt, sync::Arc};
use tower::{BoxError, filter::AsyncPredicate};

/// The application that AKS clusters check tokens for, the same in every tenant of the public cloud.
/// Source: <https://azure.github.io/kubelogin/concepts/aks.html>.
const CLUSTER_SCOPE: &str = "6dae42f8-4368-4678-94ff-3960e28e3630/.default";

/// Who signs in. Remembering tokens is the credential's part, so one is made per process and shared.
#[derive(Clone)]
pub struct Identity(Arc<dyn TokenCredential>);

impl Identity {
    /// With this credential.
    pub fn new(credential: Arc<dyn TokenCredential>) -> Self {
        Self(credential)
    }

    /// The value of `Authorization` for a scope. It does not print.
    pub(super) async fn bearer(&self, scope: &str) -> Result<HeaderValue, BoxError> {
        let token = self.0.get_token(&[scope], None).await.map_err(|error| refused(&error))?;
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.token.secret()))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Why there is no token, without what the identity's service answered.
fn refused(error: &azure_core::Error) -> BoxError {
    format!("no token: {:?}", error.kind()).into()
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

/// Puts a token on each request; a token lives for an hour, a client for as long as the process.
#[derive(Clone, Debug)]
pub struct EntraBearer(Identity);

impl EntraBearer {
    /// Signs in as somebody.
    pub fn new(identity: Identity) -> Self {
        Self(identity)
    }
}

impl AsyncPredicate<Request<Body>> for EntraBearer {
    type Request = Request<Body>;
    type Future = BoxFuture<'static, Result<Request<Body>, BoxError>>;

    fn check(&mut self, mut request: Request<Body>) -> Self::Future {
        let identity = self.0.clone();
        Box::pin(async move {
            let value = identity.bearer(CLUSTER_SCOPE).await?;
            request.headers_mut().insert(AUTHORIZATION, value);
            Ok(request)
        })
    }
}
