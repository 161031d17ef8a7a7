//! One verification key.

use std::fmt;

use thiserror::Error;

use crate::{
    algorithm::{Algorithm, KeyKind},
    der::{self, InvalidPublicKey},
    pem::{self, InvalidPem},
};

/// A key that verifies signatures, in the form that the platform imports.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub(crate) id: Option<String>,
    pub(crate) algorithm: Option<Algorithm>,
    kind: KeyKind,
    format: Format,
    bytes: Vec<u8>,
    is_pem: bool,
}

/// A format of `importKey`: Web Cryptography § 14.3.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `raw`: a secret, or the coordinates of a point.
    Raw,
    /// `spki`: a `SubjectPublicKeyInfo` in DER.
    Spki,
}

/// Why something is not a verification key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidKey {
    /// A secret of no bytes.
    #[error("it is empty")]
    Empty,
    /// It looks like PEM and is wrong.
    #[error(transparent)]
    Pem(#[from] InvalidPem),
    /// It is not a public key of a supported kind.
    #[error(transparent)]
    PublicKey(#[from] InvalidPublicKey),
    /// It is a JWK of another kind, for another use or with a member missing.
    #[error("it is not a JWK for verifying signatures: RFC 7517 and RFC 7518 § 6")]
    Jwk,
}

impl Key {
    /// A secret that both sides know. RFC 7518 § 3.2 wants it as long as the hash; that is for
    /// those who sign to keep, since a hub that refuses their secret would only shut them out.
    ///
    /// # Errors
    /// [`InvalidKey::Empty`].
    pub fn secret(bytes: Vec<u8>) -> Result<Self, InvalidKey> {
        if bytes.is_empty() {
            return Err(InvalidKey::Empty);
        }
        Ok(Self::raw(KeyKind::Secret, bytes))
    }

    /// The first public key or certificate in a PEM text.
    ///
    /// # Errors
    /// [`InvalidKey::Pem`] or [`InvalidKey::PublicKey`].
    pub fn from_pem(text: &str) -> Result<Self, InvalidKey> {
        Ok(Self { is_pem: true, ..Self::from_spki(pem::spki(text)?)? })
    }

    pub(crate) fn from_spki(bytes: Vec<u8>) -> Result<Self, InvalidPublicKey> {
        let kind = der::kind_of_spki(&bytes)?;
        Ok(Self { id: None, algorithm: None, kind, format: Format::Spki, bytes, is_pem: false })
    }

    pub(crate) fn raw(kind: KeyKind, bytes: Vec<u8>) -> Self {
        Self { id: None, algorithm: None, kind, format: Format::Raw, bytes, is_pem: false }
    }

    /// Whether it was given as PEM, which does not say for which algorithm it is.
    pub(crate) fn is_pem(&self) -> bool {
        self.is_pem
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Its `kid`.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The form to import it in.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// What to import.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it may verify this algorithm: the kind must fit, and the key's own `alg`.
    #[must_use]
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        algorithm.fits(self.kind) && self.algorithm.is_none_or(|own| own == algorithm)
    }
}

/// Without the bytes, which may be a secret.
impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Key")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::Sha;

    #[test]
    fn a_secret_is_not_shown() {
        let key = Key::secret(b"hidden".to_vec()).unwrap();
        assert!(!format!("{key:?}").contains("104"));
        assert_eq!(key.bytes(), b"hidden");
    }

    #[test]
    fn an_empty_secret_is_refused() {
        assert_eq!(Key::secret(Vec::new()), Err(InvalidKey::Empty));
    }

    #[test]
    fn the_algorithm_of_the_key_itself_binds() {
        let mut key = Key::secret(b"secret".to_vec()).unwrap();
        assert!(key.fits(Algorithm::Hs(Sha::Sha256)) && key.fits(Algorithm::Hs(Sha::Sha512)));
        assert!(!key.fits(Algorithm::Rs(Sha::Sha256)));
        key.algorithm = Some(Algorithm::Hs(Sha::Sha512));
        assert!(!key.fits(Algorithm::Hs(Sha::Sha256)) && key.fits(Algorithm::Hs(Sha::Sha512)));
    }
}
