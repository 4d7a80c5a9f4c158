use crate::api::meta::Me;
use crate::http::Caller;
use axum::Json;

/// Who is asking.
#[utoipa::path(get, path = "/api/me", tag = "service", responses((status = 200, body = Me)))]
pub async fn me(caller: Caller) -> Json<Me> {
    let notice =
        "Sign-in is not set up on this machine: everybody who opens this page sees the same searches.";
    Json(Me {
        owner_id: caller.owner.to_string(),
        name: caller.name,
        development: true,
        notice: Some(notice.to_owned()),
    })
}
