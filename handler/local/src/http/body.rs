//! Bodies that stream: the upload counts, the download watches the clock.

use super::activity::Activity;
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Full, StreamBody};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use thiserror::Error;

/// Any error of a body.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
/// Any body.
pub type Body = UnsyncBoxBody<Bytes, BoxError>;
/// Ends a download; gives the reason.
pub type Ending = Pin<Box<dyn Future<Output = Cut> + Send>>;

/// The request body limit of the platform, in bytes.
pub const MAX_REQUEST_BYTES: u64 = 104_857_600;
/// How long the rest of a refused upload is read, so that the client gets to see the answer.
const DRAIN: Duration = Duration::from_secs(5);

/// Why a stream was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Cut {
    /// The upload went over [`MAX_REQUEST_BYTES`].
    #[error("the request body is larger than 104857600 bytes")]
    TooLarge,
    /// Nothing moved for the idle limit.
    #[error("nothing moved for too long")]
    Idle,
    /// The function ran into its time-out.
    #[error("the function ran into its time-out")]
    FunctionTimeout,
}

/// No body.
#[must_use]
pub fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// A body known whole.
#[must_use]
pub fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A body known whole that is sent chunked, without a length.
#[must_use]
pub fn chunked(bytes: Bytes) -> Body {
    let frame = futures::future::ready(Ok::<_, BoxError>(Frame::data(bytes)));
    StreamBody::new(futures::stream::once(frame)).boxed_unsync()
}

/// An incoming request body that can be given to several attempts, as long as none has read from it.
#[derive(Debug, Clone)]
pub struct Upload {
    source: Arc<Mutex<Incoming>>,
    too_large: Arc<AtomicBool>,
    activity: Activity,
}

impl Upload {
    /// Takes a request's body.
    #[must_use]
    pub fn new(source: Incoming, activity: Activity) -> Self {
        Self { source: Arc::new(Mutex::new(source)), too_large: Arc::default(), activity }
    }

    /// The body for one attempt.
    #[must_use]
    pub fn attempt(&self) -> Body {
        UploadBody { upload: self.clone(), left: MAX_REQUEST_BYTES }.boxed_unsync()
    }

    /// Whether an attempt was cut because of the size.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.too_large.load(Ordering::Relaxed)
    }

    /// Reads and forgets what is left, for a short while, in the background.
    pub fn drain(self) {
        let mut rest = UploadBody { upload: self, left: u64::MAX };
        tokio::spawn(tokio::time::timeout(
            DRAIN,
            async move { while let Some(Ok(_)) = rest.frame().await {} },
        ));
    }
}

struct UploadBody {
    upload: Upload,
    left: u64,
}

impl HttpBody for UploadBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = {
            let mut source = self.upload.source.lock().unwrap_or_else(PoisonError::into_inner);
            Pin::new(&mut *source).poll_frame(cx)
        };
        let Poll::Ready(Some(Ok(frame))) = polled else { return polled.map_err(Into::into) };
        self.upload.activity.touch();
        let size = frame.data_ref().map_or(0, |data| data.len() as u64);
        match self.left.checked_sub(size) {
            Some(left) => {
                self.left = left;
                Poll::Ready(Some(Ok(frame)))
            }
            None => {
                self.upload.too_large.store(true, Ordering::Relaxed);
                Poll::Ready(Some(Err(Cut::TooLarge.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.upload.source.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.upload.source.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}

/// A response body that ends early when its [`Ending`] does.
pub struct Download {
    source: Incoming,
    activity: Activity,
    ending: Ending,
}

impl Download {
    /// Watches `source`.
    #[must_use]
    pub fn watched(source: Incoming, activity: Activity, ending: Ending) -> Body {
        Self { source, activity, ending }.boxed_unsync()
    }
}

impl HttpBody for Download {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.source).poll_frame(cx) {
            Poll::Ready(frame) => {
                self.activity.touch();
                Poll::Ready(frame.map(|f| f.map_err(Into::into)))
            }
            Poll::Pending => self.ending.as_mut().poll(cx).map(|cut| Some(Err(cut.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.source.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.source.size_hint()
    }
}
