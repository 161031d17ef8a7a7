//! Places for connections: which are taken, and newcomers that wait for one.

use std::{
    cell::{Ref, RefCell},
    pin::pin,
    time::Duration,
};

use futures::future;

use crate::{
    base::{connection_id::ConnectionId, limits::ADMISSION_PATIENCE, timestamp::Timestamp},
    http::error::Error,
    hub::{
        admission::{Admissions, Parting, TooManyConnections},
        close_reason::CloseReason,
        engine::subscribe::Subscribed,
        finite_read::ReadForm,
        newcomers::Newcomers,
    },
    settings::config::Config,
    web::{engine::waiters::Waiters, host::clock},
};

/// The places of one hub. Newcomers wait for a bounded time, and a bounded number of them.
#[derive(Debug)]
pub(crate) struct Places {
    admissions: RefCell<Admissions>,
    newcomers: RefCell<Newcomers>,
    /// Newcomers that are told of a free place.
    waiting: Waiters,
}

/// How a newcomer gets its place from the hub.
pub(crate) trait Entrance {
    /// Makes the connection.
    fn enter(&self) -> Result<Subscribed, Error>;
    /// Looks for dead connections. `makes_room` selects the connections whose end makes room.
    fn search(&self, makes_room: &dyn Fn(ConnectionId) -> bool);
}

impl Places {
    pub(crate) fn new(config: &Config) -> Self {
        let limits = config.connection_limits.within(config.delivery.memory);
        Self {
            admissions: RefCell::new(Admissions::new(limits)),
            newcomers: RefCell::default(),
            waiting: Waiters::default(),
        }
    }

    /// Takes a place for an answer of this form, or says why there is none.
    pub(crate) fn take(
        &self,
        id: ConnectionId,
        address: Option<&str>,
        form: ReadForm,
    ) -> Result<(), TooManyConnections> {
        self.admissions.borrow_mut().enter(id, address, form)
    }

    /// Gives back a place in the turn in which it was taken: no newcomer has waited for it.
    pub(crate) fn give_back(&self, id: ConnectionId) {
        self.admissions.borrow_mut().let_go(id);
    }

    /// The connection has ended; its stream was `given` this number of bytes.
    pub(crate) fn end(&self, id: ConnectionId, reason: CloseReason, given: usize) -> Parting {
        self.admissions.borrow_mut().end(id, reason, given)
    }

    /// The stream of a connection that has ended asks for more.
    pub(crate) fn asks(&self, id: ConnectionId) -> Parting {
        self.admissions.borrow_mut().asks(id)
    }

    /// Frees the place of a connection; returns whether it had one.
    pub(crate) fn let_go(&self, id: ConnectionId) -> bool {
        self.admissions.borrow_mut().let_go(id)
    }

    /// Which are taken, to look at.
    pub(crate) fn admissions(&self) -> Ref<'_, Admissions> {
        self.admissions.borrow()
    }

    /// The number of connections that have ended and keep their place.
    pub(crate) fn leaving(&self) -> usize {
        self.admissions.borrow().leaving()
    }

    /// Whether the address of a client matters.
    pub(crate) fn count_addresses(&self) -> bool {
        self.admissions.borrow().count_addresses()
    }

    /// Tells waiting newcomers that there may be a place.
    pub(crate) fn make_room_known(&self) {
        self.waiting.wake();
    }

    /// Attempts to make a connection. Where there is no room, the newcomer waits while dead connections
    /// are looked for.
    pub(crate) async fn soon(&self, entrance: &dyn Entrance) -> Result<Subscribed, Error> {
        let mut full = match entrance.enter() {
            Err(Error::TooManyConnections(full)) => full,
            other => return other,
        };
        // An attempt is as dear as there are selectors: the client comes back instead.
        if let TooManyConnections::OfSelectors(_) = full {
            self.search(full, entrance);
            return Err(full.into());
        }
        let Some(_waiting) = Waiting::begin(&self.newcomers) else {
            return Err(full.into());
        };
        let begun = clock::now();
        // A clock that is set back ends the patience too.
        let is_patient = |now: Timestamp| now >= begun && now.since(begun) < ADMISSION_PATIENCE;
        loop {
            let left = ADMISSION_PATIENCE.saturating_sub(clock::now().since(begun));
            let pause = self.search(full, entrance).min(left);
            let pause = clock::sleep(pause);
            // Which end makes room in the memory is not known, and costs more to find out.
            if full.is_of_places() {
                // Newcomers whose patience was over have left theirs behind.
                self.waiting.tidy();
                future::select(self.waiting.join(), pin!(pause)).await;
            } else {
                pause.await;
            }
            match entrance.enter() {
                Err(Error::TooManyConnections(still)) if is_patient(clock::now()) => full = still,
                other => return other,
            }
        }
    }

    /// Looks for dead connections if that is due; returns the time until it is due again.
    fn search(&self, full: TooManyConnections, entrance: &dyn Entrance) -> Duration {
        let now = clock::now();
        let searches = self.newcomers.borrow_mut().searches(now);
        if searches {
            entrance.search(&|id| !full.is_of_places() || self.admissions.borrow().is_crowded(id));
        }
        self.newcomers.borrow().next_search(now)
    }
}

/// Counts as a newcomer that waits until it is dropped.
struct Waiting<'a>(&'a RefCell<Newcomers>);

impl<'a> Waiting<'a> {
    fn begin(newcomers: &'a RefCell<Newcomers>) -> Option<Self> {
        // One that may not wait is not made, not even to be dropped: that would count it out.
        let may = newcomers.borrow_mut().join();
        may.then(|| Self(newcomers))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().leave();
    }
}
