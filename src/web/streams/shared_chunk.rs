//! One copy of a chunk for a whole audience.

use std::{cell::OnceCell, rc::Rc};

use js_sys::Uint8Array;

use crate::{
    base::sequence::Sequence,
    link::frame::Frame,
    web::streams::compressor::{Compressor, Deflated},
};

/// A chunk that is copied out of wasm memory once, for any number of streams: a stream reads its chunk
/// later, and a view of the memory would have changed by then.
#[derive(Debug)]
pub(crate) struct SharedChunk<'a> {
    bytes: &'a [u8],
    until: Option<Sequence>,
    copies: Rc<Copies>,
}

/// The forms of a chunk, each of which is made for the first stream that needs it.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    array: OnceCell<Uint8Array>,
    frame: OnceCell<Uint8Array>,
    /// `None` when the host has failed.
    deflated: OnceCell<Option<Deflated>>,
    deflated_frame: OnceCell<Option<Uint8Array>>,
}

impl<'a> SharedChunk<'a> {
    /// Bytes that are no part of the log.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, until: None, copies: Rc::default() }
    }

    /// The same chunk, of which there may be copies already.
    pub(crate) fn with_copies(self, copies: Rc<Copies>) -> Self {
        Self { copies, ..self }
    }

    /// The same bytes, behind which a stream has all of the log up to here.
    pub(crate) fn until(self, until: Option<Sequence>) -> Self {
        Self { until, ..self }
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The copy.
    pub(crate) fn array(&self) -> &Uint8Array {
        self.copies.array.get_or_init(|| Uint8Array::from(self.bytes))
    }

    /// The chunk for compressed streams.
    pub(crate) fn deflated(&self, compressor: &Compressor) -> Option<&Deflated> {
        self.copies.deflated.get_or_init(|| compressor.deflated(self.bytes, self.array())).as_ref()
    }

    /// The chunk behind the head of a frame, for links of compressed streams.
    pub(crate) fn deflated_frame(&self, compressor: &Compressor) -> Option<&Uint8Array> {
        let frame = || {
            let deflated = self.deflated(compressor)?;
            let head = Frame::Deflated(self.until, &[]).head();
            let part = &deflated.part;
            let numbers = [part.checksum().get(), part.bytes()].map(u32::to_be_bytes);
            Some(deflated.behind(&[&head[..], numbers.as_flattened()].concat()))
        };
        self.copies.deflated_frame.get_or_init(frame).as_ref()
    }

    /// The copy behind the head of a link's frame.
    pub(crate) fn frame(&self) -> &Uint8Array {
        self.copies.frame.get_or_init(|| {
            let frame = Frame::of(self.until, self.bytes);
            Uint8Array::from(&*[&frame.head(), self.bytes].concat())
        })
    }
}
