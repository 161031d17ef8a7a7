//! The hub as it would be without a window, audiences or chunks: for each connection the bytes
//! that it is to have been given.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    calls::SUBSCRIPTION,
    fake_history::PRUNED_AT_ONCE,
    host::{key, place, place_event},
};
use crate::{
    base::sequence::Sequence,
    event_stream::{encoder, event::Event},
    hub::{close_reason::CloseReason, hub_events::HubEvents},
    log::{
        closing::Closing, gap::Gap, history::Retention, kind::Kind, place::Place,
        place_key::Places, update::EncodedUpdate, update_id::IdOrigin,
    },
    topics::{topic::Topic, topics::Topics},
};

/// All updates that there ever were, and the connections. A place is the number of updates before
/// it, and moments are durations.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) all: Vec<EncodedUpdate>,
    pub(super) tail: usize,
    /// Those that are gone from the history, and those that are in memory.
    pruned: BTreeSet<usize>,
    in_memory: BTreeSet<usize>,
    retention: Retention,
    window: usize,
    /// When each was accepted.
    accepted: Vec<Duration>,
    pub(super) now: Duration,
    pub(super) connections: BTreeMap<u8, Subscriber>,
}

/// Whether the connection of this number asks for the topics of its updates.
pub(super) fn asks_for_topics(id: u8) -> bool {
    id.is_multiple_of(2)
}

/// Whether the connection of this number is shown the events of the hub.
pub(super) fn hub_events(id: u8) -> HubEvents {
    if id == 3 { HubEvents::Hidden } else { HubEvents::Shown }
}

/// One connection of the model.
#[derive(Debug)]
pub(super) struct Subscriber {
    id: u8,
    selectors: Vec<&'static str>,
    /// Whether it is granted to be told of subscriptions.
    is_granted: bool,
    phase: Phase,
    cursor: usize,
    /// Up to here it knows which updates are gone.
    told: usize,
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
    /// With this place, which is behind so many updates.
    Behind(String, usize),
}

impl Model {
    pub(super) fn new(retention: Retention, window: usize) -> Self {
        Self {
            all: Vec::new(),
            tail: 0,
            pruned: BTreeSet::new(),
            in_memory: BTreeSet::new(),
            retention,
            window: window.min(usize::try_from(retention.publications.updates).unwrap()),
            accepted: Vec::new(),
            now: Duration::ZERO,
            connections: BTreeMap::new(),
        }
    }

    /// The place before the oldest update that is held and not too old, or `cursor` if that is
    /// later.
    fn held_from(&self, cursor: usize) -> usize {
        if cursor >= self.tail {
            return cursor;
        }
        let is_update = |at: &usize| self.is_held(*at) && self.all[*at].kind != Kind::Closing;
        let expired = (0..self.expired()).rfind(is_update).map_or(0, |at| at + 1);
        let cursor = cursor.max(expired.min(self.tail));
        let oldest = (0..self.all.len()).find(|at| self.is_held(*at));
        cursor.max(oldest.unwrap_or(self.tail).min(self.tail))
    }

    fn is_held(&self, at: usize) -> bool {
        !self.pruned.contains(&at) || self.in_memory.contains(&at)
    }

    /// Behind the newest update that is gone, of those that this subscriber could be shown.
    fn gone(&self, of_both: bool) -> usize {
        let is_of = |at: &usize| match self.all[*at].kind {
            Kind::Publication => true,
            Kind::Subscription => of_both,
            Kind::Closing => false,
        };
        let removed = (0..self.all.len()).filter(|at| !self.is_held(*at) && is_of(at)).max();
        let expired = (0..self.expired()).filter(is_of).max();
        let expired = expired.map_or(0, |at| (at + 1).min(self.tail));
        removed.map_or(0, |at| (at + 1).min(self.tail)).max(expired)
    }

    /// Whether this update is held and readable, also by who may be told of subscriptions.
    fn knows(&self, subscriber: &Subscriber, at: usize) -> bool {
        let update = &self.all[at];
        let readable = !update.private || subscriber.show(update, &mut Vec::new());
        self.is_held(at) && (readable || update.id_origin == IdOrigin::Hub)
    }

    /// How many updates are too old.
    fn expired(&self) -> usize {
        let is_old = |at: &&Duration| self.retention.age.is_some_and(|age| **at + age <= self.now);
        self.accepted.iter().take_while(is_old).count()
    }

    /// The place of the closing of this topic, if it is closed.
    fn closed(&self, topic: &str) -> Option<usize> {
        let is_of = |update: &EncodedUpdate| {
            update.kind == Kind::Closing && update.topics.as_slice()[0].as_str() == topic
        };
        self.all.iter().position(is_of)
    }

    /// The first of these topics that is closed.
    pub(super) fn closed_of(&self, topics: &Topics) -> Option<Topic> {
        topics.as_slice().iter().find(|topic| self.closed(topic.as_str()).is_some()).cloned()
    }

    pub(super) fn close_topic(&mut self, closing: &Closing) {
        if self.closed(closing.topic.as_str()).is_none() {
            let places = Places { key: Some(key()) };
            let sequence = Sequence::new(self.all.len() as u64 + 1);
            self.append(closing.encode(sequence, &places));
        }
    }

    /// The place where a stream begins whose place is unknown: the end of the log, or before the last
    /// closing if all that it selects is closed.
    fn behind_unknown(&self, selectors: &[&str]) -> usize {
        let last = selectors.iter().filter_map(|topic| self.closed(topic)).max();
        last.filter(|_| self.has_ended(selectors)).unwrap_or(self.tail)
    }

    /// Whether all that is selected is closed.
    fn has_ended(&self, selectors: &[&str]) -> bool {
        selectors.iter().all(|topic| self.closed(topic).is_some_and(|at| at < self.tail))
    }

    pub(super) fn append(&mut self, update: EncodedUpdate) {
        self.in_memory.insert(self.all.len());
        self.all.push(update);
        self.accepted.push(self.now);
    }

    pub(super) fn subscribe(
        &mut self,
        id: u8,
        selectors: Vec<&'static str>,
        begin: &Begin,
        is_granted: bool,
    ) {
        let mut subscriber = Subscriber::new(selectors, is_granted, self.now);
        subscriber.id = id;
        let gone = self.gone(subscriber.could_be_told());
        let mut opening = b":\n".to_vec();
        let (cursor, gap) = match begin {
            Begin::Live => (self.tail, None),
            Begin::Earliest => (self.held_from(0), None),
            Begin::BackToEarliest => {
                let gap = Gap { requested: Some(Place::Earliest), missed: None };
                (self.held_from(0), (gone > 0).then_some(gap))
            }
            Begin::After(asked) => {
                let found = (self.held_from(0)..self.tail)
                    .filter(|at| self.knows(&subscriber, *at))
                    .find(|at| self.all[*at].id.as_str() == asked)
                    .map(|at| at + 1);
                let gap = Gap { requested: asked.parse().ok().map(Place::After), missed: None };
                let unknown = self.behind_unknown(&subscriber.selectors);
                if found.is_none() && hub_events(id) == HubEvents::Shown {
                    encode_gap(Some(asked), (id, unknown), None, &mut opening);
                }
                let missed = found.is_some_and(|found| gone > found);
                (found.unwrap_or(unknown), missed.then_some(gap))
            }
            Begin::Behind(asked, behind) if *behind > self.tail => {
                let unknown = self.behind_unknown(&subscriber.selectors);
                if hub_events(id) == HubEvents::Shown {
                    encode_gap(Some(asked), (id, unknown), None, &mut opening);
                }
                (unknown, None)
            }
            Begin::Behind(asked, behind) => {
                let requested = asked.parse().ok().map(Place::After);
                (*behind, (gone > *behind).then_some(Gap { requested, missed: None }))
            }
        };
        // Who is told so at once knows that all of it may be gone.
        let told = if matches!(begin, Begin::Live) {
            self.tail
        } else if opening == b":\n" {
            gone.max(cursor)
        } else {
            self.tail
        };
        let is_told =
            matches!(begin, Begin::Live | Begin::Earliest) && hub_events(id) == HubEvents::Shown;
        if cursor >= self.tail && is_told {
            opening.extend_from_slice(place_event(id, self.tail as u64).as_bytes());
        }
        let replays = cursor < self.tail;
        subscriber.phase = if replays { Phase::Replaying(self.tail) } else { Phase::Registering };
        (subscriber.cursor, subscriber.told) = (cursor, told);
        (subscriber.opening, subscriber.gap) = (opening, gap);
        if self.has_ended(&subscriber.selectors) {
            subscriber.closing = Some((self.tail, CloseReason::Ended));
        }
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
        let (held, gone) = (self.held_from(0), [false, true].map(|both| self.gone(both)));
        let all: Vec<_> = self
            .all
            .iter()
            .enumerate()
            .map(|(at, update)| self.is_held(at).then_some(update))
            .collect();
        let all: Vec<_> = all.into_iter().map(Option::<&EncodedUpdate>::cloned).collect();
        let (tail, now) = (self.tail, self.now);
        let subscriber = self.connections.get_mut(&id).unwrap();
        let gone = gone[usize::from(subscriber.could_be_told())];
        loop {
            if std::mem::take(&mut subscriber.is_waiting) {
                subscriber.cursor = tail;
            }
            subscriber.moved_at = now;
            let mut chunk = std::mem::take(&mut subscriber.opening);
            if subscriber.phase == Phase::Live {
                chunk.append(&mut subscriber.queue);
            }
            subscriber.read(&all, (held, gone), tail, &mut chunk);
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
        let subscriber = &self.connections[&id];
        let cursor = usize::try_from(cursor).unwrap();
        if !subscriber.is_waiting && cursor < subscriber.cursor {
            let from = cursor.max(self.expired());
            let mut missed = (from..subscriber.cursor).filter(|at| self.is_held(*at));
            assert!(!missed.any(|at| subscriber.show(&self.all[at], &mut Vec::new())));
            self.connections.get_mut(&id).unwrap().cursor = cursor;
        }
    }

    pub(super) fn commit(&mut self) {
        let before = self.tail;
        self.tail = self.all.len();
        let expired = self.expired();
        let has_ended = |own: &&Subscriber| self.has_ended(&own.selectors);
        let ended: Vec<_> = self.connections.values().filter(has_ended).map(|own| own.id).collect();
        let (held, gone) = (self.held_from(0), [false, true].map(|both| self.gone(both)));
        let is_passed_over = (before..self.all.len()).any(|at| !self.is_held(at));
        let all: Vec<_> =
            (0..self.all.len()).map(|at| self.is_held(at).then(|| self.all[at].clone())).collect();
        for subscriber in open(&mut self.connections) {
            let mut chunk = Vec::new();
            // What is removed before it is shown is a gap for each connection that waits.
            if is_passed_over {
                if subscriber.is_waiting {
                    subscriber.cursor = before;
                    let gone = gone[usize::from(subscriber.could_be_told())];
                    subscriber.read(&all, (held, gone), self.tail, &mut chunk);
                }
                if !chunk.is_empty() {
                    subscriber.feed(&chunk, self.tail, self.now);
                }
                if ended.contains(&subscriber.id) {
                    subscriber.closing.get_or_insert((self.tail, CloseReason::Ended));
                    if subscriber.is_waiting {
                        subscriber.closed = Some(CloseReason::Ended);
                    }
                }
                continue;
            }
            // Who ends untold is read for alone, and no update is that is too old by then.
            let is_untold = hub_events(subscriber.id) == HubEvents::Hidden;
            let is_read_for = is_untold && ended.contains(&subscriber.id);
            let from = if is_read_for { before.max(expired.min(self.tail)) } else { before };
            for update in &self.all[from..self.tail] {
                subscriber.show(update, &mut chunk);
            }
            if subscriber.is_waiting && !chunk.is_empty() {
                subscriber.feed(&chunk, self.tail, self.now);
            }
            if ended.contains(&subscriber.id) {
                subscriber.closing.get_or_insert((self.tail, CloseReason::Ended));
                if subscriber.is_waiting {
                    subscriber.closed = Some(CloseReason::Ended);
                }
            }
        }
    }

    pub(super) fn prune(&mut self) {
        while self.in_memory.len() > self.window
            && self.in_memory.first().is_some_and(|oldest| oldest + 1 < self.tail)
        {
            self.in_memory.pop_first();
        }
        let expired = self.expired();
        self.in_memory = self.in_memory.split_off(&expired.min(self.tail));
        for kind in Kind::UPDATES {
            for _ in 0..PRUNED_AT_ONCE {
                let held = |at: &usize| self.all[*at].kind == kind && !self.pruned.contains(at);
                let held: Vec<_> = (0..self.all.len()).filter(held).collect();
                let excess = held.len() as u64 > self.retention.of(kind).updates;
                let oldest = held.first().filter(|oldest| excess || **oldest < expired);
                self.pruned.extend(oldest);
            }
        }
    }

    /// All updates are removed, committed or not.
    pub(super) fn clear(&mut self) {
        let updates = (0..self.all.len()).filter(|at| self.all[*at].kind != Kind::Closing);
        self.pruned.extend(updates);
        self.in_memory.retain(|at| self.all[*at].kind == Kind::Closing);
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
    fn new(selectors: Vec<&'static str>, is_granted: bool, now: Duration) -> Self {
        Self {
            id: 0,
            selectors,
            is_granted,
            phase: Phase::Live,
            cursor: 0,
            told: 0,
            opening: Vec::new(),
            gap: None,
            queue: Vec::new(),
            closing: None,
            is_waiting: false,
            sent_at: now,
            moved_at: now,
            times_registered: 0,
            bytes: Vec::new(),
            closed: None,
        }
    }

    pub(super) fn asks_for(&self, topic: &str) -> bool {
        self.selectors.iter().any(|selector| ["*", topic].contains(selector))
    }

    /// Of those with the grant and of those without it, one has asked for the topics.
    fn has_topics(&self) -> bool {
        asks_for_topics(self.id)
    }

    fn could_be_told(&self) -> bool {
        self.is_granted && ["*", SUBSCRIPTION].iter().any(|topic| self.selectors.contains(topic))
    }

    fn show(&self, update: &EncodedUpdate, chunk: &mut Vec<u8>) -> bool {
        let mut topics = update.topics.as_slice().iter().map(Topic::as_str);
        let admits = topics.any(|topic| self.selectors.iter().any(|at| [topic, "*"].contains(at)));
        let ends = hub_events(self.id) == HubEvents::Shown && !self.selectors.contains(&"*");
        if update.kind == Kind::Closing && !ends {
            return false;
        }
        let is_permitted =
            !update.private || (self.is_granted && update.kind == Kind::Subscription);
        if admits && is_permitted {
            let topics = update.topics.as_slice().iter().map(Topic::as_str);
            let selected = topics.filter(|topic| {
                self.has_topics() && self.selectors.iter().any(|at| [topic, "*"].contains(at))
            });
            for topic in selected {
                chunk.extend_from_slice(format!("topic: {topic}\n").as_bytes());
            }
            chunk.extend_from_slice(&update.event);
        }
        admits && is_permitted
    }

    /// Moves the cursor to where it is to come, behind a gap if something is gone by now.
    fn read(
        &mut self,
        all: &[Option<EncodedUpdate>],
        (held, gone): (usize, usize),
        tail: usize,
        chunk: &mut Vec<u8>,
    ) {
        let until = match (self.phase, self.closing) {
            (Phase::Registering, _) => return,
            (Phase::Replaying(until), _) | (Phase::Live, Some((until, _))) => until,
            (Phase::Live, None) => tail,
        };
        if gone > self.cursor.max(self.told) {
            self.gap.get_or_insert(Gap { requested: None, missed: None });
        }
        self.told = self.told.max(gone);
        if self.cursor < tail {
            self.cursor = self.cursor.max(held);
        }
        let mut shown = Vec::new();
        let mut first = None;
        while self.cursor < until {
            if let Some(update) = &all[self.cursor]
                && self.show(update, &mut shown)
            {
                first.get_or_insert((self.cursor, update.id.as_str()));
            }
            self.cursor += 1;
        }
        if let Some(gap) = self.gap.take() {
            let (behind, first) = first.map_or((self.cursor, None), |(at, id)| (at, Some(id)));
            let requested = gap.requested.as_ref().map(Place::as_str);
            if hub_events(self.id) == HubEvents::Shown {
                encode_gap(requested, (self.id, behind), first, chunk);
            }
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

/// A gap, told to a connection of which the stream goes on behind so many updates.
fn encode_gap(
    requested: Option<&str>,
    (connection, behind): (u8, usize),
    first: Option<&str>,
    chunk: &mut Vec<u8>,
) {
    let place = place(connection, behind as u64);
    let quoted = |text: Option<&str>| text.map_or("null".to_owned(), |text| format!("{text:?}"));
    let (requested, first) = (quoted(requested), quoted(first));
    let data = format!(r#"{{"requested":{requested},"first":{first},"missed":null}}"#);
    chunk.extend_from_slice(format!("event: gap\nid: {place}\ndata: {data}\n\n").as_bytes());
}

/// The event as bytes of a stream.
pub(super) fn encoded(event: &Event) -> Vec<u8> {
    let mut stream = Vec::new();
    encoder::encode(event, &mut stream);
    stream
}
