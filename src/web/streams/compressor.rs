//! The compression of a hub's chunks.

use std::{cell::RefCell, fmt};

use js_sys::Uint8Array;

use crate::{
    gzip::{
        checksum::{Checksum, Part},
        deflate_budget::{Chunk, DeflateBudget},
        stored::stored,
    },
    web::host::{clock, deflate::Deflate},
};

/// Deflates chunks by the host, as many as the hub may.
pub(crate) struct Compressor {
    host: Box<dyn Deflate>,
    budget: RefCell<DeflateBudget>,
}

/// A chunk for compressed streams.
#[derive(Clone, Debug)]
pub(crate) struct Deflated {
    /// Whole deflate blocks, none of which is the last of a stream.
    pub(crate) blocks: Uint8Array,
    pub(crate) part: Part,
}

impl Deflated {
    /// The blocks behind a head.
    pub(crate) fn behind(&self, head: &[u8]) -> Uint8Array {
        let head = Uint8Array::from(head);
        let bytes = head.byte_length().saturating_add(self.blocks.byte_length());
        let joined = Uint8Array::new_with_length(bytes);
        joined.set(&head, 0);
        joined.set(&self.blocks, head.byte_length());
        joined
    }
}

impl Compressor {
    pub(crate) fn new(host: Box<dyn Deflate>) -> Self {
        Self { host, budget: RefCell::new(DeflateBudget::new(clock::now())) }
    }

    /// The chunk, of which `text` is the host's copy, in deflate blocks; `None` when the host fails.
    pub(crate) fn deflated(&self, chunk: &[u8], text: &Uint8Array) -> Option<Deflated> {
        let checksum = Checksum::new(self.host.checksum(text)?);
        // gzip counts bytes modulo 2³², and no chunk has as many.
        let part = Part::new(checksum, text.byte_length());
        let fate = self.budget.borrow_mut().take(chunk.len(), clock::now());
        let deflated = match fate {
            Chunk::Deflated => self.host.deflate(text),
            Chunk::Stored => None,
        };
        let shorter = deflated.filter(|blocks| blocks.byte_length() < text.byte_length());
        let blocks = shorter.unwrap_or_else(|| Uint8Array::from(&*stored(chunk)));
        Some(Deflated { blocks, part })
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Compressor").field("budget", &self.budget).finish_non_exhaustive()
    }
}
