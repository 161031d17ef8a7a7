//! The links of a hub: to Workers that hold the streams of its clients.

use std::time::Duration;

use super::Handler;
use crate::{
    base::connection_id::ConnectionId,
    link::attachment::Attachment,
    web::{
        host::{link_socket::LinkSocket, storage::Storage},
        http::waking::Asleep,
        streams::{feed::Feed, hooks::Hooks},
    },
};

impl<K: Hooks<State = ()>, S: Storage> Handler<K, S> {
    /// A link from before the sleep goes on; returns whether it does.
    pub(crate) fn woke(&self, socket: LinkSocket, attachment: &[u8]) -> bool {
        let Some(state) = Attachment::decode(attachment) else { return false };
        let compressor = self.compressor.clone();
        let asleep = Asleep { socket, state, application: (), compressor };
        self.waking.wake((&self.engine, &self.config), asleep)
    }
}

impl<K: Hooks, S: Storage> Handler<K, S> {
    /// The socket of a link was accepted; returns whether its connection is still there.
    pub(crate) fn opened(&self, id: ConnectionId) -> bool {
        self.engine.keep_link(id);
        self.engine.feed(id);
        self.engine.has(id)
    }

    /// The Worker has sent a text; returns whether it could be read.
    pub(crate) fn said(&self, attachment: &[u8], text: &str) -> bool {
        Attachment::decode(attachment).is_some_and(|link| self.engine.said(&link, text))
    }

    /// The socket was closed; returns whether its connection waits for another link.
    pub(crate) fn left(&self, attachment: &[u8], code: u16) -> bool {
        Attachment::decode(attachment).is_some_and(|link| self.engine.left(&link, code))
    }

    /// Calls back after this time, unless there is no connection any more that needs the hub's timers.
    pub(crate) fn after(&self, wait: Duration, callback: impl FnOnce() + 'static) {
        self.engine.after(wait, callback);
    }

    /// Gives up what the hub has in memory. Work of a life that was cut off never ends, and would keep it.
    pub(crate) fn empty(&self) {
        self.engine.empty();
    }

    /// The number of links.
    pub(crate) fn links(&self) -> usize {
        self.engine.links()
    }
}
