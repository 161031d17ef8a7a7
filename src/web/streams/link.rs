//! A link to the Worker that holds a client's stream, as a transport.

use std::{
    cell::Cell,
    rc::{Rc, Weak},
};

use js_sys::Uint8Array;

use crate::{
    base::sequence::Sequence,
    hub::close_reason::CloseReason,
    link::{
        frame::{Frame, HEAD_BYTES},
        state::LinkState,
    },
    web::{
        host::{clock, link_socket::LinkSocket},
        streams::{
            compressor::Compressor, feed::Feed, linked::Linked, shared_chunk::SharedChunk,
            transport::Transport,
        },
    },
};

/// The code of a socket that is closed behind an end.
const ENDED: u16 = 1000;

/// The code of a socket whose Worker is to open another.
const REOPEN: u16 = 4000;

/// The hub's end of a link.
pub(crate) struct Link {
    socket: LinkSocket,
    state: LinkState,
    is_lost: Cell<bool>,
    feed: Weak<dyn Feed>,
    /// Compresses its chunks, if its client's stream is compressed and the hub still does that.
    compressor: Option<Rc<Compressor>>,
}

impl Link {
    pub(crate) fn new(socket: LinkSocket, state: LinkState, feed: Weak<dyn Feed>) -> Self {
        Self { socket, state, is_lost: Cell::default(), feed, compressor: None }
    }

    /// The same link, whose chunks are compressed by this if its client's stream is compressed.
    pub(crate) fn with_compressor(self, compressor: Option<Rc<Compressor>>) -> Self {
        let compressor = compressor.filter(|_| self.state.is_compressed());
        Self { compressor, ..self }
    }

    /// Closes the socket. A life that begins before the other end has answered still finds it, and is not to
    /// take it for the link of a connection: it keeps nothing any more.
    fn close(&self, code: u16, why: &str) {
        // The socket may be closed already.
        let _ = self.socket.keep(&Uint8Array::new_with_length(0));
        let _ = self.socket.close(code, why);
    }
}

impl Linked for Link {
    fn state(&self) -> &LinkState {
        &self.state
    }

    fn lose(&self) {
        self.is_lost.set(true);
        self.state.spend(usize::MAX);
    }

    fn keep(&self, behind: Option<Sequence>) {
        // A socket that is closed keeps nothing, and needs nothing.
        let _ = self.socket.keep(&Uint8Array::from(&*self.state.kept(behind)));
    }

    fn give_up(&self, why: &str) {
        self.close(REOPEN, why);
    }
}

impl Transport for Link {
    fn has_room(&self) -> bool {
        self.state.credit().is_left()
    }

    fn enqueue(&self, chunk: &SharedChunk<'_>) -> bool {
        if self.is_lost.get() {
            return false;
        }
        let frame = match &self.compressor {
            Some(compressor) => chunk.deflated_frame(compressor),
            None => Some(chunk.frame()),
        };
        let Some(frame) = frame else { return false };
        self.state.spend((frame.byte_length() as usize).saturating_sub(HEAD_BYTES));
        self.socket.send(frame).is_ok()
    }

    fn rests(&self) -> bool {
        true
    }

    fn pull_again(&self) {
        self.state.touch();
        let (id, feed) = (self.state.id(), Weak::clone(&self.feed));
        clock::soon(Box::new(move || {
            if let Some(feed) = feed.upgrade() {
                feed.feed(id);
            }
        }));
    }

    /// The window bounds it.
    fn given(&self) -> usize {
        0
    }

    fn end(&self, reason: CloseReason) {
        // The next life of the hub goes on with the stream.
        if reason == CloseReason::Failed {
            self.give_up(reason.as_str());
            return;
        }
        let end = Frame::End(reason.as_str().as_bytes());
        let end = Uint8Array::from(&*[&end.head(), end.payload()].concat());
        // The socket may be closed already.
        let _ = self.socket.send(&end);
        self.close(ENDED, reason.as_str());
    }

    fn link(&self) -> Option<&dyn Linked> {
        Some(self)
    }
}
