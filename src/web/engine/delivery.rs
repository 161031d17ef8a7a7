//! The core's hub, and the streams that it feeds.

use std::{
    cell::{Ref, RefCell, RefMut},
    rc::Rc,
    sync::Arc,
};

use futures::channel::oneshot;

use crate::{
    base::{connection_id::ConnectionId, sequence::Sequence},
    hub::{
        connection::{self, UnknownConnection},
        effect::Enqueue,
        engine::Hub,
    },
    link::counts::LinkCounts,
    web::{
        engine::{flushes::Flushes, waiters::Waiters},
        host::storage::Storage,
        streams::{
            attached::Attached,
            shared_chunk::{Copies, SharedChunk},
            transport::{Offered, Transport},
        },
    },
};

/// A connection as the hub carries it; `A` is the application's state.
pub(crate) type Carried<A> = Rc<Attached<A>>;

/// Owns the hub, gives its chunks to the streams, and knows which flushes wait for them. No borrow of
/// the hub outlasts a statement, since a stream or a hook may call back.
pub(crate) struct Delivery<A, S: Storage> {
    hub: RefCell<Hub<S, Carried<A>>>,
    flushes: Flushes,
    /// Publishers that wait until the next flush has use for more.
    ahead: Waiters,
    link_counts: LinkCounts,
    /// The chunk of the last turn, until the flush is over: the next turn may be given the same.
    last: RefCell<Option<Last>>,
}

/// A chunk that was offered, with its copies.
struct Last {
    chunk: Arc<[u8]>,
    until: Option<Sequence>,
    copies: Rc<Copies>,
}

impl<A, S: Storage> Delivery<A, S> {
    pub(crate) fn new(hub: Hub<S, Carried<A>>) -> Self {
        Self {
            hub: RefCell::new(hub),
            flushes: Flushes::default(),
            ahead: Waiters::default(),
            link_counts: LinkCounts::default(),
            last: RefCell::default(),
        }
    }

    pub(crate) fn hub(&self) -> Ref<'_, Hub<S, Carried<A>>> {
        self.hub.borrow()
    }

    pub(crate) fn hub_mut(&self) -> RefMut<'_, Hub<S, Carried<A>>> {
        self.hub.borrow_mut()
    }

    /// What has become of links.
    pub(crate) fn link_counts(&self) -> &LinkCounts {
        &self.link_counts
    }

    pub(crate) fn attached(&self, id: ConnectionId) -> Option<Carried<A>> {
        let hub = self.hub();
        let connection = hub.registry().get(id).ok()?;
        Some(Rc::clone(connection.state()))
    }

    pub(crate) fn transport(&self, id: ConnectionId) -> Option<Rc<dyn Transport>> {
        self.attached(id).map(|attached| Rc::clone(attached.transport()))
    }

    /// Whether a Worker holds the stream of the connection.
    pub(crate) fn is_link(&self, id: ConnectionId) -> bool {
        self.transport(id).is_some_and(|transport| transport.link().is_some())
    }

    /// Whether the connection waits for more.
    pub(crate) fn waits(&self, id: ConnectionId) -> bool {
        self.hub().registry().get(id).is_ok_and(connection::Connection::is_waiting)
    }

    /// Offers a chunk to the streams of its audience; adds the connections whose streams are gone to
    /// `gone`.
    pub(crate) fn offer(&self, enqueue: &Enqueue<Carried<A>>, gone: &mut Vec<ConnectionId>) {
        let copies = self.copies(enqueue);
        let chunk = SharedChunk::new(&enqueue.chunk).until(enqueue.until).with_copies(copies);
        let mut taken = 0;
        for recipient in &enqueue.to {
            let transport = recipient.state.transport();
            match transport.offer(&chunk) {
                Offered::Taken => {
                    taken += 1;
                    // A stream that pulls for each chunk shows by its next pull that it has room.
                    let rests = transport.rests() && self.hub_mut().rest(recipient);
                    if !rests {
                        transport.pull_again();
                    }
                }
                Offered::Behind => {
                    self.hub_mut().fell_behind(recipient, enqueue.from);
                    // A chunk that is not in the log would be lost.
                    if enqueue.from.is_none() {
                        if transport.enqueue(&chunk) {
                            taken += 1;
                        } else {
                            gone.push(recipient.id);
                        }
                    }
                    transport.pull_again();
                }
                Offered::Gone => gone.push(recipient.id),
            }
        }
        self.hub_mut().took(enqueue, taken);
    }

    /// The copies of a chunk, perhaps those of the last turn.
    fn copies(&self, enqueue: &Enqueue<Carried<A>>) -> Rc<Copies> {
        let Enqueue { chunk, until, .. } = enqueue;
        let is_same = |last: &&Last| Arc::ptr_eq(&last.chunk, chunk) && last.until == *until;
        let known = self.last.borrow().as_ref().filter(is_same).map(|last| Rc::clone(&last.copies));
        known.unwrap_or_else(|| {
            let (chunk, until, copies) = (Arc::clone(chunk), *until, Rc::<Copies>::default());
            self.last.replace(Some(Last { chunk, until, copies: Rc::clone(&copies) }));
            copies
        })
    }

    /// No turn follows that could be given the last chunk.
    pub(crate) fn flush_is_over(&self) {
        self.last.replace(None);
    }

    /// Resolves when the connection was given and has read all that is queued and committed now, or has
    /// ended.
    pub(crate) fn flush(&self, id: ConnectionId) -> oneshot::Receiver<()> {
        self.pulls_if_full(id);
        let mark = self.hub().flush_mark(id);
        let flushed = match mark {
            Ok(mark) => self.flushes.join(id, mark),
            // It resolves at once, since its sender is gone.
            Err(UnknownConnection(_)) => oneshot::channel().1,
        };
        self.settle_flushes();
        flushed
    }

    /// Whether the connection was given all that is queued and committed now.
    pub(crate) fn is_flushed(&self, id: ConnectionId) -> bool {
        let hub = self.hub();
        hub.flush_mark(id).is_ok_and(|mark| hub.is_flushed(id, mark))
    }

    /// Resolves the flushes whose connection has come to its mark and has read all.
    pub(crate) fn settle_flushes(&self) {
        self.flushes.settle(|id, mark| self.hub().is_flushed(id, mark) && !self.pulls_if_full(id));
    }

    /// Makes a full resting stream pull again; returns whether it was full.
    fn pulls_if_full(&self, id: ConnectionId) -> bool {
        let Some(transport) = self.transport(id).filter(|transport| !transport.has_room()) else {
            return false;
        };
        self.hub_mut().unrest(id);
        transport.pull_again();
        true
    }

    /// Waits while more is durable than the next flush has use for.
    pub(crate) async fn not_ahead(&self) {
        while self.hub().is_ahead() {
            let _ = self.ahead.join().await;
        }
    }

    /// A flush has begun: there may be use for more.
    pub(crate) fn flush_begun(&self) {
        if !self.hub().is_ahead() {
            self.ahead.wake();
        }
    }
}
