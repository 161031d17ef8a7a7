//! Where the chunks of a connection go: the narrow seam between the registry and a stream.

use std::{
    cell::{Cell, OnceCell, RefCell},
    task::{Context, Waker},
};

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::ReadableStreamDefaultController;

/// The stream of one connection.
#[derive(Debug)]
pub(crate) enum Transport {
    /// A `ReadableStream`.
    Controller(Controller),
    /// A stream of chunks in Rust.
    Chunks(Slot),
}

/// The controller that a stream's `start` was given, and the pull that is kept pending while its
/// connection rests: it is fed without being asked for each chunk then.
#[derive(Debug, Default)]
pub(crate) struct Controller {
    raw: OnceCell<ReadableStreamDefaultController>,
    pulled: RefCell<Option<Function>>,
    /// Bytes since its beginning.
    given: Cell<usize>,
}

/// What became of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    /// The stream has it.
    Taken,
    /// The stream has not taken what it was given before.
    Behind,
    /// The stream was cancelled or closed.
    Gone,
}

/// What a stream of chunks is given while it waits.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    chunk: RefCell<Option<Vec<u8>>>,
    closed: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// A chunk that is copied out of wasm memory once, for however many streams: a stream reads what
/// it was given later, and a view of the memory would have changed by then.
#[derive(Debug)]
pub(crate) struct SharedChunk<'a> {
    bytes: &'a [u8],
    array: OnceCell<Uint8Array>,
}

impl<'a> SharedChunk<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, array: OnceCell::new() }
    }
}

impl Transport {
    pub(crate) fn controller() -> Self {
        Self::Controller(Controller::default())
    }

    /// The stream exists now.
    pub(crate) fn start(&self, controller: ReadableStreamDefaultController) {
        if let Self::Controller(own) = self {
            // It is empty: a stream starts once.
            let _ = own.raw.set(controller);
        }
    }

    /// The promise of a pull that ends when the stream is to pull again.
    pub(crate) fn park(&self) -> Option<Promise> {
        let Self::Controller(own) = self else { return None };
        Some(Promise::new(&mut |resolve, _| {
            own.pulled.replace(Some(resolve));
        }))
    }

    /// Has the stream pull again when it reads on.
    pub(crate) fn unpark(&self) {
        if let Self::Controller(own) = self
            && let Some(resolve) = own.pulled.take()
        {
            // What resolves a promise does not throw.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    }

    /// Whether the stream may be fed without being asked: its pull is pending, so that what it has
    /// not taken shows.
    pub(crate) fn rests(&self) -> bool {
        match self {
            Self::Controller(own) => own.pulled.borrow().is_some(),
            Self::Chunks(_) => true,
        }
    }

    /// Whether the stream has taken all that it was given, as far as that is known. One that pulls
    /// for each chunk has a read pending when it is given one.
    pub(crate) fn has_room(&self) -> bool {
        match self {
            Self::Controller(own) => {
                let rests = own.pulled.borrow().is_some();
                let size = own
                    .raw
                    .get()
                    .filter(|_| rests)
                    .map(ReadableStreamDefaultController::desired_size);
                size.flatten().is_none_or(|size| size >= 0.0)
            }
            Self::Chunks(slot) => slot.chunk.borrow().is_none(),
        }
    }

    /// Gives the stream the chunk if it has room for it.
    pub(crate) fn offer(&self, chunk: &SharedChunk<'_>) -> Offered {
        match self {
            _ if !self.has_room() => Offered::Behind,
            _ if self.enqueue(chunk) => Offered::Taken,
            _ => Offered::Gone,
        }
    }

    /// Whether the stream took the chunk. One that was cancelled or closed throws.
    pub(crate) fn enqueue(&self, chunk: &SharedChunk<'_>) -> bool {
        match self {
            Self::Controller(own) => own.raw.get().is_some_and(|controller| {
                let array = chunk.array.get_or_init(|| Uint8Array::from(chunk.bytes));
                own.given.set(own.given.get().saturating_add(chunk.bytes.len()));
                controller.enqueue_with_chunk(array).is_ok()
            }),
            Self::Chunks(slot) => slot.fill(chunk.bytes),
        }
    }

    /// How many bytes the stream was given that may lie in the host's runtime.
    pub(crate) fn given(&self) -> usize {
        match self {
            Self::Controller(own) => own.given.get(),
            Self::Chunks(_) => 0,
        }
    }

    /// Ends the stream behind what is on it and these bytes.
    pub(crate) fn close(&self, words: &[u8]) {
        if !words.is_empty() {
            self.enqueue(&SharedChunk::new(words));
        }
        match self {
            // Closing what is closed or cancelled already throws, and changes nothing.
            Self::Controller(own) => {
                let _ = own.raw.get().map(ReadableStreamDefaultController::close);
            }
            Self::Chunks(slot) => slot.close(),
        }
    }

    /// Has the stream take these bytes behind what is on it, and pull once it has.
    pub(crate) fn part(&self, words: &[u8]) {
        self.enqueue(&SharedChunk::new(words));
        self.unpark();
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

    pub(crate) fn take(&self) -> Option<Vec<u8>> {
        self.chunk.borrow_mut().take()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    pub(crate) fn wake_later(&self, context: &Context<'_>) {
        *self.waker.borrow_mut() = Some(context.waker().clone());
    }
}
