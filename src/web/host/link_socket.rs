//! The hub's end of a link: a WebSocket that outlives the hub's memory.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A WebSocket of the Workers runtime, which keeps bytes for the next life of its object.
    #[derive(Clone, Debug)]
    pub type LinkSocket;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn send(this: &LinkSocket, bytes: &Uint8Array) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn close(this: &LinkSocket, code: u16, reason: &str) -> Result<(), JsValue>;

    /// Keeps these bytes with the socket in the place of those before.
    #[wasm_bindgen(method, catch, js_name = serializeAttachment)]
    pub(crate) fn keep(this: &LinkSocket, attachment: &Uint8Array) -> Result<(), JsValue>;
}
