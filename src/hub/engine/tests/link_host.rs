//! A hub that sleeps, is reset and wakes, beside the Workers that hold the streams of its clients, and the
//! platform, which keeps of each link what the hub has told it to.

use std::{collections::BTreeMap, num::NonZeroU32, rc::Rc, time::Duration};

use super::{
    FakeHistory,
    direct::Direct,
    host::{id, key},
    link_worker::Worker,
};
use crate::{
    base::{
        limits::{DRAIN_PATIENCE, LINK_WINDOW},
        sequence::Sequence,
        timestamp::Timestamp,
    },
    event_stream::event::Event,
    hub::{
        close_reason::CloseReason,
        connection::{Connection, SendError},
        effect::{Effect, Enqueue},
        engine::{Hub, deliver::Polled, flush::Flush, subscribe::SubscribeError},
        heartbeat::Heartbeat,
        linger::Linger,
        registry::Closed,
        resumes::{Keeper, Resumes},
        slow_consumers::SlowConsumers,
        subscribe_request::SubscribeRequest,
        subscriber::Subscriber,
    },
    link::{
        attachment::Attachment,
        credit::Credit,
        frame::Frame,
        grant::Grant,
        opening::Reopening,
        state::{LinkState, Touched},
    },
    log::{
        closing::Closing,
        history::{Bounds, Retention},
        log::{AppendError, Log},
        update::EncodedUpdate,
    },
    tokens::access::Access,
};

/// How much each Worker may hold in these tests. It says that the rest of the window is unread.
pub(super) const WINDOW: u32 = 300;

/// The streams of the clients from this number on go the direct way.
pub(super) const DIRECT: u8 = 200;

/// More polls than any test needs.
const ENOUGH: usize = 10_000;

/// What a hub is made with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) retention: Retention,
    pub(super) linger: Duration,
    pub(super) slow_consumers: SlowConsumers,
}

/// What a client asks for, and what it is granted.
#[derive(Clone, Debug)]
pub(super) struct Asks {
    pub(super) request: SubscribeRequest,
    pub(super) access: Access,
}

/// The hub, the platform below it, and the Workers.
pub(super) struct LinkHost {
    settings: Settings,
    history: FakeHistory,
    pub(super) now: Timestamp,
    /// `None` while it sleeps.
    pub(super) hub: Option<Hub<FakeHistory, u8>>,
    newest: Sequence,
    pub(super) next_flush: Option<Timestamp>,
    /// When the request for a drain is over.
    drained_at: Option<Timestamp>,
    /// The links whose sockets keep an older state than theirs, and those that pull in a turn of their own.
    pub(super) touched: Touched,
    pub(super) soon: Vec<u8>,
    pub(super) sockets: BTreeMap<u8, Socket>,
    /// What was kept of sockets whose close the hub has not noticed, and which were replaced meanwhile.
    pub(super) left: Vec<Kept>,
    pub(super) workers: BTreeMap<u8, Worker>,
    pub(super) directs: BTreeMap<u8, Direct>,
    /// How many links were opened.
    generations: u32,
    /// How often a hub was made.
    pub(super) lives: usize,
}

/// What the platform keeps of a link for the hub, if that has said so.
pub(super) type Kept = Option<Vec<u8>>;

/// The object's end of a link.
pub(super) struct Socket {
    pub(super) kept: Kept,
    /// What the hub knows of it; `None` while it sleeps.
    pub(super) state: Option<LinkState>,
}

impl Socket {
    pub(super) fn state(&self) -> &LinkState {
        self.state.as_ref().unwrap()
    }

    pub(super) fn has_credit(&self) -> bool {
        self.state().credit().is_left()
    }
}

impl From<&SubscribeRequest> for Asks {
    fn from(request: &SubscribeRequest) -> Self {
        Self { request: request.clone(), access: Access::default() }
    }
}

impl Default for Settings {
    fn default() -> Self {
        let all = Bounds { updates: u64::MAX, bytes: u64::MAX };
        let retention =
            Retention { publications: all, subscriptions: all, age: None, ..Retention::default() };
        Self { retention, linger: Duration::ZERO, slow_consumers: SlowConsumers::default() }
    }
}

impl LinkHost {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            history: FakeHistory::default(),
            now: Timestamp::from_millis(1_000_000),
            hub: None,
            newest: Sequence::START,
            next_flush: None,
            drained_at: None,
            touched: Touched::default(),
            soon: Vec::new(),
            sockets: BTreeMap::new(),
            left: Vec::new(),
            workers: BTreeMap::new(),
            directs: BTreeMap::new(),
            generations: 0,
            lives: 0,
        }
    }

    /// The hub, which wakes if it sleeps.
    pub(super) fn hub(&mut self) -> &mut Hub<FakeHistory, u8> {
        if self.hub.is_none() {
            self.wake();
        }
        self.hub.as_mut().unwrap()
    }

    fn wake(&mut self) {
        let Settings { retention, linger, slow_consumers } = self.settings;
        let window = Bounds { updates: 4, bytes: u64::MAX };
        let log = Log::open(self.history.clone(), retention, window).unwrap();
        self.newest = log.tail();
        (self.next_flush, self.drained_at) = (None, None);
        self.touched = Touched::default();
        self.lives += 1;
        let hub = Hub::new(log, Heartbeat::default(), Rc::new(()))
            .with_place_key(Some(key()))
            .with_linger(Linger::up_to(linger))
            .with_slow_consumers(slow_consumers)
            .with_keepers(|number| match number {
                DIRECT.. => Keeper::Hub,
                _ => Keeper::Worker,
            });
        self.hub.insert(hub).set_turn(1);
        let numbers: Vec<u8> = self.sockets.keys().copied().collect();
        for number in numbers {
            let socket = self.sockets.get_mut(&number).unwrap();
            let kept = attachment(&socket.kept).unwrap();
            assert_eq!(kept.id, id(number));
            let (standing, expires) = (kept.standing, kept.expires);
            socket.state = Some(LinkState::new(kept, &self.touched));
            let asks = self.workers[&number].asks.clone();
            self.subscribe(number, &asks, Some(Resumes { standing, expires, has_begun: true }))
                .unwrap();
            if !self.waits(number) {
                self.pull_again(number);
            }
        }
        self.take_turns();
    }

    pub(super) fn waits(&mut self, number: u8) -> bool {
        self.hub().registry().get(id(number)).is_ok_and(Connection::is_waiting)
    }

    pub(super) fn has(&mut self, number: u8) -> bool {
        self.hub().registry().get(id(number)).is_ok()
    }

    fn subscribe(
        &mut self,
        number: u8,
        Asks { request, access }: &Asks,
        resumes: Option<Resumes>,
    ) -> Result<(), SubscribeError<super::Refused>> {
        let now = self.now;
        let client = Subscriber { id: id(number), request, access, resumes };
        let subscribed = self.hub().subscribe(client, number, now)?;
        assert!(!(resumes.is_some() && subscribed.is_registered), "a hook for one that goes on");
        if subscribed.is_registered {
            self.hub().start(id(number)).unwrap();
        }
        Ok(())
    }

    /// A client comes, in the place of the one that was there. Returns the update behind which its stream begins,
    /// unless it is turned away.
    pub(super) fn open(&mut self, number: u8, asks: impl Into<Asks>) -> Option<Sequence> {
        self.goes(number);
        let asks = asks.into();
        self.subscribe(number, &asks, None).ok()?;
        let begins = self.hub().given(id(number)).unwrap();
        if number >= DIRECT {
            self.directs.insert(number, Direct::default());
            self.pull_direct(number);
        } else {
            let mut worker = Worker::new(number, asks);
            worker.is_linked_again(begins);
            self.workers.insert(number, worker);
            self.link(number, 0);
        }
        Some(begins)
    }

    /// The socket of a link is accepted.
    fn link(&mut self, number: u8, unread: u32) {
        self.generations += 1;
        let state = Attachment {
            id: id(number),
            generation: self.generations,
            selection: NonZeroU32::new(u32::from(number)),
            standing: Resumes::behind(Sequence::START).standing,
            credit: Credit::beside(LINK_WINDOW - WINDOW + unread),
            expires: None,
            address: None,
        };
        let state = Some(LinkState::new(state, &self.touched));
        self.sockets.insert(number, Socket { kept: None, state });
        self.keep(number);
        self.feed(number);
        self.take_turns();
    }

    /// The Worker opens its link again; `access` is what its client is granted now.
    pub(super) fn reopen(&mut self, number: u8, access: &Access) {
        let Some(worker) = self.workers.get_mut(&number) else { return };
        if worker.ended.is_some() {
            return;
        }
        worker.loses();
        worker.asks.access = access.clone();
        let (asks, reopening) = (worker.asks.clone(), worker.reopening());
        let Reopening { cursor, unread, has_begun, .. } = reopening;
        let before = self.hub().standing(id(number));
        let replaced = self.hub().replace(id(number));
        assert_eq!(replaced.is_some(), before.is_some());
        if let Some(old) = self.sockets.remove(&number) {
            self.left.push(old.kept);
        }
        let mut resumes = Resumes { has_begun, ..Resumes::behind(cursor) };
        resumes.standing.closing = before.and_then(|standing| standing.closing);
        if self.subscribe(number, &asks, Some(resumes)).is_ok() {
            let cursor = self.hub().given(id(number)).unwrap();
            self.workers.get_mut(&number).unwrap().is_linked_again(cursor);
            self.link(number, unread);
        }
    }

    /// The Worker has lost its link. The object does not know yet.
    pub(super) fn loses(&mut self, number: u8) {
        if let Some(worker) = self.workers.get_mut(&number) {
            worker.loses();
        }
    }

    /// The object learns that a link has closed: one that was replaced, or that of this Worker if it is lost.
    pub(super) fn notices(&mut self, number: u8) {
        if let Some(kept) = self.left.pop() {
            self.left(&kept);
        } else if self.workers.get(&number).is_some_and(|worker| !worker.is_linked) {
            self.closes(number);
        }
    }

    /// The link of a Worker closes.
    fn closes(&mut self, number: u8) {
        let Some(kept) = self.sockets.get(&number).map(|socket| socket.kept.clone()) else {
            return;
        };
        self.left(&kept);
        self.sockets.remove(&number);
        assert!(!self.has(number), "the end of {number} is not noticed");
    }

    /// The client goes away.
    pub(super) fn goes(&mut self, number: u8) {
        if self.directs.remove(&number).is_some() {
            let _ = self.hub().remove(id(number), CloseReason::ClientGone);
        }
        self.closes(number);
        self.workers.remove(&number);
    }

    /// The object is reset. Of the frames on their way, this number comes to each Worker.
    pub(super) fn abort(&mut self, arriving: usize) {
        for worker in self.workers.values_mut() {
            (0..arriving).for_each(|_| worker.arrives());
            worker.loses();
        }
        self.directs.values_mut().for_each(|direct| direct.ends("reset"));
        self.hub = None;
        self.sockets.clear();
        self.left.clear();
    }

    /// The hub sleeps, if nothing is under way; says whether it does.
    pub(super) fn sleep(&mut self) -> bool {
        let Some(hub) = &self.hub else { return true };
        let is_written = self.newest == hub.log().tail();
        let is_draining = self.drained_at.is_some_and(|drained| self.now < drained);
        if self.next_flush.is_some() || !is_written || is_draining || hub.keeps_time() {
            return false;
        }
        for (number, socket) in &mut self.sockets {
            let standing = hub.standing(id(*number)).unwrap();
            let waits = standing.behind.is_none();
            assert!(waits || !socket.has_credit(), "{number} has credit and something to read");
            let known = attachment(&Some(socket.state().kept(standing))).unwrap();
            let kept = attachment(&socket.kept).unwrap();
            // That its topics are closed is found again when it wakes.
            let behind = (kept.standing.behind, known.standing.behind);
            assert_eq!(behind.0, behind.1, "what is kept of {number} is old");
            assert_eq!(kept.credit, known.credit, "what is kept of {number} is old");
            socket.state = None;
        }
        self.hub = None;
        true
    }

    /// Appends an update; returns whether its topics are open.
    pub(super) fn append(&mut self, update: EncodedUpdate) -> bool {
        let now = self.now;
        let appended = self.hub().append(update, now);
        self.appended(appended)
    }

    /// Closes a topic; returns whether it was open.
    pub(super) fn close_topic(&mut self, closing: &Closing) -> bool {
        let now = self.now;
        let closed = self.hub().close_topic(closing, now);
        self.appended(closed)
    }

    fn appended(&mut self, newest: Result<Sequence, AppendError<super::Refused>>) -> bool {
        let before = self.newest;
        match newest {
            Ok(newest) => self.newest = newest.max(before),
            Err(AppendError::Closed(_)) => {}
            Err(error) => panic!("{error}"),
        }
        self.newest > before
    }

    /// What was appended is durable, and is flushed.
    pub(super) fn commit(&mut self) {
        self.begin_commit();
        for _ in 0..ENOUGH {
            if self.next_flush.is_none_or(|next| next > self.now) {
                return;
            }
            self.wait(Duration::ZERO);
        }
        panic!("a flush without end");
    }

    /// What was appended is durable. The flush comes to one connection in a turn.
    pub(super) fn begin_commit(&mut self) {
        let (newest, now) = (self.newest, self.now);
        if newest > self.hub().log().tail() {
            let flush = self.hub().commit(newest, now);
            self.flushed(flush);
        }
    }

    /// Time passes, and the next turn of a flush comes if it is due.
    pub(super) fn wait(&mut self, duration: Duration) {
        self.now = self.now.saturating_add(duration);
        if self.drained_at.is_some_and(|drained| drained <= self.now) {
            self.drained_at = None;
            let left = self.hub().left_of_drain();
            let ended = left.into_iter().map(|id| self.hub().remove(id, CloseReason::Drained));
            let ended: Vec<_> = ended.collect();
            ended.iter().flatten().for_each(|closed| self.ends(closed));
        }
        if self.next_flush.is_some_and(|next| next <= self.now) {
            let now = self.now;
            let flush = self.hub().flush(now);
            self.flushed(flush);
        }
    }

    fn flushed(&mut self, flush: Flush<u8>) {
        self.order(flush.effects);
        self.next_flush = flush.next;
        self.settle_links();
        self.take_turns();
    }

    pub(super) fn prune(&mut self) {
        let now = self.now;
        while self.hub().prune(now).unwrap() {}
    }

    pub(super) fn send_one(&mut self, number: u8, event: &Event) -> Result<(), SendError> {
        let now = self.now;
        let effect = self.hub().send_one(id(number), event, now)?;
        self.carry_out(effect);
        Ok(())
    }

    pub(super) fn send_all(&mut self, event: &Event) {
        let now = self.now;
        let effects = self.hub().send_all(event, now).unwrap();
        self.carry_out(effects);
    }

    pub(super) fn drain(&mut self, within: Duration) {
        let now = self.now;
        let effects = self.hub().drain(within, now);
        self.drained_at = Some(now.saturating_add(DRAIN_PATIENCE));
        self.carry_out(effects);
    }

    pub(super) fn stop(&mut self, number: u8) {
        if let Ok(closed) = self.hub().stop_one(id(number)) {
            self.ends(&closed);
        }
    }

    /// The client reads something.
    pub(super) fn reads(&mut self, number: u8) {
        if let Some(direct) = self.directs.get_mut(&number) {
            direct.reads();
            self.pull_direct(number);
        } else if let Some(worker) = self.workers.get_mut(&number) {
            worker.reads();
        }
    }

    /// The next frame comes to a Worker.
    pub(super) fn arrives(&mut self, number: u8) {
        if let Some(worker) = self.workers.get_mut(&number) {
            worker.arrives();
        }
    }

    /// Everything arrives, is read and granted, and is flushed, until nothing is left to do.
    pub(super) fn settle(&mut self) {
        for _ in 0..ENOUGH {
            self.commit();
            self.wait(self.settings.linger);
            let mut is_busy = self.next_flush.is_some();
            is_busy |= self.workers.values().any(Worker::is_busy);
            is_busy |= self.directs.values().any(|direct| !direct.has_room());
            let numbers: Vec<u8> =
                self.workers.keys().chain(self.directs.keys()).copied().collect();
            for number in numbers {
                self.arrives(number);
                self.reads(number);
                self.grants(number);
            }
            if !is_busy {
                return;
            }
        }
        panic!("it never settles");
    }

    /// Workers hold no more than they may, and the platform has a link for each connection that it is to keep.
    pub(super) fn check(&self) {
        self.workers.values().for_each(Worker::check_bounds);
        if let Some(hub) = &self.hub {
            assert_eq!(hub.registry().links(), self.sockets.len(), "links and sockets");
        }
    }

    /// What is kept of a link while the hub sleeps.
    pub(super) fn attachment(&self, number: u8) -> Attachment {
        assert!(self.hub.is_none(), "the hub is awake");
        attachment(&self.sockets[&number].kept).unwrap()
    }
}

pub(super) fn attachment(kept: &Kept) -> Option<Attachment> {
    Attachment::decode(kept.as_deref()?)
}
