//! The newest part of the log, in memory.

use std::collections::VecDeque;

use crate::{
    event_id::EventId,
    history::{Entry, Retention},
    sequence::Sequence,
    timestamp::Timestamp,
};

/// The newest updates, without holes, bounded in number, in bytes and in age.
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
    pub fn oldest(&self) -> Option<&Entry> {
        self.entries.front()
    }

    /// The newest update that was accepted at `moment` or before.
    #[must_use]
    pub fn newest_until(&self, moment: Timestamp) -> Option<Sequence> {
        let until = self.entries.partition_point(|entry| entry.accepted <= moment);
        self.entries.get(until.checked_sub(1)?).map(|entry| entry.sequence)
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

    /// Drops the oldest updates that are too old at `now` or no longer fit, also into `bytes`. What nobody has been
    /// shown yet, behind `shown`, stays; and so does the newest one, whatever its size, until it is
    /// too old.
    pub fn trim(&mut self, shown: Sequence, bytes: u64, now: Timestamp) {
        let bytes = bytes.min(self.bounds.bytes);
        let expired = self.bounds.expired(now);
        loop {
            let excess = self.entries.len() as u64 > self.bounds.updates || self.bytes > bytes;
            let dropped = self.entries.pop_front_if(|oldest| {
                let is_expired = expired.is_some_and(|expired| oldest.accepted <= expired);
                (excess && oldest.sequence < shown) || (is_expired && oldest.sequence <= shown)
            });
            match dropped {
                Some(dropped) => self.bytes -= dropped.update.held_bytes() as u64,
                None => return,
            }
        }
    }

    /// The updates after `cursor`, if the first of them is here.
    #[must_use]
    pub fn after(&self, cursor: Sequence) -> Option<impl Iterator<Item = &Entry>> {
        let ahead = cursor.next().get().checked_sub(self.oldest()?.sequence.get())?;
        let ahead = usize::try_from(ahead).ok().filter(|ahead| *ahead < self.entries.len())?;
        Some(self.entries.range(ahead..))
    }

    /// The updates up to and with `until`, the newest first.
    pub fn back_from(&self, until: Sequence) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev().skip_while(move |entry| entry.sequence > until)
    }

    /// The first update with this id after `cursor`.
    #[must_use]
    pub fn find(&self, id: &EventId, cursor: Sequence) -> Option<Sequence> {
        let named = |entry: &&Entry| entry.sequence > cursor && entry.update.id == *id;
        self.entries.iter().find(named).map(|entry| entry.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event::Event, topic::Topic, update::Update};

    const NOW: Timestamp = Timestamp::from_millis(10_000);

    fn entry(number: u64) -> Entry {
        let topic: Topic = "a".parse().unwrap();
        let id = number.to_string().parse().unwrap();
        let update = Update::new(topic.into(), id, Event::new("")).encode().unwrap();
        let accepted = Timestamp::from_millis(number * 1_000);
        Entry { sequence: Sequence::new(number), accepted, update }
    }

    fn window(updates: u64, bytes: u64, pushed: std::ops::RangeInclusive<u64>) -> Window {
        let mut window = Window::new(Retention { updates, bytes, age: None });
        let tail = Sequence::new(*pushed.end());
        pushed.for_each(|number| window.push(entry(number)));
        window.trim(tail, u64::MAX, NOW);
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
        let mut window = Window::new(Retention { updates: 1, bytes: u64::MAX, age: None });
        (1..=4).for_each(|number| window.push(entry(number)));
        window.trim(Sequence::new(2), u64::MAX, NOW);
        assert_eq!(after(&window, 1), Some(vec![2, 3, 4]));
    }

    #[test]
    fn what_is_too_old_goes_even_if_it_is_the_newest_but_not_before_it_was_shown() {
        let age = Some(std::time::Duration::from_secs(7));
        let mut window = Window::new(Retention { updates: 9, bytes: u64::MAX, age });
        (1..=4).for_each(|number| window.push(entry(number)));
        window.trim(Sequence::new(2), u64::MAX, NOW);
        assert_eq!(after(&window, 2), Some(vec![3, 4]));
        assert_eq!(after(&window, 1), None);
        window.trim(Sequence::new(4), u64::MAX, NOW);
        assert_eq!(after(&window, 3), Some(vec![4]));
        window.trim(Sequence::new(4), u64::MAX, Timestamp::from_millis(20_000));
        assert_eq!((window.oldest(), window.bytes()), (None, 0));
    }

    #[test]
    fn it_finds_the_newest_of_a_time() {
        let window = window(u64::MAX, u64::MAX, 3..=6);
        let newest_until = |millis| window.newest_until(Timestamp::from_millis(millis));
        assert_eq!(newest_until(2_999), None);
        assert_eq!(newest_until(4_000), Some(Sequence::new(4)));
        assert_eq!(newest_until(99_000), Some(Sequence::new(6)));
    }

    #[test]
    fn it_is_read_backwards_from_anywhere() {
        let window = window(u64::MAX, u64::MAX, 3..=6);
        let back = |until| {
            let entries = window.back_from(Sequence::new(until));
            entries.map(|entry| entry.sequence.get()).collect::<Vec<_>>()
        };
        assert_eq!(back(5), [5, 4, 3]);
        assert_eq!(back(9), [6, 5, 4, 3]);
        assert_eq!(back(2), [0; 0]);
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
        window.push(Entry { sequence: Sequence::new(3), ..entry(1) });
        let find = |id: &str, cursor| window.find(&id.parse().unwrap(), Sequence::new(cursor));
        assert_eq!(find("1", 0), Some(Sequence::new(1)));
        assert_eq!(find("1", 1), Some(Sequence::new(3)));
        assert_eq!((find("1", 3), find("9", 0)), (None, None));
    }
}
