//! The export of another hub, line by line, and the removal of what is held.

use super::Handler;
use crate::{
    base::sequence::Sequence,
    log::{kind::Kind, place_key::PlaceKey, restored::Stood},
    publishing::export_line::{self, Author},
    web::{engine::publish_error::PublishError, host::storage::Storage, streams::hooks::Hooks},
};

impl<K: Hooks, S: Storage> Handler<K, S> {
    /// Tells places with the key of another hub.
    pub(crate) fn take_place_key(&self, key: PlaceKey) -> Result<(), PublishError> {
        self.engine.take_place_key(key)
    }

    /// Adds the entry of a line, which is seen after [`Handler::commit_all`]. The error is for people.
    pub(crate) fn restore(&self, line: &str, author: Author, stood: Stood) -> Result<(), String> {
        let restored = export_line::read(line.as_bytes(), author);
        let restored = restored.map_err(|invalid| invalid.to_string())?;
        self.engine.restore(restored, stood).map_err(|error| error.to_string())
    }

    /// Removes all that is held of this kind, and lets what there was up to and with `until` count as
    /// removed; returns whether that went well.
    pub(crate) fn remove_all(&self, kind: Kind, until: Sequence) -> bool {
        self.engine.remove_all(kind, until)
    }

    /// Shows what was added, once it is durable.
    pub(crate) fn commit_all(&self) {
        self.engine.commit_all();
    }
}
