//! The body of a request, bounded.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::{
    channel::oneshot,
    future::{self, Either},
};
use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamByobReader, ReadableStreamDefaultReader, Request};

use super::bodies::{GivenUp, Place};
use crate::{
    bodies::{Held, Missing},
    error::Error,
    limits::{MAX_READ_BYTES, READ_BYTES},
};

/// How large a body may be, and the refusal of a larger one.
#[derive(Clone, Copy)]
pub(super) struct Bound {
    pub(super) bytes: usize,
    pub(super) refusal: fn(usize) -> Error,
}

/// Reads the body to its end, and no further than it may be.
pub(super) async fn read(request: &Request, bound: Bound, place: Place) -> Result<Vec<u8>, Error> {
    let too_large = || (bound.refusal)(bound.bytes);
    let length = request.headers().get("Content-Length").ok().flatten();
    if length
        .and_then(|length| length.parse().ok())
        .is_some_and(|length: usize| length > bound.bytes)
    {
        return Err(too_large());
    }
    let reader = Reader::new(request, place)?;
    let mut body = Vec::new();
    while let Some(chunk) = reader.next().await? {
        if body.len() + chunk.len() > bound.bytes {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
        reader.hold(Held { bytes: body.len(), missing: Missing::Rest })?;
    }
    Ok(body)
}

/// The chunks of a body as they come. What is left of it is called off when this is dropped.
#[derive(Debug)]
pub(super) struct Reader {
    source: Option<Source>,
    place: Place,
    /// Taken while a read is on its way.
    ends: RefCell<Option<oneshot::Receiver<()>>>,
    /// What the next read is asked for: a body that comes quickly is read in large pieces.
    read_bytes: Cell<usize>,
}

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
    pub(super) fn new(request: &Request, place: Place) -> Result<Self, Error> {
        let source = request.body().map(|stream| match ReadableStreamByobReader::new(&stream) {
            Ok(reader) => Ok(Source::Bytes { reader, buffer: RefCell::default() }),
            Err(_) => ReadableStreamDefaultReader::new(&stream)
                .map(Source::Chunks)
                .map_err(|_| Error::BodyBroken),
        });
        let ends = RefCell::new(Some(place.given_up().happens()));
        let read_bytes = Cell::new(READ_BYTES);
        Ok(Self { source: source.transpose()?, place, ends, read_bytes })
    }

    /// Says what is held of the body while it is read on.
    pub(super) fn hold(&self, held: Held) -> Result<(), Error> {
        // The smallest buffer is a part of what any body costs.
        let buffer = self.read_bytes.get().saturating_sub(READ_BYTES);
        Ok(self.place.hold(Held { bytes: held.bytes + buffer, ..held })?)
    }

    pub(super) fn given_up(&self) -> &Rc<GivenUp> {
        self.place.given_up()
    }

    pub(super) fn may_read_ahead(&self) -> bool {
        self.place.may_read_ahead()
    }

    fn silent(&self) -> Error {
        Error::BodySilent(self.given_up().silent().unwrap_or_default())
    }

    /// The next chunk; `None` at the end, which a body that broke off does not come to.
    pub(super) async fn next(&self) -> Result<Option<Vec<u8>>, Error> {
        let Some(source) = &self.source else { return Ok(None) };
        let size = self.read_bytes.get();
        let reading = match source {
            Source::Bytes { reader, buffer } => {
                let fits = |buffer: &ArrayBuffer| buffer.byte_length() as usize == size;
                let buffer = buffer
                    .take()
                    .filter(fits)
                    .unwrap_or_else(|| ArrayBuffer::new(u32::try_from(size).unwrap_or_default()));
                reader.read_with_array_buffer_view(&Uint8Array::new(&buffer))
            }
            Source::Chunks(reader) => reader.read(),
        };
        let ends = self.ends.take().ok_or_else(|| self.silent())?;
        let read = match future::select(JsFuture::from(reading), ends).await {
            Either::Left((read, ends)) => {
                self.ends.replace(Some(ends));
                read.map_err(|_| Error::BodyBroken)?
            }
            Either::Right(_) => return Err(self.silent()),
        };
        let field = |name: &str| Reflect::get(&read, &name.into()).map_err(|_| Error::BodyBroken);
        if field("done")?.is_truthy() {
            return Ok(None);
        }
        let chunk = field("value")?.dyn_into::<Uint8Array>().map_err(|_| Error::BodyBroken)?;
        let bytes = chunk.to_vec();
        if let Source::Bytes { buffer, .. } = source {
            buffer.replace(Some(chunk.buffer()));
            match bytes.len() {
                0..READ_BYTES => self.read_bytes.set(READ_BYTES),
                read if read >= size => self.read_bytes.set(MAX_READ_BYTES),
                _ => {}
            }
        }
        Ok(Some(bytes))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // The answer is the same whether or not the rest could be called off.
        let _ = self.source.as_ref().map(|source| match source {
            Source::Bytes { reader, .. } => reader.cancel(),
            Source::Chunks(reader) => reader.cancel(),
        });
    }
}
