//! What the waiting connections of each audience are owed.

use std::{mem, sync::Arc};

use super::{AudienceKey, Audiences, ConnectionKey, Group};
use crate::{
    base::{limits::MAX_PENDING_BYTES, sequence::Sequence},
    hub::{due_chunk::DueChunk, pending::Event, shown_topics::ShownTopics},
    log::history::Entry,
    topics::{resolved_topics::ResolvedTopics, url_parser::UrlParser},
};

impl Audiences {
    /// Bytes that updates take which are still to be given to waiting connections, beside those of the
    /// log.
    #[must_use]
    pub(crate) fn pending_bytes(&self) -> usize {
        self.pending
    }

    /// Keeps an update for every audience that has connections waiting and is shown it. Gives the
    /// audiences of those that had everything. Audiences that cannot be shown it, by what their
    /// selectors begin with, cost nothing.
    pub(crate) fn reveal(&mut self, entry: &Entry, urls: &dyn UrlParser) -> Vec<AudienceKey> {
        let topics = ResolvedTopics::new(&entry.update.topics, urls);
        let mut readers = self.shown(&entry.update, &topics, Group::takes_more);
        self.note_topics(&entry.update, &topics, &readers);
        let mut shown = ShownTopics::default();
        readers.retain(|key| {
            let Some(group) = self.members.get_mut(*key) else { return false };
            let before = group.pending.bytes();
            group.keep(entry, &mut shown);
            self.pending += group.pending.bytes() - before;
            if self.pending > MAX_PENDING_BYTES {
                self.pending -= group.pending.bytes();
                group.pending.forget();
            }
            !group.waiting.is_empty()
        });
        readers
    }

    /// The connections of this audience that wait at the tail are due: for everything behind `from`, in
    /// parts of at most `most` connections.
    pub(crate) fn come_due(
        &mut self,
        key: AudienceKey,
        from: Sequence,
        most: usize,
    ) -> Vec<ConnectionKey> {
        let Some(group) = self.members.get_mut(key) else { return Vec::new() };
        let due = mem::take(&mut group.waiting);
        group.pending.wait_behind(from, due.len().div_ceil(most.max(1)));
        due
    }

    /// The chunk for a part of this audience that begins behind `from`, in a log that ends at `tail`.
    /// `None` if each of its connections is to read for itself.
    pub(crate) fn chunk(
        &self,
        key: AudienceKey,
        from: Sequence,
        tail: Sequence,
    ) -> Option<DueChunk> {
        self.members.get(key)?.pending.chunk(from, tail)
    }

    /// The oldest part of this audience, which begins behind `from`, was come to.
    pub(crate) fn pass(&mut self, key: AudienceKey, from: Sequence) {
        if let Some(group) = self.members.get_mut(key) {
            self.pending -= group.pending.bytes();
            group.pending.pass(from);
            self.pending += group.pending.bytes();
        }
    }
}

impl Group {
    fn takes_more(&self) -> bool {
        !self.waiting.is_empty() || self.pending.is_due()
    }

    /// Keeps an update that is for this audience.
    fn keep(&mut self, entry: &Entry, shown: &mut ShownTopics) {
        let (sequence, topics) = (entry.sequence, mem::take(&mut self.topics));
        let event = if topics.is_empty() {
            Event { sequence, encoded: Arc::clone(&entry.update.event), own: 0 }
        } else {
            let encoded = shown.event(&entry.update, topics);
            Event { sequence, own: encoded.len(), encoded }
        };
        self.pending.add(event);
    }
}
