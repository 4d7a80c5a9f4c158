use async_trait::async_trait;
use azure_core::{
    credentials::Secret,
    error::{Error, ErrorKind},
    hmac::hmac_sha256,
    http::{
        Context, Request,
        headers::HeaderName,
        policies::{Policy, PolicyResult},
    },
    time::{OffsetDateTime, to_rfc7231},
};
use std::{collections::BTreeMap, fmt::Write, sync::Arc};

/// Which service's signing rule applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// Blobs and queues: `SharedKey`.
    BlobOrQueue,
    /// Tables: `SharedKeyLite`.
    Table,
}

/// Signs each try of a request with the account's key. The official crates know tokens alone; Azurite over plain
/// HTTP knows keys alone. Runs last before the transport.
///
/// Source: <https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key>.
#[derive(Debug)]
pub struct SharedKey {
    account: String,
    key: Secret,
    signing: Signing,
}

impl SharedKey {
    /// The policy for an account and one kind of service.
    pub fn new(account: &str, key: &Secret, signing: Signing) -> Arc<Self> {
        Arc::new(Self { account: account.to_owned(), key: key.clone(), signing })
    }

    fn string_to_sign(&self, request: &Request, date: &str) -> String {
        match self.signing {
            Signing::Table => format!("{date}\n/{}{}", self.account, request.url().path()),
            Signing::BlobOrQueue => self.full_string_to_sign(request),
        }
    }

    fn full_string_to_sign(&self, request: &Request) -> String {
        let header = |name: &'static str| {
            request.headers().get_optional_str(&HeaderName::from_static(name)).unwrap_or_default()
        };
        let mut text = format!("{}\n", request.method());
        for name in [
            "content-encoding",
            "content-language",
            "content-length",
            "content-md5",
            "content-type",
            // The date goes as x-ms-date, so its own line is empty.
            "",
            "if-modified-since",
            "if-match",
            "if-none-match",
            "if-unmodified-since",
            "range",
        ] {
            let value = if name.is_empty() { "" } else { header(name) };
            text.push_str(if name == "content-length" && value == "0" { "" } else { value });
            text.push('\n');
        }
        let service_headers: BTreeMap<&str, &str> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| name.starts_with("x-ms-"))
            .collect();
        for (name, value) in service_headers {
            let _ = writeln!(text, "{name}:{}", value.trim());
        }
        let _ = write!(text, "/{}{}", self.account, request.url().path());
        let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in request.url().query_pairs() {
            query.entry(name.to_lowercase()).or_default().push(value.into_owned());
        }
        for (name, mut values) in query {
            values.sort();
            let _ = write!(text, "\n{name}:{}", values.join(","));
        }
        text
    }
}

#[async_trait]
impl Policy for SharedKey {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let Some((first, rest)) = next.split_first() else {
            return Err(Error::with_message(ErrorKind::Other, "the pipeline ends before its transport"));
        };
        // A retry comes through here again: date and signature are made anew.
        let date = to_rfc7231(&OffsetDateTime::now_utc());
        request.insert_header("x-ms-date", date.clone());
        // Signed, so it has to be known here and not only in the transport.
        if let Some(length) = request.body().len().filter(|length| *length > 0) {
            request.insert_header("content-length", length.to_string());
        }
        let signature = hmac_sha256(&self.string_to_sign(request, &date), &self.key)?;
        let scheme = match self.signing {
            Signing::BlobOrQueue => "SharedKey",
            Signing::Table => "SharedKeyLite",
        };
        request.insert_header("authorization", format!("{scheme} {}:{signature}", self.account));
        first.send(ctx, request, rest).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azure_core::http::{Method, Url};

    #[test]
    fn the_signed_text_follows_the_rule() {
        let url = Url::parse("http://127.0.0.1:1/acct/c/a%2Fb?comp=block&blockid=eA%3D%3D").unwrap();
        let mut request = Request::new(url, Method::Put);
        request.insert_header("content-length", "3");
        request.insert_header("content-type", "text/plain");
        request.insert_header("x-ms-version", "2025-11-05");
        request.insert_header("x-ms-date", "now");
        let policy = SharedKey::new("acct", &Secret::new("a2V5"), Signing::BlobOrQueue);
        assert_eq!(
            policy.string_to_sign(&request, "now"),
            "PUT\n\n\n3\n\ntext/plain\n\n\n\n\n\n\nx-ms-date:now\nx-ms-version:2025-11-05\n\
             /acct/acct/c/a%2Fb\nblockid:eA==\ncomp:block"
        );
        let policy = SharedKey::new("acct", &Secret::new("a2V5"), Signing::Table);
        assert_eq!(policy.string_to_sign(&request, "now"), "now\n/acct/acct/c/a%2Fb");
        assert!(!format!("{policy:?}").contains("a2V5"));
    }
}
