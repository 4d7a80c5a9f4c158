//! The API server: requests in, answers out.

mod decode;
mod delete;
mod discovery;
mod failure;
mod log;
mod patch;
mod path;
mod query;
mod read;
mod rights;
mod selector;
mod watch;
mod write;

pub use decode::{DeleteOptions, Propagation};
pub use delete::{FOREGROUND, ORPHAN};
pub use failure::Failure;
pub use path::Place;
pub use query::Params;
pub use selector::{Fields, Labels};
pub use write::{create_object, generated, uid};

use super::{
    check::Rules,
    objects::{ConfigMap, Job, Lease, Node, Pod, Secret},
    shared::Shared,
    store::{Kept, written},
};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited, combinators::UnsyncBoxBody};
use hyper::{
    Method, Request, Response,
    body::Incoming,
    header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderValue, RETRY_AFTER},
};
use std::{convert::Infallible, fmt, sync::Arc};
use time::{OffsetDateTime, UtcOffset, macros::format_description};

/// Body of an answer.
pub type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Largest body of a request (`--max-request-bytes` of the real one is near it).
const MOST_BYTES: usize = 3 * 1024 * 1024;

/// A request, read.
struct Asked {
    place: Place,
    verb: &'static str,
    query: String,
    content_type: String,
    body: Bytes,
}

/// The connection is to be cut.
#[derive(Debug)]
pub struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is cut")
    }
}

impl std::error::Error for Cut {}

/// Answers a request. `Err` cuts the connection.
pub async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
    let mut response = match respond(&shared, request).await {
        Ok(response) => response,
        Err(failure) if failure == Failure::cut() => return Err(Cut),
        Err(failure) => {
            let mut response = json(failure.code, failure.body());
            if let Some(seconds) = failure.retry_after {
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
            }
            response
        }
    };
    // By the clock that its objects go by, not by this machine's.
    response.headers_mut().insert(DATE, date(shared.world().now()));
    Ok(response)
}

/// A moment as `Date` says it.
fn date(moment: OffsetDateTime) -> HeaderValue {
    let form = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    HeaderValue::from_str(&moment.to_offset(UtcOffset::UTC).format(form).unwrap()).unwrap()
}

async fn respond(shared: &Arc<Shared>, request: Request<Incoming>) -> Result<Response<Body>, Failure> {
    authenticate(shared, &request)?;
    let path = request.uri().path().to_owned();
    if let Some(text) = discovery::discovery(&path) {
        return Ok(json(200, text));
    }
    let place = Place::of(&path)
        .ok_or_else(|| Failure::new(404, "NotFound", "the server could not find the requested resource"))?;
    let query = request.uri().query().unwrap_or_default().to_owned();
    let verb = verb(request.method(), &place, &query)?;
    shared.called(verb, &place);
    shared.faults.api(shared, verb, &place.resource).await?;
    rights::allow(&place, verb)?;
    let header = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = header.unwrap_or_default().to_owned();
    let body = Limited::new(request.into_body(), MOST_BYTES)
        .collect()
        .await
        .map_err(|_| Failure::new(413, "RequestEntityTooLarge", format!("limit is {MOST_BYTES}")))?;
    let asked = Asked { place, verb, query, content_type, body: body.to_bytes() };
    match (asked.place.group.as_str(), asked.place.resource.as_str()) {
        ("batch", "jobs") => serve::<Job>(shared, &asked),
        ("", "pods") => serve::<Pod>(shared, &asked),
        ("", "secrets") => serve::<Secret>(shared, &asked),
        ("", "configmaps") => serve::<ConfigMap>(shared, &asked),
        ("coordination.k8s.io", "leases") => serve::<Lease>(shared, &asked),
        ("", "nodes") => serve::<Node>(shared, &asked),
        _ => Err(Failure::new(404, "NotFound", "the server could not find the requested resource")),
    }
}

fn serve<K: Kept + Rules>(shared: &Arc<Shared>, asked: &Asked) -> Result<Response<Body>, Failure> {
    let Asked { place, verb, query, content_type, body } = asked;
    let Place { namespace, name, .. } = place;
    if place.version != "v1" {
        return Err(Failure::new(404, "NotFound", "the server could not find the requested resource"));
    }
    if place.subresource == "log" {
        let body = log::log(shared, namespace, name, &Params::read(query, log::LOG_PARAMS)?)?;
        return Ok(response(200, "text/plain", body));
    }
    let writes = matches!(*verb, "create" | "update");
    if writes && !content_type.is_empty() && !content_type.starts_with("application/json") {
        let message = format!("the body of the request was in an unknown format: {content_type}");
        return Err(Failure::new(415, "UnsupportedMediaType", message));
    }
    let write_params = || {
        let params = Params::read(query, write::WRITE_PARAMS)?;
        params.check_field_validation()?;
        Ok::<_, Failure>(params.text("dryRun").is_some())
    };
    let list_params = || Params::read(query, read::LIST_PARAMS);
    let text = match *verb {
        "get" => read::one::<K>(&shared.world(), namespace, name)?,
        "list" => read::list::<K>(&mut shared.world(), namespace, &list_params()?)?,
        "watch" => {
            let body = watch::watch::<K>(shared, namespace, &list_params()?)?;
            return Ok(response(200, "application/json", body));
        }
        "create" => {
            let dry = write_params()?;
            let made = write::create::<K>(&mut shared.world(), namespace, body, dry)?;
            return Ok(json(201, written(made)));
        }
        "update" => {
            let dry = write_params()?;
            shared.faults.steal_lease::<K>(shared, namespace, name);
            written(write::replace::<K>(&mut shared.world(), namespace, name, body, dry)?)
        }
        "patch" => {
            let dry = write_params()?;
            shared.faults.steal_lease::<K>(shared, namespace, name);
            written(patch::patch::<K>(&mut shared.world(), namespace, name, (content_type, body), dry)?)
        }
        "delete" => delete::delete::<K>(&mut shared.world(), namespace, name, &delete_options(query, body)?)?,
        _ => {
            let options = delete_options(query, body)?;
            let params = Params::read(query, delete::DELETE_PARAMS)?;
            let mut world = shared.world();
            let objects = read::selected::<K>(&world, namespace, &params)?;
            delete::delete_all::<K>(&mut world, &objects, &options)?
        }
    };
    Ok(json(200, text))
}

fn delete_options(query: &str, body: &[u8]) -> Result<DeleteOptions, Failure> {
    let params = Params::read(query, delete::DELETE_PARAMS)?;
    let mut options = DeleteOptions::read(body)?;
    if let Some(policy) = params.text("propagationPolicy") {
        options.propagation_policy.get_or_insert_with(|| policy.to_owned());
    }
    options.grace_period_seconds = options.grace_period_seconds.or(params.number("gracePeriodSeconds")?);
    if params.text("dryRun").is_some() {
        options.dry_run.push("All".to_owned());
    }
    Ok(options)
}

fn verb(method: &Method, place: &Place, query: &str) -> Result<&'static str, Failure> {
    let watches = query.split('&').any(|pair| matches!(pair, "watch=true" | "watch=1"));
    Ok(match (method, place.name.is_empty()) {
        (&Method::GET, true) if watches => "watch",
        (&Method::GET, true) => "list",
        (&Method::GET, false) => "get",
        (&Method::POST, true) => "create",
        (&Method::PUT, false) => "update",
        (&Method::PATCH, false) => "patch",
        (&Method::DELETE, false) => "delete",
        (&Method::DELETE, true) => "deletecollection",
        _ => {
            let message = "the server does not allow this method on the requested resource";
            return Err(Failure::new(405, "MethodNotAllowed", message));
        }
    })
}

fn authenticate(shared: &Shared, request: &Request<Incoming>) -> Result<(), Failure> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match header.and_then(|header| header.strip_prefix("Bearer ")) {
        Some(token) if shared.takes_token(token) => Ok(()),
        _ => Err(Failure::made_up(401, None)),
    }
}

/// A body from bytes.
fn body_of(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).boxed_unsync()
}

fn json(status: u16, text: String) -> Response<Body> {
    response(status, "application/json", body_of(text))
}

fn response(status: u16, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(content_type));
    response
}
