//! The body of a request, bounded.

use std::cell::RefCell;

use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamByobReader, ReadableStreamDefaultReader, Request};

use crate::{error::Error, limits::MAX_BODY_BYTES};

/// Bytes that one read may give: as many as a socket does.
const READ_BYTES: u32 = 64 << 10;

/// Reads the body, and no further than [`MAX_BODY_BYTES`].
pub(super) async fn read(
    request: &Request,
    too_large: fn(usize) -> Error,
) -> Result<Vec<u8>, Error> {
    let length = request.headers().get("Content-Length").ok().flatten();
    match length.and_then(|length| length.parse::<usize>().ok()) {
        Some(0..=MAX_BODY_BYTES) => {
            let buffer = request.array_buffer().map_err(|_| Error::BodyBroken)?;
            let buffer = JsFuture::from(buffer).await.map_err(|_| Error::BodyBroken)?;
            Ok(Uint8Array::new(&buffer).to_vec())
        }
        Some(_) => Err(too_large(MAX_BODY_BYTES)),
        None => read_chunks(request, too_large).await,
    }
}

async fn read_chunks(request: &Request, too_large: fn(usize) -> Error) -> Result<Vec<u8>, Error> {
    let reader = Reader::new(request)?;
    let mut body = Vec::new();
    while let Some(chunk) = reader.next().await? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(too_large(MAX_BODY_BYTES));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The chunks of a body as they come. What is left of it is called off when this is dropped.
#[derive(Debug)]
pub(super) struct Reader(Option<Source>);

/// Where the chunks come from.
#[derive(Debug)]
enum Source {
    /// A stream of bytes, which are read into a buffer that is used again and again: workerd gives
    /// 4 KiB at a time to who brings none.
    Bytes { reader: ReadableStreamByobReader, buffer: RefCell<Option<ArrayBuffer>> },
    /// A stream of any other kind.
    Chunks(ReadableStreamDefaultReader),
}

impl Reader {
    pub(super) fn new(request: &Request) -> Result<Self, Error> {
        let Some(stream) = request.body() else { return Ok(Self(None)) };
        let source = match ReadableStreamByobReader::new(&stream) {
            Ok(reader) => Source::Bytes { reader, buffer: RefCell::default() },
            Err(_) => Source::Chunks(
                ReadableStreamDefaultReader::new(&stream).map_err(|_| Error::BodyBroken)?,
            ),
        };
        Ok(Self(Some(source)))
    }

    /// The next chunk; `None` at the end, which a body that broke off does not come to.
    pub(super) async fn next(&self) -> Result<Option<Vec<u8>>, Error> {
        let Some(source) = &self.0 else { return Ok(None) };
        let reading = match source {
            Source::Bytes { reader, buffer } => {
                let buffer = buffer.take().unwrap_or_else(|| ArrayBuffer::new(READ_BYTES));
                reader.read_with_array_buffer_view(&Uint8Array::new(&buffer))
            }
            Source::Chunks(reader) => reader.read(),
        };
        let read = JsFuture::from(reading).await.map_err(|_| Error::BodyBroken)?;
        let field = |name: &str| Reflect::get(&read, &name.into()).map_err(|_| Error::BodyBroken);
        if field("done")?.is_truthy() {
            return Ok(None);
        }
        let chunk = field("value")?.dyn_into::<Uint8Array>().map_err(|_| Error::BodyBroken)?;
        let bytes = chunk.to_vec();
        if let Source::Bytes { buffer, .. } = source {
            buffer.replace(Some(chunk.buffer()));
        }
        Ok(Some(bytes))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // The answer is the same whether or not the rest could be called off.
        let _ = self.0.as_ref().map(|source| match source {
            Source::Bytes { reader, .. } => reader.cancel(),
            Source::Chunks(reader) => reader.cancel(),
        });
    }
}
