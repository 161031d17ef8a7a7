//! The operator's secret.

use std::{fmt, hint::black_box};

use thiserror::Error;

use crate::{
    base::{
        base64,
        limits::{MAX_WRONG_KEYS, MIN_OPERATOR_KEY_BYTES},
    },
    tokens::lookalike::{self, Lookalike},
};

/// The secret that an operator's request holds in the header `Authorization`: as a bearer token, or as the
/// password of Basic.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct OperatorKey(String);

/// Why a text is not an operator's key. Of the text only its length is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidOperatorKey {
    /// It could be guessed.
    #[error(
        "the operator's key is too short, it has {0} bytes, fewer than {MIN_OPERATOR_KEY_BYTES}"
    )]
    TooShort(usize),
    /// It looks like something that others know.
    #[error(transparent)]
    Lookalike(#[from] Lookalike),
}

/// Why a request is not the operator's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum KeyRefused {
    /// It has no key.
    #[error(
        "this is for the operator, whose key must be sent as a bearer token or as the password of Basic"
    )]
    Missing,
    /// It has another key.
    #[error("this is for the operator, who has another key")]
    Wrong,
    /// Its address has tried too many keys, so this one is not looked at.
    #[error("{MAX_WRONG_KEYS} wrong keys came from this address within a minute; try again later")]
    Barred,
}

impl OperatorKey {
    /// Whether the header holds the key.
    #[must_use]
    pub(crate) fn admits(&self, authorization: &str) -> bool {
        let (scheme, presented) = authorization.split_once(' ').unwrap_or((authorization, ""));
        let presented = presented.trim();
        if scheme.eq_ignore_ascii_case("basic") {
            return password(presented).is_some_and(|password| self.is(&password));
        }
        self.is(presented.as_bytes()) && scheme.eq_ignore_ascii_case("bearer")
    }

    /// Whether these bytes are the key. The time of the comparison does not depend on how much of the key is
    /// right.
    fn is(&self, presented: &[u8]) -> bool {
        let own = self.0.as_bytes();
        let mut differs = own.len() ^ presented.len();
        for (presented, own) in presented.iter().zip(own.iter().cycle()) {
            differs = black_box(differs | usize::from(presented ^ own));
        }
        differs == 0
    }
}

/// The password in the credentials of Basic, RFC 7617: they have a user's name, which counts for nothing, a
/// colon and the password.
fn password(credentials: &str) -> Option<Vec<u8>> {
    let mut bytes = base64::standard_decoded(credentials)?;
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    Some(bytes.split_off(colon + 1))
}

impl std::str::FromStr for OperatorKey {
    type Err = InvalidOperatorKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (lookalike::of(text.as_bytes()), text.len()) {
            (Some(lookalike), _) => Err(lookalike.into()),
            (None, 0..MIN_OPERATOR_KEY_BYTES) => Err(InvalidOperatorKey::TooShort(text.len())),
            (None, _) => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Debug for OperatorKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OperatorKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_admits_itself_alone() -> Result<(), InvalidOperatorKey> {
        let key: OperatorKey = "0123456789abcdef".parse()?;
        assert!(key.admits("Bearer 0123456789abcdef"));
        assert!(!key.admits("Bearer 0123456789abcdeg"));
        Ok(())
    }

    #[test]
    fn the_key_alone_is_admitted_whatever_the_case_of_the_scheme() {
        let key: OperatorKey = "a secret of some length".parse().unwrap();
        assert!(key.admits("bearer a secret of some length"));
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "a secret of some length",
            "Basic a secret of some length",
            "Bearer a secret of some lengt",
            "Bearer a secret of some length, Bearer a secret of some length",
            "Bearer a secret of some length!",
            "Bearer a secret of some lengthA secret of some length",
        ] {
            assert!(!key.admits(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_password_of_basic_is_the_key_for_any_user() {
        let key: OperatorKey = "a secret: of some length".parse().unwrap();
        // Of no user, of prometheus and of ü; without a user, and with another password.
        for right in [
            "OmEgc2VjcmV0OiBvZiBzb21lIGxlbmd0aA==",
            "cHJvbWV0aGV1czphIHNlY3JldDogb2Ygc29tZSBsZW5ndGg=",
            "w7w6YSBzZWNyZXQ6IG9mIHNvbWUgbGVuZ3Ro",
        ] {
            assert!(key.admits(&format!("Basic {right}")), "{right}");
            assert!(key.admits(&format!("basic {}", right.trim_end_matches('='))), "{right}");
        }
        for wrong in [
            "",
            "Og==",
            "YSBzZWNyZXQ6IG9mIHNvbWUgbGVuZ3RoIQ==",
            "YSBzZWNyZXQgb2Ygc29tZSBsZW5ndGg=",
            "dTphIHNlY3JldDogb2Ygc29tZSBsZW5ndA==",
            "/zr/",
            "?",
            "a secret: of some length",
        ] {
            assert!(!key.admits(&format!("Basic {wrong}")), "{wrong}");
        }
        assert!(!key.admits("Basic"));
    }

    #[test]
    fn a_short_key_is_refused_and_none_is_shown() {
        assert_eq!("fifteen bytes..".parse::<OperatorKey>(), Err(InvalidOperatorKey::TooShort(15)));
        let key: OperatorKey = "0123456789abcdef".parse().unwrap();
        assert!(!format!("{key:?}").contains("0123"));
    }

    #[test]
    fn what_others_know_is_no_key() {
        let pem = "-----BEGIN PUBLIC KEY-----".parse::<OperatorKey>();
        assert_eq!(pem, Err(InvalidOperatorKey::Lookalike(Lookalike::Pem)));
    }
}
