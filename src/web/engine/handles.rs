//! Answers the application's handles.

use std::{rc::Rc, sync::Arc};

use futures::channel::oneshot;

use crate::{
    base::connection_id::ConnectionId,
    event_stream::{comment::Comment, event::Event},
    hub::{
        close_reason::CloseReason,
        connection::{SendError, UnknownConnection},
        heartbeat::Heartbeat,
        queue::QueueFull,
        whom::Whom,
    },
    web::{
        engine::engine::Engine,
        host::{clock, storage::Storage},
        streams::{
            handles::{AllConnections, OneConnection, Polling, Status},
            hooks::Hooks,
            polled::Polled,
        },
    },
};

impl<K: Hooks, S: Storage> OneConnection for Engine<K, S> {
    fn send_encoded(&self, id: ConnectionId, encoded: Arc<[u8]>) -> Result<(), SendError> {
        let effect = self.hub_mut().send_encoded(id, encoded, clock::now())?;
        self.carry_out(effect.into_iter().collect());
        Ok(())
    }

    fn poll(&self, id: ConnectionId, polling: Polling) -> Polled {
        // A connection that waits for more is fed as before; a chunk that lingers is there already.
        if polling == Polling::TakesWhatIsThere
            && self.delivery().waits(id)
            && self.delivery().is_flushed(id)
        {
            return Polled::Nothing;
        }
        let polled = self.read(id, polling);
        // A stream that rests was fed by this instead.
        if (polling == Polling::TakesWhatIsThere || polled != Polled::Nothing)
            && let Some(transport) = self.delivery().transport(id)
        {
            transport.pull_again();
        }
        self.delivery().settle_flushes();
        polled
    }

    fn flush(&self, id: ConnectionId) -> oneshot::Receiver<()> {
        self.delivery().flush(id)
    }

    fn stop(&self, id: ConnectionId) -> Result<(), UnknownConnection> {
        let closed = self.hub_mut().stop_one(id)?;
        self.closed(&closed);
        Ok(())
    }

    fn close(&self, id: ConnectionId) -> Result<(), UnknownConnection> {
        let effects = self.hub_mut().close(id, CloseReason::Stopped, clock::now())?;
        self.carry_out(effects);
        Ok(())
    }

    fn status(&self, id: ConnectionId) -> Result<Status, UnknownConnection> {
        let hub = self.hub();
        let connection = hub.registry().get(id)?;
        Ok(Status {
            is_stopped: connection.is_stopped(),
            queue_len: connection.queue_len(),
            queue_bytes: connection.queue_bytes(),
        })
    }

    fn set_heartbeat_of(&self, id: ConnectionId, text: &Comment) -> Result<(), UnknownConnection> {
        self.hub_mut().set_heartbeat_of(id, text)
    }

    fn all(self: Rc<Self>) -> Rc<dyn AllConnections> {
        self
    }
}

impl<K: Hooks, S: Storage> AllConnections for Engine<K, S> {
    fn connection_ids(&self) -> Vec<ConnectionId> {
        self.hub().registry().connection_ids().collect()
    }

    fn connection_count(&self) -> usize {
        self.hub().registry().len()
    }

    fn send_all(&self, event: &Event) -> Result<(), QueueFull> {
        let effects = self.hub_mut().send_all(event, clock::now())?;
        self.carry_out(effects);
        Ok(())
    }

    fn stop_all(&self) {
        self.end_all(CloseReason::Stopped);
    }

    fn disconnect(&self, whom: &Whom) -> usize {
        let closed = self.hub_mut().disconnect(whom);
        for closed in &closed {
            self.closed(closed);
        }
        closed.len()
    }

    fn heartbeat(&self) -> Heartbeat {
        self.hub().heartbeat().clone()
    }

    fn set_heartbeat(&self, heartbeat: Heartbeat) {
        self.hub_mut().set_heartbeat(heartbeat);
        // A running alarm stays, since it may be for a connection that expires: a beat too many does
        // nothing.
        self.wind_up(None);
    }
}
