//! The TLS server with a certificate authority of its own.

use super::{api::answer, shared::Shared};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::{net, sync::Arc};
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// A certificate for 127.0.0.1, and the authority that signed it.
pub struct Certificates {
    /// The authority, as PEM.
    pub authority: String,
    server: Arc<ServerConfig>,
}

impl Certificates {
    /// Makes them.
    pub fn make() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let names = ["127.0.0.1", "localhost", "kubernetes.default.svc"].map(str::to_owned);
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
        let secret = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let chain = vec![certificate.der().clone()];
        // Named, because several crates of a build may bring a provider each.
        let provider = Arc::new(aws_lc_rs::default_provider());
        let versions =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let mut server = versions.with_no_client_auth().with_single_cert(chain, secret).unwrap();
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self { authority: authority.pem(), server: Arc::new(server) }
    }

    /// Serves requests for as long as the runtime lives.
    pub async fn serve(self, listener: net::TcpListener, shared: Arc<Shared>) {
        let listener = TcpListener::from_std(listener).unwrap();
        let acceptor = TlsAcceptor::from(self.server);
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
            tokio::spawn(async move {
                let _ = stream.set_nodelay(true);
                // Who does not speak TLS, or goes away, is no fault of the server.
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = service_fn(move |request| answer(Arc::clone(&shared), request));
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    }
}
