//! The one alarm of an object.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::sys::DurableObjectStorage;
use crate::{base::timestamp::Timestamp, web::host::task};

/// Sets the alarm only when it is needed, since each time writes a row.
#[derive(Debug)]
pub(super) struct Alarm {
    storage: DurableObjectStorage,
    /// The time it is set for, as far as is known: an earlier life of the object may have set it too.
    set: Cell<Option<Timestamp>>,
}

impl Alarm {
    pub(super) fn new(storage: DurableObjectStorage) -> Self {
        Self { storage, set: Cell::default() }
    }

    /// Notes that it has gone off, and is not set any more.
    pub(super) fn went_off(&self) {
        self.set.set(None);
    }

    /// Whether it goes off at `due` or before.
    pub(super) fn is_set_by(&self, due: Timestamp) -> bool {
        self.set.get().is_some_and(|set| set <= due)
    }

    /// Sets it to go off at `due` at the latest, unless it is set for that already. If that fails, the
    /// next call tries again.
    pub(super) fn set_by(self: &Rc<Self>, due: Option<Timestamp>) -> Result<(), JsValue> {
        let Some(due) = due.filter(|due| !self.is_set_by(*due)) else { return Ok(()) };
        #[expect(clippy::cast_precision_loss, reason = "a date is less than 2^53")]
        let set = self.storage.set_alarm(due.as_millis() as f64)?;
        self.set.set(Some(due));
        let alarm = Rc::clone(self);
        task::spawn(async move {
            if JsFuture::from(set).await.is_err() {
                alarm.went_off();
            }
        });
        Ok(())
    }
}
