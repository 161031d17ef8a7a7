//! `setTimeout` as a guard.

use std::time::Duration;

use wasm_bindgen::prelude::*;

use super::sys;

/// A timer that is stopped when it is dropped.
#[derive(Debug)]
#[must_use = "the timer is stopped when this is dropped"]
pub(super) struct Timer {
    handle: JsValue,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    pub(super) fn new(delay: Duration, callback: impl FnOnce() + 'static) -> Self {
        let callback = Closure::once(callback);
        let millis = delay.as_secs_f64() * 1_000.0;
        let handle = sys::set_timeout(callback.as_ref().unchecked_ref(), millis);
        Self { handle, _callback: callback }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        sys::clear_timeout(&self.handle);
    }
}
