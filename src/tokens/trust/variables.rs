//! The variables about keys: those of the reference hub have its names and meaning.

use super::{InvalidTrust, InvalidTrustReason};
use crate::tokens::verifier::{InvalidVerifier, Verifier};

/// The variables about the keys of one role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoleNames {
    pub(crate) key: &'static str,
    pub(crate) algorithms: &'static str,
    pub(crate) url: &'static str,
}

/// The variables about publishers' keys.
pub(crate) const PUBLISHER: RoleNames = RoleNames {
    key: "MERCURE_PUBLISHER_JWT_KEY",
    algorithms: "MERCURE_PUBLISHER_JWT_ALG",
    url: "MERCURE_PUBLISHER_JWKS_URL",
};

/// The variables about subscribers' keys.
pub(crate) const SUBSCRIBER: RoleNames = RoleNames {
    key: "MERCURE_SUBSCRIBER_JWT_KEY",
    algorithms: "MERCURE_SUBSCRIBER_JWT_ALG",
    url: "MERCURE_SUBSCRIBER_JWKS_URL",
};

/// The variables about keys as they are set; empty where one is not.
#[derive(Clone, Default)]
pub(crate) struct KeyVariables {
    pub(crate) publisher: RoleVariables,
    pub(crate) subscriber: RoleVariables,
    pub(crate) trusted_issuer: String,
    pub(crate) issuers: String,
    pub(crate) is_development: bool,
}

/// Those of one role.
#[derive(Clone, Default)]
pub(crate) struct RoleVariables {
    pub(crate) key: String,
    pub(crate) algorithms: String,
    pub(crate) url: String,
}

/// Whether secrets are taken that could be guessed, or that everybody knows: `true` or `false`.
pub(crate) const DEVELOPMENT: &str = "DEVELOPMENT";

/// The `iss` of the access tokens that the keys of the other variables verify: one issuer, in
/// spite of its name, since a key belongs to one.
pub(crate) const TRUSTED_ISSUERS: &str = "MERCURE_TRUSTED_ISSUERS";

/// More issuers, each with keys of its own: a JSON list, see `issuers.rs`.
pub(crate) const ISSUERS: &str = "ISSUERS";

impl RoleVariables {
    /// The verifier of the role that has these names, if there is a key.
    pub(super) fn verifier(&self, names: RoleNames) -> Result<Option<Verifier>, InvalidTrust> {
        let refused = |variable, reason| Err(InvalidTrust::new(variable, reason));
        let (made, variable) = match (self.key.is_empty(), self.url.trim()) {
            (true, "") if self.algorithms.trim().is_empty() => return Ok(None),
            (true, "") => return refused(names.algorithms, InvalidTrustReason::NoKey),
            (true, url) => (Verifier::remote(url, &self.algorithms), names.url),
            (false, "") => (Verifier::fixed(&self.key, &self.algorithms), names.key),
            (false, _) => return refused(names.url, InvalidTrustReason::TwoKinds),
        };
        made.map(Some).or_else(|invalid| {
            let variable = match invalid {
                InvalidVerifier::Keys(_) | InvalidVerifier::Url => variable,
                _ => names.algorithms,
            };
            refused(variable, invalid.into())
        })
    }
}
