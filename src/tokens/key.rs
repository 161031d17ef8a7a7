//! One verification key.

use std::fmt;

use thiserror::Error;

use crate::{
    base::limits::MIN_SECRET_BYTES,
    tokens::{
        algorithm::{Algorithm, KeyKind},
        der::{self, InvalidPublicKey},
        lookalike::{self, Lookalike},
        pem::{self, InvalidPem},
    },
};

/// A key that verifies signatures, in the form that the platform imports.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    id: Option<String>,
    /// The only algorithm that it is for, which fits its kind.
    algorithm: Option<Algorithm>,
    kind: KeyKind,
    format: Format,
    bytes: Vec<u8>,
    is_pem: bool,
}

/// A format of `importKey`: Web Cryptography § 14.3.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    /// `raw`: a secret, or the coordinates of a point.
    Raw,
    /// `spki`: a `SubjectPublicKeyInfo` in DER.
    Spki,
}

/// Why something is not a verification key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidKey {
    /// A secret of no bytes, or of white space alone.
    #[error("it is blank")]
    Blank,
    /// A secret that looks like a text that others know.
    #[error(transparent)]
    Lookalike(#[from] Lookalike),
    /// It is a private key in a JWK.
    #[error(
        "it is a private key: give the hub the public key alone, without \"d\" and what is behind it"
    )]
    Private,
    /// It looks like PEM and is wrong.
    #[error(transparent)]
    Pem(#[from] InvalidPem),
    /// It is not a public key of a supported kind.
    #[error(transparent)]
    PublicKey(#[from] InvalidPublicKey),
    /// It is a JWK of another kind or for another use, or a member is missing.
    #[error("it is not a JWK for verifying signatures: RFC 7517 and RFC 7518 § 6")]
    Jwk,
}

/// Why a secret protects little.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Weakness {
    /// It could be guessed.
    #[error(
        "has {0} bytes, but must have {MIN_SECRET_BYTES} or more, as from openssl rand -hex 32"
    )]
    Short(usize),
    /// It stands in documentation, so that everybody may sign by it.
    #[error("is known to everybody: make one with openssl rand -hex 32")]
    Known,
}

/// Secrets that are long enough and stand in the documentation of Mercure and of jwt.io.
const KNOWN: [&[u8]; 4] = [
    b"!ChangeThisMercureHubJWTSecretKey!",
    b"a-string-secret-at-least-256-bits-long",
    b"a-valid-string-secret-that-is-at-least-384-bits-long",
    b"a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
];

impl Key {
    /// A secret that both sides know.
    ///
    /// # Errors
    /// [`InvalidKey::Blank`], or [`InvalidKey::Lookalike`] for a text that others may know.
    pub(crate) fn secret(bytes: Vec<u8>) -> Result<Self, InvalidKey> {
        if String::from_utf8_lossy(&bytes).trim().is_empty() {
            return Err(InvalidKey::Blank);
        }
        match lookalike::of(&bytes) {
            Some(lookalike) => Err(lookalike.into()),
            None => Ok(Self::raw(KeyKind::Secret, bytes)),
        }
    }

    /// The first public key or certificate in a PEM text.
    ///
    /// # Errors
    /// [`InvalidKey::Pem`] or [`InvalidKey::PublicKey`].
    pub(crate) fn from_pem(text: &str) -> Result<Self, InvalidKey> {
        Ok(Self { is_pem: true, ..Self::from_spki(pem::spki(text)?)? })
    }

    pub(crate) fn from_spki(bytes: Vec<u8>) -> Result<Self, InvalidPublicKey> {
        let kind = der::kind_of_spki(&bytes)?;
        Ok(Self { id: None, algorithm: None, kind, format: Format::Spki, bytes, is_pem: false })
    }

    pub(crate) fn raw(kind: KeyKind, bytes: Vec<u8>) -> Self {
        Self { id: None, algorithm: None, kind, format: Format::Raw, bytes, is_pem: false }
    }

    /// Gives the key its `kid`.
    pub(crate) fn set_id(&mut self, id: &str) {
        self.id = Some(id.to_owned());
    }

    /// Keeps the key for this algorithm alone. Returns whether the algorithm fits.
    pub(crate) fn limit_to(&mut self, algorithm: Algorithm) -> bool {
        let fits = self.fits(algorithm);
        if fits {
            self.algorithm = Some(algorithm);
        }
        fits
    }

    /// Whether it is for one algorithm alone.
    pub(crate) fn is_for_one(&self) -> bool {
        self.algorithm.is_some()
    }

    /// Whether it was given as PEM, which does not say for which algorithm it is.
    pub(crate) fn is_pem(&self) -> bool {
        self.is_pem
    }

    /// Its kind.
    #[must_use]
    pub(crate) fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Its `kid`.
    #[must_use]
    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The form to import it in.
    #[must_use]
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// The bytes to import.
    #[must_use]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Why it is a weak secret, if it is one.
    #[must_use]
    pub(crate) fn weakness(&self) -> Option<Weakness> {
        // A known secret stays known with a line break or quotes around it, as shells leave them.
        let bare = |text: &u8| !text.is_ascii_whitespace() && !b"\"'".contains(text);
        let first = self.bytes.iter().position(bare).unwrap_or_default();
        let end = self.bytes.iter().rposition(bare).map_or(0, |last| last + 1);
        match self.bytes.get(first..end).unwrap_or_default() {
            _ if self.kind != KeyKind::Secret => None,
            known if KNOWN.contains(&known) => Some(Weakness::Known),
            short if short.len() < MIN_SECRET_BYTES => Some(Weakness::Short(short.len())),
            _ => None,
        }
    }

    /// Whether it may verify this algorithm: the kind must fit, and the key's own `alg`.
    #[must_use]
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
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
    use crate::tokens::algorithm::Sha;

    #[test]
    fn a_secret_is_not_shown() {
        let key = Key::secret(b"hidden".to_vec()).unwrap();
        assert!(!format!("{key:?}").contains("104"));
        assert_eq!(key.bytes(), b"hidden");
    }

    #[test]
    fn a_blank_secret_is_refused() {
        for blank in ["", " ", "\n", "\t \u{a0}\u{2003}\r\n"] {
            assert_eq!(Key::secret(blank.into()), Err(InvalidKey::Blank), "{blank:?}");
        }
    }

    #[test]
    fn a_secret_that_can_be_guessed_or_that_everybody_knows_is_weak() {
        let weakness = |secret: &str| Key::secret(secret.into()).unwrap().weakness();
        assert_eq!(weakness("short"), Some(Weakness::Short(5)));
        assert_eq!(weakness(&"x".repeat(31)), Some(Weakness::Short(31)));
        assert_eq!(weakness(&"x".repeat(32)), None);
        for known in
            ["!ChangeThisMercureHubJWTSecretKey!", "'!ChangeThisMercureHubJWTSecretKey!'\n"]
        {
            assert_eq!(weakness(known), Some(Weakness::Known), "{known}");
        }
        assert_eq!(weakness(&format!(" {}\n", "x".repeat(31))), Some(Weakness::Short(31)));
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
