//! Events for one connection alone: a welcome, `send_one`, a broadcast outside the log.

use std::{collections::VecDeque, sync::Arc};

use thiserror::Error;

use crate::base::limits::{MAX_QUEUE_BYTES, MAX_QUEUE_EVENTS};

/// Encoded events that wait for their connection, bounded in number and in bytes.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    events: VecDeque<Arc<[u8]>>,
    bytes: usize,
}

/// The queue has no room for the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the connection's queue holds {events} events and {bytes} bytes, and has no room for {more} \
     bytes more (the limits are {MAX_QUEUE_EVENTS} and {MAX_QUEUE_BYTES})"
)]
pub struct QueueFull {
    /// Events that wait.
    pub events: usize,
    /// Bytes that wait.
    pub bytes: usize,
    /// Bytes of the event that was refused.
    pub more: usize,
}

impl Queue {
    /// Events that wait.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Bytes that wait.
    #[must_use]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds an encoded event.
    ///
    /// # Errors
    /// [`QueueFull`] over [`MAX_QUEUE_EVENTS`] or [`MAX_QUEUE_BYTES`]; the queue is then as it was.
    pub(crate) fn push(&mut self, event: Arc<[u8]>) -> Result<(), QueueFull> {
        let bytes = self.bytes + event.len();
        if bytes > MAX_QUEUE_BYTES || self.events.len() == MAX_QUEUE_EVENTS {
            return Err(QueueFull {
                events: self.events.len(),
                bytes: self.bytes,
                more: event.len(),
            });
        }
        self.bytes = bytes;
        self.events.push_back(event);
        Ok(())
    }

    /// Moves everything to the end of `chunk`.
    pub(crate) fn drain_into(&mut self, chunk: &mut Vec<u8>) {
        chunk.reserve(self.bytes);
        self.events.drain(..).for_each(|event| chunk.extend_from_slice(&event));
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_leave_in_their_order() {
        let mut queue = Queue::default();
        for event in [b"a", b"b"] {
            queue.push(Arc::from(&event[..])).unwrap();
        }
        assert_eq!((queue.len(), queue.bytes()), (2, 2));
        let mut chunk = b"-".to_vec();
        queue.drain_into(&mut chunk);
        assert_eq!((chunk.as_slice(), queue.len(), queue.bytes()), (&b"-ab"[..], 0, 0));
    }

    #[test]
    fn it_is_full_in_bytes() {
        let mut queue = Queue::default();
        queue.push(vec![0; MAX_QUEUE_BYTES].into()).unwrap();
        let full = QueueFull { events: 1, bytes: MAX_QUEUE_BYTES, more: 1 };
        assert_eq!(queue.push(vec![0].into()), Err(full));
        assert_eq!(queue.bytes(), MAX_QUEUE_BYTES);
    }

    #[test]
    fn it_is_full_in_events() {
        let mut queue = Queue::default();
        let empty: Arc<[u8]> = Arc::default();
        for _ in 0..MAX_QUEUE_EVENTS {
            queue.push(empty.clone()).unwrap();
        }
        assert!(queue.push(empty).is_err());
    }
}
