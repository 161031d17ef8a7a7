//! One copy of a chunk for a whole audience.

use std::cell::OnceCell;

use js_sys::Uint8Array;

/// A chunk that is copied out of wasm memory once, for any number of streams: a stream reads its chunk
/// later, and a view of the memory would have changed by then.
#[derive(Debug)]
pub(crate) struct SharedChunk<'a> {
    bytes: &'a [u8],
    array: OnceCell<Uint8Array>,
}

impl<'a> SharedChunk<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, array: OnceCell::new() }
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The copy, which is made for the first stream that needs it.
    pub(crate) fn array(&self) -> &Uint8Array {
        self.array.get_or_init(|| Uint8Array::from(self.bytes))
    }
}
