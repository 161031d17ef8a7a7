//! The hub as it would be without a window, audiences or chunks: for each connection the bytes
//! that it is to have been given.

use std::{collections::BTreeMap, time::Duration};

use super::fake_history::PRUNED_AT_ONCE;
use crate::{
    connection::CloseReason, encoder, event::Event, gap::Gap, place::Place, topic::Topic,
    update::EncodedUpdate,
};

/// All updates that there ever were, and the connections. A place is the number of updates before
/// it, and moments are durations.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) all: Vec<EncodedUpdate>,
    pub(super) tail: usize,
    /// Updates that are gone from the history, and those that are gone from memory.
    pruned: usize,
    trimmed: usize,
    retained: usize,
    window: usize,
    age: Option<Duration>,
    /// When each was accepted.
    accepted: Vec<Duration>,
    pub(super) now: Duration,
    pub(super) connections: BTreeMap<u8, Subscriber>,
}

/// One connection of the model.
#[derive(Debug)]
pub(super) struct Subscriber {
    selectors: Vec<&'static str>,
    phase: Phase,
    cursor: usize,
    opening: Vec<u8>,
    gap: Option<Gap>,
    queue: Vec<u8>,
    closing: Option<(usize, CloseReason)>,
    pub(super) is_waiting: bool,
    sent_at: Duration,
    moved_at: Duration,
    pub(super) times_registered: usize,
    pub(super) bytes: Vec<u8>,
    pub(super) closed: Option<CloseReason>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Replaying(usize),
    Registering,
    Live,
}

/// Where a subscription begins.
#[derive(Clone, Debug)]
pub(super) enum Begin {
    Live,
    Earliest,
    /// With what a stream has told it, when nothing could be read.
    BackToEarliest,
    After(String),
}

impl Model {
    pub(super) fn new(retained: usize, window: usize, age: Option<Duration>) -> Self {
        Self {
            all: Vec::new(),
            tail: 0,
            pruned: 0,
            trimmed: 0,
            retained,
            window: window.min(retained),
            age,
            accepted: Vec::new(),
            now: Duration::ZERO,
            connections: BTreeMap::new(),
        }
    }

    /// The place before the oldest update that is held and not too old, or `cursor` if that is
    /// later.
    fn held_from(&self, cursor: usize) -> usize {
        cursor.max(self.pruned.min(self.trimmed)).max(self.expired().min(self.tail))
    }

    /// How many updates are too old.
    fn expired(&self) -> usize {
        let is_old = |at: &&Duration| self.age.is_some_and(|age| **at + age <= self.now);
        self.accepted.iter().take_while(is_old).count()
    }

    pub(super) fn append(&mut self, update: EncodedUpdate) {
        self.all.push(update);
        self.accepted.push(self.now);
    }

    /// Where to come back to: behind the newest public update that is the first of its id; none
    /// of the selections here holds a grant.
    fn resume_point(&self) -> &str {
        let held = self.all[..self.tail].iter().skip(self.held_from(0));
        let public: Vec<_> = held.filter(|update| !update.private).collect();
        let ids = public.iter().map(|update| update.id.as_str());
        let is_first =
            |(at, id): &(usize, &str)| ids.clone().position(|first| first == *id) == Some(*at);
        let first = ids.clone().enumerate().rfind(is_first);
        first.map_or("earliest", |(_, id)| id)
    }

    pub(super) fn subscribe(&mut self, id: u8, selectors: Vec<&'static str>, begin: &Begin) {
        let mut opening = b":\n".to_vec();
        let (cursor, gap) = match begin {
            Begin::Live => (self.tail, None),
            Begin::Earliest => (self.held_from(0), None),
            Begin::BackToEarliest => match self.held_from(0) {
                0 => (0, None),
                removed => (removed, Some(Gap { requested: Some(Place::Earliest), missed: None })),
            },
            Begin::After(asked) => {
                let held = self.all.iter().take(self.tail).skip(self.held_from(0));
                let mut places = (self.held_from(0) + 1..).zip(held);
                let asked_for =
                    |update: &EncodedUpdate| !update.private && update.id.as_str() == asked;
                let found = places.find(|(_, update)| asked_for(update)).map(|(place, _)| place);
                if found.is_none() {
                    let requested = asked.parse().ok().map(Place::After);
                    Gap { requested, missed: None }.encode(None, &mut opening);
                }
                (found.unwrap_or(self.tail), None)
            }
        };
        let asks = matches!(begin, Begin::After(_) | Begin::BackToEarliest);
        if cursor >= self.tail && !asks {
            let place = self.resume_point();
            opening
                .extend_from_slice(format!("event: place\nid: {place}\ndata:{{}}\n\n").as_bytes());
        }
        let replays = cursor < self.tail;
        let subscriber = Subscriber {
            selectors,
            phase: if replays { Phase::Replaying(self.tail) } else { Phase::Registering },
            cursor,
            opening,
            gap,
            queue: Vec::new(),
            closing: None,
            is_waiting: false,
            sent_at: self.now,
            moved_at: self.now,
            times_registered: 0,
            bytes: Vec::new(),
            closed: None,
        };
        self.connections.insert(id, subscriber);
    }

    pub(super) fn start(&mut self, id: u8) {
        let subscriber = self.connections.get_mut(&id).unwrap();
        if subscriber.phase == Phase::Registering {
            subscriber.phase = Phase::Live;
            subscriber.times_registered += 1;
        }
    }

    /// One read: of everything up to the end, or of nothing with the read left pending.
    pub(super) fn pull(&mut self, id: u8, waits: bool) {
        let held = self.held_from(0);
        let (tail, now) = (self.tail, self.now);
        let subscriber = self.connections.get_mut(&id).unwrap();
        loop {
            if std::mem::take(&mut subscriber.is_waiting) {
                subscriber.cursor = tail;
            }
            subscriber.moved_at = now;
            let mut chunk = std::mem::take(&mut subscriber.opening);
            if subscriber.phase == Phase::Live {
                chunk.append(&mut subscriber.queue);
            }
            subscriber.read(&self.all, held, tail, &mut chunk);
            if !chunk.is_empty() {
                return subscriber.give(&chunk, now);
            }
            match (subscriber.phase, subscriber.closing) {
                (Phase::Replaying(_), _) => {
                    subscriber.phase = Phase::Live;
                    subscriber.times_registered += 1;
                }
                (Phase::Registering, _) => return,
                (Phase::Live, Some((_, reason))) => return subscriber.closed = Some(reason),
                (Phase::Live, None) => return subscriber.is_waiting = waits,
            }
        }
    }

    /// The cursor has come this far only, but has missed nothing.
    pub(super) fn go_back(&mut self, id: u8, cursor: u64) {
        let subscriber = self.connections.get_mut(&id).unwrap();
        let cursor = usize::try_from(cursor).unwrap();
        if !subscriber.is_waiting && cursor < subscriber.cursor {
            let mut missed = self.all[cursor..subscriber.cursor].iter();
            assert!(!missed.any(|update| subscriber.show(update, &mut Vec::new())));
            subscriber.cursor = cursor;
        }
    }

    pub(super) fn commit(&mut self) {
        let before = self.tail;
        self.tail = self.all.len();
        for subscriber in open(&mut self.connections) {
            let mut chunk = Vec::new();
            for update in &self.all[before..self.tail] {
                subscriber.show(update, &mut chunk);
            }
            if subscriber.is_waiting && !chunk.is_empty() {
                subscriber.feed(&chunk, self.tail, self.now);
            }
        }
    }

    pub(super) fn prune(&mut self) {
        while self.all.len() - self.trimmed > self.window && self.trimmed + 1 < self.tail {
            self.trimmed += 1;
        }
        let expired = self.expired();
        self.trimmed = self.trimmed.max(expired.min(self.tail));
        let excess = (self.all.len() - self.pruned).saturating_sub(self.retained);
        self.pruned += excess.max(expired.saturating_sub(self.pruned)).min(PRUNED_AT_ONCE);
    }

    pub(super) fn send(&mut self, ids: &[u8], event: &[u8]) {
        let (tail, now) = (self.tail, self.now);
        for id in ids {
            let Some(subscriber) = self.connections.get_mut(id) else { continue };
            if subscriber.closed.is_some() || subscriber.closing.is_some() {
                continue;
            }
            if subscriber.is_waiting {
                subscriber.feed(event, tail, now);
            } else {
                subscriber.queue.extend_from_slice(event);
            }
        }
    }

    pub(super) fn beat(&mut self, interval: Duration, comment: &[u8]) {
        let (tail, now) = (self.tail, self.now);
        for subscriber in open(&mut self.connections) {
            if subscriber.is_waiting {
                if now >= subscriber.sent_at + interval / 8 * 7 {
                    subscriber.feed(comment, tail, now);
                }
            } else if now >= subscriber.moved_at + interval * 2 {
                subscriber.closed = Some(CloseReason::TooSlow);
            }
        }
    }

    pub(super) fn close(&mut self, id: u8, reason: CloseReason) {
        let subscriber = self.connections.get_mut(&id).unwrap();
        if subscriber.is_waiting {
            subscriber.closed = Some(reason);
        } else {
            subscriber.closing.get_or_insert((self.tail, reason));
        }
    }

    pub(super) fn end(&mut self, id: u8, reason: CloseReason) {
        self.connections.get_mut(&id).unwrap().closed = Some(reason);
    }
}

fn open(connections: &mut BTreeMap<u8, Subscriber>) -> impl Iterator<Item = &mut Subscriber> {
    connections.values_mut().filter(|subscriber| subscriber.closed.is_none())
}

impl Subscriber {
    fn show(&self, update: &EncodedUpdate, chunk: &mut Vec<u8>) -> bool {
        let mut topics = update.topics.as_slice().iter().map(Topic::as_str);
        let admits = topics.any(|topic| self.selectors.iter().any(|at| [topic, "*"].contains(at)));
        if admits && !update.private {
            chunk.extend_from_slice(&update.event);
        }
        admits && !update.private
    }

    /// Moves the cursor to where it is to come, behind a gap if the oldest is `held` by now.
    fn read(&mut self, all: &[EncodedUpdate], held: usize, tail: usize, chunk: &mut Vec<u8>) {
        let until = match (self.phase, self.closing) {
            (Phase::Registering, _) => return,
            (Phase::Replaying(until), _) | (Phase::Live, Some((until, _))) => until,
            (Phase::Live, None) => tail,
        };
        if self.cursor < held.min(tail) {
            self.cursor = held;
            self.gap.get_or_insert(Gap { requested: None, missed: None });
        }
        let mut shown = Vec::new();
        let mut first = None;
        while self.cursor < until {
            let update = &all[self.cursor];
            if self.show(update, &mut shown) {
                first.get_or_insert(&update.id);
            }
            self.cursor += 1;
        }
        if let Some(gap) = self.gap.take() {
            gap.encode(first, chunk);
        }
        chunk.append(&mut shown);
    }

    fn give(&mut self, chunk: &[u8], now: Duration) {
        self.bytes.extend_from_slice(chunk);
        self.sent_at = now;
    }

    fn feed(&mut self, chunk: &[u8], tail: usize, now: Duration) {
        self.is_waiting = false;
        self.cursor = tail;
        self.moved_at = now;
        self.give(chunk, now);
    }
}

/// The event as bytes of a stream.
pub(super) fn encoded(event: &Event) -> Vec<u8> {
    let mut stream = Vec::new();
    encoder::encode(event, &mut stream);
    stream
}
