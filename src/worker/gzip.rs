//! gzip for a stream that the Worker holds: `npm/worker/gzip_stream.mjs` has what it was given.

#![allow(unreachable_pub, reason = "JavaScript calls the exported functions")]

use wasm_bindgen::prelude::*;

use crate::gzip::{
    checksum::{Checksum, Part},
    stored::stored,
    stream::GzipStream,
};

/// The bytes ahead of everything.
#[wasm_bindgen(js_name = gzipHead)]
#[must_use]
pub fn gzip_head() -> Vec<u8> {
    GzipStream::head().to_vec()
}

/// The bytes behind a text of this checksum and length, modulo 2³².
#[wasm_bindgen(js_name = gzipEnd)]
#[must_use]
pub fn gzip_end(checksum: u32, bytes: u32) -> Vec<u8> {
    GzipStream::behind(Checksum::new(checksum), bytes).end()
}

/// The bytes as deflate blocks that are not compressed.
#[wasm_bindgen(js_name = storedBlocks)]
#[must_use]
pub fn stored_blocks(bytes: &[u8]) -> Vec<u8> {
    stored(bytes)
}

/// The checksum of a text.
#[wasm_bindgen(js_name = checksumOf)]
#[must_use]
pub fn checksum_of(text: &[u8]) -> u32 {
    Checksum::of(text).get()
}

/// The checksum of a text with a part behind it, which has this checksum and length.
#[wasm_bindgen(js_name = checksumWith)]
#[must_use]
pub fn checksum_with(text: u32, part: u32, bytes: u32) -> u32 {
    Checksum::new(text).with(&Part::new(Checksum::new(part), bytes)).get()
}
