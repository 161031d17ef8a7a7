//! What streams, and the application by its handles, ask of the engine.

use std::sync::Arc;

use futures::channel::oneshot;

use crate::{
    base::connection_id::ConnectionId,
    event_stream::{comment::Comment, event::Event},
    hub::{
        admission::Parting,
        connection::{CloseReason, SendError, UnknownConnection},
        heartbeat::Heartbeat,
        queue::QueueFull,
    },
    web::{
        engine::engine::{Engine, Flush},
        host::{clock, storage::Storage},
        streams::{connection::Polled, hooks::Hooks, transport::SharedChunk},
    },
};

/// What a pull came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pulled {
    /// The stream was given a chunk, or will be.
    Fed,
    /// There is nothing: the connection waits.
    Waits,
    /// The connection has ended.
    Ended,
}

/// What streams, connections and the application's handle call, whatever the hooks and the storage.
pub(crate) trait Streams {
    fn pull(&self, id: ConnectionId) -> Pulled;
    fn ended(&self, id: ConnectionId, reason: CloseReason);
    /// The stream of a connection that has ended asks for more.
    fn parting(&self, id: ConnectionId) -> Parting;
    /// The host has let go of the stream.
    fn let_go(&self, id: ConnectionId);
    fn poll_data(&self, id: ConnectionId) -> Polled;
    fn poll_data_immediate(&self, id: ConnectionId) -> Polled;
    fn send_encoded(&self, id: ConnectionId, encoded: Arc<[u8]>) -> Result<(), SendError>;
    fn send_all(&self, event: &Event) -> Result<(), QueueFull>;
    fn stop_one(&self, id: ConnectionId) -> Result<(), UnknownConnection>;
    fn stop_all(&self, reason: CloseReason);
    fn close(&self, id: ConnectionId) -> Result<(), UnknownConnection>;
    fn connection_ids(&self) -> Vec<ConnectionId>;
    fn connection_count(&self) -> usize;
    fn is_stopped(&self, id: ConnectionId) -> bool;
    fn queue(&self, id: ConnectionId) -> Result<(usize, usize), UnknownConnection>;
    fn flush(&self, id: ConnectionId) -> oneshot::Receiver<()>;
    fn heartbeat(&self) -> Heartbeat;
    fn set_heartbeat(&self, heartbeat: Heartbeat);
    fn set_heartbeat_of(&self, id: ConnectionId, text: &Comment) -> Result<(), UnknownConnection>;
}

impl<K: Hooks, S: Storage> Streams for Engine<K, S> {
    fn pull(&self, id: ConnectionId) -> Pulled {
        let polled = self.poll(id, true);
        if let Polled::Chunk(chunk) = &polled {
            let transport = self.transport(id);
            let taken =
                transport.is_some_and(|transport| transport.enqueue(&SharedChunk::new(chunk)));
            if !taken {
                self.ended(id, CloseReason::ClientGone);
            }
        }
        self.settle_flushes();
        // A hook may have fed it meanwhile.
        match polled {
            Polled::Ended => Pulled::Ended,
            Polled::Nothing if self.waits(id) => Pulled::Waits,
            _ => Pulled::Fed,
        }
    }

    fn ended(&self, id: ConnectionId, reason: CloseReason) {
        let closed = self.hub.borrow_mut().remove(id, reason);
        if let Some(closed) = closed {
            self.closed(&closed);
        }
    }

    fn parting(&self, id: ConnectionId) -> Parting {
        let parting = self.limits.admissions.borrow_mut().asks(id);
        if let Parting::Close(_) = parting {
            self.make_room_known();
        }
        parting
    }

    fn let_go(&self, id: ConnectionId) {
        if self.limits.admissions.borrow_mut().let_go(id) {
            self.make_room_known();
        }
    }

    fn poll_data(&self, id: ConnectionId) -> Polled {
        let polled = self.poll(id, true);
        // A stream that rests was fed by this instead.
        if polled != Polled::Nothing
            && let Some(transport) = self.transport(id)
        {
            transport.unpark();
        }
        self.settle_flushes();
        polled
    }

    fn poll_data_immediate(&self, id: ConnectionId) -> Polled {
        // Who waits for what comes is fed as before; what lingers is there already.
        let waits_for_more = self.waits(id) && {
            let hub = self.hub.borrow();
            hub.flush_mark(id).is_ok_and(|mark| hub.is_flushed(id, mark))
        };
        if waits_for_more {
            return Polled::Nothing;
        }
        let polled = self.poll(id, false);
        if let Some(transport) = self.transport(id) {
            transport.unpark();
        }
        self.settle_flushes();
        polled
    }

    fn send_encoded(&self, id: ConnectionId, encoded: Arc<[u8]>) -> Result<(), SendError> {
        let effect = self.hub.borrow_mut().send_encoded(id, encoded, clock::now())?;
        self.carry_out(effect.into_iter().collect());
        Ok(())
    }

    fn send_all(&self, event: &Event) -> Result<(), QueueFull> {
        let effects = self.hub.borrow_mut().send_all(event, clock::now())?;
        self.carry_out(effects);
        Ok(())
    }

    fn stop_one(&self, id: ConnectionId) -> Result<(), UnknownConnection> {
        let closed = self.hub.borrow_mut().stop_one(id)?;
        self.closed(&closed);
        Ok(())
    }

    fn stop_all(&self, reason: CloseReason) {
        let effects = self.hub.borrow_mut().stop_all(reason);
        self.carry_out(effects);
    }

    fn close(&self, id: ConnectionId) -> Result<(), UnknownConnection> {
        let effects = self.hub.borrow_mut().close(id, CloseReason::Stopped, clock::now())?;
        self.carry_out(effects);
        Ok(())
    }

    fn connection_ids(&self) -> Vec<ConnectionId> {
        self.hub.borrow().registry().connection_ids().collect()
    }

    fn connection_count(&self) -> usize {
        self.hub.borrow().registry().len()
    }

    fn is_stopped(&self, id: ConnectionId) -> bool {
        let hub = self.hub.borrow();
        hub.registry().get(id).map_or(true, crate::hub::connection::Connection::is_stopped)
    }

    fn queue(&self, id: ConnectionId) -> Result<(usize, usize), UnknownConnection> {
        let hub = self.hub.borrow();
        let connection = hub.registry().get(id)?;
        Ok((connection.queue_len(), connection.queue_bytes()))
    }

    fn flush(&self, id: ConnectionId) -> oneshot::Receiver<()> {
        let (flushed, receiver) = oneshot::channel();
        self.pulls_if_full(id);
        let mark = self.hub.borrow().flush_mark(id);
        if let Ok(mark) = mark {
            self.flushes.borrow_mut().push(Flush { id, mark, flushed });
        }
        self.settle_flushes();
        receiver
    }

    fn heartbeat(&self) -> Heartbeat {
        self.hub.borrow().heartbeat().clone()
    }

    fn set_heartbeat(&self, heartbeat: Heartbeat) {
        self.hub.borrow_mut().set_heartbeat(heartbeat);
        // A timer that runs stays, since it may be that of a connection which expires: a beat too
        // many does nothing.
        self.wind_up(None);
    }

    fn set_heartbeat_of(&self, id: ConnectionId, text: &Comment) -> Result<(), UnknownConnection> {
        self.hub.borrow_mut().set_heartbeat_of(id, text)
    }
}
