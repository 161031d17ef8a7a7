//! The exports for `npm/worker/export/import.mjs`, which restores the export of another hub.

use wasm_bindgen::prelude::*;

use super::hub_object::HubObject;
use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    log::{kind::Kind, place_key::PlaceKey, restored::Stood, update_id::IdOrigin},
    publishing::export_line::Author,
};

#[wasm_bindgen]
impl HubObject {
    /// Tells places with the key of another hub; returns whether that went well.
    #[wasm_bindgen(js_name = takePlaceKey)]
    pub fn take_place_key(&self, key: &[u8]) -> bool {
        let (Ok(hub), Ok(key)) = (&self.hub, key.try_into()) else { return false };
        hub.take_place_key(PlaceKey::from_random(key)).is_ok()
    }

    /// Adds the entries of these lines. `stood` has three numbers for each: its place, its time, and its
    /// author, who is 0 for a publisher, 1 for one who left the id to the hub, and 2 for the hub. Returns why
    /// the first one that is not added is not.
    pub fn restore(&self, lines: &str, stood: &[f64]) -> Option<String> {
        let Ok(hub) = &self.hub else { return Some(String::new()) };
        let lines = lines.split('\n').zip(stood.as_chunks().0);
        let restored = lines.into_iter().try_for_each(|(line, [sequence, time, author])| {
            let stood = Stood {
                sequence: Sequence::new(whole(*sequence)),
                accepted: Timestamp::from_millis(whole(*time)),
            };
            let author = Author {
                kind: if *author > 1.0 { Kind::Subscription } else { Kind::Publication },
                id_origin: if *author > 0.0 { IdOrigin::Hub } else { IdOrigin::Publisher },
            };
            hub.restore(line, author, stood)
        });
        hub.commit_all();
        restored.err()
    }

    /// Removes all that is held of a kind: 0 for publications, 1 for updates about subscriptions, 2 for
    /// closings. What there was up to and with `until` counts as removed. Returns whether that went well.
    #[wasm_bindgen(js_name = removeAll)]
    pub fn remove_all(&self, kind: usize, until: f64) -> bool {
        let (Ok(hub), Some(kind)) = (&self.hub, Kind::ALL.get(kind)) else { return false };
        hub.remove_all(*kind, Sequence::new(whole(until)))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "JavaScript gives whole numbers from 0 to 2^53"
)]
fn whole(number: f64) -> u64 {
    number as u64
}
