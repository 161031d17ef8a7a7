//! The link: what a hub and a Worker that holds a client's stream say to each other over a WebSocket.
//!
//! A Worker opens a link by a text beside the client's request (`opening.rs`), and is answered with the
//! headers for its client and what it needs to know (`opened.rs`). The hub then sends frames
//! (`frame.rs`); the Worker grants credit (`grant.rs`, `credit.rs`). What a later life of the hub must
//! know of a link is in its attachment (`attachment.rs`); until it is kept it is a state (`state.rs`).
//!
//! Enters: a word of the link, or what is kept of one. Invariants:
//! - What is encoded is decoded to the same, and no other bytes are accepted: the fuzz target `link`.
//! - A Worker never holds more than the window and one chunk that its reader has not taken:
//!   `a_link_that_has_any_credit_is_given_a_whole_chunk`.

#![cfg(feature = "hub")]

pub(crate) mod attachment;
pub(crate) mod counts;
pub(crate) mod credit;
pub(crate) mod frame;
pub(crate) mod grant;
pub(crate) mod opened;
pub(crate) mod opening;
pub(crate) mod state;

/// The version of the link that this hub speaks.
pub(crate) const VERSION: u8 = 1;
