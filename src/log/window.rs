//! The newest part of the log, in memory.

use std::{cell::Cell, collections::VecDeque};

use crate::{
    base::{figures::Figures, sequence::Sequence, timestamp::Timestamp},
    event_stream::event_id::EventId,
    log::{
        history::{Bounds, Entry, Held, Retention},
        kind::{Kind, OfKind},
        update_id::IdOrigin,
    },
};

/// The newest updates, bounded in number, in bytes and in age.
#[derive(Debug)]
pub(crate) struct Window {
    entries: VecDeque<Entry>,
    bytes: u64,
    kinds: OfKind<OneKind>,
    retention: Retention,
    below: Below,
    reads: Reads,
}

/// How often a reader went on here, and how often in the history.
#[derive(Debug, Default)]
struct Reads {
    here: Cell<u64>,
    below: Cell<u64>,
}

/// The store below a window.
#[derive(Clone, Copy, Debug)]
enum Below {
    /// A history. The window is a run without holes: it holds everything behind `start`.
    History { start: Sequence, bounds: Bounds },
    /// None: the window holds all updates that are kept.
    Nothing,
}

/// The updates of one kind in a window.
#[derive(Clone, Copy, Debug, Default)]
struct OneKind {
    updates: u64,
    bytes: u64,
    /// The newest one that is no longer here.
    gone: Sequence,
}

impl Window {
    /// An empty window that keeps as much as `retention` allows.
    #[must_use]
    pub(crate) fn alone(retention: Retention) -> Self {
        let (entries, kinds, reads) = Default::default();
        Self { entries, bytes: 0, kinds, retention, below: Below::Nothing, reads }
    }

    /// An empty window over a history with this `newest` update of each kind, of both together as
    /// much as `bounds` allow, and nothing that is too old for `retention`.
    #[must_use]
    pub(crate) fn over(newest: OfKind<Sequence>, bounds: Bounds, retention: Retention) -> Self {
        let kinds = OfKind::new(|kind| OneKind { gone: *newest.of(kind), ..OneKind::default() });
        let start = Kind::ALL.into_iter().map(|kind| *newest.of(kind)).max();
        let below = Below::History { start: start.unwrap_or_default(), bounds };
        Self { kinds, below, ..Self::alone(retention) }
    }

    /// The oldest update in it.
    #[must_use]
    pub(crate) fn oldest(&self) -> Option<&Entry> {
        self.entries.front()
    }

    /// The oldest one of this kind in it.
    #[must_use]
    pub(crate) fn oldest_of(&self, kind: Kind) -> Option<Sequence> {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.update.kind == kind).map(|entry| entry.sequence)
    }

    /// The newest update of this kind that was there and is no longer in it.
    #[must_use]
    pub(crate) fn gone(&self, kind: Kind) -> Sequence {
        self.kinds.of(kind).gone
    }

    /// The newest update of this kind that was accepted at `moment` or before.
    #[must_use]
    pub(crate) fn newest_until(&self, kind: Kind, moment: Timestamp) -> Option<Sequence> {
        let until = self.entries.partition_point(|entry| entry.accepted <= moment);
        let mut entries = self.entries.range(..until).rev();
        entries.find(|entry| entry.update.kind == kind).map(|entry| entry.sequence)
    }

    /// Bytes that it takes in memory.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds the newest update.
    pub(crate) fn push(&mut self, entry: Entry) {
        let bytes = entry.update.held_bytes() as u64;
        let kind = self.kinds.of_mut(entry.update.kind);
        kind.updates += 1;
        kind.bytes += bytes;
        self.bytes += bytes;
        self.entries.push_back(entry);
    }

    /// Drops the oldest updates that are too old at `now` or no longer fit, also into `bytes`. What
    /// nobody has been shown yet, behind `shown`, stays; and so does the newest one, whatever its
    /// size, until it is too old.
    pub(crate) fn trim(&mut self, shown: Sequence, bytes: u64, now: Timestamp) {
        let run = match self.below {
            Below::History { bounds, .. } => bounds,
            Below::Nothing => Bounds::NONE,
        };
        let bytes = bytes.min(run.bytes);
        let expired = self.retention.expired(now);
        loop {
            let excess = self.entries.len() as u64 > run.updates || self.bytes > bytes;
            let dropped = self.entries.pop_front_if(|oldest| {
                let is_expired = expired.is_some_and(|expired| oldest.accepted <= expired);
                (excess && oldest.sequence < shown) || (is_expired && oldest.sequence <= shown)
            });
            match dropped {
                Some(dropped) => self.dropped(&dropped),
                None => break,
            }
        }
        if matches!(self.below, Below::Nothing) {
            for kind in Kind::UPDATES {
                self.trim_kind(kind, shown);
            }
        }
    }

    /// Drops the oldest updates of this kind that its own bounds do not keep.
    fn trim_kind(&mut self, kind: Kind, shown: Sequence) {
        let (bounds, OneKind { mut updates, mut bytes, .. }) =
            (self.retention.of(kind), *self.kinds.of(kind));
        // Otherwise every call would look for the oldest of a kind of which there may be none.
        if bounds.hold(updates, bytes) {
            return;
        }
        let mut last = None;
        for entry in self.entries.iter().filter(|entry| entry.update.kind == kind) {
            if bounds.hold(updates, bytes) || entry.sequence >= shown {
                break;
            }
            updates -= 1;
            bytes -= entry.update.held_bytes() as u64;
            last = Some(entry.sequence);
        }
        let Some(last) = last else { return };
        let goes = |entry: &Entry| entry.update.kind == kind && entry.sequence <= last;
        while let Some(dropped) = self.entries.pop_front_if(|oldest| goes(oldest)) {
            self.dropped(&dropped);
        }
        if self.gone(kind) < last {
            self.drop_where(&goes);
        }
    }

    /// Drops all entries of this kind. Up to and with `until` all of it counts as gone.
    pub(crate) fn remove(&mut self, kind: Kind, until: Sequence) {
        // What is held behind the window's start is still here.
        let below = self.below;
        self.drop_where(&|entry| entry.update.kind == kind);
        self.below = below;
        let gone = &mut self.kinds.of_mut(kind).gone;
        *gone = until.max(*gone);
    }

    fn drop_where(&mut self, goes: &dyn Fn(&Entry) -> bool) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.retain(|entry| {
            if goes(entry) {
                self.dropped(entry);
            }
            !goes(entry)
        });
        self.entries = entries;
    }

    fn dropped(&mut self, entry: &Entry) {
        let bytes = entry.update.held_bytes() as u64;
        self.bytes -= bytes;
        let kind = self.kinds.of_mut(entry.update.kind);
        kind.updates -= 1;
        kind.bytes -= bytes;
        kind.gone = entry.sequence;
        if let Below::History { start, .. } = &mut self.below {
            *start = entry.sequence;
        }
    }

    /// All that is held behind this place is here.
    #[must_use]
    pub(crate) fn start(&self) -> Sequence {
        match self.below {
            Below::History { start, .. } => start,
            Below::Nothing => Sequence::START,
        }
    }

    /// The updates after `cursor`, if there are any and all that is held of them is here.
    #[must_use]
    pub(crate) fn after(&self, cursor: Sequence) -> Option<impl Iterator<Item = &Entry>> {
        if cursor < self.start() {
            return None;
        }
        let ahead = self.entries.partition_point(|entry| entry.sequence <= cursor);
        (ahead < self.entries.len()).then(|| self.entries.range(ahead..))
    }

    /// The same for a reader that goes on in the history if not here.
    pub(crate) fn read_after(&self, cursor: Sequence) -> Option<impl Iterator<Item = &Entry>> {
        let entries = self.after(cursor);
        let reads = if entries.is_some() { &self.reads.here } else { &self.reads.below };
        reads.set(reads.get() + 1);
        entries
    }

    /// What is held of this kind, where there is no history.
    pub(crate) fn held(&self, kind: Kind) -> Option<Held> {
        let OneKind { updates, bytes, gone } = *self.kinds.of(kind);
        let is_of = |entry: &&Entry| entry.update.kind == kind;
        let oldest = self.entries.iter().find(is_of)?;
        let newest = self.entries.iter().rfind(is_of)?.sequence;
        let oldest = Some((oldest.sequence, oldest.accepted));
        Some(Held { newest, removed: gone, oldest, updates, bytes })
    }

    /// Its figures.
    pub(crate) fn tell(&self, figures: &mut Figures) {
        figures.add(format_args!("reads.window"), self.reads.here.get());
        figures.add(format_args!("reads.history"), self.reads.below.get());
        figures.add(format_args!("window.updates"), self.entries.len() as u64);
        figures.add(format_args!("window.bytes"), self.bytes);
    }

    /// The first update with this id after `cursor`, here or as `stored` finds it. Where the hub has made
    /// the id, nobody could give it to an older update, so the history is not searched.
    ///
    /// # Errors
    /// The history's own.
    pub(crate) fn find<E>(
        &self,
        id: &EventId,
        cursor: Sequence,
        stored: impl FnOnce() -> Result<Option<Sequence>, E>,
    ) -> Result<Option<Sequence>, E> {
        let named = |entry: &&Entry| entry.sequence > cursor && entry.update.id == *id;
        let here = self.entries.iter().find(named);
        let is_first = here.is_some_and(|here| here.update.id_origin == IdOrigin::Hub);
        let stored = if is_first { None } else { stored()? };
        Ok(here.map(|here| here.sequence).into_iter().chain(stored).min())
    }
}

#[cfg(test)]
mod tests;
