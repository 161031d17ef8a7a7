//! The right of a request, as the door tells it to a hub's object, and its one text.
//!
//! ```text
//! granted  = "2" ( "o" / ( "p" / "s" ) holder )
//! holder   = "a" / "b" carrier dialect claim asks subscriber expires space
//!            selectors grants
//! carrier  = "h" / "c" / "q"           ; header, cookie, query
//! dialect  = "0" / "1"
//! claim    = "-" / "+"                 ; whether there is a `publish` claim of 0.x
//! asks     = "a" / "g"                 ; a subscription asks for anything, or for what is granted
//! subscriber = "-" / text              ; its name, of 1 byte or more, within the limit
//! expires  = "-" / number              ; milliseconds since the epoch
//! space    = "-" / text                ; the key space of the publisher
//! grants   = number *grant            ; as many as the number says
//! grant    = ( "-" / text ) selectors  ; the payload, and which updates may be seen
//! selectors = number *selector         ; as many as the number says
//! selector = "*" / ( "t" / "e" / "u" ) text
//! text     = number *octet             ; as many bytes of UTF-8 as the number says
//! number   = ( "0" / %x31-39 *DIGIT ) ":"
//! ```
//!
//! Nothing in a text is escaped, so that no text of a token can end its part and begin another.

mod reader;
mod text;

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;

use thiserror::Error;

use crate::{
    base::dialect::Dialect,
    tokens::{
        access::Access,
        bearer::Carrier,
        grants::{Grants, Selectable, Selector},
        invalid_token::InvalidToken,
        publisher::KeySpace,
        subscriber_name::SubscriberName,
    },
    topics::url_parser::UrlParser,
};

/// The first letter of the text. A text of another version is not read.
const VERSION: u8 = b'2';

/// The right of a request, as the door tells it to a hub's object: who asks, and for which role.
///
/// As text it is one line of the request's `cf`; one value has one text.
///
/// ```
/// use millstream::{Granted, Holder};
///
/// let granted = Granted::Subscribe(Holder::Anonymous);
/// assert_eq!(granted.to_string().parse(), Ok(granted));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Granted {
    /// The operator, who asks about the hub as a whole.
    Operator,
    /// A publication.
    Publish(Holder),
    /// A subscription, or a look at the subscriptions.
    Subscribe(Holder),
}

impl Granted {
    /// The right of a Worker that calls the object itself. The platform lets only Workers of the same
    /// account do so.
    #[must_use]
    pub fn of_own_worker() -> Self {
        let grants = Grants {
            dialect: Dialect::V0,
            publish: vec![Selector::All],
            has_publish_claim: false,
            subscribe: Vec::new(),
            expires: None,
        };
        Self::Publish(Holder::Bearer(Bearer {
            grants,
            selectable: Selectable::Anything,
            subscriber: None,
            carrier: Carrier::Header,
            key_space: Some(KeySpace::of_own_worker()),
        }))
    }
}

/// Who holds the right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Anybody, where the settings allow it.
    Anonymous,
    /// The bearer of a token, or of claims that an application has vouched for.
    Bearer(Bearer),
}

/// Who holds a right by claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The grants of the claims, with the selectors as they stand there.
    pub grants: Grants,
    /// The selectors that a subscription may ask for.
    pub selectable: Selectable,
    /// The name by which its subscriptions can be ended.
    pub subscriber: Option<SubscriberName>,
    /// Where the token stood.
    pub carrier: Carrier,
    /// Where the idempotency keys of the bearer are kept, if it may publish.
    pub key_space: Option<KeySpace>,
}

impl Bearer {
    /// The access of the bearer. `urls` resolves the granted patterns.
    ///
    /// # Errors
    /// A selector is invalid, or all of them are over a limit together.
    pub(crate) fn access(&self, urls: &dyn UrlParser) -> Result<Access, InvalidToken> {
        let access = Access::new(self.grants.clone(), urls)?;
        Ok(access.with_selectable(self.selectable).with_subscriber(self.subscriber.clone()))
    }
}

/// A text is not the text of a [`Granted`].
///
/// The error says where. It shows nothing of the text, which may hold secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the text of what is granted is wrong at byte {at}, where {expected} has to be")]
#[non_exhaustive]
pub struct InvalidGranted {
    /// The byte at which it is wrong, from 0 on.
    pub at: usize,
    /// The part that has to be there.
    pub expected: &'static str,
}
