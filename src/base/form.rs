//! `application/x-www-form-urlencoded`: the [URL standard's parser], over bytes and strict about UTF-8.
//!
//! The usual crate decodes with replacement characters, so that a broken topic would silently
//! become another one; Mercure wants it refused.
//!
//! [URL standard's parser]: https://url.spec.whatwg.org/#urlencoded-parsing

use std::borrow::Cow;

use percent_encoding::percent_decode;
use thiserror::Error;

/// A name or a value is not UTF-8 once its percent signs are decoded.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the field {field:?} is not UTF-8")]
pub struct NotUtf8 {
    /// The field's name, with replacement characters where that itself is broken.
    pub field: String,
}

/// The pairs of a form or of a URL's query, decoded, in their order.
#[must_use]
pub(crate) fn pairs(form: &[u8]) -> Pairs<'_> {
    pairs_of(form, |_| true)
}

/// The [`pairs`] whose names are ours. All others are passed over, whatever they hold.
#[must_use]
pub(crate) fn pairs_of(form: &[u8], is_ours: fn(&str) -> bool) -> Pairs<'_> {
    Pairs { rest: form, is_ours }
}

/// An iterator over pairs.
#[derive(Clone, Debug)]
pub(crate) struct Pairs<'a> {
    rest: &'a [u8],
    is_ours: fn(&str) -> bool,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Result<(Cow<'a, str>, Cow<'a, str>), NotUtf8>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (pair, rest) = split(self.rest, b'&');
            self.rest = rest;
            let (name, value) = split(pair, b'=');
            let decoded = match (text(name), text(value)) {
                (Some(name), Some(value)) => Ok((name, value)),
                _ => Err(NotUtf8 { field: String::from_utf8_lossy(&decode(name)).into_owned() }),
            };
            let is_ours = match &decoded {
                Ok((name, _)) => (self.is_ours)(name),
                Err(NotUtf8 { field }) => (self.is_ours)(field),
            };
            if is_ours && !pair.is_empty() {
                return Some(decoded);
            }
        }
        None
    }
}

/// The bytes before the first such byte, and those behind it.
fn split(bytes: &[u8], at: u8) -> (&[u8], &[u8]) {
    match memchr::memchr(at, bytes).and_then(|found| bytes.split_at_checked(found)) {
        Some((before, behind)) => (before, behind.get(1..).unwrap_or_default()),
        None => (bytes, &[]),
    }
}

fn text(encoded: &[u8]) -> Option<Cow<'_, str>> {
    match decode(encoded) {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

fn decode(encoded: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'+', encoded).is_none() {
        return percent_decode(encoded).into();
    }
    let spaced: Vec<u8> =
        encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    Cow::Owned(percent_decode(&spaced).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_pairs_of_texts() {
        let pairs: Vec<_> =
            crate::base::form::pairs(b"topic=a%20b&data=c+d").map(Result::unwrap).collect();
        assert_eq!(pairs, [("topic".into(), "a b".into()), ("data".into(), "c d".into())]);
    }

    #[track_caller]
    fn check(form: &str, expected: &[(&str, &str)]) {
        let pairs: Vec<_> = pairs(form.as_bytes()).map(Result::unwrap).collect();
        let expected: Vec<_> =
            expected.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        assert_eq!(pairs, expected);
    }

    #[test]
    fn pairs_come_in_their_order_and_may_repeat() {
        check("topic=a&data=b&topic=c", &[("topic", "a"), ("data", "b"), ("topic", "c")]);
    }

    #[test]
    fn plus_is_a_space_and_percent_2b_a_plus_in_names_too() {
        check("a+b=c+d%2Be", &[("a b", "c d+e")]);
    }

    #[test]
    fn a_name_without_a_value_has_an_empty_one() {
        check("private&data=", &[("private", ""), ("data", "")]);
    }

    #[test]
    fn only_the_first_equals_sign_divides() {
        check("data=a=b", &[("data", "a=b")]);
    }

    #[test]
    fn empty_pairs_are_passed_over() {
        check("&&a=1&", &[("a", "1")]);
        check("", &[]);
    }

    #[test]
    fn a_percent_sign_without_two_digits_stands_for_itself() {
        check("data=100%&x=%zz", &[("data", "100%"), ("x", "%zz")]);
    }

    #[test]
    fn what_is_not_ours_may_hold_anything() {
        let form = b"utm=%ff&%ff=1&topic=a&other=b&data=%ff";
        let pairs: Vec<_> = pairs_of(form, |name| ["topic", "data"].contains(&name)).collect();
        let refused = NotUtf8 { field: "data".to_owned() };
        assert_eq!(pairs, [Ok(("topic".into(), "a".into())), Err(refused)]);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_refused_with_the_field() {
        let refused = pairs(b"data=ok&topic=%ff").nth(1).unwrap();
        assert_eq!(refused, Err(NotUtf8 { field: "topic".to_owned() }));
    }
}
