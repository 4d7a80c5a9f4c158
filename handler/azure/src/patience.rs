use crate::{CallLimits, error::retry_after_of};
use async_trait::async_trait;
use azure_core::{
    error::{Error, ErrorKind},
    http::{
        Context, Request, StatusCode,
        policies::{Policy, PolicyResult},
    },
};
use std::{sync::Arc, time::Duration};

/// Bounds each try of a call, below the retry policy: a connection that died without a word is given up soon
/// enough for another try, and a service that asks for a long wait is not waited for inside the call.
#[derive(Debug)]
pub struct Patience {
    limits: CallLimits,
}

/// The longest wait that the retry policy is let do itself.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

impl Patience {
    /// With these limits.
    pub fn new(limits: CallLimits) -> Arc<Self> {
        Arc::new(Self { limits })
    }
}

#[async_trait]
impl Policy for Patience {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let Some((first, rest)) = next.split_first() else {
            return Err(Error::with_message(ErrorKind::Other, "the pipeline ends before its transport"));
        };
        let limit = self.limits.try_timeout + CallLimits::for_body(request.body().len().unwrap_or(0));
        let response = match tokio::time::timeout(limit, first.send(ctx, request, rest)).await {
            Ok(result) => result?,
            Err(_) => {
                let text = format!("no answer within {limit:?}");
                // An input or output error is what the retry policy tries again.
                return Err(Error::with_message(ErrorKind::Io, text));
            }
        };
        let busy = matches!(response.status(), StatusCode::TooManyRequests | StatusCode::ServiceUnavailable);
        if busy && retry_after_of(response.headers()).is_some_and(|wait| wait > LONGEST_WAIT) {
            let raw = response.try_into_raw_response().await?;
            return Err(Error::from(ErrorKind::HttpResponse {
                status: raw.status(),
                error_code: None,
                raw_response: Some(Box::new(raw)),
            }));
        }
        Ok(response)
    }
}
