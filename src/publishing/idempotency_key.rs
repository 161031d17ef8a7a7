//! The `Idempotency-Key` header: draft-ietf-httpapi-idempotency-key-header § 2.1.

use std::{fmt, sync::Arc};

use thiserror::Error;

use crate::base::limits::MAX_IDEMPOTENCY_KEY_BYTES;

/// The name of one publication, under which its publisher can safely send it again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(Arc<str>);

/// Why the header's value is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidIdempotencyKey {
    /// It is empty.
    #[error("the key is empty")]
    Empty,
    /// It is longer than [`MAX_IDEMPOTENCY_KEY_BYTES`].
    #[error("the key has {0} bytes, the limit is {MAX_IDEMPOTENCY_KEY_BYTES}")]
    TooLong(usize),
    /// It is neither a string of RFC 8941 § 3.3.3 nor one word.
    #[error("the key is neither a quoted string nor one word of visible ASCII")]
    Malformed,
}

impl IdempotencyKey {
    /// Reads the header: the string of a structured field, or the bare key, which many clients send.
    /// Both spellings are one key.
    ///
    /// # Errors
    /// [`InvalidIdempotencyKey`].
    pub fn parse(value: &str) -> Result<Self, InvalidIdempotencyKey> {
        let value = value.trim_matches([' ', '\t']);
        let is_bare = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
        let key = match value.strip_prefix('"') {
            Some(quoted) => unquote(quoted).ok_or(InvalidIdempotencyKey::Malformed)?,
            None if value.bytes().all(is_bare) => value.to_owned(),
            None => return Err(InvalidIdempotencyKey::Malformed),
        };
        match key.len() {
            0 => Err(InvalidIdempotencyKey::Empty),
            1..=MAX_IDEMPOTENCY_KEY_BYTES => Ok(Self(key.into())),
            bytes => Err(InvalidIdempotencyKey::TooLong(bytes)),
        }
    }

    /// The text of the key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Reads a string behind its opening quote. The closing quote must be the last character.
fn unquote(quoted: &str) -> Option<String> {
    let mut key = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return characters.next().is_none().then_some(key),
            '\\' => key.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            character @ ' '..='~' => key.push(character),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_with_quotes_and_without() -> Result<(), InvalidIdempotencyKey> {
        let key = IdempotencyKey::parse(r#""8e03978e-40d5""#)?;
        assert_eq!(key.as_str(), "8e03978e-40d5");
        assert_eq!(IdempotencyKey::parse("8e03978e-40d5"), Ok(key));
        Ok(())
    }

    #[track_caller]
    fn check(value: &str, expected: Result<&str, InvalidIdempotencyKey>) {
        let key = IdempotencyKey::parse(value);
        assert_eq!(key.as_ref().map(IdempotencyKey::as_str), expected.as_ref().map(|key| *key));
    }

    #[test]
    fn a_string_is_unescaped_and_a_word_taken_as_it_is() {
        check(r#""a \"b\" \\c""#, Ok(r#"a "b" \c"#));
        check("urn:uuid:1/2", Ok("urn:uuid:1/2"));
        check(" k\t", Ok("k"));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for value in
            [r#"""x"#, r#"""#, r#""a"#, r#""a\b""#, r#""é""#, "é", "a b", "a, b", r#""a";x"#]
        {
            check(value, Err(InvalidIdempotencyKey::Malformed));
        }
    }

    #[test]
    fn a_key_has_one_to_255_bytes() {
        check("", Err(InvalidIdempotencyKey::Empty));
        check(r#""""#, Err(InvalidIdempotencyKey::Empty));
        check(&"x".repeat(255), Ok(&"x".repeat(255)));
        check(&"x".repeat(256), Err(InvalidIdempotencyKey::TooLong(256)));
    }

    #[test]
    fn a_key_is_shown_without_its_quotes() {
        assert_eq!(IdempotencyKey::parse("\"a-1\"").unwrap().to_string(), "a-1");
    }
}
