//! TLS by rustls with ring: the platform's roots, a given CA, a client certificate.

use crate::wire::BoxedIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What is wrong with the TLS settings.
#[derive(Debug, Clone, thiserror::Error)]
#[error("TLS settings: {0}")]
pub struct TlsError(String);

/// The TLS settings of a client. The default trusts what the operating system trusts.
#[derive(Debug, Default)]
#[must_use]
pub struct TlsConfig {
    ca: Option<RootCertStore>,
    client: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    server_name: Option<String>,
    any_certificate: bool,
}

impl TlsConfig {
    /// The platform's roots.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the certificates in this PEM text, and no others.
    ///
    /// # Errors
    /// If it holds no certificate, or one that cannot be a root.
    pub fn ca_pem(mut self, pem: &[u8]) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(pem)? {
            roots.add(certificate).map_err(|error| TlsError(format!("the CA certificate: {error}")))?;
        }
        self.ca = Some(roots);
        Ok(self)
    }

    /// Shows this certificate (chain) with this key to the server; both PEM.
    ///
    /// # Errors
    /// If either cannot be read.
    pub fn client_certificate_pem(mut self, chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| TlsError(format!("the client's key: {error}")))?;
        self.client = Some((certificates(chain)?, key));
        Ok(self)
    }

    /// Expects this name in the server's certificate instead of the name that was dialed.
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// Accepts any certificate: whoever can answer at the address can read and change everything. For a self-signed server on
    /// a network that you trust, prefer [`ca_pem`](Self::ca_pem) with the server's own certificate.
    pub fn danger_accept_any_certificate(mut self) -> Self {
        self.any_certificate = true;
        self
    }

    /// Checks the settings and makes them usable.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn build(self) -> Result<Tls, TlsError> {
        let failed = |error: rustls::Error| TlsError(error.to_string());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(failed)?;
        let builder = if self.any_certificate {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        } else if let Some(roots) = self.ca {
            builder.with_root_certificates(roots)
        } else {
            builder.with_platform_verifier().map_err(failed)?
        };
        let config = match self.client {
            Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(failed)?,
            None => builder.with_no_client_auth(),
        };
        if let Some(name) = &self.server_name {
            ServerName::try_from(name.as_str()).map_err(|_| TlsError(format!("{name:?} is not a server name")))?;
        }
        Ok(Tls { config: Arc::new(config), server_name: self.server_name })
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| TlsError(format!("a certificate: {error}")))?;
    if certificates.is_empty() {
        return Err(TlsError("the PEM text holds no certificate".into()));
    }
    Ok(certificates)
}

/// Checked TLS settings. Cheap to clone: an application with five clients makes them once.
#[derive(Debug, Clone)]
pub struct Tls {
    config: Arc<ClientConfig>,
    server_name: Option<String>,
}

impl Tls {
    /// The platform's roots.
    ///
    /// # Errors
    /// If the platform has none.
    pub fn platform() -> Result<Self, TlsError> {
        TlsConfig::new().build()
    }

    /// A whole configuration of rustls's, for what [`TlsConfig`] does not cover.
    #[must_use]
    pub fn from_rustls(config: Arc<ClientConfig>) -> Self {
        Self { config, server_name: None }
    }

    /// The configuration, for an HTTP client that shall trust the same.
    #[must_use]
    pub fn client_config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    pub(crate) async fn wrap(&self, stream: TcpStream, host: &str) -> Result<BoxedIo, String> {
        let name = self.server_name.as_deref().unwrap_or(host).to_owned();
        let name = ServerName::try_from(name).map_err(|error| format!("TLS: {error}"))?;
        let connected = TlsConnector::from(Arc::clone(&self.config)).connect(name, stream).await;
        connected.map(|stream| Box::new(stream) as BoxedIo).map_err(|error| match error.to_string() {
            said if said.ends_with("InvalidContentType") => "what answers there does not speak TLS".into(),
            said => format!("TLS: {said}"),
        })
    }
}

/// Checks signatures, but not whose they are.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
