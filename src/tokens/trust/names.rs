//! The names of the variables about keys: those of the reference hub have its names and meaning.

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

/// Whether secrets are taken that can be guessed, or that everybody knows: `true` or `false`.
pub(crate) const DEVELOPMENT: &str = "DEVELOPMENT";

/// The `iss` of the access tokens that the keys of the other variables verify. In spite of its name it
/// is one issuer, since a key belongs to one.
pub(crate) const TRUSTED_ISSUERS: &str = "MERCURE_TRUSTED_ISSUERS";

/// More issuers, each with keys of its own: a JSON list, see `issuers.rs`.
pub(crate) const ISSUERS: &str = "ISSUERS";
