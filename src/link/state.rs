//! The state of a link, and when its socket is to keep it.

use std::{
    cell::{Cell, RefCell},
    num::NonZeroU32,
    rc::Rc,
};

use crate::{
    base::{connection_id::ConnectionId, sequence::Sequence, timestamp::Timestamp},
    link::{attachment::Attachment, credit::Credit, grant::Grant},
};

/// The links whose sockets keep an older state than theirs.
pub(crate) type Touched = Rc<RefCell<Vec<ConnectionId>>>;

/// What the hub knows of a link. In a busy hub it changes more often than the socket keeps it.
pub(crate) struct LinkState {
    id: ConnectionId,
    state: RefCell<Attachment>,
    is_touched: Cell<bool>,
    touched: Touched,
}

impl LinkState {
    pub(crate) fn new(state: Attachment, touched: &Touched) -> Self {
        let (id, state, touched) = (state.id, RefCell::new(state), Rc::clone(touched));
        Self { id, state, is_touched: Cell::default(), touched }
    }

    /// The id of its connection.
    pub(crate) fn id(&self) -> ConnectionId {
        self.id
    }

    /// Which of the links that its connection has had it is.
    pub(crate) fn generation(&self) -> u32 {
        self.state.borrow().generation
    }

    /// The key of its selection, if that is kept.
    pub(crate) fn selection(&self) -> Option<NonZeroU32> {
        self.state.borrow().selection
    }

    /// Whether its client's stream is compressed.
    pub(crate) fn is_compressed(&self) -> bool {
        self.state.borrow().is_compressed
    }

    /// How much it may be given.
    pub(crate) fn credit(&self) -> Credit {
        self.state.borrow().credit
    }

    /// Its selection is kept under this key.
    pub(crate) fn selects(&self, key: Option<NonZeroU32>) {
        self.state.borrow_mut().selection = key;
    }

    /// Its connection ends then.
    pub(crate) fn expires(&self, at: Option<Timestamp>) {
        self.state.borrow_mut().expires = at;
    }

    /// Its reader has taken some. What it is given then touches it.
    pub(crate) fn grant(&self, grant: Grant) {
        self.state.borrow_mut().credit.grant(grant);
    }

    /// Its Worker is given this many bytes.
    pub(crate) fn spend(&self, bytes: usize) {
        self.state.borrow_mut().credit.spend(bytes);
        self.touch();
    }

    /// Its socket is to keep its state.
    pub(crate) fn touch(&self) {
        if !self.is_touched.replace(true) {
            self.touched.borrow_mut().push(self.id);
        }
    }

    /// What the socket is to keep now that its connection stands here.
    pub(crate) fn kept(&self, behind: Option<Sequence>) -> Vec<u8> {
        self.is_touched.set(false);
        let mut state = self.state.borrow_mut();
        state.behind = behind;
        state.encode()
    }
}
