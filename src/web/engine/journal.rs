//! The seam between owners of a state and the log that they write to.

use crate::{
    base::sequence::Sequence,
    log::update::Update,
    publishing::published::Published,
    web::{engine::publish_error::PublishError, streams::record::Record},
};

/// An update that is in the log and not durable yet.
#[derive(Debug)]
pub(crate) struct Appended {
    pub(crate) sequence: Sequence,
    pub(crate) published: Published,
}

/// The hub's log of updates, and the application's log of records.
pub(crate) trait Journal {
    /// Adds an update, which no reader sees before it is committed.
    fn append(&self, update: &Update) -> Result<Appended, PublishError>;
    /// Removes some old updates.
    fn prune(&self);
    /// Whether the log is open: a hub that goes or has failed takes no more.
    fn is_open(&self) -> bool;
    fn log(&self, record: Record);
}
