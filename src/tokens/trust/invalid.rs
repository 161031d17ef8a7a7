//! Why a variable about keys is wrong.

use thiserror::Error;

use super::names::ISSUERS;
use crate::tokens::{key::Weakness, verifier::InvalidVerifier};

/// A variable is wrong. Its value is not shown, since it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the configuration variable {variable}{} is wrong: {reason}", of_hub(.hub.as_deref()))]
#[non_exhaustive]
pub struct InvalidTrust {
    /// Its name.
    pub variable: &'static str,
    /// The hub that it is set for in the variable `HUBS`, if it is set for one.
    pub hub: Option<String>,
    /// Its defect.
    pub(crate) reason: InvalidTrustReason,
}

/// The defect of a variable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidTrustReason {
    /// The keys or the algorithms are wrong.
    #[error(transparent)]
    Verifier(#[from] InvalidVerifier),
    /// There is a key and a URL for the same role.
    #[error("there is a key and a URL of keys for the same role")]
    TwoKinds,
    /// There is an algorithm, or an issuer, and no key.
    #[error("there is no key that it is for: set a key, or the URL of a key set, of the same role")]
    NoKey,
    /// There is more than one issuer for the same keys.
    #[error("it is one issuer; more, with keys of their own, are set by {ISSUERS}")]
    OneIssuer,
    /// It is not of the documented form.
    #[error("it must be {0}")]
    Form(&'static str),
    /// One of the issuers of a list is wrong.
    #[error("{place}: {reason}")]
    Listed {
        /// The issuer, and the role whose keys are wrong.
        place: String,
        /// Its defect.
        reason: Box<Self>,
    },
    /// An issuer stands twice.
    #[error("the issuer {0:?} stands twice")]
    Twice(String),
    /// No setting names the hub that access tokens are issued for.
    #[error(
        "an access token names the hub that it is for, so RESOURCE_IDENTIFIER has to be set to the \
         hub's URL, or PUBLIC_ORIGINS to its origin, which is no wildcard"
    )]
    NoAudience,
    /// A secret protects little.
    #[error("the secret{} {weakness}", of_issuer(.issuer.as_deref()))]
    Weak {
        /// The issuer whose secret it is, if it has one of its own.
        issuer: Option<String>,
        /// Why it is weak.
        weakness: Weakness,
    },
}

impl InvalidTrust {
    pub(super) fn new(variable: &'static str, reason: InvalidTrustReason) -> Self {
        Self { variable, hub: None, reason }
    }
}

/// The words with which a message names the single hub that a variable is set for.
pub(crate) fn of_hub(hub: Option<&str>) -> String {
    hub.map_or_else(String::new, |hub| format!(" of the hub {hub}"))
}

fn of_issuer(issuer: Option<&str>) -> String {
    issuer.map_or_else(String::new, |issuer| format!(" of the issuer {issuer:?}"))
}
