//! TLS against a server whose certificates are made here.

use crate::chat::{Chat, Lines};
use crate::harbor::{config, soon};
use crate::sockets::answer;
use ifbus_link::{Address, Dial, Dialed, Error, Link, Tls, TlsConfig};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::sync::Arc;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

struct Authority {
    pem: String,
    der: rustls_pki_types::CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { pem: certificate.pem(), der: certificate.der().clone(), issuer: Issuer::new(params, key) }
    }

    fn sign(&self, name: &str, usage: ExtendedKeyUsagePurpose) -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.extended_key_usages.push(usage);
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A server named `studio.test`; gives its port.
    async fn serve(&self, ask_client: bool) -> u16 {
        let (certificate, key) = self.sign("studio.test", ExtendedKeyUsagePurpose::ServerAuth);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().unwrap();
        let builder = if ask_client {
            let mut roots = RootCertStore::empty();
            roots.add(self.der.clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        let key = rustls_pki_types::PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let acceptor =
            TlsAcceptor::from(Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((io, _)) = listener.accept().await {
                if let Ok(io) = acceptor.accept(io).await {
                    answer(io).await;
                }
            }
        });
        port
    }
}

async fn exchange(port: u16, tls: Tls) -> Result<String, Error> {
    let mut dial = Dial::new(Address::parse("127.0.0.1", port).unwrap());
    dial.tls = Some(tls);
    let link = soon(Link::connect(Chat::default(), Dialed::new(dial, Lines::default), config())).await?;
    let reply = link.request("x".into()).await;
    soon(link.close()).await;
    reply
}

fn named(config: TlsConfig) -> Tls {
    config.server_name("studio.test").build().unwrap()
}

#[tokio::test]
async fn the_given_authority_is_trusted_and_no_other() {
    let authority = Authority::new();
    let port = authority.serve(false).await;
    let trusting = || TlsConfig::new().ca_pem(authority.pem.as_bytes()).unwrap();
    assert_eq!(exchange(port, named(trusting())).await.unwrap(), "X");

    let wrong_name = exchange(port, trusting().server_name("other.test").build().unwrap()).await.unwrap_err();
    assert!(wrong_name.to_string().contains("TLS: ") && wrong_name.to_string().contains("other.test"), "{wrong_name}");

    let stranger = TlsConfig::new().ca_pem(Authority::new().pem.as_bytes()).unwrap();
    let unknown = exchange(port, named(stranger)).await.unwrap_err();
    assert!(matches!(unknown, Error::Connect(_)) && unknown.to_string().contains("TLS: "), "{unknown}");

    let any = TlsConfig::new().danger_accept_any_certificate().build().unwrap();
    assert_eq!(exchange(port, any.clone()).await.unwrap(), "X");

    // one that greets in plain text
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut io, _) = listener.accept().await.unwrap();
        io.write_all(b"hello, this is plain\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let plain = exchange(port, any).await.unwrap_err().to_string();
    assert!(plain.ends_with("what answers there does not speak TLS"), "{plain}");
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_it_is_asked_for() {
    let authority = Authority::new();
    let port = authority.serve(true).await;
    let trusting = || TlsConfig::new().ca_pem(authority.pem.as_bytes()).unwrap();
    assert!(exchange(port, named(trusting())).await.is_err(), "without one the server hangs up");
    let (certificate, key) = authority.sign("client", ExtendedKeyUsagePurpose::ClientAuth);
    let pem = (certificate.pem(), key.serialize_pem());
    let config = trusting().client_certificate_pem(pem.0.as_bytes(), pem.1.as_bytes()).unwrap();
    assert!(!format!("{config:?}").contains(&pem.1), "no key in a log");
    assert_eq!(exchange(port, named(config)).await.unwrap(), "X");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    assert!(TlsConfig::new().ca_pem(b"no certificate").is_err());
    assert!(TlsConfig::new().client_certificate_pem(b"", b"").is_err());
    assert!(TlsConfig::new().danger_accept_any_certificate().server_name("not a name").build().is_err());
}
