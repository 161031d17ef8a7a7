//! What an application says of who asks, in the place of a token.

use thiserror::Error;

use crate::{
    claims, grants::Grants, invalid_token::InvalidToken, publisher::Publisher, timestamp::Timestamp,
};

/// The rights that an application gives to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationClaims {
    /// What may be published and seen.
    pub grants: Grants,
    /// Who publishes, if the application names a subject.
    pub publisher: Option<Publisher>,
}

/// What an application gave are no claims. The text is for its developer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(transparent)]
pub struct InvalidClaims(#[from] InvalidToken);

/// Reads claims as the payload of a token has them.
///
/// # Errors
/// What is wrong with them.
pub fn parse(json: &str, now: Timestamp) -> Result<ApplicationClaims, InvalidClaims> {
    Ok(ApplicationClaims { grants: claims::parse(json, now)?, publisher: None })
}
