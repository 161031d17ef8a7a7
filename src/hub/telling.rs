//! How a hub tells its clients places in the log, and gaps.

use crate::{
    base::sequence::Sequence,
    event_stream::event_id::EventId,
    hub::{hub_events::HubEvents, subscribe_request::SubscribeRequest},
    log::{
        gap::{GapEvents, GapForm},
        place::{Place, PlaceEvents},
        place_key::{Nonce, PlaceKey, Places},
    },
};

/// Which clients are told places and gaps, and in which words.
#[derive(Debug, Default)]
pub(crate) struct Telling {
    gap_events: GapEvents,
    place_events: PlaceEvents,
    places: Places,
}

impl Telling {
    pub(crate) fn set_gap_events(&mut self, gap_events: GapEvents) {
        self.gap_events = gap_events;
    }

    pub(crate) fn set_place_events(&mut self, place_events: PlaceEvents) {
        self.place_events = place_events;
    }

    pub(crate) fn set_key(&mut self, key: Option<PlaceKey>) {
        self.places.key = key;
    }

    pub(crate) fn has_key(&self) -> bool {
        self.places.key.is_some()
    }

    /// The words for places.
    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    /// The place behind this update, in the words of this nonce.
    pub(crate) fn place(&self, behind: Sequence, nonce: Nonce) -> Place {
        self.places.tell(behind, nonce)
    }

    /// The update behind which the place is, if this hub has told it.
    pub(crate) fn read(&self, told: &EventId) -> Option<Sequence> {
        self.places.read(told)
    }

    /// Whether the client of this request is told places by events.
    pub(crate) fn tells_place(&self, request: &SubscribeRequest) -> bool {
        request.hub_events() == HubEvents::Shown
            && self.place_events.are_for(request.cache_control())
    }

    /// How the client of this request is told gaps.
    pub(crate) fn gap_form(&self, request: &SubscribeRequest) -> GapForm {
        match self.gap_events {
            _ if request.hub_events() == HubEvents::Hidden => GapForm::Silence,
            GapEvents::On => GapForm::Gap,
            GapEvents::Off if self.tells_place(request) => GapForm::Place,
            GapEvents::Off => GapForm::Silence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::dialect::Dialect, log::cache_control::CacheControl};

    fn request() -> SubscribeRequest {
        SubscribeRequest::live(Dialect::V0, Vec::new())
    }

    #[test]
    fn without_gap_events_a_client_that_knows_places_is_told_the_place_behind_a_gap() {
        let mut telling = Telling::default();
        let forms = |telling: &Telling| {
            [CacheControl::NoCache, CacheControl::Usual]
                .map(|said| telling.gap_form(&request().with_cache_control(said)))
        };
        assert_eq!(forms(&telling), [GapForm::Gap; 2]);
        telling.set_gap_events(GapEvents::Off);
        assert_eq!(forms(&telling), [GapForm::Place, GapForm::Silence]);
        telling.set_place_events(PlaceEvents::Off);
        assert_eq!(forms(&telling), [GapForm::Silence; 2]);
    }

    #[test]
    fn who_hides_the_events_of_the_hub_is_told_neither_places_nor_gaps() {
        let telling = Telling::default();
        let request = request().with_cache_control(CacheControl::NoCache);
        assert!(telling.tells_place(&request));
        let request = request.with_hub_events(HubEvents::Hidden);
        assert!(!telling.tells_place(&request));
        assert_eq!(telling.gap_form(&request), GapForm::Silence);
    }
}
