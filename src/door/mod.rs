//! The door: access is decided here, before a hub is touched.
//!
//! Enters: the steps from a request's head to the right that is granted, and the text in which a hub's
//! object is told that right. A step keeps nothing: it gets the head and the answers of the host so far.
//!
//! Invariants:
//! - A request that no right can mend is refused before a token is looked at:
//!   `what_no_right_can_mend_is_refused_before_anybody_is_asked_for_one`.
//! - A token is granted after its signature is verified, and never before:
//!   `a_token_is_granted_once_its_signature_is_that_of_a_key`.
//! - A cookie publishes from a listed origin alone:
//!   `a_cookie_publishes_from_a_listed_origin_alone_whatever_is_in_it`.
//! - Nobody can forge the text of a right by the texts of a token: `two_values_have_two_texts`,
//!   `a_text_with_one_byte_changed_is_refused_or_that_of_another_value`.

#![cfg(feature = "web")]

pub(crate) mod addressed;
pub(crate) mod granted;
pub(crate) mod head;
pub(crate) mod steps;

pub use granted::{Bearer, Granted, Holder, InvalidGranted};
