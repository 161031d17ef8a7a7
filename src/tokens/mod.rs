//! Who may do what: JOSE, OAuth 2.0 and Mercure.
//!
//! Enters: how a token is found, read and verified, which rights it grants, and why it is refused.
//! The host verifies signatures, and the steps of the door ask it to.
//!
//! Invariants:
//! - The operator lists the algorithms, and a token chooses none beyond them:
//!   `an_algorithm_that_does_not_fit_is_refused`, `a_public_key_is_refused_as_the_secret_of_an_hmac`.
//! - A key belongs to one issuer and one role:
//!   `an_issuer_is_trusted_with_its_own_keys_and_roles_alone`, `each_role_has_its_key`.
//! - No text that others know becomes a secret: `a_key_without_its_armour_is_no_secret`, and the fuzz
//!   targets `keys`, `der`, `pem` and `jwk`.
//! - No error shows a key: `what_a_wrong_variable_holds_is_not_shown`.
//! - A claim is read after the signature is verified, but for the issuer, which chooses the keys:
//!   `an_expired_token_is_refused_behind_its_signature_and_not_before`.
//! - No publisher has the idempotency keys of another: `no_text_in_a_token_makes_it_that_of_another`.

#![cfg(feature = "hub")]

pub(crate) mod access;
pub(crate) mod access_token;
pub(crate) mod algorithm;
pub(crate) mod application_claims;
pub(crate) mod authorization;
pub(crate) mod authorization_details;
pub(crate) mod bearer;
pub(crate) mod challenge;
pub(crate) mod claims;
pub(crate) mod der;
pub(crate) mod fetched_keys;
pub(crate) mod grants;
pub(crate) mod invalid_token;
pub(crate) mod jwk;
pub(crate) mod jws;
pub(crate) mod key;
pub(crate) mod key_set;
pub(crate) mod key_sets;
pub(crate) mod lookalike;
pub(crate) mod numeric_date;
pub(crate) mod origins;
pub(crate) mod payload;
pub(crate) mod pem;
pub(crate) mod publish_origin;
pub(crate) mod publisher;
pub(crate) mod resource_metadata;
pub(crate) mod selector_totals;
pub(crate) mod subscriber_name;
pub(crate) mod trust;
pub(crate) mod verifier;

pub use access::Access;
pub use algorithm::{Algorithm, Curve, Sha, UnknownAlgorithm};
pub use bearer::Carrier;
pub use grants::{Grants, Selectable, Selector, SubscribeGrant};
pub use invalid_token::InvalidToken;
pub use jws::InvalidJws;
pub use lookalike::Lookalike;
pub use publisher::KeySpace;
pub use selector_totals::OverTotal;
pub use subscriber_name::{InvalidSubscriberName, SubscriberName};
pub use trust::InvalidTrust;
