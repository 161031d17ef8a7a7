//! The algorithms that a signature may have: RFC 7518 § 3.1 and RFC 8037 § 3.1.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// A signature algorithm. `none` is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-2.
    Hs(Sha),
    /// RSASSA-PKCS1-v1_5 with SHA-2.
    Rs(Sha),
    /// RSASSA-PSS with SHA-2 and a salt as long as the hash.
    Ps(Sha),
    /// ECDSA: P-256 with SHA-256, P-384 with SHA-384, P-521 with SHA-512.
    Es(Curve),
    /// `EdDSA` with Ed25519.
    EdDsa,
}

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sha {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// A curve of NIST.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// P-256.
    P256,
    /// P-384.
    P384,
    /// P-521.
    P521,
}

/// The kind of key that an algorithm takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum KeyKind {
    /// Bytes that both sides know.
    Secret,
    /// An RSA public key.
    Rsa,
    /// A point on a curve of NIST.
    Ec(Curve),
    /// A point on edwards25519.
    Ed25519,
}

/// The text names no algorithm that is known here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{name:?} is not a signature algorithm of this hub")]
#[non_exhaustive]
pub struct UnknownAlgorithm {
    /// The name that was given.
    pub name: String,
}

/// The parameters of an algorithm in the words of Web Cryptography.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameters {
    /// The `name`.
    pub name: &'static str,
    /// The `hash`, for all but Ed25519.
    pub hash: Option<&'static str>,
    /// The `namedCurve`, for ECDSA.
    pub named_curve: Option<&'static str>,
    /// The `saltLength` in bytes, for RSA-PSS.
    pub salt_length: Option<u8>,
}

const NAMES: [(&str, Algorithm); 14] = [
    ("HS256", Algorithm::Hs(Sha::Sha256)),
    ("HS384", Algorithm::Hs(Sha::Sha384)),
    ("HS512", Algorithm::Hs(Sha::Sha512)),
    ("RS256", Algorithm::Rs(Sha::Sha256)),
    ("RS384", Algorithm::Rs(Sha::Sha384)),
    ("RS512", Algorithm::Rs(Sha::Sha512)),
    ("PS256", Algorithm::Ps(Sha::Sha256)),
    ("PS384", Algorithm::Ps(Sha::Sha384)),
    ("PS512", Algorithm::Ps(Sha::Sha512)),
    ("ES256", Algorithm::Es(Curve::P256)),
    ("ES384", Algorithm::Es(Curve::P384)),
    ("ES512", Algorithm::Es(Curve::P521)),
    ("EdDSA", Algorithm::EdDsa),
    // RFC 9864 § 2.2: the fully specified name of the same.
    ("Ed25519", Algorithm::EdDsa),
];

impl Algorithm {
    /// Every algorithm.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        NAMES.into_iter().take(NAMES.len() - 1).map(|(_, algorithm)| algorithm)
    }

    /// Whether a key of this kind can verify it.
    #[must_use]
    pub(crate) fn fits(self, kind: KeyKind) -> bool {
        match (self, kind) {
            (Self::Hs(_), KeyKind::Secret)
            | (Self::Rs(_) | Self::Ps(_), KeyKind::Rsa)
            | (Self::EdDsa, KeyKind::Ed25519) => true,
            (Self::Es(curve), KeyKind::Ec(of_key)) => curve == of_key,
            _ => false,
        }
    }

    /// Whether the verifier holds the same key as the signer.
    #[must_use]
    pub(crate) fn is_symmetric(self) -> bool {
        self.fits(KeyKind::Secret)
    }

    /// The parameters for the platform's `importKey` and `verify`: Web Cryptography § 18.
    #[must_use]
    pub(crate) fn parameters(self) -> Parameters {
        let (name, sha) = match self {
            Self::Hs(sha) => ("HMAC", Some(sha)),
            Self::Rs(sha) => ("RSASSA-PKCS1-v1_5", Some(sha)),
            Self::Ps(sha) => ("RSA-PSS", Some(sha)),
            Self::Es(curve) => ("ECDSA", Some(curve.sha())),
            Self::EdDsa => ("Ed25519", None),
        };
        Parameters {
            name,
            hash: sha.map(Sha::name),
            named_curve: match self {
                Self::Es(curve) => Some(curve.name()),
                _ => None,
            },
            salt_length: match self {
                Self::Ps(sha) => Some(sha.bytes()),
                _ => None,
            },
        }
    }
}

impl Sha {
    fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    fn bytes(self) -> u8 {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl Curve {
    /// Its name in Web Cryptography and in a JWK.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// Bytes of a coordinate.
    #[must_use]
    pub(crate) fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    fn sha(self) -> Sha {
        match self {
            Self::P256 => Sha::Sha256,
            Self::P384 => Sha::Sha384,
            Self::P521 => Sha::Sha512,
        }
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = NAMES.iter().find(|(name, _)| *name == text);
        known
            .map(|(_, algorithm)| *algorithm)
            .ok_or_else(|| UnknownAlgorithm { name: text.to_owned() })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = NAMES.iter().find(|(_, algorithm)| algorithm == self);
        formatter.write_str(known.map_or("", |(name, _)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_algorithm_fits_one_kind_of_key() -> Result<(), UnknownAlgorithm> {
        let algorithm: Algorithm = "RS256".parse()?;
        assert!(algorithm.fits(KeyKind::Rsa));
        assert!(!algorithm.fits(KeyKind::Secret));
        assert!("none".parse::<Algorithm>().is_err());
        Ok(())
    }

    #[test]
    fn every_name_is_read_and_written() {
        for (name, algorithm) in &NAMES[..13] {
            assert_eq!(name.parse(), Ok(*algorithm));
            assert_eq!(algorithm.to_string(), *name);
        }
        assert_eq!("Ed25519".parse(), Ok(Algorithm::EdDsa));
        assert_eq!(Algorithm::all().count(), 13);
    }

    #[test]
    fn none_in_any_case_is_not_an_algorithm() {
        for name in ["none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", "RSA1_5", "Ed448"] {
            assert!(name.parse::<Algorithm>().is_err(), "{name}");
        }
    }

    #[test]
    fn an_elliptic_algorithm_is_bound_to_its_curve() {
        let es256: Algorithm = "ES256".parse().unwrap();
        assert!(es256.fits(KeyKind::Ec(Curve::P256)));
        assert!(!es256.fits(KeyKind::Ec(Curve::P384)));
        assert!(!es256.fits(KeyKind::Ed25519));
    }

    #[test]
    fn a_pss_salt_is_as_long_as_its_hash() {
        let parameters = "PS384".parse::<Algorithm>().unwrap().parameters();
        assert_eq!(
            parameters,
            Parameters {
                name: "RSA-PSS",
                hash: Some("SHA-384"),
                named_curve: None,
                salt_length: Some(48)
            }
        );
    }
}
