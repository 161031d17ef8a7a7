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
use web_sys::{ReadableStream, ReadableStreamByobReader, ReadableStreamDefaultReader, Request};

use crate::{
    base::limits::{MAX_READ_BYTES, READ_BYTES},
    http::error::Error,
    publishing::bodies::{Held, Missing},
    web::http::bodies::{GivenUp, Place},
};

/// The largest size of a body, and the refusal of a larger one.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) bytes: usize,
    pub(crate) refusal: fn(usize) -> Error,
}

/// Reads the body to its end, but no more than its bound.
pub(crate) async fn read(request: &Request, bound: Bound, place: Place) -> Result<Vec<u8>, Error> {
    let too_large = || (bound.refusal)(bound.bytes);
    let reader = Reader::new(request, place)?;
    if reader.left.get().is_some_and(|length| length > bound.bytes) {
        return Err(too_large());
    }
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

/// The chunks of a body as they arrive. The rest of the body is cancelled when this is dropped.
#[derive(Debug)]
pub(crate) struct Reader {
    source: Option<Source>,
    place: Place,
    /// Taken out while a read is pending.
    ends: RefCell<Option<oneshot::Receiver<()>>>,
    /// The bytes that are still to come, if the request has a length. Then its end is known without a
    /// read.
    left: Cell<Option<usize>>,
    is_over: Cell<bool>,
    /// The size of the next read. A body that arrives fast is read in large pieces.
    read_bytes: Cell<usize>,
}

/// The source of the chunks.
#[derive(Debug)]
enum Source {
    /// A stream of bytes. They are read into a buffer that is used again: without a buffer of the
    /// reader's own, workerd gives 4 KiB at a time.
    Bytes { reader: ReadableStreamByobReader, buffer: RefCell<Option<ArrayBuffer>> },
    /// A stream of any other kind.
    Chunks(ReadableStreamDefaultReader),
}

impl Source {
    fn of(stream: &ReadableStream, length: Option<usize>) -> Result<Self, Error> {
        // A body that fits one read needs no buffer of its own. Most bodies do.
        let is_small = length.is_some_and(|length| length <= READ_BYTES);
        if !is_small && let Ok(reader) = ReadableStreamByobReader::new(stream) {
            return Ok(Self::Bytes { reader, buffer: RefCell::default() });
        }
        let reader = ReadableStreamDefaultReader::new(stream);
        reader.map(Self::Chunks).map_err(|_| Error::BodyBroken)
    }
}

impl Reader {
    pub(crate) fn new(request: &Request, place: Place) -> Result<Self, Error> {
        let length = request.headers().get("Content-Length").ok().flatten();
        let left = length.and_then(|length| length.parse().ok());
        let source = request.body().map(|stream| Source::of(&stream, left)).transpose()?;
        Ok(Self {
            source,
            ends: RefCell::new(Some(place.given_up().happens())),
            place,
            left: Cell::new(left),
            is_over: Cell::default(),
            read_bytes: Cell::new(READ_BYTES),
        })
    }

    /// Accounts for the held bytes of the body while it is read on.
    pub(crate) fn hold(&self, held: Held) -> Result<(), Error> {
        // The smallest buffer is a part of the cost of every body.
        let buffer = self.read_bytes.get().saturating_sub(READ_BYTES);
        Ok(self.place.hold(Held { bytes: held.bytes + buffer, ..held })?)
    }

    pub(crate) fn given_up(&self) -> &Rc<GivenUp> {
        self.place.given_up()
    }

    pub(crate) fn may_read_ahead(&self) -> bool {
        self.place.may_read_ahead()
    }

    fn silent(&self) -> Error {
        Error::BodySilent(self.given_up().silent().unwrap_or_default())
    }

    /// The next chunk; `None` at the end. A body that breaks off gives an error instead.
    pub(crate) async fn next(&self) -> Result<Option<Vec<u8>>, Error> {
        let Some(source) = &self.source else { return Ok(None) };
        if self.left.get() == Some(0) {
            self.is_over.set(true);
            return Ok(None);
        }
        let left = self.left.get().unwrap_or(usize::MAX);
        let size = self.read_bytes.get().min(left);
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
            self.is_over.set(true);
            return Ok(None);
        }
        let chunk = field("value")?.dyn_into::<Uint8Array>().map_err(|_| Error::BodyBroken)?;
        let bytes = chunk.to_vec();
        self.left.update(|left| left.map(|left| left.saturating_sub(bytes.len())));
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
        if self.is_over.get() {
            return;
        }
        // The answer is the same whether or not the rest can be cancelled.
        let _ = self.source.as_ref().map(|source| match source {
            Source::Bytes { reader, .. } => reader.cancel(),
            Source::Chunks(reader) => reader.cancel(),
        });
    }
}
