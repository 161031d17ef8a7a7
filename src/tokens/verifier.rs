//! The keys and the algorithms that verify the tokens of one role.

use thiserror::Error;

use crate::{
    base::json::Json,
    tokens::{
        algorithm::{Algorithm, KeyKind, UnknownAlgorithm},
        invalid_token::InvalidToken,
        jws::Header,
        key::{Key, Weakness},
        key_set::{InvalidKeySet, KeySet},
    },
};

/// The role of a token's bearer. Each role has keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// To publish.
    Publisher,
    /// To subscribe, or to read the subscriptions.
    Subscriber,
}

/// Keys, and the algorithms that they may be used with. The list is the operator's and never the
/// token's: RFC 8725 § 3.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verifier {
    keys: Keys,
    algorithms: Vec<Algorithm>,
}

/// Where the keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// In the configuration.
    Fixed(KeySet),
    /// In a JWK Set at this URL.
    Remote(String),
}

/// Why a verifier cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidVerifier {
    /// The keys are wrong.
    #[error("the key is wrong: {0}")]
    Keys(#[from] InvalidKeySet),
    /// An algorithm is wrong.
    #[error(transparent)]
    Algorithm(#[from] UnknownAlgorithm),
    /// An algorithm cannot be used with the keys. A public key as the secret of an HMAC would let
    /// everybody sign.
    #[error("the algorithm {0} does not fit the key")]
    Misfit(Algorithm),
    /// PEM does not say for which algorithm it is.
    #[error("a key in PEM needs its algorithm to be named, RS256 for instance")]
    Unnamed,
    /// The URL is not one to fetch keys from.
    #[error("keys are fetched from https, or from http on the same machine")]
    Url,
}

impl Verifier {
    /// A verifier with a key as an operator configures it, see [`KeySet::parse`]. Algorithms are
    /// separated by spaces or commas. Without algorithms, a secret verifies HS256. A JWK verifies the
    /// algorithm that it names, or else the algorithms that fit its type.
    ///
    /// # Errors
    /// The part that is wrong, or does not fit the key.
    pub(crate) fn fixed(key: &str, algorithms: &str) -> Result<Self, InvalidVerifier> {
        Self::of_set(KeySet::parse(key)?, algorithms)
    }

    /// A verifier with an inline JWK Set.
    pub(crate) fn inline(jwks: &Json<'_>, algorithms: &str) -> Result<Self, InvalidVerifier> {
        Self::of_set(KeySet::configured(jwks)?, algorithms)
    }

    /// A verifier with the JWK Set at a URL. Without algorithms, it verifies all asymmetric ones.
    ///
    /// # Errors
    /// [`InvalidVerifier::Url`], or an algorithm that is unknown or symmetric.
    pub(crate) fn remote(url: &str, algorithms: &str) -> Result<Self, InvalidVerifier> {
        if !is_fetchable(url) {
            return Err(InvalidVerifier::Url);
        }
        let mut algorithms = parse(algorithms)?;
        if let Some(misfit) = algorithms.iter().find(|algorithm| algorithm.is_symmetric()) {
            return Err(InvalidVerifier::Misfit(*misfit));
        }
        if algorithms.is_empty() {
            algorithms.extend(Algorithm::all().filter(|algorithm| !algorithm.is_symmetric()));
        }
        Ok(Self { keys: Keys::Remote(url.to_owned()), algorithms })
    }

    fn of_set(set: KeySet, algorithms: &str) -> Result<Self, InvalidVerifier> {
        let mut algorithms = parse(algorithms)?;
        let fits = |algorithm: &Algorithm| set.keys().iter().any(|key| key.fits(*algorithm));
        if let Some(misfit) = algorithms.iter().find(|algorithm| !fits(algorithm)) {
            return Err(InvalidVerifier::Misfit(*misfit));
        }
        if algorithms.is_empty() {
            algorithms = set.keys().iter().map(default).collect::<Result<Vec<_>, _>>()?.concat();
        }
        Ok(Self { keys: Keys::Fixed(set), algorithms })
    }

    /// The weakness of a secret among the keys. `None` if no secret is weak.
    #[must_use]
    pub(crate) fn weakness(&self) -> Option<Weakness> {
        match &self.keys {
            Keys::Fixed(set) => set.keys().iter().find_map(Key::weakness),
            Keys::Remote(_) => None,
        }
    }

    /// Where the keys are.
    #[must_use]
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Whether the algorithm of a token is allowed.
    ///
    /// # Errors
    /// [`InvalidToken::Algorithm`].
    pub(crate) fn allows(&self, header: &Header) -> Result<(), InvalidToken> {
        if self.algorithms.contains(&header.algorithm) {
            Ok(())
        } else {
            Err(InvalidToken::Algorithm(header.algorithm))
        }
    }
}

/// The algorithms of a key for which the operator names none.
fn default(key: &Key) -> Result<Vec<Algorithm>, InvalidVerifier> {
    let fitting = Algorithm::all().filter(|algorithm| key.fits(*algorithm));
    match key.kind() {
        KeyKind::Secret if !key.is_for_one() => Ok(fitting.take(1).collect()),
        _ if key.is_pem() => Err(InvalidVerifier::Unnamed),
        _ => Ok(fitting.collect()),
    }
}

fn parse(algorithms: &str) -> Result<Vec<Algorithm>, UnknownAlgorithm> {
    algorithms.split([' ', ',', '\n']).filter(|name| !name.is_empty()).map(str::parse).collect()
}

fn is_fetchable(url: &str) -> bool {
    let host = |rest: &str| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        (!authority.is_empty() && !authority.contains('@')).then(|| authority.to_owned())
    };
    if let Some(rest) = url.strip_prefix("https://") {
        return host(rest).is_some();
    }
    let local = url.strip_prefix("http://").and_then(host);
    local.is_some_and(|authority| {
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
            let port = authority.strip_prefix(name);
            port.is_some_and(|port| port.is_empty() || port.starts_with(':'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::algorithm::{Curve, Sha};

    #[test]
    fn a_secret_is_refused_for_an_algorithm_of_public_keys() {
        assert!(Verifier::fixed("!ChangeThisMercureHubJWTSecretKey!", "").is_ok());
        assert!(Verifier::fixed("!ChangeThisMercureHubJWTSecretKey!", "RS256").is_err());
    }

    const RSA: &str = r#"{"kty":"RSA","e":"AQAB","n":"_____"#;

    /// The JWK of a key with 2,048 bits.
    fn rsa(more: &str) -> String {
        format!("{RSA}{}w\"{more}}}", "_".repeat(342 - 6))
    }

    fn algorithms(key: &str, named: &str) -> Result<Vec<Algorithm>, InvalidVerifier> {
        Verifier::fixed(key, named).map(|verifier| verifier.algorithms)
    }

    #[test]
    fn a_secret_is_for_hs256_unless_named_otherwise() {
        assert_eq!(algorithms("secret", ""), Ok(vec![Algorithm::Hs(Sha::Sha256)]));
        assert_eq!(algorithms("secret", "HS512"), Ok(vec![Algorithm::Hs(Sha::Sha512)]));
        assert_eq!(algorithms("secret", "HS256, HS384").unwrap().len(), 2);
    }

    #[test]
    fn an_algorithm_that_does_not_fit_is_refused() {
        let misfit = |sha| Err(InvalidVerifier::Misfit(sha));
        assert_eq!(algorithms("secret", "RS256"), misfit(Algorithm::Rs(Sha::Sha256)));
        assert_eq!(algorithms(&rsa(""), "HS256"), misfit(Algorithm::Hs(Sha::Sha256)));
        assert_eq!(algorithms(&rsa(""), "RS256 ES256"), misfit(Algorithm::Es(Curve::P256)));
        assert!(matches!(algorithms("secret", "none"), Err(InvalidVerifier::Algorithm(_))));
    }

    #[test]
    fn a_jwk_is_for_what_it_names_or_fits() {
        assert_eq!(algorithms(&rsa(""), "").unwrap().len(), 6);
        let named = algorithms(&rsa(r#","alg":"PS256""#), "");
        assert_eq!(named, Ok(vec![Algorithm::Ps(Sha::Sha256)]));
    }

    #[test]
    fn keys_that_are_fetched_are_never_secrets() {
        let url = "https://issuer.example/jwks";
        let verifier = Verifier::remote(url, "").unwrap();
        assert_eq!(verifier.algorithms.len(), 10);
        assert!(matches!(Verifier::remote(url, "HS256"), Err(InvalidVerifier::Misfit(_))));
    }

    #[test]
    fn keys_are_fetched_over_https() {
        for right in ["https://a.example/jwks", "http://localhost:8080/", "http://127.0.0.1/x"] {
            assert!(Verifier::remote(right, "").is_ok(), "{right}");
        }
        for wrong in [
            "http://a.example/jwks",
            "http://localhost.example/",
            "file:///etc/keys",
            "https://",
            "https:///x",
            "https://user@a.example",
            "jwks",
            "",
        ] {
            assert_eq!(Verifier::remote(wrong, ""), Err(InvalidVerifier::Url), "{wrong}");
        }
    }
}
