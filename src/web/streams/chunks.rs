//! A connection without a `ReadableStream`: chunks for a consumer in Rust.

use std::{
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use futures::Stream;

use crate::{
    hub::connection::CloseReason,
    web::streams::{
        connection::{Connection, Polled},
        transport::Transport,
    },
};

/// The chunks of one connection, each of whole events and comments. Dropping it ends the connection.
#[derive(Debug)]
#[must_use = "the connection ends when this is dropped"]
pub struct Chunks<A> {
    connection: Connection<A>,
    transport: Rc<Transport>,
}

impl<A> Chunks<A> {
    pub(crate) fn new(connection: Connection<A>, transport: Rc<Transport>) -> Self {
        Self { connection, transport }
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
        let Transport::Chunks(slot) = &*self.transport else { return Poll::Ready(None) };
        slot.wake_later(context);
        if let Some(chunk) = slot.take() {
            return Poll::Ready(Some(chunk));
        }
        if slot.is_closed() {
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
        self.connection.ended(CloseReason::ClientGone);
    }
}
