//! A connection without a `ReadableStream`: chunks for a consumer in Rust.

use std::{
    fmt,
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll},
};

use futures::Stream;

use crate::web::streams::{connection::Connection, feed::Feed, polled::Polled, slot::Slot};

/// The chunks of one connection, each of whole events and comments. Dropping it ends the connection.
#[must_use = "the connection ends when this is dropped"]
pub struct Chunks<A> {
    connection: Connection<A>,
    slot: Rc<Slot>,
    feed: Weak<dyn Feed>,
}

impl<A> Chunks<A> {
    pub(crate) fn new(connection: Connection<A>, slot: Rc<Slot>, feed: Weak<dyn Feed>) -> Self {
        Self { connection, slot, feed }
    }

    /// The connection.
    #[must_use]
    pub fn connection(&self) -> &Connection<A> {
        &self.connection
    }
}

impl<A> Stream for Chunks<A> {
    type Item = Vec<u8>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Vec<u8>>> {
        self.slot.wake_later(context);
        if let Some(chunk) = self.slot.take() {
            return Poll::Ready(Some(chunk));
        }
        if self.slot.is_closed() {
            return Poll::Ready(None);
        }
        match self.connection.poll_data() {
            Polled::Chunk(chunk) => Poll::Ready(Some(chunk)),
            Polled::Nothing => Poll::Pending,
            Polled::Ended => Poll::Ready(None),
        }
    }
}

impl<A> Drop for Chunks<A> {
    fn drop(&mut self) {
        if let Some(feed) = self.feed.upgrade() {
            feed.cancel(self.connection.id());
        }
    }
}

impl<A> fmt::Debug for Chunks<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Chunks")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}
