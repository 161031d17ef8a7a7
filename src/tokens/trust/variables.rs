//! The variables about keys, as they are set.

use super::{
    invalid::{InvalidTrust, InvalidTrustReason},
    names::RoleNames,
};
use crate::tokens::verifier::{InvalidVerifier, Verifier};

/// The variables about keys as they are set. One that is not set is empty.
#[derive(Clone, Default)]
pub(crate) struct KeyVariables {
    pub(crate) publisher: RoleVariables,
    pub(crate) subscriber: RoleVariables,
    pub(crate) trusted_issuer: String,
    pub(crate) issuers: String,
    pub(crate) is_development: bool,
}

/// The variables of one role.
#[derive(Clone, Default)]
pub(crate) struct RoleVariables {
    pub(crate) key: String,
    pub(crate) algorithms: String,
    pub(crate) url: String,
}

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
