//! The body of a request, bounded.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Request};

use crate::{error::Error, limits::MAX_BODY_BYTES};

/// Reads the body, and no further than [`MAX_BODY_BYTES`].
pub(super) async fn read(request: &Request) -> Result<Vec<u8>, Error> {
    let length = request.headers().get("Content-Length").ok().flatten();
    match length.and_then(|length| length.parse::<usize>().ok()) {
        Some(0..=MAX_BODY_BYTES) => {
            let buffer = request.array_buffer().map_err(|_| Error::BodyBroken)?;
            let buffer = JsFuture::from(buffer).await.map_err(|_| Error::BodyBroken)?;
            Ok(Uint8Array::new(&buffer).to_vec())
        }
        Some(_) => Err(Error::BodyTooLarge),
        None => read_chunks(request).await,
    }
}

async fn read_chunks(request: &Request) -> Result<Vec<u8>, Error> {
    let Some(stream) = request.body() else { return Ok(Vec::new()) };
    let reader = ReadableStreamDefaultReader::new(&stream).map_err(|_| Error::BodyBroken)?;
    let mut body = Vec::new();
    loop {
        let read = JsFuture::from(reader.read()).await.map_err(|_| Error::BodyBroken)?;
        let field = |name: &str| Reflect::get(&read, &name.into()).map_err(|_| Error::BodyBroken);
        if field("done")?.is_truthy() {
            return Ok(body);
        }
        let chunk = field("value")?.dyn_into::<Uint8Array>().map_err(|_| Error::BodyBroken)?;
        if body.len() + chunk.length() as usize > MAX_BODY_BYTES {
            // The answer is the same whether or not the rest could be called off.
            let _ = reader.cancel();
            return Err(Error::BodyTooLarge);
        }
        body.extend_from_slice(&chunk.to_vec());
    }
}
