//! The one alarm of an object.

use std::cell::Cell;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::sys::DurableObjectStorage;
use crate::timestamp::Timestamp;

/// Sets the alarm no more often than there is a need, since each time is a row written.
#[derive(Debug)]
pub(super) struct Alarm {
    storage: DurableObjectStorage,
    /// When it goes off, as far as is known: an earlier life of the object may have set it too.
    set: Cell<Option<Timestamp>>,
}

impl Alarm {
    pub(super) fn new(storage: DurableObjectStorage) -> Self {
        Self { storage, set: Cell::default() }
    }

    /// It has gone off and is not set any more.
    pub(super) fn went_off(&self) {
        self.set.set(None);
    }

    /// Has it go off at `due` at the latest, if there is a need for it.
    pub(super) async fn set_by(&self, due: Option<Timestamp>) -> Result<(), JsValue> {
        let Some(due) = due.filter(|due| self.set.get().is_none_or(|set| set > *due)) else {
            return Ok(());
        };
        self.set.set(Some(due));
        #[expect(clippy::cast_precision_loss, reason = "a date is less than 2^53")]
        let millis = due.as_millis() as f64;
        let set = match self.storage.set_alarm(millis) {
            Ok(set) => JsFuture::from(set).await.map(|_| ()),
            Err(thrown) => Err(thrown),
        };
        if set.is_err() {
            self.set.set(None);
        }
        set
    }
}
