//! A connection's `ReadableStream`, as a transport.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::ReadableStreamDefaultController;

use crate::{
    hub::close_reason::CloseReason,
    web::streams::{gzip::Gzip, shared_chunk::SharedChunk, transport::Transport},
};

/// The controller that a stream's `start` was given, and the pull that is kept pending while its
/// connection rests: meanwhile the stream is fed without a pull for each chunk.
#[derive(Debug, Default)]
pub(crate) struct Controller {
    raw: OnceCell<ReadableStreamDefaultController>,
    pulled: RefCell<Option<Function>>,
    /// Bytes since its beginning.
    given: Cell<usize>,
    /// What its bytes go through, if it is compressed.
    gzip: Option<Rc<Gzip>>,
}

impl Controller {
    /// The controller of a stream that is compressed, or is not.
    pub(crate) fn new(gzip: Option<Rc<Gzip>>) -> Self {
        Self { gzip, ..Self::default() }
    }

    /// What its bytes go through, if it is compressed.
    pub(crate) fn gzip(&self) -> Option<&Rc<Gzip>> {
        self.gzip.as_ref()
    }

    /// The stream exists now.
    pub(crate) fn start(&self, controller: ReadableStreamDefaultController) {
        // It is empty: a stream starts once.
        let _ = self.raw.set(controller);
    }

    /// A promise for the stream's pull, pending until the stream should pull again.
    pub(crate) fn park(&self) -> Promise {
        Promise::new(&mut |resolve, _| {
            self.pulled.replace(Some(resolve));
        })
    }
}

impl Transport for Controller {
    /// A stream that pulls for each chunk has a read pending when it is given one. For one that rests
    /// the size of its queue tells.
    fn has_room(&self) -> bool {
        let rests = self.rests();
        let raw = self.raw.get().filter(|_| rests);
        let size = raw.and_then(ReadableStreamDefaultController::desired_size);
        size.is_none_or(|size| size >= 0.0)
    }

    /// A stream that was cancelled or closed throws.
    fn enqueue(&self, chunk: &SharedChunk<'_>) -> bool {
        let Some(controller) = self.raw.get() else { return false };
        let Some(bytes) = encoded(self.gzip.as_deref(), chunk) else { return false };
        self.given.set(self.given.get().saturating_add(bytes.byte_length() as usize));
        controller.enqueue_with_chunk(&bytes).is_ok()
    }

    fn rests(&self) -> bool {
        self.pulled.borrow().is_some()
    }

    fn pull_again(&self) {
        let pulled = self.pulled.take();
        if let Some(resolve) = pulled {
            // Resolving a promise does not throw.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    }

    fn given(&self) -> usize {
        self.given.get()
    }

    fn end(&self, _: CloseReason) {
        if let Some(controller) = self.raw.get() {
            end(controller, self.gzip.as_deref());
        }
    }
}

/// The bytes of a chunk on their way; `None` when the host fails to compress them.
pub(crate) fn encoded(gzip: Option<&Gzip>, chunk: &SharedChunk<'_>) -> Option<Uint8Array> {
    gzip.map_or_else(|| Some(chunk.array().clone()), |gzip| gzip.encode(chunk))
}

/// Ends a stream. One that is closed or cancelled already throws, which changes nothing.
pub(crate) fn end(controller: &ReadableStreamDefaultController, gzip: Option<&Gzip>) {
    if let Some(gzip) = gzip {
        let _ = controller.enqueue_with_chunk(&gzip.end());
    }
    let _ = controller.close();
}
