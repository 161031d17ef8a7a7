//! The one ordered log of a hub: an in-memory window over the durable history.

use std::ops::ControlFlow;

use crate::{
    event_id::EventId,
    history::{Entry, History, Retention},
    limits::{MAX_SCAN_BYTES, MAX_SCAN_UPDATES},
    sequence::Sequence,
    update::EncodedUpdate,
    window::Window,
};

/// Updates in the order in which they were accepted.
///
/// An update is first [appended](Log::append), then, once it is durable, [committed](Log::commit):
/// only then can a cursor read it, so that no subscriber sees what a crash could take back.
#[derive(Debug)]
pub struct Log<H> {
    window: Window,
    history: H,
    retention: Retention,
    newest: Sequence,
    tail: Sequence,
}

/// How far a scan came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// It has seen everything up to where it was to end.
    End,
    /// It was stopped, or has looked at as much as one turn may; it goes on from here.
    Stopped(Sequence),
}

impl<H: History> Log<H> {
    /// Opens the log over `history`, whose updates all count as committed.
    ///
    /// # Errors
    /// The history's own.
    pub fn open(history: H, retention: Retention, window: Retention) -> Result<Self, H::Error> {
        let newest = history.newest()?;
        let window = Window::new(Retention {
            updates: window.updates.min(retention.updates),
            bytes: window.bytes.min(retention.bytes),
        });
        Ok(Self { window, history, retention, newest, tail: newest })
    }

    /// The history that the window lies over.
    #[must_use]
    pub fn history(&self) -> &H {
        &self.history
    }

    /// The newest update that may be read.
    #[must_use]
    pub fn tail(&self) -> Sequence {
        self.tail
    }

    /// Adds an update. Nobody can read it yet.
    ///
    /// # Errors
    /// The history's own; the log is then as it was.
    pub fn append(&mut self, update: EncodedUpdate) -> Result<Sequence, H::Error> {
        let entry = Entry { sequence: self.newest.next(), update };
        self.history.append(&entry)?;
        self.newest = entry.sequence;
        self.window.push(entry);
        Ok(self.newest)
    }

    /// Lets everybody read up to and with `until`; gives the updates that this reveals.
    pub fn commit(&mut self, until: Sequence) -> impl Iterator<Item = &Entry> {
        let from = self.tail;
        self.tail = until.min(self.newest).max(from);
        let tail = self.tail;
        let revealed = self.window.after(from).into_iter().flatten();
        revealed.take_while(move |entry| entry.sequence <= tail)
    }

    /// Drops from memory, and from a history that no longer keeps it, what is too old; says
    /// whether the history has more to remove.
    ///
    /// # Errors
    /// The history's own.
    pub fn prune(&mut self) -> Result<bool, H::Error> {
        self.window.trim(self.tail);
        self.history.prune(self.retention)
    }

    /// The oldest update that is held, if any is.
    ///
    /// # Errors
    /// The history's own.
    pub fn oldest(&self) -> Result<Option<Sequence>, H::Error> {
        // What was appended but not committed may have pushed out of the history what the window
        // still has.
        let held = [self.history.oldest()?, self.window.oldest()];
        Ok(held.into_iter().flatten().min())
    }

    /// The first update held with this id.
    ///
    /// # Errors
    /// The history's own.
    pub fn find(&self, id: &EventId) -> Result<Option<Sequence>, H::Error> {
        let found = [self.history.find(id)?, self.window.find(id)];
        Ok(found.into_iter().flatten().min())
    }

    /// The place from which a cursor can go on without a hole: the cursor itself, or the one
    /// before the oldest update held, if what comes after the cursor is gone.
    ///
    /// # Errors
    /// The history's own.
    pub fn held_from(&self, cursor: Sequence) -> Result<Sequence, H::Error> {
        if cursor >= self.tail || self.window.after(cursor).is_some() {
            return Ok(cursor);
        }
        Ok(self.oldest()?.map_or(self.tail, |oldest| cursor.max(oldest.previous())))
    }

    /// Shows `visit` the updates after `cursor`, up to and with `until` or the tail, in order,
    /// until it breaks (behind the update it was just shown).
    ///
    /// # Errors
    /// The history's own.
    pub fn scan(
        &self,
        mut cursor: Sequence,
        until: Sequence,
        mut visit: impl FnMut(&Entry) -> ControlFlow<()>,
    ) -> Result<Scanned, H::Error> {
        let until = until.min(self.tail);
        let (mut seen, mut bytes) = (0, 0);
        let mut show = |entry: &Entry| {
            seen += 1;
            bytes += entry.update.stored_bytes();
            let has_turn = seen < MAX_SCAN_UPDATES && bytes < MAX_SCAN_BYTES;
            match visit(entry) {
                ControlFlow::Continue(()) if has_turn => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        };
        while cursor < until {
            let page;
            let entries: Box<dyn Iterator<Item = &Entry>> =
                if let Some(entries) = self.window.after(cursor) {
                    Box::new(entries)
                } else {
                    page = self.history.page(cursor, until)?;
                    Box::new(page.iter())
                };
            let before = cursor;
            for entry in entries.take_while(|entry| entry.sequence <= until) {
                cursor = entry.sequence;
                if show(entry).is_break() {
                    return Ok(if cursor < until {
                        Scanned::Stopped(cursor)
                    } else {
                        Scanned::End
                    });
                }
            }
            if cursor == before {
                break;
            }
        }
        Ok(Scanned::End)
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
