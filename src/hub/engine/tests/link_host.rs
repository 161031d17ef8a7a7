//! A hub that sleeps, is reset and wakes, beside the Workers that hold the streams of its clients, and the
//! platform, which keeps of each link what the hub has told it to.

use std::{collections::BTreeMap, time::Duration};

use super::{FakeHistory, direct::Direct, host::id, link_worker::Worker};
use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    hub::{
        connection::Connection, engine::Hub, slow_consumers::SlowConsumers,
        subscribe_request::SubscribeRequest,
    },
    link::{
        attachment::Attachment,
        state::{LinkState, Touched},
    },
    log::history::{Bounds, Retention},
    tokens::access::Access,
};

/// How much each Worker may hold in these tests. It says that the rest of the window is unread.
pub(super) const WINDOW: u32 = 300;

/// The streams of the clients from this number on go the direct way.
pub(super) const DIRECT: u8 = 200;

/// More rounds than any test needs.
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
    pub(super) settings: Settings,
    pub(super) history: FakeHistory,
    pub(super) now: Timestamp,
    /// `None` while it sleeps.
    pub(super) hub: Option<Hub<FakeHistory, u8>>,
    pub(super) newest: Sequence,
    pub(super) next_flush: Option<Timestamp>,
    /// When the request for a drain is over.
    pub(super) drained_at: Option<Timestamp>,
    /// The links whose sockets keep an older state than theirs, and those that pull in a turn of their own.
    pub(super) touched: Touched,
    pub(super) soon: Vec<u8>,
    pub(super) sockets: BTreeMap<u8, Socket>,
    /// What was kept of sockets whose close the hub has not noticed, and which were replaced meanwhile.
    pub(super) left: Vec<Kept>,
    /// What was kept of sockets that were lost, and until when their Workers may open others.
    pub(super) graces: Vec<(Timestamp, Kept)>,
    pub(super) workers: BTreeMap<u8, Worker>,
    pub(super) directs: BTreeMap<u8, Direct>,
    /// How many links were opened.
    pub(super) generations: u32,
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
    /// Whether the hub knows that it is closed, and waits for another.
    pub(super) is_lost: bool,
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
            graces: Vec::new(),
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

    pub(super) fn waits(&mut self, number: u8) -> bool {
        self.hub().registry().get(id(number)).is_ok_and(Connection::is_waiting)
    }

    pub(super) fn has(&mut self, number: u8) -> bool {
        self.hub().registry().get(id(number)).is_ok()
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
