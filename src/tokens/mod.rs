//! Who may do what: JOSE, OAuth 2.0 and Mercure.
//!
//! Enters: how a token is found, read and verified, what it grants, and what a refusal says. No
//! signature is compared here: the host verifies it and the steps of the door ask for that.

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
pub(crate) mod trust;
pub(crate) mod verifier;

pub use access::Access;
pub use bearer::Carrier;
pub use grants::{Grants, Selector, SubscribeGrant};
pub use invalid_token::InvalidToken;
pub use publisher::KeySpace;
