//! A wasm that only decodes: for a stream that `EventSource` cannot ask for, such as the answer to a
//! POST or to a request with a header. `decoder.test.mjs` shows how it is used.

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// A decoder of one stream.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Decoder(millstream::Decoder);

#[wasm_bindgen]
impl Decoder {
    /// A decoder at the beginning of a stream.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next chunk, and calls `dispatch(type, data, lastEventId)` for each event that ends in it.
    ///
    /// # Errors
    /// What `dispatch` throws, or that an event is too large.
    pub fn decode(&mut self, chunk: &[u8], dispatch: &Function) -> Result<(), JsValue> {
        let mut called = Ok(JsValue::UNDEFINED);
        let decoded = self.0.decode(chunk, |event| {
            if called.is_ok() {
                let (kind, data) = (event.event_type().into(), event.data().into());
                called =
                    dispatch.call3(&JsValue::NULL, &kind, &data, &event.last_event_id().into());
            }
        });
        called?;
        decoded.map_err(|error| JsError::new(&error.to_string()).into())
    }
}
