//! What was revealed for one audience, and some of its waiting connections are still to be given.

use std::sync::Arc;

use crate::{
    base::{limits::MAX_CHUNK_BYTES, sequence::Sequence},
    hub::{due_chunk::DueChunk, few::Few},
};

/// The events that the parts of an audience wait for. A part is a list of connections that have
/// everything up to the same update.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    events: Few<Event>,
    /// The update behind which each part begins, the oldest first.
    parts: Few<Sequence>,
    /// Up to this update the events are forgotten.
    forgotten: Sequence,
    /// Bytes in memory.
    bytes: usize,
}

/// An update, as this audience is shown it.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) sequence: Sequence,
    pub(crate) encoded: Arc<[u8]>,
    /// Bytes that it takes beside those of the log.
    pub(crate) own: usize,
}

/// The memory of an event beside its bytes: its place in a list that grows by doubling.
const EVENT_BYTES: usize = 2 * size_of::<Event>();

impl Pending {
    /// Whether a part waits for something.
    pub(crate) fn is_due(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Bytes in memory, without those of the log.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// An update was revealed.
    pub(crate) fn add(&mut self, event: Event) {
        self.bytes += EVENT_BYTES + event.own;
        self.events.push(event);
    }

    /// This number of parts wait for everything behind this update. No part begins further back than one
    /// before it.
    pub(crate) fn wait_behind(&mut self, from: Sequence, parts: usize) {
        for _ in 0..parts {
            self.parts.push(from);
        }
    }

    /// Gives up the events: each connection reads for itself.
    pub(crate) fn forget(&mut self) {
        if let Some(last) = self.events.back() {
            self.forgotten = last.sequence;
        }
        self.events = Few::default();
        self.bytes = 0;
    }

    /// The chunk for a part that begins behind `from`, in a log that ends at `tail`. `None` if an event
    /// of it is forgotten.
    pub(crate) fn chunk(&self, from: Sequence, tail: Sequence) -> Option<DueChunk> {
        if self.forgotten > from {
            return None;
        }
        let behind = || self.events.iter().filter(|event| event.sequence > from);
        let (mut bytes, mut updates, mut until) = (0, 0, tail);
        for event in behind() {
            if bytes >= MAX_CHUNK_BYTES {
                until = event.sequence.previous();
                break;
            }
            bytes += event.encoded.len();
            updates += 1;
        }
        let encoded = || behind().take(updates).map(|event| &event.encoded);
        let chunk = match updates {
            1 => encoded().next().cloned()?,
            _ => concat(bytes, encoded()),
        };
        (updates > 0).then_some(DueChunk { chunk, updates, from, until })
    }

    /// The oldest part, which begins behind `from`, was come to. Drops what no other waits for.
    pub(crate) fn pass(&mut self, from: Sequence) {
        if self.parts.front() != Some(&from) {
            return;
        }
        self.parts.pop();
        let Some(oldest) = self.parts.front() else {
            *self = Self::default();
            return;
        };
        while let Some(event) = self.events.front().filter(|event| event.sequence <= *oldest) {
            self.bytes -= EVENT_BYTES + event.own;
            self.events.pop();
        }
    }
}

/// The events one behind the other, which have this number of bytes: made in its place, without a copy.
fn concat<'a>(bytes: usize, events: impl Iterator<Item = &'a Arc<[u8]>>) -> Arc<[u8]> {
    let mut chunk: Arc<[u8]> = std::iter::repeat_n(0, bytes).collect();
    let mut rest = Arc::get_mut(&mut chunk).unwrap_or_default();
    for event in events {
        let Some((place, behind)) = rest.split_at_mut_checked(event.len()) else { break };
        place.copy_from_slice(event);
        rest = behind;
    }
    chunk
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(number: u64, text: &str) -> Event {
        Event { sequence: Sequence::new(number), encoded: text.as_bytes().into(), own: 1 }
    }

    fn text(pending: &Pending, from: u64) -> Option<String> {
        let due = pending.chunk(Sequence::new(from), Sequence::new(9))?;
        Some(format!("{} {} {}", String::from_utf8_lossy(&due.chunk), due.updates, due.until.get()))
    }

    #[test]
    fn each_part_is_given_what_is_behind_its_beginning_and_the_last_one_empties_the_list() {
        let mut pending = Pending::default();
        pending.wait_behind(Sequence::new(1), 2);
        pending.add(event(2, "b"));
        pending.add(event(4, "d"));
        pending.wait_behind(Sequence::new(4), 1);
        pending.add(event(5, "e"));
        assert_eq!(text(&pending, 1).unwrap(), "bde 3 9");
        pending.pass(Sequence::new(1));
        assert_eq!(text(&pending, 1).unwrap(), "bde 3 9");
        pending.pass(Sequence::new(4));
        assert!(pending.is_due() && pending.bytes() == 3 * (EVENT_BYTES + 1), "not its turn");
        pending.pass(Sequence::new(1));
        assert_eq!(
            (text(&pending, 4).unwrap(), pending.bytes()),
            ("e 1 9".into(), EVENT_BYTES + 1)
        );
        pending.pass(Sequence::new(4));
        assert!(!pending.is_due() && pending.bytes() == 0);
    }

    #[test]
    fn a_single_event_is_shared() {
        let mut pending = Pending::default();
        let only = event(2, "b");
        let shared = Arc::clone(&only.encoded);
        pending.add(only);
        let due = pending.chunk(Sequence::new(1), Sequence::new(9)).unwrap();
        assert!(Arc::ptr_eq(&due.chunk, &shared));
    }

    #[test]
    fn a_full_chunk_ends_where_the_next_event_begins() {
        let mut pending = Pending::default();
        pending.add(event(2, &"x".repeat(MAX_CHUNK_BYTES)));
        pending.add(event(5, "y"));
        let due = pending.chunk(Sequence::new(1), Sequence::new(9)).unwrap();
        assert_eq!((due.updates, due.until), (1, Sequence::new(4)));
    }

    #[test]
    fn who_waits_for_what_is_forgotten_has_no_chunk() {
        let mut pending = Pending::default();
        pending.wait_behind(Sequence::new(1), 1);
        pending.add(event(2, "b"));
        pending.forget();
        pending.wait_behind(Sequence::new(2), 1);
        pending.add(event(3, "c"));
        assert_eq!((text(&pending, 1), text(&pending, 2)), (None, Some("c 1 9".into())));
    }
}
