//! One compressed stream, over the chunks that all compressed streams share.

use std::{cell::Cell, rc::Rc};

use js_sys::Uint8Array;

use crate::{
    gzip::stream::GzipStream,
    web::streams::{compressor::Compressor, shared_chunk::SharedChunk},
};

/// What a stream's text becomes on its way.
#[derive(Debug)]
pub(crate) struct Gzip {
    compressor: Rc<Compressor>,
    stream: Cell<GzipStream>,
}

impl Gzip {
    pub(crate) fn new(compressor: Rc<Compressor>) -> Self {
        Self { compressor, stream: Cell::default() }
    }

    /// The next chunk; `None` when the host fails.
    pub(crate) fn encode(&self, chunk: &SharedChunk<'_>) -> Option<Uint8Array> {
        let deflated = chunk.deflated(&self.compressor)?;
        let mut stream = self.stream.get();
        let head = stream.take(&deflated.part);
        self.stream.set(stream);
        Some(if head.is_empty() { deflated.blocks.clone() } else { deflated.behind(head) })
    }

    /// The end of the stream.
    pub(crate) fn end(&self) -> Uint8Array {
        let mut stream = self.stream.get();
        let end = stream.end();
        self.stream.set(stream);
        Uint8Array::from(&*end)
    }
}
