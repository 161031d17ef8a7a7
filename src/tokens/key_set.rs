//! The keys of one issuer for one role: RFC 7517 § 5.

use thiserror::Error;

use crate::{
    base::{
        json::{self, Json},
        limits::MAX_KEYS,
    },
    tokens::{
        algorithm::{Algorithm, KeyKind},
        jwk,
        key::{InvalidKey, Key},
        lookalike, pem,
    },
};

/// At least one key and no more than [`MAX_KEYS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeySet(Vec<Key>);

/// Why a text is not a set of keys.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidKeySet {
    /// It is one key, and that is wrong.
    #[error(transparent)]
    Key(#[from] InvalidKey),
    /// It is not a JSON object with the member `keys`.
    #[error("it is not a JWK Set: RFC 7517 § 5")]
    Syntax,
    /// None of its keys is of use.
    #[error("none of its keys is for verifying signatures")]
    NoKey,
    /// It has more than [`MAX_KEYS`].
    #[error("it has {0} keys, the limit is {MAX_KEYS}")]
    TooMany(usize),
}

impl KeySet {
    /// Reads a key as an operator configures it: a JWK, a JWK Set, a public key or a certificate
    /// in PEM, and anything else as a secret.
    ///
    /// # Errors
    /// The first defect. A text that looks like a key of any other form is never taken for a secret: see
    /// [`lookalike`].
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidKeySet> {
        let key = match json::object(lookalike::trimmed(text)) {
            Ok(json) if json.get("keys").is_some() => return Self::configured(&json),
            Ok(json) if json.get("kty").is_some() => jwk::public_or_secret(&json)?,
            _ if pem::is_pem(text) => Key::from_pem(text)?,
            _ => Key::secret(text.as_bytes().to_vec())?,
        };
        Ok(Self(vec![key]))
    }

    /// Reads a JWK Set of the configuration, where a private key does not belong.
    pub(crate) fn configured(jwks: &Json<'_>) -> Result<Self, InvalidKeySet> {
        let keys = jwks.list("keys").ok().flatten().unwrap_or_default();
        if keys.iter().any(jwk::is_private) {
            return Err(InvalidKey::Private.into());
        }
        Self::of_json(jwks)
    }

    /// Reads a JWK Set. Keys that are of no use are passed over: RFC 7517 § 5.
    fn of_json(jwks: &Json<'_>) -> Result<Self, InvalidKeySet> {
        let keys = jwks.list("keys").ok().flatten().ok_or(InvalidKeySet::Syntax)?;
        Self::new(keys.iter().filter_map(|key| jwk::parse(key).ok()).collect())
    }

    /// Reads a JWK Set that anybody can fetch. So it holds no secret, and secrets are passed over.
    ///
    /// # Errors
    /// When no key is left, or too many are.
    pub(crate) fn from_public_jwks(text: &str) -> Result<Self, InvalidKeySet> {
        let jwks = json::object(text).map_err(|_| InvalidKeySet::Syntax)?;
        let mut keys = Self::of_json(&jwks)?.0;
        keys.retain(|key| key.kind() != KeyKind::Secret);
        Self::new(keys)
    }

    fn new(keys: Vec<Key>) -> Result<Self, InvalidKeySet> {
        match keys.len() {
            0 => Err(InvalidKeySet::NoKey),
            1..=MAX_KEYS => Ok(Self(keys)),
            count => Err(InvalidKeySet::TooMany(count)),
        }
    }

    /// The keys that may have signed a token of this algorithm and `kid`. A token without a `kid`, and a
    /// key without an id, fit any: the `kid` is a hint, RFC 7515 § 4.1.4.
    pub(crate) fn candidates<'set>(
        &'set self,
        algorithm: Algorithm,
        id: Option<&'set str>,
    ) -> impl Iterator<Item = &'set Key> {
        let is_meant = move |key: &&Key| match (key.id(), id) {
            (Some(own), Some(id)) => own == id,
            _ => true,
        };
        self.0.iter().filter(move |key| key.fits(algorithm)).filter(is_meant)
    }

    /// The keys.
    #[must_use]
    pub(crate) fn keys(&self) -> &[Key] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::algorithm::Sha;

    const HS256: Algorithm = Algorithm::Hs(Sha::Sha256);

    fn jwks(keys: &[&str]) -> String {
        format!(r#"{{"keys":[{}]}}"#, keys.join(","))
    }

    #[track_caller]
    fn meant(set: &str, id: Option<&str>, expected: &[&[u8]]) {
        let set = KeySet::parse(set).unwrap();
        let found: Vec<_> = set.candidates(HS256, id).map(Key::bytes).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_text_is_a_secret_unless_it_looks_like_a_key() {
        for secret in ["!ChangeThisMercureHubJWTSecretKey!", " inner spaces stay ", "x{}"] {
            let set = KeySet::parse(secret).unwrap();
            assert_eq!(set.keys()[0].kind(), KeyKind::Secret, "{secret}");
            assert_eq!(set.keys()[0].bytes(), secret.as_bytes());
        }
        for broken in [
            "{\"kty\":\"RSA\"}",
            "-----BEGIN PUBLIC KEY-----",
            "{\"keys\":[]}",
            "{",
            "{}",
            "[]",
            "{\"a\":1}",
            " ",
            "",
        ] {
            assert!(KeySet::parse(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn the_id_chooses_among_keys_that_have_one() {
        let set = jwks(&[
            r#"{"kty":"oct","k":"YQ","kid":"a"}"#,
            r#"{"kty":"oct","k":"Yg","kid":"b"}"#,
            r#"{"kty":"oct","k":"Yw"}"#,
        ]);
        meant(&set, Some("a"), &[b"a", b"c"]);
        meant(&set, None, &[b"a", b"b", b"c"]);
        meant(&set, Some("unknown"), &[b"c"]);
    }

    #[test]
    fn a_configured_key_without_an_id_is_meant_by_any() {
        meant("secret", Some("whatever"), &[b"secret"]);
    }

    #[test]
    fn keys_of_no_use_are_passed_over() {
        let set = jwks(&[
            r#"{"kty":"new"}"#,
            "7",
            r#"{"kty":"oct","k":"YQ","use":"enc"}"#,
            r#"{"kty":"oct","k":"Yg"}"#,
        ]);
        meant(&set, None, &[b"b"]);
        assert_eq!(KeySet::parse(&jwks(&[r#"{"kty":"new"}"#])), Err(InvalidKeySet::NoKey));
    }

    #[test]
    fn a_secret_that_anybody_can_fetch_is_none() {
        let set = jwks(&[r#"{"kty":"oct","k":"YQ"}"#]);
        assert_eq!(KeySet::from_public_jwks(&set), Err(InvalidKeySet::NoKey));
    }

    #[test]
    fn a_set_ends_at_its_limit() {
        let keys = vec![r#"{"kty":"oct","k":"YQ"}"#; MAX_KEYS + 1];
        assert_eq!(KeySet::parse(&jwks(&keys)), Err(InvalidKeySet::TooMany(MAX_KEYS + 1)));
        assert!(KeySet::parse(&jwks(&keys[1..])).is_ok());
    }
}
