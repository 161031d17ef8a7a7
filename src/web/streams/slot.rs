//! A stream of chunks in Rust, as a transport.

use std::{
    cell::{Cell, RefCell},
    task::{Context, Waker},
};

use crate::{
    hub::close_reason::CloseReason,
    web::streams::{shared_chunk::SharedChunk, transport::Transport},
};

/// The chunks that a waiting stream was given and has not taken, as one.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    chunk: RefCell<Option<Vec<u8>>>,
    closed: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Slot {
    pub(crate) fn take(&self) -> Option<Vec<u8>> {
        self.chunk.borrow_mut().take()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Wakes this task when there is a chunk or the end.
    pub(crate) fn wake_later(&self, context: &Context<'_>) {
        *self.waker.borrow_mut() = Some(context.waker().clone());
    }

    fn wake(&self) {
        let waker = self.waker.borrow_mut().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Transport for Slot {
    fn has_room(&self) -> bool {
        self.chunk.borrow().is_none()
    }

    fn enqueue(&self, chunk: &SharedChunk<'_>) -> bool {
        self.chunk.borrow_mut().get_or_insert_default().extend_from_slice(chunk.bytes());
        self.wake();
        !self.closed.get()
    }

    /// A task that waits polls again when it is woken.
    fn rests(&self) -> bool {
        true
    }

    fn pull_again(&self) {}

    /// Its chunks are in wasm memory.
    fn given(&self) -> usize {
        0
    }

    fn end(&self, _: CloseReason) {
        self.closed.set(true);
        self.wake();
    }
}
