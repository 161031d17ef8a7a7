//! A place in the hub, for which a newcomer may have to wait a little.

use std::{cell::RefCell, pin::pin, time::Duration};

use futures::{channel::oneshot, future};

use crate::{
    base::{connection_id::ConnectionId, limits::ADMISSION_PATIENCE, timestamp::Timestamp},
    http::error::Error,
    hub::{admission::TooManyConnections, engine::Subscribed, newcomers::Newcomers},
    web::{
        engine::engine::Engine,
        host::{clock, storage::Storage},
        streams::hooks::Hooks,
    },
};

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Gives a connection a place, or says why there is none.
    pub(crate) fn admit(&self, id: ConnectionId, address: Option<&str>) -> Result<(), Error> {
        self.history_answers()?;
        Ok(self.limits.admissions.borrow_mut().enter(id, address)?)
    }

    /// Attempts to make a connection. Where there is no room, connections whose clients are gone are
    /// looked for, and the newcomer waits for what comes of it.
    pub(crate) async fn soon(
        &self,
        attempt: &dyn Fn() -> Result<Subscribed, Error>,
    ) -> Result<Subscribed, Error> {
        let mut full = match attempt() {
            Err(Error::TooManyConnections(full)) => full,
            other => return other,
        };
        // Each attempt costs as much as there are selectors; who comes back finds what was made room.
        if let TooManyConnections::OfSelectors(_) = full {
            self.search(full);
            return Err(full.into());
        }
        let Some(_waiting) = Waiting::begin(&self.limits.newcomers) else {
            return Err(full.into());
        };
        let begun = clock::now();
        // A clock that is set back ends the patience too.
        let is_patient = |now: Timestamp| now >= begun && now.since(begun) < ADMISSION_PATIENCE;
        loop {
            let pause =
                self.search(full).min(ADMISSION_PATIENCE.saturating_sub(clock::now().since(begun)));
            let (sender, room) = oneshot::channel();
            // It is not known whose end makes room in the memory, and to find out costs more.
            let unused = if full.is_of_places() {
                let mut newcomers = self.newcomers.borrow_mut();
                // Those whose patience was over have left theirs behind.
                newcomers.retain(|waiting| !waiting.is_canceled());
                newcomers.push(sender);
                None
            } else {
                Some(sender)
            };
            future::select(room, pin!(clock::sleep(pause))).await;
            drop(unused);
            match attempt() {
                Err(Error::TooManyConnections(still)) if is_patient(clock::now()) => full = still,
                other => return other,
            }
        }
    }

    /// Looks for connections whose clients are gone if that is due; says when it is next.
    fn search(&self, full: TooManyConnections) -> Duration {
        let now = clock::now();
        if self.limits.newcomers.borrow_mut().searches(now) {
            let admissions = self.limits.admissions.borrow();
            let makes_room = |id| !full.is_of_places() || admissions.is_crowded(id);
            let found = self.hub.borrow_mut().search(makes_room, now);
            drop(admissions);
            self.carry_out(found.into_iter().collect());
        }
        self.limits.newcomers.borrow().next_search(now)
    }

    /// Has the hub charge what the runtime has not let go of.
    pub(crate) fn count_leaving(&self) {
        let leaving = self.limits.admissions.borrow().leaving();
        self.hub.borrow_mut().set_leaving(leaving);
    }

    /// Tells waiting newcomers that there may be a place.
    pub(crate) fn make_room_known(&self) {
        self.count_leaving();
        // They resolve by their senders being dropped, in their order.
        let newcomers = self.newcomers.take();
        drop(newcomers);
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
