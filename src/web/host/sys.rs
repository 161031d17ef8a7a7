//! Globals of every host that web-sys offers only on `Window` or `WorkerGlobalScope`.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// HTML § 8.6: the handle is a number in browsers and an object in Node. Workers have no timers
    /// outside a request, where an object that was reset may be dropped.
    #[wasm_bindgen(catch, js_name = setTimeout)]
    pub(crate) fn set_timeout(handler: &Function, millis: f64) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = clearTimeout)]
    pub(crate) fn clear_timeout(handle: &JsValue) -> Result<(), JsValue>;

    /// Web Cryptography § 10.1.1.
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    pub(crate) fn get_random_values(bytes: &mut [u8]) -> Result<JsValue, JsValue>;
}
