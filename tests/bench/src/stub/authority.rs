//! The certificate authority that vouches for the stub, made anew for each run and trusted by the functions through
//! `SSL_CERT_FILE`.
//!
//! The file also holds the machine's own authorities: reading some hundred and forty certificates is a part of every
//! real function's start-up, and a file with one would hide it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::failure::Failure;

/// Where Linux distributions keep the authorities they trust; the first is Debian's, the second Amazon Linux's.
const SYSTEM_BUNDLES: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// The stub's TLS side, and the file that makes functions trust it.
#[derive(Debug, Clone)]
pub struct Authority {
    /// What the stub serves with.
    pub server: Arc<ServerConfig>,
    /// The value of `SSL_CERT_FILE`.
    pub bundle: PathBuf,
    /// How many authorities the file holds.
    pub authorities: usize,
}

impl Authority {
    /// Makes keys and certificates and writes the bundle into `directory`.
    pub fn establish(directory: &Path) -> Result<Self, Failure> {
        let issued = issue().map_err(|error| Failure::Machine(error.to_string()))?;
        let mut server = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(issued.key));
                builder.with_no_client_auth().with_single_cert(vec![issued.certificate.der().clone()], key)
            })
            .map_err(|error| Failure::Machine(error.to_string()))?;
        server.alpn_protocols = vec![b"http/1.1".to_vec()];

        let mut text = SYSTEM_BUNDLES.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        text.push_str(&issued.authority);
        let bundle = directory.join("authorities.pem");
        fs::write(&bundle, &text).map_err(|error| Failure::io(bundle.display(), &error))?;
        Ok(Self { server: Arc::new(server), bundle, authorities: text.matches("-----BEGIN CERTIFICATE-----").count() })
    }
}

struct Issued {
    authority: String,
    certificate: rcgen::Certificate,
    key: Vec<u8>,
}

fn issue() -> Result<Issued, rcgen::Error> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_pem = authority.self_signed(&authority_key)?.pem();
    let issuer = Issuer::new(authority, authority_key);

    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()])?;
    let certificate = leaf.signed_by(&key, &issuer)?;
    Ok(Issued { authority: authority_pem, certificate, key: key.serialize_der() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundle_holds_our_authority() {
        let directory = tempfile::tempdir().expect("a directory");
        let authority = Authority::establish(directory.path()).expect("an authority");
        let text = fs::read_to_string(&authority.bundle).expect("the bundle");
        assert_eq!(text.matches("-----END CERTIFICATE-----").count(), authority.authorities);
        assert!(authority.authorities >= 1);
    }
}
