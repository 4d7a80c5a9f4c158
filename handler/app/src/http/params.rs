use super::problem::ApiError;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use blastline_jobs::error_code::ErrorCode;
use serde::de::DeserializeOwned;

/// Parameters of the address; a wrong one is a problem that names it.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(ApiError::new(ErrorCode::InvalidParameter, rejection.body_text())),
        }
    }
}
