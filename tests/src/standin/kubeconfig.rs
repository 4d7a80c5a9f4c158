//! The one thing that a client is given.

use base64::{Engine, engine::general_purpose::STANDARD};

/// A kubeconfig with one context.
pub fn kubeconfig(name: &str, address: &str, authority: &str, token: &str) -> String {
    let authority = STANDARD.encode(authority);
    format!(
        "apiVersion: v1\n\
         kind: Config\n\
         current-context: {name}\n\
         clusters:\n\
         - name: {name}\n  cluster:\n    server: {address}\n    certificate-authority-data: {authority}\n\
         users:\n\
         - name: {name}\n  user:\n    token: {token}\n\
         contexts:\n\
         - name: {name}\n  context:\n    cluster: {name}\n    user: {name}\n    namespace: default\n"
    )
}
