//! The newest part of the log, in memory.

use std::collections::VecDeque;

use crate::{
    event_id::EventId,
    history::{Entry, Retention},
    sequence::Sequence,
};

/// The newest updates, without holes, bounded in number and in bytes.
#[derive(Debug)]
pub struct Window {
    entries: VecDeque<Entry>,
    bytes: u64,
    bounds: Retention,
}

impl Window {
    /// An empty window that keeps as much as `bounds` allows.
    #[must_use]
    pub fn new(bounds: Retention) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, bounds }
    }

    /// The oldest update in it.
    #[must_use]
    pub fn oldest(&self) -> Option<Sequence> {
        self.entries.front().map(|entry| entry.sequence)
    }

    /// Bytes that it takes in memory.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds the newest update.
    pub fn push(&mut self, entry: Entry) {
        self.bytes += entry.update.held_bytes() as u64;
        self.entries.push_back(entry);
    }

    /// Drops the oldest updates that no longer fit, but none from `tail` on: what nobody has been
    /// shown yet stays, and so does the newest one, whatever its size.
    pub fn trim(&mut self, tail: Sequence) {
        while self.entries.len() as u64 > self.bounds.updates || self.bytes > self.bounds.bytes {
            match self.entries.pop_front_if(|oldest| oldest.sequence < tail) {
                Some(dropped) => self.bytes -= dropped.update.held_bytes() as u64,
                None => return,
            }
        }
    }

    /// The updates after `cursor`, if the first of them is here.
    #[must_use]
    pub fn after(&self, cursor: Sequence) -> Option<impl Iterator<Item = &Entry>> {
        let ahead = cursor.next().get().checked_sub(self.oldest()?.get())?;
        let ahead = usize::try_from(ahead).ok().filter(|ahead| *ahead < self.entries.len())?;
        Some(self.entries.range(ahead..))
    }

    /// The first update with this id.
    #[must_use]
    pub fn find(&self, id: &EventId) -> Option<Sequence> {
        self.entries.iter().find(|entry| entry.update.id == *id).map(|entry| entry.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event::Event, topic::Topic, update::Update};

    fn entry(number: u64) -> Entry {
        let topic: Topic = "a".parse().unwrap();
        let id = number.to_string().parse().unwrap();
        let update = Update::new(topic.into(), id, Event::new("")).encode().unwrap();
        Entry { sequence: Sequence::new(number), update }
    }

    fn window(updates: u64, bytes: u64, pushed: std::ops::RangeInclusive<u64>) -> Window {
        let mut window = Window::new(Retention { updates, bytes });
        let tail = Sequence::new(*pushed.end());
        pushed.for_each(|number| window.push(entry(number)));
        window.trim(tail);
        window
    }

    fn after(window: &Window, cursor: u64) -> Option<Vec<u64>> {
        let entries = window.after(Sequence::new(cursor))?;
        Some(entries.map(|entry| entry.sequence.get()).collect())
    }

    #[test]
    fn it_keeps_the_newest_by_number() {
        assert_eq!(after(&window(3, u64::MAX, 1..=5), 2), Some(vec![3, 4, 5]));
        assert_eq!(after(&window(3, u64::MAX, 1..=5), 1), None);
    }

    #[test]
    fn it_keeps_the_newest_by_bytes_and_counts_them_right() {
        let each = entry(1).update.held_bytes() as u64;
        let window = window(u64::MAX, each * 2, 1..=5);
        assert_eq!(after(&window, 3), Some(vec![4, 5]));
        assert_eq!(window.bytes(), each * 2);
    }

    #[test]
    fn an_update_larger_than_the_bound_is_kept_alone() {
        assert_eq!(after(&window(10, 1, 1..=3), 2), Some(vec![3]));
    }

    #[test]
    fn what_nobody_has_been_shown_yet_stays() {
        let mut window = Window::new(Retention { updates: 1, bytes: u64::MAX });
        (1..=4).for_each(|number| window.push(entry(number)));
        window.trim(Sequence::new(2));
        assert_eq!(after(&window, 1), Some(vec![2, 3, 4]));
    }

    #[test]
    fn nothing_is_after_the_newest() {
        assert_eq!(after(&window(10, u64::MAX, 4..=6), 6), None);
        assert_eq!(after(&window(10, u64::MAX, 4..=6), 60), None);
        assert_eq!(after(&window(10, u64::MAX, 4..=6), 4), Some(vec![5, 6]));
    }

    #[test]
    fn of_two_with_one_id_the_first_is_found() {
        let mut window = window(10, u64::MAX, 1..=2);
        let update = entry(1).update;
        window.push(Entry { sequence: Sequence::new(3), update });
        assert_eq!(window.find(&"1".parse().unwrap()), Some(Sequence::new(1)));
        assert_eq!(window.find(&"9".parse().unwrap()), None);
    }
}
