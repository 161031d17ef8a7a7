//! Which connections wait, and which of them are due.

use std::mem;

use super::Registry;
use crate::{
    base::sequence::Sequence,
    hub::{
        audiences::{AudienceKey, ConnectionKey},
        due_chunk::DueChunk,
        progress::Waiting,
    },
    log::history::Entry,
    topics::url_parser::UrlParser,
};

/// Waiting connections of one audience that are due together.
#[derive(Debug)]
pub(crate) struct Part {
    /// Their audience, if they are due for the same. Otherwise each reads for itself.
    pub(crate) audience: Option<AudienceKey>,
    /// They have everything up to this update.
    pub(crate) from: Sequence,
    /// Some of them may wait no longer.
    pub(crate) members: Vec<ConnectionKey>,
}

/// An update that was revealed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Revealed<'a> {
    pub(crate) entry: &'a Entry,
    /// The tail of the log before.
    pub(crate) from: Sequence,
}

impl<T> Registry<T> {
    /// An update was revealed behind `from`, the tail before. Gives the connections that are due by it,
    /// in parts of at most `most`.
    pub(crate) fn reveal(
        &mut self,
        revealed: Revealed<'_>,
        urls: &dyn UrlParser,
        most: usize,
    ) -> Vec<Part> {
        let Revealed { entry, from } = revealed;
        let mut parts = Vec::new();
        for audience in self.audiences.reveal(entry, urls) {
            let due = self.audiences.come_due(audience, from, most);
            self.part(Part { audience: Some(audience), from, members: due }, most, &mut parts);
        }
        parts
    }

    /// The connections of these audiences that wait at `tail` are due, each to read for itself.
    pub(crate) fn let_read(
        &mut self,
        audiences: &[AudienceKey],
        tail: Sequence,
        most: usize,
    ) -> Vec<Part> {
        let mut parts = Vec::new();
        for audience in audiences {
            let members = self.audiences.waiting(*audience).map(mem::take).unwrap_or_default();
            self.part(Part { audience: None, from: tail, members }, most, &mut parts);
        }
        parts
    }

    /// Splits a part into those of at most `most` connections. They are due.
    fn part(&mut self, part: Part, most: usize, parts: &mut Vec<Part>) {
        let Part { audience, from, mut members } = part;
        for key in &members {
            if let Some(connection) = self.connections.get_mut(*key) {
                connection.progress_mut().come_due(from);
            }
        }
        while members.len() > most {
            let rest = members.split_off(most);
            parts.push(Part { audience, from, members: mem::replace(&mut members, rest) });
        }
        if !members.is_empty() {
            parts.push(Part { audience, from, members });
        }
    }

    /// The chunk for a part, in a log that ends at `tail`; `None` if each of its connections is to read
    /// for itself.
    pub(crate) fn chunk(&self, part: &Part, tail: Sequence) -> Option<DueChunk> {
        self.audiences.chunk(part.audience?, part.from, tail)
    }

    /// A part was come to.
    pub(crate) fn pass(&mut self, part: &Part) {
        if let Some(audience) = part.audience {
            self.audiences.pass(audience, part.from);
        }
    }

    /// The connection has read everything and has a read pending: it waits.
    pub(crate) fn wait_at(&mut self, key: ConnectionKey, tail: Sequence) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        if connection.is_waiting() || !connection.progress().has_all(tail) {
            return;
        }
        if let Some(waiting) = self.audiences.waiting(connection.audience()) {
            connection.progress_mut().wait_at_tail(waiting.len());
            waiting.push(key);
        }
    }

    /// Removes the connection from the waiting ones; returns how it waited, if it did. The log ends at
    /// `tail`.
    pub(crate) fn rouse(&mut self, key: ConnectionKey, tail: Sequence) -> Option<Waiting> {
        let connection = self.connections.get_mut(key)?;
        let waited = connection.progress_mut().rouse(tail)?;
        if let Waiting::AtTail(index) = waited
            && let Some(waiting) = self.audiences.waiting(connection.audience())
        {
            if index < waiting.len() {
                waiting.swap_remove(index);
            }
            let moved = waiting.get(index).copied();
            if let Some(moved) = moved.and_then(|moved| self.connections.get_mut(moved)) {
                moved.progress_mut().wait_at_tail(index);
            }
        }
        Some(waited)
    }
}
