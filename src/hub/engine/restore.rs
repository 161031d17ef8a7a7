//! Entries of another hub, which keep their places, and the removal of what is held.

use super::hub::Hub;
use crate::{
    base::sequence::Sequence,
    log::{
        history::History,
        kind::Kind,
        log::AppendError,
        restored::{Restored, Stood},
    },
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Adds an entry that has stood in the log of another hub, behind all entries. It is seen by nobody
    /// until it is [committed](Hub::commit).
    ///
    /// # Errors
    /// [`AppendError`]; nothing has changed then.
    pub(crate) fn restore(
        &mut self,
        restored: Restored,
        stood: Stood,
    ) -> Result<Sequence, AppendError<H::Error>> {
        let Stood { sequence, accepted } = stood;
        let (log, places) = self.log_and_places();
        log.append_at(sequence, |log| match restored {
            Restored::Update(update) => log.append(update, accepted),
            Restored::Closing(closing) => log.close(&closing, places, accepted),
        })
    }

    /// Removes all that is held of this kind, and lets what there was up to and with `until` count as
    /// removed. Connections that have not come so far are told of a gap.
    ///
    /// # Errors
    /// The history's own.
    pub(crate) fn remove_all(&mut self, kind: Kind, until: Sequence) -> Result<(), H::Error> {
        self.log_and_places().0.remove(kind, until)
    }
}
