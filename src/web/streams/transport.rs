//! The seam between the engine and the stream of one connection.
//!
//! | | [`Controller`] | [`Slot`] | [`Link`] |
//! |---|---|---|---|
//! | consumer | a `ReadableStream` | a `Stream` in Rust, [`Chunks`] | a Worker that holds the client's stream |
//! | `has_room` | it pulls for each chunk, or its queue is empty | the slot is empty | the window has credit left |
//! | `enqueue` | `controller.enqueue`; `false` when it throws | puts the chunk behind the one in the slot, wakes the task | `socket.send`, uses credit; `false` when it throws |
//! | `offer` | `Behind` while the queue is not empty | `Behind` while the slot is full | `Behind` without credit |
//! | pull | the stream calls `UnderlyingSource::pull` | the task calls `Chunks::poll_next` | a text that grants credit |
//! | `rests` | while its pull is pending | always | always |
//! | `pull_again` | ends the pending pull | nothing: the task polls when it is woken | pulls in a task of its own, if there is credit |
//! | `given` | bytes that may lie in the runtime | 0: nothing lies anywhere else | 0: the window bounds it |
//! | `end` | `controller.close` | marks the slot closed, wakes the task | a frame with the reason, then `socket.close` |
//! | cancel | `UnderlyingSource::cancel`, the abort signal | `Chunks` is dropped | the socket closes or fails |
//!
//! A new form is a type in a file of its own that implements [`Transport`] and calls
//! [`Feed`](crate::web::streams::feed::Feed) for its pulls and its cancel. The core names no form: each
//! connection holds an `Rc<dyn Transport>`. What the engine does for links alone is in its `links.rs`.
//!
//! [`Controller`]: crate::web::streams::controller::Controller
//! [`Slot`]: crate::web::streams::slot::Slot
//! [`Chunks`]: crate::web::streams::chunks::Chunks
//! [`Link`]: crate::web::streams::link::Link

use crate::{
    hub::close_reason::CloseReason,
    web::streams::{linked::Linked, shared_chunk::SharedChunk},
};

/// The stream of one connection. No method may be called while the hub is borrowed: each of them may
/// run the reader's code, which may call back.
pub(crate) trait Transport {
    /// Whether the stream has taken all that it was given, as far as that is known.
    fn has_room(&self) -> bool;

    /// Gives the stream the chunk, whether or not it has room; returns whether it took it.
    fn enqueue(&self, chunk: &SharedChunk<'_>) -> bool;

    /// Whether the stream may be fed without a pull for each chunk.
    fn rests(&self) -> bool;

    /// Makes a stream that rests pull again once it has room.
    fn pull_again(&self);

    /// How many bytes the stream was given that may lie in the host's runtime.
    fn given(&self) -> usize;

    /// Ends the stream behind all that it was given.
    fn end(&self, reason: CloseReason);

    /// The link, if it is one.
    fn link(&self) -> Option<&dyn Linked> {
        None
    }

    /// Gives the stream the chunk if it has room for it.
    fn offer(&self, chunk: &SharedChunk<'_>) -> Offered {
        if !self.has_room() {
            Offered::Behind
        } else if self.enqueue(chunk) {
            Offered::Taken
        } else {
            Offered::Gone
        }
    }

    /// Ends the stream behind all that it was given and these bytes.
    fn close(&self, words: &[u8], reason: CloseReason) {
        if !words.is_empty() {
            self.enqueue(&SharedChunk::new(words));
        }
        self.end(reason);
    }

    /// Gives the stream these bytes, so that its next pull shows that it has read on.
    fn part(&self, words: &[u8]) {
        self.enqueue(&SharedChunk::new(words));
        self.pull_again();
    }
}

/// The result of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    /// The stream has it.
    Taken,
    /// The stream has not taken what it was given before.
    Behind,
    /// The stream was cancelled or closed.
    Gone,
}
