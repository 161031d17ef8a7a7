//! Connections that are fed by flushes alone: a pull for each chunk would cost as much again as the
//! half of what a chunk costs.

use super::hub::Hub;
use crate::{
    base::{connection_id::ConnectionId, sequence::Sequence},
    hub::{effect::Recipient, resumes::Standing},
    log::history::History,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// A stream had room for its last chunk, so that its connection may wait without a pull. Says
    /// whether it waits; if not, there is more for it, and the stream must pull. The host checks that
    /// the next chunk finds room, and calls [`Hub::fell_behind`] if it does not.
    pub fn rest(&mut self, recipient: &Recipient<T>) -> bool {
        let Ok(key) = self.registry().key(recipient.id) else { return true };
        let tail = self.log().tail();
        let Some(connection) = self.at(key) else { return true };
        let has_all = connection.progress().has_all(tail)
            && !connection.is_stopped()
            && !connection.has_queued();
        if has_all {
            self.wait(key);
        }
        has_all
    }

    /// A stream that rested has not taken the chunk before, and so was not given the one that begins
    /// behind `from`, if that is a part of the log. It pulls when it reads on.
    pub fn fell_behind(&mut self, recipient: &Recipient<T>, from: Option<Sequence>) {
        let Ok(key) = self.registry().key(recipient.id) else { return };
        let Some(connection) = self.at(key) else { return };
        connection.progress_mut().fall_behind(from);
        self.slow_readers_mut().fell_behind();
    }

    /// The update up to which the connection was given everything. It does not move while the connection
    /// is given events that are no part of the log, nor while its next chunk is begun.
    #[must_use]
    pub fn given(&self, id: ConnectionId) -> Option<Sequence> {
        let connection = self.registry().get(id).ok()?;
        Some(connection.given(self.log().tail()))
    }

    /// Where the connection stands, for a later life of the hub. While a flush is under way or lingers
    /// it is another place soon.
    #[must_use]
    pub(crate) fn standing(&self, id: ConnectionId) -> Option<Standing> {
        let connection = self.registry().get(id).ok()?;
        let tail = self.log().tail();
        let given = connection.given(tail);
        Some(connection.progress().standing(given, tail))
    }

    /// Whether there is a connection that needs [beats](Hub::beat).
    #[must_use]
    pub fn keeps_time(&self) -> bool {
        self.registry().len() > self.registry().links()
    }

    /// A stream that rests has not taken its last chunk. Its connection waits no longer, and the stream
    /// pulls when it reads on.
    pub fn unrest(&mut self, id: ConnectionId) {
        let Ok(key) = self.registry().key(id) else { return };
        if self.rouse(key)
            && let Some(connection) = self.at(key)
        {
            connection.progress_mut().forget_last();
        }
    }
}
