use super::problem::ApiError;
use crate::world::World;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use blastline_jobs::error_code::ErrorCode;
use blastline_jobs::ids::{JobId, OwnerId, TenantId};
use blastline_jobs::rows::JobRow;
use blastline_jobs::state::Status;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

/// Who is asking. Until sign-in is built this is the one identity of a development machine; the handler does not start
/// with any other storage than the emulator's.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Owner of the jobs made by this request.
    pub owner: OwnerId,
    /// Their directory.
    pub tenant: TenantId,
    /// Name to show.
    pub name: String,
}

impl Caller {
    /// The development identity.
    pub fn development() -> Self {
        Self { owner: OwnerId::development(), tenant: TenantId::development(), name: "Researcher".to_owned() }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(_parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::development())
    }
}

/// The job that the address names, loaded and found to be the caller's. Somebody else's job, a deleted one and one that
/// does not exist are the same 404; storage that does not answer is no answer.
#[derive(Debug)]
pub struct OwnedJob {
    /// Its summary.
    pub row: JobRow,
}

impl FromRequestParts<Arc<World>> for OwnedJob {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<World>) -> Result<Self, ApiError> {
        let missing =
            || ApiError::new(ErrorCode::JobNotFound, "There is no search of that number among yours.");
        let Ok(caller) = Caller::from_request_parts(parts, app).await;
        let Ok(Path(names)) = Path::<BTreeMap<String, String>>::from_request_parts(parts, app).await else {
            return Err(missing());
        };
        let id: JobId = names.get("id").and_then(|id| id.parse().ok()).ok_or_else(missing)?;
        let row = app.deps.jobs().summary(&id).await?.ok_or_else(missing)?;
        if row.owner != caller.owner || row.status() == Status::Deleted {
            return Err(missing());
        }
        Ok(Self { row })
    }
}
