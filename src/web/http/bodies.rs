//! The bodies that arrive at a hub. A body that is given up ends with an error.

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
    time::Duration,
};

use futures::channel::oneshot;

use crate::{
    publishing::bodies::{self, Arriving, BodyId, Held, Missing, Sender, TooManyBodies},
    web::host::{alarm::Alarm, clock},
};

/// The bodies of one hub.
#[derive(Default)]
pub(crate) struct Bodies {
    ledger: RefCell<bodies::Bodies<Rc<GivenUp>>>,
    /// Set for the next look for silent bodies.
    alarm: Alarm,
}

/// Whether a body was given up.
#[derive(Debug, Default)]
pub(crate) struct GivenUp {
    silent: Cell<Option<Duration>>,
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
}

/// A body's place in the ledger. The body leaves it when this is dropped.
pub(crate) struct Place {
    bodies: Rc<Bodies>,
    id: BodyId,
    given_up: Rc<GivenUp>,
}

impl Bodies {
    /// Enters a body of which no byte has arrived.
    pub(crate) fn enter(
        self: &Rc<Self>,
        sender: Sender,
        missing: Missing,
    ) -> Result<Place, TooManyBodies> {
        let given_up = Rc::<GivenUp>::default();
        let arriving = Arriving { sender, missing, tells: Rc::clone(&given_up) };
        let entered = self.ledger.borrow_mut().enter(arriving, clock::now());
        self.settle();
        Ok(Place { bodies: Rc::clone(self), id: entered?, given_up })
    }

    /// Tells the bodies that were given up, and sets the alarm for the next silent one.
    fn settle(self: &Rc<Self>) {
        let given_up = self.ledger.borrow_mut().given_up();
        for (body, silent) in given_up {
            body.silent.set(Some(silent));
            body.wake();
        }
        let Some(due) = self.ledger.borrow().look_at() else { return };
        let weak = Rc::downgrade(self);
        self.alarm.set(
            due,
            Box::new(move || {
                if let Some(bodies) = weak.upgrade() {
                    bodies.alarm.clear();
                    bodies.ledger.borrow_mut().look(clock::now());
                    bodies.settle();
                }
            }),
        );
    }
}

impl GivenUp {
    /// How long the body was silent, if it was given up.
    pub(crate) fn silent(&self) -> Option<Duration> {
        self.silent.get()
    }

    /// Resolves, to an error, when the body is given up or over.
    pub(crate) fn happens(&self) -> oneshot::Receiver<()> {
        let (waiting, happens) = oneshot::channel();
        if self.silent.get().is_none() {
            self.waiting.borrow_mut().push(waiting);
        }
        happens
    }

    fn wake(&self) {
        // The receivers resolve when their senders are dropped.
        let waiting = self.waiting.take();
        drop(waiting);
    }
}

impl Place {
    /// Accounts for the bytes that the body holds now.
    pub(crate) fn hold(&self, held: Held) -> Result<(), TooManyBodies> {
        let held = self.bodies.ledger.borrow_mut().hold(self.id, held, clock::now());
        self.bodies.settle();
        held
    }

    pub(crate) fn given_up(&self) -> &Rc<GivenUp> {
        &self.given_up
    }

    /// Whether there is room to read on while earlier updates are still in work.
    pub(crate) fn may_read_ahead(&self) -> bool {
        self.bodies.ledger.borrow().has_room()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.bodies.ledger.borrow_mut().leave(self.id);
        self.given_up.wake();
        if self.bodies.ledger.borrow().look_at().is_none() {
            self.bodies.alarm.clear();
        }
    }
}

impl fmt::Debug for Bodies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Bodies").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Place").field(&self.id).finish()
    }
}
