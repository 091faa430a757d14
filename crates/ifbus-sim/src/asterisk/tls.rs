//! The second port, on which the same switch is reached by TLS.

use super::{Serving, Shared, session};
use crate::net::SimStream;
use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// What the TLS port shows of itself: a certificate of its own, for `localhost` and its address.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) pem: String,
    acceptor: TlsAcceptor,
}

impl Identity {
    pub(super) fn new(addr: IpAddr) -> io::Result<Self> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let params = CertificateParams::new(["localhost".to_owned(), addr.to_string()]).map_err(io::Error::other)?;
        let certificate = params.self_signed(&key).map_err(io::Error::other)?;
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
                config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key)
            })
            .map_err(io::Error::other)?;
        Ok(Self { pem: certificate.pem(), acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}

/// Serves the sessions of the TLS port. Who does not shake hands is cut without a word, as by the real server.
pub(super) fn serve(shared: &Arc<Shared>, identity: &Identity) -> impl Fn(SimStream) -> Serving + Send + 'static {
    let (shared, acceptor) = (Arc::clone(shared), identity.acceptor.clone());
    move |stream| {
        let (shared, acceptor) = (Arc::clone(&shared), acceptor.clone());
        Box::pin(async move {
            let shaking = tokio::time::timeout(shared.config.auth_timeout, acceptor.accept(stream));
            if let Ok(Ok(stream)) = shaking.await {
                session::serve(shared, stream).await;
            }
        })
    }
}
