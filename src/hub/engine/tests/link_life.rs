//! The lives of the hub of a [`LinkHost`]: it wakes, sleeps and is reset.

use std::rc::Rc;

use super::{
    host::{id, key},
    link_host::{DIRECT, LinkHost, Settings, attachment},
};
use crate::{
    hub::{
        engine::Hub,
        heartbeat::Heartbeat,
        linger::Linger,
        resumes::{Keeper, Resumes, Standing},
    },
    link::state::{LinkState, Touched},
    log::{history::Bounds, log::Log},
};

impl LinkHost {
    /// A life begins, with the links that there are.
    pub(super) fn wake(&mut self) {
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
            let standing = Standing { behind: kept.behind, closing: None };
            let resumes = Resumes { standing, expires: kept.expires, has_begun: true };
            socket.state = Some(LinkState::new(kept, &self.touched));
            let asks = self.workers[&number].asks.clone();
            self.subscribe(number, &asks, Some(resumes)).unwrap();
            if !self.waits(number) {
                self.pull_again(number);
            }
        }
        self.take_turns();
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
        self.graces.clear();
    }

    /// The hub sleeps, if nothing is under way; says whether it does.
    pub(super) fn sleep(&mut self) -> bool {
        let Some(hub) = &self.hub else { return true };
        let is_written = self.newest == hub.log().tail();
        let is_draining = self.drained_at.is_some_and(|drained| self.now < drained);
        let has_timers = self.next_flush.is_some() || !self.graces.is_empty();
        if has_timers || !is_written || is_draining || hub.keeps_time() {
            return false;
        }
        for (number, socket) in &mut self.sockets {
            let standing = hub.standing(id(*number)).unwrap();
            let waits = standing.behind.is_none();
            assert!(waits || !socket.has_credit(), "{number} has credit and something to read");
            let known = Some(socket.state().kept(standing.behind));
            assert_eq!(attachment(&socket.kept), attachment(&known), "{number} is kept as it was");
            socket.state = None;
        }
        self.hub = None;
        true
    }
}
