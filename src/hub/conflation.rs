//! Of many updates the newest of each topic.

use std::collections::{HashMap, hash_map};

use crate::{
    event_stream::{comment::Comment, encoder},
    log::{gap::Untold, history::Entry, kind::Kind},
    topics::topic::Topic,
};

/// The newest update of each topic among those that were added, in whose order they are given. What
/// an update is about is its canonical topic, the first.
#[derive(Debug, Default)]
pub(crate) struct Conflation {
    newest: HashMap<Topic, Entry>,
    /// No update takes the place of one.
    closings: Vec<Entry>,
    bytes: usize,
    left_out: u64,
}

impl Conflation {
    /// Adds an update that is newer than all before it.
    pub(crate) fn add(&mut self, entry: &Entry) {
        let Some(topic) = entry.update.topics.as_slice().first() else { return };
        self.bytes += entry.update.event.len();
        if entry.update.kind == Kind::Closing {
            self.closings.push(entry.clone());
            return;
        }
        match self.newest.entry(topic.clone()) {
            hash_map::Entry::Occupied(mut older) => {
                let older = older.insert(entry.clone());
                self.bytes -= older.update.event.len();
                self.left_out += 1;
            }
            hash_map::Entry::Vacant(vacant) => {
                vacant.insert(entry.clone());
            }
        }
    }

    /// Bytes of the updates that are left, encoded.
    #[must_use]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many updates are not among those that are left.
    #[must_use]
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// How many are left.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.newest.len() + self.closings.len()
    }

    /// Writes the updates that are left to a stream, behind the gap if there is one. A comment says
    /// how many were left out.
    pub(crate) fn write(self, gap: &mut Untold<'_>, chunk: &mut Vec<u8>) {
        if self.left_out > 0 {
            let text = format!("conflated: {} older updates were left out", self.left_out);
            encoder::encode_comment(&Comment::from(text.as_str()), chunk);
        }
        for entry in self.into_entries() {
            gap.tell_ahead_of(&entry, chunk);
            chunk.extend_from_slice(&entry.update.event);
        }
    }

    /// The updates that are left, in their order.
    #[must_use]
    fn into_entries(self) -> Vec<Entry> {
        let mut entries: Vec<_> = self.newest.into_values().chain(self.closings).collect();
        entries.sort_by_key(|entry| entry.sequence);
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{sequence::Sequence, timestamp::Timestamp},
        event_stream::event::Event,
        log::update::{EncodedUpdate, Update},
        topics::topics::Topics,
    };

    fn entry(number: u64, topics: &[&str]) -> Entry {
        let topics: Vec<Topic> = topics.iter().map(|topic| topic.parse().unwrap()).collect();
        let topics = Topics::try_from(topics).unwrap();
        let event = Event::new("x".repeat(usize::try_from(number).unwrap()));
        let update = Update::new(topics, number.to_string().parse().unwrap(), event);
        let update = update.encode().unwrap();
        Entry { sequence: Sequence::new(number), accepted: Timestamp::default(), update }
    }

    #[test]
    fn a_closing_takes_the_place_of_no_update() {
        let mut conflation = Conflation::default();
        let closing = entry(3, &["a"]);
        let update = EncodedUpdate { kind: Kind::Closing, ..closing.update.clone() };
        let closing = Entry { update, ..closing };
        for entry in [entry(1, &["a"]), entry(2, &["a"]), closing] {
            conflation.add(&entry);
        }
        let numbers: Vec<_> =
            conflation.into_entries().iter().map(|entry| entry.sequence.get()).collect();
        assert_eq!(numbers, [2, 3]);
    }

    #[test]
    fn the_newest_of_each_first_topic_is_left_in_order_and_the_others_are_counted() {
        let mut conflation = Conflation::default();
        let added = [
            entry(1, &["a"]),
            entry(2, &["b", "a"]),
            entry(3, &["a"]),
            entry(4, &["c"]),
            entry(5, &["b"]),
        ];
        for entry in &added {
            conflation.add(entry);
        }
        let left: usize = [2, 3, 4].map(|at: usize| added[at].update.event.len()).iter().sum();
        assert_eq!((conflation.bytes(), conflation.left_out()), (left, 2));
        let numbers: Vec<_> =
            conflation.into_entries().iter().map(|entry| entry.sequence.get()).collect();
        assert_eq!(numbers, [3, 4, 5]);
    }
}
