//! The secret by which an operator proves to be one.

use std::{fmt, hint::black_box};

use thiserror::Error;

use crate::limits::MIN_OPERATOR_KEY_BYTES;

/// What the header `Authorization: Bearer …` of an operator's request has to hold.
///
/// ```
/// use millstream::operator_key::OperatorKey;
///
/// let key: OperatorKey = "0123456789abcdef".parse()?;
/// assert!(key.admits("Bearer 0123456789abcdef"));
/// assert!(!key.admits("Bearer 0123456789abcdeg"));
/// # Ok::<(), millstream::operator_key::OperatorKeyTooShort>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OperatorKey(String);

/// The key could be guessed. Its length is told, and nothing else of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the operator's key has {0} bytes, fewer than {MIN_OPERATOR_KEY_BYTES}")]
pub struct OperatorKeyTooShort(pub usize);

impl OperatorKey {
    /// Whether the header holds the key. The time that this takes does not depend on how much of it is
    /// right.
    #[must_use]
    pub fn admits(&self, authorization: &str) -> bool {
        let (scheme, presented) = authorization.split_once(' ').unwrap_or((authorization, ""));
        let (own, presented) = (self.0.as_bytes(), presented.trim().as_bytes());
        let mut differs = own.len() ^ presented.len();
        for (presented, own) in presented.iter().zip(own.iter().cycle()) {
            differs = black_box(differs | usize::from(presented ^ own));
        }
        differs == 0 && scheme.eq_ignore_ascii_case("bearer")
    }
}

impl std::str::FromStr for OperatorKey {
    type Err = OperatorKeyTooShort;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.len() {
            0..MIN_OPERATOR_KEY_BYTES => Err(OperatorKeyTooShort(text.len())),
            _ => Ok(Self(text.to_owned())),
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
            "Bearer a secret of some length!",
            "Bearer a secret of some lengthA secret of some length",
        ] {
            assert!(!key.admits(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_short_key_is_refused_and_none_is_shown() {
        assert_eq!("fifteen bytes..".parse::<OperatorKey>(), Err(OperatorKeyTooShort(15)));
        let key: OperatorKey = "0123456789abcdef".parse().unwrap();
        assert!(!format!("{key:?}").contains("0123"));
    }
}
