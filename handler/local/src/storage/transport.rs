//! One signed request to storage.

use super::connection::Account;
use super::error::StorageError;
use super::signing;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::Url;
use std::time::Duration;
use time::OffsetDateTime;
use time::macros::format_description;

/// The newest version that Azurite 3.35 takes without being told to skip the check.
const BLOB_AND_QUEUE_VERSION: &str = "2025-11-05";
const TABLE_VERSION: &str = "2019-02-02";
const CALL_LIMIT: Duration = Duration::from_secs(30);

/// One storage account, ready to call. Clones share connections.
#[derive(Debug, Clone)]
pub struct Storage {
    pub(super) account: Account,
    http: reqwest::Client,
}

/// The service that a call goes to; it decides how the call is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Blob,
    Queue,
    Table,
}

/// One call before it is signed.
pub(super) struct Call<'a> {
    pub service: Service,
    pub method: Method,
    /// Path below the account, already percent-encoded, with a leading slash.
    pub path: String,
    pub query: &'a [(&'a str, String)],
    pub headers: &'a [(&'static str, &'a str)],
    pub body: Bytes,
}

/// A call that succeeded.
pub(super) struct Answer {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Storage {
    /// A client for `account`.
    ///
    /// # Errors
    /// [`StorageError::Unreachable`] when the TLS set-up of this machine is broken.
    pub fn new(account: Account) -> Result<Self, StorageError> {
        // Storage on this machine must not go through a proxy, and a call is never a redirect.
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Ok(Self { account, http: http.timeout(CALL_LIMIT).build()? })
    }

    pub(super) async fn send(&self, call: Call<'_>) -> Result<Answer, StorageError> {
        let base = match call.service {
            Service::Blob => &self.account.blob,
            Service::Queue => &self.account.queue,
            Service::Table => &self.account.table,
        };
        let unusable = |_| StorageError::Unreadable("the service's address is no URL");
        let mut url = Url::parse(&format!("{base}{}", call.path)).map_err(unusable)?;
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query.iter().map(|(n, v)| (*n, v.as_str())));
        }
        let headers = self.headers(&call, &url)?;
        let answer = self.http.request(call.method, url).headers(headers).body(call.body).send().await;
        let answer = answer.map_err(reqwest::Error::without_url)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await?;
        if status.is_success() {
            return Ok(Answer { headers, body });
        }
        let code = headers.get("x-ms-error-code").and_then(|v| v.to_str().ok());
        Err(StorageError::refused(status.as_u16(), code, &body))
    }

    fn headers(&self, call: &Call<'_>, url: &Url) -> Result<HeaderMap, StorageError> {
        let form = format_description!(
            "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
        );
        let unusable = |_| StorageError::Unreadable("the date cannot be written");
        let date = OffsetDateTime::now_utc().format(&form).map_err(unusable)?;
        let version = if call.service == Service::Table { TABLE_VERSION } else { BLOB_AND_QUEUE_VERSION };
        let mut headers = HeaderMap::new();
        put(&mut headers, HeaderName::from_static("x-ms-date"), &date)?;
        put(&mut headers, HeaderName::from_static("x-ms-version"), version)?;
        for (name, value) in call.headers {
            put(&mut headers, HeaderName::from_static(name), value)?;
        }
        if !call.body.is_empty() || call.method == Method::PUT || call.method == Method::POST {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(call.body.len()));
        }
        let authorization = match call.service {
            Service::Table => {
                put(&mut headers, ACCEPT, "application/json;odata=nometadata")?;
                signing::shared_key_lite(&self.account, url, &date)
            }
            Service::Blob | Service::Queue => {
                if !call.body.is_empty() && !headers.contains_key(CONTENT_TYPE) {
                    put(&mut headers, CONTENT_TYPE, "application/xml")?;
                }
                signing::shared_key(&self.account, &call.method, url, &headers)
            }
        };
        put(&mut headers, AUTHORIZATION, &authorization)?;
        Ok(headers)
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<(), StorageError> {
    let value = HeaderValue::from_str(value)
        .map_err(|_| StorageError::Unreadable("a header has control characters"))?;
    headers.insert(name, value);
    Ok(())
}
