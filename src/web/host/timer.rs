//! `setTimeout` as a guard.

use std::time::Duration;

use wasm_bindgen::prelude::*;

use crate::web::host::sys;

/// Milliseconds. A timer beyond them would fire at once, so it fires here and its owner looks again.
const LONGEST: f64 = 2_147_483_647.0;

/// A timer that fires after at most a few weeks. Dropping it stops it.
#[derive(Debug)]
#[must_use = "the timer is stopped when this is dropped"]
pub(crate) struct Timer {
    handle: Option<JsValue>,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    /// One function for all callbacks is smaller.
    pub(crate) fn new(delay: Duration, callback: Box<dyn FnOnce()>) -> Self {
        let callback = Closure::once(callback);
        let millis = (delay.as_secs_f64() * 1_000.0).min(LONGEST);
        let handle = sys::set_timeout(callback.as_ref().unchecked_ref(), millis).ok();
        Self { handle, _callback: callback }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // A host that has lost its timers fires none.
        let _ = self.handle.as_ref().map(sys::clear_timeout);
    }
}
