/// Longest request head that is waited for, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// What the proxy answers when it is to be busy, with the seconds that the client is to wait where there are any.
pub fn busy(retry_after: u64) -> String {
    let wait = if retry_after > 0 { format!("retry-after: {retry_after}\r\n") } else { String::new() };
    format!("HTTP/1.1 503 Server Busy\r\nx-ms-error-code: ServerBusy\r\n{wait}content-length: 0\r\n\r\n")
}

/// What the bytes at the front of a connection are.
#[derive(Debug, PartialEq, Eq)]
pub enum Front {
    /// Not enough bytes yet.
    More,
    /// A whole request head, and the length of the body behind it.
    Request {
        /// Length of the head with its blank line.
        head: usize,
        /// Length of the body.
        body: u64,
    },
    /// Not plain HTTP with a known length: passed on as it comes.
    Opaque,
}

/// Looks at the front of what a client sent.
pub fn front(bytes: &[u8]) -> Front {
    match bytes.first() {
        None => return Front::More,
        Some(first) if !first.is_ascii_uppercase() => return Front::Opaque,
        Some(_) => {}
    }
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return if bytes.len() > MAX_HEAD { Front::Opaque } else { Front::More };
    };
    let head = String::from_utf8_lossy(&bytes[..end]);
    let field = |wanted: &str| {
        head.lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim().to_owned())
    };
    if field("transfer-encoding").is_some() {
        return Front::Opaque;
    }
    let body = field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    Front::Request { head: end + 4, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_cut_at_its_length() {
        let bytes = b"PUT /a HTTP/1.1\r\nContent-LENGTH: 3\r\n\r\nabcGET";
        assert_eq!(front(bytes), Front::Request { head: 38, body: 3 });
        assert_eq!(front(b"GET / HTTP/1.1\r\nhost: a\r\n"), Front::More);
        assert_eq!(front(b""), Front::More);
        assert_eq!(front(b"\x16\x03\x01"), Front::Opaque);
        assert_eq!(front(b"PUT / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"), Front::Opaque);
    }
}
