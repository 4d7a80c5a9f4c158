//! Who may talk to this host: programs on this machine, and pages that it served itself.
//!
//! Any web page can make a browser send requests to a loopback port. Two rules keep such pages out: the `Host` must
//! be a loopback name (so that no foreign name can be pointed here), and a request that may change something must
//! not come from another origin.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode, Uri};

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The `Host` is missing, doubled or no loopback name.
    Host,
    /// The request changes something and comes from elsewhere.
    Origin,
}

impl Refusal {
    /// The status that says so.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
            Self::Origin => StatusCode::FORBIDDEN,
        }
    }
}

/// Judges a request. `allowed` are the origins that the settings name besides our own.
///
/// # Errors
/// [`Refusal`].
pub fn check(method: &Method, headers: &HeaderMap, allowed: &[String]) -> Result<(), Refusal> {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(Refusal::Host) };
    let host = host.to_str().map_err(|_| Refusal::Host)?;
    let port = loopback_port(host).ok_or(Refusal::Host)?;
    if method == Method::GET || method == Method::HEAD {
        return Ok(());
    }
    let cross =
        headers.get("sec-fetch-site").is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"cross-site"));
    let ours = |origin: &str| {
        allowed.iter().any(|a| a == origin)
            || origin.strip_prefix("http://").and_then(loopback_port).is_some_and(|p| p == port)
    };
    let foreign = headers.get_all(ORIGIN).iter().any(|o| !o.to_str().is_ok_and(ours));
    if cross || foreign { Err(Refusal::Origin) } else { Ok(()) }
}

/// The port of `name[:port]` when the name is a loopback one; 80 when it has none.
fn loopback_port(authority: &str) -> Option<u16> {
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port.parse().ok()?),
        _ => (authority, 80),
    };
    let known = name == "127.0.0.1" || name == "[::1]" || name.eq_ignore_ascii_case("localhost");
    known.then_some(port)
}

/// Whether a path belongs to the host and never to a function.
#[must_use]
pub fn is_host_path(uri: &Uri) -> bool {
    let mut segments = uri.path().split('/').filter(|s| !s.is_empty()).map(str::to_ascii_lowercase);
    match segments.next().as_deref() {
        Some("admin") => true,
        Some("runtime") => segments.next().as_deref() == Some("webhooks"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn judge(method: Method, pairs: &[(&str, &str)]) -> Result<(), Refusal> {
        let parse =
            |(n, v): &(&str, &str)| (n.parse::<HeaderName>().unwrap(), v.parse::<HeaderValue>().unwrap());
        let mut headers = HeaderMap::new();
        headers.extend(pairs.iter().map(parse).map(|(n, v)| (Some(n), v)));
        check(&method, &headers, &["http://localhost:5173".to_owned()])
    }

    #[test]
    fn only_loopback_names() {
        for good in ["127.0.0.1:7071", "localhost", "LOCALHOST:1", "[::1]:7071", "[::1]"] {
            assert_eq!(judge(Method::GET, &[("host", good)]), Ok(()), "{good}");
        }
        for bad in
            ["example.org", "localhost.example.org:7071", "127.0.0.1.nip.io", "127.0.0.1:x", "", "10.0.0.1"]
        {
            assert_eq!(judge(Method::GET, &[("host", bad)]), Err(Refusal::Host), "{bad}");
        }
        assert_eq!(judge(Method::GET, &[]), Err(Refusal::Host));
        let doubled = [("host", "localhost"), ("host", "example.org")];
        assert_eq!(judge(Method::GET, &doubled), Err(Refusal::Host));
    }

    #[test]
    fn pages_elsewhere_cannot_change_anything() {
        let host = ("host", "127.0.0.1:7071");
        for origin in
            ["https://example.org", "null", "http://localhost:8080", "https://127.0.0.1:7071", "http://"]
        {
            assert_eq!(judge(Method::POST, &[host, ("origin", origin)]), Err(Refusal::Origin), "{origin}");
            assert_eq!(judge(Method::GET, &[host, ("origin", origin)]), Ok(()), "{origin}");
        }
        for origin in ["http://127.0.0.1:7071", "http://localhost:7071", "http://localhost:5173"] {
            assert_eq!(judge(Method::DELETE, &[host, ("origin", origin)]), Ok(()), "{origin}");
        }
        let cross = [host, ("sec-fetch-site", "cross-site")];
        assert_eq!(judge(Method::PUT, &cross), Err(Refusal::Origin));
        assert_eq!(judge(Method::HEAD, &cross), Ok(()));
        assert_eq!(judge(Method::POST, &[host]), Ok(()));
    }

    #[test]
    fn the_hosts_own_paths() {
        for path in ["/admin", "/Admin/x", "//admin/host/status", "/runtime/webhooks/x"] {
            assert!(is_host_path(&path.parse().unwrap()), "{path}");
        }
        for path in ["/", "/administrators", "/runtime", "/runtime/x", "/api/admin"] {
            assert!(!is_host_path(&path.parse().unwrap()), "{path}");
        }
    }
}
