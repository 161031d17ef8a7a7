//! The door: access is decided here, before a hub is touched.
//!
//! Enters: the steps from a request's head to what is granted. A step keeps nothing: it is given the
//! head and the answers of the host so far.

#![cfg(feature = "web")]

pub(crate) mod addressed;
pub(crate) mod granted;
pub(crate) mod head;
pub(crate) mod steps;

pub use granted::{Bearer, Granted, Holder, InvalidGranted};
