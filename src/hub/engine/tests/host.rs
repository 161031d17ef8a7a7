//! A host that only keeps what each connection was given, and checks what the hub asks of it.

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use super::{FakeHistory, Refused, update};
use crate::{
    base::{
        connection_id::ConnectionId, dialect::Dialect, sequence::Sequence, timestamp::Timestamp,
    },
    event_stream::{decoder::Decoder, event::Event},
    hub::{
        close_reason::CloseReason,
        effect::Effect,
        engine::{
            Hub,
            deliver::{PollError, Polled},
            flush::Flush,
            subscribe::Subscribed,
        },
        finite_read::ReadForm,
        heartbeat::Heartbeat,
        last_event_id::LastEventId,
        linger::Linger,
        registry::Closed,
        subscribe_request::SubscribeRequest,
        subscriber::Subscriber,
    },
    log::{
        cache_control::CacheControl,
        closing::Closing,
        gap::GapEvents,
        history::{Bounds, Retention},
        log::Log,
        place_key::{PlaceKey, Places},
        update::EncodedUpdate,
    },
    tokens::{
        access::Access,
        grants::{Grants, Selector, SubscribeGrant},
    },
    topics::subscription::Subscription,
};

/// What a stream begins with.
pub(super) const OPENING: &[u8] = b":\n";

/// Above the topics of subscriptions.
const SUBSCRIPTIONS: &str = "/.well-known/mercure/subscriptions";

/// More polls than any test needs.
const ENOUGH: usize = 1_000;

/// The hub, its clock and the streams of its connections. Connection `n` has the state `n`.
pub(super) struct Host {
    pub(super) hub: Hub<FakeHistory, u8>,
    pub(super) history: FakeHistory,
    pub(super) now: Timestamp,
    streams: BTreeMap<u8, Stream>,
    newest: Sequence,
    next_flush: Option<Timestamp>,
    /// Whether streams that were fed rest, and are fed again without a pull once they were read.
    rests: bool,
}

/// What a connection was given.
#[derive(Debug, Default)]
pub(super) struct Stream {
    pub(super) chunks: Vec<Vec<u8>>,
    pub(super) has_pending_read: bool,
    pub(super) times_registered: usize,
    pub(super) closed: Option<CloseReason>,
    /// Whether it was fed and not read since.
    is_full: bool,
    /// Whether it is given one document, in parts.
    is_document: bool,
}

impl Default for Host {
    fn default() -> Self {
        Self::keeping(u64::MAX, u64::MAX)
    }
}

impl Host {
    /// A host whose history keeps `retained` updates and whose window keeps `window`.
    pub(super) fn keeping(retained: u64, window: u64) -> Self {
        Self::keeping_for(retained, window, None)
    }

    /// The same, for so long.
    pub(super) fn keeping_for(retained: u64, window: u64, age: Option<Duration>) -> Self {
        let kept = Bounds { updates: retained, bytes: u64::MAX };
        Self::retaining(
            Retention { publications: kept, subscriptions: kept, age, ..Retention::default() },
            window,
        )
    }

    /// The same, with as much of each kind as this.
    pub(super) fn retaining(retained: Retention, window: u64) -> Self {
        let history = FakeHistory::default();
        let window = Bounds { updates: window, bytes: u64::MAX };
        let log = Log::open(history.clone(), retained, window).unwrap();
        Self {
            hub: Hub::new(log, Heartbeat::default(), Rc::new(())).with_place_key(Some(key())),
            history,
            now: Timestamp::from_millis(1_000_000),
            streams: BTreeMap::new(),
            newest: Sequence::START,
            next_flush: None,
            rests: false,
        }
    }

    pub(super) fn lingering(mut self, most: Duration) -> Self {
        self.hub = self.hub.with_linger(Linger::up_to(most));
        self
    }

    pub(super) fn resting(mut self) -> Self {
        self.rests = true;
        self
    }

    /// Has each flush come to so many connections a turn.
    pub(super) fn turning_after(mut self, recipients: usize) -> Self {
        self.hub.set_turn(recipients);
        self
    }

    pub(super) fn without_gap_events(mut self) -> Self {
        self.hub = self.hub.with_gap_events(GapEvents::Off);
        self
    }

    pub(super) fn wait(&mut self, duration: Duration) {
        self.now = self.now.saturating_add(duration);
    }

    pub(super) fn stream(&self, connection: u8) -> &Stream {
        &self.streams[&connection]
    }

    /// Everything that the connection was given, as bytes.
    pub(super) fn bytes(&self, connection: u8) -> Vec<u8> {
        self.stream(connection).chunks.concat()
    }

    /// The events that the connection was given, but for places: of an update its data, of others type
    /// and data.
    pub(super) fn got(&self, connection: u8) -> Vec<String> {
        let mut events = Vec::new();
        let decoded = Decoder::new().decode(&self.bytes(connection), |event| {
            match event.named_event_type() {
                Some("place") => {}
                Some(event_type) => events.push(format!("{event_type} {}", event.data())),
                None => events.push(event.data().to_owned()),
            }
        });
        decoded.unwrap();
        events
    }

    pub(super) fn subscribe(&mut self, connection: u8, request: &SubscribeRequest) -> Subscribed {
        self.subscribe_with(connection, request, &Access::default())
    }

    pub(super) fn subscribe_with(
        &mut self,
        connection: u8,
        request: &SubscribeRequest,
        access: &Access,
    ) -> Subscribed {
        let is_document = request.form() == ReadForm::Json;
        self.streams.insert(connection, Stream { is_document, ..Stream::default() });
        self.hub
            .subscribe(
                Subscriber { id: id(connection), request, access, resumes: None },
                connection,
                self.now,
            )
            .unwrap()
    }

    /// Subscribes, runs the hook when it is due, and reads until the connection waits.
    pub(super) fn connect(&mut self, connection: u8, request: &SubscribeRequest) {
        if self.subscribe(connection, request).is_registered {
            self.registered(connection);
        }
        self.read(connection);
    }

    /// The `registered` hook, which does nothing, and what follows it. A read that is pending is
    /// to be tried again.
    pub(super) fn registered(&mut self, connection: u8) {
        let stream = self.streams.get_mut(&connection).unwrap();
        stream.times_registered += 1;
        stream.has_pending_read = false;
        self.hub.start(id(connection)).unwrap();
    }

    /// A read of one chunk: the stream pulls until there is one, or leaves the read pending.
    pub(super) fn pull(&mut self, connection: u8) {
        self.try_pull(connection).unwrap();
    }

    pub(super) fn try_pull(&mut self, connection: u8) -> Result<(), PollError<Refused>> {
        for _ in 0..ENOUGH {
            match self.hub.poll_data(id(connection), self.now)? {
                Polled::Chunk(chunk) => {
                    self.enqueue(connection, &chunk);
                    return Ok(());
                }
                Polled::Nothing => {
                    self.streams.get_mut(&connection).unwrap().has_pending_read = true;
                    return Ok(());
                }
                Polled::Yield => {}
                Polled::Registered => self.registered(connection),
                Polled::Closed(closed) => {
                    self.end([closed]);
                    return Ok(());
                }
            }
        }
        panic!("{connection} is polled without end");
    }

    /// Reads until the connection waits or has ended.
    pub(super) fn read(&mut self, connection: u8) {
        self.streams.get_mut(&connection).unwrap().is_full = false;
        for _ in 0..ENOUGH {
            let stream = self.stream(connection);
            if stream.has_pending_read || stream.closed.is_some() {
                return;
            }
            self.pull(connection);
        }
        panic!("{connection} is given chunks without end");
    }

    /// The reader takes back the read that is pending and polls by itself.
    pub(super) fn asleep(&mut self, connection: u8) {
        let polled = self.hub.poll_data_immediate(id(connection), self.now).unwrap();
        assert_eq!(polled, Polled::Nothing);
        self.streams.get_mut(&connection).unwrap().has_pending_read = false;
    }

    pub(super) fn append(&mut self, update: EncodedUpdate) {
        self.newest = self.hub.append(update, self.now).unwrap();
    }

    pub(super) fn append_closing(&mut self, closing: &Closing) {
        let sequence = self.hub.close_topic(closing, self.now).unwrap();
        self.newest = self.newest.max(sequence);
    }

    /// Commits what was appended; says how many effects that had.
    pub(super) fn commit(&mut self) -> usize {
        let flush = self.hub.commit(self.newest, self.now);
        self.go_on(flush)
    }

    /// Commits what was appended, with one turn of a flush at the most.
    pub(super) fn begin_commit(&mut self) {
        let flush = self.hub.commit(self.newest, self.now);
        self.carry_out(flush.effects);
        self.next_flush = flush.next;
    }

    /// One turn of a flush, if it is due.
    pub(super) fn turn(&mut self) {
        let flush = self.hub.flush(self.now);
        self.carry_out(flush.effects);
        self.next_flush = flush.next;
    }

    /// What is due now of what lingers; says how many effects that had.
    pub(super) fn flush(&mut self) -> usize {
        let flush = self.hub.flush(self.now);
        self.go_on(flush)
    }

    fn go_on(&mut self, mut flush: Flush<u8>) -> usize {
        let mut count = 0;
        loop {
            count += flush.effects.len();
            self.carry_out(flush.effects);
            self.next_flush = flush.next;
            if flush.next.is_none_or(|next| next > self.now) {
                return count;
            }
            flush = self.hub.flush(self.now);
        }
    }

    /// The time until the next flush, if there is to be one.
    pub(super) fn next_flush(&self) -> Option<Duration> {
        self.next_flush.map(|next| next.since(self.now))
    }

    pub(super) fn publish(&mut self, id: &str, topics: &[&str]) -> usize {
        self.append(update(id, topics));
        self.commit()
    }

    pub(super) fn prune(&mut self) {
        while self.hub.prune(self.now).unwrap() {}
    }

    pub(super) fn send_one(&mut self, connection: u8, data: &str) {
        let effect = self.hub.send_one(id(connection), &Event::new(data), self.now).unwrap();
        self.carry_out(effect);
    }

    pub(super) fn send_all(&mut self, data: &str) {
        let effects = self.hub.send_all(&Event::new(data), self.now).unwrap();
        self.carry_out(effects);
    }

    pub(super) fn drain(&mut self, within: Duration) {
        let effects = self.hub.drain(within, self.now);
        self.carry_out(effects);
    }

    /// What [`Hub::beat`] finds now; gives the time until the next one.
    pub(super) fn beat(&mut self) -> Option<Duration> {
        let beat = self.hub.beat(self.now);
        self.carry_out(beat.effects);
        beat.next.map(|next| next.since(self.now))
    }

    pub(super) fn close(&mut self, connection: u8, reason: CloseReason) {
        let effects = self.hub.close(id(connection), reason, self.now).unwrap();
        self.carry_out(effects);
    }

    /// Does what the hub asks for, as far as a host could.
    pub(super) fn carry_out(&mut self, effects: impl IntoIterator<Item = Effect<u8>>) {
        for effect in effects {
            match effect {
                Effect::Enqueue(enqueue) => {
                    assert!(!enqueue.to.is_empty(), "a chunk for nobody");
                    let mut took = 0;
                    for recipient in &enqueue.to {
                        assert_eq!(recipient.id, id(recipient.state));
                        let stream = self.streams.get_mut(&recipient.state).unwrap();
                        let was_pending = std::mem::take(&mut stream.has_pending_read);
                        assert!(was_pending, "{} has no read pending", recipient.state);
                        if stream.is_full {
                            self.hub.fell_behind(recipient, enqueue.from);
                        }
                        if !stream.is_full || enqueue.from.is_none() {
                            self.enqueue(recipient.state, &enqueue.chunk);
                            took += 1;
                        }
                        let stream = self.streams.get_mut(&recipient.state).unwrap();
                        if self.rests && !stream.is_full {
                            stream.is_full = true;
                            stream.has_pending_read = self.hub.rest(recipient);
                        }
                    }
                    self.hub.took(&enqueue, took);
                }
                Effect::Closed(closed) => self.end([closed]),
            }
        }
    }

    pub(super) fn end(&mut self, closed: impl IntoIterator<Item = Closed<u8>>) {
        for Closed { id: closed, reason, state } in closed {
            assert_eq!(closed, id(state));
            let stream = self.streams.get_mut(&state).unwrap();
            assert_eq!(stream.closed.replace(reason), None, "{state} is closed twice");
            stream.has_pending_read = false;
        }
    }

    fn enqueue(&mut self, connection: u8, chunk: &[u8]) {
        let stream = self.streams.get_mut(&connection).unwrap();
        assert_eq!(stream.closed, None, "{connection} is given something after its end");
        let is_whole = stream.is_document || is_whole(chunk);
        assert!(is_whole, "{connection} is given a part of a block");
        stream.chunks.push(chunk.to_vec());
    }
}

/// Whether nothing but comments, and reconnection times, which count as they are read, comes behind
/// the last block that a blank line has ended.
fn is_whole(chunk: &[u8]) -> bool {
    let text = std::str::from_utf8(chunk).unwrap();
    let rest = text.rsplit_once("\n\n").map_or(text, |(_, rest)| rest);
    text.ends_with('\n')
        && rest.lines().all(|line| line.starts_with(':') || line.starts_with("retry: "))
}

/// What who is told of subscriptions holds.
pub(super) fn shown_subscriptions() -> Access {
    let topics = vec![Selector::TopicSelector(format!("{SUBSCRIPTIONS}{{/topic}}{{/subscriber}}"))];
    let grants = Grants {
        dialect: Dialect::V0,
        publish: Vec::new(),
        has_publish_claim: false,
        subscribe: vec![SubscribeGrant { topics, payload: None }],
        expires: None,
    };
    Access::new(grants, &()).unwrap()
}

/// The key of the host's places.
pub(super) fn key() -> PlaceKey {
    PlaceKey::from_random([7; 16])
}

/// The place behind this update, as it is told to `connection`.
pub(super) fn place(connection: u8, behind: u64) -> String {
    let places = Places { key: Some(key()) };
    places.tell(Sequence::new(behind), id(connection).into()).as_str().to_owned()
}

/// The event by which the place is told.
pub(super) fn place_event(connection: u8, behind: u64) -> String {
    format!("event: place\nid: {}\ndata:{{}}\n\n", place(connection, behind))
}

/// The id of connection `connection`.
pub(super) fn id(connection: u8) -> ConnectionId {
    ConnectionId::from_random([connection; 16])
}

/// A request for these topics, live.
pub(super) fn live(selectors: &[&str]) -> SubscribeRequest {
    let topics = selectors.iter().map(|selector| Subscription::topic(selector).unwrap());
    SubscribeRequest::live(Dialect::V0, topics.collect())
}

pub(super) fn live_in(dialect: Dialect, topics: &[&str]) -> SubscribeRequest {
    let topics = topics.iter().map(|topic| Subscription::topic(topic).unwrap());
    SubscribeRequest::live(dialect, topics.collect())
}

/// The same request, as an `EventSource` sends it.
pub(super) fn uncached(request: SubscribeRequest) -> SubscribeRequest {
    request.with_cache_control(CacheControl::NoCache)
}

pub(super) fn earliest(selectors: &[&str]) -> SubscribeRequest {
    live(selectors).after(LastEventId::Earliest)
}

pub(super) fn after(last_event_id: &str, selectors: &[&str]) -> SubscribeRequest {
    live(selectors).after(LastEventId::After(last_event_id.parse().unwrap()))
}
