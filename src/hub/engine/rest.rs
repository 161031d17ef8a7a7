//! Connections that are fed by flushes alone: a pull for each chunk would cost as much again as the
//! half of what a chunk costs.

use super::{Hub, Recipient};
use crate::{
    base::{connection_id::ConnectionId, sequence::Sequence},
    hub::connection::Phase,
    log::history::History,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// A stream has room for what it was fed, so that its connection may wait on without a pull; says
    /// whether it does. If it does not, the stream is to pull: there is more for it. Whether what it
    /// is fed next finds room is for the host to see, and to say so ([`Hub::fell_behind`]) if not.
    pub fn rest(&mut self, recipient: &Recipient<T>) -> bool {
        let Ok(key) = self.registry.key(recipient.id) else { return true };
        let flushed = self.flushed;
        let Some(connection) = self.registry.at(key) else { return true };
        let has_all = connection.cursor == flushed
            && connection.phase == Phase::Live
            && connection.closing.is_none()
            && connection.queue.is_empty();
        if connection.waiting.is_none() && has_all {
            self.registry.wait(key);
        }
        has_all
    }

    /// A stream that rested has not taken what it was fed before, and so was not fed the chunk that
    /// begins behind `from`, if that is a part of the log. Its connection is to pull when it reads on.
    pub fn fell_behind(&mut self, recipient: &Recipient<T>, from: Option<Sequence>) {
        let Ok(key) = self.registry.key(recipient.id) else { return };
        let Some(connection) = self.registry.at(key) else { return };
        connection.fell_behind();
        if let Some(from) = from.filter(|from| *from < connection.cursor) {
            connection.cursor = from;
        }
    }

    /// A stream that rests has not taken what it was fed: its connection waits no longer, but is to
    /// pull when its stream reads on.
    pub fn unrest(&mut self, id: ConnectionId) {
        let Ok(key) = self.registry.key(id) else { return };
        if self.rouse(key)
            && let Some(connection) = self.registry.at(key)
        {
            connection.taken = connection.before.taken;
        }
    }
}
