//! Why a token is refused.

use thiserror::Error;

use crate::tokens::{algorithm::Algorithm, jws::InvalidJws, selector_totals::OverTotal};

/// A defect of a token. As text it is a part of the answer's `detail`. A defect of the claims is found,
/// and told, only after the signature is verified.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidToken {
    /// It is not a JWS.
    #[error("the token is malformed: {0}")]
    Malformed(#[from] InvalidJws),
    /// It is a token of 0.x, where one of 1.0 is asked for.
    #[error("the token's \"typ\" is not \"at+jwt\"")]
    NotAnAccessToken,
    /// It is an access token in the query: RFC 9700 § 4.3.2.
    #[error("an access token is not to be sent in a URL")]
    InQuery,
    /// No key is configured for such tokens.
    #[error(
        "the hub has no key for such tokens: MERCURE_PUBLISHER_JWT_KEY sets one for publishers, \
         MERCURE_SUBSCRIBER_JWT_KEY for subscribers, and ISSUERS for access tokens"
    )]
    NoVerifier,
    /// `iss` is missing, or not one of the trusted.
    #[error("the token's issuer is not trusted")]
    Issuer,
    /// The algorithm is not on the list of those allowed.
    #[error("the token's algorithm {0} is not allowed here")]
    Algorithm(Algorithm),
    /// No key fits its algorithm and `kid`.
    #[error("the hub has no key that the token's \"alg\" and \"kid\" fit")]
    NoKey,
    /// No key verifies it.
    #[error("the token's signature is wrong")]
    Signature,
    /// The claims have a wrong form.
    #[error("the token's claims are malformed: {0}")]
    Claims(&'static str),
    /// A list of topic selectors or topics is too long.
    #[error("the token's claims are too many: {count} {of}, the limit is {limit}")]
    TooMany {
        /// The things that are too many.
        of: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Its selectors are over a limit together.
    #[error("the token grants too much: {0}")]
    OverTotal(#[from] OverTotal),
    /// A selector in a grant is wrong.
    #[error("the token grants the topic {selector:?}, which is none: {reason}")]
    Selector {
        /// As it stands in the token.
        selector: String,
        /// Why it is invalid.
        reason: String,
    },
    /// `aud` does not name the hub.
    #[error("the token's audience is not this hub")]
    Audience,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` lies ahead.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` lies ahead.
    #[error("the token's \"iat\" lies ahead: the clock of its issuer is wrong")]
    NotYetIssued,
}
