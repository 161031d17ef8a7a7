//! Removal of all that is held of a kind, and entries that keep the places of another log.

use super::{AppendError, Log};
use crate::{
    base::sequence::Sequence,
    log::{history::History, kind::Kind, window::Window},
};

impl<H: History> Log<H> {
    /// The newest entry that there ever was, committed or not.
    pub(crate) fn newest(&self) -> Sequence {
        self.newest
    }

    /// Gives up the updates in memory, when nobody reads them any more.
    pub(crate) fn empty(&mut self) {
        self.window = Window::alone(self.retention);
    }

    /// Removes all that there is of this kind, committed or not. What there was up to and with `until`
    /// counts as removed too, also if another log has held it. The numbering goes on behind both.
    ///
    /// # Errors
    /// The history's own.
    pub(crate) fn remove(&mut self, kind: Kind, until: Sequence) -> Result<(), H::Error> {
        self.history.remove(kind, until)?;
        self.window.remove(kind, until);
        self.newest = self.newest.max(until);
        Ok(())
    }

    /// Lets `append` add an entry at this place, which is behind all others. What would be between is
    /// [removed](Log::remove).
    ///
    /// # Errors
    /// Those of `append`; the log is then as it was.
    pub(crate) fn append_at(
        &mut self,
        sequence: Sequence,
        append: impl FnOnce(&mut Self) -> Result<Sequence, AppendError<H::Error>>,
    ) -> Result<Sequence, AppendError<H::Error>> {
        let newest = self.newest;
        self.newest = newest.max(sequence.previous());
        let appended = append(self);
        if appended.is_err() {
            self.newest = newest;
        }
        appended
    }

    /// Whether anything is removed behind this place that nobody there knows of. A waiting reader would
    /// miss it without a word.
    pub(crate) fn has_removed_behind(&self, cursor: Sequence) -> bool {
        Kind::ALL.into_iter().any(|kind| self.window.gone(kind) > cursor)
    }
}
