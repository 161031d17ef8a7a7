//! Places in the log, as clients are told them.

use super::hub::Hub;
use crate::{
    base::sequence::Sequence,
    event_stream::event_id::EventId,
    log::{
        closing::Closing,
        history::History,
        place::Place,
        place_key::{Nonce, Places},
    },
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Whether the hub has the key of its places. It needs one before the first [`Hub::append`]; until
    /// then every place is `earliest`.
    #[must_use]
    pub fn has_place_key(&self) -> bool {
        self.beginning().telling.has_key()
    }

    /// The place behind this update, in the words of this nonce.
    #[must_use]
    pub fn place(&self, behind: Sequence, nonce: Nonce) -> Place {
        self.words().tell(behind, nonce)
    }

    /// The id of the event that tells of the closing at this place.
    #[must_use]
    pub fn closing_id(&self, closing: Sequence) -> EventId {
        Closing::id(closing, self.words())
    }

    fn words(&self) -> &Places {
        self.beginning().telling.places()
    }
}
