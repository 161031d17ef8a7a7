//! One ordered log of updates: a window in memory over the durable history.
//!
//! A rule enters here if it says how updates are numbered, kept, read and dropped, or how a place in the
//! log is told to a client. Invariants:
//! - Nobody reads an update that is not committed (`what_is_not_committed_is_read_by_no_cursor`), or
//!   that is too old (`what_is_too_old_counts_as_removed_before_it_is`).
//! - A closed topic has no update behind its closing, until that is forgotten
//!   (`nothing_is_appended_to_a_closed_topic`).
//! - Each kind of update has bounds of its own (`many_updates_about_subscriptions_push_out_no_publication`).

#![cfg(feature = "hub")]

pub(crate) mod cache_control;
pub(crate) mod closing;
mod closings;
pub(crate) mod gap;
pub(crate) mod history;
pub(crate) mod kind;
pub(crate) mod log;
pub(crate) mod place;
pub(crate) mod place_key;
pub(crate) mod restored;
pub(crate) mod scanned;
pub(crate) mod tally;
pub(crate) mod topic_state;
pub(crate) mod update;
pub(crate) mod update_id;
pub(crate) mod window;

pub use cache_control::CacheControl;
pub use closing::{ClosedTopic, Closing, EndReason, InvalidEndReason};
pub use gap::GapEvents;
pub use history::{Bounds, Entry, Held as HeldUpdates, History, Page, Retention};
pub use kind::Kind;
pub use log::{AppendError, Log};
pub use place::InvalidPlaceEvents;
pub use place::{Place, PlaceEvents};
pub use place_key::{Nonce, PlaceKey};
pub use tally::{Sight, Tallied, Tally};
pub use topic_state::TopicState;
pub use update::{EncodedUpdate, Update, UpdateTooLarge};
pub use update_id::{IdOrigin, InvalidUpdateId, UpdateId};
