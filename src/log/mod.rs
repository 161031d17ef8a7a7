//! One ordered log of updates: a window in memory over the durable history.
//!
//! Enters: how updates are numbered, kept, read and dropped, and how a place in the log is told to a
//! client. Nobody reads an update that is not committed or is too old.

pub mod cache_control;
pub mod gap;
pub mod history;
pub mod kind;
pub mod log;
pub mod place;
pub mod place_key;
pub mod update;
pub mod update_id;
pub mod window;
