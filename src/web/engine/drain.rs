//! The end of all connections, in good order.

use std::time::Duration;

use futures::{channel::oneshot, future};

use crate::{
    base::{limits::DRAIN_PATIENCE, timestamp::whole_millis},
    hub::connection::CloseReason,
    settings::level::Level,
    web::{
        engine::engine::Engine,
        host::{clock, storage::Storage},
        streams::{
            hooks::{Hooks, Record},
            streams::Streams,
        },
    },
};

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Ends all connections, each behind what there is for it; those that are behind and do not read
    /// on are ended after a while all the same. Says how many there were.
    pub(crate) async fn drain(&self, within: Duration) -> usize {
        let connections = self.connection_count();
        let detail =
            format!("{connections} connections, to come back within {} ms", whole_millis(within));
        self.log(&Record::new(Level::Info, "draining").with_detail(detail));
        let noted = {
            let hub = self.hub.borrow();
            if hub.drain_matters() { hub.log().history().note_drain(clock::now()) } else { Ok(()) }
        };
        if let Err(error) = noted {
            self.log(&Record::new(Level::Error, "drain not noted").with_detail(error));
        }
        let effects = self.hub.borrow_mut().drain(within, clock::now());
        self.carry_out(effects);
        let (done, drained) = oneshot::channel();
        self.drained.borrow_mut().push(done);
        self.settle_drains();
        let patience = clock::sleep(DRAIN_PATIENCE);
        future::select(drained, std::pin::pin!(patience)).await;
        // Those who have come back since are none of them.
        let left = self.hub.borrow().left_of_drain();
        for id in left {
            self.ended(id, CloseReason::Drained);
        }
        connections
    }

    /// Tells waiting drains once no connection is left.
    pub(crate) fn settle_drains(&self) {
        if self.drained.borrow().is_empty() {
            return;
        }
        if self.hub.borrow().left_of_drain().is_empty() {
            // They resolve by their senders being dropped.
            let drained = self.drained.take();
            drop(drained);
        }
    }
}
