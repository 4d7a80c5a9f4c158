//! What a proxy does to headers.

use crate::protocol::{HOST_VERSION, HOST_VERSION_HEADER, INVOCATION_ID, PROXY_CORRELATION};
use http::header::{
    CONNECTION, EXPECT, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING,
    UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::net::IpAddr;

/// Headers that speak of one connection only.
const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Removes what speaks of one connection only, also what `Connection` names.
pub fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| HeaderName::from_bytes(name.trim().as_bytes()).ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// Makes a client's headers those of the proxied request: `Host` goes, where it came from is said, the invocation
/// is named. What the client wrote under these names is overwritten.
pub fn for_handler(headers: &mut HeaderMap, client: IpAddr, invocation: &str) {
    strip_hop_by_hop(headers);
    // The host answers `Expect: 100-continue` itself, as it is the one that the client talks to.
    headers.remove(EXPECT);
    let host = headers.remove(HOST);
    let mut set = |name: &'static str, value: Option<HeaderValue>| {
        headers.remove(name);
        if let Some(value) = value {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-forwarded-for", HeaderValue::from_str(&client.to_string()).ok());
    set("x-forwarded-proto", Some(HeaderValue::from_static("http")));
    set("x-forwarded-host", host);
    let invocation = HeaderValue::from_str(invocation).ok();
    set(PROXY_CORRELATION, invocation.clone());
    set(INVOCATION_ID, invocation);
    set(HOST_VERSION_HEADER, Some(HeaderValue::from_static(HOST_VERSION)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn map(pairs: &[(&str, &str)]) -> HeaderMap {
        let parse =
            |(n, v): &(&str, &str)| (n.parse::<HeaderName>().unwrap(), v.parse::<HeaderValue>().unwrap());
        pairs.iter().map(parse).collect()
    }

    #[test]
    fn hop_by_hop_headers_go_with_what_connection_names() {
        let mut got =
            map(&[("connection", "close, X-Mine"), ("x-mine", "1"), ("te", "trailers"), ("accept", "a")]);
        strip_hop_by_hop(&mut got);
        assert_eq!(got, map(&[("accept", "a")]));
    }

    #[test]
    fn forged_headers_are_overwritten() {
        let mut got = map(&[
            ("host", "localhost:1"),
            ("x-forwarded-for", "1.2.3.4"),
            ("x-ms-invocation-id", "forged"),
            ("x-azure-functions-invocationid", "forged"),
            ("expect", "100-continue"),
        ]);
        for_handler(&mut got, Ipv4Addr::LOCALHOST.into(), "id");
        let expected = [
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-host", "localhost:1"),
            ("x-ms-invocation-id", "id"),
            ("x-azure-functions-invocationid", "id"),
            ("x-azure-functions-hostversion", HOST_VERSION),
        ];
        assert_eq!(got, map(&expected));
    }
}
