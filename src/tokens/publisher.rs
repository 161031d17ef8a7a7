//! Who publishes, so that the idempotency keys of one publisher are not those of another.

use std::fmt;

use crate::{
    base::base64,
    tokens::{key::Key, payload::Payload},
};

/// The publisher that a token or an application names: the subject of its issuer, or else the holder of
/// the key. It is kept as the bytes for a digest, and no two publishers have the same bytes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Publisher(Vec<u8>);

/// The idempotency keys of one publisher.
///
/// It holds no name and no secret, only a part of a digest of them, so that it can be stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeySpace(String);

/// Bytes of a digest that make up a key space: nobody finds another publisher with the same.
const DIGEST_BYTES: usize = 16;

impl Publisher {
    /// The sender of a token with this payload, whose signature `key` has verified. An access token of
    /// 1.0 has a trusted `issuer`.
    ///
    /// A token of 0.x may claim any issuer, and is never taken for one of a trusted issuer.
    #[must_use]
    pub(crate) fn of_token(issuer: Option<&str>, payload: &Payload<'_>, key: &Key) -> Self {
        let claim = |name| payload.claims()?.text(name).ok()?.filter(|text| !text.is_empty());
        let (trusted, claimed) = (issuer.unwrap_or_default(), claim("iss").unwrap_or_default());
        let (kind, whose) = match claim("sub") {
            Some(subject) => ("subject", subject.as_bytes()),
            None => ("key", key.bytes()),
        };
        Self::of_parts(&[kind.as_bytes(), trusted.as_bytes(), claimed.as_bytes(), whose])
    }

    /// The publisher that an application names: the subject of an issuer, if there is one. The sender of
    /// a token never becomes that publisher, whatever the token claims.
    #[must_use]
    pub(crate) fn of_application(issuer: Option<&str>, subject: &str) -> Self {
        let issuer = issuer.unwrap_or_default();
        Self::of_parts(&[b"application", issuer.as_bytes(), subject.as_bytes()])
    }

    fn of_parts(parts: &[&[u8]]) -> Self {
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        Self(bytes)
    }

    /// The bytes for a digest. They may hold a secret.
    #[must_use]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Publisher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Publisher").finish_non_exhaustive()
    }
}

impl KeySpace {
    /// The key space of all publications without a token.
    #[must_use]
    pub fn anonymous() -> Self {
        Self("-".to_owned())
    }

    /// The key space of the Workers that call an object by themselves.
    #[must_use]
    pub fn of_own_worker() -> Self {
        Self("+".to_owned())
    }

    /// The key space of the publisher whose bytes have this SHA-256.
    #[must_use]
    pub fn of_digest(digest: &[u8]) -> Self {
        Self(base64::url_encoded(digest.get(..DIGEST_BYTES).unwrap_or(digest)))
    }

    /// The key space that a store kept as text.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text for a store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_token(issuer: Option<&str>, payload: &str, secret: &str) -> Publisher {
        let key = Key::secret(secret.repeat(32).into_bytes()).unwrap();
        Publisher::of_token(issuer, &Payload::new(payload), &key)
    }

    fn of(issuer: Option<&str>, payload: &str) -> Publisher {
        of_token(issuer, payload, "k")
    }

    #[test]
    fn the_keys_of_own_workers_are_those_of_no_token_and_of_no_stranger() {
        let own = KeySpace::of_own_worker();
        assert_ne!(own, KeySpace::anonymous());
        assert!(!KeySpace::of_digest(&[0xfb; 32]).as_str().contains(own.as_str()));
    }

    #[test]
    fn a_subject_is_the_same_whatever_key_and_whatever_else_is_in_its_token() {
        let first = of(None, r#"{"iss":"a","sub":"b","jti":"1"}"#);
        let renewed = r#"{"jti":"2","sub":"b","iss":"a","mercure":{"publish":["*"]}}"#;
        assert_eq!(first, of_token(None, renewed, "other"));
    }

    #[test]
    fn no_text_in_a_token_makes_it_that_of_another() {
        let all = [
            of(None, r#"{"iss":"a","sub":"b/c"}"#),
            of(None, r#"{"iss":"a/b","sub":"c"}"#),
            of(None, r#"{"iss":"ab","sub":"c"}"#),
            of(None, r#"{"iss":"a","sub":"bc"}"#),
            of(None, r#"{"sub":"abc"}"#),
            of(None, r#"{"sub":"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"}"#),
            of(None, r#"{"iss":"a"}"#),
            of(None, "{}"),
            of(Some("a"), r#"{"iss":"a","sub":"bc"}"#),
            of(Some("a"), r#"{"iss":"a"}"#),
            of_token(None, "{}", "l"),
            of(None, r#"{"sub":"application"}"#),
            Publisher::of_application(None, "abc"),
            Publisher::of_application(None, "application"),
            Publisher::of_application(Some("a"), "bc"),
            Publisher::of_application(Some("ab"), "c"),
        ];
        for (at, publisher) in all.iter().enumerate() {
            assert!(!all[..at].contains(publisher), "{at}");
        }
    }

    #[test]
    fn without_a_subject_it_is_who_holds_the_key() {
        for payload in ["{}", r#"{"sub":""}"#, r#"{"sub":7}"#, "no JSON"] {
            assert_eq!(of(None, payload), of(None, r#"{"jti":"1"}"#), "{payload}");
        }
    }

    #[test]
    fn neither_it_nor_its_key_space_shows_a_secret() {
        let publisher = of_token(None, "{}", "s3cret");
        assert_eq!(format!("{publisher:?}"), "Publisher { .. }");
        assert_eq!(KeySpace::of_digest(&[0xff; 32]).as_str(), "_____________________w");
        assert_ne!(KeySpace::of_digest(&[]), KeySpace::anonymous());
    }
}
