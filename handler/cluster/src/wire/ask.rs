use bytes::Bytes;
use form_urlencoded::Serializer;
use http::{Method, Request, header};
use kube::client::Body;
use std::fmt;

/// A request to an API server, kept so that it can be sent again.
#[derive(Clone)]
pub struct Ask {
    /// Operation and object, for errors.
    pub what: String,
    /// Method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// Type and bytes of the body.
    pub body: Option<(&'static str, Bytes)>,
    /// Whether answers may repeat what nobody should read: then errors leave out the cluster's words.
    pub discreet: bool,
    /// Whether the cluster works for long before it answers, as it does on the deletion of thousands of objects.
    pub slow: bool,
}

/// Type of a whole object.
pub const JSON: &str = "application/json";
/// Type of a patch that replaces what it names.
pub const MERGE_PATCH: &str = "application/merge-patch+json";

impl Ask {
    /// Without a body.
    pub fn new(method: Method, what: impl Into<String>, path: impl Into<String>) -> Self {
        Self { what: what.into(), method, target: path.into(), body: None, discreet: false, slow: false }
    }

    /// Reads.
    pub fn get(what: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(Method::GET, what, path)
    }

    /// Adds a parameter of the query.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let pair = Serializer::new(String::new()).append_pair(name, value).finish();
        self.target.push(if self.target.contains('?') { '&' } else { '?' });
        self.target.push_str(&pair);
        self
    }

    /// Adds a parameter where there is one.
    pub fn query_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// With a body.
    pub fn with_body(mut self, kind: &'static str, bytes: impl Into<Bytes>) -> Self {
        self.body = Some((kind, bytes.into()));
        self
    }

    /// Leaves the cluster's words out of errors.
    pub fn discreet(mut self) -> Self {
        self.discreet = true;
        self
    }

    /// Gives the cluster more time.
    pub fn slow(mut self) -> Self {
        self.slow = true;
        self
    }

    /// As the client sends it.
    pub fn request(&self) -> http::Result<Request<Body>> {
        let request = Request::builder().method(&self.method).uri(&self.target).header(header::ACCEPT, JSON);
        match &self.body {
            Some((kind, bytes)) => {
                request.header(header::CONTENT_TYPE, *kind).body(Body::from(bytes.clone()))
            }
            None => request.body(Body::empty()),
        }
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.body.as_ref().map(|(_, bytes)| bytes.len());
        f.debug_struct("Ask")
            .field("what", &self.what)
            .field("target", &self.target)
            .field("body_bytes", &bytes)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_encoded() {
        let ask =
            Ask::get("list", "/api/v1/pods").query("labelSelector", "a=b,c in (d,e)").query("limit", "5");
        assert_eq!(ask.target, "/api/v1/pods?labelSelector=a%3Db%2Cc+in+%28d%2Ce%29&limit=5");
        assert_eq!(ask.request().unwrap().uri().path(), "/api/v1/pods");
    }

    #[test]
    fn a_body_does_not_print() {
        let ask = Ask::new(Method::POST, "create", "/x").with_body(JSON, "hidden");
        assert!(!format!("{ask:?}").contains("hidden"));
    }
}
