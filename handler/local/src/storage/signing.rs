//! Shared Key signatures.
//!
//! Form: <https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key>.

use super::connection::Account;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method};
use reqwest::Url;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const BLOCK: usize = 64;

/// The `Authorization` value of a blob or queue request. `headers` holds every `x-ms-*` header, the content type
/// and, for a body that is not empty, its length.
#[must_use]
pub fn shared_key(account: &Account, method: &Method, url: &Url, headers: &HeaderMap) -> String {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut ms: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, value) in headers {
        if name.as_str().starts_with("x-ms-") {
            ms.insert(name.as_str(), value.to_str().unwrap_or_default());
        }
    }
    let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        query.entry(name.to_lowercase()).or_default().push(value.into_owned());
    }
    let mut text = format!("{method}\n\n\n");
    // Length, MD5, type; then Date (x-ms-date stands in), the four conditions and Range, none of which we send.
    text.push_str(match header("content-length") {
        "0" => "",
        length => length,
    });
    text.push_str(&format!(
        "\n\n{}\n\n\n{}\n{}\n\n\n",
        header("content-type"),
        header("if-match"),
        header("if-none-match")
    ));
    for (name, value) in ms {
        text.push_str(&format!("{name}:{value}\n"));
    }
    text.push_str(&format!("/{}{}", account.name, url.path()));
    for (name, mut values) in query {
        values.sort();
        text.push_str(&format!("\n{name}:{}", values.join(",")));
    }
    format!("SharedKey {}:{}", account.name, sign(&account.key, &text))
}

/// The `Authorization` value of a table request: the lite form signs the date and the resource alone.
#[must_use]
pub fn shared_key_lite(account: &Account, url: &Url, date: &str) -> String {
    let text = format!("{date}\n/{}{}", account.name, url.path());
    format!("SharedKeyLite {}:{}", account.name, sign(&account.key, &text))
}

fn sign(key: &[u8], text: &str) -> String {
    STANDARD.encode(hmac_sha256(key, text.as_bytes()))
}

/// HMAC (RFC 2104) over SHA-256; a dozen lines in place of a dependency.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let pad = |byte: u8| block.map(|b| b ^ byte);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn hmac_agrees_with_rfc_4231() {
        let got = hmac_sha256(&[0x0b; 20], b"Hi There");
        assert_eq!(hex(&got), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        let got = hmac_sha256(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(hex(&got), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    }
}
