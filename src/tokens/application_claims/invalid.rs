//! Why the claims of an application are refused.

use thiserror::Error;

use crate::tokens::{invalid_token::InvalidToken, subscriber_name::InvalidSubscriberName};

/// Why claims are refused. Only the log of the application's developer shows it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidClaims {
    /// They are not an object, or one that cannot be read.
    #[error(
        "the claims are not one JSON object with each member once, such as \
         {{ subscribe: [\"orders/{{id}}\"], publish: [] }}"
    )]
    NotAnObject,
    /// A member is not known. It may be a misspelt one.
    #[error("{member:?} is not known in the claims; known are {known}")]
    Unknown {
        /// Its name, behind the names of the members that it is in.
        member: String,
        /// The members that may be there.
        known: String,
    },
    /// A value has a wrong form.
    #[error("{member} is {value}, and has to be {expected}")]
    Value {
        /// The member that has the value.
        member: String,
        /// The value, where it is harmless and short.
        value: String,
        /// The form that would be right.
        expected: &'static str,
    },
    /// The name of the subscriber is too long.
    #[error("{member} is refused: {invalid}")]
    Subscriber {
        /// The member that has the name.
        member: &'static str,
        /// Why it is wrong.
        invalid: InvalidSubscriberName,
    },
    /// A token with these claims would be refused. The same rules hold here.
    #[error("they are refused as the claims of a token would be: {0}")]
    Refused(#[from] InvalidToken),
}
