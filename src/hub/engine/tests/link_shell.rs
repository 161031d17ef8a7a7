//! What the shell does for the hub of a [`LinkHost`]: it gives streams their chunks, and has the platform keep
//! the state of links by the rule of `src/web/engine/links.rs`.

use super::{
    direct::Direct,
    host::id,
    link_host::{Kept, LinkHost, Socket, attachment},
    link_worker::Worker,
};
use crate::{
    base::limits::REOPEN_GRACE,
    hub::{
        close_reason::CloseReason,
        effect::{Effect, Enqueue},
        engine::deliver::Polled,
        registry::Closed,
    },
    link::{attachment::Attachment, frame::Frame, grant::Grant},
};

/// More turns than any test needs.
const ENOUGH: usize = 10_000;

/// Why a socket was closed.
#[derive(Clone, Copy)]
pub(super) enum Leaving {
    /// Its client has gone.
    Client,
    /// Its Worker opens another.
    Lost,
}

impl LinkHost {
    pub(super) fn carry_out(&mut self, effects: impl IntoIterator<Item = Effect<u8>>) {
        self.order(effects);
        self.settle_links();
        self.take_turns();
    }

    /// Does what the hub asks for, as the shell does.
    pub(super) fn order(&mut self, effects: impl IntoIterator<Item = Effect<u8>>) {
        for effect in effects {
            match effect {
                Effect::Closed(closed) => self.ends(&closed),
                Effect::Enqueue(enqueue) => self.offer(&enqueue),
            }
        }
    }

    fn offer(&mut self, enqueue: &Enqueue<u8>) {
        assert!(!enqueue.to.is_empty(), "a chunk for nobody");
        for recipient in &enqueue.to {
            let number = recipient.state;
            let has_room = match self.directs.get(&number) {
                Some(direct) => direct.has_room(),
                None => self.sockets[&number].has_credit(),
            };
            if !has_room {
                self.hub().fell_behind(recipient, enqueue.from);
            }
            let is_lost = self.sockets.get(&number).is_some_and(|socket| socket.is_lost);
            if is_lost && enqueue.from.is_none() {
                // A chunk that is not in the log would be lost.
                if let Some(closed) = self.hub().remove(recipient.id, CloseReason::ClientGone) {
                    self.ends(&closed);
                }
                continue;
            }
            if has_room || enqueue.from.is_none() {
                self.give(number, Frame::of(enqueue.until, &enqueue.chunk));
            }
            if let Some(worker) = self.workers.get_mut(&number).filter(|_| !has_room) {
                worker.sent_beyond(enqueue.from.map_or(enqueue.chunk.len(), |_| 0));
            }
            if !(has_room && self.hub().rest(recipient)) {
                self.pull_again(number);
            }
        }
    }

    /// Gives a stream a chunk.
    fn give(&mut self, number: u8, frame: Frame<'_>) {
        if let Some(direct) = self.directs.get_mut(&number) {
            direct.enqueue(frame.payload());
        } else {
            self.sockets[&number].state().spend(frame.payload().len());
            self.workers.get_mut(&number).unwrap().sent(frame);
        }
    }

    pub(super) fn ends(&mut self, closed: &Closed<u8>) {
        let (number, reason) = (closed.state, closed.reason.as_str());
        if let Some(direct) = self.directs.get_mut(&number) {
            return direct.ends(reason);
        }
        if let Some(worker) = self.workers.get_mut(&number) {
            worker.sent(Frame::End(reason.as_bytes()));
        }
        if let Some(socket) = self.sockets.remove(&number) {
            self.left.push(socket.kept);
        }
    }

    /// A link pulls in a turn of its own. A direct stream pulls when its client reads.
    pub(super) fn pull_again(&mut self, number: u8) {
        if let Some(socket) = self.sockets.get(&number) {
            socket.state().touch();
            self.soon.push(number);
        }
    }

    pub(super) fn take_turns(&mut self) {
        for _ in 0..ENOUGH {
            let Some(number) = self.soon.pop() else { return };
            self.feed(number);
        }
        panic!("turns without end");
    }

    /// Gives a link what there is for it, while it has credit.
    pub(super) fn feed(&mut self, number: u8) {
        if let Some(socket) = self.sockets.get(&number) {
            socket.state().touch();
        }
        while self.sockets.get(&number).is_some_and(Socket::has_credit) && self.pull(number) {}
        self.settle_links();
    }

    /// Asks the hub for more; returns whether there may be more still.
    fn pull(&mut self, number: u8) -> bool {
        let now = self.now;
        match self.hub().poll_data(id(number), now) {
            Ok(Polled::Chunk(chunk)) => {
                let given = self.hub().given(id(number));
                self.give(number, Frame::of(given, &chunk));
                return true;
            }
            Ok(Polled::Registered) => {
                self.hub().start(id(number)).unwrap();
                return true;
            }
            Ok(Polled::Yield) => self.soon.push(number),
            Ok(Polled::Closed(closed)) => self.ends(&closed),
            Ok(Polled::Nothing) | Err(_) => {}
        }
        false
    }

    /// The same for a direct stream, which pulls once it has room.
    pub(super) fn pull_direct(&mut self, number: u8) {
        let is_open = |host: &Self| host.directs[&number].ended.is_none();
        for _ in 0..ENOUGH {
            if !is_open(self) || !self.directs[&number].has_room() || self.waits(number) {
                self.soon.retain(|other| *other != number);
                return;
            }
            self.pull(number);
        }
        panic!("{number} is polled without end");
    }

    /// The sockets of the links that are touched keep their state, unless a flush is to come: it would change.
    pub(super) fn settle_links(&mut self) {
        if self.next_flush.is_some() {
            return;
        }
        for touched in self.touched.take() {
            let mut links = self.sockets.iter();
            let found = links.find(|(_, socket)| socket.state().id() == touched);
            if let Some(number) = found.map(|(number, _)| *number) {
                self.keep(number);
            }
        }
    }

    /// The socket of a link keeps its state.
    pub(super) fn keep(&mut self, number: u8) {
        let standing = self.hub().standing(id(number));
        if let (Some(socket), Some(standing)) = (self.sockets.get_mut(&number), standing) {
            socket.kept = Some(socket.state().kept(standing.behind));
        }
    }

    /// A Worker has said something; all that the hub is told of its link is what is kept of it.
    pub(super) fn grants(&mut self, number: u8) {
        let Some(text) = self.workers.get_mut(&number).and_then(Worker::says) else { return };
        self.hub();
        let Some(socket) = self.sockets.get(&number) else { return };
        let link = attachment(&socket.kept).expect("a link that is not kept is closed");
        let grant = Grant::parse(&text).unwrap();
        if self.is_current(&link) {
            self.sockets[&number].state().grant(grant);
        }
        self.feed(number);
        self.take_turns();
    }

    /// A socket was closed; all that the hub is told of its link is what is kept of it.
    pub(super) fn left(&mut self, kept: &Kept, leaving: Leaving) {
        self.hub();
        let Some(link) = attachment(kept).filter(|link| self.is_current(link)) else { return };
        let number = *self.hub().registry().get(link.id).unwrap().state();
        match leaving {
            Leaving::Lost => {
                let socket = self.sockets.get_mut(&number).unwrap();
                socket.is_lost = true;
                socket.state().spend(usize::MAX);
                self.graces.push((self.now.saturating_add(REOPEN_GRACE), kept.clone()));
            }
            Leaving::Client => {
                self.hub().remove(link.id, CloseReason::ClientGone).unwrap();
                self.sockets.remove(&number);
            }
        }
    }

    /// Whether this is the link of a connection, and was not replaced.
    fn is_current(&self, link: &Attachment) -> bool {
        let hub = self.hub.as_ref().unwrap();
        hub.registry().get(link.id).is_ok_and(|connection| {
            let socket = self.sockets.get(connection.state());
            socket.is_some_and(|socket| socket.state().generation() == link.generation)
        })
    }
}
