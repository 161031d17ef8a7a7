//! A hub that sleeps, is reset and wakes, and the Workers that hold the streams of its clients.

use std::{
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    time::Duration,
};

use super::{
    FakeHistory,
    host::{id, key},
};
use crate::{
    base::{limits::LINK_WINDOW, sequence::Sequence, timestamp::Timestamp},
    event_stream::event::Event,
    hub::{
        close_reason::CloseReason,
        connection::{Connection, SendError},
        effect::Effect,
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
        opening::{Opening, Reopening},
    },
    log::{
        closing::Closing,
        history::{Bounds, Retention},
        log::Log,
        update::EncodedUpdate,
    },
    tokens::access::Access,
};

/// How much each Worker may hold in these tests. It says that the rest of the window is unread.
pub(super) const WINDOW: u32 = 300;

/// A Worker grants what its reader has taken once that is so much.
const QUARTER: u32 = WINDOW / 4;

/// More polls than any test needs.
const ENOUGH: usize = 10_000;

/// What a hub is made with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) retention: Retention,
    pub(super) linger: Duration,
    pub(super) slow_consumers: SlowConsumers,
}

/// The hub, the platform below it, and the Workers.
pub(super) struct LinkHost {
    settings: Settings,
    history: FakeHistory,
    pub(super) now: Timestamp,
    /// `None` while it sleeps.
    hub: Option<Hub<FakeHistory, u8>>,
    newest: Sequence,
    next_flush: Option<Timestamp>,
    sockets: BTreeMap<u8, Socket>,
    pub(super) workers: BTreeMap<u8, Worker>,
    /// How often a hub was made.
    pub(super) lives: usize,
}

/// The object's end of a link. While the hub sleeps the platform keeps the attachment alone.
struct Socket {
    generation: u32,
    attachment: Vec<u8>,
    awake: Option<Credit>,
}

/// A Worker that holds the stream of one client.
pub(super) struct Worker {
    request: SubscribeRequest,
    /// Whether it has a link, as far as it knows.
    pub(super) is_linked: bool,
    pub(super) cursor: Sequence,
    /// Frames on their way to it, and grants on their way to the hub.
    pub(super) frames: VecDeque<Vec<u8>>,
    pub(super) grants: VecDeque<String>,
    /// Payloads that its reader has not taken.
    unread: VecDeque<Vec<u8>>,
    ungranted: u32,
    /// What the client has read.
    pub(super) client: Vec<u8>,
    /// Why the stream has ended, if it has.
    pub(super) ended: Option<String>,
    pub(super) has_begun: bool,
    /// The longest payload that it was given.
    largest: usize,
    /// Bytes that do not wait for credit.
    beyond: usize,
}

impl Worker {
    pub(super) fn unread_bytes(&self) -> usize {
        self.unread.iter().map(Vec::len).sum()
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
            sockets: BTreeMap::new(),
            workers: BTreeMap::new(),
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
        self.next_flush = None;
        self.lives += 1;
        let hub = Hub::new(log, Heartbeat::default(), Rc::new(()))
            .with_place_key(Some(key()))
            .with_linger(Linger::up_to(linger))
            .with_slow_consumers(slow_consumers)
            .with_keepers(|_| Keeper::Worker);
        self.hub = Some(hub);
        let numbers: Vec<u8> = self.sockets.keys().copied().collect();
        for number in numbers {
            let socket = self.sockets.get_mut(&number).unwrap();
            let kept = Attachment::decode(&socket.attachment).unwrap();
            assert_eq!((kept.id, kept.generation), (id(number), socket.generation));
            socket.awake = Some(kept.credit);
            let (standing, expires) = (kept.standing, kept.expires);
            let resumes = Resumes { standing, expires, has_begun: true };
            self.subscribe(number, Some(resumes)).unwrap();
        }
    }

    fn subscribe(
        &mut self,
        number: u8,
        resumes: Option<Resumes>,
    ) -> Result<(), SubscribeError<super::Refused>> {
        let now = self.now;
        let request = self.workers[&number].request.clone();
        let access = Access::default();
        let client = Subscriber { id: id(number), request: &request, access: &access, resumes };
        let subscribed = self.hub().subscribe(client, number, now)?;
        assert!(!(resumes.is_some() && subscribed.is_registered), "a hook for one that goes on");
        if subscribed.is_registered {
            self.hub().start(id(number)).unwrap();
        }
        Ok(())
    }

    /// A client comes, in the place of the one that was there.
    pub(super) fn open(&mut self, number: u8, request: &SubscribeRequest) {
        self.goes(number);
        let worker = Worker {
            request: request.clone(),
            is_linked: true,
            cursor: Sequence::START,
            frames: VecDeque::new(),
            grants: VecDeque::new(),
            unread: VecDeque::new(),
            ungranted: 0,
            client: Vec::new(),
            ended: None,
            has_begun: false,
            largest: 0,
            beyond: 0,
        };
        self.workers.insert(number, worker);
        if self.subscribe(number, None).is_err() {
            self.workers.remove(&number);
            return;
        }
        let cursor = self.hub().given(id(number)).unwrap();
        self.workers.get_mut(&number).unwrap().cursor = cursor;
        self.link(number, 1, 0);
    }

    fn link(&mut self, number: u8, generation: u32, unread: u32) {
        let credit = Credit::beside(LINK_WINDOW - WINDOW + unread);
        let socket = Socket { generation, attachment: Vec::new(), awake: Some(credit) };
        self.sockets.insert(number, socket);
        self.pull(number);
    }

    /// The Worker opens its link again; `request` is what its client may ask for now.
    pub(super) fn reopen(&mut self, number: u8, request: &SubscribeRequest) {
        let Some(worker) = self.workers.get_mut(&number) else { return };
        if worker.ended.is_some() {
            return;
        }
        worker.request = request.clone();
        worker.frames.clear();
        worker.grants.clear();
        worker.ungranted = 0;
        worker.is_linked = false;
        let unread = u32::try_from(worker.unread_bytes()).unwrap();
        let (cursor, has_begun) = (worker.cursor, worker.has_begun);
        let reopens = Some(Reopening { id: id(number), cursor, unread, has_begun });
        let opening = Opening::parse(&Opening { reopens, form: None }.encode()).unwrap();
        let Reopening { cursor, unread, has_begun, .. } = opening.reopens.unwrap();
        let before = self.hub().standing(id(number));
        let replaced = self.hub().replace(id(number));
        assert_eq!(replaced.is_some(), before.is_some());
        let generation = self.sockets.remove(&number).map_or(0, |old| old.generation) + 1;
        let mut resumes = Resumes { has_begun, ..Resumes::behind(cursor) };
        resumes.standing.closing = before.and_then(|standing| standing.closing);
        if self.subscribe(number, Some(resumes)).is_ok() {
            let cursor = self.hub().given(id(number)).unwrap();
            let worker = self.workers.get_mut(&number).unwrap();
            (worker.is_linked, worker.cursor) = (true, cursor);
            self.link(number, generation, unread);
        }
    }

    /// The Worker has lost its link. The object does not know yet.
    pub(super) fn loses(&mut self, number: u8) {
        if let Some(worker) = self.workers.get_mut(&number) {
            worker.is_linked = false;
            worker.frames.clear();
            worker.grants.clear();
        }
    }

    /// The client goes away.
    pub(super) fn goes(&mut self, number: u8) {
        // The table of selections is another one than that of the Workers.
        self.hub();
        if self.workers.remove(&number).is_some() {
            self.hub().remove(id(number), CloseReason::ClientGone);
            self.sockets.remove(&number);
        }
    }

    /// The object is reset. Of the frames on their way, this number comes to each Worker.
    pub(super) fn abort(&mut self, arriving: usize) {
        let numbers: Vec<u8> = self.workers.keys().copied().collect();
        for number in numbers {
            (0..arriving).for_each(|_| self.arrives(number));
            self.loses(number);
        }
        self.hub = None;
        self.sockets.clear();
    }

    /// The hub sleeps, if it can; says whether it does.
    pub(super) fn sleep(&mut self) -> bool {
        let Some(hub) = &self.hub else { return true };
        if self.next_flush.is_some() || self.newest > hub.log().tail() {
            return false;
        }
        assert!(!hub.keeps_time(), "a timer");
        assert_eq!(hub.registry().links(), self.sockets.len());
        for (number, socket) in &mut self.sockets {
            let credit = socket.awake.take().unwrap();
            let standing = hub.standing(id(*number)).unwrap();
            let waits = standing.behind.is_none();
            assert!(waits || !credit.is_left(), "{number} has credit and something to read");
            let attachment = Attachment {
                id: id(*number),
                generation: socket.generation,
                selection: u32::from(*number),
                standing,
                credit,
                expires: None,
                address: None,
            };
            socket.attachment = attachment.encode();
        }
        self.hub = None;
        true
    }

    pub(super) fn append(&mut self, update: EncodedUpdate) {
        let now = self.now;
        self.newest = self.hub().append(update, now).unwrap();
    }

    pub(super) fn close_topic(&mut self, closing: &Closing) {
        let now = self.now;
        self.newest = self.hub().close_topic(closing, now).unwrap();
        self.commit();
    }

    pub(super) fn commit(&mut self) {
        let (newest, now) = (self.newest, self.now);
        if newest > self.hub().log().tail() {
            let flush = self.hub().commit(newest, now);
            self.go_on(flush);
        }
    }

    /// Time passes, and a flush that lingers comes due.
    pub(super) fn wait(&mut self, duration: Duration) {
        self.now = self.now.saturating_add(duration);
        if self.next_flush.is_some_and(|next| next <= self.now) {
            let now = self.now;
            let flush = self.hub().flush(now);
            self.go_on(flush);
        }
    }

    fn go_on(&mut self, mut flush: Flush<u8>) {
        for _ in 0..ENOUGH {
            self.carry_out(flush.effects);
            self.next_flush = flush.next;
            if flush.next.is_none_or(|next| next > self.now) {
                return;
            }
            let now = self.now;
            flush = self.hub().flush(now);
        }
        panic!("a flush without end");
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
        self.carry_out(effects);
    }

    pub(super) fn stop(&mut self, number: u8) {
        if let Ok(closed) = self.hub().stop_one(id(number)) {
            self.ends(&closed);
        }
    }

    /// Does what the hub asks for, as the shell does.
    fn carry_out(&mut self, effects: impl IntoIterator<Item = Effect<u8>>) {
        for effect in effects {
            match effect {
                Effect::Closed(closed) => self.ends(&closed),
                Effect::Enqueue(enqueue) => {
                    assert!(!enqueue.to.is_empty(), "a chunk for nobody");
                    for recipient in &enqueue.to {
                        let number = recipient.state;
                        let has_credit = self.sockets[&number].awake.unwrap().is_left();
                        if !has_credit {
                            self.hub().fell_behind(recipient, enqueue.from);
                            let alone = enqueue.from.map_or(enqueue.chunk.len(), |_| 0);
                            self.workers.get_mut(&number).unwrap().beyond += alone;
                        }
                        if has_credit || enqueue.from.is_none() {
                            self.send(number, Frame::of(enqueue.until, &enqueue.chunk));
                        }
                        if has_credit && !self.hub().rest(recipient) {
                            self.pull(number);
                        }
                    }
                }
            }
        }
    }

    /// Gives a link what there is for it, while it has credit.
    fn pull(&mut self, number: u8) {
        for _ in 0..ENOUGH {
            let Some(socket) = self.sockets.get(&number) else { return };
            if !socket.awake.unwrap().is_left() {
                return;
            }
            let now = self.now;
            match self.hub().poll_data(id(number), now).unwrap() {
                Polled::Chunk(chunk) => {
                    let given = self.hub().given(id(number));
                    self.send(number, Frame::of(given, &chunk));
                }
                Polled::Nothing => return,
                Polled::Yield => {}
                Polled::Registered => self.hub().start(id(number)).unwrap(),
                Polled::Closed(closed) => return self.ends(&closed),
            }
        }
        panic!("{number} is polled without end");
    }

    fn send(&mut self, number: u8, frame: Frame<'_>) {
        let credit = self.sockets.get_mut(&number).and_then(|socket| socket.awake.as_mut());
        credit.unwrap().spend(frame.payload().len());
        self.puts(number, frame);
    }

    fn puts(&mut self, number: u8, frame: Frame<'_>) {
        let worker = self.workers.get_mut(&number).unwrap();
        // Over a link that is half open nothing arrives.
        if worker.is_linked {
            worker.largest = worker.largest.max(frame.payload().len());
            worker.frames.push_back(frame.encode());
        }
    }

    fn ends(&mut self, closed: &Closed<u8>) {
        self.puts(closed.state, Frame::End(closed.reason.as_str().as_bytes()));
        self.sockets.remove(&closed.state);
    }

    /// The next frame comes to the Worker.
    pub(super) fn arrives(&mut self, number: u8) {
        let Some(worker) = self.workers.get_mut(&number) else { return };
        let Some(frame) = worker.frames.pop_front() else { return };
        worker.has_begun = true;
        match Frame::decode(&frame).unwrap() {
            Frame::Chunk(cursor, bytes) => {
                assert!(cursor >= worker.cursor, "{number} goes back");
                worker.cursor = cursor;
                worker.unread.push_back(bytes.to_vec());
            }
            Frame::Aside(bytes) => worker.unread.push_back(bytes.to_vec()),
            Frame::End(reason) => {
                worker.ended = Some(String::from_utf8(reason.to_vec()).unwrap());
                worker.is_linked = false;
            }
        }
    }

    /// The client reads what the Worker has of one frame, and the Worker grants it anew.
    pub(super) fn reads(&mut self, number: u8) {
        let Some(worker) = self.workers.get_mut(&number) else { return };
        let Some(bytes) = worker.unread.pop_front() else { return };
        worker.ungranted += u32::try_from(bytes.len()).unwrap();
        worker.client.extend(bytes);
        if worker.is_linked && worker.ungranted >= QUARTER {
            let mut left = std::mem::take(&mut worker.ungranted);
            while left > 0 {
                let granted = left.min(LINK_WINDOW);
                worker.grants.push_back(format!("+{granted}"));
                left -= granted;
            }
        }
    }

    /// The next grant comes to the hub.
    pub(super) fn grants(&mut self, number: u8) {
        let Some(worker) = self.workers.get_mut(&number) else { return };
        let Some(text) = worker.grants.pop_front() else { return };
        self.hub();
        let Some(socket) = self.sockets.get_mut(&number) else { return };
        socket.awake.as_mut().unwrap().grant(Grant::parse(&text).unwrap());
        let waits = self.hub().registry().get(id(number)).is_ok_and(Connection::is_waiting);
        if !waits {
            self.pull(number);
        }
    }

    /// Everything arrives, is read and granted, and is flushed, until nothing is left to do.
    pub(super) fn settle(&mut self) {
        for _ in 0..ENOUGH {
            self.commit();
            self.wait(self.settings.linger);
            let mut is_busy = self.next_flush.is_some();
            let numbers: Vec<u8> = self.workers.keys().copied().collect();
            for number in numbers {
                let worker = &self.workers[&number];
                is_busy |= !worker.frames.is_empty() || !worker.unread.is_empty();
                is_busy |= !worker.grants.is_empty();
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

    /// What a Worker holds stays within the window and one chunk, but for events for its client alone.
    pub(super) fn check_bounds(&self) {
        for (number, worker) in &self.workers {
            let under_way = worker.frames.iter().map(Vec::len).sum::<usize>();
            let held = worker.unread_bytes() + under_way;
            let heads = worker.frames.len() * crate::link::frame::HEAD_BYTES + 16;
            let most = WINDOW as usize + worker.largest + worker.beyond + heads;
            assert!(held <= most, "{number} holds {held}");
        }
    }

    /// The object's end of a link, for a look at what is kept of it.
    pub(super) fn attachment(&self, number: u8) -> Attachment {
        assert!(self.hub.is_none(), "the hub is awake");
        Attachment::decode(&self.sockets[&number].attachment).unwrap()
    }
}
