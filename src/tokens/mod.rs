//! Who may do what: JOSE, OAuth 2.0 and Mercure.
//!
//! Enters: how a token is found, read and verified, what it grants, and what a refusal says. No
//! signature is compared here: the host verifies it and the steps of the door ask for that.

pub mod access;
pub mod access_token;
pub mod algorithm;
pub mod application_claims;
pub mod authorization;
pub mod authorization_details;
pub mod bearer;
pub mod challenge;
pub mod claims;
pub mod der;
pub mod fetched_keys;
pub mod grants;
pub mod invalid_token;
pub(crate) mod jwk;
pub mod jws;
pub mod key;
pub mod key_set;
pub mod key_sets;
pub mod lookalike;
pub(crate) mod numeric_date;
pub mod origins;
pub mod pem;
pub mod publish_origin;
pub mod publisher;
pub mod resource_metadata;
pub mod selector_totals;
pub mod trust;
pub mod verifier;

pub use access::Access;
pub use bearer::Carrier;
pub use grants::{Grants, Selector, SubscribeGrant};
pub use invalid_token::InvalidToken;
pub use publisher::KeySpace;
