//! Answers the pulls and the cancels of streams.

use crate::{
    base::connection_id::ConnectionId,
    hub::{
        admission::Parting,
        close_reason::CloseReason,
        engine::deliver::{self, PollError},
    },
    settings::level::Level,
    web::{
        engine::engine::Engine,
        host::{clock, storage::Storage, task},
        streams::{
            feed::{Feed, Pulled},
            handles::Polling,
            hooks::Hooks,
            polled::Polled,
            record::Record,
            shared_chunk::SharedChunk,
        },
    },
};

impl<K: Hooks, S: Storage> Feed for Engine<K, S> {
    fn pull(&self, id: ConnectionId) -> Pulled {
        let polled = self.read(id, Polling::Waits);
        if let Polled::Chunk(chunk) = &polled {
            let transport = self.delivery().transport(id);
            let chunk = SharedChunk::new(chunk).until(self.hub().given(id));
            let taken = transport.is_some_and(|transport| transport.enqueue(&chunk));
            if !taken {
                self.end(id, CloseReason::ClientGone);
            }
        }
        self.delivery().settle_flushes();
        // A hook may have fed it meanwhile.
        match polled {
            Polled::Ended => Pulled::Ended,
            Polled::Nothing if self.delivery().waits(id) => Pulled::Waits,
            _ => Pulled::Fed,
        }
    }

    fn pull_after_end(&self, id: ConnectionId) -> Parting {
        let parting = self.places().asks(id);
        if let Parting::Close(_) = parting {
            self.make_room_known();
        }
        parting
    }

    fn feed(&self, id: ConnectionId) {
        let transport = self.delivery().transport(id);
        if let Some(link) = transport.as_ref().and_then(|transport| transport.link()) {
            let link = link.state();
            link.touch();
            let mut credit = link.credit();
            while credit.is_left() && self.pull(id) == Pulled::Fed && link.credit() != credit {
                credit = link.credit();
            }
        }
        self.settle_links();
    }

    fn cancel(&self, id: ConnectionId) {
        self.end(id, CloseReason::ClientGone);
        if self.places().let_go(id) {
            self.make_room_known();
        }
    }
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Polls the hub until there is a chunk, the connection waits, or it has ended.
    pub(super) fn read(&self, id: ConnectionId, polling: Polling) -> Polled {
        loop {
            let now = clock::now();
            let polled = match polling {
                Polling::Waits => self.hub_mut().poll_data(id, now),
                Polling::TakesWhatIsThere => self.hub_mut().poll_data_immediate(id, now),
            };
            match polled {
                Ok(deliver::Polled::Chunk(chunk)) => return Polled::Chunk(chunk),
                Ok(deliver::Polled::Nothing) => return Polled::Nothing,
                Ok(deliver::Polled::Yield) => {
                    if polling == Polling::Waits {
                        self.pull_later(id);
                    }
                    return Polled::Nothing;
                }
                Ok(deliver::Polled::Registered) => {
                    let attached = self.delivery().attached(id);
                    if let Some(attached) = attached {
                        self.registered(id, &attached);
                    }
                }
                Ok(deliver::Polled::Closed(closed)) => {
                    self.closed(&closed);
                    return Polled::Ended;
                }
                Err(PollError::Unknown(_)) => return Polled::Ended,
                Err(PollError::History(error)) => {
                    let record = Record::new(Level::Error, "history unreadable");
                    self.application().log(record.with_connection(id).with_detail(error));
                    self.end(id, CloseReason::Failed);
                    return Polled::Ended;
                }
            }
        }
    }

    /// Goes on reading for a connection once others had their turn.
    fn pull_later(&self, id: ConnectionId) {
        let me = self.weak();
        task::spawn(async move {
            clock::next_turn().await;
            if let Some(engine) = me.upgrade() {
                if engine.delivery().is_link(id) {
                    engine.feed(id);
                    return;
                }
                let pulled = engine.pull(id);
                // Meanwhile the stream may have pulled by itself, and wait for that to end.
                if pulled == Pulled::Fed
                    && let Some(transport) = engine.delivery().transport(id)
                {
                    transport.pull_again();
                }
            }
        });
    }
}
