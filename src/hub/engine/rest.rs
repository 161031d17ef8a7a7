//! Connections that are fed by flushes alone: a pull for each chunk would cost as much again as the
//! half of what a chunk costs.

use super::hub::Hub;
use crate::{
    base::{connection_id::ConnectionId, sequence::Sequence},
    hub::effect::Recipient,
    log::history::History,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// A stream has room for what it was fed, so that its connection may wait on without a pull; says
    /// whether it does. If it does not, the stream is to pull: there is more for it. Whether what it
    /// is fed next finds room is for the host to see, and to say so ([`Hub::fell_behind`]) if not.
    pub fn rest(&mut self, recipient: &Recipient<T>) -> bool {
        let Ok(key) = self.registry().key(recipient.id) else { return true };
        let flushed = self.flushes().flushed();
        let Some(connection) = self.at(key) else { return true };
        let has_all = connection.progress().has_all(flushed)
            && !connection.is_stopped()
            && !connection.has_queued();
        if has_all {
            self.wait(key);
        }
        has_all
    }

    /// A stream that rested has not taken what it was fed before, and so was not fed the chunk that
    /// begins behind `from`, if that is a part of the log. Its connection is to pull when it reads on.
    pub fn fell_behind(&mut self, recipient: &Recipient<T>, from: Option<Sequence>) {
        let Ok(key) = self.registry().key(recipient.id) else { return };
        let Some(connection) = self.at(key) else { return };
        connection.progress_mut().fall_behind(from);
    }

    /// A stream that rests has not taken what it was fed: its connection waits no longer, but is to
    /// pull when its stream reads on.
    pub fn unrest(&mut self, id: ConnectionId) {
        let Ok(key) = self.registry().key(id) else { return };
        if self.rouse(key)
            && let Some(connection) = self.at(key)
        {
            connection.progress_mut().forget_last();
        }
    }
}
