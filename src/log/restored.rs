//! An entry that another log has held, with its place there.

use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    log::{closing::Closing, update::EncodedUpdate},
};

/// An entry of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Restored {
    /// An update, in the encoding in which it was kept.
    Update(EncodedUpdate),
    /// The closing of a topic.
    Closing(Closing),
}

/// The place of an entry in the log that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stood {
    /// Its place.
    pub(crate) sequence: Sequence,
    /// When it was accepted there.
    pub(crate) accepted: Timestamp,
}
