//! A link to the Worker that holds a client's stream, as a transport.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use js_sys::Uint8Array;

use crate::{
    base::{connection_id::ConnectionId, timestamp::Timestamp},
    hub::{close_reason::CloseReason, resumes::Standing},
    link::{attachment::Attachment, credit::Credit, frame::Frame, grant::Grant},
    web::{
        host::{clock, link_socket::LinkSocket},
        streams::{feed::Feed, linked::Linked, shared_chunk::SharedChunk, transport::Transport},
    },
};

/// The code of a socket that is closed behind an end.
const ENDED: u16 = 1000;

/// The code of a socket whose Worker is to open another.
const REOPEN: u16 = 4000;

/// The links whose sockets keep an older state than theirs.
pub(crate) type Touched = Rc<RefCell<Vec<ConnectionId>>>;

/// The hub's end of a link.
pub(crate) struct Link {
    socket: LinkSocket,
    id: ConnectionId,
    state: RefCell<Attachment>,
    is_lost: Cell<bool>,
    is_touched: Cell<bool>,
    touched: Touched,
    feed: Weak<dyn Feed>,
}

/// The hub that feeds a link.
pub(crate) struct Feeder {
    pub(crate) feed: Weak<dyn Feed>,
    pub(crate) touched: Touched,
}

impl Link {
    pub(crate) fn new(socket: LinkSocket, state: Attachment, feeder: Feeder) -> Self {
        let Feeder { feed, touched } = feeder;
        let (id, state) = (state.id, RefCell::new(state));
        let (is_lost, is_touched) = Default::default();
        Self { socket, id, state, is_lost, is_touched, touched, feed }
    }

    /// Its selection is kept under this key.
    pub(crate) fn selects(&self, key: u32) {
        self.state.borrow_mut().selection = key;
    }

    /// Its connection ends then.
    pub(crate) fn expires(&self, at: Option<Timestamp>) {
        self.state.borrow_mut().expires = at;
    }
}

impl Linked for Link {
    fn generation(&self) -> u32 {
        self.state.borrow().generation
    }

    fn selection(&self) -> u32 {
        self.state.borrow().selection
    }

    fn credit(&self) -> Credit {
        self.state.borrow().credit
    }

    fn lose(&self) {
        self.is_lost.set(true);
        self.state.borrow_mut().credit.spend(usize::MAX);
    }

    fn grant(&self, grant: Grant) {
        self.state.borrow_mut().credit.grant(grant);
    }

    fn touch(&self) {
        if !self.is_touched.replace(true) {
            self.touched.borrow_mut().push(self.id);
        }
    }

    fn keep(&self, standing: Standing) {
        self.is_touched.set(false);
        let mut state = self.state.borrow_mut();
        state.standing = standing;
        // A socket that is closed keeps nothing, and needs nothing.
        let _ = self.socket.keep(&Uint8Array::from(&*state.encode()));
    }

    fn give_up(&self, why: &str) {
        // The socket may be closed already.
        let _ = self.socket.close(REOPEN, why);
    }
}

impl Transport for Link {
    fn has_room(&self) -> bool {
        self.state.borrow().credit.is_left()
    }

    fn enqueue(&self, chunk: &SharedChunk<'_>) -> bool {
        if self.is_lost.get() {
            return false;
        }
        self.state.borrow_mut().credit.spend(chunk.bytes().len());
        self.touch();
        self.socket.send(chunk.frame()).is_ok()
    }

    fn rests(&self) -> bool {
        true
    }

    fn pull_again(&self) {
        self.touch();
        let (id, feed) = (self.id, Weak::clone(&self.feed));
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
        let _ = self.socket.send(&end).and_then(|()| self.socket.close(ENDED, reason.as_str()));
    }

    fn link(&self) -> Option<&dyn Linked> {
        Some(self)
    }
}
