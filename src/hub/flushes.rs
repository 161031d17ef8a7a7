//! The updates that are durable and not given to everybody yet: when they are, and to whom.

use std::{collections::VecDeque, time::Duration};

use crate::{
    base::{
        figures::Figures,
        limits::{FLUSH_BYTES, FLUSH_RECIPIENTS},
        sequence::Sequence,
        timestamp::{Timestamp, whole_millis},
    },
    hub::{
        audiences::{AudienceKey, ConnectionKey},
        due_chunk::DueChunk,
        flush_counts::FlushCounts,
        linger::Linger,
        pace::Pace,
        registry::{
            Registry,
            due::{Part, Revealed},
        },
    },
    log::{history::History, log::Log},
    topics::url_parser::UrlParser,
};

/// The connections that are due, in the order in which they have become so. A turn comes to the first of
/// them and gives them all that there is by then. A flush is over when it has come to all that were due
/// when it began.
#[derive(Debug)]
pub(crate) struct Flushes {
    due: VecDeque<Part>,
    /// How many connections these parts have.
    members: usize,
    /// How many parts were due since the beginning, how many of them a turn has come to, and with which
    /// of them the flush is over.
    queued: u64,
    come: u64,
    last: u64,
    pace: Pace,
    /// Bytes that became durable since the flush began.
    bytes: usize,
    /// Whether the streams may still be busy with the last turn.
    settling: bool,
    /// How many connections one turn comes to.
    turn: usize,
    /// The chunk that was made last, while there are parts that may be for the same.
    made: Option<Made>,
    counts: FlushCounts,
}

/// A chunk for an audience, in a log that ended at `tail`.
#[derive(Debug)]
struct Made {
    audience: AudienceKey,
    tail: Sequence,
    chunk: DueChunk,
}

/// The next connections that a turn comes to.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) to: Vec<ConnectionKey>,
    /// Those of them that are due have everything up to this update.
    pub(crate) from: Sequence,
    /// Their chunk; `None` if each is to read for itself.
    pub(crate) chunk: Option<DueChunk>,
}

impl Default for Flushes {
    /// Without a linger, and with nobody due.
    fn default() -> Self {
        Self {
            due: VecDeque::new(),
            members: 0,
            queued: 0,
            come: 0,
            last: 0,
            pace: Pace::new(Linger::none()),
            bytes: 0,
            settling: false,
            turn: FLUSH_RECIPIENTS,
            made: None,
            counts: FlushCounts::default(),
        }
    }
}

impl Flushes {
    pub(crate) fn set_linger(&mut self, linger: Linger) {
        self.pace.set_linger(linger);
    }

    #[cfg(test)]
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn set_turn(&mut self, recipients: usize) {
        self.turn = recipients;
    }

    /// How many connections one turn comes to.
    pub(crate) fn turn(&self) -> usize {
        self.turn
    }

    /// The update behind which the oldest of those that are due begin.
    pub(crate) fn oldest(&self) -> Option<Sequence> {
        self.due.front().map(|part| part.from)
    }

    /// An update became durable.
    pub(crate) fn reveal<T>(
        &mut self,
        revealed: Revealed<'_>,
        registry: &mut Registry<T>,
        urls: &dyn UrlParser,
    ) {
        self.bytes += revealed.entry.update.event.len();
        let parts = registry.reveal(revealed, urls, self.turn);
        self.queue(parts);
        self.counts.reveal(revealed.entry.accepted, self.queued);
    }

    /// The connections of these audiences that wait at `tail` are due, each to read for itself.
    pub(crate) fn let_read<T>(
        &mut self,
        audiences: &[AudienceKey],
        tail: Sequence,
        registry: &mut Registry<T>,
    ) {
        let parts = registry.let_read(audiences, tail, self.turn);
        self.queue(parts);
    }

    fn queue(&mut self, parts: Vec<Part>) {
        self.queued += parts.len() as u64;
        self.members += parts.iter().map(|part| part.members.len()).sum::<usize>();
        self.due.extend(parts);
    }

    /// Whether more is durable than the next flush has use for.
    pub(crate) fn is_ahead(&self) -> bool {
        self.bytes >= FLUSH_BYTES
    }

    /// The streams have done what the last turn has given them to do.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        if std::mem::take(&mut self.settling) {
            self.pace.begin_pause(now);
        }
    }

    /// How long an update that is committed `now` may wait for a turn.
    pub(crate) fn lingers(&self, now: Timestamp) -> Duration {
        if self.settling { self.pace.linger() } else { self.pace.owed(now) }
    }

    /// When the next turn is due; `None` if nobody is.
    pub(crate) fn next_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self.due.front() {
            _ if self.settling => Some(now),
            None => None,
            Some(_) if self.is_ahead() => Some(now),
            Some(_) => Some(now.saturating_add(self.pace.left(self.members.min(self.turn), now))),
        }
    }

    /// Begins a turn, if one is due; returns whether it is.
    pub(crate) fn begin_turn(&mut self, now: Timestamp) -> bool {
        if self.settling {
            return false;
        }
        self.pace.end_pause(self.members, now);
        if self.next_at(now).is_some_and(|next| next > now) {
            return false;
        }
        if self.come >= self.last {
            self.last = self.queued;
            self.bytes = 0;
            self.counts.begin(now);
        }
        true
    }

    /// The next connections of a turn that may come to `most`, in a log that is this one.
    pub(crate) fn next<H: History, T>(
        &mut self,
        most: usize,
        log: &Log<H>,
        registry: &mut Registry<T>,
    ) -> Option<Due> {
        let part = self.due.pop_front_if(|part| part.members.len() <= most)?;
        self.come += 1;
        self.members -= part.members.len();
        let chunk = self.chunk(&part, log, registry);
        registry.pass(&part);
        Some(Due { to: part.members, from: part.from, chunk })
    }

    /// The chunk for a part; `None` if each of its connections is to read for itself.
    fn chunk<H: History, T>(
        &mut self,
        part: &Part,
        log: &Log<H>,
        registry: &Registry<T>,
    ) -> Option<DueChunk> {
        let (audience, tail) = (part.audience?, log.tail());
        // Each is told by its own reading what it misses.
        if log.has_removed_behind(part.from) {
            return None;
        }
        let is_same = |made: &&Made| {
            made.audience == audience && made.tail == tail && made.chunk.from == part.from
        };
        if let Some(made) = self.made.as_ref().filter(is_same) {
            return Some(made.chunk.clone());
        }
        let chunk = registry.chunk(part, tail)?;
        self.made = Some(Made { audience, tail, chunk: chunk.clone() });
        Some(chunk)
    }

    /// A turn is over, which has `given` this number of connections a chunk.
    pub(crate) fn end_turn(&mut self, given: usize, now: Timestamp) {
        let is_to_pause = self.pace.give(given);
        self.settling = is_to_pause || !self.due.is_empty();
        if self.due.is_empty() {
            self.made = None;
        }
        self.pace.begin_pause(now);
        self.counts.come(self.come, now);
        if self.come >= self.last {
            self.counts.end(now);
        }
    }

    /// Its figures.
    pub(crate) fn tell(&self, figures: &mut Figures) {
        self.counts.tell(figures);
        figures.add(format_args!("linger"), whole_millis(self.pace.linger()));
    }
}
