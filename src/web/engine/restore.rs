//! Entries of another hub, and the removal of what is held.

use crate::{
    base::sequence::Sequence,
    log::{
        kind::Kind,
        place_key::PlaceKey,
        restored::{Restored, Stood},
    },
    web::{
        engine::{engine::Engine, publish_error::PublishError},
        host::storage::Storage,
        streams::hooks::Hooks,
    },
};

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Tells places with the key of another hub. It is kept together with the first entry.
    pub(crate) fn take_place_key(&self, key: PlaceKey) -> Result<(), PublishError> {
        let kept = self.hub().log().history().keep_place_key(&key);
        // The hook that logs may ask the hub.
        kept.map_err(|error| self.publish_failed(&error))?;
        self.hub_mut().set_place_key(key);
        Ok(())
    }

    /// Adds an entry that has stood in the log of another hub. No reader sees it before
    /// [`Engine::commit_all`].
    pub(crate) fn restore(&self, restored: Restored, stood: Stood) -> Result<(), PublishError> {
        let appended = self.hub_mut().restore(restored, stood);
        appended.map(|_| ()).map_err(|error| self.not_appended(error))
    }

    /// Removes all that is held of this kind, and lets what there was up to and with `until` count as
    /// removed; returns whether that went well.
    pub(crate) fn remove_all(&self, kind: Kind, until: Sequence) -> bool {
        let removed = self.hub_mut().remove_all(kind, until);
        self.commit_all();
        removed.map_err(|error| self.publish_failed(&error)).is_ok()
    }

    /// Shows what was added and removed, once it is durable.
    pub(crate) fn commit_all(&self) {
        let newest = self.hub().log().newest();
        self.commit_later(Some(newest));
    }
}
