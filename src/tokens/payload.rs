//! The payload of a token, which is parsed once.

use std::cell::OnceCell;

use crate::base::json::{self, Json};

/// The text of a payload, and its claims once somebody has asked for them.
///
/// Before the signature is verified, the claims of a token of 0.x are not looked at, and so they are
/// not parsed either.
#[derive(Clone, Debug)]
pub(crate) struct Payload<'text> {
    text: &'text str,
    claims: OnceCell<Option<Json<'text>>>,
}

impl<'text> Payload<'text> {
    pub(crate) fn new(text: &'text str) -> Self {
        Self { text, claims: OnceCell::new() }
    }

    /// The claims, unless the text is not one JSON object.
    pub(crate) fn claims(&self) -> Option<&Json<'text>> {
        self.claims.get_or_init(|| json::object(self.text).ok()).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_parsed_once_whether_it_is_an_object_or_not() {
        for (text, is_object) in [(r#"{"a":1}"#, true), ("[]", false), ("", false)] {
            let payload = Payload::new(text);
            assert!(payload.claims.get().is_none(), "{text}");
            assert_eq!(payload.claims().is_some(), is_object, "{text}");
            assert!(payload.claims.get().is_some(), "{text}");
        }
    }
}
