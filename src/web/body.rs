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
    let reader = Reader::new(request)?;
    let mut body = Vec::new();
    while let Some(chunk) = reader.next().await? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(Error::BodyTooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The chunks of a body as they come. What is left of it is called off when this is dropped.
#[derive(Debug)]
pub(super) struct Reader(Option<ReadableStreamDefaultReader>);

impl Reader {
    pub(super) fn new(request: &Request) -> Result<Self, Error> {
        let reader = request.body().map(|stream| ReadableStreamDefaultReader::new(&stream));
        reader.transpose().map(Self).map_err(|_| Error::BodyBroken)
    }

    /// The next chunk; `None` at the end, which a body that broke off does not come to.
    pub(super) async fn next(&self) -> Result<Option<Vec<u8>>, Error> {
        let Some(reader) = &self.0 else { return Ok(None) };
        let read = JsFuture::from(reader.read()).await.map_err(|_| Error::BodyBroken)?;
        let field = |name: &str| Reflect::get(&read, &name.into()).map_err(|_| Error::BodyBroken);
        if field("done")?.is_truthy() {
            return Ok(None);
        }
        let chunk = field("value")?.dyn_into::<Uint8Array>().map_err(|_| Error::BodyBroken)?;
        Ok(Some(chunk.to_vec()))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // The answer is the same whether or not the rest could be called off.
        let _ = self.0.as_ref().map(ReadableStreamDefaultReader::cancel);
    }
}
