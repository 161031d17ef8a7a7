//! The end of all connections, in good order.

use std::{pin::pin, time::Duration};

use futures::future;

use crate::{
    base::{limits::DRAIN_PATIENCE, timestamp::whole_millis},
    hub::close_reason::CloseReason,
    settings::level::Level,
    web::{
        engine::engine::Engine,
        host::{clock, storage::Storage},
        streams::{handles::AllConnections, hooks::Hooks, record::Record},
    },
};

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Ends all connections, each behind its updates; a connection that is behind and does not read on is
    /// ended after a while all the same. Returns how many there were.
    pub(crate) async fn drain(&self, within: Duration) -> usize {
        let connections = self.connection_count();
        let detail =
            format!("{connections} connections, to come back within {} ms", whole_millis(within));
        self.application().log(Record::new(Level::Info, "draining").with_detail(detail));
        let noted = {
            let hub = self.hub();
            if hub.drain_matters() { hub.log().history().note_drain(clock::now()) } else { Ok(()) }
        };
        if let Err(error) = noted {
            self.application().failed("drain not noted", &error);
        }
        let effects = self.hub_mut().drain(within, clock::now());
        self.carry_out(effects);
        future::select(self.drained(), pin!(clock::sleep(DRAIN_PATIENCE))).await;
        // Newer connections are excluded.
        let left = self.hub().left_of_drain();
        for id in left {
            self.end(id, CloseReason::Drained);
        }
        connections
    }
}
