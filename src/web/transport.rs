//! Where the chunks of a connection go: the narrow seam between the registry and a stream.

use std::{
    cell::{Cell, OnceCell, RefCell},
    task::{Context, Waker},
};

use js_sys::Uint8Array;
use web_sys::ReadableStreamDefaultController;

/// The stream of one connection.
#[derive(Debug)]
pub(super) enum Transport {
    /// A `ReadableStream`, by the controller that its `start` is given.
    Controller(OnceCell<ReadableStreamDefaultController>),
    /// A stream of chunks in Rust.
    Chunks(Slot),
}

/// What a stream of chunks is given while it waits.
#[derive(Debug, Default)]
pub(super) struct Slot {
    chunk: RefCell<Option<Vec<u8>>>,
    closed: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// A chunk that is copied out of wasm memory once, for however many streams: a stream reads what
/// it was given later, and a view of the memory would have changed by then.
#[derive(Debug)]
pub(super) struct SharedChunk<'a> {
    bytes: &'a [u8],
    array: OnceCell<Uint8Array>,
}

impl<'a> SharedChunk<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, array: OnceCell::new() }
    }
}

impl Transport {
    pub(super) fn controller() -> Self {
        Self::Controller(OnceCell::new())
    }

    /// The stream exists now.
    pub(super) fn start(&self, controller: ReadableStreamDefaultController) {
        if let Self::Controller(cell) = self {
            // It is empty: a stream starts once.
            let _ = cell.set(controller);
        }
    }

    /// Whether the stream took the chunk. One that was cancelled or closed throws.
    pub(super) fn enqueue(&self, chunk: &SharedChunk<'_>) -> bool {
        match self {
            Self::Controller(controller) => controller.get().is_some_and(|controller| {
                let array = chunk.array.get_or_init(|| Uint8Array::from(chunk.bytes));
                controller.enqueue_with_chunk(array).is_ok()
            }),
            Self::Chunks(slot) => slot.fill(chunk.bytes),
        }
    }

    /// Ends the stream behind what is on it.
    pub(super) fn close(&self) {
        match self {
            // Closing what is closed or cancelled already throws, and changes nothing.
            Self::Controller(controller) => {
                let _ = controller.get().map(ReadableStreamDefaultController::close);
            }
            Self::Chunks(slot) => slot.close(),
        }
    }
}

impl Slot {
    fn fill(&self, bytes: &[u8]) -> bool {
        self.chunk.borrow_mut().get_or_insert_default().extend_from_slice(bytes);
        self.wake();
        !self.closed.get()
    }

    fn close(&self) {
        self.closed.set(true);
        self.wake();
    }

    fn wake(&self) {
        let waker = self.waker.borrow_mut().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn take(&self) -> Option<Vec<u8>> {
        self.chunk.borrow_mut().take()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    pub(super) fn wake_later(&self, context: &Context<'_>) {
        *self.waker.borrow_mut() = Some(context.waker().clone());
    }
}
